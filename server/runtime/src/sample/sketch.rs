//! A random world before it is drawn.

use syntax::ast::Heading;

use super::{GOLDEN, Random, Style, scrambled};
use crate::world::{Robot, WALL, World};

/// The longest side of a random world, in cells.
pub(super) const SIDE: usize = 16;

/// A random world of which only sizes and densities are drawn; each cell is a function of these. Most worlds that a
/// program is tried on are of no use, which shows after a few steps: looking at the cells next to these is a fraction
/// of the work of drawing them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch {
    pub(super) rows: u8,
    pub(super) cols: u8,
    pub(super) robot: Robot,
    /// The probability that a cell is a wall, and that a cell without a wall has markers, in 65,536th parts.
    walls: u16,
    marked: u16,
    key: u64,
}

impl Sketch {
    pub fn new(random: &mut Random, style: Style) -> Sketch {
        let [rows, cols, walls, marked] = quarters(random.bits());
        let [corner, row, col, heading] = quarters(random.bits());
        let (rows, cols) = (side(rows, style.to_be_chosen), side(cols, style.to_be_chosen));
        let walls = if style.wall_free { 0 } else { wall_density(walls, style.to_be_chosen) };
        let marked = marker_density(marked, style.to_be_chosen);
        let corner = corner < if style.to_be_chosen { parts(0.2) } else { parts(0.12) };
        let (row, col) = if corner { (0, 0) } else { (scaled(row, rows), scaled(col, cols)) };
        let robot = Robot { row, col, heading: Heading::ALL[usize::from(scaled(heading, 4))] };
        Sketch { rows, cols, robot, walls, marked, key: random.bits() }
    }

    /// Draws the whole world.
    pub fn world(&self) -> World {
        let mut world = World::new(self.rows, self.cols);
        for row in 0..self.rows {
            for (col, code) in (0..).zip(world.row_codes_mut(row)) {
                *code = self.code(row, col);
            }
        }
        let placed = world.set_robot(self.robot);
        debug_assert!(placed, "the cell lies inside and is no wall");
        world
    }

    /// The code of a cell inside the world: 0 to 9 markers, or [`WALL`].
    #[inline]
    pub(super) fn code(&self, row: u8, col: u8) -> u8 {
        let cell = GOLDEN.wrapping_mul(index(row, col) as u64);
        let [wall, marked, count, within] = quarters(scrambled(self.key.wrapping_add(cell)));
        if wall < self.walls && (row, col) != (self.robot.row, self.robot.col) {
            WALL
        } else if marked < self.marked {
            marker_count(count, within)
        } else {
            0
        }
    }
}

/// The number of a cell.
#[inline]
pub(super) fn index(row: u8, col: u8) -> usize {
    usize::from(row) * SIDE + usize::from(col)
}

// What follows works with numbers of 16 bits: uniform ones, and probabilities and densities in 65,536th parts. They
// are enough, and one draw gives four.

#[inline]
fn quarters(bits: u64) -> [u16; 4] {
    [0, 16, 32, 48].map(|shift| (bits >> shift) as u16)
}

const fn parts(probability: f64) -> u16 {
    (probability * 65536.0) as u16
}

/// A number that is uniform over `0..bound`, made of one that is uniform over all 16 bits.
fn scaled(uniform: u16, bound: u8) -> u8 {
    ((u32::from(uniform) * u32::from(bound)) >> 16) as u8
}

/// A number of rows or of columns: 2 to 16, in steps of three that are equally likely within a step.
fn side(uniform: u16, to_be_chosen: bool) -> u8 {
    const fn bounds(steps: [f64; 5]) -> [u16; 14] {
        let (mut bounds, mut sum, mut i) = ([0; 14], 0.0, 0);
        while i < 14 {
            sum += steps[i / 3] / 3.0;
            bounds[i] = parts(sum);
            i += 1;
        }
        bounds
    }
    const ANY: [u16; 14] = bounds([0.172, 0.258, 0.218, 0.192, 0.16]);
    const TO_BE_CHOSEN: [u16; 14] = bounds([0.215, 0.268, 0.209, 0.176, 0.132]);
    let bounds = if to_be_chosen { &TO_BE_CHOSEN } else { &ANY };
    2 + bounds.iter().map(|&bound| u8::from(uniform >= bound)).sum::<u8>()
}

/// The probability of a wall per cell: none, some, many. 35% of all worlds have no wall; this is about the worlds of a
/// task that may have walls.
fn wall_density(uniform: u16, to_be_chosen: bool) -> u16 {
    const MANY: u16 = parts(0.93);
    match uniform {
        u if u < if to_be_chosen { parts(0.22) } else { parts(0.28) } => 0,
        ..MANY => parts(0.1),
        MANY.. => stretched(uniform, MANY, parts(0.2), parts(0.5)),
    }
}

/// The probability of markers per cell: none, a few, some, many.
fn marker_density(uniform: u16, to_be_chosen: bool) -> u16 {
    const fn bounds(few: f64, some: f64, many: f64) -> [u16; 3] {
        [parts(few), parts(some), parts(many)]
    }
    const ANY: [u16; 3] = bounds(0.07, 0.85, 0.94);
    const TO_BE_CHOSEN: [u16; 3] = bounds(0.12, 0.91, 0.98);
    let [few, some, many] = if to_be_chosen { TO_BE_CHOSEN } else { ANY };
    match uniform {
        u if u < few => 0,
        u if u < some => parts(0.105),
        u if u < many => parts(0.2),
        u => stretched(u, many, parts(0.5), parts(0.9)),
    }
}

/// A number that is uniform over `low..high`, made of one that is uniform from `from` on.
fn stretched(uniform: u16, from: u16, low: u16, high: u16) -> u16 {
    low + (u32::from(uniform - from) * u32::from(high - low) / (65536 - u32::from(from))) as u16
}

/// The number of markers on a cell that has some, made of two uniform numbers: 1 with probability 0.56, 1 to 5 with
/// 0.17, 1 to 9 with 0.27, each equally likely within.
fn marker_count(uniform: u16, within: u16) -> u8 {
    const ONE: u16 = parts(0.624);
    const FEW: u16 = parts(0.88);
    match uniform {
        ..ONE => 1,
        ONE..FEW => 2 + scaled(within, 4),
        FEW.. => 6 + scaled(within, 4),
    }
}
