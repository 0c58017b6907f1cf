//! `karel-synth ablate`

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use synth::ablate::{Ablated, Line, Part, ablate, table};
use synth::device;
use synth::eval::{Rate, read, spread};

use super::Computation;

/// Measure what each part of the search brings, alone and together: rules of the real programs, wider beams, sampled
/// and consistent traces, repair, and ways to choose
#[derive(Args)]
pub struct Ablate {
    /// Tasks in the public dataset's format, plain or gzip
    #[arg(long, value_name = "FILE")]
    tasks: PathBuf,
    /// How many of them, spread evenly over the file [default: all]
    #[arg(long)]
    limit: Option<usize>,
    /// Width of the beam
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    beam: u32,
    /// Parts to run; lines of the table that need others are left out [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    parts: Vec<Part>,
    /// Begin no task later than so many minutes after the start; the table says how many were done
    #[arg(long)]
    minutes: Option<f64>,
    /// Write the table as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    computation: Computation,
}

impl Ablate {
    pub fn run(self) -> anyhow::Result<()> {
        let (tasks, _) = read(&self.tasks, None)?;
        let chosen = match self.limit {
            Some(limit) => spread(tasks, limit),
            None => tasks,
        };
        // So that what is done when time is up lies spread over the file, which may be sorted.
        let order = scattered(chosen.len());
        let parts = if self.parts.is_empty() { Part::value_variants() } else { &self.parts };
        // A part may need what one before it found.
        let parts: Vec<Part> =
            Part::value_variants().iter().copied().filter(|part| parts.contains(part)).collect();
        let (on, models) = self.computation.open()?;
        let workers = self.computation.threads().min(chosen.len().max(1));
        let bar = ProgressBar::new(chosen.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} tasks, {eta} left") {
            bar.set_style(style);
        }
        let start = Instant::now();
        let end = self.minutes.map(|minutes| Duration::from_secs_f64(minutes.max(0.0) * 60.0));
        let next = AtomicUsize::new(0);
        let results: Mutex<Vec<(usize, Option<Ablated>)>> = Mutex::new(Vec::new());
        let shared: Vec<_> = (0..workers).map(|_| models.share()).collect();
        std::thread::scope(|scope| {
            for models in shared {
                let (next, results, chosen, parts, bar) = (&next, &results, &chosen, &parts, &bar);
                let order = &order;
                scope.spawn(move || {
                    // The workers are the parallelism.
                    device::set_threads(Some(1));
                    while end.is_none_or(|end| start.elapsed() < end) {
                        let Some(&number) = order.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                        let result = ablate(&models, &chosen[number], self.beam as usize, parts);
                        results.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
                        bar.inc(1);
                    }
                });
            }
        });
        bar.finish_and_clear();
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.sort_by_key(|(number, _)| *number);
        let results: Vec<Option<Ablated>> = results.into_iter().map(|(_, result)| result).collect();
        let lines = table(&results);
        let file = self.tasks.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(path) = &self.json {
            let report = json!({
                "file": file, "tasks": results.len(), "spread_over": chosen.len(), "beam": self.beam,
                "device": device::name(on), "models": models.names, "workers": workers,
                "seconds": start.elapsed().as_secs_f64(), "lines": lines,
            });
            fs::write(path, serde_json::to_string_pretty(&report)? + "\n")
                .with_context(|| format!("can't write {}", path.display()))?;
        }
        anstream::println!(
            "{file}, {} of {} tasks spread over it, beam {}, models {}, {}, {workers} workers of one thread, {:.0} s",
            results.len(),
            chosen.len(),
            self.beam,
            models.names.join(", "),
            device::name(on),
            start.elapsed().as_secs_f64()
        );
        anstream::print!("{}", markdown(&lines));
        Ok(())
    }
}

/// The numbers below `count`, any first part of which lies about evenly among them.
fn scattered(count: usize) -> Vec<usize> {
    // A step near the golden section that has no divisor in common with the number.
    let coprime = |step: &usize| {
        let (mut a, mut b) = (*step, count);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a == 1
    };
    let golden = (count as f64 * 0.618) as usize;
    let step = (golden.max(1)..=count).find(coprime).unwrap_or(1);
    (0..count).map(|number| number * step % count).collect()
}

fn markdown(lines: &[Line]) -> String {
    let mut text = String::from(
        "\n| % (95% interval) | some program passes | likeliest generalizes | shortest | fitted choice | some \
         program generalizes | s/task |\n|---|---|---|---|---|---|---|\n",
    );
    let show = |rate: &Rate| format!("{:.1} ({:.1} to {:.1})", rate.percent, rate.low, rate.high);
    for line in lines {
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {:.2} |",
            line.parts,
            show(&line.found),
            show(&line.likeliest),
            show(&line.shortest),
            show(&line.fitted),
            show(&line.any),
            line.seconds
        );
    }
    text
}
