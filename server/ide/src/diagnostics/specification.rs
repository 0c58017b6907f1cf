//! K3xx: the holes of the program, and examples that no program can satisfy, alone or together.

use super::{Diagnostic, title, title_range};
use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::cells;
use crate::describe::{crash, example, example_first, names, place};
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
    for hole in statements::holes(program.file()) {
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
        found.push(Diagnostic::new(&synthesis::HOLE, severity, hole.range, message));
    }
    Ok(())
}

/// Examples of the file that no program can satisfy: each in itself, or beside an earlier one of whatever file.
pub(super) fn check(
    analysis: &Analysis,
    uri: &str,
    cancel: Cancel<'_>,
) -> Result<Vec<Diagnostic>, Cancelled> {
    let mut found = Vec::new();
    let mut earlier: HashMap<&World, Vec<Case<'_>>> = HashMap::new();
    for case in analysis.cases() {
        check_cancel(cancel)?;
        let Some(input) = case.input() else { continue };
        let alone = alone(case, input);
        let same_input = earlier.entry(input).or_default();
        if case.source.uri == uri {
            let beside = || same_input.iter().find_map(|other| beside(case, *other));
            found.extend(alone.or_else(beside));
        }
        same_input.push(case);
    }
    Ok(found)
}

/// Examples and tests that begin alike and ask for different things, in pairs (the later one first). For synthesis.
pub(crate) fn contradictions<'a>(analysis: &'a Analysis) -> Vec<(Case<'a>, Case<'a>)> {
    let mut pairs = Vec::new();
    let mut earlier: HashMap<&World, Vec<Case<'_>>> = HashMap::new();
    for case in analysis.shown_cases() {
        let Some(input) = case.input() else { continue };
        let same_input = earlier.entry(input).or_default();
        pairs.extend(
            same_input.iter().find(|other| disagreement(case, **other).is_some()).map(|o| (case, *o)),
        );
        same_input.push(case);
    }
    pairs
}

/// Examples that ask for what can't be, by themselves.
pub(crate) fn impossible(case: Case<'_>) -> bool {
    case.input().and_then(|input| alone(case, input)).is_some_and(|d| d.severity == Severity::Error)
}

fn disagreement(case: Case<'_>, other: Case<'_>) -> Option<String> {
    let (a, b) = (case.example, other.example);
    if a.crashes.is_some() != b.crashes.is_some() {
        let decided = |e: &Example| e.crashes.is_some() || e.output.is_some() || given(e).is_some();
        return (decided(a) && decided(b)).then(|| "only one of them is to crash".to_owned());
    }
    if let (Some(wanted), Some(earlier)) = (case.output(), other.output()) {
        let difference = runtime::difference(wanted, earlier);
        if !difference.is_empty() {
            return Some("their outputs differ".to_owned());
        }
    }
    let (a, b) = (given(a)?, given(b)?);
    let differ = !a.actions.iter().map(|x| x.0).eq(b.actions.iter().map(|x| x.0));
    differ.then(|| "their traces differ".to_owned())
}

fn beside(case: Case<'_>, other: Case<'_>) -> Option<Diagnostic> {
    let why = disagreement(case, other)?;
    let message = format!(
        "{} contradicts {}: both begin with the same world, but {why}, so no program satisfies both.",
        example_first(case.example),
        example(other.example)
    );
    let mut diagnostic =
        Diagnostic::new(&synthesis::CONTRADICTION, Severity::Error, title_range(&case), message);
    diagnostic
        .related
        .push((title(&other), format!("{} begins with the same world", example(other.example))));
    Some(diagnostic)
}

/// The trace that is part of what the example asks for.
fn given(example: &Example) -> Option<&Trace> {
    example.trace.as_ref().filter(|trace| trace.valid && !trace.inferred)
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
                format!("step {} of its trace crashes, as {}", n + 1, crash(&world, action)),
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
