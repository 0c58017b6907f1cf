//! What a statement did in each example, and what a procedure is.

use super::example::ran;
use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled, check};
use crate::counting;
use crate::describe::{count, example_first, names, robot};
use crate::literal;
use crate::reason;
use crate::run::Run;
use crate::score::Score;
use crate::source::Source;
use crate::statements::{Hole, head_range};
use crate::synthesis;
use crate::verdict::Verdict;
use crate::walk::{Visit, walk};
use runtime::Recording;
use syntax::TextRange;
use syntax::ast::{Example, Procedure, Statement, StatementKind};

/// At most this many examples are listed.
const LISTED: usize = 10;

/// The first line of the procedure that a call calls, and the comment above it.
pub(super) fn callee(analysis: &Analysis, source: &Source, statement: &Statement) -> Option<String> {
    let StatementKind::Call(name) = &statement.kind else { return None };
    let procedure = analysis.procedure(&name.text)?;
    Some(signature(source, procedure))
}

fn signature(source: &Source, procedure: &Procedure) -> String {
    let mut text = format!("```kareldsl\ndef {}():\n```", procedure.name.text);
    let comment = comment_above(source, procedure);
    if !comment.is_empty() {
        text.push_str("\n\n");
        text.push_str(&comment);
    }
    text
}

/// The comment lines right above the definition, without `#`.
fn comment_above(source: &Source, procedure: &Procedure) -> String {
    let mut lines = Vec::new();
    let first = source.line_start(procedure.range.start());
    let mut next = first;
    for comment in source.comments_before(first).filter(|c| c.own_line) {
        let between = source.slice(TextRange::new(comment.range.end(), next));
        let theirs = source.indent(comment.range.start()) == source.indent(procedure.range.start());
        if !theirs || between.matches('\n').count() != 1 || !between.trim().is_empty() {
            break;
        }
        lines.push(literal::line(comment.text.trim_start_matches('#')));
        next = source.line_start(comment.range.start());
    }
    lines.reverse();
    lines.join("  \n")
}

/// What is shown at the name in a definition.
pub(super) fn procedure(
    analysis: &Analysis,
    source: &Source,
    procedure: &Procedure,
    cancel: Cancel<'_>,
) -> Result<String, Cancelled> {
    let mut text = signature(source, procedure);
    if procedure.name.text == "main" {
        text.push_str("\n\nA run begins here.");
        let score = Score::of(analysis, cancel)?.summary();
        if !score.is_empty() {
            text.push_str(&format!(" {score}."));
        }
        return Ok(text);
    }
    let list = listed(analysis, cancel, |case, _, recording| {
        let mut calls = 0;
        walk(analysis, recording, &mut |statement, _| {
            let called =
                matches!(&statement.kind, StatementKind::Call(name) if name.text == procedure.name.text);
            calls += u64::from(called);
        });
        Ok(format!("- {}: {}", title(case), often("called", calls)))
    })?;
    text.push_str(&list);
    Ok(text)
}

/// The examples whose run stops at this statement because something is wrong: what is wrong, and the first one's way
/// there.
pub(super) fn failures(
    analysis: &Analysis,
    statement: &Statement,
    cancel: Cancel<'_>,
) -> Result<Option<String>, Cancelled> {
    let head = head_range(statement);
    let (mut text, mut stopped) = (String::new(), 0);
    for case in analysis.cases() {
        check(cancel)?;
        let Some(failure) = analysis.verdict(case, cancel)?.failure() else { continue };
        if failure.place().is_none_or(|range| range.start() != head.start()) {
            continue;
        }
        stopped += 1;
        if stopped > LISTED {
            continue;
        }
        let run = analysis.run(case, cancel)?;
        let clause = reason::clause(analysis, case, run, failure);
        text.push_str(&format!("**✗ {}:** {clause}\n\n", example_first(case.example)));
        if stopped == 1
            && let (Some(run), Some(recording)) = (run, analysis.recording(case, cancel)?)
        {
            text.push_str(ran(run, &recording).trim_start());
            text.push('\n');
        }
    }
    if stopped > LISTED {
        text.push_str(&format!("… and {} more stop here.\n", stopped - LISTED));
    }
    Ok((stopped > 0).then(|| text.trim_end().to_owned()))
}

/// What is shown at a hole: which runs stop there, and how it is filled or why it can't be.
pub(super) fn hole(
    analysis: &Analysis,
    program: &Source,
    hole: Hole,
    cancel: Cancel<'_>,
) -> Result<String, Cancelled> {
    let mut stopped = Vec::new();
    for case in analysis.cases() {
        check(cancel)?;
        if matches!(analysis.verdict(case, cancel)?, Verdict::Hole { range } if *range == hole.range) {
            stopped.push(case);
        }
    }
    let mut text = String::new();
    if let Some(first) = stopped.first() {
        let examples: Vec<&Example> = stopped.iter().map(|case| case.example).collect();
        let (runs, stop) = if stopped.len() == 1 { ("The run of", "stops") } else { ("The runs of", "stop") };
        text = format!("{runs} {} {stop} here", names(&examples));
        if let Some(run) = analysis.run(*first, cancel)? {
            let which = if stopped.len() == 1 { "" } else { ", the first" };
            let after = counting::after(run);
            text.push_str(&format!("{which} {after} with the robot at {}", robot(&run.end, run.end.robot())));
        }
        text.push_str(".\n\n");
    }
    let how = synthesis::at_hole(analysis, program, hole, cancel)?;
    Ok(text + &how)
}

/// What the statement did in each example; none where nothing was run.
pub(super) fn effect(
    analysis: &Analysis,
    statement: &Statement,
    cancel: Cancel<'_>,
) -> Result<Option<String>, Cancelled> {
    let text = listed(analysis, cancel, |case, run, recording| {
        let mut visits = Vec::new();
        walk(analysis, recording, &mut |visited, visit| {
            if std::ptr::eq(visited, statement) {
                visits.push(visit);
            }
        });
        visits.sort_by_key(|visit| visit.from);
        let more = if run.complete() { "" } else { " (in its first steps)" };
        Ok(format!("- {}: {}{more}", title(case), summary(statement, recording, &visits)))
    })?;
    Ok((!text.is_empty()).then(|| text.trim_start().to_owned()))
}

/// A list of what `describe` says of the first examples that are run, each from its recording, and how many more there
/// are: their recordings need not be looked at.
fn listed(
    analysis: &Analysis,
    cancel: Cancel<'_>,
    mut describe: impl FnMut(Case<'_>, &Run, &Recording) -> Result<String, Cancelled>,
) -> Result<String, Cancelled> {
    let (mut text, mut runs) = (String::new(), 0);
    for case in analysis.cases() {
        check(cancel)?;
        let Some(run) = analysis.run(case, cancel)? else { continue };
        runs += 1;
        if runs <= LISTED
            && let Some(recording) = analysis.recording(case, cancel)?
        {
            text.push_str(if runs == 1 { "\n\n" } else { "\n" });
            text.push_str(&describe(case, run, &recording)?);
        }
    }
    if runs > LISTED {
        text.push_str(&format!("\n- … and {} more", runs - LISTED));
    }
    Ok(text)
}

fn title(case: Case<'_>) -> String {
    match case.example.name.text.as_str() {
        "" => "without a name".to_owned(),
        name => format!("\"{}\"", literal::inline(name)),
    }
}

/// `never run`, `run once`, `run 3 times`
fn often(what: &str, n: u64) -> String {
    match n {
        0 => format!("never {what}"),
        1 => format!("{what} once"),
        n => format!("{what} {}", count(n, "time")),
    }
}

fn summary(statement: &Statement, recording: &Recording, visits: &[Visit]) -> String {
    let Some(first) = visits.first() else { return "never run".to_owned() };
    let times = visits.len() as u64;
    let held: u64 = visits.iter().map(|visit| visit.held).sum();
    let decided: u64 = visits.iter().map(|visit| visit.decided).sum();
    let what = match &statement.kind {
        StatementKind::While { .. } | StatementKind::Repeat { .. } => {
            format!("{}, {}", often("entered", times), count(held, "round"))
        }
        StatementKind::If { .. } => {
            format!("{}, {}", often("held", held), often("failed", decided - held))
        }
        _ if visits.iter().all(|visit| !visit.finished) => "tried once, and stopped there".to_owned(),
        _ => often("run", times),
    };
    format!("{what}; {}{}", if visits.len() > 1 { "first " } else { "" }, first_effect(recording, first))
}

/// `at action 2: row 2, column 1, facing east → row 2, column 2, facing east`
fn first_effect(recording: &Recording, visit: &Visit) -> String {
    let steps = &recording.steps;
    let robot_at = |n: usize| steps.get(n).map_or(recording.end.robot(), |step| step.robot);
    let done = steps.iter().take(visit.from).filter(|step| step.action().is_some()).count();
    let world = &recording.start;
    let (before, after) = (robot_at(visit.from), robot_at(visit.to));
    let mut text = format!("at {}: {}", counting::action(done), robot(world, before));
    if before != after {
        text.push_str(&format!(" → {}", robot(world, after)));
    }
    let within = || steps.get(visit.from..visit.to).unwrap_or(&[]).iter().map(|step| step.marker_change);
    let put = within().filter(|change| *change > 0).count() as u64;
    let picked = within().filter(|change| *change < 0).count() as u64;
    if put > 0 {
        text.push_str(&format!(", puts {}", count(put, "marker")));
    }
    if picked > 0 {
        text.push_str(&format!(", picks {}", count(picked, "marker")));
    }
    text
}
