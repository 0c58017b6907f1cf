//! Traces found by a trace model as training goes, with which a code model learns what it will meet in use. Every
//! task's are found once and used once: told the same inferred traces again and again, a code model learns them by
//! heart.

use anyhow::{Context, bail};
use tch::{Device, Kind};

use super::config::TracesConfig;
use super::data::Draft;
use crate::models::network::{self, Model};
use crate::models::weights::Weights;
use crate::models::{Pair, TraceModel};
use crate::traces::{Choice, roll_out_each};

/// Word for the weights that the engine carries.
const EMBEDDED: &str = "embedded";
/// Traces that are rolled out together at most, for the device's memory.
const TOGETHER: usize = 50_000;

/// A trace model that is not trained any more.
pub struct Inferrer {
    model: Box<dyn TraceModel>,
    temperature: f64,
    /// Threads that roll out a batch each: while one steps its worlds, the device computes for the other.
    threads: usize,
}

/// The weight file of a trace model: its bytes, and what to call it.
pub fn read_weights(of: &str) -> anyhow::Result<(Vec<u8>, String)> {
    if of != EMBEDDED {
        let bytes = std::fs::read(of).with_context(|| format!("can't read the trace model {of}"))?;
        return Ok((bytes, of.to_owned()));
    }
    #[cfg(feature = "embedded-weights")]
    return Ok((
        include_bytes!("../../weights/trace-policy.safetensors").to_vec(),
        "embedded trace policy".to_owned(),
    ));
    #[cfg(not(feature = "embedded-weights"))]
    bail!("this engine carries no weights: set `traces.trace_model` to a file");
}

/// Builds the trace model of a weight file.
///
/// # Errors
/// Where the file is none, or holds another kind of network.
pub fn load(of: &str, device: Device, kind: Kind) -> anyhow::Result<Box<dyn TraceModel>> {
    let (bytes, file) = read_weights(of)?;
    let weights = Weights::parse(&bytes, &file, device)?.computing_in(kind);
    match network::build(weights)
        .with_context(|| format!("{file} holds the weights of an unknown model"))??
    {
        Model::Trace(model) => Ok(model),
        Model::Code(_) => bail!("{file} holds the weights of a code model, but traces are to be inferred"),
    }
}

impl Inferrer {
    /// # Errors
    /// See [`load`].
    pub fn new(config: &TracesConfig, device: Device, kind: Kind) -> anyhow::Result<Option<Inferrer>> {
        let of = match &config.trace_model {
            Some(of) if config.inferred > 0.0 => of,
            _ => return Ok(None),
        };
        let threads = if device == Device::Cpu { 1 } else { 2 };
        Ok(Some(Inferrer { model: load(of, device, kind)?, temperature: config.temperature, threads }))
    }

    /// Batches that are best given together.
    pub fn group(&self) -> usize {
        2 * self.threads
    }

    /// Gives the samples the traces that they are to have; none where the model finds none. What a batch gets does not
    /// depend on the others.
    pub fn infer(&self, drafts: &mut [Draft]) {
        let temperature = self.temperature;
        if self.threads == 1 {
            drafts.iter_mut().for_each(|draft| infer(&*self.model, draft, temperature));
            return;
        }
        let share = drafts.len().div_ceil(self.threads).max(1);
        std::thread::scope(|scope| {
            for drafts in drafts.chunks_mut(share) {
                let model = self.model.share();
                scope.spawn(move || drafts.iter_mut().for_each(|draft| infer(&*model, draft, temperature)));
            }
        });
    }
}

fn infer(model: &dyn TraceModel, draft: &mut Draft, temperature: f64) {
    let _no_grad = tch::no_grad_guard();
    let Draft { samples, wishes, .. } = draft;
    let mut rest = &wishes[..];
    while !rest.is_empty() {
        let mut pairs = 0;
        let fits = |&&(sample, _): &&(usize, Choice)| {
            pairs += samples[sample].task.pairs.len();
            pairs <= TOGETHER
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (now, later) = rest.split_at(count);
        let tasks: Vec<&[Pair]> = now.iter().map(|&(sample, _)| &samples[sample].task.pairs[..]).collect();
        let choices: Vec<Choice> = now.iter().map(|&(_, choice)| choice).collect();
        let traces = roll_out_each(Some(model), &tasks, &choices, temperature, &|| false);
        for (&(sample, _), traces) in now.iter().zip(traces) {
            samples[sample].task.traces = traces;
        }
        rest = later;
    }
}
