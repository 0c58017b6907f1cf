//! Traces found by a trace model as training goes, with which a code model learns what it will meet in use. Every
//! task's are found once and used once: if it is shown the same inferred traces again and again, a code model learns them by
//! heart.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use tch::{Device, Kind};

use super::config::TracesConfig;
use super::data::Draft;
use crate::decode::traces::{Selection, Way, roll_out_each};
use crate::models::carried;
use crate::models::network::{Model, Network as _};
use crate::models::registry;
use crate::models::trace_policy::TracePolicy;
use crate::models::weights::Weights;
use crate::models::{Pair, TraceModel};

/// Tasks of a thread whose traces are wished for together.
const TASKS: u64 = 8192;
/// Traces that are rolled out together at most, for the device's memory.
const TOGETHER: usize = 50_000;

/// A trace model that is not trained any more.
pub struct Inferrer {
    model: Box<dyn TraceModel>,
    way: Way,
    /// Threads that roll out batches: while one steps its worlds, the device computes for the other.
    threads: usize,
    /// Asked to give up: what is rolled out is not wanted any more.
    stop: Arc<AtomicBool>,
}

/// Builds the trace model of a weight file.
///
/// # Errors
/// Where the file is none, or holds another kind of network.
pub fn load(of: &str, device: Device, kind: Kind) -> anyhow::Result<Box<dyn TraceModel>> {
    let (bytes, file) =
        carried::read(of, TracePolicy::NAME).with_context(|| format!("can't read the trace model {of}"))?;
    let weights = Weights::parse(&bytes, &file, device)?.computing_in(kind);
    match registry::build(weights)? {
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
        Ok(Some(Inferrer {
            model: load(of, device, kind)?,
            way: config.way(),
            threads,
            stop: Arc::default(),
        }))
    }

    /// Whether the roll-outs go on beside the training. On the CPU, where both compute on the same cores, nothing would be
    /// won by it.
    pub fn is_beside(&self) -> bool {
        self.threads > 1
    }

    /// What ends roll-outs that are not wanted any more.
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Batches of so many tasks that are best given together: for a device enough to fill it, as long as a roll-out of
    /// few takes as long as one of many.
    pub fn group(&self, batch: u64) -> usize {
        match self.threads {
            1 => 2,
            threads => threads * (TASKS / batch.max(1)).clamp(2, 64) as usize,
        }
    }

    /// Gives the samples the traces that they are to have; none where the model finds none. What a batch gets does not
    /// depend on the others.
    pub fn infer(&self, drafts: &mut [Draft]) {
        let way = self.way;
        let flag = &*self.stop;
        let stop = || flag.load(Ordering::Relaxed);
        if self.threads == 1 {
            return infer(&*self.model, drafts, way, &stop);
        }
        let share = drafts.len().div_ceil(self.threads).max(1);
        std::thread::scope(|scope| {
            for drafts in drafts.chunks_mut(share) {
                let model = self.model.share();
                scope.spawn(move || infer(&*model, drafts, way, &stop));
            }
        });
    }
}

fn infer(model: &dyn TraceModel, drafts: &mut [Draft], way: Way, stop: &dyn Fn() -> bool) {
    let _no_grad = tch::no_grad_guard();
    let wishes = |(number, draft): (usize, &Draft)| {
        draft.wishes.iter().map(move |&(sample, choice)| (number, sample, choice)).collect::<Vec<_>>()
    };
    let wishes: Vec<(usize, usize, Selection)> = drafts.iter().enumerate().flat_map(wishes).collect();
    let mut rest = &wishes[..];
    while !rest.is_empty() {
        let pairs = |draft: usize, sample: usize| &drafts[draft].samples[sample].task.pairs[..];
        let mut together = 0;
        let fits = |&&(draft, sample, _): &&(usize, usize, Selection)| {
            together += pairs(draft, sample).len();
            together <= TOGETHER
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (now, later) = rest.split_at(count);
        let tasks: Vec<&[Pair]> = now.iter().map(|&(draft, sample, _)| pairs(draft, sample)).collect();
        let choices: Vec<Selection> = now.iter().map(|&(.., choice)| choice).collect();
        let traces = roll_out_each(Some(model), &tasks, &choices, way, stop);
        for (&(draft, sample, _), traces) in now.iter().zip(traces) {
            drafts[draft].samples[sample].task.traces = traces;
        }
        rest = later;
    }
}
