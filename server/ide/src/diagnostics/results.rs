//! K202, K206, K207, K208, K210: what is wrong with an example's result, reported at the example. One message each.

use super::{Diagnostic, title_range};
use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::cells;
use crate::describe::{example, example_first};
use crate::reason::{self, cell_difference};
use crate::run::Run;
use crate::statements::closed;
use crate::verdict::{Failure, TraceDifference, Verdict};
use runtime::Difference;
use syntax::TextRange;
use syntax::codes::running;
use syntax::diagnostic::Severity;

/// At most this many further cells that differ are listed.
const LISTED: usize = 10;

/// Adds to `found`, which holds what is already known of the examples of the file: one that no program satisfies is
/// not blamed for failing, too.
pub(super) fn check(
    analysis: &Analysis,
    uri: &str,
    cancel: Cancel<'_>,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Cancelled> {
    let mut impossible: Vec<TextRange> = found
        .iter()
        .filter(|d| d.code == syntax::codes::synthesis::IMPOSSIBLE.code)
        .map(|d| d.range)
        .collect();
    impossible.sort_by_key(|range| range.start());
    for case in analysis.cases_in(uri) {
        check_cancel(cancel)?;
        let example = case.example.range;
        let next = impossible.partition_point(|range| range.start() < example.start());
        if impossible.get(next).is_some_and(|range| example.contains_range(*range)) {
            continue;
        }
        let verdict = analysis.verdict(case, cancel)?;
        let run = analysis.run(case, cancel)?;
        match verdict {
            Verdict::Fails(failure) if case.is_test() => {
                found.push(test_failed(analysis, case, run, failure));
            }
            Verdict::Fails(failure) => found.extend(failed(analysis, case, run, failure)),
            _ if run.is_some() && case.example.output.is_none() && case.example.crashes.is_none() => {
                found.push(no_output(case));
            }
            _ => {}
        }
    }
    Ok(())
}

fn failed(analysis: &Analysis, case: Case<'_>, run: Option<&Run>, failure: &Failure) -> Option<Diagnostic> {
    let clause = || reason::clause(analysis, case, run, failure);
    match failure {
        Failure::WrongResult(difference) => {
            let range = case.example.output.as_ref().map(|grid| cells::pointed(grid, difference))?;
            let message = format!("Wrong result in {}: {}.", example(case.example), clause());
            let mut diagnostic = Diagnostic::new(&running::WRONG_RESULT, Severity::Error, range, message);
            other_cells(case, run, difference, &mut diagnostic);
            Some(diagnostic)
        }
        Failure::OtherTrace(difference) => {
            let message = format!("Other trace in {}: {}.", example(case.example), clause());
            let range = traced(case, difference)?;
            Some(Diagnostic::new(&running::OTHER_TRACE, Severity::Error, range, message))
        }
        Failure::DidNotCrash => {
            let range = case.example.crashes?;
            let message = format!("{}: {}.", example_first(case.example), clause());
            Some(Diagnostic::new(&running::DID_NOT_CRASH, Severity::Error, range, message))
        }
        // Reported at the statement.
        Failure::Crash { .. }
        | Failure::EndlessLoop { .. }
        | Failure::Limit { .. }
        | Failure::TooDeep { .. } => None,
    }
}

/// Lists the cells beside the one that the message names.
fn other_cells(case: Case<'_>, run: Option<&Run>, difference: &Difference, diagnostic: &mut Diagnostic) {
    let (Some(grid), Some(expected), Some(run)) = (&case.example.output, case.output(), run) else { return };
    for &cell in difference.cells.iter().skip(1).take(LISTED) {
        if let Some(range) = cells::range(grid, cell) {
            let text = cell_difference(expected, &run.end, cell.0, cell.1);
            diagnostic.related.push((case.source.location(range), text));
        }
    }
    let beside = !difference.cells.is_empty();
    if let (true, Some((wanted, _)), Some(text)) =
        (beside, difference.robot, reason::robot_difference(expected, difference))
        && let Some(range) = cells::range(grid, (wanted.row, wanted.col))
    {
        diagnostic.related.push((case.source.location(range), text));
    }
}

/// The first action of the trace that differs; its last where the run goes on.
fn traced(case: Case<'_>, difference: &TraceDifference) -> Option<TextRange> {
    let trace = case.example.trace.as_ref()?;
    let action = trace.actions.get(difference.at).or(trace.actions.last());
    Some(action.map_or(trace.range, |(_, range)| *range))
}

/// Reports a failed test at its name, whatever went wrong: the program may be right by its examples.
fn test_failed(analysis: &Analysis, case: Case<'_>, run: Option<&Run>, failure: &Failure) -> Diagnostic {
    let message =
        format!("{} fails: {}.", example_first(case.example), reason::clause(analysis, case, run, failure));
    let mut diagnostic = Diagnostic::new(&running::TEST_FAILED, Severity::Error, title_range(&case), message);
    let stopped = match failure {
        Failure::Crash { range, .. }
        | Failure::EndlessLoop { range }
        | Failure::Limit { range }
        | Failure::TooDeep { range } => {
            analysis.program().map(|program| program.location(closed(program, *range)))
        }
        Failure::WrongResult(difference) => {
            let range = case.example.output.as_ref().map(|grid| cells::pointed(grid, difference));
            range.map(|range| case.source.location(range))
        }
        Failure::OtherTrace(difference) => traced(case, difference).map(|range| case.source.location(range)),
        Failure::DidNotCrash => None,
    };
    if let Some(place) = stopped {
        let text = match (failure, run) {
            (Failure::WrongResult(_), _) => "the result differs here".to_owned(),
            (Failure::OtherTrace(_), _) => "the trace differs here".to_owned(),
            (_, Some(run)) => format!("the run stops here: {}", super::crashes::stopped(run)),
            (_, None) => "the run stops here".to_owned(),
        };
        diagnostic.related.push((place, text));
    }
    diagnostic
}

fn no_output(case: Case<'_>) -> Diagnostic {
    let message =
        format!("{} has no output yet: it is run, but nothing is checked.", example_first(case.example));
    Diagnostic::new(&running::NO_OUTPUT, Severity::Information, title_range(&case), message)
}
