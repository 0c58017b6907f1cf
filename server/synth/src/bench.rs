//! How long a synthesis takes: the phases of one, warm, task by task.

use std::time::{Duration, Instant};

use dataset::Task;
use dataset::features::Canvas;
use protocol::message::{Budget, Example, Specification};
use runtime::{Limits, Machine, lower};
use serde::Serialize;

use crate::beam::{BeamTask, Breadth, Flow, search};
use crate::choose::choose;
use crate::executor::{Case, Executor, Expected, Source};
use crate::models::{Models, Pair};
use crate::search::{MARGIN, synthesize};
use crate::template::Template;
use crate::traces;

/// Examples per synthesis.
const EXAMPLES: usize = 5;
/// Longest program in tokens.
const LIMIT: usize = 32;

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
    /// Greedy roll-outs of five examples, with retries.
    pub traces: Vec<Duration>,
    /// Encoding, and the execution-pruned beam to its end.
    pub beam: Vec<Duration>,
    /// Both.
    pub one_beam: Vec<Duration>,
    /// A request, text to text, until its first verified candidate; of those that have one.
    pub first_candidate: Vec<Duration>,
    /// The same until its end: up to five candidates that differ, further trace sets.
    pub whole: Vec<Duration>,
    /// Requests for which a program was found.
    pub solved: usize,
    /// Of those, how many of the programs named first pass the held-out examples too.
    pub generalized: usize,
}

/// The first five examples of a task as a request for its whole program.
pub fn specification(task: &Task) -> Specification {
    let example = |(number, example): (usize, &dataset::Example)| Example {
        name: format!("{}", number + 1),
        input: example.input.to_string(),
        output: Some(example.output.to_string()),
        crashes: false,
        trace: None,
    };
    Specification {
        program: "def main():\n    ...\n".to_owned(),
        examples: task.examples.iter().take(EXAMPLES).enumerate().map(example).collect(),
    }
}

/// Synthesizes one task's program in both ways, and notes the times. Tasks that the networks can't read are left out.
/// Says whether the first program found was the networks'.
pub fn measure(models: &Models, device: &str, task: &Task, beam: usize, latencies: &mut Latencies) -> bool {
    let shown = &task.examples[..EXAMPLES.min(task.examples.len())];
    if shown.is_empty() || !shown.iter().all(|e| Canvas::fits(&e.input) && Canvas::fits(&e.output)) {
        return false;
    }
    one_beam(models, shown, beam, latencies);

    let specification = specification(task);
    let start = Instant::now();
    let mut first = None;
    let mut from_networks = false;
    let budget = Budget { beam, ..Budget::default() };
    let outcome = synthesize(models, device, &specification, &budget, &|| false, &mut |candidate| {
        if first.is_none() {
            first = Some(start.elapsed());
            from_networks = candidate.log_probability.is_some();
        }
    });
    latencies.first_candidate.extend(first);
    if let Ok(outcome) = outcome {
        latencies.whole.push(start.elapsed());
        if let Some(best) = outcome.candidates.first() {
            latencies.solved += 1;
            latencies.generalized += usize::from(passes(&best.program, &task.examples[shown.len()..]));
        }
    }
    from_networks
}

fn passes(program: &str, examples: &[dataset::Example]) -> bool {
    let code = lower(&syntax::parse(program).file).code;
    let mut machine = Machine::new();
    examples.iter().all(|example| {
        let mut world = example.input.clone();
        let outcome = machine.run(&code, &mut world, &Limits::DATASET);
        outcome == runtime::Outcome::Finished && world == example.output
    })
}

fn one_beam(models: &Models, shown: &[dataset::Example], width: usize, latencies: &mut Latencies) {
    let pairs: Vec<Pair> =
        shown.iter().map(|e| Pair { start: e.input.clone(), goal: e.output.clone() }).collect();
    let case =
        |p: &Pair| Case { start: p.start.clone(), expected: Expected::World(p.goal.clone()), trace: None };
    let cases: Vec<Case> = pairs.iter().map(case).collect();
    let template = Template::program(LIMIT.min(models.code.longest()));
    let mut executor = Executor::new(&cases, Source::Tokens, Limits::SERVING);

    let start = Instant::now();
    let traces = traces::infer(models.trace.as_deref(), &[&pairs], 0, &|| false).pop().unwrap_or_default();
    let inferred = start.elapsed();
    let mut decoder = models.code.begin(&[choose(&pairs, &traces, &models.code.examples())]);
    let mut beams = [BeamTask { template: &template, judge: &mut executor }];
    search(&mut *decoder, &mut beams, Breadth { width, margin: Some(MARGIN) }, &|| false, &mut |_, _| {
        Flow::Continue
    });
    let all = start.elapsed();
    latencies.traces.push(inferred);
    latencies.beam.push(all - inferred);
    latencies.one_beam.push(all);
}
