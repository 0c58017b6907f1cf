//! What all runs together did at each statement: counted once, when an example is run, so that counts beside the
//! program cost no walk along any run, and no run has to be kept for them.

use crate::analysis::Analysis;
use crate::walk::walk;
use runtime::Recording;
use std::collections::HashMap;
use syntax::ast::Statement;

/// One statement, over all examples and tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// How often it was executed; for runs that are not recorded whole, in the recorded part.
    pub times: u64,
    /// The number of examples and tests that come here.
    pub examples: usize,
    /// Whether an example that is not a test comes here.
    pub shown: bool,
    /// How often the condition was asked, and held, where `times` counts.
    pub decided: u64,
    pub held: u64,
    /// What was counted in the runs that are recorded whole.
    pub whole: Whole,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Whole {
    /// The number of examples and tests that come here.
    pub examples: usize,
    /// How often the condition was asked.
    pub decided: u64,
    /// How often it held.
    pub held: u64,
    /// Least and greatest number of times that it held in one example.
    pub least: u64,
    pub most: u64,
}

/// The tallies by the address of their statement, which stays where it is as long as the analysis lives.
#[derive(Debug, Default)]
pub(crate) struct Tallies(HashMap<usize, Tally>);

/// What one run did at each statement that it came to.
pub(crate) struct Counts(HashMap<usize, Count>);

#[derive(Clone, Copy, Default)]
struct Count {
    times: u64,
    decided: u64,
    held: u64,
}

impl Counts {
    /// Counts a run of the analysis's program.
    pub(crate) fn of(analysis: &Analysis, recording: &Recording) -> Counts {
        let mut counts: HashMap<usize, Count> = HashMap::new();
        walk(analysis, recording, &mut |statement, visit| {
            let count = counts.entry(address(statement)).or_default();
            count.times += 1;
            count.decided += visit.decided;
            count.held += visit.held;
        });
        Counts(counts)
    }
}

impl Tallies {
    /// Adds a run: whether it is recorded whole, and whether its example is one that is shown, no test.
    pub(crate) fn add(&mut self, counts: Counts, whole: bool, shown: bool) {
        for (statement, Count { times, decided, held }) in counts.0 {
            let tally = self.0.entry(statement).or_default();
            tally.times += times;
            tally.examples += 1;
            tally.shown |= shown;
            tally.decided += decided;
            tally.held += held;
            if whole {
                let all = &mut tally.whole;
                all.least = if all.examples == 0 { held } else { all.least.min(held) };
                all.most = all.most.max(held);
                all.examples += 1;
                all.decided += decided;
                all.held += held;
            }
        }
    }

    /// The tally of a statement; all of it is zero where no example comes there.
    pub(crate) fn of(&self, statement: &Statement) -> Tally {
        self.0.get(&address(statement)).copied().unwrap_or_default()
    }
}

fn address(statement: &Statement) -> usize {
    std::ptr::from_ref(statement).addr()
}
