//! Programs run on random worlds that are not drawn.

use syntax::ast::Heading;

use super::Sketch;
use super::sketch::{SIDE, index};
use crate::ground::Ground;
use crate::world::{Robot, WALL};

/// A run through a [`Sketch`], which draws the cells that are looked at.
#[derive(Debug, Clone)]
pub struct Walk {
    sketch: Sketch,
    robot: Robot,
    /// The markers put less the markers picked, for every cell.
    changes: [i8; SIDE * SIDE],
}

impl Walk {
    pub fn new(sketch: Sketch) -> Walk {
        Walk { sketch, robot: sketch.robot, changes: [0; SIDE * SIDE] }
    }

    /// Whether the world is no longer as it was at the start.
    pub fn has_changed(&self) -> bool {
        self.robot != self.sketch.robot || self.changes.iter().any(|&change| change != 0)
    }
}

impl Ground for Walk {
    #[inline]
    fn clear(&self, turn: u8) -> bool {
        let (row, col) = self.robot.beside(turn);
        row < self.sketch.rows && col < self.sketch.cols && self.sketch.code(row, col) < WALL
    }

    #[inline]
    fn here(&self) -> u8 {
        let Robot { row, col, .. } = self.robot;
        self.sketch.code(row, col).wrapping_add_signed(self.changes[index(row, col)])
    }

    #[inline]
    fn advance(&mut self) {
        (self.robot.row, self.robot.col) = self.robot.beside(0);
    }

    #[inline]
    fn turn(&mut self, turn: u8) {
        self.robot.heading = self.robot.heading.turned(turn);
    }

    #[inline]
    fn change(&mut self, by: i8) {
        self.changes[usize::from(self.place())] += by;
    }

    #[inline]
    fn place(&self) -> u16 {
        index(self.robot.row, self.robot.col) as u16
    }

    #[inline]
    fn heading(&self) -> Heading {
        self.robot.heading
    }
}
