//! `karel-synth eval`: the paper's metrics on a file of tasks, for the plain beam and for the execution-pruned one.
//!
//! Every task's first five examples are shown, the rest is held out. Traces come from roll-outs, never from the
//! file. Workers take whole batches of tasks in file order, so that the result does not depend on their number.

mod metrics;
mod report;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Context;
use dataset::Task;
use dataset::compact;
use dataset::features::Canvas;
use runtime::{Limits, Machine, World};
use tch::Device;

use crate::beam::{Anything, BeamTask, Breadth, Finished, Flow, Judge, search};
use crate::choose::choose;
use crate::device;
use crate::executor::{Case, Executor, Expected, Source};
use crate::models::{CodeTask, Models, Pair};
use crate::template::Template;
use crate::traces::{self, Traces};
pub use metrics::{Ranked, Rate, Slice, TaskResult, TraceResult};
pub use report::{Conditions, Report};

/// Examples shown to the networks.
const SHOWN: usize = 5;
/// Longest program in tokens, the end included: the reference's.
const LIMIT: usize = 32;

/// What to evaluate, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Width of the beam.
    pub beam: usize,
    /// Tasks decoded together.
    pub batch: usize,
    /// Threads that work on batches.
    pub workers: usize,
    /// For sampled trace retries.
    pub seed: u64,
}

/// The tasks of a file, at most `limit`, and what is wrong with the lines that hold none.
pub fn read(file: &Path, limit: Option<usize>) -> anyhow::Result<(Vec<Task>, Vec<dataset::LineError>)> {
    let lines = dataset::read(file).with_context(|| format!("can't read {}", file.display()))?;
    let (mut tasks, mut errors) = (Vec::new(), Vec::new());
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

/// Evaluates the tasks. `done` hears how many more are finished.
pub fn evaluate(
    models: &Models,
    device: Device,
    tasks: &[Task],
    settings: &Settings,
    done: &(dyn Fn(u64) + Sync),
) -> Vec<TaskResult> {
    let batches: Vec<&[Task]> = tasks.chunks(settings.batch.max(1)).collect();
    let next = AtomicUsize::new(0);
    let workers: Vec<Models> =
        (0..settings.workers.clamp(1, batches.len().max(1))).map(|_| models.share()).collect();
    let work = |models: Models| {
        if device == Device::Cpu {
            // The workers are the parallelism.
            device::set_threads(Some(1));
        }
        let mut own = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(batch) = batches.get(number) else { return own };
            own.push((number, evaluate_batch(&models, batch, settings)));
            done(batch.len() as u64);
        }
    };
    let mut results: Vec<(usize, Vec<TaskResult>)> = std::thread::scope(|scope| {
        let work = &work;
        let handles: Vec<_> = workers.into_iter().map(|models| scope.spawn(move || work(models))).collect();
        handles
            .into_iter()
            .flat_map(|h| h.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().flat_map(|(_, results)| results).collect()
}

/// One task on its way through a batch.
struct Subject<'a> {
    task: &'a Task,
    /// The examples shown.
    pairs: Vec<Pair>,
    /// The same, for the judge of the pruned beam.
    cases: Vec<Case>,
    result: TaskResult,
}

impl<'a> Subject<'a> {
    fn new(task: &'a Task) -> Subject<'a> {
        let shown = SHOWN.min(task.examples.len());
        let pairs: Vec<Pair> = task.examples[..shown]
            .iter()
            .map(|e| Pair { start: e.input.clone(), goal: e.output.clone() })
            .collect();
        let expected = |p: &Pair| Case {
            start: p.start.clone(),
            expected: Expected::World(p.goal.clone()),
            trace: None,
        };
        let cases = pairs.iter().map(expected).collect();
        let length = surface_length(task);
        let slices = Slice::of(&task.program.body.statements, length);
        Subject { task, pairs, cases, result: TaskResult { slices, ..TaskResult::default() } }
    }

    /// Whether the networks can read it at all; where not, it counts as failed.
    fn readable(&self) -> bool {
        !self.pairs.is_empty() && self.pairs.iter().all(|p| Canvas::fits(&p.start) && Canvas::fits(&p.goal))
    }
}

fn surface_length(task: &Task) -> usize {
    syntax::tokens::to_tokens(&task.program).map_or(usize::MAX, |tokens| tokens.len())
}

fn evaluate_batch(models: &Models, batch: &[Task], settings: &Settings) -> Vec<TaskResult> {
    let mut subjects: Vec<Subject> = batch.iter().map(Subject::new).collect();
    let mut readable: Vec<&mut Subject> = subjects.iter_mut().filter(|s| s.readable()).collect();
    if !readable.is_empty() {
        let traces = infer_traces(models, &mut readable, settings);
        let tasks: Vec<CodeTask> = readable
            .iter()
            .zip(&traces)
            .map(|(subject, traces)| choose(&subject.pairs, traces, &models.code.examples()))
            .collect();
        plain(models, &mut readable, &tasks, settings);
        pruned(models, &mut readable, &tasks, settings);
    }
    subjects.into_iter().map(|s| s.result).collect()
}

fn infer_traces(models: &Models, subjects: &mut [&mut Subject], settings: &Settings) -> Vec<Traces> {
    let start = Instant::now();
    let pairs: Vec<&[Pair]> = subjects.iter().map(|s| &s.pairs[..]).collect();
    let model = models.trace.as_deref();
    let greedy = traces::roll_out(model, &pairs, traces::Choice::Greedy, &|| false);
    let retried = traces::retry(model, &pairs, greedy.clone(), settings.seed, &|| false);
    let seconds = start.elapsed().as_secs_f64() / subjects.len() as f64;
    for (subject, (greedy, retried)) in subjects.iter_mut().zip(greedy.iter().zip(&retried)) {
        let result = &mut subject.result.traces;
        result.seconds = seconds;
        for (example, (greedy, retried)) in subject.task.examples.iter().zip(greedy.iter().zip(retried)) {
            result.note(&example.actions, greedy.as_deref(), retried.as_deref());
        }
    }
    retried
}

/// The plain beam: candidates are run afterwards, likeliest first.
fn plain(models: &Models, subjects: &mut [&mut Subject], tasks: &[CodeTask], settings: &Settings) {
    let start = Instant::now();
    let mut judges: Vec<Anything> = subjects.iter().map(|_| Anything).collect();
    let mut judges: Vec<&mut dyn Judge> = judges.iter_mut().map(|j| j as &mut dyn Judge).collect();
    let found = decode(models, tasks, &mut judges, settings);
    let seconds = start.elapsed().as_secs_f64() / subjects.len() as f64;
    for (subject, found) in subjects.iter_mut().zip(&found) {
        let mut ranked = rank(subject, found);
        let first = ranked.shown.iter().position(|&passed| passed);
        ranked.run = first.map_or(found.len(), |first| first + 1) as u64;
        ranked.seconds = seconds;
        subject.result.plain = ranked;
    }
}

/// The pruned beam: what fails on a shown example leaves it.
fn pruned(models: &Models, subjects: &mut [&mut Subject], tasks: &[CodeTask], settings: &Settings) {
    let start = Instant::now();
    let cases: Vec<Vec<Case>> = subjects.iter().map(|s| s.cases.clone()).collect();
    let mut executors: Vec<Executor> =
        cases.iter().map(|cases| Executor::new(cases, Source::Tokens, Limits::DATASET)).collect();
    let mut judges: Vec<&mut dyn Judge> = executors.iter_mut().map(|j| j as &mut dyn Judge).collect();
    let found = decode(models, tasks, &mut judges, settings);
    let seconds = start.elapsed().as_secs_f64() / subjects.len() as f64;
    for ((subject, found), executor) in subjects.iter_mut().zip(&found).zip(&executors) {
        let ranked = rank(subject, found);
        subject.result.pruned = Ranked { run: executor.programs_run, seconds, ..ranked };
    }
}

fn decode(
    models: &Models,
    tasks: &[CodeTask],
    judges: &mut [&mut dyn Judge],
    settings: &Settings,
) -> Vec<Vec<Finished>> {
    let template = Template::program(LIMIT.min(models.code.longest()));
    let mut beams: Vec<BeamTask> =
        judges.iter_mut().map(|judge| BeamTask { template: &template, judge: &mut **judge }).collect();
    let mut decoder = models.code.begin(tasks);
    search(&mut *decoder, &mut beams, Breadth::plain(settings.beam), &|| false, &mut |_, _| Flow::Continue)
}

/// Runs the candidates on all examples.
fn rank(subject: &Subject, found: &[Finished]) -> Ranked {
    let reference = compact::from_statements(&subject.task.program.body.statements).ok();
    let mut machine = Machine::new();
    let mut world = World::new(1, 1);
    let mut ranked = Ranked::default();
    for candidate in found {
        let tokens = &candidate.prefix.tokens;
        let code = compact::code(tokens);
        let passed: Vec<bool> = subject
            .task
            .examples
            .iter()
            .map(|example| {
                world.clone_from(&example.input);
                machine.run(&code, &mut world, &Limits::DATASET) == runtime::Outcome::Finished
                    && world == example.output
            })
            .collect();
        ranked.exact.push(reference.as_ref() == Some(tokens));
        ranked.shown.push(passed.iter().take(SHOWN).all(|&p| p));
        ranked.all.push(passed.iter().all(|&p| p));
        ranked.lengths.push(compact::to_surface(tokens).map_or(usize::MAX, |s| s.split(' ').count()));
    }
    ranked
}
