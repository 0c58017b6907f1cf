//! What programs do on many worlds. Programs that do the same on all of them count as one behaviour.

use std::hash::{DefaultHasher, Hash, Hasher};

use runtime::sample::{Random, worlds};
use runtime::{Cell, Code, Heading, Limits, Machine, Outcome, Robot, World};

/// Random worlds on which programs are compared.
const SAMPLED: usize = 64;
/// Variants of each example's input, with the robot elsewhere, on which they are compared too.
const VARIANTS: usize = 8;
/// A difference that takes longer than this to show is not seen.
const LIMITS: Limits = Limits { ticks: 1_000, call_depth: 1_000, prove_loops: false };

/// The worlds on which programs are compared.
pub struct Behaviours {
    worlds: Vec<World>,
    machine: Machine,
    scratch: World,
}

impl Behaviours {
    /// For the inputs of the examples; always the same worlds for the same inputs.
    pub fn new<'a>(starts: impl IntoIterator<Item = &'a World>) -> Behaviours {
        let mut random = Random::new(1);
        let mut all: Vec<World> = worlds(0).take(SAMPLED).collect();
        for start in starts {
            all.extend((0..VARIANTS).filter_map(|_| variant(start, &mut random)));
        }
        Behaviours { worlds: all, machine: Machine::new(), scratch: World::new(1, 1) }
    }

    pub fn worlds(&self) -> &[World] {
        &self.worlds
    }

    /// Runs the program on every world, and returns a number that is equal for programs that do the same on all of
    /// them. A crash is one behaviour, wherever it happens; running for ever another.
    pub fn of(&mut self, code: &Code) -> u64 {
        let mut hasher = DefaultHasher::new();
        for world in &self.worlds {
            self.scratch.clone_from(world);
            match self.machine.run(code, &mut self.scratch, &LIMITS) {
                Outcome::Finished => self.scratch.hash(&mut hasher),
                Outcome::Crashed { .. } => 1u8.hash(&mut hasher),
                _ => 2u8.hash(&mut hasher),
            }
        }
        hasher.finish()
    }
}

/// This world with the robot on another cell, looking anywhere.
fn variant(world: &World, random: &mut Random) -> Option<World> {
    let mut variant = world.clone();
    let (row, col) = (random.between(0, world.rows() - 1), random.between(0, world.cols() - 1));
    let heading = Heading::ALL[random.below(4) as usize];
    let placed = world.cell(row, col) != Cell::Wall && variant.set_robot(Robot { row, col, heading });
    placed.then_some(variant)
}
