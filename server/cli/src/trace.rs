//! `karel trace`: what a run does, action by action.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use ide::NEVER;
use ide::playback::{playback, playback_from};
use owo_colors::OwoColorize;
use recording::messages::Recording;
use recording::{Kept, Plain, Program};
use runtime::{Step, StepKind};
use serde::Serialize;

use crate::Verdict;
use crate::runs::{Run, Select};
use crate::worlds::{self, Panel};

/// Print the actions of a run, or with --frames every step of it
#[derive(Args)]
pub(crate) struct Trace {
    #[command(flatten)]
    select: Select,
    /// Show every step with its line and the world after it
    #[arg(long)]
    frames: bool,
    /// Print one JSON object a run, as server/PROTOCOL.md has a recording, with its actions; the page has steps with
    /// --frames only
    #[arg(long)]
    json: bool,
}

/// A recording as the protocol has it, and the actions that were carried out.
#[derive(Serialize)]
struct WithActions {
    #[serde(flatten)]
    recording: Recording,
    actions: Vec<&'static str>,
}

impl Trace {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let mut out = anstream::stdout().lock();
        let mut fine = true;
        self.select.run(|run| {
            fine &= run.is_fine();
            if self.json {
                let count = if self.frames { usize::MAX } else { 0 };
                writeln!(out, "{}", serde_json::to_string(&recorded(&run, count)?)?)?;
                return Ok(());
            }
            writeln!(out, "{}", run.title.bold())?;
            if self.frames {
                return frames(&mut out, &run);
            }
            let actions: Vec<_> = run.recording.actions().map(|a| a.name()).collect();
            writeln!(
                out,
                "  {}",
                if actions.is_empty() { "(no actions)".to_owned() } else { actions.join(" ") }
            )?;
            if !run.is_fine() {
                writeln!(out, "  {}", run.ending().red())?;
            }
            Ok(())
        })?;
        Ok(Verdict::fine_if(fine))
    }
}

/// What a step does, spelled as in the program.
fn what(step: &Step) -> String {
    match step.kind {
        StepKind::Action(action) => format!("{}()", action.name()),
        StepKind::Test { check, .. } if check.negated => format!("not({}())", check.test.name()),
        StepKind::Test { check, .. } => format!("{}()", check.test.name()),
        StepKind::Round { done, count } => format!("round {} of {count}", done + 1),
    }
}

/// The run with its first steps.
fn recorded(run: &Run<'_>, count: usize) -> anyhow::Result<WithActions> {
    let played = match run.case {
        Some(case) => playback(run.analysis, case, NEVER)?,
        None => playback_from(run.analysis, &run.recording.start, NEVER)?,
    };
    let played = played.context("there is nothing to run")?;
    let program: Arc<dyn Program> = Arc::new(Plain::new(Arc::clone(run.analysis)));
    let is_its = |case: &ide::Case<'_>| run.case.is_some_and(|own| own.index == case.index);
    let example = recording::example_items(&*program, is_its, NEVER)?.pop();
    let kept = Kept::new(program, &played);
    let actions = played.recording.actions().map(|action| action.name()).collect();
    // It is not kept, and so has no id.
    let recording = recording::first_page(String::new(), &kept, &played, example, count);
    Ok(WithActions { recording, actions })
}

fn frames(out: &mut impl Write, run: &Run<'_>) -> anyhow::Result<()> {
    let mut cursor = run.recording.cursor();
    worlds::write(out, "  ", &[Panel { title: "", world: cursor.world(), marked: &[] }])?;
    let total = run.recording.steps.len();
    while let Some(step) = cursor.forward() {
        let line = run.line(step.origin).map_or(String::new(), |n| format!("line {n}: "));
        let what = what(step);
        let number = format!("{}/{total}", cursor.position());
        let result = match step.kind {
            StepKind::Test { result: true, .. } => " is true",
            StepKind::Test { result: false, .. } => " is false",
            _ => "",
        };
        writeln!(out, "{} {line}{}{result}", number.dimmed(), what.bold())?;
        if step.action().is_some() {
            worlds::write(out, "  ", &[Panel { title: "", world: cursor.world(), marked: &[] }])?;
        }
    }
    writeln!(out, "{}", run.ending())?;
    Ok(())
}
