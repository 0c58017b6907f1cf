//! TRACE → CODE (paper §4.3): the decoder of I/O → CODE, which also attends to what a bidirectional LSTM makes of each
//! example's trace, its states and the actions between them.
//!
//! ```text
//! states   [s, 512]               four condition bits [s, 256] → linear layer; with grids: bits and world, side by side
//! actions  [a, 512]               embeddings
//! trace    [examples, 2T + 1, 512]  `interleaved`: state, action, state, .., state
//!          [examples, T + 1, 768]   `concatenated`: state beside the action that follows; 1024 wide with grids
//! encoder  [examples, .., 512]    bidirectional LSTM, two layers of 256 each way
//! pairs    [tasks, e, 512]        two worlds per example, as in I/O → CODE
//! decoder  [tasks, 42]            an LSTM per example with attention, pooled (see `program_lstm`)
//! ```
//!
//! A trace that is not known, is too long, or does not lead to the output is read as the two worlds with an unknown
//! action between them, as in the paper's code.

use dataset::features::Canvas;
use runtime::Action;
use runtime::sample::Random;
use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::attended_traces::{AttendedTraces, padded};
use super::config::{Config, ConfigError};
use super::grid_encoder::{ConditionEncoder, GridEncoder, GridKind};
use super::grids::Grids;
use super::layers::{Linear, table_rows};
use super::lstm::{Lstm, LstmSize, Packing};
use super::network::{Loss, Model, Network, Sample};
use super::pair_encoder::{LstmConfig, PairEncoder, Pairs};
use super::parameters::Init;
use super::program_lstm::{
    EXAMPLES, Known, KnownTraces, LAYERS, LONGEST, Lesson, ProgramLstm, State, readable,
};
use super::step_decoder::{BeamDecoder, Step, StepDecoder};
use super::tensors::{dims, indices};
use super::weights::{Weight, Weights, WeightsError};
use super::{CodeModel, CodeTask, Decoder};

/// The paper's code gives up on traces of this many actions.
pub const TOO_LONG: usize = 200;
/// After the five actions: what comes after the last state, and what is not known.
const END: i64 = 5;
const UNKNOWN: i64 = 6;
const ACTIONS: i64 = 7;

/// How states and actions follow each other in the encoder's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input {
    #[default]
    Interleaved,
    /// The paper found it inferior.
    Concatenated,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceCodeConfig {
    #[serde(flatten)]
    pub lstm: LstmConfig,
    #[serde(default)]
    pub input: Input,
    /// Whether the encoder of traces sees the worlds, and how.
    #[serde(default)]
    pub grids: GridKind,
}

impl Config for TraceCodeConfig {
    fn check(&self) -> Result<(), ConfigError> {
        self.lstm.check()
    }
}

impl TraceCodeConfig {
    /// Interleaved, states are as wide as actions.
    fn encoder(&self) -> LstmSize {
        let LstmConfig { embedding, hidden, start, .. } = self.lstm;
        let parts = match (self.input, self.grids) {
            (Input::Interleaved, _) => 2,
            (Input::Concatenated, GridKind::None) => 3,
            (Input::Concatenated, _) => 4,
        };
        LstmSize { inputs: parts * embedding, hidden, layers: LAYERS, both_ways: true, start }
    }
}

#[derive(Clone)]
pub struct TraceCode {
    config: TraceCodeConfig,
    pairs: PairEncoder,
    conditions: ConditionEncoder,
    states: States,
    /// `[7, 2 * embedding]`
    actions: Weight,
    encoder: Lstm,
    decoder: ProgramLstm,
}

/// What a state is made of besides its condition bits.
#[derive(Clone)]
enum States {
    /// The bits alone.
    Plain,
    /// The bits alone, which a linear layer widens to the width of actions.
    Widened(Linear),
    /// The bits and the state's world.
    Grids(GridEncoder),
}

/// Traces as plain numbers; `s` states of all examples of all tasks.
#[derive(Debug, Default)]
pub struct Traces {
    /// Condition bits as a number, `[s]`.
    bits: Vec<i64>,
    /// Worlds, `[s]`; none for models that don't look at them.
    grids: Grids,
    /// What the encoder reads, packed. Interleaved: rows of the table of actions with the states below it;
    /// concatenated: states.
    rows: Vec<i64>,
    /// Concatenated: the actions beside the states, packed.
    actions: Vec<i64>,
    /// Sequences longer than 0, 1, 2 and so on.
    counts: Vec<i64>,
    /// The places of each example's states among the encoder's outputs, examples as in [`Pairs::order`].
    places: Vec<Vec<i64>>,
}

/// The states and actions of one example.
struct Run {
    /// First of its states.
    first: i64,
    actions: Vec<i64>,
}

impl Run {
    fn len(&self, input: Input) -> usize {
        match input {
            Input::Interleaved => 2 * self.actions.len() + 1,
            Input::Concatenated => self.actions.len() + 1,
        }
    }

    /// Row of the encoder's input, and the action beside it.
    fn place(&self, input: Input, time: usize) -> (i64, Option<i64>) {
        let state = |time: usize| self.first + time as i64;
        let action = |time: usize| self.actions.get(time).copied().unwrap_or(END);
        match input {
            Input::Concatenated => (state(time), Some(action(time))),
            Input::Interleaved if time.is_multiple_of(2) => (ACTIONS + state(time / 2), None),
            Input::Interleaved => (action(time / 2), None),
        }
    }
}

impl Traces {
    fn of(tasks: &[&CodeTask], order: &[i64], config: &TraceCodeConfig) -> Traces {
        let (frame, input) = (config.lstm.frame, config.input);
        let mut traces = Traces::default();
        let mut runs = Vec::new();
        for task in tasks {
            for (number, pair) in task.pairs.iter().enumerate() {
                let trace = task.traces.get(number).and_then(Option::as_deref);
                let start = frame.canvas(&pair.start, &pair.start);
                let goal = frame.canvas(&pair.goal, &pair.start);
                runs.push(traces.run(start, goal, trace, config.grids != GridKind::None));
            }
        }
        let lengths: Vec<usize> = runs.iter().map(|run| run.len(input)).collect();
        let packing = Packing::of(&lengths);
        let mut places: Vec<Vec<i64>> = vec![Vec::new(); runs.len()];
        for (place, (run, time)) in packing.places().enumerate() {
            places[run].push(place as i64);
            let (row, action) = runs[run].place(input, time);
            traces.rows.push(row);
            traces.actions.extend(action);
        }
        traces.places = order.iter().map(|&example| places[example as usize].clone()).collect();
        traces.counts = packing.counts;
        traces
    }

    /// Adds the states of an example.
    fn run(&mut self, start: Canvas, goal: Canvas, trace: Option<&[Action]>, grids: bool) -> Run {
        let first = self.bits.len() as i64;
        let states = trace.and_then(|trace| states(&start, &goal, trace));
        let known = states.is_some();
        for state in states.unwrap_or_else(|| vec![start, goal]) {
            self.bits.push(i64::from(state.condition_bits()));
            if grids {
                self.grids.push(&state);
            }
        }
        let actions = match trace {
            Some(trace) if known => trace.iter().map(|&action| action as i64).collect(),
            _ => vec![UNKNOWN],
        };
        Run { first, actions }
    }
}

/// The states that a trace goes through, if it leads from `start` to `goal` and is shorter than [`TOO_LONG`].
fn states(start: &Canvas, goal: &Canvas, trace: &[Action]) -> Option<Vec<Canvas>> {
    if trace.len() >= TOO_LONG {
        return None;
    }
    let mut states = vec![start.clone()];
    let mut now = start.clone();
    for &action in trace {
        if !now.act(action) {
            return None;
        }
        states.push(now.clone());
    }
    (now == *goal).then_some(states)
}

impl TraceCode {
    /// Encodes all traces: `[outputs, width]`, packed.
    fn encode_traces(&self, traces: &Traces) -> Tensor {
        let device = self.pairs.device();
        let bits = indices(&traces.bits, device);
        let states = match &self.states {
            States::Plain => table_rows(&self.conditions.rows(), &bits),
            States::Widened(linear) => table_rows(&linear.forward(&self.conditions.rows()), &bits),
            States::Grids(encoder) => {
                let worlds = encoder.forward(&traces.grids.planes(device, self.pairs.kind()));
                Tensor::cat(&[worlds, table_rows(&self.conditions.rows(), &bits)], 1)
            }
        };
        let rows = |table: &Tensor, numbers: &[i64]| table_rows(table, &indices(numbers, device));
        let x = match self.config.input {
            Input::Interleaved => rows(&Tensor::cat(&[&*self.actions, &states], 0), &traces.rows),
            Input::Concatenated => {
                Tensor::cat(&[rows(&states, &traces.rows), rows(&self.actions, &traces.actions)], 1)
            }
        };
        self.encoder.packed(&x, &traces.counts)
    }

    /// What beams read: the states of all examples in one tensor, padded.
    fn known(&self, pairs: &Pairs, traces: &Traces) -> Known {
        let places: Vec<&[i64]> = traces.places.iter().map(Vec::as_slice).collect();
        let (states, mask) = padded(&self.encode_traces(traces), &places);
        let [_, longest, width] = dims(&states, "[examples, longest, width]");
        let known = KnownTraces {
            states: states.view([-1, pairs.most, longest, width]),
            mask: mask.view([-1, pairs.most, 1, longest]),
        };
        Known { pairs: pairs.encode(&self.pairs), traces: Some(known) }
    }
}

impl Network for TraceCode {
    const NAME: &'static str = "TraceCode";

    type Config = TraceCodeConfig;

    type Features = (Pairs, Traces, Lesson);

    fn build(config: &TraceCodeConfig, w: &mut Weights) -> Result<TraceCode, WeightsError> {
        let LstmConfig { embedding, hidden, .. } = config.lstm;
        let states = match (GridEncoder::load(w, "grids", config.grids, &config.lstm)?, config.input) {
            (Some(grids), _) => States::Grids(grids),
            (None, Input::Interleaved) => {
                States::Widened(Linear::load(w, "widen", 2 * embedding, embedding)?)
            }
            (None, Input::Concatenated) => States::Plain,
        };
        Ok(TraceCode {
            config: config.clone(),
            pairs: PairEncoder::load(w, "pairs", &config.lstm)?,
            conditions: ConditionEncoder::load(w, "conditions", embedding)?,
            states,
            actions: w.take("actions.weight", &[ACTIONS, 2 * embedding], Init::Normal(1.0))?,
            encoder: Lstm::load(w, "encoder", config.encoder())?,
            decoder: ProgramLstm::load(w, &config.lstm, Some(2 * hidden))?,
        })
    }

    fn features(config: &TraceCodeConfig, samples: &[Sample], _: &mut Random) -> (Pairs, Traces, Lesson) {
        let (tasks, lesson) = readable(samples);
        let pairs = Pairs::of(&tasks, config.lstm.frame);
        let traces = Traces::of(&tasks, &pairs.order, config);
        (pairs, traces, lesson)
    }

    fn targets((_, _, lesson): &(Pairs, Traces, Lesson)) -> usize {
        lesson.len()
    }

    fn loss(&self, (pairs, traces, lesson): &(Pairs, Traces, Lesson)) -> Loss {
        let attended = AttendedTraces::new(&self.encode_traces(traces), &traces.places);
        self.decoder.loss(&pairs.encode(&self.pairs), Some(attended), lesson)
    }

    fn model(self) -> Model {
        Model::Code(Box::new(self))
    }
}

impl StepDecoder for TraceCode {
    type State = State;

    fn encode(&self, tasks: &[CodeTask]) -> State {
        let tasks: Vec<&CodeTask> = tasks.iter().collect();
        let pairs = Pairs::of(&tasks, self.config.lstm.frame);
        let traces = Traces::of(&tasks, &pairs.order, &self.config);
        self.decoder.begin(self.known(&pairs, &traces))
    }

    fn step(&self, state: &mut State, step: &Step) -> Tensor {
        self.decoder.step(state, step)
    }
}

impl CodeModel for TraceCode {
    fn begin<'m>(&'m self, tasks: &[CodeTask]) -> Box<dyn Decoder + 'm> {
        Box::new(BeamDecoder::new(self, tasks))
    }

    fn examples(&self) -> std::ops::RangeInclusive<usize> {
        EXAMPLES
    }

    fn longest(&self) -> usize {
        LONGEST
    }

    fn longest_trace(&self) -> usize {
        TOO_LONG - 1
    }

    fn share(&self) -> Box<dyn CodeModel> {
        Box::new(self.clone())
    }
}
