//! `karel-synth eval`: the paper's metrics on a file of tasks, for the plain beam and for the execution-pruned one;
//! and requests as the engine serves them, with the deciding example answered.
//!
//! A task's first examples are shown, five of them unless said otherwise; the rest is held out. Workers take whole
//! batches of tasks in file order, so that the result does not depend on their number.

pub mod ablate;
mod beams;
pub mod bench;
mod metrics;
pub mod paired;
mod report;
mod served;
pub mod shard;
pub mod verify;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use clap::ValueEnum;
use dataset::Task;
use dataset::features::Canvas;
use dataset::generate::{self, Scratch};
use rayon::prelude::*;
use runtime::{Code, Limits, lower};
use serde::{Deserialize, Serialize};
use tch::Device;

use crate::decode::traces::Mask;
use crate::device;
use crate::grammar::Rules;
use crate::models::Models;
use crate::search::executor::{Case, Executor, Source};
pub(crate) use beams::evaluate_together;
pub use metrics::{BeamTraces, Choices, Ranked, Rate, Slice, TaskResult, TraceResult};
pub use report::{Conditions, Report, TopTraces, TraceScores};
pub use served::{Served, ServedReport, ServedScores, ServedSettings, calibrate, serve};

/// Examples shown, as in the paper.
pub const SHOWN: usize = 5;

/// Whether a program does what these examples say.
pub fn generalizes(program: &str, examples: &[dataset::Example]) -> bool {
    passes_all(&lower(&syntax::parse(program).file).code, examples)
}

/// Whether code does what these examples say.
pub(crate) fn passes_all(code: &Code, examples: &[dataset::Example]) -> bool {
    let cases: Vec<Case> = examples.iter().map(Case::from).collect();
    Executor::new(&cases, Source::Tokens, Limits::DATASET).passes_all(code)
}

/// Whether the networks can read the examples: there is one at least, and each fits their canvas.
pub(crate) fn readable(shown: &[dataset::Example]) -> bool {
    !shown.is_empty() && shown.iter().all(|e| Canvas::fits(&e.input) && Canvas::fits(&e.output))
}

/// Where the traces come from that the code model reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum TraceSource {
    /// Roll-outs of the trace model, with sampled retries
    #[default]
    Inferred,
    /// The file's own: those of the reference program
    Gold,
    /// None at all
    None,
}

impl fmt::Display for TraceSource {
    /// As the command line says it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TraceSource::Inferred => "inferred",
            TraceSource::Gold => "gold",
            TraceSource::None => "none",
        })
    }
}

/// What to evaluate, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Examples shown.
    pub shown: usize,
    /// Width of the beam.
    pub beam: usize,
    pub traces: TraceSource,
    /// Width of the beam over actions; none below 2.
    pub trace_beam: usize,
    /// What is masked as traces are inferred.
    pub mask: Mask,
    /// Whether failed greedy roll-outs are tried again, sampled.
    pub retries: bool,
    /// Tasks decoded together.
    pub batch: usize,
    /// Threads that work on batches.
    pub workers: usize,
    /// For sampled trace retries.
    pub seed: u64,
    /// For neighbouring actions in candidates.
    pub rules: Rules,
    /// Whether there is a plain beam, and an execution-pruned one; without either only traces are looked for.
    pub plain: bool,
    pub pruned: bool,
}

/// The tasks of a file, at most `limit`, and what is wrong with the lines that hold none.
///
/// # Errors
/// Where the file can't be opened. It is not, where nothing of it is wanted.
pub fn read(file: &Path, limit: Option<usize>) -> anyhow::Result<(Vec<Task>, Vec<dataset::LineError>)> {
    let (mut tasks, mut errors) = (Vec::new(), Vec::new());
    if limit == Some(0) {
        return Ok((tasks, errors));
    }
    let lines = dataset::read(file).with_context(|| format!("can't read {}", file.display()))?;
    for line in lines {
        match line {
            Ok(task) => tasks.push(task),
            Err(error) => errors.push(error),
        }
        if Some(tasks.len()) == limit {
            break;
        }
    }
    Ok((tasks, errors))
}

/// The first `count` tasks that the generator makes from a seed.
///
/// # Errors
/// When a generated program can't be read.
pub fn generated_tasks(seed: u64, count: usize) -> anyhow::Result<Vec<Task>> {
    let settings = generate::Settings { seed, ..generate::Settings::default() };
    let task =
        |scratch: &mut Scratch, index| Ok(generate::task(&settings, index, scratch).into_task(seed, index)?);
    (0..count as u64).into_par_iter().map_init(Scratch::default, task).collect()
}

/// As many of the tasks, evenly from among all of them, in their order.
pub fn spread(tasks: Vec<Task>, count: usize) -> Vec<Task> {
    let all = tasks.len();
    let count = count.min(all);
    let mut wanted = (0..count).map(|i| i * all / count).peekable();
    let taken = |(number, _): &(usize, Task)| wanted.next_if_eq(number).is_some();
    tasks.into_iter().enumerate().filter(taken).map(|(_, task)| task).collect()
}

/// Evaluates the tasks. `done` hears how many more are finished.
pub fn evaluate(
    models: &Models,
    device: Device,
    tasks: &[Task],
    settings: &Settings,
    done: &(dyn Fn(u64) + Sync),
) -> Vec<TaskResult> {
    let work = |models: &Models, batch: &[Task]| evaluate_together(models, batch, settings, &|| false);
    in_batches(models, device, tasks, (settings.batch, settings.workers), &work, done)
}

/// Has workers do batches of tasks, and gives the results in the tasks' order. `sizes` are those of a batch and the
/// number of workers.
fn in_batches<R: Send>(
    models: &Models,
    device: Device,
    tasks: &[Task],
    sizes: (usize, usize),
    work: &(dyn Fn(&Models, &[Task]) -> Vec<R> + Sync),
    done: &(dyn Fn(u64) + Sync),
) -> Vec<R> {
    let batches: Vec<&[Task]> = tasks.chunks(sizes.0.max(1)).collect();
    let next = AtomicUsize::new(0);
    let workers: Vec<Models> = (0..sizes.1.clamp(1, batches.len().max(1))).map(|_| models.share()).collect();
    let take = |models: Models| {
        if device == Device::Cpu {
            // The workers are the parallelism.
            device::set_threads(Some(1));
        }
        let mut own = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(batch) = batches.get(number) else { return own };
            own.push((number, work(&models, batch)));
            done(batch.len() as u64);
        }
    };
    let mut results: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let take = &take;
        let handles: Vec<_> = workers.into_iter().map(|models| scope.spawn(move || take(models))).collect();
        handles
            .into_iter()
            .flat_map(|h| h.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().flat_map(|(_, results)| results).collect()
}
