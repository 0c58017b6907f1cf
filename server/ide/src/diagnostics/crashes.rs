//! K201, K203, K204, K205: runs that did not come to their end, reported where they stopped. However many examples
//! stop at a statement in the same way, it gets one diagnostic that lists them.

use super::{Diagnostic, title};
use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::counting;
use crate::describe::{count, example, robot};
use crate::reason;
use crate::run::Run;
use crate::statements::closed;
use crate::verdict::Failure;
use runtime::{Action, Outcome};
use std::collections::HashMap;
use syntax::TextRange;
use syntax::codes::{Code, running};
use syntax::diagnostic::Severity;

/// What the examples of one diagnostic have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Stop {
    Crash(Action),
    EndlessLoop,
    Limit,
    TooDeep,
}

/// At most this many examples are listed at one statement.
const LISTED: usize = 30;

pub(super) fn check(
    analysis: &Analysis,
    cancel: Cancel<'_>,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Cancelled> {
    let mut groups: Vec<(TextRange, Stop, Vec<Case<'_>>)> = Vec::new();
    let mut known: HashMap<(TextRange, Stop), usize> = HashMap::new();
    for case in analysis.cases().filter(|case| !case.is_test()) {
        check_cancel(cancel)?;
        let Some((range, stop)) = analysis.verdict(case, cancel)?.failure().and_then(stop) else { continue };
        let group = *known.entry((range, stop)).or_insert(groups.len());
        match groups.get_mut(group) {
            Some((_, _, cases)) => cases.push(case),
            None => groups.push((range, stop, vec![case])),
        }
    }
    for (range, stop, cases) in groups {
        check_cancel(cancel)?;
        found.extend(diagnostic(analysis, range, stop, &cases, cancel)?);
    }
    Ok(())
}

fn stop(failure: &Failure) -> Option<(TextRange, Stop)> {
    match *failure {
        Failure::Crash { action, range } => Some((range, Stop::Crash(action))),
        Failure::EndlessLoop { range } => Some((range, Stop::EndlessLoop)),
        Failure::Limit { range } => Some((range, Stop::Limit)),
        Failure::TooDeep { range } => Some((range, Stop::TooDeep)),
        _ => None,
    }
}

fn diagnostic(
    analysis: &Analysis,
    range: TextRange,
    stop: Stop,
    cases: &[Case<'_>],
    cancel: Cancel<'_>,
) -> Result<Option<Diagnostic>, Cancelled> {
    let Some(&first) = cases.first() else { return Ok(None) };
    let Some(failure) = analysis.verdict(first, cancel)?.failure() else { return Ok(None) };
    let clause = reason::clause(analysis, first, analysis.run(first, cancel)?, failure);
    let others = match cases.len() - 1 {
        0 => String::new(),
        n => format!(", and in {}", count(n as u64, "more example")),
    };
    let name = example(first.example);
    let message = match stop {
        // The position of the example's name keeps the reason together.
        Stop::Crash(_) => format!("{clause} of {name}{others}."),
        Stop::EndlessLoop | Stop::Limit | Stop::TooDeep => format!("In {name}{others}, {clause}."),
    };
    let (code, severity): (&Code, Severity) = match stop {
        Stop::Crash(_) => (&running::CRASH, Severity::Error),
        Stop::EndlessLoop => (&running::ENDLESS_LOOP, Severity::Error),
        Stop::Limit => (&running::TICK_LIMIT, Severity::Warning),
        Stop::TooDeep => (&running::TOO_DEEP, Severity::Error),
    };
    let range = analysis.program().map_or(range, |program| closed(program, range));
    let mut diagnostic = Diagnostic::new(code, severity, range, message);
    for case in cases.iter().take(LISTED) {
        if let Some(run) = analysis.run(*case, cancel)? {
            diagnostic.related.push((title(case), format!("{}: {}", example(case.example), stopped(run))));
        }
    }
    Ok(Some(diagnostic))
}

/// `action 4, robot at row 2, column 5, facing east`
pub(super) fn stopped(run: &Run) -> String {
    let when = match (run.actions(), run.outcome) {
        (Some(done), Outcome::Crashed { .. }) => counting::action(done),
        _ => counting::after(run),
    };
    format!("{when}, robot at {}", robot(&run.end, run.end.robot()))
}
