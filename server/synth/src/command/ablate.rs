//! `karel-synth ablate`

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use protocol::message::Budget;
use serde::Serialize;
use serde_json::json;
use synth::device;
use synth::eval::ablate::{VARIANTS, Variant};
use synth::eval::{Rate, SHOWN, ServedScores, ServedSettings, read, serve, spread};

use super::Computation;

/// Measure what each part of the search brings: the search as it is served, and without one part at a time
#[derive(Args)]
pub(crate) struct Ablate {
    /// Tasks in the public dataset's format, plain or gzip
    #[arg(long, value_name = "FILE")]
    tasks: PathBuf,
    /// How many of them, spread evenly over the file [default: all]
    #[arg(long)]
    limit: Option<usize>,
    /// Width of the beam
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    beam: u32,
    /// Milliseconds that a request may take
    #[arg(long, default_value_t = Budget::default().milliseconds)]
    budget: u64,
    /// Write the table as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    computation: Computation,
}

/// A row of the table.
#[derive(Serialize)]
struct Row {
    variant: Variant,
    scores: ServedScores,
}

impl Ablate {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let (tasks, _) = read(&self.tasks, None)?;
        let tasks = match self.limit {
            Some(limit) => spread(tasks, limit),
            None => tasks,
        };
        let (on, models) = self.computation.open()?;
        let budget = Budget { milliseconds: self.budget, beam: self.beam as usize, ..Budget::default() };
        let bar = ProgressBar::new((tasks.len() * VARIANTS.len()) as u64)
            .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} requests, {eta} left")?);
        let start = Instant::now();
        let rows: Vec<Row> = VARIANTS
            .iter()
            .map(|&variant| {
                let settings = ServedSettings {
                    shown: SHOWN,
                    questions: 0,
                    budget,
                    workers: self.computation.threads(),
                    steps: variant.steps(),
                };
                let served = serve(&models, on, &tasks, &settings, &|done| bar.inc(done));
                Row { variant, scores: ServedScores::new(SHOWN, &served) }
            })
            .collect();
        bar.finish_and_clear();
        let file = self.tasks.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(path) = &self.json {
            let report = json!({
                "file": file, "tasks": tasks.len(), "beam": self.beam, "budget_milliseconds": self.budget,
                "device": device::name(on), "models": models.names, "workers": self.computation.threads(),
                "seconds": start.elapsed().as_secs_f64(), "rows": rows,
            });
            fs::write(path, serde_json::to_string_pretty(&report)? + "\n")
                .with_context(|| format!("{} can't be written", path.display()))?;
        }
        anstream::println!(
            "{file}, {} tasks spread over it, {SHOWN} examples, beam {}, {} ms, models {}, {}, {} workers, {:.0} s",
            tasks.len(),
            self.beam,
            self.budget,
            models.names.join(", "),
            device::name(on),
            self.computation.threads(),
            start.elapsed().as_secs_f64()
        );
        anstream::print!("{}", markdown(&rows));
        Ok(())
    }
}

fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "\n| % (95% interval) | a program is offered | the first one generalizes | some one does | s/task |\n\
         |---|---|---|---|---|\n",
    );
    let show = |rate: &Rate| format!("{:.1} ({:.1} to {:.1})", rate.percent, rate.low, rate.high);
    for Row { variant, scores } in rows {
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {:.2} |",
            variant.name,
            show(&scores.found),
            show(&scores.first),
            show(&scores.any),
            scores.seconds_per_task
        );
    }
    text
}
