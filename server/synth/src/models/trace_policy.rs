//! I/O → TRACE, one step at a time: a convolutional policy that looks at the current and the target world from the
//! agent's point of view, and remembers nothing. 439,750 weights at the starting sizes.
//!
//! ```text
//! planes   [n, 32, 16, 16]      current and target world, both turned so that the agent looks north
//! trunk    [n, 64, 16, 16]      stem + 5 residual blocks of two 3×3 convolutions
//! features [n, 3 * 64 + 4]      at the agent, at the target cell, maximum over the canvas, target heading
//! logits   [n, 6]               five actions and stop
//! ```

use dataset::features::Canvas;
use rayon::prelude::*;
use runtime::sample::Random;
use runtime::{Action, World};
use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::config::{Config, ConfigError, check_sizes};
use super::layers::{Linear, Trunk};
use super::network::{Loss, Model, Network, Sample};
use super::planes::Canvases;
use super::tensors::{host_rows, indices, tensor};
use super::weights::{Weights, WeightsError};
use super::{Pair, Rollouts, TraceModel};

/// The class of the decision to stop.
const STOP: i64 = 5;
/// The number of pairs of worlds that one thread prepares at a time.
const CHUNK: usize = 256;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracePolicyConfig {
    /// Channels of the trunk.
    pub channels: i64,
    /// Residual blocks of the trunk.
    pub blocks: i64,
    /// Width of the hidden layer.
    pub hidden: i64,
}

impl Config for TracePolicyConfig {
    fn check(&self) -> Result<(), ConfigError> {
        let TracePolicyConfig { channels, blocks, hidden } = *self;
        check_sizes(&[("channels", channels, 1024), ("blocks", blocks, 64), ("hidden", hidden, 8192)])
    }
}

#[derive(Clone)]
pub struct TracePolicy {
    trunk: Trunk,
    hidden: Linear,
    out: Linear,
    channels: i64,
}

/// Pairs of current and target worlds as plain numbers.
#[derive(Default)]
pub struct States {
    canvases: Canvases,
    /// Cells of the agents, now and at the goal, `[n]`.
    here: Vec<i64>,
    there: Vec<i64>,
    /// Heading at the goal, seen from now, `[n]`.
    turn: Vec<i64>,
}

impl States {
    fn push(&mut self, now: &Canvas, target: &Canvas) {
        let quarter = now.heading as u8;
        let (now, target) = (now.rotated(quarter), target.rotated(quarter));
        self.canvases.push(&now, &target);
        self.here.push(now.place() as i64);
        self.there.push(target.place() as i64);
        self.turn.push(target.heading as i64);
    }

    fn of(states: &[(&World, &World)]) -> States {
        let parts: Vec<States> = states
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut part = States::default();
                chunk.iter().for_each(|(now, target)| part.push(&Canvas::of(now), &Canvas::of(target)));
                part
            })
            .collect();
        let mut all = States { canvases: Canvases::with_capacity(states.len()), ..States::default() };
        for part in &parts {
            all.canvases.append(&part.canvases);
            all.here.extend(&part.here);
            all.there.extend(&part.there);
            all.turn.extend(&part.turn);
        }
        all
    }
}

impl TracePolicy {
    /// The logits, `[n, 6]`, in the dtype of the weights.
    fn forward(&self, states: &States) -> Tensor {
        let (device, kind) = (self.trunk.device(), self.trunk.kind());
        let rows = states.canvases.len() as i64;
        let f = self.trunk.forward(&states.canvases.planes(device, kind));
        let f = f.flatten(2, 3);
        let at = |place: &[i64]| {
            let index = tensor(place, &[rows, 1, 1], device).expand([rows, self.channels, 1], false);
            f.gather(2, &index, false).squeeze_dim(2)
        };
        let turn = indices(&states.turn, device).one_hot(4).to_kind(kind);
        let features = Tensor::cat(&[at(&states.here), at(&states.there), f.amax([2], false), turn], 1);
        self.out.forward(&self.hidden.forward(&features).relu())
    }

    /// The logits over the five actions and stop, for each current and target world.
    pub fn logits(&self, states: &[(&World, &World)]) -> Vec<[f32; 6]> {
        host_rows(&tch::no_grad(|| self.forward(&States::of(states))))
    }
}

impl Network for TracePolicy {
    const NAME: &'static str = "TracePolicy";

    type Config = TracePolicyConfig;

    /// States, and what was done in each: an action or [`STOP`].
    type Features = (States, Vec<i64>);

    fn build(config: &TracePolicyConfig, w: &mut Weights) -> Result<TracePolicy, WeightsError> {
        let TracePolicyConfig { channels, blocks, hidden } = *config;
        Ok(TracePolicy {
            trunk: Trunk::load(w, channels, blocks)?,
            hidden: Linear::load(w, "hidden", hidden, 3 * channels + 4)?,
            out: Linear::load(w, "out", 6, hidden)?,
            channels,
        })
    }

    /// Draws one step of each trace: neighbouring states are so alike that more of them would add little.
    fn features(_: &TracePolicyConfig, samples: &[Sample], random: &mut Random) -> (States, Vec<i64>) {
        let (mut states, mut targets) = (States::default(), Vec::new());
        for (pair, trace) in samples.iter().flat_map(|s| s.task.pairs.iter().zip(&s.task.traces)) {
            let Some(trace) = trace else { continue };
            let time = random.below(trace.len() as u32 + 1) as usize;
            let mut now = Canvas::of(&pair.start);
            for &action in &trace[..time] {
                now.act(action);
            }
            states.push(&now, &Canvas::of(&pair.goal));
            targets.push(trace.get(time).map_or(STOP, |&action| action as i64));
        }
        (states, targets)
    }

    fn targets((_, targets): &(States, Vec<i64>)) -> usize {
        targets.len()
    }

    fn loss(&self, (states, targets): &(States, Vec<i64>)) -> Loss {
        let targets = indices(targets, self.trunk.device());
        Loss::of(&self.forward(states), &targets)
    }

    fn model(self) -> Model {
        Model::Trace(Box::new(self))
    }
}

impl TraceModel for TracePolicy {
    fn begin<'m>(&'m self, tasks: &[&[Pair]]) -> Box<dyn Rollouts + 'm> {
        let goals: Vec<World> = tasks.iter().flat_map(|pairs| pairs.iter().map(|p| p.goal.clone())).collect();
        Box::new(PolicyRollouts { policy: self, rows: (0..goals.len()).collect(), goals })
    }

    fn remembers(&self) -> bool {
        false
    }

    fn share(&self) -> Box<dyn TraceModel> {
        Box::new(self.clone())
    }
}

struct PolicyRollouts<'m> {
    policy: &'m TracePolicy,
    goals: Vec<World>,
    /// The goal of each roll-out that is kept.
    rows: Vec<usize>,
}

impl Rollouts for PolicyRollouts<'_> {
    fn step(&mut self, now: &[(&World, Option<Action>)]) -> Vec<[f32; 6]> {
        let goals = self.rows.iter().map(|&row| &self.goals[row]);
        let states: Vec<_> = now.iter().zip(goals).map(|((world, _), goal)| (*world, goal)).collect();
        self.policy.logits(&states)
    }

    fn keep(&mut self, rows: &[usize]) {
        self.rows = rows.iter().map(|&r| self.rows[r]).collect();
    }

    /// A step depends on the current world and the goal alone, so that any roll-outs go together.
    fn join(&mut self, tasks: &[&[Pair]]) -> bool {
        let goals: Vec<World> = self.rows.iter().map(|&row| self.goals[row].clone()).collect();
        let new = tasks.iter().flat_map(|pairs| pairs.iter().map(|pair| pair.goal.clone()));
        self.goals = goals.into_iter().chain(new).collect();
        self.rows = (0..self.goals.len()).collect();
        true
    }
}
