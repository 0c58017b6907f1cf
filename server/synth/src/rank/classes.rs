//! Programs that pass all examples, sorted by behaviour: what search and evaluation choose among.

use std::collections::{BTreeMap, HashMap};

use runtime::{Program, World, lower};
use syntax::ast;

use crate::decode::fill_text;
use crate::decode::traces::Traces;
use crate::models::Pair;
use crate::rank::behaviour::Behaviours;
use crate::rank::weights::{Features, Ranking, log_sum, profile};

/// How much less likely than the likeliest verified program an alternative may be, in natural logarithm.
pub const MARGIN: f64 = 10.0;

/// The behaviours found so far.
pub struct Classes {
    behaviours: Behaviours,
    all: Vec<Class>,
    /// Index into `all` of each behaviour.
    known: HashMap<u64, usize>,
}

/// One behaviour.
pub struct Class {
    /// The best of its programs: the shortest, ties by likelihood, then by text.
    pub program: String,
    /// Dataset tokens.
    pub length: usize,
    /// The log-probability of the best program; none where the networks have not proposed it.
    pub log_probability: Option<f64>,
    pub lowered: Program,
    file: ast::File,
    finishes: f64,
    /// All programs found that behave so, with the greatest probability that each was proposed with.
    members: BTreeMap<String, Option<f64>>,
}

/// What became of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Number of its class.
    pub class: usize,
    /// It is the best one of its class, and was not before.
    pub best: bool,
}

/// A class among the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub class: usize,
    pub features: Features,
    /// The probability that this class is the right one, if one of them is, as the ranking has it; equal for all where
    /// the networks have proposed none of the programs.
    pub probability: f64,
}

impl Classes {
    /// For examples with these inputs.
    pub fn new<'a>(starts: impl IntoIterator<Item = &'a World>) -> Classes {
        Classes { behaviours: Behaviours::new(starts), all: Vec::new(), known: HashMap::new() }
    }

    pub fn all(&self) -> &[Class] {
        &self.all
    }

    /// The worlds that tell the classes apart.
    pub fn worlds(&self) -> &[World] {
        self.behaviours.worlds()
    }

    /// Adds a program that passes, in canonical form.
    pub fn add(&mut self, program: &str, log_probability: Option<f64>) -> Added {
        let file = syntax::parse(program).file;
        let lowered = lower(&file);
        let length = fill_text::length(file.procedures());
        let behaviour = self.behaviours.of(&lowered.code);
        let class = *self.known.entry(behaviour.key).or_insert(self.all.len());
        let fresh = |members| Class {
            program: program.to_owned(),
            length,
            log_probability,
            lowered,
            file,
            finishes: behaviour.finishes,
            members,
        };
        let Some(known) = self.all.get_mut(class) else {
            self.all.push(fresh(BTreeMap::from([(program.to_owned(), log_probability)])));
            return Added { class, best: true };
        };
        // None is less than any probability.
        let likeliest = known.members.entry(program.to_owned()).or_default();
        if log_probability.is_some_and(|new| likeliest.is_none_or(|old| new > old)) {
            *likeliest = log_probability;
        }
        if key(length, log_probability, program) >= key(known.length, known.log_probability, &known.program) {
            return Added { class, best: false };
        }
        let best = known.program != program;
        *known = fresh(std::mem::take(&mut known.members));
        Added { class, best }
    }

    /// The classes, best first: by the learned choice, and where the networks have proposed none of the programs,
    /// shortest first.
    pub fn ranked(&self, choice: &Ranking, pairs: &[Pair], traces: &Traces) -> Vec<Place> {
        let likeliest = |class: &Class| class.members.values().flatten().copied().reduce(f64::max);
        let most = self.all.iter().filter_map(likeliest).reduce(f64::max);
        let floor = most.unwrap_or_default() - MARGIN;
        let place = |(number, class): (usize, &Class)| {
            let own = class.members.values().map(|log| log.unwrap_or(floor));
            let examples = pairs
                .iter()
                .enumerate()
                .map(|(i, pair)| (&pair.start, traces.get(i).and_then(|trace| trace.as_deref())));
            let features = Features {
                log_probability: likeliest(class).unwrap_or(floor),
                log_mass: log_sum(own),
                finishes: class.finishes,
                profile: profile(&class.file, &class.lowered, class.length, examples),
            };
            Place { class: number, features, probability: 0.0 }
        };
        let mut places: Vec<Place> = self.all.iter().enumerate().map(place).collect();
        let scored = most.is_some();
        let score = |p: &Place| if scored { choice.score(&p.features) } else { 0.0 };
        let scores: Vec<f64> = places.iter().map(score).collect();
        let sum = log_sum(scores.iter().copied());
        for (place, score) in places.iter_mut().zip(scores) {
            place.probability = (score - sum).exp();
        }
        let order = |p: &Place| {
            let class = &self.all[p.class];
            key(class.length, class.log_probability, &class.program)
        };
        places.sort_by(|a, b| {
            let ties = order(a).partial_cmp(&order(b)).unwrap_or(std::cmp::Ordering::Equal);
            b.probability.total_cmp(&a.probability).then(ties)
        });
        places
    }
}

/// Shortest first, ties by likelihood, then by text so that the order is always the same.
fn key(length: usize, log_probability: Option<f64>, program: &str) -> (usize, f64, &str) {
    (length, -log_probability.unwrap_or(f64::NEG_INFINITY), program)
}
