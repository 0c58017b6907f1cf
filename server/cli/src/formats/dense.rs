//! Rows of cells without blanks between them, north on top, as carpedm20's Karel and karel_robot's `.km` have them: `.`
//! empty, `#` a wall, `o` one marker, `1` to `9` markers, `^ > v <` the robot, under which there are none.

use anyhow::{Context, bail};
use runtime::{Cell, Robot, World};
use syntax::ast::Heading;

use super::{set_cell, set_robot, sized};

const ROBOT: [char; 4] = ['^', '>', 'v', '<'];

pub(crate) fn read(text: &str) -> anyhow::Result<World> {
    let rows: Vec<Vec<char>> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| line.chars().collect())
        .collect();
    let cols = rows.first().map_or(0, Vec::len);
    let mut world = sized(rows.len(), cols)?;
    let mut robot = None;
    let mut walls = Vec::new();
    for (number, cells) in (1..).zip(&rows) {
        if cells.len() != cols {
            bail!("row {number} has {} cells, but the first has {cols}", cells.len());
        }
        let row = world.rows() - number as u8;
        for (col, &cell) in cells.iter().enumerate() {
            let place = (row, col as u8);
            match cell {
                '.' | '0' => {}
                '#' => walls.push(place),
                'o' => set_cell(&mut world, row, col as u8, Cell::Markers(1))?,
                '1'..='9' => set_cell(&mut world, row, col as u8, Cell::Markers(cell as u8 - b'0'))?,
                '$' => {
                    bail!("a treasure in row {number}, column {}: there are none in this language", col + 1)
                }
                cell => {
                    let heading = ROBOT.iter().position(|c| *c == cell);
                    let heading = heading.with_context(|| {
                        format!("'{cell}' in row {number}, column {} is not a cell", col + 1)
                    })?;
                    let heading = Heading::ALL[heading];
                    if robot.replace(Robot { row, col: col as u8, heading }).is_some() {
                        bail!("a second robot in row {number}, column {}", col + 1);
                    }
                }
            }
        }
    }
    set_robot(&mut world, robot.context("there is no robot; put one of ^ > v < into the world")?)?;
    for (row, col) in walls {
        set_cell(&mut world, row, col, Cell::Wall)?;
    }
    Ok(world)
}

pub(crate) fn write(world: &World) -> anyhow::Result<String> {
    let robot = world.robot();
    if let Cell::Markers(n @ 1..) = world.cell(robot.row, robot.col) {
        let row = world.rows() - robot.row;
        bail!(
            "the robot stands on {n} markers (row {row}, column {}), which this format can't say",
            robot.col + 1
        );
    }
    let mut text = String::new();
    for row in (0..world.rows()).rev() {
        text.extend((0..world.cols()).map(|col| match world.cell(row, col) {
            _ if (row, col) == (robot.row, robot.col) => ROBOT[robot.heading as usize],
            Cell::Wall => '#',
            Cell::Markers(0) => '.',
            Cell::Markers(n) => char::from(b'0' + n),
        }));
        text.push('\n');
    }
    Ok(text)
}
