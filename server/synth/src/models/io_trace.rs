//! I/O → TRACE (paper §4.2, Table 3): an LSTM that writes what the agent does between the two worlds of an example,
//! action by action, and looks at the current world.
//!
//! ```text
//! pair        [n, 512]         the example's two worlds (see `pair_encoder`)
//! action      [n, 256]         the action before
//! conditions  [n, 256]         four condition bits of the current world
//! grid        [n, 256]         the current world, by `grids`: `none`, `lgrl` or `presnet` (see `grid_encoder`)
//! lstm        [n, 256]         two layers on all of these side by side
//! logits      [n, 6]           five actions and stop
//! ```
//!
//! The condition bits are the public code's; the paper does not list them.

use runtime::sample::Random;
use runtime::{Action, World};
use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::config::{Config, ConfigError};
use super::grid_encoder::{ConditionEncoder, GridEncoder, GridKind};
use super::grids::{Frame, Grids};
use super::layers::{Linear, table_rows};
use super::lstm::{Lstm, LstmSize, LstmState, Packing};
use super::network::{Loss, Model, Network, Sample};
use super::pair_encoder::{LstmConfig, PairEncoder, PairGrids};
use super::parameters::Init;
use super::program_lstm::LAYERS;
use super::tensors::{host_rows, indices};
use super::trace_code::TOO_LONG;
use super::weights::{Weight, Weights, WeightsError};
use super::{Pair, Rollouts, TraceModel};

/// The class of the decision to stop.
const STOP: i64 = 5;
/// The row of what stands before the first action.
const BEGIN: i64 = 5;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IoTraceConfig {
    #[serde(flatten)]
    pub lstm: LstmConfig,
    /// How the current world is encoded.
    #[serde(default)]
    pub grids: GridKind,
}

impl Config for IoTraceConfig {
    fn check(&self) -> Result<(), ConfigError> {
        self.lstm.check()
    }
}

#[derive(Clone)]
pub struct IoTrace {
    frame: Frame,
    pairs: PairEncoder,
    conditions: ConditionEncoder,
    grids: Option<GridEncoder>,
    /// `[6, embedding]`
    action: Weight,
    lstm: Lstm,
    out: Linear,
}

/// States of roll-outs as plain numbers, `[n]` each.
#[derive(Debug, Default)]
struct Steps {
    /// The action before.
    before: Vec<i64>,
    /// Condition bits as a number.
    bits: Vec<i64>,
    /// The worlds; empty for models that don't look at them.
    grids: Grids,
}

/// Traces to learn from, packed (see [`Packing`]).
#[derive(Debug, Default)]
pub struct Lesson {
    pairs: PairGrids,
    steps: Steps,
    /// The pair of each step.
    of: Vec<i64>,
    targets: Vec<i64>,
    counts: Vec<i64>,
}

impl IoTrace {
    /// What the LSTM reads: `pairs [n, pair]` of as many steps → `[n, inputs]`.
    fn inputs(&self, pairs: Tensor, steps: &Steps) -> Tensor {
        let device = self.pairs.device();
        let row = |table: &Tensor, rows: &[i64]| table_rows(table, &indices(rows, device));
        let mut x = vec![pairs, row(&self.action, &steps.before), row(&self.conditions.rows(), &steps.bits)];
        let planes = || steps.grids.planes(device, self.pairs.kind());
        x.extend(self.grids.as_ref().map(|grids| grids.forward(&planes())));
        Tensor::cat(&x, 1)
    }
}

impl IoTraceConfig {
    fn decoder(&self) -> LstmSize {
        let LstmConfig { pair, embedding, hidden, start, .. } = self.lstm;
        let parts = if self.grids == GridKind::None { 2 } else { 3 };
        LstmSize { inputs: pair + parts * embedding, hidden, layers: LAYERS, both_ways: false, start }
    }
}

impl Network for IoTrace {
    const NAME: &'static str = "IoTrace";

    type Config = IoTraceConfig;

    type Features = Lesson;

    fn build(config: &IoTraceConfig, w: &mut Weights) -> Result<IoTrace, WeightsError> {
        let LstmConfig { frame, embedding, hidden, .. } = config.lstm;
        Ok(IoTrace {
            frame,
            pairs: PairEncoder::load(w, "pairs", &config.lstm)?,
            conditions: ConditionEncoder::load(w, "conditions", embedding)?,
            grids: GridEncoder::load(w, "grids", config.grids, &config.lstm)?,
            action: w.take("action.weight", &[BEGIN + 1, embedding], Init::Normal(1.0))?,
            lstm: Lstm::load(w, "decoder", config.decoder())?,
            out: Linear::load(w, "out", STOP + 1, hidden)?,
        })
    }

    /// Learns from all steps of all traces.
    fn features(config: &IoTraceConfig, samples: &[Sample], _: &mut Random) -> Lesson {
        let (frame, look) = (config.lstm.frame, config.grids != GridKind::None);
        let all = samples.iter().flat_map(|s| s.task.pairs.iter().zip(&s.task.traces));
        let traces: Vec<(&Pair, &[Action])> = all
            .filter_map(|(pair, trace)| Some((pair, trace.as_deref()?)))
            .filter(|(_, trace)| trace.len() < TOO_LONG)
            .collect();
        let lengths: Vec<usize> = traces.iter().map(|(_, trace)| trace.len() + 1).collect();
        let packing = Packing::of(&lengths);
        let mut lesson = Lesson::default();
        let mut now: Vec<_> = traces.iter().map(|(pair, _)| frame.canvas(&pair.start, &pair.start)).collect();
        for &number in &packing.order {
            lesson.pairs.push(traces[number].0, frame);
        }
        let mut sorted = vec![0; traces.len()];
        for (place, &number) in packing.order.iter().enumerate() {
            sorted[number] = place as i64;
        }
        for (number, time) in packing.places() {
            let (canvas, trace) = (&mut now[number], traces[number].1);
            lesson.of.push(sorted[number]);
            lesson.steps.before.push(if time == 0 { BEGIN } else { trace[time - 1] as i64 });
            lesson.steps.bits.push(canvas.condition_bits().into());
            if look {
                lesson.steps.grids.push(canvas);
            }
            lesson.targets.push(trace.get(time).map_or(STOP, |&action| action as i64));
            if let Some(&action) = trace.get(time) {
                canvas.act(action);
            }
        }
        lesson.counts = packing.counts;
        lesson
    }

    fn targets(lesson: &Lesson) -> usize {
        lesson.targets.len()
    }

    fn loss(&self, lesson: &Lesson) -> Loss {
        let device = self.pairs.device();
        let pairs = lesson.pairs.encode(&self.pairs).index_select(0, &indices(&lesson.of, device));
        let out = self.lstm.packed(&self.inputs(pairs, &lesson.steps), &lesson.counts);
        Loss::of(&self.out.forward(&out), &indices(&lesson.targets, device))
    }

    fn model(self) -> Model {
        Model::Trace(Box::new(self))
    }
}

impl TraceModel for IoTrace {
    fn begin<'m>(&'m self, tasks: &[&[Pair]]) -> Box<dyn Rollouts + 'm> {
        let _no_grad = tch::no_grad_guard();
        let mut grids = PairGrids::default();
        let mut starts = Vec::new();
        for pair in tasks.iter().copied().flatten() {
            grids.push(pair, self.frame);
            starts.push(pair.start.clone());
        }
        let state = self.lstm.start(starts.len() as i64);
        Box::new(LstmRollouts { model: self, pairs: grids.encode(&self.pairs), starts, state })
    }

    fn remembers(&self) -> bool {
        true
    }

    fn longest(&self) -> usize {
        TOO_LONG - 1
    }

    fn share(&self) -> Box<dyn TraceModel> {
        Box::new(self.clone())
    }
}

struct LstmRollouts<'m> {
    model: &'m IoTrace,
    /// The encoded pairs of the roll-outs that are kept, `[n, pair]`.
    pairs: Tensor,
    starts: Vec<World>,
    state: LstmState,
}

impl Rollouts for LstmRollouts<'_> {
    fn step(&mut self, now: &[(&World, Option<Action>)]) -> Vec<[f32; 6]> {
        if now.is_empty() {
            return Vec::new();
        }
        let _no_grad = tch::no_grad_guard();
        let mut steps = Steps::default();
        for ((world, before), start) in now.iter().zip(&self.starts) {
            let canvas = self.model.frame.canvas(world, start);
            steps.before.push(before.map_or(BEGIN, |action| action as i64));
            steps.bits.push(canvas.condition_bits().into());
            if self.model.grids.is_some() {
                steps.grids.push(&canvas);
            }
        }
        let x = self.model.inputs(self.pairs.shallow_clone(), &steps);
        let (out, state) = self.model.lstm.step(&x, &self.state);
        self.state = state;
        host_rows(&self.model.out.forward(&out))
    }

    fn keep(&mut self, rows: &[usize]) {
        let numbers: Vec<i64> = rows.iter().map(|&row| row as i64).collect();
        let index = indices(&numbers, self.pairs.device());
        self.pairs = self.pairs.index_select(0, &index);
        self.state = self.state.select(&index);
        self.starts = rows.iter().map(|&row| self.starts[row].clone()).collect();
    }
}
