//! I/O → TRACE, one step at a time: a convolutional policy that looks at the current and the target world from the
//! agent's point of view, and remembers nothing.
//!
//! ```text
//! planes   [n, 32, 16, 16]      current and target world, both turned so that the agent looks north
//! trunk    [n, 64, 16, 16]      stem + 5 residual blocks of two 3×3 convolutions
//! features [n, 3 * 64 + 4]      at the agent, at the target cell, maximum over the canvas, target heading
//! logits   [n, 6]               five actions and stop
//! ```

use dataset::features::{CELLS, Canvas, PLANES, planes};
use runtime::{Action, World};
use tch::{Kind, Tensor};

use super::layers::{Linear, Trunk};
use super::weights::{Weights, WeightsError};
use super::{Pair, Rollouts, TraceModel, tensor};

pub struct TracePolicy {
    trunk: Trunk,
    hidden: Linear,
    out: Linear,
    channels: i64,
}

impl TracePolicy {
    pub const NAME: &'static str = "TracePolicy";

    pub fn load(mut w: Weights) -> Result<TracePolicy, WeightsError> {
        w.expect_model(TracePolicy::NAME)?;
        let (channels, blocks, hidden) =
            (w.size("channels", 1024)?, w.size("blocks", 64)?, w.size("hidden", 8192)?);
        let policy = TracePolicy {
            trunk: Trunk::load(&mut w, channels, blocks)?,
            hidden: Linear::load(&mut w, "hidden", hidden, 3 * channels + 4)?,
            out: Linear::load(&mut w, "out", 6, hidden)?,
            channels,
        };
        w.finish()?;
        Ok(policy)
    }

    /// Current and target worlds → logits over the five actions and stop.
    pub fn logits(&self, states: &[(&World, &World)]) -> Vec<[f32; 6]> {
        let n = states.len();
        let mut input = vec![0f32; n * PLANES * CELLS];
        let (mut here, mut there) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let mut turn = vec![0f32; n * 4];
        for (i, (now, target)) in states.iter().enumerate() {
            let quarter = now.robot().heading as u8;
            let (now, target) = (Canvas::of(now).rotated(quarter), Canvas::of(target).rotated(quarter));
            planes(&now, &target, &mut input[i * PLANES * CELLS..][..PLANES * CELLS]);
            here.push(now.place() as i64);
            there.push(target.place() as i64);
            turn[i * 4 + target.heading as usize] = 1.0;
        }
        let device = self.trunk.device();
        let rows = n as i64;
        let f = self.trunk.forward(&tensor(&input, &[rows, PLANES as i64, 16, 16], device));
        let f = f.view([rows, self.channels, CELLS as i64]);
        let at = |place: &[i64]| {
            let index = tensor(place, &[rows, 1, 1], device).expand([rows, self.channels, 1], false);
            f.gather(2, &index, false).squeeze_dim(2)
        };
        let features =
            Tensor::cat(&[at(&here), at(&there), f.amax([2], false), tensor(&turn, &[rows, 4], device)], 1);
        let logits = self.out.forward(&self.hidden.forward(&features).relu_());
        let mut flat = vec![0f32; n * 6];
        logits.to_device(tch::Device::Cpu).to_kind(Kind::Float).contiguous().copy_data(&mut flat, n * 6);
        flat.as_chunks().0.to_vec()
    }
}

impl TraceModel for TracePolicy {
    fn begin<'m>(&'m self, tasks: &[&[Pair]]) -> Box<dyn Rollouts + 'm> {
        let goals = tasks.iter().flat_map(|pairs| pairs.iter().map(|p| p.goal.clone())).collect();
        Box::new(PolicyRollouts { policy: self, goals })
    }

    fn remembers(&self) -> bool {
        false
    }

    fn share(&self) -> Box<dyn TraceModel> {
        Box::new(TracePolicy {
            trunk: self.trunk.share(),
            hidden: self.hidden.share(),
            out: self.out.share(),
            channels: self.channels,
        })
    }
}

struct PolicyRollouts<'m> {
    policy: &'m TracePolicy,
    goals: Vec<World>,
}

impl Rollouts for PolicyRollouts<'_> {
    fn step(&mut self, now: &[(&World, Option<Action>)]) -> Vec<[f32; 6]> {
        let states: Vec<_> = now.iter().zip(&self.goals).map(|((world, _), goal)| (*world, goal)).collect();
        self.policy.logits(&states)
    }

    fn keep(&mut self, rows: &[usize]) {
        self.goals = rows.iter().map(|&r| self.goals[r].clone()).collect();
    }
}
