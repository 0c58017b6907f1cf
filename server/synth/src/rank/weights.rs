//! Which of several programs that pass all examples is offered first. A linear model ranks *behaviours*: programs
//! that do the same count as one, and share their probability. Its few weights were fitted on generated tasks
//! (`karel-synth eval --fit-choice FILE`) and lie in `data/choice.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use dataset::generate::rules::may_follow;
use runtime::{Action, Coverage, Limits, Program, SiteKind, World, record};
use serde::{Deserialize, Serialize};
use syntax::ast::{self, Block, Statement, StatementKind};

/// What is known of one behaviour among those that pass. Only differences between the behaviours of one task matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// Natural logarithm of the likeliest program's probability; of one that the networks have not proposed, a lower
    /// bound that the caller chooses.
    pub log_probability: f64,
    /// Natural logarithm of what all its programs that were found have together.
    pub log_mass: f64,
    /// Share of random worlds on which it comes to its end ([`crate::rank::behaviour`]).
    pub finishes: f64,
    /// The profile of its shortest program.
    pub profile: Profile,
}

/// What one program and its runs on the examples show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Dataset tokens.
    pub length: f64,
    /// Loops and conditionals.
    pub constructs: f64,
    /// Sides of conditions, of two each, that no example takes.
    pub unreached: f64,
    /// Share of the examples in which it does what the inferred trace does; 0 without traces.
    pub follows: f64,
    /// Neighbouring actions that programs of the dataset never have ([`may_follow`]).
    pub breaches: f64,
}

/// Number of features.
pub const COUNT: usize = 8;

/// Their names in the data file.
pub const NAMES: [&str; COUNT] =
    ["log_probability", "log_mass", "finishes", "length", "constructs", "unreached", "follows", "breaches"];

impl Features {
    /// In the order of [`NAMES`].
    pub fn values(&self) -> [f64; COUNT] {
        let p = &self.profile;
        [
            self.log_probability,
            self.log_mass,
            self.finishes,
            p.length,
            p.constructs,
            p.unreached,
            p.follows,
            p.breaches,
        ]
    }
}

/// A linear ranking of behaviours.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    weights: [f64; COUNT],
}

/// The data file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// How the weights were obtained.
    pub about: String,
    /// What obtains them again.
    pub command: String,
    /// By the names of [`NAMES`].
    pub weights: BTreeMap<String, f64>,
}

impl Ranking {
    /// The one that the engine uses.
    pub fn fitted() -> &'static Ranking {
        static FITTED: LazyLock<Ranking> = LazyLock::new(|| {
            let read = serde_json::from_str::<Fitted>(include_str!("../../data/choice.json"));
            // A test sees to it that the file can be read; likeliest first is never wrong.
            read.ok().and_then(|fitted| Ranking::named(&fitted.weights)).unwrap_or_else(Ranking::likeliest)
        });
        &FITTED
    }

    /// By probability alone.
    pub fn likeliest() -> Ranking {
        Ranking { weights: std::array::from_fn(|i| f64::from(u8::from(i == 0))) }
    }

    pub fn new(weights: [f64; COUNT]) -> Ranking {
        Ranking { weights }
    }

    /// None where a weight is missing, unknown or not finite.
    pub fn named(weights: &BTreeMap<String, f64>) -> Option<Ranking> {
        let mut values = [0.0; COUNT];
        for (value, name) in values.iter_mut().zip(NAMES) {
            *value = *weights.get(name)?;
        }
        let sound = weights.len() == COUNT && values.iter().all(|value| value.is_finite());
        sound.then_some(Ranking { weights: values })
    }

    /// The weights by name.
    pub fn weights(&self) -> BTreeMap<String, f64> {
        NAMES.iter().zip(self.weights).map(|(name, weight)| ((*name).to_owned(), weight)).collect()
    }

    /// Higher is better. The difference of two is the logarithm of how much likelier the one is the right one.
    pub fn score(&self, features: &Features) -> f64 {
        features.values().iter().zip(self.weights).map(|(value, weight)| value * weight).sum()
    }
}

/// The logarithm of the sum of what these are the logarithms of.
pub fn log_sum(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY { most } else { most + logs.map(|log| (log - most).exp()).sum::<f64>().ln() }
}

/// Looks at a program and at its runs on the examples: their inputs, and their inferred traces.
pub fn profile<'a>(
    file: &ast::File,
    program: &Program,
    length: usize,
    examples: impl IntoIterator<Item = (&'a World, Option<&'a [Action]>)>,
) -> Profile {
    let mut coverage = Coverage::new();
    let (mut count, mut follows) = (0, 0);
    for (start, trace) in examples {
        let run = record(&program.code, start, &Limits::DATASET, &|| false);
        count += 1;
        follows += usize::from(trace.is_some_and(|trace| run.actions().eq(trace.iter().copied())));
        coverage.add(&run);
    }
    let (mut constructs, mut unreached) = (0, 0);
    for (origin, site) in program.sites() {
        let reach = coverage.reach(origin);
        match site.kind {
            SiteKind::While | SiteKind::If { .. } => {
                constructs += 1;
                unreached += usize::from(!reach.held) + usize::from(!reach.failed);
            }
            SiteKind::Repeat => constructs += 1,
            _ => (),
        }
    }
    Profile {
        length: length as f64,
        constructs: constructs as f64,
        unreached: unreached as f64,
        follows: if count == 0 { 0.0 } else { follows as f64 / count as f64 },
        breaches: file.procedures().map(|p| breaches(&p.body)).sum::<usize>() as f64,
    }
}

/// Actions that may not follow the one before them, in the block and in those inside.
fn breaches(block: &Block) -> usize {
    let action = |statement: &Statement| match statement.kind {
        StatementKind::Action(action) => Some(action),
        _ => None,
    };
    let (mut own, mut running) = (0, 0);
    for pair in block.statements.windows(2) {
        running += 1;
        if let (Some(previous), Some(next)) = (action(&pair[0]), action(&pair[1])) {
            own += usize::from(!may_follow(previous, running, next));
            if previous == next {
                continue;
            }
        }
        running = 0;
    }
    let inner = block.statements.iter().map(|statement| match &statement.kind {
        StatementKind::While { body, .. } | StatementKind::Repeat { body, .. } => breaches(body),
        StatementKind::If { then, otherwise, .. } => {
            breaches(then) + otherwise.as_ref().map_or(0, |o| breaches(&o.body))
        }
        _ => 0,
    });
    own + inner.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_can_be_read() {
        let fitted: Fitted = serde_json::from_str(include_str!("../../data/choice.json")).unwrap();
        assert_eq!(Ranking::named(&fitted.weights).as_ref(), Some(Ranking::fitted()));
        let missing = fitted.weights.into_iter().skip(1).collect();
        assert_eq!(Ranking::named(&missing), None);
    }

    #[test]
    fn a_profile() {
        let text = "def main():\n    turnLeft()\n    putMarker()\n    if(frontIsClear()):\n        move()\n        move()\n        move()\n";
        let file = syntax::parse(text).file;
        let start = World::new(5, 5);
        let trace = [Action::TurnLeft, Action::PutMarker];
        let profile =
            profile(&file, &runtime::lower(&file), 14, [(&start, Some(&trace[..])), (&start, None)]);
        let expected = Profile { length: 14.0, constructs: 1.0, unreached: 1.0, follows: 0.5, breaches: 2.0 };
        assert_eq!(profile, expected);
    }

    #[test]
    fn sums_of_logarithms() {
        assert!((log_sum([0.5f64.ln(), 0.25f64.ln()].into_iter()) - 0.75f64.ln()).abs() < 1e-12);
        assert_eq!(log_sum(std::iter::empty()), f64::NEG_INFINITY);
    }
}
