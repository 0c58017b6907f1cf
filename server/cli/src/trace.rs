//! `karel trace`: what a run does, action by action.

use std::io::Write;

use clap::Args;
use owo_colors::OwoColorize;
use runtime::{Cell, Step, StepKind};
use serde::Serialize;

use crate::Verdict;
use crate::runs::{Json, Run, Select};
use crate::worlds::{self, Panel};

/// Print the actions of a run, or with --frames every step of it
#[derive(Args)]
pub(crate) struct Trace {
    #[command(flatten)]
    select: Select,
    /// Show every step with its line and the world after it
    #[arg(long)]
    frames: bool,
    /// Print one JSON object a run: { example, outcome, line, ticks, passes, message, actions, steps }
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct WithActions {
    #[serde(flatten)]
    run: Json,
    actions: Vec<&'static str>,
    /// The steps, with --frames.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepJson>>,
}

/// A step and what held before it. Row 0 is the southernmost.
#[derive(Serialize)]
struct StepJson {
    line: Option<usize>,
    what: String,
    /// Whether the condition held, where the step is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<bool>,
    row: u8,
    col: u8,
    heading: &'static str,
    /// The markers on the robot's cell.
    markers: u8,
}

impl Trace {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let mut out = anstream::stdout().lock();
        let mut fine = true;
        self.select.run(|run| {
            fine &= run.is_fine();
            if self.json {
                let actions = run.recording.actions().map(|a| a.name()).collect();
                let steps = self.frames.then(|| steps(&run));
                let json = WithActions { run: Json::of(&run), actions, steps };
                writeln!(out, "{}", serde_json::to_string(&json)?)?;
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

fn steps(run: &Run<'_>) -> Vec<StepJson> {
    let mut cursor = run.recording.cursor();
    let mut steps = Vec::with_capacity(run.recording.steps.len());
    loop {
        let robot = cursor.world().robot();
        let markers = match cursor.world().cell(robot.row, robot.col) {
            Cell::Markers(n) => n,
            Cell::Wall => 0,
        };
        let Some(step) = cursor.forward() else { return steps };
        steps.push(StepJson {
            line: run.line(step.origin),
            what: what(step),
            result: match step.kind {
                StepKind::Test { result, .. } => Some(result),
                _ => None,
            },
            row: robot.row,
            col: robot.col,
            heading: ["north", "east", "south", "west"][robot.heading as usize],
            markers,
        });
    }
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
