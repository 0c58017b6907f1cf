//! The messages. Grids and programs travel as the text a user would write, so that a request can be read,
//! recorded and typed by hand. The engine ends with its input, and what it was still working on with it.
//!
//! | method | direction | params → result |
//! |---|---|---|
//! | `status` | → engine | – → [`Status`] |
//! | `synthesize` | → engine | [`Synthesize`] → [`Outcome`]; [`Found`] and [`Progress`] notifications come first |
//! | `traces` | → engine | [`InferTraces`] → [`InferredTraces`] |
//! | `$/cancelRequest` | → engine | [`Cancel`]; the request then answers with error [`CANCELLED`] |
//! | `candidate` | ← engine | [`Found`] |
//! | `progress` | ← engine | [`Progress`], a few times a second |
//! | `shutdown` | → engine | – → null, then the engine ends |

use serde::{Deserialize, Serialize};

/// JSON-RPC error code of a cancelled request, as in LSP.
pub const CANCELLED: i64 = -32800;
/// JSON-RPC error code of a request whose content can't be used (bad grid, no hole, syntax error).
pub const INVALID: i64 = -32602;
/// A line longer than this many bytes is refused.
pub const MAX_LINE: usize = 16 << 20;

/// A program with holes and the examples it has to satisfy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Specification {
    /// Karel source: definitions only, without syntax errors, with at least one hole (`...` or `?`).
    pub program: String,
    /// At least one example.
    pub examples: Vec<Example>,
}

/// One pair of worlds that a program has to turn into each other, or a crash that it has to end in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// The name, by which messages speak of the example.
    pub name: String,
    /// Grid text, as in an example block.
    pub input: String,
    /// Grid text; absent where the run is expected to crash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Whether the run is expected to crash, in place of reaching an output.
    #[serde(default)]
    pub crashes: bool,
    /// The author's trace, by action names: then part of the specification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Vec<String>>,
}

/// The parameters of `synthesize`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Synthesize {
    /// What is wanted.
    pub specification: Specification,
    /// How long and how widely to search; absent fields have their defaults.
    #[serde(default)]
    pub budget: Budget,
}

/// When a search stops: at whichever limit it reaches first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Budget {
    /// Wall-clock milliseconds for the whole request, from when the engine has read it: waiting for others counts. Only
    /// where the machine is busy with other things, and as long as nothing was found and the first beam is not through,
    /// it may take up to twice as long.
    pub milliseconds: u64,
    /// At most this many verified candidates are returned, no two of the same behaviour on sampled worlds.
    pub candidates: usize,
    /// The width of the beam: how many partial programs are kept at each step.
    pub beam: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { milliseconds: 5_000, candidates: 5, beam: 50 }
    }
}

/// A program that the interpreter has run on every example, all passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// For each hole in source order, what stands in its place: a condition, a count, or statements
    /// (formatted at column 0, lines separated by `\n`, no final line end). A hole that `main` never comes to
    /// keeps its own text.
    pub fills: Vec<String>,
    /// The whole program with its holes filled, formatted.
    pub program: String,
    /// Natural logarithm of the model's probability; absent where the candidate was enumerated without the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_probability: Option<f64>,
    /// The number of dataset tokens of the whole program, by which programs count as shorter.
    pub length: usize,
    /// How many examples it passes, which is always all of them.
    pub examples_passed: usize,
    /// How far the program can be trusted, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<HeldOut>,
}

/// How often, in an evaluation, a program offered under the same circumstances (as many examples shown, at the same
/// place among the candidates, these alike or different in meaning) passed all examples of its task that were held out:
/// those of the task's six that were not shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldOut {
    /// The share in percent.
    pub percent: f64,
    /// The number of tasks that the share was measured on.
    pub tasks: u32,
}

/// Sent as soon as a candidate is verified. `id` is the request's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The number of the request that it was found for.
    pub id: u64,
    /// The program that was found.
    pub candidate: Candidate,
}

/// How far a request has come. `id` is the request's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The number of the request.
    pub id: u64,
    /// The time since the engine has read the request.
    pub milliseconds: u64,
    /// The number of finished programs that were run on the examples.
    pub programs_run: u64,
    /// How many examples the best of them passed.
    pub best_passed: usize,
    /// The number of verified candidates so far, no two of the same behaviour.
    pub candidates: usize,
}

/// The result of a search, whether or not anything was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Best first, by a choice that was fitted on generated tasks (likelihood, length, how the program's runs on the
    /// examples compare with the inferred traces, and the like); where the networks have proposed none, shortest
    /// first. No two that behaved alike, the shortest program of each behaviour, and none that is far-fetched beside
    /// the first.
    pub candidates: Vec<Candidate>,
    /// Whether two of the candidates differ in meaning, as seen on sampled worlds.
    pub ambiguous: bool,
    /// The number of examples with an output whose trace was given or inferred.
    pub traces_found: usize,
    /// The number of examples that candidates are run on: those with an output, and those that are to crash.
    pub examples: usize,
    /// The number of finished programs that were run on the examples.
    pub programs_run: u64,
    /// The wall-clock time of the whole request.
    pub milliseconds: u64,
    /// `cpu` or `cuda:0`.
    pub device: String,
    /// The networks were not used (recursion, over-long context, no example with an output): candidates were
    /// enumerated.
    pub enumerated: bool,
    /// How many examples the best candidate passed, where nothing passes all.
    pub best_passed: usize,
    /// Why it stopped: `found`, `exhausted`, `budget`.
    pub stopped: Stopped,
    /// A question whose answer tells candidates apart, where `ambiguous`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deciding: Option<Deciding>,
}

/// The deciding example: a small world on which candidates end differently. The likely ones all come to an end there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deciding {
    /// Grid text.
    pub input: String,
    /// The different ends, at least two; that of the best candidate comes first.
    pub answers: Vec<Answer>,
    /// Indices into [`Outcome::candidates`] of those that crash there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crashing: Vec<usize>,
    /// Indices into [`Outcome::candidates`] of those that don't come to an end there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endless: Vec<usize>,
}

/// One end of the deciding example, and the candidates that reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// Grid text.
    pub output: String,
    /// Indices into [`Outcome::candidates`].
    pub candidates: Vec<usize>,
}

/// Why a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stopped {
    /// The search found as many candidates as asked for.
    Found,
    /// The search had nothing left to try.
    Exhausted,
    /// The time was up.
    Budget,
}

/// The parameters of `traces`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InferTraces {
    /// The examples to infer traces for; those without an output are answered with null.
    pub examples: Vec<Example>,
    /// Wall-clock milliseconds, from when the engine has read it. What is not found by then is answered with null.
    #[serde(default = "usual_milliseconds")]
    pub milliseconds: u64,
}

fn usual_milliseconds() -> u64 {
    Budget::default().milliseconds
}

/// The answer to `traces`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InferredTraces {
    /// The action names of each example, run from the input to exactly the output; null where no trace was found.
    pub traces: Vec<Option<Vec<String>>>,
    /// The wall-clock time of the whole request.
    pub milliseconds: u64,
}

/// The answer to `status`: what runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The version of the engine.
    pub version: String,
    /// `cpu` or `cuda:0`.
    pub device: String,
    /// File names or `embedded`, of the networks in use.
    pub models: Vec<String>,
    /// The resident memory in MiB, where the system reports it.
    pub memory_mib: Option<u64>,
}

/// The parameters of `$/cancelRequest`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancel {
    /// The number of the request to cancel.
    pub id: u64,
}
