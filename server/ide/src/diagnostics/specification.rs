//! K3xx: the holes of the program, and examples that no program can satisfy, alone or together.

use super::Diagnostic;
use super::contradictions::contradictions;
use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::cells;
use crate::counting;
use crate::describe::{crash, example, names, place};
use crate::reason::cell_difference;
use crate::statements::{self, HoleKind};
use crate::verdict::Verdict;
use runtime::World;
use std::collections::HashMap;
use syntax::TextRange;
use syntax::ast::{Example, Trace};
use syntax::codes::synthesis;
use syntax::diagnostic::Severity;

/// One diagnostic per hole, so that an editor's next-problem key goes from hole to hole.
pub(super) fn holes(
    analysis: &Analysis,
    cancel: Cancel<'_>,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Cancelled> {
    let Some(program) = analysis.program() else { return Ok(()) };
    let mut stopped: HashMap<TextRange, Vec<Case<'_>>> = HashMap::new();
    for case in analysis.cases() {
        check_cancel(cancel)?;
        if let Verdict::Hole { range } = analysis.verdict(case, cancel)? {
            stopped.entry(*range).or_default().push(case);
        }
    }
    let holes = statements::holes(program.file());
    // Editors show nowhere else why there is nothing to choose.
    let reason = if holes.is_empty() { None } else { crate::synthesis::no_synthesis(analysis) };
    let reason = reason.map_or(String::new(), |reason| format!(" No synthesis yet: {reason}"));
    for hole in holes {
        let what = match hole.kind {
            HoleKind::Statements => "Statements",
            HoleKind::Condition => "A condition",
            HoleKind::Count => "A number",
        };
        let verb = if hole.kind == HoleKind::Statements { "are" } else { "is" };
        let cases = stopped.get(&hole.range).map_or(&[][..], Vec::as_slice);
        let (severity, message) = match cases {
            [] => (Severity::Hint, format!("{what} {verb} still to be written here.")),
            cases => {
                let examples: Vec<&Example> = cases.iter().map(|case| case.example).collect();
                let runs = if cases.len() == 1 { "the run of" } else { "the runs of" };
                let stop = if cases.len() == 1 { "stops" } else { "stop" };
                let message = format!(
                    "{what} {verb} still to be written here: {runs} {} {stop} at this hole.",
                    names(&examples)
                );
                (Severity::Information, message)
            }
        };
        found.push(Diagnostic::new(&synthesis::HOLE, severity, hole.range, message + &reason));
    }
    Ok(())
}

/// Examples of the file that no program can satisfy: each in itself, or beside an earlier one of whatever file.
pub(super) fn check(
    analysis: &Analysis,
    uri: &str,
    cancel: Cancel<'_>,
) -> Result<Vec<Diagnostic>, Cancelled> {
    analysis.specified(uri, cancel, || all(analysis, cancel)).map(<[_]>::to_vec)
}

/// Examples of all files that no program can satisfy, by file.
fn all(analysis: &Analysis, cancel: Cancel<'_>) -> Result<HashMap<String, Vec<Diagnostic>>, Cancelled> {
    let mut found: HashMap<String, Vec<Diagnostic>> = HashMap::new();
    let mut add = |case: Case<'_>, diagnostic: Diagnostic| {
        found.entry(case.source.uri.clone()).or_default().push(diagnostic);
    };
    let mut possible = Vec::new();
    for case in analysis.cases() {
        check_cancel(cancel)?;
        let Some(input) = case.input() else { continue };
        let alone = alone(case, input);
        if alone.as_ref().is_none_or(|d| d.severity != Severity::Error) {
            possible.push(case);
        }
        alone.into_iter().for_each(|alone| add(case, alone));
    }
    for contradiction in &contradictions(possible.into_iter(), cancel)? {
        add(contradiction.case, contradiction.diagnostic());
    }
    Ok(found)
}

/// Examples that ask for what can't be, by themselves.
pub(crate) fn impossible(case: Case<'_>) -> bool {
    case.input().and_then(|input| alone(case, input)).is_some_and(|d| d.severity == Severity::Error)
}

fn alone(case: Case<'_>, input: &World) -> Option<Diagnostic> {
    let impossible = |range, why: String| {
        let message = format!("No program satisfies {}: {why}.", example(case.example));
        Some(Diagnostic::new(&synthesis::IMPOSSIBLE, Severity::Error, range, message))
    };
    if let (Some(_), Some(grid)) = (case.example.crashes, &case.example.output) {
        return impossible(
            grid.keyword,
            "it expects a crash, and a run that crashes has no output".to_owned(),
        );
    }
    if let (Some(output), Some(grid)) = (case.output(), &case.example.output) {
        if (output.rows(), output.cols()) != (input.rows(), input.cols()) {
            let size = |w: &World| format!("{}×{}", w.rows(), w.cols());
            let why = format!("the input is {} and the output {}", size(input), size(output));
            return impossible(grid.keyword, why);
        }
        if let Some(&cell) = cells::walls_that_differ(output, input).first() {
            let range = cells::range(grid, cell).unwrap_or(grid.keyword);
            let what = place(input, cell.0, cell.1);
            return impossible(range, format!("walls don't change, but the one at {what} does"));
        }
    }
    let trace = case.example.trace.as_ref().filter(|trace| trace.valid)?;
    if case.example.crashes.is_some() {
        return None;
    }
    let subject = if trace.inferred { "it" } else { "its trace" };
    let (range, why) = trace_fault(trace, subject, input, case.output())?;
    if trace.inferred {
        let message = format!("The inferred trace of {} is out of date: {why}.", example(case.example));
        return Some(Diagnostic::new(
            &synthesis::WRONG_INFERRED_TRACE,
            Severity::Warning,
            trace.range,
            message,
        ));
    }
    impossible(range, why)
}

/// Where and why the trace, carried out from the input, does not lead to the output.
fn trace_fault(
    trace: &Trace,
    subject: &str,
    input: &World,
    output: Option<&World>,
) -> Option<(TextRange, String)> {
    let mut world = input.clone();
    for (n, &(action, range)) in trace.actions.iter().enumerate() {
        if !world.act(action) {
            return Some((
                range,
                format!("{} of its trace crashes, as {}", counting::action(n), crash(&world, action)),
            ));
        }
    }
    let output = output?;
    let difference = runtime::difference(output, &world);
    let first = difference.cells.first();
    let what = first
        .map(|&(row, col)| cell_difference(output, &world, row, col))
        .or_else(|| crate::reason::robot_difference(output, &difference))?;
    let range = trace.actions.last().map_or(trace.range, |(_, range)| *range);
    Some((range, format!("{subject} does not lead to the output: {what}")))
}
