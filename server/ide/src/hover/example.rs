//! An example in full: its verdict, its worlds beside each other, its trace.

use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled};
use crate::cells::differing;
use crate::counting;
use crate::describe::example_first;
use crate::grid_view::{Panel, fenced};
use crate::literal;
use crate::reason;
use crate::run::Run;
use crate::verdict::{Failure, Verdict};
use runtime::{Outcome, Recording, difference};
use syntax::ast::{Action, Example};
use syntax::{TextRange, TextSize};

/// The report of one example in Markdown: for its hover and for the command that shows its trace.
pub fn example_report(analysis: &Analysis, case: Case<'_>, cancel: Cancel<'_>) -> Result<String, Cancelled> {
    let run = analysis.run(case, cancel)?;
    let verdict = analysis.verdict(case, cancel)?;
    let outcome = match verdict {
        Verdict::Fails(failure) => format!("✗ {}", reason::clause(analysis, case, run, failure)),
        _ => reason::verdict(run, verdict),
    };
    let mut text = format!("**{}** {outcome}", literal::inline(&example_first(case.example)));
    text.push_str("\n\n");
    let panels = panels(case, run, verdict);
    if !panels.is_empty() {
        text.push_str(&fenced(&panels));
    }
    if let (Some(run), Some(recording)) = (run, analysis.recording(case, cancel)?) {
        text.push_str(&ran(run, &recording));
    }
    if let Some(trace) = &case.example.trace {
        let differs = matches!(verdict, Verdict::Fails(Failure::OtherTrace(_)));
        if trace.inferred || differs || run.is_none() {
            let what = if trace.inferred { "Inferred trace" } else { "Given trace" };
            let actions: Vec<Action> = trace.actions.iter().map(|(action, _)| *action).collect();
            text.push_str(&format!(
                "\n{what}, {}:\n{}",
                counting::actions(actions.len()),
                trace_text(&actions)
            ));
        }
    }
    Ok(text)
}

fn panels(case: Case<'_>, run: Option<&Run>, verdict: &Verdict) -> Vec<Panel> {
    let (input, output) = (case.input(), case.output());
    let mut panels: Vec<Panel> = input.map(|input| Panel::new("before", input, &[])).into_iter().collect();
    let cells = match (run, output) {
        (Some(run), Some(expected)) => differing(&difference(expected, &run.end)),
        _ => Vec::new(),
    };
    if let Some(run) = run {
        let title = match run.outcome {
            Outcome::Finished => "after",
            Outcome::Crashed { .. } => "at the crash",
            Outcome::Hole { .. } => "at the hole",
            _ => "where it stopped",
        };
        panels.push(Panel::new(title, &run.end, &cells));
    }
    if let (Some(output), false) = (output, verdict.passes()) {
        panels.push(Panel::new("expected", output, &cells));
    }
    panels
}

/// The actions of a run, and last the one that crashed, which was not carried out.
pub(super) fn ran(run: &Run, recording: &Recording) -> String {
    let mut actions: Vec<Action> = recording.actions().collect();
    let steps = counting::steps(run.steps());
    match run.actions() {
        Some(n) if let Outcome::Crashed { action, .. } = run.outcome => {
            actions.push(action);
            let tried = counting::actions(n + 1);
            format!("\nTrace, {tried} ({steps}); the last one crashes:\n{}", trace_text(&actions))
        }
        Some(0) => format!("\nNo action ({steps}).\n"),
        Some(n) => format!("\nTrace, {} ({steps}):\n{}", counting::actions(n), trace_text(&actions)),
        None => format!("\nFirst actions of a run of {steps}:\n{}", trace_text(&actions)),
    }
}

/// Actions in a line; each line begins with the number of its first one.
const A_LINE: usize = 8;
/// Longer traces are shown by their beginning and their end.
const LINES: usize = 8;

/// A fenced block of text; the middle of a long trace is left out.
pub fn trace_text(actions: &[Action]) -> String {
    let lines: Vec<&[Action]> = actions.chunks(A_LINE).collect();
    let width = actions.len().to_string().len();
    let mut text = String::from("```text\n");
    for (i, line) in lines.iter().enumerate() {
        if lines.len() > LINES && i == LINES - 2 {
            let left_out = (lines.len() - LINES + 1) * A_LINE;
            text.push_str(&format!("{:width$}  … {} more …\n", "", left_out));
        }
        if lines.len() > LINES && (LINES - 2..lines.len() - 1).contains(&i) {
            continue;
        }
        let words: Vec<&str> = line.iter().map(|action| action.name()).collect();
        text.push_str(&format!("{:>width$}  {}\n", i * A_LINE + 1, words.join(" ")));
    }
    text + "```\n"
}

/// The part of the example that `offset` stands in: the header, a grid, the trace; else the whole.
pub(super) fn section(example: &Example, offset: TextSize) -> TextRange {
    let grids = example.input.iter().chain(&example.output).map(|grid| grid.range);
    let mut parts = grids.chain(example.trace.as_ref().map(|t| t.range)).chain([example.header]);
    parts.find(|range| range.contains_inclusive(offset)).unwrap_or(example.range)
}
