//! The decoder, one token a step for a whole beam.
//!
//! The prefixes of a beam form a tree. Each node's keys and values are kept once, however many rows pass through
//! it; a step first drops the nodes that no row passes through any more, then adds one node per slot, and a mask lets
//! each slot see its own path only. Keys and values of the memory are computed once and shared by the whole beam.

use tch::{Kind, Tensor};

use super::super::CodeTask;
use super::super::layers::{Seen, attend};
use super::super::step_decoder::{Step, StepDecoder};
use super::super::tensors::{dims, indices, tensor};
use super::layers::{Cross, heads_of};
use super::paths::Paths;
use super::{CodeTransformer, padding_mask};

/// What is kept between the steps of a beam.
pub struct State {
    /// Keys and values of the memories: `[layers, 2, tasks, heads, memory, d / heads]`; the tasks are those that have
    /// rows.
    cross: Tensor,
    /// How much of each memory counts.
    lengths: Vec<i64>,
    /// `[tasks, 1, 1, memory]`; `None` where nothing is padded.
    cross_mask: Option<Tensor>,
    /// Keys and values of each layer's nodes, `[tasks * columns, 2 * d]`.
    nodes: Vec<Tensor>,
    paths: Paths,
}

impl State {
    /// `memory [tasks, length, d]`, of which the first `lengths[task]` count.
    pub fn new(model: &CodeTransformer, memory: &Tensor, lengths: Vec<i64>) -> State {
        let empty = || Tensor::zeros([0, 2 * model.d], (memory.kind(), memory.device()));
        State {
            cross: model.cross_keys_and_values(memory).contiguous(),
            cross_mask: padding_mask(&lengths, memory.device()),
            nodes: model.decoder.iter().map(|_| empty()).collect(),
            paths: Paths::new(),
            lengths,
        }
    }

    /// Drops the memories of tasks that have ended, and what only they needed as padding.
    fn keep(&mut self, step: &Step) {
        let index = indices(&step.blocks, self.cross.device());
        self.lengths = step.blocks.iter().map(|&block| self.lengths[block as usize]).collect();
        let longest = self.lengths.iter().copied().max().unwrap_or(0);
        self.cross = self.cross.narrow(4, 0, longest).index_select(2, &index);
        let mask = self.cross_mask.as_ref();
        self.cross_mask = mask.map(|mask| mask.narrow(3, 0, longest).index_select(0, &index));
    }
}

impl StepDecoder for CodeTransformer {
    type State = State;

    fn encode(&self, tasks: &[CodeTask]) -> State {
        let (memory, lengths) = self.read(tasks);
        State::new(self, &memory, lengths)
    }

    /// Only numbers of slots, columns and tokens go to the device, and nothing comes back.
    fn step(&self, state: &mut State, step: &Step) -> Tensor {
        if step.ended {
            state.keep(step);
        }
        let (device, kind) = (state.cross.device(), state.cross.kind());
        let (tasks, slots, d) = (step.tasks, step.slots, self.d);
        let nodes = state.paths.step(step);
        let columns = nodes.kept + slots;
        let kept = indices(&nodes.old, device);
        let mask = (columns > 1).then(|| {
            let seen = tensor(&nodes.seen, &[tasks, 1, slots, nodes.seen_width], device);
            let unseen = Tensor::full([tasks, 1, slots, columns], f64::NEG_INFINITY, (kind, device));
            unseen.scatter_value(-1, &seen.to_kind(Kind::Int64), 0.0)
        });
        let seen = mask.as_ref().map_or(Seen::All, Seen::Masked);
        let tokens = self.token.index_select(0, &indices(&step.tokens, device)).view([tasks, slots, d]);
        let mut x = tokens + self.position.index_select(0, &indices(&step.ages, device)).unsqueeze(1);
        for (number, (layer, cached)) in self.decoder.iter().zip(&mut state.nodes).enumerate() {
            let both = state.cross.get(number as i64);
            let cross_seen = state.cross_mask.as_ref().map_or(Seen::All, Seen::Masked);
            let cross = Cross { keys: both.get(0), values: both.get(1), seen: cross_seen };
            x = layer.forward(x, self.heads, &cross, |qkv| {
                let [q] = heads_of(&qkv.narrow(2, 0, d), self.heads);
                let old = cached.index_select(0, &kept).view([tasks, nodes.kept, 2 * d]);
                let all = Tensor::cat(&[old, qkv.narrow(2, d, 2 * d)], 1);
                let [k, v] = heads_of(&all, self.heads);
                *cached = all.view([tasks * columns, 2 * d]);
                attend(&q, &k, &v, seen)
            });
        }
        self.out.forward(&self.decoder_norm.forward(&x))
    }

    fn join(&self, state: &mut State, tasks: &[CodeTask]) -> bool {
        let new = self.encode(tasks);
        let length = |state: &State| {
            let [.., memory, _] = dims::<6>(&state.cross, "[layers, 2, tasks, heads, memory, d / heads]");
            memory
        };
        let longest = length(state).max(length(&new));
        let padded = |state: &State| state.cross.constant_pad_nd([0, 0, 0, longest - length(state)]);
        let cross = Tensor::cat(&[padded(state), padded(&new)], 2);
        let lengths = [&state.lengths[..], &new.lengths[..]].concat();
        state.cross_mask = padding_mask(&lengths, cross.device());
        (state.cross, state.lengths) = (cross, lengths);
        state.paths.join(tasks.len());
        true
    }
}
