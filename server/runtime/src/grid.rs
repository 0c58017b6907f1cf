//! Grid text, both ways: rows of cells separated by blanks, north on top. [`CellKind`] says how a cell is spelled.

use std::fmt;

use syntax::ast::{self, CellKind};
use syntax::print::grid_rows;

use crate::world::{Cell, Robot, WALL, World};

/// Why a text does not show a world. Rows and columns are counted from 1, rows from the top, as a reader of the text
/// does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    #[error("The grid has no cells; write at least one row.")]
    Empty,
    #[error("The grid has {rows} rows and {cols} columns; at most 100 of each are allowed.")]
    TooLarge { rows: usize, cols: usize },
    #[error(
        "Row {row} of the grid has {found} cells but the first row has {expected}; make them equally long."
    )]
    Ragged { row: usize, expected: usize, found: usize },
    #[error("'{cell}' in row {row}, column {col} is no cell; use . # 1 to 9 or the robot ^ > v <.")]
    UnknownCell { row: usize, col: usize, cell: String },
    #[error("The grid has no robot; put one of ^ > v < in it.")]
    NoRobot,
    #[error("The grid has a second robot in row {row}, column {col}; leave exactly one.")]
    SecondRobot { row: usize, col: usize },
}

impl World {
    /// The world that a grid of the syntax tree shows.
    pub fn from_grid(grid: &ast::Grid) -> Result<World, GridError> {
        let width = grid.rows.first().map_or(0, |r| r.cells.len());
        let mut painter = Painter::new(grid.rows.len(), width)?;
        for row in &grid.rows {
            painter.row(row.cells.iter().map(|cell| (cell.kind, "?")))?;
        }
        painter.finish()
    }

    /// The world that a text shows. Blank lines and indentation don't matter.
    pub fn parse(text: &str) -> Result<World, GridError> {
        let lines = || text.lines().filter(|l| !l.trim().is_empty());
        let width = lines().next().map_or(0, |l| l.split_whitespace().count());
        let mut painter = Painter::new(lines().count(), width)?;
        for line in lines() {
            painter.row(line.split_whitespace().map(|word| (CellKind::from_text(word), word)))?;
        }
        painter.finish()
    }
}

/// Fills a world row by row from the north.
struct Painter {
    world: World,
    /// The number of rows painted so far.
    done: usize,
    robot: Option<Robot>,
    /// The walls, which are built last: until the robot is placed it stands provisionally in the south-west corner.
    walls: Vec<(u8, u8)>,
}

impl Painter {
    fn new(rows: usize, cols: usize) -> Result<Painter, GridError> {
        if rows == 0 || cols == 0 {
            return Err(GridError::Empty);
        }
        match (u8::try_from(rows), u8::try_from(cols)) {
            (Ok(r), Ok(c)) if r.max(c) <= World::MAX_SIDE => {
                Ok(Painter { world: World::new(r, c), done: 0, robot: None, walls: Vec::new() })
            }
            _ => Err(GridError::TooLarge { rows, cols }),
        }
    }

    /// Paints one row; each cell comes with its text, for the message where it is unknown.
    fn row<'a>(&mut self, cells: impl Iterator<Item = (CellKind, &'a str)>) -> Result<(), GridError> {
        let number = self.done + 1;
        let row = self.world.rows() - number as u8;
        let expected = usize::from(self.world.cols());
        let mut found = 0;
        for (cell, text) in cells {
            let col = found as u8;
            found += 1;
            if found > expected {
                continue;
            }
            let unknown =
                |cell: &str| Err(GridError::UnknownCell { row: number, col: found, cell: shortened(cell) });
            let markers = match cell {
                CellKind::Wall => {
                    self.walls.push((row, col));
                    continue;
                }
                CellKind::Markers(markers) => markers,
                CellKind::Robot { heading, markers } => {
                    if self.robot.replace(Robot { row, col, heading }).is_some() {
                        return Err(GridError::SecondRobot { row: number, col: found });
                    }
                    markers
                }
                CellKind::Unknown => return unknown(text),
            };
            if !self.world.set_cell(row, col, Cell::Markers(markers)) {
                return unknown(&markers.to_string());
            }
        }
        if found != expected {
            return Err(GridError::Ragged { row: number, expected, found });
        }
        self.done = number;
        Ok(())
    }

    fn finish(mut self) -> Result<World, GridError> {
        let robot = self.robot.ok_or(GridError::NoRobot)?;
        let mut sound = self.world.set_robot(robot);
        for (row, col) in self.walls {
            sound &= self.world.set_cell(row, col, Cell::Wall);
        }
        debug_assert!(sound, "every cell was given once, so that the robot's is no wall");
        Ok(self.world)
    }
}

/// The first few characters of a foreign text, for a message.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(12) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for World {
    /// Writes aligned grid text, north on top, without a final line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let robot = self.robot();
        let cell = |row: u8, (col, code): (u8, &u8)| match *code {
            WALL => CellKind::Wall,
            markers if (row, col) == (robot.row, robot.col) => {
                CellKind::Robot { heading: robot.heading, markers }
            }
            markers => CellKind::Markers(markers),
        };
        let rows = (0..self.rows()).rev();
        let rows = rows.map(|row| (0..).zip(self.row_codes(row)).map(move |at| cell(row, at)));
        f.write_str(&grid_rows(rows).join("\n"))
    }
}
