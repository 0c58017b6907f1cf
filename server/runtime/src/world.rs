//! The world: a grid of cells and the robot in it.

use std::hash::Hash;

use syntax::ast::{Action, Heading, Test};

use crate::ground::{Ground, MAX_MARKERS};

/// The code of a wall among cell codes; the code of markers is their number, 0 to 9.
pub(crate) const WALL: u8 = 10;

/// A grid of 1×1 to 100×100 cells and the robot in it. Row 0 is the **southernmost** row and column 0 the
/// westernmost, as in the public dataset; north is towards higher rows. Outside the grid is wall.
///
/// Two worlds are equal when size, walls, all marker counts, robot cell and heading are equal.
///
/// Cells lie in one flat array with a border of wall around them, so that the robot's neighbours can be read
/// without a test of bounds. The robot never stands on a wall.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct World {
    rows: u8,
    cols: u8,
    pub(crate) heading: Heading,
    /// The index of the robot's cell in `cells`.
    pub(crate) place: u16,
    /// `(rows + 2) * (cols + 2)` codes, southernmost border row first: 0 to 9 markers, or [`WALL`].
    pub(crate) cells: Vec<u8>,
}

impl Clone for World {
    fn clone(&self) -> World {
        World { cells: self.cells.clone(), ..*self }
    }

    /// Reuses the buffer, so that a world can be reset from another without allocation.
    fn clone_from(&mut self, source: &World) {
        self.cells.clone_from(&source.cells);
        (self.rows, self.cols, self.heading, self.place) =
            (source.rows, source.cols, source.heading, source.place);
    }
}

/// Where the robot stands and the direction in which it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Robot {
    /// 0 is the southernmost row.
    pub row: u8,
    /// 0 is the westernmost column.
    pub col: u8,
    pub heading: Heading,
}

impl Robot {
    /// The row and column of the cell next to the robot, `turn` quarter turns to the right of its heading; 255 where
    /// that is south of row 0 or west of column 0.
    #[inline]
    pub fn beside(self, turn: u8) -> (u8, u8) {
        const WAYS: [(i8, i8); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
        let (north, east) = WAYS[self.heading.turned(turn) as usize];
        (self.row.wrapping_add_signed(north), self.col.wrapping_add_signed(east))
    }
}

/// What is in a cell besides the robot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    Wall,
    /// 0 to 9 markers.
    Markers(u8),
}

impl World {
    /// The greatest number of rows, and of columns.
    pub const MAX_SIDE: u8 = 100;

    /// Makes an empty world whose robot looks north from the south-west corner. Sides outside 1..=100 are clamped.
    pub fn new(rows: u8, cols: u8) -> World {
        let (rows, cols) = (rows.clamp(1, World::MAX_SIDE), cols.clamp(1, World::MAX_SIDE));
        let stride = usize::from(cols) + 2;
        let mut cells = vec![WALL; stride * (usize::from(rows) + 2)];
        for row in cells.chunks_exact_mut(stride).skip(1).take(rows.into()) {
            row[1..=usize::from(cols)].fill(0);
        }
        World { rows, cols, heading: Heading::North, place: stride as u16 + 1, cells }
    }

    pub fn rows(&self) -> u8 {
        self.rows
    }

    pub fn cols(&self) -> u8 {
        self.cols
    }

    pub fn robot(&self) -> Robot {
        let stride = self.stride();
        let place = usize::from(self.place);
        Robot { row: (place / stride - 1) as u8, col: (place % stride - 1) as u8, heading: self.heading }
    }

    /// The cell at a row and a column; outside the grid it is a wall.
    pub fn cell(&self, row: u8, col: u8) -> Cell {
        match self.index(row, col).map(|i| self.cells[i]) {
            Some(markers) if markers < WALL => Cell::Markers(markers),
            _ => Cell::Wall,
        }
    }

    /// The cells of one row from west to east as codes: 0 to 9 markers, 10 a wall. Empty outside the grid.
    pub fn row_codes(&self, row: u8) -> &[u8] {
        match self.index(row, 0) {
            Some(start) => &self.cells[start..start + usize::from(self.cols)],
            None => &[],
        }
    }

    /// The codes of one row, to be changed; none of them may become a wall where the robot stands. Empty outside the
    /// grid.
    pub(crate) fn row_codes_mut(&mut self, row: u8) -> &mut [u8] {
        match self.index(row, 0) {
            Some(start) => &mut self.cells[start..start + usize::from(self.cols)],
            None => &mut [],
        }
    }

    /// Changes one cell. Returns false, and changes nothing, outside the grid, for more than 9 markers, and for a wall
    /// where the robot stands.
    #[must_use]
    pub fn set_cell(&mut self, row: u8, col: u8, cell: Cell) -> bool {
        let Some(index) = self.index(row, col) else { return false };
        let code = match cell {
            Cell::Wall if index == usize::from(self.place) => return false,
            Cell::Wall => WALL,
            Cell::Markers(n) if n > MAX_MARKERS => return false,
            Cell::Markers(n) => n,
        };
        self.cells[index] = code;
        true
    }

    /// Places the robot. Returns false, and changes nothing, outside the grid and on a wall.
    #[must_use]
    pub fn set_robot(&mut self, robot: Robot) -> bool {
        match self.index(robot.row, robot.col) {
            Some(index) if self.cells[index] < WALL => {
                self.place = index as u16;
                self.heading = robot.heading;
                true
            }
            _ => false,
        }
    }

    /// Whether the action would succeed: no wall ahead, a marker to pick, room for one more.
    pub fn can(&self, action: Action) -> bool {
        match action {
            Action::Move => self.clear(0),
            Action::TurnLeft | Action::TurnRight => true,
            Action::PickMarker => self.here() > 0,
            Action::PutMarker => self.here() < MAX_MARKERS,
        }
    }

    /// Carries the action out. Returns false, and changes nothing, where it would crash.
    #[inline]
    #[must_use]
    pub fn act(&mut self, action: Action) -> bool {
        Ground::act(self, action)
    }

    /// Whether the test holds.
    #[inline]
    pub fn holds(&self, test: Test) -> bool {
        Ground::holds(self, test)
    }

    /// The first four tests as bits, see [`Ground::condition_bits`].
    #[inline]
    pub fn condition_bits(&self) -> u8 {
        Ground::condition_bits(self)
    }

    #[inline]
    fn neighbour(&self, turn: u8) -> u16 {
        let stride = i16::from(self.cols) + 2;
        let ways = [stride, 1, -stride, -1];
        self.place.wrapping_add_signed(ways[self.heading.turned(turn) as usize])
    }

    /// Takes back the effect that one step had: the robot as it stood before, and the change of markers there.
    pub(crate) fn restore(&mut self, robot: Robot, marker_change: i8) {
        if let Some(index) = self.index(robot.row, robot.col) {
            self.place = index as u16;
            self.heading = robot.heading;
            self.cells[index] = self.cells[index].wrapping_add_signed(-marker_change);
        }
    }

    fn stride(&self) -> usize {
        usize::from(self.cols) + 2
    }

    fn index(&self, row: u8, col: u8) -> Option<usize> {
        (row < self.rows && col < self.cols)
            .then(|| (usize::from(row) + 1) * self.stride() + usize::from(col) + 1)
    }
}

impl Ground for World {
    #[inline]
    fn clear(&self, turn: u8) -> bool {
        self.cells[usize::from(self.neighbour(turn))] < WALL
    }

    #[inline]
    fn here(&self) -> u8 {
        self.cells[usize::from(self.place)]
    }

    #[inline]
    fn advance(&mut self) {
        self.place = self.neighbour(0);
    }

    #[inline]
    fn turn(&mut self, turn: u8) {
        self.heading = self.heading.turned(turn);
    }

    #[inline]
    fn change(&mut self, by: i8) {
        let cell = &mut self.cells[usize::from(self.place)];
        *cell = cell.wrapping_add_signed(by);
    }

    #[inline]
    fn place(&self) -> u16 {
        self.place
    }

    #[inline]
    fn heading(&self) -> Heading {
        self.heading
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_is_wall_and_edges_stop() {
        let mut world = World::new(2, 3);
        assert_eq!(world.cell(2, 0), Cell::Wall);
        assert_eq!(world.cell(0, 3), Cell::Wall);
        assert_eq!(world.condition_bits(), 0b0101);
        assert!(world.act(Action::Move) && !world.act(Action::Move));
        assert_eq!(world.robot(), Robot { row: 1, col: 0, heading: Heading::North });
    }

    #[test]
    fn markers_are_bounded() {
        let mut world = World::new(1, 1);
        assert!(!world.act(Action::PickMarker));
        for _ in 0..9 {
            assert!(world.can(Action::PutMarker) && world.act(Action::PutMarker));
        }
        assert!(!world.can(Action::PutMarker) && !world.act(Action::PutMarker));
        assert_eq!(world.cell(0, 0), Cell::Markers(9));
    }

    #[test]
    fn refuses_what_would_break_a_world() {
        let mut world = World::new(2, 2);
        assert!(!world.set_cell(0, 0, Cell::Wall), "the robot stands there");
        assert!(!world.set_cell(0, 2, Cell::Markers(1)));
        assert!(!world.set_cell(1, 1, Cell::Markers(10)));
        assert!(world.set_cell(1, 1, Cell::Wall));
        assert!(!world.set_robot(Robot { row: 1, col: 1, heading: Heading::East }));
        assert_eq!(World::new(0, 200).cols(), 100);
    }
}
