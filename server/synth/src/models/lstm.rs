//! Long short-term memory (Hochreiter and Schmidhuber 1997) of several layers, in one or both directions, on torch's
//! own: one call for whole sequences, cuDNN where there is CUDA, and the same call for a single step.

use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::parameters::Init;
use super::tensors::dims;
use super::weights::{Weight, Weights, WeightsError};
use super::work::count;

/// Gates of a cell, in torch's order: input, forget, candidate, output.
const GATES: i64 = 4;

#[derive(Clone)]
pub struct Lstm {
    /// For each layer and direction, in torch's order: the matrix of the input `[4 h, inputs]`, that of the state
    /// `[4 h, h]`, and the two biases `[4 h]`.
    weights: Vec<Weight>,
    layers: i64,
    directions: i64,
    hidden: i64,
}

/// How weights start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// Rotations from state to state, and forget gates that are open: training starts at once.
    #[default]
    Steady,
    /// All weights from the same uniform distribution, as in the published code.
    Published,
}

/// Shape of an [`Lstm`].
#[derive(Debug, Clone, Copy)]
pub struct LstmSize {
    pub inputs: i64,
    /// Width of the state, of each direction.
    pub hidden: i64,
    pub layers: i64,
    /// Whether a second one reads the sequence from its end; the two outputs lie side by side.
    pub both_ways: bool,
    pub start: Start,
}

/// What an [`Lstm`] remembers of `n` sequences: state and cell, each `[layers, n, hidden]`.
pub struct LstmState {
    pub h: Tensor,
    pub c: Tensor,
}

impl LstmState {
    /// The memory of these sequences only, in this order: `rows [m]`.
    pub fn select(&self, rows: &Tensor) -> LstmState {
        LstmState { h: self.h.index_select(1, rows), c: self.c.index_select(1, rows) }
    }

    /// The memory of the first `n` sequences.
    pub fn first(&self, n: i64) -> LstmState {
        LstmState { h: self.h.narrow(1, 0, n), c: self.c.narrow(1, 0, n) }
    }
}

impl Lstm {
    /// Torch adds two biases; the second one is constant here, and 0 but for the forget gate, which a 1 opens at the
    /// start (Jozefowicz et al. 2015).
    pub fn load(w: &mut Weights, name: &str, size: LstmSize) -> Result<Lstm, WeightsError> {
        let LstmSize { inputs, hidden, layers, both_ways, start } = size;
        let (rotations, forget) = match start {
            Start::Steady => (Init::Orthogonal, 1.0),
            Start::Published => (Init::fan_in(hidden), 0.0),
        };
        let directions = 1 + i64::from(both_ways);
        let rows = GATES * hidden;
        let (mut matrices, mut biases, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
        for layer in 0..layers {
            let inputs = if layer == 0 { inputs } else { directions * hidden };
            for direction in ["forward", "backward"].into_iter().take(directions as usize) {
                let name = |part: &str| format!("{name}.{layer}.{direction}.{part}");
                let of_input = w.take(&name("input"), &[rows, inputs], Init::fan_in(hidden))?;
                let of_state = w.take(&name("state"), &[rows, hidden], rotations)?;
                let bias = w.take(&name("bias"), &[rows], Init::Zeros)?;
                let open = Tensor::zeros([GATES, hidden], (bias.kind(), bias.device()));
                let _ = open.get(1).fill_(forget);
                matrices.extend([of_input.flatten(0, 1), of_state.flatten(0, 1)]);
                biases.extend([bias.shallow_clone(), open.view([rows])]);
                shapes.push([inputs, hidden]);
            }
        }
        // All in one piece of memory, in cuDNN's order, so that cuDNN does not collect them anew in every call.
        let flat = Tensor::cat(&matrices.iter().chain(&biases).collect::<Vec<_>>(), 0);
        let lengths: Vec<i64> = matrices.iter().chain(&biases).map(|part| part.numel() as i64).collect();
        let parts = flat.split_with_sizes(&lengths, 0);
        let (matrices, biases) = parts.split_at(matrices.len());
        let mut weights = Vec::new();
        for (shape, (matrices, biases)) in
            shapes.iter().zip(matrices.chunks_exact(2).zip(biases.chunks_exact(2)))
        {
            weights.extend(matrices.iter().zip(shape).map(|(m, &width)| Weight::from(m.view([rows, width]))));
            weights.extend(biases.iter().map(|bias| Weight::from(bias.shallow_clone())));
        }
        Ok(Lstm { weights, layers, directions, hidden })
    }

    /// The memory of `n` sequences that have not begun.
    pub fn start(&self, n: i64) -> LstmState {
        let options = (self.weights[0].kind(), self.weights[0].device());
        let zeros = || Tensor::zeros([self.layers * self.directions, n, self.hidden], options);
        LstmState { h: zeros(), c: zeros() }
    }

    /// Takes one step of `n` sequences: `x [n, inputs]` → `[n, hidden]`, and the memory after it.
    pub fn step(&self, x: &Tensor, state: &LstmState) -> (Tensor, LstmState) {
        let before = [state.h.contiguous(), state.c.contiguous()];
        let (out, h, c) = x.unsqueeze(0).lstm(
            &before,
            &self.tensors(),
            true,
            self.layers,
            0.0,
            self.learns(),
            self.directions == 2,
            false,
        );
        self.count(x, &out);
        (out.squeeze_dim(0), LstmState { h, c })
    }

    /// Runs whole sequences from their starts, packed: the longest sequence first, and one below the other the first
    /// steps of all sequences, the second steps of those that have one, and so on. `x [sum(counts), inputs]`, with
    /// `counts[t]` sequences longer than `t` → `[sum(counts), directions * hidden]`.
    pub fn packed(&self, x: &Tensor, counts: &[i64]) -> Tensor {
        let start = self.start(counts[0]);
        let (out, _, _) = Tensor::lstm_data(
            x,
            &Tensor::from_slice(counts),
            &[start.h, start.c],
            &self.tensors(),
            true,
            self.layers,
            0.0,
            self.learns(),
            self.directions == 2,
        );
        self.count(x, &out);
        out
    }

    /// Counts the steps of `x [steps, inputs]`: each takes a product with every matrix. Of what goes from layer to
    /// layer only the last, `out`, is counted as moved.
    fn count(&self, x: &Tensor, out: &Tensor) {
        let [steps, _] = dims(x, "[steps, inputs]");
        let matrices: Vec<&Tensor> = self.weights.iter().map(|w| &**w).filter(|w| w.dim() == 2).collect();
        let numbers: usize = matrices.iter().map(|matrix| matrix.numel()).sum();
        count(steps as usize * numbers, &[&[x, out], &matrices[..]].concat());
    }

    fn tensors(&self) -> Vec<Tensor> {
        self.weights.iter().map(|weight| weight.shallow_clone()).collect()
    }

    /// Whether gradients are needed, for which cuDNN keeps more.
    fn learns(&self) -> bool {
        self.weights[0].requires_grad()
    }
}

/// The places of packed sequences: which step of which sequence lies where.
#[derive(Debug, Default)]
pub struct Packing {
    /// Numbers of the sequences, the longest first; equally long ones in their order.
    pub order: Vec<usize>,
    /// How many sequences are longer than 0, 1, 2 and so on steps.
    pub counts: Vec<i64>,
}

impl Packing {
    pub fn of(lengths: &[usize]) -> Packing {
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        order.sort_by_key(|&sequence| std::cmp::Reverse(lengths[sequence]));
        let longest = order.first().map_or(0, |&sequence| lengths[sequence]);
        let longer = |time: usize| order.partition_point(|&sequence| lengths[sequence] > time) as i64;
        Packing { counts: (0..longest).map(longer).collect(), order }
    }

    /// Sequence and time of each place, in the order of the places.
    pub fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let live =
            |(time, &count): (usize, &i64)| self.order[..count as usize].iter().map(move |&s| (s, time));
        self.counts.iter().enumerate().flat_map(live)
    }
}
