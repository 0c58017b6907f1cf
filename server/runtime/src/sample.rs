//! Random worlds with the statistics of the public dataset's inputs, the same for the same seed on every machine.
//! The figures are those of the research notes on the dataset's 450 real inputs.

use syntax::ast::Heading;

use crate::world::{Cell, Robot, WALL, World};

/// A small generator of random numbers (SplitMix64): the same sequence for the same seed everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scrambled(self.0)
    }

    /// Uniform over `0..bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u32
    }

    /// Uniform over `low..=high`.
    pub fn between(&mut self, low: u8, high: u8) -> u8 {
        low + self.below(u32::from(high.saturating_sub(low)) + 1) as u8
    }

    /// Uniform over 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

/// The finalizer of SplitMix64.
pub(crate) fn scrambled(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// What the worlds of one task have in common; nothing by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// None of the worlds has walls.
    pub wall_free: bool,
    /// The worlds are yet to be chosen by whether some program runs clean on them, which prefers large ones, ones
    /// full of markers and robots away from the corner: those are made seldom, so that as many remain as the dataset
    /// has.
    pub to_be_chosen: bool,
}

impl Style {
    /// About 9% of the dataset's tasks have no wall in any of their worlds.
    pub fn sample(random: &mut Random) -> Style {
        Style { wall_free: random.chance(0.09), to_be_chosen: false }
    }
}

/// One world: 2×2 to 16×16, the robot anywhere but on a wall, looking anywhere.
pub fn world(random: &mut Random, style: Style) -> World {
    let (rows, cols) = (side(random, style.to_be_chosen), side(random, style.to_be_chosen));
    let mut world = World::new(rows, cols);
    let walls = if style.wall_free { 0.0 } else { wall_density(random) };
    let markers = marker_density(random, style.to_be_chosen);
    // One number of 16 bits decides on a cell: a wall below the first bound, markers below the second.
    let bound = |density: f64| (density * 65536.0) as u64;
    let (wall, marked) = (bound(walls), bound(walls + (1.0 - walls) * markers));
    for row in 0..rows {
        for four in world.row_codes_mut(row).chunks_mut(4) {
            let mut bits = random.bits();
            for code in four {
                let drawn = bits & 0xffff;
                bits >>= 16;
                if drawn < marked {
                    *code = if drawn < wall { WALL } else { marker_count(random) };
                }
            }
        }
    }
    let corner = random.chance(if style.to_be_chosen { 0.2 } else { 0.12 });
    let (row, col) = if corner { (0, 0) } else { (random.between(0, rows - 1), random.between(0, cols - 1)) };
    if world.cell(row, col) == Cell::Wall {
        let code = if random.chance(markers) { marker_count(random) } else { 0 };
        world.row_codes_mut(row)[usize::from(col)] = code;
    }
    let heading = Heading::ALL[random.below(4) as usize];
    let placed = world.set_robot(Robot { row, col, heading });
    debug_assert!(placed, "the cell lies inside and is no wall");
    world
}

/// Endless worlds, each in a style of its own.
pub fn worlds(seed: u64) -> impl Iterator<Item = World> {
    let mut random = Random::new(seed);
    std::iter::repeat_with(move || {
        let style = Style::sample(&mut random);
        world(&mut random, style)
    })
}

/// Number of rows, or of columns: 2 to 16, in steps of three equally likely within a step.
fn side(random: &mut Random, to_be_chosen: bool) -> u8 {
    let steps = if to_be_chosen { [0.215, 0.268, 0.209, 0.176] } else { [0.172, 0.258, 0.218, 0.192] };
    let mut share = random.unit();
    let mut low = 2;
    for step in steps {
        if share < step {
            break;
        }
        share -= step;
        low += 3;
    }
    random.between(low, low + 2)
}

/// Probability of a wall per cell. Of all worlds 35% have none; here are those of a task that may have walls.
fn wall_density(random: &mut Random) -> f64 {
    match random.unit() {
        u if u < 0.28 => 0.0,
        u if u < 0.93 => 0.1,
        _ => 0.2 + 0.3 * random.unit(),
    }
}

/// Probability of markers per cell: none, a few, some, many.
fn marker_density(random: &mut Random, to_be_chosen: bool) -> f64 {
    let (few, some, many) = if to_be_chosen { (0.12, 0.91, 0.98) } else { (0.07, 0.85, 0.94) };
    match random.unit() {
        u if u < few => 0.0,
        u if u < some => 0.105,
        u if u < many => 0.2,
        _ => 0.5 + 0.4 * random.unit(),
    }
}

/// Markers on a cell that has some: 1 with 0.56, 1 to 5 with 0.17, 1 to 9 with 0.27, each equally likely within.
fn marker_count(random: &mut Random) -> u8 {
    match random.unit() {
        u if u < 0.624 => 1,
        u if u < 0.88 => random.between(2, 5),
        _ => random.between(6, 9),
    }
}
