//! A pair of worlds → 512 numbers, which the LSTM systems read at every step (Bunel et al. 2018, appendix).
//!
//! ```text
//! from, to  [n, 16, 16, 16]   planes of each world
//! stem      [n, 64, 16, 16]   32 + 32 channels, a 3×3 convolution and ReLU for each world
//! blocks    [n, 64, 16, 16]   two, each x + three times (3×3 convolution, ReLU)
//! out       [n, 512]          linear layer on all 64 × 256 numbers, layer normalisation
//! ```

use dataset::features::CELLS;
use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::config::{Config, ConfigError, check_sizes};
use super::grids::{Frame, GRID_PLANES, Grids};
use super::layers::{Conv, Linear, Norm, canvases, padded};
use super::lstm::Start;
use super::tensors::indices;
use super::weights::{Weights, WeightsError};
use super::{CodeTask, Pair};

/// What the configurations of all LSTM systems hold; the paper's values where nothing is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LstmConfig {
    pub frame: Frame,
    pub start: Start,
    /// Channels of the convolutions.
    pub channels: i64,
    /// Width of what is made of a pair of worlds.
    pub pair: i64,
    /// Width of what is made of one world, and of a token or previous action.
    pub embedding: i64,
    /// Width of the LSTMs' states.
    pub hidden: i64,
}

impl Default for LstmConfig {
    fn default() -> LstmConfig {
        let (frame, start) = (Frame::default(), Start::default());
        LstmConfig { frame, start, channels: 64, pair: 512, embedding: 256, hidden: 256 }
    }
}

impl Config for LstmConfig {
    fn check(&self) -> Result<(), ConfigError> {
        let LstmConfig { channels, pair, embedding, hidden, .. } = *self;
        let sizes = [("channels", channels), ("pair", pair), ("embedding", embedding), ("hidden", hidden)];
        check_sizes(&sizes.map(|(key, size)| (key, size, 8192)))?;
        if channels % 2 != 0 {
            return Err(ConfigError::size("channels", "even"));
        }
        if embedding % 4 != 0 {
            return Err(ConfigError::size("embedding", "a multiple of 4"));
        }
        Ok(())
    }
}

/// Residual blocks of three convolutions each, after Bunel et al.
#[derive(Clone)]
pub(crate) struct LgrlBlocks(Vec<[Conv; 3]>);

impl LgrlBlocks {
    pub(crate) fn load(w: &mut Weights, name: &str, channels: i64) -> Result<LgrlBlocks, WeightsError> {
        let conv =
            |w: &mut Weights, b, n| Conv::load(w, &format!("{name}.blocks.{b}.{n}"), channels, channels);
        let block = |b| Ok([conv(w, b, 0)?, conv(w, b, 1)?, conv(w, b, 2)?]);
        Ok(LgrlBlocks((0..2).map(block).collect::<Result<_, WeightsError>>()?))
    }

    pub(crate) fn forward(&self, x: Tensor) -> Tensor {
        self.0.iter().fold(x, |x, block| {
            let inner = block.iter().fold(x.shallow_clone(), |x, conv| conv.forward(&x).relu());
            x + inner
        })
    }
}

/// A pair of worlds → what the LSTMs read of it at every step.
#[derive(Clone)]
pub struct PairEncoder {
    from: Conv,
    to: Conv,
    blocks: LgrlBlocks,
    out: Linear,
    /// Layer normalisation, without which nothing is learned for a long time; the published network has none.
    norm: Option<Norm>,
}

impl PairEncoder {
    pub fn load(w: &mut Weights, name: &str, sizes: &LstmConfig) -> Result<PairEncoder, WeightsError> {
        let channels = sizes.channels;
        Ok(PairEncoder {
            from: Conv::load(w, &format!("{name}.from"), channels / 2, GRID_PLANES)?,
            to: Conv::load(w, &format!("{name}.to"), channels / 2, GRID_PLANES)?,
            blocks: LgrlBlocks::load(w, name, channels)?,
            out: Linear::load(w, &format!("{name}.out"), sizes.pair, channels * CELLS as i64)?,
            norm: match sizes.start {
                Start::Steady => Some(Norm::load(w, &format!("{name}.norm"), sizes.pair)?),
                Start::Published => None,
            },
        })
    }

    pub fn device(&self) -> tch::Device {
        self.out.device()
    }

    pub fn kind(&self) -> tch::Kind {
        self.out.kind()
    }

    /// Planes of the first and of the second worlds → `[n, pair]`.
    pub fn forward(&self, from: &Tensor, to: &Tensor) -> Tensor {
        let worlds = [self.from.forward(&padded(from)), self.to.forward(&padded(to))];
        let x = self.blocks.forward(Tensor::cat(&worlds, 1).relu()).narrow(0, 0, canvases(from));
        let out = self.out.forward(&x.flatten(1, 3));
        match &self.norm {
            Some(norm) => norm.forward(&out),
            None => out,
        }
    }
}

/// Pairs of worlds as plain numbers.
#[derive(Debug, Default)]
pub(crate) struct PairGrids {
    from: Grids,
    to: Grids,
}

impl PairGrids {
    pub(crate) fn push(&mut self, pair: &Pair, frame: Frame) {
        self.from.push(&frame.canvas(&pair.start, &pair.start));
        self.to.push(&frame.canvas(&pair.goal, &pair.start));
    }

    /// What the encoder makes of the pairs, `[n, pair]`.
    pub(crate) fn encode(&self, encoder: &PairEncoder) -> Tensor {
        let (device, kind) = (encoder.device(), encoder.kind());
        encoder.forward(&self.from.planes(device, kind), &self.to.planes(device, kind))
    }
}

/// The pairs of worlds of several tasks.
#[derive(Debug, Default)]
pub struct Pairs {
    grids: PairGrids,
    /// Which pair is which example: `[tasks, most]`. Tasks that have fewer repeat their first.
    pub order: Vec<i64>,
    /// The number of examples of the task that has most.
    pub most: i64,
}

impl Pairs {
    /// Takes the pairs of tasks, each of which has at least one.
    pub fn of(tasks: &[&CodeTask], frame: Frame) -> Pairs {
        let most = tasks.iter().map(|task| task.pairs.len()).max().unwrap_or(0);
        let mut pairs = Pairs { most: most as i64, ..Pairs::default() };
        let mut count = 0;
        for (number, task) in tasks.iter().enumerate() {
            task.pairs.iter().for_each(|pair| pairs.grids.push(pair, frame));
            let first = count;
            count += task.pairs.len() as i64;
            pairs.order.extend(first..count);
            pairs.order.resize((number + 1) * most, first);
        }
        pairs
    }

    /// What the encoder makes of the tasks' pairs, `[tasks, most, pair]`.
    pub fn encode(&self, encoder: &PairEncoder) -> Tensor {
        let order = indices(&self.order, encoder.device());
        self.grids.encode(encoder).index_select(0, &order).unflatten(0, [-1, self.most])
    }
}
