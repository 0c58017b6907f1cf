//! Programs that pass all examples, sorted by behaviour: what search and evaluation choose among.

use std::collections::HashMap;

use runtime::{Program, World, lower};

use crate::decode::fill_text;
use crate::rank::behaviour::Behaviours;

/// How much less likely than the likeliest verified program an alternative may be, in natural logarithm. A program
/// that the networks have not proposed counts as this much less likely.
pub const MARGIN: f64 = 10.0;

/// How much a token of a program's length takes from its score, and what part of the networks' log-probability it has,
/// in nats. The networks know the dataset's contrived programs; of two that pass, the author's is more often the
/// shorter one, the more so the fewer examples there are (RESULTS.md has what was compared).
const PER_TOKEN: f64 = 0.5;
const OF_LOG_PROBABILITY: f64 = 0.25;

/// The behaviours found so far.
pub struct Classes {
    behaviours: Behaviours,
    all: Vec<Class>,
    /// The index into `all` of each behaviour.
    known: HashMap<u64, usize>,
}

/// One behaviour.
pub struct Class {
    /// The best of its programs: the shortest, ties by likelihood, then by text.
    pub program: String,
    /// The length of the best program in dataset tokens.
    pub length: usize,
    /// The log-probability of the best program; none where the networks have not proposed it.
    pub log_probability: Option<f64>,
    /// The log-probability of the likeliest of its programs.
    likeliest: Option<f64>,
    pub lowered: Program,
}

/// What became of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// The number of its class.
    pub class: usize,
    /// It is the best one of its class, and was not before.
    pub best: bool,
}

/// A class among the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub class: usize,
    /// The higher of two scores comes first; their difference is the logarithm of how much likelier the one is the
    /// right one.
    pub score: f64,
    /// The probability that this class is the right one, if one of them is.
    pub probability: f64,
}

impl Classes {
    /// No behaviours yet, for examples with these inputs.
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
        let class = *self.known.entry(self.behaviours.of(&lowered.code)).or_insert(self.all.len());
        let Some(known) = self.all.get_mut(class) else {
            let likeliest = log_probability;
            self.all.push(Class { program: program.to_owned(), length, log_probability, likeliest, lowered });
            return Added { class, best: true };
        };
        known.likeliest = known.likeliest.into_iter().chain(log_probability).reduce(f64::max);
        if key(length, log_probability, program) >= key(known.length, known.log_probability, &known.program) {
            return Added { class, best: false };
        }
        let best = known.program != program;
        let likeliest = known.likeliest;
        *known = Class { program: program.to_owned(), length, log_probability, likeliest, lowered };
        Added { class, best }
    }

    /// The classes, best first.
    pub fn ranked(&self) -> Vec<Place> {
        let most = self.all.iter().filter_map(|class| class.likeliest).reduce(f64::max);
        let floor = most.unwrap_or_default() - MARGIN;
        let score = |class: &Class| {
            OF_LOG_PROBABILITY * class.likeliest.unwrap_or(floor) - PER_TOKEN * class.length as f64
        };
        let best = self.all.iter().map(score).fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = self.all.iter().map(|class| (score(class) - best).exp()).sum();
        let place = |(number, class): (usize, &Class)| {
            let score = score(class);
            Place { class: number, score, probability: (score - best).exp() / sum }
        };
        let mut places: Vec<Place> = self.all.iter().enumerate().map(place).collect();
        let order = |p: &Place| {
            let class = &self.all[p.class];
            key(class.length, class.log_probability, &class.program)
        };
        places.sort_by(|a, b| {
            let ties = order(a).partial_cmp(&order(b)).unwrap_or(std::cmp::Ordering::Equal);
            b.score.total_cmp(&a.score).then(ties)
        });
        places
    }
}

/// Shortest first, ties by likelihood, then by text so that the order is always the same.
fn key(length: usize, log_probability: Option<f64>, program: &str) -> (usize, f64, &str) {
    (length, -log_probability.unwrap_or(f64::NEG_INFINITY), program)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The programs' first lines, best first, each with its probability.
    fn ranked(programs: &[(&str, Option<f64>)]) -> Vec<(String, f64)> {
        let mut classes = Classes::new([&World::new(5, 5)]);
        for (body, log_probability) in programs {
            classes.add(&format!("def main():\n    {body}\n"), *log_probability);
        }
        let name = |place: Place| {
            let program = &classes.all()[place.class].program;
            (program["def main():\n    ".len()..].trim_end().to_owned(), place.probability)
        };
        classes.ranked().into_iter().map(name).collect()
    }

    fn order(programs: &[(&str, Option<f64>)]) -> Vec<String> {
        ranked(programs).into_iter().map(|(program, _)| program).collect()
    }

    #[test]
    fn shorter_and_likelier_programs_come_first() {
        let (short, long) = ("move()", "move()\n    turnLeft()\n    turnLeft()");
        assert_eq!(order(&[(long, Some(-1.0)), (short, Some(-1.0))]), [short, long]);
        assert_eq!(order(&[(short, Some(-9.0)), ("turnLeft()", Some(-1.0))]), ["turnLeft()", short]);
        // Two tokens weigh as much as four nats.
        let third = "turnRight()\n    move()\n    move()";
        assert_eq!(order(&[(short, Some(-4.5)), (third, Some(-1.0))])[0], short);
        assert_eq!(order(&[(short, Some(-5.5)), (third, Some(-1.0))])[0], third);
    }

    #[test]
    fn what_the_networks_never_proposed_needs_to_be_shorter() {
        let (short, long) = ("move()", "turnLeft()\n    move()");
        assert_eq!(order(&[(long, Some(-1.0)), (short, None)])[0], long);
        assert_eq!(order(&[(long, None), (short, None)])[0], short);
        let longer =
            "turnLeft()\n    move()\n    move()\n    turnLeft()\n    putMarker()\n    move()\n    move()";
        assert_eq!(order(&[(longer, Some(-1.0)), (short, None)])[0], short);
    }

    #[test]
    fn probabilities_add_up_to_one() {
        let places = ranked(&[("move()", Some(-1.0)), ("turnLeft()", Some(-2.0)), ("putMarker()", None)]);
        let sum: f64 = places.iter().map(|place| place.1).sum();
        assert!((sum - 1.0).abs() < 1e-12 && places.windows(2).all(|two| two[0].1 >= two[1].1), "{places:?}");
        assert!((places[0].1 / places[1].1).ln() - OF_LOG_PROBABILITY < 1e-9);
    }

    #[test]
    fn programs_that_behave_alike_are_one_class() {
        let twice = "turnLeft()\n    turnRight()\n    move()";
        assert_eq!(order(&[(twice, Some(-1.0)), ("move()", Some(-5.0))]), ["move()"]);
    }
}
