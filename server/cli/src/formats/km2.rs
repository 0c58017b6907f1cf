//! karel_robot's `.km2`: `KAREL column row direction bag`, both counted from 0 from the north-west, then rows of cells
//! separated by blanks: `.` empty, `#` a wall, a number of markers, `$` a treasure. A bag of `N` is never empty.

use anyhow::{Context, bail};
use runtime::{Cell, Robot, World};
use syntax::ast::Heading;

use super::{set_cell, set_robot, sized};

const ROBOT: [&str; 4] = ["^", ">", "v", "<"];

pub(crate) fn read(text: &str) -> anyhow::Result<World> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = lines.next().unwrap_or("");
    let words: Vec<&str> = header.split_whitespace().collect();
    let [_, col, row, heading, bag @ ..] = words.as_slice() else {
        bail!("the first line must be 'KAREL column row direction bag'");
    };
    if !matches!(bag, [] | ["N" | "n"]) {
        let bag = bag.join(" ");
        bail!("line 1: a bag of {bag} beepers: Karel's bag is never empty in this language");
    }
    let heading = ROBOT.iter().position(|name| name == heading);
    let heading = Heading::ALL[heading.with_context(|| format!("line 1: no direction in '{header}'"))?];
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split_whitespace().collect()).collect();
    let cols = rows.first().map_or(0, Vec::len);
    let mut world = sized(rows.len(), cols)?;
    let mut walls = Vec::new();
    for (number, cells) in (1..).zip(&rows) {
        if cells.len() != cols {
            bail!("row {number} has {} cells, but the first has {cols}", cells.len());
        }
        let row = world.rows() - number as u8;
        for (col, &cell) in (0..).zip(cells) {
            let at = format!("in row {number}, column {}", col + 1);
            match cell {
                "." => {}
                "#" => walls.push((row, col)),
                "$" => bail!("a treasure {at}: there are none in this language"),
                cell => {
                    let number: u64 =
                        cell.parse().ok().with_context(|| format!("'{cell}' {at} is not a cell"))?;
                    if number > 9 {
                        bail!("{number} beepers {at}: a cell holds at most 9 markers here");
                    }
                    set_cell(&mut world, row, col, Cell::Markers(number as u8))?;
                }
            }
        }
    }
    let place = (|| {
        let col = col.parse::<u8>().ok().filter(|col| *col < world.cols())?;
        let row = row.parse::<u8>().ok().filter(|row| *row < world.rows())?;
        Some((world.rows() - 1 - row, col))
    })();
    let (row, col) =
        place.with_context(|| format!("line 1: column {col}, row {row} is outside of the world"))?;
    if walls.contains(&(row, col)) {
        bail!("line 1: the robot stands on a wall");
    }
    set_robot(&mut world, Robot { row, col, heading })?;
    for (row, col) in walls {
        set_cell(&mut world, row, col, Cell::Wall)?;
    }
    Ok(world)
}

pub(crate) fn write(world: &World) -> String {
    let Robot { row, col, heading } = world.robot();
    let mut text = format!("KAREL {col} {} {} N\n", world.rows() - 1 - row, ROBOT[heading as usize]);
    for row in (0..world.rows()).rev() {
        let cells: Vec<String> = (0..world.cols())
            .map(|col| match world.cell(row, col) {
                Cell::Wall => "#".to_owned(),
                Cell::Markers(0) => ".".to_owned(),
                Cell::Markers(n) => n.to_string(),
            })
            .collect();
        text.push_str(&cells.join(" "));
        text.push('\n');
    }
    text
}
