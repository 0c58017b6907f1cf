//! Walls between cells, as Stanford and omegaUp have them. In this language walls are cells: a cell that is closed on all
//! four sides, and in which nothing is, is one, and is written like that. Any other wall can't be said.

use std::collections::HashSet;

use anyhow::bail;
use runtime::{Cell, World};

use super::set_cell;

/// The sides of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    North,
    East,
    South,
    West,
}

impl Side {
    pub(crate) const ALL: [Side; 4] = [Side::North, Side::East, Side::South, Side::West];

    pub(crate) fn name(self) -> &'static str {
        ["north", "east", "south", "west"][self as usize]
    }

    fn is_edge(self, world: &World, row: i32, col: i32) -> bool {
        match self {
            Side::North => row + 1 == i32::from(world.rows()),
            Side::East => col + 1 == i32::from(world.cols()),
            Side::South => row == 0,
            Side::West => col == 0,
        }
    }
}

/// A wall between two cells: the north (true) or the east side of a cell, row 0 the southernmost.
type Between = (i32, i32, bool);

fn between(row: i32, col: i32, side: Side) -> Between {
    match side {
        Side::North => (row, col, true),
        Side::East => (row, col, false),
        Side::South => (row - 1, col, true),
        Side::West => (row, col - 1, false),
    }
}

#[derive(Default)]
pub(crate) struct Walls {
    all: HashSet<Between>,
    /// Those that are said of a cell. One all of whose sides are is meant as a wall; one that its neighbours close may be
    /// empty.
    own: HashSet<(i32, i32, Side)>,
}

impl Walls {
    /// A wall on this side of the cell.
    pub(crate) fn add(&mut self, row: i32, col: i32, side: Side) {
        self.all.insert(between(row, col, side));
        self.own.insert((row, col, side));
    }

    /// A wall that is said of neither of the cells beside it: the one whose side this is, and the other.
    pub(crate) fn add_between(&mut self, row: i32, col: i32, side: Side) {
        self.all.insert(between(row, col, side));
    }

    /// Makes wall cells of the closed ones.
    ///
    /// # Errors
    /// A wall is not a side of a closed cell; the message names the cell beside it, counted from 1 from the south-west.
    pub(crate) fn build(mut self, world: &mut World) -> anyhow::Result<()> {
        let (rows, cols) = (i32::from(world.rows()), i32::from(world.cols()));
        self.all.retain(|&(row, col, north)| {
            let (beyond_row, beyond_col) = if north { (row + 1, col) } else { (row, col + 1) };
            row >= 0 && col >= 0 && row < rows && col < cols && beyond_row < rows && beyond_col < cols
        });
        let robot = world.robot();
        let cells = |world: &World| -> Vec<(u8, u8)> {
            let all = (0..world.rows()).flat_map(|row| (0..world.cols()).map(move |col| (row, col)));
            let empty = |&(row, col): &(u8, u8)| world.cell(row, col) == Cell::Markers(0);
            all.filter(|cell| *cell != (robot.row, robot.col)).filter(empty).collect()
        };
        let closed = |world: &World, (row, col): (u8, u8), is_wall: &dyn Fn(i32, i32, Side) -> bool| {
            let (row, col) = (row.into(), col.into());
            Side::ALL.iter().all(|&side| side.is_edge(world, row, col) || is_wall(row, col, side))
        };
        let (all, own) = (self.all.clone(), &self.own);
        let mut left = self.all;
        let take = |world: &mut World, left: &mut HashSet<Between>, (row, col): (u8, u8)| {
            for side in Side::ALL {
                left.remove(&between(row.into(), col.into(), side));
            }
            set_cell(world, row, col, Cell::Wall)
        };
        for cell in cells(world) {
            if closed(world, cell, &|row, col, side| own.contains(&(row, col, side))) {
                take(world, &mut left, cell)?;
            }
        }
        for (row, col) in cells(world) {
            let is_closed =
                closed(world, (row, col), &|row, col, side| all.contains(&between(row, col, side)));
            let is_needed =
                Side::ALL.iter().any(|&side| left.contains(&between(row.into(), col.into(), side)));
            if is_closed && is_needed {
                take(world, &mut left, (row, col))?;
            }
        }
        if let Some(&(row, col, north)) = left.iter().min() {
            let side = if north { Side::North } else { Side::East };
            bail!(
                "there is a wall between cells, on the {} side of column {}, row {} (counted from the south-west): walls \
                 are whole cells in this language, so it can't be imported",
                side.name(),
                col + 1,
                row + 1
            );
        }
        Ok(())
    }

    /// The sides of every wall cell that are not the edge of the world.
    pub(crate) fn of(world: &World) -> Vec<(u8, u8, Side)> {
        let cells = (0..world.rows()).flat_map(|row| (0..world.cols()).map(move |col| (row, col)));
        let walls = cells.filter(|&(row, col)| world.cell(row, col) == Cell::Wall);
        let sides = walls.flat_map(|(row, col)| Side::ALL.map(|side| (row, col, side)));
        sides.filter(|&(row, col, side)| !side.is_edge(world, row.into(), col.into())).collect()
    }

    /// The sides of wall cells that are not the edge of the world, each wall once.
    pub(crate) fn once(world: &World) -> Vec<(u8, u8, Side)> {
        let mut seen = HashSet::new();
        let mut walls = Walls::of(world);
        walls.retain(|&(row, col, side)| seen.insert(between(row.into(), col.into(), side)));
        walls
    }
}
