//! The candidates found so far, one per behaviour.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use protocol::message::Candidate;
use runtime::sample::{Random, worlds};
use runtime::{Cell, Code, Heading, Limits, Machine, Outcome, Robot, World, lower};

use crate::executor::Case;
use crate::fill;
use crate::specification::Problem;

/// Random worlds on which candidates are compared.
const SAMPLED: usize = 64;
/// Variants of each example's input, with the robot elsewhere, on which they are compared too.
const VARIANTS: usize = 8;
/// A difference that takes longer than this to show is not seen.
const LIMITS: Limits = Limits { ticks: 1_000, call_depth: 1_000, prove_loops: false };

pub struct Found {
    wanted: usize,
    worlds: Vec<World>,
    /// The best candidate of each behaviour.
    best: HashMap<u64, Candidate>,
    machine: Machine,
    scratch: World,
}

impl Found {
    pub fn new(cases: &[Case], wanted: usize) -> Found {
        let mut random = Random::new(1);
        let mut all: Vec<World> = worlds(0).take(SAMPLED).collect();
        for case in cases {
            all.extend((0..VARIANTS).filter_map(|_| variant(&case.start, &mut random)));
        }
        Found {
            wanted,
            worlds: all,
            best: HashMap::new(),
            machine: Machine::new(),
            scratch: World::new(1, 1),
        }
    }

    /// As many as wanted are there.
    pub fn is_full(&self) -> bool {
        self.best.len() >= self.wanted
    }

    pub fn is_empty(&self) -> bool {
        self.best.is_empty()
    }

    /// Two candidates differ in meaning.
    pub fn ambiguous(&self) -> bool {
        self.best.len() > 1
    }

    /// Adds a program that passes all examples; gives it back where it is new or better than the one that behaves
    /// alike.
    pub fn add(
        &mut self,
        problem: &Problem,
        fills: Vec<String>,
        log_probability: Option<f64>,
    ) -> Option<Candidate> {
        let program = fill::program(&problem.text, &problem.holes, &fills);
        let file = syntax::parse(&program).file;
        let candidate = Candidate {
            fills,
            log_probability,
            length: fill::length(file.procedures()),
            examples_passed: problem.cases.len(),
            held_out: None,
            program,
        };
        let behaviour = self.behaviour(&lower(&file).code);
        let new = match self.best.get(&behaviour) {
            Some(known) if !better(&candidate, known) => return None,
            Some(known) => known.program != candidate.program,
            None => true,
        };
        self.best.insert(behaviour, candidate.clone());
        new.then_some(candidate)
    }

    /// Best first.
    pub fn into_candidates(self) -> Vec<Candidate> {
        let mut candidates: Vec<Candidate> = self.best.into_values().collect();
        candidates.sort_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal));
        candidates.truncate(self.wanted);
        candidates
    }

    /// What the program does on the worlds. How a run fails makes no difference.
    fn behaviour(&mut self, code: &Code) -> u64 {
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

/// Shortest first, ties by likelihood, then by text so that the order is always the same.
fn key(candidate: &Candidate) -> (usize, f64, &str) {
    (candidate.length, -candidate.log_probability.unwrap_or(f64::NEG_INFINITY), &candidate.program)
}

fn better(a: &Candidate, b: &Candidate) -> bool {
    key(a) < key(b)
}

/// The same world with the robot on another cell, looking anywhere.
fn variant(world: &World, random: &mut Random) -> Option<World> {
    let mut variant = world.clone();
    let (row, col) = (random.between(0, world.rows() - 1), random.between(0, world.cols() - 1));
    let heading = Heading::ALL[random.below(4) as usize];
    let placed = world.cell(row, col) != Cell::Wall && variant.set_robot(Robot { row, col, heading });
    placed.then_some(variant)
}
