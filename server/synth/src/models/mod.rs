//! The networks, and the two narrow interfaces through which search sees them: a [`TraceModel`] rolls out what the
//! agent did, a [`CodeModel`] scores programs token by token. Every system of the project is one of each: a
//! convolutional policy or an LSTM with a history, a Transformer over all examples or an LSTM decoder per example
//! whose outputs are pooled.

mod attended_traces;
pub mod carried;
pub mod code_transformer;
pub mod config;
mod grid_encoder;
mod grids;
pub mod io_code;
pub mod io_trace;
pub mod layers;
mod load;
mod lstm;
pub mod network;
mod pair_encoder;
pub mod parameters;
pub mod planes;
mod program_lstm;
pub mod registry;
mod scores;
mod shared;
pub mod step_decoder;
pub mod tensors;
pub mod trace_code;
pub mod trace_policy;
pub mod uniform;
pub mod weights;
mod work;

pub use load::{LoadError, Models};
pub use scores::{Asked, Extension, Scores, Shortlist};
pub use shared::{reason, share_device};
pub use work::{Work, counted};

use runtime::{Action, World};

/// The number of compact tokens, which all systems write ([`dataset::compact`]).
pub const VOCABULARY: usize = 42;

/// The two worlds of an example that has an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub start: World,
    pub goal: World,
}

impl From<&dataset::Example> for Pair {
    fn from(example: &dataset::Example) -> Pair {
        Pair { start: example.input.clone(), goal: example.output.clone() }
    }
}

/// I/O → TRACE.
pub trait TraceModel: Send {
    /// Starts one roll-out per pair, numbered through all tasks. A task's pairs come together, so that a model may
    /// condition each on the others.
    fn begin<'m>(&'m self, tasks: &[&[Pair]]) -> Box<dyn Rollouts + 'm>;

    /// Whether a step depends on more than the current world and the goal. Where it does not, a roll-out that comes
    /// to a world it has already seen would go round for ever.
    fn remembers(&self) -> bool;

    /// The greatest number of actions in a trace.
    fn longest(&self) -> usize {
        75
    }

    /// A model for another thread, which uses the same weights.
    fn share(&self) -> Box<dyn TraceModel>;
}

/// Roll-outs under way, with whatever the model remembers of each.
pub trait Rollouts {
    /// Logits over the five actions and stop, for every roll-out that is kept. `now` gives each one's current world
    /// and the action that led to it (`None` at the start).
    fn step(&mut self, now: &[(&World, Option<Action>)]) -> Vec<[f32; 6]>;

    /// Goes on with these roll-outs only, in this order; one may be named several times.
    fn keep(&mut self, rows: &[usize]);

    /// Takes the roll-outs of more tasks in, which count on from those that are kept. It gives `false` where a model
    /// can't do that; where it panics, nothing has changed.
    fn join(&mut self, _tasks: &[&[Pair]]) -> bool {
        false
    }
}

/// What a program is to be found for: the examples and, where it is known, what the agent does in each.
#[derive(Debug, Clone)]
pub struct CodeTask {
    /// The examples, as many as [`CodeModel::examples`] allows.
    pub pairs: Vec<Pair>,
    /// One trace per pair; `None` where none is known.
    pub traces: Vec<Option<Vec<Action>>>,
}

/// I/O (+ TRACE) → CODE.
pub trait CodeModel: Send {
    /// Reads the tasks; the decoder then scores programs for all of them together.
    fn begin<'m>(&'m self, tasks: &[CodeTask]) -> Box<dyn Decoder + 'm>;

    /// Reads the tasks for beams of `width` rows each. Where several workers share a device, only beams of one width are
    /// computed together: a step takes as many rows for every task as for the one that has most.
    fn begin_beam<'m>(&'m self, tasks: &[CodeTask], _width: usize) -> Box<dyn Decoder + 'm> {
        self.begin(tasks)
    }

    /// How many examples a task may have.
    fn examples(&self) -> std::ops::RangeInclusive<usize>;

    /// The greatest number of tokens in a program, the end of the program included.
    fn longest(&self) -> usize;

    /// The greatest number of actions in a trace that it reads; a longer trace tells it nothing.
    fn longest_trace(&self) -> usize {
        75
    }

    /// A model for another thread, which uses the same weights.
    fn share(&self) -> Box<dyn CodeModel>;
}

/// One prefix in the beam: an earlier prefix, and the token that it was extended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The number of the task in the first step, later a row of the step before. Rows may leave and fork.
    pub parent: usize,
    /// The token, which is the begin token in the first step.
    pub token: u8,
}

/// Programs under way, with cached keys and values (or LSTM states) per prefix.
pub trait Decoder {
    /// Log-probabilities of the next token, `[rows.len(), VOCABULARY]` flat. Rows of one task lie together, tasks in
    /// their order; a task without rows is over.
    fn step(&mut self, rows: &[Row]) -> Vec<f32>;

    /// Takes a step and leaves the scores where they were computed. A model whose scores are a tensor gives that, and
    /// the likeliest extensions are found on its device.
    fn scores(&mut self, rows: &[Row]) -> Scores {
        Scores::Host(self.step(rows))
    }

    /// Takes more tasks in, which may come at any step: each is one more row after those of the last step. It gives
    /// `false` where a model can't do that; where it panics, nothing has changed.
    fn join(&mut self, _tasks: &[CodeTask]) -> bool {
        false
    }
}
