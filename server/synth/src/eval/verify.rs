//! Whether the networks compute on this machine, and on this device, what they should: against values that a reference
//! implementation has computed, and the device against the CPU.

use anyhow::{Context, bail};
use dataset::{Example, Task};
use serde::Deserialize;

use crate::decode::beam::{Anything, BeamTask, Breadth, Finished, Flow, search};
use crate::decode::shown_examples::choose;
use crate::decode::template::Template;
use crate::decode::traces::{self, Traces};
use crate::eval::{SHOWN, generated_tasks};
use crate::models::{Models, Pair};

/// Greatest difference of two logarithms of a probability.
const TOLERANCE: f64 = 1e-3;
/// Greatest number of tokens that the reference writes.
pub(crate) const LONGEST: usize = 32;

/// What the reference has found for a task.
#[derive(Debug, Deserialize)]
struct Vector {
    guid: String,
    /// Names of the actions; none where no trace was found.
    traces: Vec<Option<Vec<String>>>,
    /// The likeliest programs of its beam, likeliest first.
    beam: Vec<Candidate>,
}

#[derive(Debug, Deserialize)]
struct Candidate {
    compact: Vec<u8>,
    log_probability: f64,
}

/// What the networks find for some tasks.
pub struct Found {
    traces: Vec<Traces>,
    beams: Vec<Vec<Finished>>,
}

/// Infers the traces of the first examples of each task, and searches programs with a plain beam.
pub fn find(models: &Models, tasks: &[Task], beam: usize) -> Found {
    let _no_grad = tch::no_grad_guard();
    let pair = |e: &Example| Pair { start: e.input.clone(), goal: e.output.clone() };
    let pairs: Vec<Vec<Pair>> =
        tasks.iter().map(|task| task.examples.iter().take(SHOWN).map(pair).collect()).collect();
    let borrowed: Vec<&[Pair]> = pairs.iter().map(Vec::as_slice).collect();
    let traces = traces::infer(models.trace.as_deref(), &borrowed, 0, &|| false);
    let shown: Vec<_> = pairs
        .iter()
        .zip(&traces)
        .map(|(pairs, traces)| choose(pairs, traces, &models.code.examples()))
        .collect();
    let template = Template::program(models.code.longest().min(LONGEST));
    let mut judges: Vec<Anything> = shown.iter().map(|_| Anything).collect();
    let mut tasks: Vec<BeamTask> =
        judges.iter_mut().map(|judge| BeamTask { template: &template, judge }).collect();
    let mut decoder = models.code.begin(&shown);
    let go_on = &mut |_: usize, _: &Finished| Flow::Continue;
    let beams = search(&mut *decoder, &mut tasks, Breadth::plain(beam), &|| false, go_on);
    Found { traces, beams }
}

/// Compares what the networks find with the reference's values. Gives the number of tasks.
///
/// # Errors
/// The first difference, or values that are of other tasks.
pub fn against_reference(
    models: &Models,
    tasks: &[Task],
    vectors: &str,
    beam: usize,
) -> anyhow::Result<usize> {
    let vectors: Vec<Vector> =
        serde_json::from_str(vectors).context("the reference's values can't be read")?;
    let found = find(models, tasks, beam);
    if vectors.len() != tasks.len() {
        bail!("there are {} tasks and values for {}", tasks.len(), vectors.len());
    }
    for (number, (task, vector)) in tasks.iter().zip(&vectors).enumerate() {
        if task.guid != vector.guid {
            bail!("task {} is {}, but the reference's values are of {}", number + 1, task.guid, vector.guid);
        }
        let names = |trace: &Option<Vec<runtime::Action>>| {
            trace
                .as_ref()
                .map(|trace| trace.iter().map(|action| action.name().to_owned()).collect::<Vec<_>>())
        };
        let traces: Vec<_> = found.traces[number].iter().map(names).collect();
        if traces != vector.traces {
            bail!("task {}: other traces than the reference's", number + 1);
        }
        let expected = vector.beam.iter().map(|c| (&c.compact[..], c.log_probability));
        same(&found.beams[number], expected).with_context(|| format!("task {}", number + 1))?;
    }
    Ok(tasks.len())
}

/// Compares a device with the CPU, on generated tasks. Returns the number of tasks.
///
/// # Errors
/// The first difference.
pub fn against_cpu(models: &Models, cpu: &Models, beam: usize) -> anyhow::Result<usize> {
    const TASKS: usize = 16;
    const SEED: u64 = 0x7665_7269_6679;
    let tasks = generated_tasks(SEED, TASKS)?;
    let (found, expected) = (find(models, &tasks, beam), find(cpu, &tasks, beam));
    if let Some(number) = (0..TASKS).find(|&n| found.traces[n] != expected.traces[n]) {
        bail!("made-up task {}: other traces than on the CPU", number + 1);
    }
    for number in 0..TASKS {
        let programs = expected.beams[number].iter().take(beam.div_ceil(5));
        let programs = programs.map(|f| (&f.prefix.tokens[..], f.log_probability));
        same(&found.beams[number], programs).with_context(|| format!("made-up task {}", number + 1))?;
    }
    Ok(TASKS)
}

/// The programs and their probabilities, likeliest first. Programs that are as likely as each other may stand in any
/// order.
fn same<'a>(found: &[Finished], expected: impl Iterator<Item = (&'a [u8], f64)>) -> anyhow::Result<()> {
    for (place, (tokens, log_probability)) in expected.enumerate() {
        let near = |f: &&Finished| (f.log_probability - log_probability).abs() <= TOLERANCE;
        match found.iter().find(|f| f.prefix.tokens == tokens) {
            Some(own) if near(&own) => (),
            Some(own) => bail!(
                "program {} has the log-probability {:.4} in place of {log_probability:.4}",
                place + 1,
                own.log_probability
            ),
            None => bail!("program {} is not found", place + 1),
        }
    }
    Ok(())
}
