//! Stanford Karel's `.w`: one `Keyword: parameters` a line, columns (avenues) and rows (streets) counted from 1 from the
//! south-west. Without a line about Karel it stands there and looks east.

use anyhow::{Context, bail};
use runtime::{Cell, Robot, World};
use syntax::ast::Heading;

use super::thin::{Side, Walls};
use super::{set_cell, set_robot, sized};

const HEADINGS: [&str; 4] = ["north", "east", "south", "west"];

pub(crate) fn read(text: &str) -> anyhow::Result<World> {
    let lines: Vec<(usize, String, String)> = entries(text)?;
    let mut size = None;
    for (number, keyword, rest) in &lines {
        if keyword == "dimension" {
            let (place, _) =
                place(rest).with_context(|| format!("line {number}: this is not a size: {rest}"))?;
            size = Some(place);
        }
    }
    let (cols, rows) = size.context("there is no line 'Dimension: (columns, rows)'")?;
    let mut world = sized(rows, cols)?;
    let mut robot = Robot { row: 0, col: 0, heading: Heading::East };
    let mut walls = Walls::default();
    for (number, keyword, rest) in &lines {
        let number = *number;
        let located = || -> anyhow::Result<(u8, u8, String)> {
            let ((col, row), rest) =
                place(rest).with_context(|| format!("line {number}: no place in '{rest}'"))?;
            if !(1..=cols).contains(&col) || !(1..=rows).contains(&row) {
                bail!("line {number}: ({col}, {row}) is outside of the world");
            }
            Ok((row as u8 - 1, col as u8 - 1, rest))
        };
        match keyword.as_str() {
            "dimension" | "speed" => {}
            "karel" => {
                let (row, col, heading) = located()?;
                let heading = direction(&heading)
                    .with_context(|| format!("line {number}: '{heading}' is not a direction"))?;
                robot = Robot { row, col, heading: Heading::ALL[heading] };
            }
            "beeper" => {
                let (row, col, count) = located()?;
                let here = match world.cell(row, col) {
                    Cell::Markers(n) => usize::from(n),
                    Cell::Wall => 0,
                };
                let more: usize = match count.as_str() {
                    "" => 1,
                    count => count.parse().ok().with_context(|| {
                        format!(
                            "line {number}: a pile of '{count}' beepers: a cell holds at most 9 markers here"
                        )
                    })?,
                };
                let all = here.saturating_add(more);
                if all > 9 {
                    bail!("line {number}: {all} beepers in one cell: a cell holds at most 9 markers here");
                }
                set_cell(&mut world, row, col, Cell::Markers(all as u8))?;
            }
            "wall" => {
                let (row, col, side) = located()?;
                let side = direction(&side)
                    .with_context(|| format!("line {number}: '{side}' is not a direction"))?;
                walls.add(row.into(), col.into(), Side::ALL[side]);
            }
            "beeperbag" => {
                if !matches!(rest.as_str(), "infinite" | "infinity") {
                    bail!(
                        "line {number}: a bag of {rest} beepers: Karel's bag is never empty in this language"
                    );
                }
            }
            "color" => bail!("line {number}: a coloured cell: cells have no colours in this language"),
            other => bail!("line {number}: '{other}' is not known in worlds of Stanford Karel"),
        }
    }
    set_robot(&mut world, robot)?;
    walls.build(&mut world)?;
    Ok(world)
}

/// Line number, keyword and parameters, in small letters.
fn entries(text: &str) -> anyhow::Result<Vec<(usize, String, String)>> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let (keyword, rest) = line
                .split_once(':')
                .with_context(|| format!("line {number}: '{}' has no 'Keyword:' before it", line.trim()))?;
            Ok((number, keyword.trim().to_lowercase(), rest.trim().to_lowercase()))
        })
        .collect()
}

fn direction(text: &str) -> Option<usize> {
    HEADINGS.iter().position(|name| *name == text)
}

/// `(3, 1); rest` or `(3, 1) rest`
fn place(text: &str) -> Option<((usize, usize), String)> {
    let (inside, rest) = text.strip_prefix('(')?.split_once(')')?;
    let (col, row) = inside.split_once(',')?;
    let place = (col.trim().parse().ok()?, row.trim().parse().ok()?);
    Some((place, rest.trim_start().trim_start_matches(';').trim().to_owned()))
}

pub(crate) fn write(world: &World) -> String {
    let mut text = format!("Dimension: ({}, {})\n", world.cols(), world.rows());
    for (row, col, side) in Walls::of(world) {
        text.push_str(&format!("Wall: ({}, {}); {}\n", col + 1, row + 1, side.name()));
    }
    for row in 0..world.rows() {
        for col in 0..world.cols() {
            if let Cell::Markers(n @ 1..) = world.cell(row, col) {
                text.push_str(&format!("Beeper: ({}, {}); {n}\n", col + 1, row + 1));
            }
        }
    }
    let Robot { row, col, heading } = world.robot();
    text.push_str(&format!("Karel: ({}, {}); {}\n", col + 1, row + 1, HEADINGS[heading as usize]));
    text.push_str("BeeperBag: INFINITY\n");
    text
}
