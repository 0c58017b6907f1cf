//! Actions on example blocks that need a run: fill in or update the output or the trace with what the program does,
//! and make an inferred trace the author's own.

#[cfg(test)]
mod tests;

use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled, check};
use crate::change::{Action, ActionKind, Change};
use crate::counting;
use crate::describe::{count, heading};
use crate::run::Run;
use crate::source::Source;
use crate::verdict::{Failure, Verdict};
use runtime::{Cell, Difference, Outcome, Recording, World};
use syntax::ast::{Action as Step, Example, Grid};
use syntax::codes::{Code, running, synthesis};
use syntax::diagnostic::Edit;
use syntax::{TextRange, TextSize};

/// At most this many examples have their actions in one menu.
const OFFERED: usize = 20;

/// The actions for the first examples that `range` touches.
pub fn example_actions(
    analysis: &Analysis,
    uri: &str,
    range: TextRange,
    cancel: Cancel<'_>,
) -> Result<Vec<Action>, Cancelled> {
    let mut actions = Vec::new();
    let touched = |case: &Case<'_>| case.example.range.intersect(range).is_some();
    for case in analysis.cases_in(uri).filter(touched).take(OFFERED) {
        check(cancel)?;
        let run = analysis.run(case, cancel)?;
        let recording = analysis.recording(case, cancel)?;
        let ran = run.zip(recording.as_deref());
        offered(case, ran, analysis.verdict(case, cancel)?, &mut actions);
    }
    Ok(actions)
}

/// Fills in the output of every example of the file that has none, in one change; none where there is nothing to fill.
pub fn fill_in_outputs(
    analysis: &Analysis,
    uri: &str,
    cancel: Cancel<'_>,
) -> Result<Option<Change>, Cancelled> {
    let mut edits = Vec::new();
    for case in analysis.cases_in(uri) {
        check(cancel)?;
        if let Some(run) = analysis.run(case, cancel)? {
            edits.extend(output_to_fill_in(case, run));
        }
    }
    let source = analysis.source(uri).filter(|_| !edits.is_empty());
    Ok(source.map(|source| Change::of(source, edits)))
}

/// The one action that asks for more than before, and so may be preferred.
const FILL_IN_OUTPUT: &str = "fill-in-output";

fn offered(case: Case<'_>, ran: Option<(&Run, &Recording)>, verdict: &Verdict, actions: &mut Vec<Action>) {
    let (source, example) = (case.source, case.example);
    let mut offer = |id, mends: Option<&Code>, title: String, edits: Vec<Edit>| {
        let kind = if mends.is_some() { ActionKind::QuickFix } else { ActionKind::Example };
        // What an example asks for is the author's: an editor that takes the preferred fix by itself shall never make
        // an example pass by asking for less.
        let (mends, preferred) = (mends.map(|code| code.code), id == FILL_IN_OUTPUT);
        actions.push(Action { id, kind, title, mends, preferred, change: Change::of(source, edits) });
    };
    if let Some((run, recording)) = ran {
        if let Some(edit) = output_to_fill_in(case, run) {
            let title = format!("Fill in the output of {}", quoted(example));
            offer(FILL_IN_OUTPUT, Some(&running::NO_OUTPUT), title, vec![edit]);
        }
        match verdict {
            Verdict::Fails(Failure::WrongResult(difference)) => {
                if let (Some(grid), Some(expected)) = (&example.output, case.output()) {
                    let code = if case.is_test() { &running::TEST_FAILED } else { &running::WRONG_RESULT };
                    let title = format!(
                        "Change the expected output of {} to what the program does: {}",
                        quoted(example),
                        was_now(expected, &run.end, difference)
                    );
                    let mut edits = vec![replaced_rows(source, grid, &run.end)];
                    // The trace is the program's, too, or the example would ask for what can't be.
                    edits.extend(example.trace.as_ref().and_then(|_| trace_of(case, run, recording)));
                    offer("update-output", Some(code), title, edits);
                }
            }
            Verdict::Fails(Failure::OtherTrace(_)) => {
                if let Some(edit) = trace_of(case, run, recording) {
                    let code = if case.is_test() { &running::TEST_FAILED } else { &running::OTHER_TRACE };
                    let actions = counting::actions(recording.actions().count());
                    let title = format!(
                        "Change the expected trace of {} to what the program does: {actions}",
                        quoted(example)
                    );
                    offer("update-trace", Some(code), title, vec![edit]);
                }
            }
            Verdict::Fails(Failure::DidNotCrash) => {
                if let Some(edits) = no_longer_crashes(case, run) {
                    let code = if case.is_test() { &running::TEST_FAILED } else { &running::DID_NOT_CRASH };
                    let title = format!(
                        "Change {} to expect what the program does instead of a crash",
                        quoted(example)
                    );
                    offer("expect-output", Some(code), title, edits);
                }
            }
            _ => {}
        }
        if example.trace.is_none()
            && matches!(verdict, Verdict::Passes | Verdict::NoOutput)
            && let Some(edit) = trace_of(case, run, recording)
        {
            offer("fill-in-trace", None, format!("Fill in the trace of {}", quoted(example)), vec![edit]);
        }
    }
    if let Some(trace) = example.trace.as_ref().filter(|trace| trace.inferred) {
        let keyword = TextRange::new(
            trace.range.start(),
            trace.actions.first().map_or(trace.range.end(), |a| a.1.start()),
        );
        if let Some(at) = source.slice(keyword).find('?') {
            let mark = TextRange::at(
                trace.range.start() + TextSize::of(&source.slice(keyword)[..at]),
                TextSize::of('?'),
            );
            let title = format!("Accept the inferred trace of {} as part of it", quoted(example));
            offer("accept-trace", None, title, vec![Edit { range: mark, insert: String::new() }]);
        }
        let removal = whole_lines(source, trace.range);
        let title = format!("Remove the inferred trace of {}", quoted(example));
        let outdated =
            case.input().is_some_and(|input| leads_elsewhere(&trace.actions, input, case.output()));
        let mends = outdated.then_some(&synthesis::WRONG_INFERRED_TRACE);
        offer("remove-trace", mends, title, vec![Edit { range: removal, insert: String::new() }]);
    }
}

fn quoted(example: &Example) -> String {
    format!("\"{}\"", example.name.text)
}

fn leads_elsewhere(actions: &[(Step, TextRange)], input: &World, output: Option<&World>) -> bool {
    let mut world = input.clone();
    !actions.iter().all(|(action, _)| world.act(*action)) || output.is_some_and(|output| *output != world)
}

/// The `output:` section of an example that has none and whose run finished, after its input.
fn output_to_fill_in(case: Case<'_>, run: &Run) -> Option<Edit> {
    let example = case.example;
    let input = example.input.as_ref()?;
    if example.output.is_some() || example.crashes.is_some() || run.outcome != Outcome::Finished {
        return None;
    }
    Some(Edit {
        range: TextRange::empty(input.range.end()),
        insert: output_section(case.source, input, &run.end),
    })
}

/// A line end and the section, indented as the input's.
pub(crate) fn output_section(source: &Source, input: &Grid, world: &World) -> String {
    let (end, indent) = (source.line_ending(), source.indent(input.range.start()));
    let below = || format!("{indent}{}", source.unit(input.range.start(), indent));
    let rows = input.rows.first().map_or_else(below, |row| source.indent(row.range.start()).to_owned());
    let mut text = format!("{end}{indent}output:");
    for line in world.to_string().lines() {
        text.push_str(&format!("{end}{rows}{line}"));
    }
    text
}

/// The rows of an output, replaced; the indentation of the first row is that of all.
fn replaced_rows(source: &Source, grid: &Grid, world: &World) -> Edit {
    let end = source.line_ending();
    let (Some(first), Some(last)) = (grid.rows.first(), grid.rows.last()) else {
        return Edit { range: TextRange::empty(grid.range.end()), insert: String::new() };
    };
    let separator = format!("{end}{}", source.indent(first.range.start()));
    let rows: Vec<String> = world.to_string().lines().map(str::to_owned).collect();
    Edit { range: first.range.cover(last.range), insert: rows.join(&separator) }
}

/// `trace: …` of the run, in the place of the trace that is there or as the last section.
fn trace_of(case: Case<'_>, run: &Run, recording: &Recording) -> Option<Edit> {
    if !run.complete() || run.outcome != Outcome::Finished {
        return None;
    }
    Some(trace_edit(case, "trace:", recording.actions()))
}

/// The edit that makes the example's trace line `keyword actions`.
pub(crate) fn trace_edit(case: Case<'_>, keyword: &str, actions: impl Iterator<Item = Step>) -> Edit {
    let (source, example) = (case.source, case.example);
    let line = format!("{keyword} {}", actions.map(Step::name).collect::<Vec<_>>().join(" "));
    let line = line.trim_end().to_owned();
    if let Some(trace) = &example.trace {
        return Edit { range: trace.range, insert: line };
    }
    let before = example.output.as_ref().or(example.input.as_ref());
    let (at, indent) = match before {
        Some(grid) => (grid.range.end(), source.indent(grid.range.start()).to_owned()),
        None => {
            let header = source.indent(example.range.start());
            (example.range.end(), format!("{header}{}", source.unit(example.range.start(), header)))
        }
    };
    Edit { range: TextRange::empty(at), insert: format!("{}{indent}{line}", source.line_ending()) }
}

/// Takes `crashes` out of the header and fills in the output.
fn no_longer_crashes(case: Case<'_>, run: &Run) -> Option<Vec<Edit>> {
    let (source, example) = (case.source, case.example);
    let (crashes, input) = (example.crashes?, example.input.as_ref()?);
    let before = source.slice(TextRange::new(example.header.start(), crashes.start()));
    let blanks = TextSize::of(&before[before.trim_end().len()..]);
    let word = TextRange::new(crashes.start() - blanks, crashes.end());
    let output = match &example.output {
        Some(grid) => replaced_rows(source, grid, &run.end),
        None => {
            let insert = output_section(source, input, &run.end);
            Edit { range: TextRange::empty(input.range.end()), insert }
        }
    };
    Some(vec![Edit { range: word, insert: String::new() }, output])
}

/// The range with the blanks before it and the line end after it, where nothing else stands on its lines.
pub(crate) fn whole_lines(source: &Source, range: TextRange) -> TextRange {
    let start = source.line_start(range.start());
    let end = source.line_end(range.end());
    let rest = source.slice(TextRange::new(range.end(), end));
    if !rest.trim().is_empty() || !source.slice(TextRange::new(start, range.start())).trim().is_empty() {
        return range;
    }
    let after = source.text.get(usize::from(end)..).unwrap_or("");
    let line_end = if after.starts_with("\r\n") { 2 } else { u32::from(!after.is_empty()) };
    TextRange::new(start, end + TextSize::new(line_end))
}

/// `row 1, column 2 was 3, now 1`, for the first cells that change.
fn was_now(expected: &World, found: &World, difference: &Difference) -> String {
    if difference.size {
        return "another size".to_owned();
    }
    let cells = &difference.cells;
    let mut changes: Vec<String> = Vec::new();
    for &(row, col) in cells.iter().take(2) {
        let symbol = |world: &World| match world.cell(row, col) {
            Cell::Wall => "#".to_owned(),
            Cell::Markers(0) => ".".to_owned(),
            Cell::Markers(n) => n.to_string(),
        };
        let place = crate::describe::place(expected, row, col);
        changes.push(format!("{place} was {}, now {}", symbol(expected), symbol(found)));
    }
    if cells.len() > 2 {
        let more = count(cells.len() as u64 - 2, "more cell");
        changes.push(more);
    }
    if let Some((was, now)) = difference.robot {
        let at = |robot: runtime::Robot| crate::describe::place(expected, robot.row, robot.col);
        changes.push(if (was.row, was.col) == (now.row, now.col) {
            format!("the robot faced {}, now {}", heading(was.heading), heading(now.heading))
        } else {
            format!("the robot was at {}, now at {}", at(was), at(now))
        });
    }
    changes.join("; ")
}
