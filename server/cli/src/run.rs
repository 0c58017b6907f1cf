//! `karel run`: runs a program and shows the world before and after.

use std::io::Write;

use clap::Args;
use ide::Verdict as Judged;
use owo_colors::OwoColorize;
use runtime::difference;
use serde::Serialize;

use crate::Verdict;
use crate::runs::{Json, Run as Ran, Select};
use crate::worlds::{self, Panel};

/// Run a program on its examples or on a world of your own, and show the world before and after
#[derive(Args)]
pub(crate) struct Run {
    #[command(flatten)]
    select: Select,
    /// Print one JSON object a run: { example, outcome, line, ticks, passes, message, before, after }
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct WithWorlds {
    #[serde(flatten)]
    run: Json,
    /// The world as grid text.
    before: String,
    after: String,
}

impl Run {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let mut out = anstream::stdout().lock();
        let mut fine = true;
        let mut first = true;
        self.select.run(|run| {
            fine &= run.is_fine();
            if self.json {
                let before = run.recording.start.to_string();
                let after = run.recording.end.to_string();
                let json = WithWorlds { run: Json::of(&run), before, after };
                writeln!(out, "{}", serde_json::to_string(&json)?)?;
                return Ok(());
            }
            if !std::mem::take(&mut first) {
                writeln!(out)?;
            }
            show(&mut out, &run)
        })?;
        Ok(Verdict::fine_if(fine))
    }
}

fn show(out: &mut impl Write, run: &Ran<'_>) -> anyhow::Result<()> {
    let recording = &run.recording;
    writeln!(out, "{}", run.title.bold())?;
    let expected = run.case.and_then(|case| case.output());
    let differs = expected.map(|expected| difference(expected, &recording.end)).unwrap_or_default();
    let mut marked = differs.cells.clone();
    if let Some((wanted, is)) = differs.robot {
        marked.extend([(wanted.row, wanted.col), (is.row, is.col)]);
    }
    let mut panels = vec![
        Panel { title: "before", world: &recording.start, marked: &[] },
        Panel { title: "after", world: &recording.end, marked: &marked },
    ];
    if let Some(expected) = expected.filter(|_| !differs.is_empty()) {
        panels.push(Panel { title: "expected", world: expected, marked: &marked });
    }
    worlds::write(out, "  ", &panels)?;
    let ending = run.ending();
    if run.is_fine() {
        writeln!(out, "  {}", ending.green())?;
    } else {
        writeln!(out, "  {}", ending.red())?;
    }
    match &run.verdict {
        Some(Judged::Passes) => writeln!(out, "  {}", "as the example says".green())?,
        Some(Judged::Fails(failure)) if recording.outcome == runtime::Outcome::Finished => {
            let ran = run.case.and_then(|case| run.analysis.run(case, ide::NEVER).ok().flatten());
            if let Some(case) = run.case {
                writeln!(out, "  {}", ide::reason::clause(run.analysis, case, ran, failure).red())?;
            }
        }
        _ => {}
    }
    Ok(())
}
