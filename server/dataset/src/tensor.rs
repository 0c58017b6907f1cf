//! The dataset's tensor form of a world: 16 channels of 18×18, given by the indices of its ones, as in
//! `382:1.0 1315:1.0`. Cell (row, column) stands at `[row + 1][column + 1]`, row 0 the southernmost.
//!
//! Channels: 0 to 3 the hero by heading (north, east, south, west), 4 walls, 5 the ring of cells just outside the
//! world, 6 to 14 exactly 1 to 9 markers (15, ten markers, does not occur).

use runtime::{Cell, Heading, Robot, World};

use crate::error::TaskError;

const SIDE: usize = 18;
const CHANNEL: usize = SIDE * SIDE;
const CHANNELS: usize = 16;
const WALLS: usize = 4;
const RING: usize = 5;
/// Channel of zero markers, were there one.
const MARKERS: usize = 5;
/// Most rows, and columns.
const MOST: u8 = 16;

pub(crate) fn read(text: &str) -> Result<World, TaskError> {
    let mut ones = [false; CHANNELS * CHANNEL];
    for entry in text.split_ascii_whitespace() {
        let index =
            entry.split_once(':').filter(|(_, value)| value.parse() == Ok(1.0)).map(|(index, _)| index);
        let one = index.and_then(|i| i.parse().ok()).and_then(|i: usize| ones.get_mut(i));
        match one {
            Some(one) => *one = true,
            None => {
                let entry: String = entry.chars().take(24).collect();
                return Err(TaskError(format!("'{}' is no entry of a tensor", entry.escape_debug())));
            }
        }
    }
    let at = |channel: usize, row: usize, col: usize| ones[channel * CHANNEL + row * SIDE + col];
    let side = |last: Option<usize>| last.and_then(|n| n.checked_sub(1)).filter(|n| (1..=16).contains(n));
    let rows = side((0..SIDE).rev().find(|&row| at(RING, row, 0)));
    let cols = side((0..SIDE).rev().find(|&col| at(RING, 0, col)));
    let (Some(rows), Some(cols)) = (rows, cols) else {
        return Err(TaskError::new("the ring around the world is missing"));
    };
    let mut world = World::new(rows as u8, cols as u8);
    let places = || (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
    let robot = places().find_map(|(row, col)| {
        let heading = (0..4).find(|&h| at(h, row + 1, col + 1))?;
        Some(Robot { row: row as u8, col: col as u8, heading: Heading::ALL[heading] })
    });
    let Some(robot) = robot else { return Err(TaskError::new("the world has no hero")) };
    let mut sound = world.set_robot(robot);
    for (row, col) in places() {
        if at(WALLS, row + 1, col + 1) {
            sound &= world.set_cell(row as u8, col as u8, Cell::Wall);
        } else if let Some(n) = (1..=9).find(|n| at(MARKERS + n, row + 1, col + 1)) {
            sound &= world.set_cell(row as u8, col as u8, Cell::Markers(n as u8));
        }
    }
    // Every world has one tensor: a tensor that has anything else is of no world.
    let expected = ones_of(&world);
    let found = ones.iter().enumerate().filter(|(_, one)| **one).map(|(index, _)| index);
    if sound && found.eq(expected) {
        Ok(world)
    } else {
        Err(TaskError::new("the tensor is of no world: cells contradict each other or lie outside"))
    }
}

/// # Errors
/// Fails for a world of more than 16 rows or columns.
pub(crate) fn write(world: &World) -> Result<String, TaskError> {
    if world.rows().max(world.cols()) > MOST {
        return Err(TaskError::new("a world of more than 16 rows or columns has no tensor"));
    }
    let entries: Vec<String> = ones_of(world).into_iter().map(|index| format!("{index}:1.0")).collect();
    Ok(entries.join(" "))
}

/// The indices of the ones, ascending.
fn ones_of(world: &World) -> Vec<usize> {
    let (rows, cols) = (usize::from(world.rows()), usize::from(world.cols()));
    let index = |channel: usize, row: usize, col: usize| channel * CHANNEL + row * SIDE + col;
    let robot = world.robot();
    let hero = robot.heading as usize;
    let mut ones = vec![index(hero, usize::from(robot.row) + 1, usize::from(robot.col) + 1)];
    for col in 0..=cols + 1 {
        ones.push(index(RING, 0, col));
        ones.push(index(RING, rows + 1, col));
    }
    for row in 1..=rows {
        ones.push(index(RING, row, 0));
        ones.push(index(RING, row, cols + 1));
    }
    for row in 0..rows {
        for col in 0..cols {
            match world.cell(row as u8, col as u8) {
                Cell::Wall => ones.push(index(WALLS, row + 1, col + 1)),
                Cell::Markers(0) => {}
                Cell::Markers(n) => ones.push(index(MARKERS + usize::from(n), row + 1, col + 1)),
            }
        }
    }
    ones.sort_unstable();
    ones
}
