//! What is measured as training goes: the metrics of `karel-synth eval` at beam 1, which is greedy decoding, on fixed
//! tasks that are never trained on, generated and from a file.

use std::collections::BTreeMap;

use anyhow::bail;
use dataset::Task;
use tch::{Device, Kind};

use super::config::Config;
use super::inferred;
use crate::decode::traces::Mask;
use crate::eval::{
    Rate, SHOWN, Settings, TaskResult, TraceScores, TraceSource, evaluate_together, generated_tasks, read,
};
use crate::grammar::Rules;
use crate::models::network::Model;
use crate::models::{Models, TraceModel};

/// Figures by name, in percent.
pub type Figures = BTreeMap<String, f64>;

/// Tasks to measure on.
pub struct Evaluation {
    /// By name.
    sets: Vec<(&'static str, Vec<Task>)>,
    /// The traces that a code model reads, one source after the other.
    sources: Vec<TraceSource>,
    /// Infers those that are inferred.
    trace_model: Option<Box<dyn TraceModel>>,
    /// What is masked as traces are inferred.
    mask: Mask,
    /// Tasks decoded together.
    batch: usize,
}

impl Evaluation {
    /// Makes up the tasks, and reads the file and the trace model.
    ///
    /// # Errors
    /// Where the file or the trace model can't be read, or the file holds no task.
    pub fn new(config: &Config, device: Device, kind: Kind) -> anyhow::Result<Evaluation> {
        let mut sets = Vec::new();
        if config.evaluation.tasks > 0 {
            sets.push(("generated", generated_tasks(config.evaluation.seed, config.evaluation.tasks)?));
        }
        if let Some(file) = &config.evaluation.file {
            let (tasks, _) = read(file, Some(config.evaluation.limit))?;
            if tasks.is_empty() {
                bail!("{} holds no task to evaluate on", file.display());
            }
            sets.push(("file", tasks));
        }
        let trace_model = match &config.traces.trace_model {
            Some(of) => Some(inferred::load(of, device, kind)?),
            None => None,
        };
        let mut sources = Vec::new();
        sources.extend(trace_model.as_ref().map(|_| TraceSource::Inferred));
        sources.extend((config.traces.gold > 0.0).then_some(TraceSource::Gold));
        sources.extend((config.traces.none > 0.0).then_some(TraceSource::None));
        let batch = if device == Device::Cpu { 16 } else { 512 };
        Ok(Evaluation { sets, sources, trace_model, mask: config.traces.mask, batch })
    }

    /// Measures; None where `stop` says so.
    pub fn measure(&self, model: Model, stop: &(dyn Fn() -> bool + Sync)) -> Option<Figures> {
        let _no_grad = tch::no_grad_guard();
        let (models, programs, sources) = match model {
            Model::Trace(model) => (Models::of(Some(model), None), false, &[TraceSource::Inferred][..]),
            Model::Code(model) => {
                let trace_model = self.trace_model.as_ref().map(|model| model.share());
                (Models::of(trace_model, Some(model)), true, &self.sources[..])
            }
        };
        let mut figures = Figures::new();
        for (set, tasks) in &self.sets {
            for &traces in sources {
                let settings = Settings {
                    shown: SHOWN,
                    beam: 1,
                    traces,
                    trace_beam: 1,
                    mask: self.mask,
                    retries: self.mask == Mask::Possible,
                    batch: self.batch,
                    workers: 1,
                    seed: 0,
                    // What the network says by itself.
                    rules: Rules::Any,
                    plain: programs,
                    pruned: false,
                };
                let batches = tasks.chunks(settings.batch).take_while(|_| !stop());
                let results: Vec<TaskResult> =
                    batches.flat_map(|batch| evaluate_together(&models, batch, &settings, stop)).collect();
                if stop() {
                    return None;
                }
                let (of, rates) = match programs {
                    true => (format!("{set}, traces {traces}: "), program_rates(&results)),
                    false => (format!("{set}: traces."), trace_rates(&results)),
                };
                figures.extend(rates.into_iter().map(|(name, rate)| (format!("{of}{name}"), rate.percent)));
            }
        }
        Some(figures)
    }
}

/// By their names in the report of `karel-synth eval`.
type Rates = Vec<(&'static str, Rate)>;

fn program_rates(results: &[TaskResult]) -> Rates {
    let rate = |of: fn(&TaskResult) -> bool| Rate::of(results.iter().map(of));
    vec![
        ("top_1_exact", rate(|r| r.plain.top_1_exact())),
        ("top_1_generalization", rate(|r| r.plain.top_1_generalization())),
        ("consistent", rate(|r| r.plain.consistent())),
    ]
}

fn trace_rates(results: &[TaskResult]) -> Rates {
    let scores = TraceScores::new(results);
    vec![
        ("exact", scores.exact),
        ("correct", scores.correct),
        ("exact_all_shown", scores.exact_all_shown),
        ("correct_all_shown", scores.correct_all_shown),
        ("retried_all_shown", scores.retried_all_shown),
    ]
}
