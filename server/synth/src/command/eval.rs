//! `karel-synth eval`

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use synth::device;
use synth::eval::{Conditions, Report, Settings, evaluate, read};
use tch::Device;

use super::Computation;

/// Measure the networks on a file of tasks: the paper's metrics, for a plain and for an execution-pruned beam
#[derive(Args)]
pub struct Eval {
    /// Tasks in the public dataset's format, plain or gzip; `-` for standard input
    #[arg(long, value_name = "FILE")]
    tasks: PathBuf,
    /// Width of the beam
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    beam: u32,
    /// Only so many tasks from the start of the file
    #[arg(long)]
    limit: Option<usize>,
    /// Tasks decoded together [default: 8 on the CPU, 64 with CUDA]
    #[arg(long)]
    batch: Option<usize>,
    /// Seed of the sampled trace retries
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Write all figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the tables as Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    #[command(flatten)]
    computation: Computation,
}

impl Eval {
    pub fn run(self) -> anyhow::Result<()> {
        let (tasks, errors) = read(&self.tasks, self.limit)?;
        let file = self.tasks.file_name().unwrap_or(self.tasks.as_os_str()).to_string_lossy().into_owned();
        for error in &errors {
            anstream::eprintln!("{file}, {error}");
        }
        let (device, models) = self.computation.open()?;
        let on_cpu = device == Device::Cpu;
        let settings = Settings {
            beam: self.beam as usize,
            batch: self.batch.unwrap_or(if on_cpu { 8 } else { 64 }).max(1),
            workers: if on_cpu { self.computation.threads() } else { 1 },
            seed: self.seed,
        };
        let bar = ProgressBar::new(tasks.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} tasks, {per_sec}, {eta} left") {
            bar.set_style(style);
        }
        let start = Instant::now();
        let results = evaluate(&models, device, &tasks, &settings, &|n| bar.inc(n));
        let seconds = start.elapsed().as_secs_f64();
        bar.finish_and_clear();
        let conditions = Conditions {
            file,
            tasks: tasks.len(),
            lines_refused: errors.len(),
            beam: settings.beam,
            batch: settings.batch,
            workers: settings.workers,
            device: device::name(device),
            models: models.names.clone(),
            seconds,
            tasks_per_second: tasks.len() as f64 / seconds.max(1e-9),
        };
        let report = Report::new(conditions, &results);
        let markdown = report.markdown();
        if let Some(path) = &self.json {
            let json = serde_json::to_string_pretty(&report)?;
            fs::write(path, json + "\n").with_context(|| format!("can't write {}", path.display()))?;
        }
        if let Some(path) = &self.markdown {
            fs::write(path, &markdown).with_context(|| format!("can't write {}", path.display()))?;
        }
        anstream::print!("{markdown}");
        Ok(())
    }
}
