//! How long a synthesis takes: the phases of one, warm, task by task; and how many tasks a second are decoded in
//! batches.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use dataset::Task;
use protocol::message::{Budget, Example, Specification};
use runtime::Limits;
use serde::Serialize;

use super::{generalizes, readable};
use crate::decode::beam::{Anything, BeamTask, Breadth, Flow, search};
use crate::decode::shown_examples::choose;
use crate::decode::template::Template;
use crate::decode::traces;
use crate::device::Peaks;
use crate::grammar::Rules;
use crate::models::{CodeTask, Models, Pair, Work, counted};
use crate::search::Surroundings;
use crate::search::executor::{Case, Executor, Source};
use crate::search::memory::Memory;
use crate::search::stages::{Part, Step};
use crate::search::watch::{Clock, Pace};

/// Examples per synthesis.
pub const EXAMPLES: usize = 5;

/// The times of many runs in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Times {
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
    pub runs: usize,
}

impl Times {
    pub fn of(mut times: Vec<Duration>) -> Times {
        times.sort_unstable();
        let at = |share: f64| {
            let index = (share * times.len().saturating_sub(1) as f64).round() as usize;
            times.get(index).map_or(f64::NAN, |t| t.as_secs_f64() * 1e3)
        };
        Times { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1.0), runs: times.len() }
    }
}

/// What is measured of every task.
#[derive(Debug, Default)]
pub struct Latencies {
    /// The steps of [`Part::Traces`]: greedy roll-outs of five examples, with retries.
    pub traces: Vec<Duration>,
    /// The step of [`Part::Beam`]: encoding, and the execution-pruned beam to its end.
    pub beam: Vec<Duration>,
    /// Both together.
    pub one_beam: Vec<Duration>,
    /// A request, text to text, until its first verified candidate; of those that have one.
    pub first_candidate: Vec<Duration>,
    /// A request, text to text, until its end: up to five candidates that differ, further trace sets.
    pub whole: Vec<Duration>,
    /// Requests for which a program was found.
    pub solved: usize,
    /// Requests whose first program passes the held-out examples too.
    pub generalized: usize,
}

/// The first `shown` examples of a task as a request for its whole program.
pub fn specification(task: &Task, shown: usize) -> Specification {
    let example = |(number, example): (usize, &dataset::Example)| Example {
        name: format!("{}", number + 1),
        input: example.input.to_string(),
        output: Some(example.output.to_string()),
        crashes: false,
        trace: None,
    };
    Specification {
        program: "def main():\n    ...\n".to_owned(),
        examples: task.examples.iter().take(shown).enumerate().map(example).collect(),
    }
}

/// Serves a request for one task's program, and notes the times of its steps. Tasks that the networks can't read are
/// left out. Says whether the first program found was the networks'.
pub fn measure(models: &Models, device: &str, task: &Task, beam: usize, latencies: &mut Latencies) -> bool {
    let shown = &task.examples[..EXAMPLES.min(task.examples.len())];
    if !readable(shown) {
        return false;
    }
    let specification = specification(task, EXAMPLES);
    let budget = Budget { beam, ..Budget::default() };
    let (clock, memory) = (Pace::new(Instant::now()), Memory::default());
    let steps: Mutex<Vec<(Part, Duration)>> = Mutex::default();
    let note = |step: &Step, time: Duration| {
        steps.lock().unwrap_or_else(PoisonError::into_inner).push((step.part, time));
    };
    let around = Surroundings { on_step: &note, ..Surroundings::new(models, device, &clock, &memory) };
    let mut first = None;
    let mut from_networks = false;
    let outcome = around.synthesize(&specification, &budget, &mut |candidate| {
        if first.is_none() {
            first = Some(clock.elapsed());
            from_networks = candidate.log_probability.is_some();
        }
    });
    latencies.first_candidate.extend(first);
    if let Ok(outcome) = outcome {
        latencies.whole.push(clock.elapsed());
        if let Some(best) = outcome.candidates.first() {
            latencies.solved += 1;
            latencies.generalized += usize::from(generalizes(&best.program, &task.examples[shown.len()..]));
        }
    }
    let steps = steps.into_inner().unwrap_or_else(PoisonError::into_inner);
    let time = |part: Part| steps.iter().filter(|step| step.0 == part).map(|step| step.1).sum::<Duration>();
    let (traces, beam) = (time(Part::Traces), time(Part::Beam));
    latencies.traces.push(traces);
    latencies.beam.push(beam);
    latencies.one_beam.push(traces + beam);
    from_networks
}

/// How fast batches of one size are decoded: encoding and beams, traces left out.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Throughput {
    /// Tasks decoded together.
    pub batch: usize,
    /// Prefixes are run as they grow.
    pub pruned: bool,
    pub tasks: usize,
    pub seconds: f64,
    /// What the networks did on this thread.
    pub work: Work,
}

impl Throughput {
    pub fn tasks_per_second(&self) -> f64 {
        self.tasks as f64 / self.seconds.max(1e-9)
    }

    /// Shares of the measured time that the counted operations, and the counted bytes, would take at the device's peak.
    pub fn shares(&self, peaks: &Peaks) -> (f64, f64) {
        let seconds = self.seconds.max(1e-9);
        (self.work.flop / peaks.flops / seconds, self.work.bytes / peaks.bytes / seconds)
    }
}

/// A task that has its traces.
pub struct Traced {
    cases: Vec<Case>,
    task: CodeTask,
}

/// Infers the traces of the tasks that the networks can read, together, and says how long it took.
pub fn trace<'t>(models: &Models, tasks: impl IntoIterator<Item = &'t Task>) -> (Vec<Traced>, Duration) {
    let shown: Vec<&[dataset::Example]> = tasks
        .into_iter()
        .map(|task| &task.examples[..EXAMPLES.min(task.examples.len())])
        .filter(|shown| readable(shown))
        .collect();
    let pairs: Vec<Vec<Pair>> = shown.iter().map(|shown| shown.iter().map(Pair::from).collect()).collect();
    let borrowed: Vec<&[Pair]> = pairs.iter().map(Vec::as_slice).collect();
    let start = Instant::now();
    let traces = traces::infer(models.trace.as_deref(), &borrowed, 0, &|| false);
    let time = start.elapsed();
    let traced = shown.iter().zip(&pairs).zip(&traces).map(|((shown, pairs), traces)| Traced {
        cases: shown.iter().map(Case::from).collect(),
        task: choose(pairs, traces, &models.code.examples()),
    });
    (traced.collect(), time)
}

/// Decodes this many tasks in batches; where there are fewer, they come again in turn.
pub fn throughput(
    models: &Models,
    traced: &[Traced],
    tasks: usize,
    batch: usize,
    width: usize,
    pruned: bool,
) -> Throughput {
    let template = Template::program(models.code.longest()).with_rules(Rules::Dataset);
    let all: Vec<&Traced> = traced.iter().cycle().take(tasks).collect();
    let mut work = Work::default();
    let start = Instant::now();
    for batch in all.chunks(batch.max(1)) {
        let inputs: Vec<CodeTask> = batch.iter().map(|traced| traced.task.clone()).collect();
        let mut executors: Vec<Executor> = batch
            .iter()
            .map(|traced| Executor::new(&traced.cases, Source::Tokens, Limits::DATASET))
            .collect();
        let mut anything: Vec<Anything> = batch.iter().map(|_| Anything).collect();
        let judges = executors.iter_mut().zip(&mut anything);
        let mut beams: Vec<BeamTask> = judges
            .map(|(executor, anything)| BeamTask {
                template: &template,
                judge: if pruned { executor } else { anything },
            })
            .collect();
        let ((), counted) = counted(|| {
            let mut decoder = models.code.begin(&inputs);
            search(&mut *decoder, &mut beams, Breadth::plain(width), &|| false, &mut |_, _| Flow::Continue);
        });
        work += counted;
    }
    Throughput { batch, pruned, tasks: all.len(), seconds: start.elapsed().as_secs_f64(), work }
}
