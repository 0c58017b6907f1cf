//! Long short-term memory (Hochreiter and Schmidhuber 1997) of several layers, in one or both directions, on torch's
//! own: one call for whole sequences, cuDNN where there is CUDA, and the same call for a single step.

use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::parameters::Init;
use super::tensors::dims;
use super::weights::{Weight, Weights, WeightsError};
use super::work::count;

/// Gates of a cell, in torch's order: input, forget, candidate, output.
const GATES: i64 = 4;

#[derive(Clone)]
pub(crate) struct Lstm {
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
pub(crate) struct LstmSize {
    pub inputs: i64,
    /// Width of the state, of each direction.
    pub hidden: i64,
    pub layers: i64,
    /// Whether a second one reads the sequence from its end; the two outputs lie side by side.
    pub both_ways: bool,
    pub start: Start,
}

/// What an [`Lstm`] remembers of `n` sequences: state and cell, each `[layers, n, hidden]`.
pub(crate) struct LstmState {
    pub h: Tensor,
    pub c: Tensor,
}

impl LstmState {
    /// The memory of these sequences only, in this order: `rows [m]`.
    pub(crate) fn select(&self, rows: &Tensor) -> LstmState {
        LstmState { h: self.h.index_select(1, rows), c: self.c.index_select(1, rows) }
    }

    /// The memory of the first `n` sequences.
    pub(crate) fn first(&self, n: i64) -> LstmState {
        LstmState { h: self.h.narrow(1, 0, n), c: self.c.narrow(1, 0, n) }
    }
}

impl Lstm {
    /// Torch adds two biases; the second one is constant here, and 0 but for the forget gate, which a 1 opens at the
    /// start (Jozefowicz et al. 2015).
    pub(crate) fn load(w: &mut Weights, name: &str, size: LstmSize) -> Result<Lstm, WeightsError> {
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
    pub(crate) fn start(&self, n: i64) -> LstmState {
        let options = (self.weights[0].kind(), self.weights[0].device());
        let zeros = || Tensor::zeros([self.layers * self.directions, n, self.hidden], options);
        LstmState { h: zeros(), c: zeros() }
    }

    /// Takes one step of `n` sequences: `x [n, inputs]` → `[n, hidden]`, and the memory after it.
    pub(crate) fn step(&self, x: &Tensor, state: &LstmState) -> (Tensor, LstmState) {
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
    pub(crate) fn packed(&self, x: &Tensor, counts: &[i64]) -> Tensor {
        let out = match x.device() {
            Device::Cpu if x.requires_grad() => self.packed_by_steps(x, counts),
            _ => self.packed_at_once(x, counts),
        };
        self.count(x, &out);
        out
    }

    fn packed_at_once(&self, x: &Tensor, counts: &[i64]) -> Tensor {
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
        out
    }

    /// Does what torch's packed LSTM does. On a CPU that takes a part of all inputs at each step, and the gradient of
    /// each part is a tensor for all of them, which costs more than the arithmetic.
    fn packed_by_steps(&self, x: &Tensor, counts: &[i64]) -> Tensor {
        let mut x = x.shallow_clone();
        for layer in self.weights.chunks(4 * self.directions as usize) {
            let directions: Vec<Tensor> = layer
                .chunks(4)
                .enumerate()
                .map(|(direction, cell)| outputs(cell, &x, counts, direction == 1))
                .collect();
            x = Tensor::cat(&directions, 1);
        }
        x
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

/// The outputs of one cell over packed sequences, from their starts or from their ends: `[sum(counts), hidden]`.
fn outputs(cell: &[Weight], x: &Tensor, counts: &[i64], from_ends: bool) -> Tensor {
    let [of_input, of_state, bias, open] = cell else {
        unreachable!("a cell has two matrices and two biases")
    };
    let [_, hidden] = dims(of_state, "[4 hidden, hidden]");
    let parts = x.linear(of_input, Some(&(&**bias + &**open))).split_with_sizes(counts, 0);
    let of_state = of_state.tr();
    let zeros = |n: i64| Tensor::zeros([n, hidden], (x.kind(), x.device()));
    let mut times: Vec<usize> = (0..counts.len()).collect();
    if from_ends {
        times.reverse();
    }
    let mut live = counts[times[0]];
    let (mut h, mut c) = (zeros(live), zeros(live));
    let mut outputs: Vec<Tensor> = (0..counts.len()).map(|_| Tensor::new()).collect();
    for time in times {
        let count = counts[time];
        if count < live {
            (h, c) = (h.narrow(0, 0, count), c.narrow(0, 0, count));
        } else if count > live {
            let begun = zeros(count - live);
            (h, c) = (Tensor::cat(&[&h, &begun], 0), Tensor::cat(&[&c, &begun], 0));
        }
        live = count;
        let gates = (&parts[time] + h.mm(&of_state)).chunk(GATES, 1);
        c = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
        h = gates[3].sigmoid() * c.tanh();
        outputs[time] = h.shallow_clone();
    }
    Tensor::cat(&outputs, 0)
}

/// The places of packed sequences: which step of which sequence lies where.
#[derive(Debug, Default)]
pub(crate) struct Packing {
    /// Numbers of the sequences, the longest first; equally long ones in their order.
    pub order: Vec<usize>,
    /// How many sequences are longer than 0, 1, 2 and so on steps.
    pub counts: Vec<i64>,
}

impl Packing {
    pub(crate) fn of(lengths: &[usize]) -> Packing {
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        order.sort_by_key(|&sequence| std::cmp::Reverse(lengths[sequence]));
        let longest = order.first().map_or(0, |&sequence| lengths[sequence]);
        let longer = |time: usize| order.partition_point(|&sequence| lengths[sequence] > time) as i64;
        Packing { counts: (0..longest).map(longer).collect(), order }
    }

    /// Sequence and time of each place, in the order of the places.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let live =
            |(time, &count): (usize, &i64)| self.order[..count as usize].iter().map(move |&s| (s, time));
        self.counts.iter().enumerate().flat_map(live)
    }
}

#[cfg(test)]
mod tests {
    use tch::Kind;

    use super::*;

    #[test]
    fn steps_one_by_one_are_torchs_own() {
        let counts = [5, 5, 3, 2, 1, 1];
        let total: i64 = counts.iter().sum();
        for directions in [1, 2] {
            let (inputs, hidden, layers) = (3, 4, 2);
            let shapes = (0..layers * directions).flat_map(|cell| {
                let inputs = if cell < directions { inputs } else { directions * hidden };
                [vec![16, inputs], vec![16, hidden], vec![16], vec![16]]
            });
            let weights: Vec<Weight> = shapes
                .map(|shape| {
                    Weight::from(Tensor::randn(shape, (Kind::Float, Device::Cpu)).set_requires_grad(true))
                })
                .collect();
            let lstm = Lstm { weights, layers, directions, hidden };
            let x = Tensor::randn([total, inputs], (Kind::Float, Device::Cpu));
            let weighted = Tensor::randn([total, directions * hidden], (Kind::Float, Device::Cpu));
            let gradients = |out: &Tensor| {
                (out * &weighted).sum(Kind::Float).backward();
                let one = |weight: &Weight| {
                    let mut gradient = weight.grad();
                    let kept = gradient.copy();
                    let _ = gradient.zero_();
                    kept
                };
                lstm.weights.iter().map(one).collect::<Vec<_>>()
            };
            let (own, torchs) = (lstm.packed_by_steps(&x, &counts), lstm.packed_at_once(&x, &counts));
            assert!(own.allclose(&torchs, 1e-5, 1e-5, false), "{directions} directions");
            for (own, torchs) in gradients(&own).iter().zip(&gradients(&torchs)) {
                assert!(own.allclose(torchs, 1e-4, 1e-5, false), "{directions} directions");
            }
        }
    }
}
