//! What every network has in common: it is built from weights, and learns from samples.

use runtime::sample::Random;
use tch::{Kind, Reduction, Tensor};

use super::code_transformer::CodeTransformer;
use super::io_code::IoCode;
use super::io_trace::IoTrace;
use super::trace_code::TraceCode;
use super::trace_policy::TracePolicy;
use super::weights::{Sizes, Weights, WeightsError};
use super::{CodeModel, CodeTask, TraceModel};

/// A task to learn from.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The examples. The traces are what a code model is told of them, and what a trace model learns to write.
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
    /// In the metadata of its weights, and in its configuration.
    const NAME: &'static str;

    /// What it reads of samples, as plain numbers.
    type Features: Send + 'static;

    /// Takes its weights, and makes sure that there are no others.
    ///
    /// # Errors
    /// Sizes that don't go together, weights that are missing or of another shape.
    fn build(weights: Weights) -> Result<Self, WeightsError>;

    /// Prepares a batch, on any thread. What a sample has that the network can't read is left out. `random` draws
    /// what is learned from of what there is, such as one step of each trace.
    fn features(sizes: &Sizes, samples: &[Sample], random: &mut Random) -> Self::Features;

    /// How many predictions the batch asks for.
    fn targets(features: &Self::Features) -> usize;

    /// Predicts, on the device and in the kind of the weights.
    fn loss(&self, features: &Self::Features) -> Loss;

    /// The same as what search sees.
    fn model(self) -> Model;
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
    /// Of `logits [.., classes]` for as many `targets`, some of them [`IGNORED`].
    pub fn of(logits: &Tensor, targets: &Tensor) -> Loss {
        let logits = logits.flatten(0, -2).to_kind(Kind::Float);
        let targets = targets.reshape([-1]);
        let sum = logits.cross_entropy_loss::<Tensor>(&targets, None, Reduction::Sum, IGNORED, 0.0);
        let correct = logits.argmax(-1, false).eq_tensor(&targets).sum(Kind::Int64);
        Loss { sum, correct }
    }
}

/// Something to be done with a kind of network that is known by name only.
pub trait Visitor {
    type Output;

    fn visit<N: Network>(self) -> Self::Output;
}

/// Names of all kinds of networks.
pub const NAMES: [&str; 5] =
    [TracePolicy::NAME, CodeTransformer::NAME, IoCode::NAME, IoTrace::NAME, TraceCode::NAME];

/// The one list of networks: calls the visitor with that of the name, if there is one.
pub fn visit<V: Visitor>(name: &str, visitor: V) -> Option<V::Output> {
    Some(match name {
        TracePolicy::NAME => visitor.visit::<TracePolicy>(),
        CodeTransformer::NAME => visitor.visit::<CodeTransformer>(),
        IoCode::NAME => visitor.visit::<IoCode>(),
        IoTrace::NAME => visitor.visit::<IoTrace>(),
        TraceCode::NAME => visitor.visit::<TraceCode>(),
        _ => return None,
    })
}

/// Builds whichever network the weights name; None where there is none of that name.
pub fn build(weights: Weights) -> Option<Result<Model, WeightsError>> {
    struct Build<'a>(Weights<'a>);
    impl Visitor for Build<'_> {
        type Output = Result<Model, WeightsError>;

        fn visit<N: Network>(self) -> Self::Output {
            N::build(self.0).map(N::model)
        }
    }
    let name = weights.model().to_owned();
    visit(&name, Build(weights))
}
