//! Random worlds with the statistics of the public dataset's inputs, the same for the same seed on every machine.
//! The figures are those of the research notes on the dataset's 450 real inputs.

mod sketch;
mod walk;

pub use sketch::Sketch;
pub use walk::Walk;

use crate::world::World;

/// A small generator of random numbers (SplitMix64): the same sequence for the same seed everywhere. It is our own,
/// since generated tasks have to stay the same for ever, which no library promises across its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
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

/// What SplitMix64 counts by.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finalizer of SplitMix64.
pub(crate) fn scrambled(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A number for some bytes, the same on every machine and in every version (FNV-1a).
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// What the worlds of one task have in common; nothing by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// None of the worlds has walls.
    pub wall_free: bool,
    /// The worlds are yet to be chosen by whether some program runs clean on them, which prefers large ones, ones
    /// without walls, ones full of markers and robots away from the corner: those are made seldom, so that as many
    /// remain as the dataset has.
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
    Sketch::new(random, style).world()
}

/// Endless worlds, each in a style of its own.
pub fn worlds(seed: u64) -> impl Iterator<Item = World> {
    let mut random = Random::new(seed);
    std::iter::repeat_with(move || {
        let style = Style::sample(&mut random);
        world(&mut random, style)
    })
}
