//! `karel-synth eval`

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;
use dataset::Task;
use indicatif::{ProgressBar, ProgressStyle};
use protocol::message::Budget;
use serde::Serialize;
use synth::decode::traces::Mask;
use synth::eval::shard::{Piece, Shard};
use synth::eval::{
    Conditions, Report, SHOWN, ServedReport, ServedScores, ServedSettings, Settings, TraceSource, calibrate,
    evaluate, read, serve, spread,
};
use synth::grammar::Rules;
use synth::models::Models;
use synth::search::stages::SERVED;
use tch::Device;

use super::Computation;

/// Workers that share a device: while it computes for one, the host works for the other.
const DEVICE_WORKERS: usize = 2;

/// So many lines that can't be used are said; the others are counted.
const MOST_ERRORS: usize = 10;

/// Measure the networks on a file of tasks: the paper's metrics, for a plain and for an execution-pruned beam
#[derive(Args)]
pub(crate) struct Eval {
    /// Tasks in the public dataset's format, plain or gzip; `-` for standard input
    #[arg(long, value_name = "FILE")]
    tasks: PathBuf,
    /// Width of the beam
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    beam: u32,
    /// Only so many tasks from the start of the file
    #[arg(long)]
    limit: Option<usize>,
    /// Take the tasks of --limit evenly from the whole file, which may be sorted
    #[arg(long, requires = "limit")]
    spread: bool,
    /// How many examples are shown, the rest being held out; several numbers for a table
    #[arg(long, value_name = "N,...", default_value = "5", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=10))]
    examples: Vec<u8>,
    /// What the code model reads of what the agent did
    #[arg(long, value_enum, default_value_t)]
    traces: TraceSource,
    /// Also search for so many traces per example, by a beam over actions (the paper's top-10: 10)
    #[arg(long, value_name = "WIDTH", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    trace_beam: u16,
    /// Ask for programs as the language server does, instead of running the two beams alone, and answer so many
    /// deciding examples per task with the reference program; 0 for none
    #[arg(long, value_name = "N", conflicts_with_all = ["traces", "trace_beam", "rules", "seed", "batch"])]
    questions: Option<usize>,
    /// Milliseconds that a request may take, with --questions
    #[arg(long, value_name = "MS", default_value_t = Budget::default().milliseconds, requires = "questions")]
    milliseconds: u64,
    /// Candidates that differ in meaning that a request asks for, with --questions
    #[arg(long, value_name = "N", default_value_t = Budget::default().candidates, requires = "questions")]
    candidates: usize,
    /// Write how far a program offered can be trusted (the engine's data/calibration.json)
    #[arg(long, value_name = "FILE", requires = "questions")]
    calibrate: Option<PathBuf>,
    /// Tasks decoded together [default: 8 on the CPU, 64 with CUDA]
    #[arg(long)]
    batch: Option<usize>,
    /// Seed of the sampled trace retries
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// What the beam over programs may write: neighbouring actions as real programs have them, any, or no grammar at
    /// all (`none`, as the paper's beams)
    #[arg(long, value_enum, default_value = "dataset")]
    rules: Rules,
    /// What is masked as traces are inferred: what is not `possible`, or nothing (`none`, as the paper's)
    #[arg(long, value_enum, default_value_t, conflicts_with = "questions")]
    mask: Mask,
    /// Don't try failed greedy roll-outs again
    #[arg(long, conflicts_with = "questions")]
    no_retries: bool,
    /// Evaluate part I of N of the tasks and write the results to the file of --json; `karel-synth merge` makes the
    /// report of all parts
    #[arg(long, value_name = "I/N", requires = "json", conflicts_with_all = ["questions", "markdown", "details"])]
    shard: Option<Shard>,
    /// Write all figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the tables as Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write what became of each task, one JSON object a line
    #[arg(long, value_name = "FILE")]
    details: Option<PathBuf>,
    #[command(flatten)]
    computation: Computation,
}

impl Eval {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let (tasks, errors) = match self.limit {
            Some(limit @ 1..) if self.spread => {
                let (tasks, errors) = read(&self.tasks, None)?;
                (spread(tasks, limit), errors)
            }
            limit => read(&self.tasks, limit)?,
        };
        let file = self.tasks.file_name().unwrap_or(self.tasks.as_os_str()).to_string_lossy().into_owned();
        for error in errors.iter().take(MOST_ERRORS) {
            anstream::eprintln!("{file}, {error}");
        }
        if errors.len() > MOST_ERRORS {
            anstream::eprintln!("{file}: {} more lines can't be used", errors.len() - MOST_ERRORS);
        }
        if tasks.is_empty() {
            bail!("{file} holds no task");
        }
        let most = self.examples.iter().max().map_or(SHOWN, |&n| n.into());
        if let Some(number) = tasks.iter().position(|task| task.examples.len() <= most) {
            bail!(
                "task {} of {file} has {} examples, and `--examples` shows {most}: show fewer, so that one is held out",
                number + 1,
                tasks[number].examples.len()
            );
        }
        let (device, models) = self.computation.open()?;
        let on_cpu = device == Device::Cpu;
        let shown: Vec<usize> = self.examples.iter().map(|&n| usize::from(n)).collect();
        let settings = Settings {
            shown: SHOWN,
            beam: self.beam as usize,
            // A system without a trace model infers none.
            traces: match (self.traces, &models.trace) {
                (TraceSource::Inferred, None) => TraceSource::None,
                (traces, _) => traces,
            },
            trace_beam: self.trace_beam.into(),
            mask: self.mask,
            retries: !self.no_retries,
            batch: self.batch.unwrap_or(if on_cpu { 8 } else { 64 }).max(1),
            workers: if on_cpu { self.computation.threads() } else { DEVICE_WORKERS },
            seed: self.seed,
            rules: self.rules,
            plain: true,
            pruned: true,
        };
        let conditions = Conditions {
            file,
            tasks: tasks.len(),
            lines_refused: errors.len(),
            spread: self.spread,
            // The paper's, or the greatest number there is.
            examples: *shown.iter().find(|n| **n == SHOWN).or(shown.iter().max()).unwrap_or(&SHOWN),
            batch: if self.questions.is_some() { 1 } else { settings.batch },
            models: models.names.clone(),
            excluded: models.excluded.clone(),
            ..Conditions::of(&settings, device)
        };
        let mut tasks = tasks;
        if let Some(shard) = self.shard {
            let range = shard.range(tasks.len() as u64, settings.batch as u64);
            tasks = tasks.drain(range.start as usize..range.end as usize).collect();
        }
        let run = Run { models, device, tasks, shown, bar: self.bar_of(&conditions), conditions };
        match self.questions {
            None => self.beams(run, &settings),
            Some(questions) => self.served(run, questions, settings.workers),
        }
    }

    fn bar_of(&self, conditions: &Conditions) -> ProgressBar {
        let bar = ProgressBar::new((conditions.tasks * self.examples.len()) as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} tasks, {per_sec}, {eta} left") {
            bar.set_style(style);
        }
        bar
    }

    fn beams(&self, run: Run, settings: &Settings) -> anyhow::Result<()> {
        let (run, results) = run.each(|run, shown| {
            let settings = Settings { shown, ..settings.clone() };
            let bar = &run.bar;
            evaluate(&run.models, run.device, &run.tasks, &settings, &|n| bar.inc(n))
        });
        if let (Some(shard), Some(path)) = (self.shard, &self.json) {
            let count = run.tasks.len();
            save(path, &Piece { shard, conditions: run.conditions, results })?;
            anstream::println!(
                "part {} of {}: {count} tasks evaluated; `karel-synth merge` makes the report of all parts",
                shard.number,
                shard.count
            );
            return Ok(());
        }
        let details = self.details(&run, &results);
        let report = Report::new(run.conditions, &results);
        self.write(&report, &report.markdown()).and(details)
    }

    fn served(&self, run: Run, questions: usize, workers: usize) -> anyhow::Result<()> {
        let budget =
            Budget { milliseconds: self.milliseconds, candidates: self.candidates, beam: self.beam as usize };
        let (run, results) = run.each(|run, shown| {
            let settings = ServedSettings { shown, questions, budget, workers, steps: SERVED.to_vec() };
            let bar = &run.bar;
            serve(&run.models, run.device, &run.tasks, &settings, &|n| bar.inc(n))
        });
        let details = self.details(&run, &results);
        let calibration = match &self.calibrate {
            Some(path) => save(path, &calibrate(&run.conditions, &results).worth_telling()),
            None => Ok(()),
        };
        let report = ServedReport {
            conditions: run.conditions,
            budget_milliseconds: budget.milliseconds,
            budget_candidates: budget.candidates,
            questions,
            served: results.iter().map(|(shown, results)| ServedScores::new(*shown, results)).collect(),
        };
        self.write(&report, &report.markdown()).and(details).and(calibration)
    }

    fn details<R: Serialize>(&self, run: &Run, results: &[(usize, Vec<R>)]) -> anyhow::Result<()> {
        let Some(path) = &self.details else { return Ok(()) };
        let mut lines = String::new();
        for (shown, results) in results {
            for (number, (task, result)) in run.tasks.iter().zip(results).enumerate() {
                let reference = syntax::print::print_program([&task.program]);
                let detail = Detail { task: number + 1, shown: *shown, reference, result };
                lines += &serde_json::to_string(&detail)?;
                lines.push('\n');
            }
        }
        fs::write(path, lines).with_context(|| format!("can't write {}", path.display()))
    }

    /// Printed first: what took hours to measure is not lost to a file that can't be written.
    fn write(&self, report: &impl Serialize, markdown: &str) -> anyhow::Result<()> {
        anstream::print!("{markdown}");
        let json = match &self.json {
            Some(path) => save(path, report),
            None => Ok(()),
        };
        if let Some(path) = &self.markdown {
            fs::write(path, markdown).with_context(|| format!("can't write {}", path.display()))?;
        }
        json
    }
}

/// A line of `--details`.
#[derive(Serialize)]
struct Detail<'a, R> {
    /// Number of the task among those evaluated, from 1.
    task: usize,
    /// Examples shown.
    shown: usize,
    /// The file's program.
    reference: String,
    #[serde(flatten)]
    result: &'a R,
}

/// What is evaluated.
struct Run {
    models: Models,
    device: Device,
    tasks: Vec<Task>,
    /// The numbers of examples.
    shown: Vec<usize>,
    conditions: Conditions,
    bar: ProgressBar,
}

impl Run {
    /// One pass over the tasks per number of examples, timed.
    fn each<R>(mut self, pass: impl Fn(&Run, usize) -> Vec<R>) -> (Run, Vec<(usize, Vec<R>)>) {
        let start = Instant::now();
        let results: Vec<_> = self.shown.iter().map(|&shown| (shown, pass(&self, shown))).collect();
        let seconds = start.elapsed().as_secs_f64();
        self.bar.finish_and_clear();
        let requests = self.tasks.len() * self.shown.len();
        self.conditions.seconds = seconds;
        self.conditions.tasks_per_second = requests as f64 / seconds.max(1e-9);
        (self, results)
    }
}

fn save(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(value)?;
    fs::write(path, json + "\n").with_context(|| format!("can't write {}", path.display()))
}
