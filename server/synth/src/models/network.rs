//! What every network has in common: it is built from weights, and learns from samples.

use runtime::sample::Random;
use tch::{Kind, Reduction, Tensor};

use super::config::{Config, MODEL, Source};
use super::weights::{Weights, WeightsError};
use super::{CodeModel, CodeTask, TraceModel};

/// A task to learn from.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The examples. The traces are what a code model reads of them, and what a trace model learns to write.
    pub task: CodeTask,
    /// Compact tokens without the begin token, the end of the program included.
    pub program: Vec<u8>,
}

/// What a network can be asked.
pub enum Model {
    Trace(Box<dyn TraceModel>),
    Code(Box<dyn CodeModel>),
}

/// One kind of network: I/O → TRACE, or I/O (+ TRACE) → CODE.
pub trait Network: Sized + 'static {
    /// The network's name in the metadata of its weights, and in the configuration of its training.
    const NAME: &'static str;

    /// Its sizes and variants.
    type Config: Config;

    /// What it reads of samples, as plain numbers.
    type Features: Send + 'static;

    /// Takes the weights that this configuration needs.
    ///
    /// # Errors
    /// Where weights are missing, or of another shape.
    fn build(config: &Self::Config, w: &mut Weights) -> Result<Self, WeightsError>;

    /// Prepares a batch, on any thread. What a sample has that the network can't read is left out. `random` draws
    /// what is learned from where there is more than that, such as one step of each trace.
    fn features(config: &Self::Config, samples: &[Sample], random: &mut Random) -> Self::Features;

    /// The number of predictions that the batch asks for.
    fn targets(features: &Self::Features) -> usize;

    /// Predicts, on the device and in the dtype of the weights.
    fn loss(&self, features: &Self::Features) -> Loss;

    /// The network as search sees it.
    fn model(self) -> Model;

    /// Builds the network from these weights, and makes sure that there are no others.
    ///
    /// # Errors
    /// Where weights are missing, of another shape, or unknown.
    fn load(config: &Self::Config, mut weights: Weights) -> Result<Self, WeightsError> {
        let network = Self::build(config, &mut weights)?;
        weights.finish()?;
        Ok(network)
    }

    /// Builds the network of a weight file.
    ///
    /// # Errors
    /// Where the file is of another network, or does not fit its configuration.
    fn of_file(weights: Weights) -> Result<Self, WeightsError> {
        if weights.metadata().get(MODEL).is_none_or(|model| model != Self::NAME) {
            return Err(weights.of_another_model(Self::NAME));
        }
        let config = Source::Metadata(weights.metadata()).read();
        Self::load(&config.map_err(|error| weights.unusable(error))?, weights)
    }
}

/// How well a batch was predicted.
pub struct Loss {
    /// Sum of the cross-entropies in nats, float32, from which gradients flow.
    pub sum: Tensor,
    /// How often the likeliest was right, int64.
    pub correct: Tensor,
}

/// A target that counts for nothing.
pub const IGNORED: i64 = -100;

impl Loss {
    /// Compares `logits [.., classes]` with as many `targets`, some of them [`IGNORED`].
    pub fn of(logits: &Tensor, targets: &Tensor) -> Loss {
        let logits = logits.flatten(0, -2).to_kind(Kind::Float);
        let targets = targets.reshape([-1]);
        let sum = logits.cross_entropy_loss::<Tensor>(&targets, None, Reduction::Sum, IGNORED, 0.0);
        let correct = logits.argmax(-1, false).eq_tensor(&targets).sum(Kind::Int64);
        Loss { sum, correct }
    }
}
