//! Worlds as the networks see them: a canvas of 16×16 cells turned to the agent's point of view, and planes of
//! numbers. Plain arrays; the layout is that of the starting weights' reference.

use runtime::{Action, Ground, Heading, Robot, World};

/// The number of rows, and of columns, of the canvas.
pub const SIDE: usize = 16;
/// The number of cells of the canvas.
pub const CELLS: usize = SIDE * SIDE;
/// The number of planes of a pair of worlds.
pub const PLANES: usize = 32;

/// The code of a wall; the code of markers is their number, 0 to 9.
pub const WALL: u8 = 10;
/// The code of a cell outside the world, which is as impassable as a wall.
pub const OUTSIDE: u8 = 11;
/// The number of codes, which is that of planes for each world.
const CODES: usize = 12;

/// A world on a canvas of fixed size, in its south-west corner until it is turned. Row 0 is the southernmost.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Canvas {
    /// The codes of the cells, row by row from the south.
    pub cells: [u8; CELLS],
    pub row: u8,
    pub col: u8,
    pub heading: Heading,
}

impl Canvas {
    /// Whether the networks know worlds of this size: 2×2 to 16×16. Of other worlds they are shown a
    /// [`crate::view::View`].
    pub fn fits(world: &World) -> bool {
        let known = 2..=SIDE as u8;
        known.contains(&world.rows()) && known.contains(&world.cols())
    }

    /// The world in the south-west corner of a canvas. Of a greater world there is only what lies on the canvas,
    /// with the robot moved to the nearest cell on it; ask [`Canvas::fits`] before.
    pub fn of(world: &World) -> Canvas {
        let mut cells = [OUTSIDE; CELLS];
        for (row, line) in (0..world.rows()).zip(cells.chunks_exact_mut(SIDE)) {
            for (code, &of_world) in line.iter_mut().zip(world.row_codes(row)) {
                *code = of_world;
            }
        }
        let robot = world.robot();
        let last = SIDE as u8 - 1;
        Canvas { cells, row: robot.row.min(last), col: robot.col.min(last), heading: robot.heading }
    }

    /// The whole canvas turned so that heading number `quarter` (0 north, 1 east, 2 south, 3 west) becomes north.
    pub fn rotated(&self, quarter: u8) -> Canvas {
        let quarter = quarter & 3;
        let last = SIDE - 1;
        let turned = |row: usize, col: usize| match quarter {
            0 => (row, col),
            1 => (col, last - row),
            2 => (last - row, last - col),
            _ => (last - col, row),
        };
        let mut cells = [OUTSIDE; CELLS];
        for (index, &code) in self.cells.iter().enumerate() {
            let (row, col) = turned(index / SIDE, index % SIDE);
            cells[row * SIDE + col] = code;
        }
        let (row, col) = turned(self.row.into(), self.col.into());
        let heading = self.heading.turned(4 - quarter);
        Canvas { cells, row: row as u8, col: col as u8, heading }
    }

    /// The canvas turned so that the agent looks north.
    pub fn canonical(&self) -> Canvas {
        self.rotated(self.heading as u8)
    }

    /// The index of the agent's cell, `row * 16 + col`.
    pub fn place(&self) -> usize {
        usize::from(self.row) * SIDE + usize::from(self.col)
    }

    /// The number of markers where the agent stands.
    pub fn markers_here(&self) -> u8 {
        self.cells[self.place()]
    }

    /// The first four tests as bits, see [`Ground::condition_bits`].
    pub fn condition_bits(&self) -> u8 {
        Ground::condition_bits(self)
    }

    /// Carries an action out. Returns false, and changes nothing, where it would crash.
    pub fn act(&mut self, action: Action) -> bool {
        Ground::act(self, action)
    }

    /// The row and column of the cell next to the agent, as [`Robot::beside`].
    fn beside(&self, turn: u8) -> (u8, u8) {
        Robot { row: self.row, col: self.col, heading: self.heading }.beside(turn)
    }
}

impl Ground for Canvas {
    fn clear(&self, turn: u8) -> bool {
        let (row, col) = self.beside(turn);
        let (row, col) = (usize::from(row), usize::from(col));
        row < SIDE && col < SIDE && self.cells[row * SIDE + col] < WALL
    }

    fn here(&self) -> u8 {
        self.markers_here()
    }

    fn advance(&mut self) {
        (self.row, self.col) = self.beside(0);
    }

    fn turn(&mut self, turn: u8) {
        self.heading = self.heading.turned(turn);
    }

    fn change(&mut self, by: i8) {
        let markers = &mut self.cells[self.place()];
        *markers = markers.wrapping_add_signed(by);
    }

    fn place(&self) -> u16 {
        self.place() as u16
    }

    fn heading(&self) -> Heading {
        self.heading
    }
}

/// Writes the planes of a pair, `[32, 16, 16]` flat, into `out` (at least [`PLANES`] × [`CELLS`] numbers; what is
/// missing is left out): cell codes of the first world, one plane each (12), and of the second (12), the first's
/// agent, the second's agent in the plane of its heading (4), cells that differ, ones, zeros.
pub fn planes(from: &Canvas, to: &Canvas, out: &mut [f32]) {
    out.fill(0.0);
    let mut set = |plane: usize, cell: usize| {
        if let Some(number) = out.get_mut(plane * CELLS + cell) {
            *number = 1.0;
        }
    };
    for (cell, (&a, &b)) in from.cells.iter().zip(&to.cells).enumerate() {
        set(usize::from(a), cell);
        set(CODES + usize::from(b), cell);
        if a != b {
            set(29, cell);
        }
        set(30, cell);
    }
    set(24, from.place());
    set(25 + to.heading as usize, to.place());
}
