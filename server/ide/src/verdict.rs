//! What the run of an example means: whether it did what the example says, and if not, the one thing that is wrong.

use crate::run::Run;
use runtime::{Action, Difference, Outcome, Program, Recording, Site, SiteKind, World, difference};
use syntax::TextRange;
use syntax::ast::Example;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// There is no `main`, no program, or no valid input.
    NotRun,
    /// The run did what the example says.
    Passes,
    /// The run finished; the example doesn't say with what result.
    NoOutput,
    /// The run came to this hole of the program.
    Hole {
        range: TextRange,
    },
    /// The run came to a mistake that the syntax or name checks report.
    Mistake {
        range: TextRange,
    },
    Fails(Failure),
}

/// Ranges are of the program: a simple statement, or the head of a compound one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    Crash {
        action: Action,
        range: TextRange,
    },
    /// It is proved that this `while` comes back to a world in which it has been before.
    EndlessLoop {
        range: TextRange,
    },
    /// The run was still here when the limit of ticks was reached.
    Limit {
        range: TextRange,
    },
    /// This call is one too deep.
    TooDeep {
        range: TextRange,
    },
    /// The run finished with another world (the second) than expected (the first).
    WrongResult(Difference),
    /// The run did what the output says, but its actions are not the given trace's.
    OtherTrace(TraceDifference),
    /// The run was expected to crash and finished.
    DidNotCrash,
}

/// The first action at which a run and a given trace differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceDifference {
    /// The number of actions that agree before it.
    pub at: usize,
    /// The run's action; none where the run ended before the trace.
    pub ran: Option<Action>,
    /// The trace's action; none where the trace ended before the run.
    pub given: Option<Action>,
}

impl Failure {
    /// Where in the program the run stopped, if it did not come to its end.
    pub fn place(&self) -> Option<TextRange> {
        match self {
            Failure::Crash { range, .. }
            | Failure::EndlessLoop { range }
            | Failure::Limit { range }
            | Failure::TooDeep { range } => Some(*range),
            _ => None,
        }
    }
}

impl Verdict {
    pub fn passes(&self) -> bool {
        *self == Verdict::Passes
    }

    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Verdict::Fails(failure) => Some(failure),
            _ => None,
        }
    }
}

pub(crate) fn judge(
    program: &Program,
    run: &Run,
    recording: &Recording,
    example: &Example,
    expected: Option<&World>,
) -> Verdict {
    let range = run.outcome.origin().and_then(|o| program.site(o)).map(pointed).unwrap_or_default();
    let fails = Verdict::Fails;
    match run.outcome {
        Outcome::Hole { .. } => Verdict::Hole { range },
        Outcome::Broken { .. } | Outcome::Cancelled => Verdict::Mistake { range },
        Outcome::EndlessLoop { .. } => fails(Failure::EndlessLoop { range }),
        Outcome::OutOfTicks { .. } => fails(Failure::Limit { range }),
        Outcome::TooDeep { .. } => fails(Failure::TooDeep { range }),
        Outcome::Crashed { action, .. } if example.crashes.is_none() => {
            fails(Failure::Crash { action, range })
        }
        Outcome::Crashed { action, .. } => match trace_difference(run, recording, example, Some(action)) {
            Some(difference) => fails(Failure::OtherTrace(difference)),
            None => Verdict::Passes,
        },
        Outcome::Finished if example.crashes.is_some() => fails(Failure::DidNotCrash),
        Outcome::Finished => finished(run, recording, example, expected),
    }
}

fn finished(run: &Run, recording: &Recording, example: &Example, expected: Option<&World>) -> Verdict {
    if let Some(expected) = expected {
        let difference = difference(expected, &run.end);
        if !difference.is_empty() {
            return Verdict::Fails(Failure::WrongResult(difference));
        }
    }
    match trace_difference(run, recording, example, None) {
        Some(difference) => Verdict::Fails(Failure::OtherTrace(difference)),
        None if expected.is_some() => Verdict::Passes,
        None => Verdict::NoOutput,
    }
}

/// What to point at: a simple statement, the head of one that has blocks, a hole.
pub(crate) fn pointed(site: Site) -> TextRange {
    match site.kind {
        SiteKind::While | SiteKind::Repeat | SiteKind::If { .. } => {
            TextRange::new(site.range.start(), site.head.end().max(site.range.start()))
        }
        _ => site.range,
    }
}

/// Compares the run with the trace that the author gave; an inferred one is not a constraint. The action that crashed
/// may stand at the end of the trace or not.
fn trace_difference(
    run: &Run,
    recording: &Recording,
    example: &Example,
    crashed: Option<Action>,
) -> Option<TraceDifference> {
    let trace = example.trace.as_ref().filter(|trace| trace.valid && !trace.inferred)?;
    let mut given = trace.actions.iter().map(|(action, _)| *action);
    let carried_out = recording.actions().count();
    let tried = crashed.filter(|_| run.complete() && trace.actions.len() > carried_out);
    let mut ran = recording.actions().chain(tried);
    let mut at = 0;
    loop {
        match (ran.next(), given.next()) {
            (None, None) => return None,
            (Some(ran), Some(given)) if ran == given => at += 1,
            // The recording of a long run ends before the run.
            (None, Some(_)) if !run.complete() => return None,
            (ran, given) => return Some(TraceDifference { at, ran, given }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;
    use crate::cancel::NEVER;
    use crate::fixture::fixture;

    #[test]
    fn the_trace_of_a_crash_may_name_the_action_that_crashes() {
        for (trace, passes) in
            [("move", true), ("move move", true), ("move turnLeft", false), ("move move move", false)]
        {
            let text = format!(
                "def main(): move(); move()\nexample \"a\" crashes:\n    input:\n        > .\n    trace: {trace}\n"
            );
            let fixture = fixture(&text);
            let case = fixture.analysis.cases().next().unwrap();
            let verdict = fixture.analysis.verdict(case, NEVER).unwrap();
            assert_eq!(*verdict == Verdict::Passes, passes, "{trace}: {verdict:?}");
        }
    }
}
