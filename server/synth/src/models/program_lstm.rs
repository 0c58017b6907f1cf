//! The decoder of the LSTM systems: one two-layer LSTM per example, all with the same weights, whose outputs are
//! pooled by their maximum before the next token is chosen (Bunel et al. 2018, Figure 3; paper §4.3).
//!
//! ```text
//! token     [n, 256]               the token before, n = tasks × examples × prefixes
//! pair      [n, 512]               the example's two worlds
//! context   [n, 512]               what was attended to one step before (with traces only)
//! lstm      [n, 256]               two layers
//! attended  [n, 512]               linear layer on lstm · states of the example's trace / √512 (with traces only)
//! pooled    [tasks × prefixes, 256 (+ 512)]  maximum over the examples
//! logits    [tasks × prefixes, 42]
//! ```
//!
//! Tasks with fewer examples than others of the batch repeat their first: the maximum is the same.

use dataset::compact::BEGIN;
use tch::Tensor;

use super::attended_traces::AttendedTraces;
use super::layers::{Linear, Seen, attend, table_rows};
use super::lstm::{Lstm, LstmSize, LstmState, Packing};
use super::network::{Loss, Sample};
use super::pair_encoder::LstmConfig;
use super::parameters::Init;
use super::step_decoder::Step;
use super::tensors::{dims, indices};
use super::weights::{Weight, Weights, WeightsError};
use super::{CodeTask, VOCABULARY};

/// The greatest number of tokens of a program, its end included.
pub(crate) const LONGEST: usize = 64;
/// The numbers of examples that a task may have: the maximum takes any.
pub(crate) const EXAMPLES: std::ops::RangeInclusive<usize> = 1..=10;
/// The layers of every LSTM of the paper.
pub(crate) const LAYERS: i64 = 2;

#[derive(Clone)]
pub(crate) struct ProgramLstm {
    /// `[42, embedding]`
    token: Weight,
    lstm: Lstm,
    /// The layer from `hidden` to the width of traces' states, where there are traces.
    query: Option<Linear>,
    out: Linear,
}

/// What is known of the examples of `b` tasks, `e` each.
pub(crate) struct Known {
    /// `[b, e, pair]`
    pub pairs: Tensor,
    pub traces: Option<KnownTraces>,
}

/// States of encoded traces, the longest of which has `s`.
pub(crate) struct KnownTraces {
    /// `[b, e, s, width]`
    pub states: Tensor,
    /// 0 for states that are there, minus infinity for padding: `[b, e, 1, s]`.
    pub mask: Tensor,
}

impl Known {
    /// What is known of some of the tasks, as `part` takes them along the first axis.
    fn part(&self, part: impl Fn(&Tensor) -> Tensor) -> Known {
        let traces = self.traces.as_ref();
        let traces = traces.map(|t| KnownTraces { states: part(&t.states), mask: part(&t.mask) });
        Known { pairs: part(&self.pairs), traces }
    }

    /// Tasks and examples.
    fn size(&self) -> (i64, i64) {
        let [tasks, examples, _] = dims(&self.pairs, "[tasks, examples, pair]");
        (tasks, examples)
    }
}

/// What the decoder keeps between the steps of a beam.
pub struct State {
    known: Known,
    memory: Memory,
}

/// What is remembered of prefixes: `n` = tasks × prefixes of each × examples.
struct Memory {
    lstm: LstmState,
    /// `[n, width]`
    context: Option<Tensor>,
}

/// Programs to learn from, packed (see [`Packing`]): the longest first.
#[derive(Debug, Default)]
pub struct Lesson {
    /// The numbers of programs longer than 0, 1, 2 and so on tokens.
    counts: Vec<i64>,
    /// The token before, and the token: `[sum(counts)]`.
    before: Vec<i64>,
    targets: Vec<i64>,
}

/// The tasks that can be learned from, and their programs; both with the longest program first.
pub(crate) fn readable(samples: &[Sample]) -> (Vec<&CodeTask>, Lesson) {
    let readable =
        |s: &&Sample| EXAMPLES.contains(&s.task.pairs.len()) && (1..=LONGEST).contains(&s.program.len());
    let samples: Vec<&Sample> = samples.iter().filter(readable).collect();
    let lengths: Vec<usize> = samples.iter().map(|s| s.program.len()).collect();
    let packing = Packing::of(&lengths);
    let mut lesson = Lesson::default();
    for (number, time) in packing.places() {
        let token = |time: usize| i64::from(samples[number].program[time]);
        lesson.before.push(if time == 0 { i64::from(BEGIN) } else { token(time - 1) });
        lesson.targets.push(token(time));
    }
    lesson.counts = packing.counts;
    (packing.order.iter().map(|&number| &samples[number].task).collect(), lesson)
}

impl Lesson {
    /// The number of tokens to predict.
    pub fn len(&self) -> usize {
        self.targets.len()
    }
}

impl ProgramLstm {
    /// `states` is the width of a trace's states, where there are traces.
    pub(crate) fn load(
        w: &mut Weights,
        sizes: &LstmConfig,
        states: Option<i64>,
    ) -> Result<ProgramLstm, WeightsError> {
        Ok(ProgramLstm {
            token: w.take("decoder.token", &[VOCABULARY as i64, sizes.embedding], Init::Normal(1.0))?,
            lstm: Lstm::load(w, "decoder.lstm", ProgramLstm::size(sizes, states))?,
            query: match states {
                Some(width) => Some(Linear::load(w, "decoder.query", width, sizes.hidden)?),
                None => None,
            },
            out: Linear::load(w, "out", VOCABULARY as i64, sizes.hidden + states.unwrap_or(0))?,
        })
    }

    fn size(sizes: &LstmConfig, states: Option<i64>) -> LstmSize {
        let inputs = sizes.embedding + sizes.pair + states.unwrap_or(0);
        LstmSize { inputs, hidden: sizes.hidden, layers: LAYERS, both_ways: false, start: sizes.start }
    }

    /// Predicts the programs of these tasks, whose pairs `[tasks, examples, pair]` and traces come in the lesson's order.
    pub(crate) fn loss(&self, pairs: &Tensor, traces: Option<AttendedTraces>, lesson: &Lesson) -> Loss {
        let device = pairs.device();
        let tokens = table_rows(&self.token, &indices(&lesson.before, device));
        let pooled = match (traces, &self.query) {
            (Some(traces), Some(query)) => {
                self.pooled_by_steps(pairs, (traces, query), &tokens, &lesson.counts)
            }
            _ => self.pooled_at_once(pairs, &tokens, &lesson.counts),
        };
        Loss::of(&self.out.forward(&pooled), &indices(&lesson.targets, device))
    }

    /// Predicts all places in one call: without traces a step needs nothing of the step before but the LSTM's state.
    /// `tokens [sum(counts), embedding]`
    /// → `[sum(counts), hidden]`.
    fn pooled_at_once(&self, pairs: &Tensor, tokens: &Tensor, counts: &[i64]) -> Tensor {
        let [_, examples, _] = dims(pairs, "[tasks, examples, pair]");
        let pairs: Vec<Tensor> = counts.iter().map(|&count| pairs.narrow(0, 0, count)).collect();
        let x = Tensor::cat(&[beside(tokens, examples), Tensor::cat(&pairs, 0)], 2).flatten(0, 1);
        let counts: Vec<i64> = counts.iter().map(|count| count * examples).collect();
        self.lstm.packed(&x, &counts).unflatten(0, [-1, examples]).amax([1], false)
    }

    /// Predicts place by place: with traces the context goes from step to step.
    fn pooled_by_steps(
        &self,
        pairs: &Tensor,
        (mut traces, query): (AttendedTraces, &Linear),
        tokens: &Tensor,
        counts: &[i64],
    ) -> Tensor {
        let [mut tasks, examples, _] = dims(pairs, "[tasks, examples, pair]");
        let mut pairs = pairs.flatten(0, 1);
        let mut lstm = self.lstm.start(tasks * examples);
        let mut context = pairs.new_zeros([tasks * examples, traces.width()], (pairs.kind(), pairs.device()));
        let mut pooled = Vec::with_capacity(counts.len());
        for (&count, tokens) in counts.iter().zip(tokens.split_with_sizes(counts, 0)) {
            // The gradient of a part is as large as the whole: programs that have ended go along until they are a third.
            if 3 * count <= 2 * tasks {
                tasks = count;
                (pairs, context) =
                    (pairs.narrow(0, 0, tasks * examples), context.narrow(0, 0, tasks * examples));
                (lstm, traces) = (lstm.first(tasks * examples), traces.first(tasks * examples));
            }
            let tokens = tokens.constant_pad_nd([0, 0, 0, tasks - count]);
            let x =
                Tensor::cat(&[beside(&tokens, examples).flatten(0, 1), pairs.shallow_clone(), context], 1);
            let (out, after) = self.lstm.step(&x, &lstm);
            context = traces.attend(&query.forward(&out));
            lstm = after;
            let both = Tensor::cat(&[&out, &context], 1).unflatten(0, [tasks, examples]);
            pooled.push(both.amax([1], false).narrow(0, 0, count));
        }
        Tensor::cat(&pooled, 0)
    }

    /// What is remembered before the first token, with one prefix a task.
    fn start(&self, known: &Known) -> Memory {
        let (tasks, examples) = known.size();
        let context = known.traces.as_ref().map(|traces| {
            let [.., width] = dims::<4>(&traces.states, "[tasks, examples, states, width]");
            traces.states.new_zeros([tasks * examples, width], (traces.states.kind(), traces.states.device()))
        });
        Memory { lstm: self.lstm.start(tasks * examples), context }
    }

    /// Goes on by a token: `tokens [tasks, prefixes, embedding]` → `[tasks, prefixes, hidden (+ width)]`.
    fn pooled(&self, known: &Known, tokens: &Tensor, memory: &Memory) -> (Tensor, Memory) {
        let (tasks, examples) = known.size();
        let [_, prefixes, _] = dims(tokens, "[tasks, prefixes, embedding]");
        let spread = |x: &Tensor| x.expand([tasks, prefixes, examples, -1], false).flatten(0, 2);
        let mut x = vec![spread(&tokens.unsqueeze(2)), spread(&known.pairs.unsqueeze(1))];
        x.extend(memory.context.as_ref().map(Tensor::shallow_clone));
        let (out, lstm) = self.lstm.step(&Tensor::cat(&x, 1), &memory.lstm);
        let apart = |x: &Tensor| x.view([tasks, prefixes, examples, -1]);
        let (Some(query), Some(traces)) = (&self.query, &known.traces) else {
            return (apart(&out).amax([2], false), Memory { lstm, context: None });
        };
        let queries = apart(&query.forward(&out)).transpose(1, 2);
        let context = attend(&queries, &traces.states, &traces.states, Seen::Masked(&traces.mask));
        let context = context.transpose(1, 2);
        let pooled = Tensor::cat(&[apart(&out), context.shallow_clone()], 3).amax([2], false);
        (pooled, Memory { lstm, context: Some(context.flatten(0, 2)) })
    }

    /// What is kept before the first token of programs for these tasks.
    pub(crate) fn begin(&self, known: Known) -> State {
        let memory = self.start(&known);
        State { known, memory }
    }

    /// Goes on with a beam, see [`super::step_decoder::StepDecoder::step`].
    pub(crate) fn step(&self, state: &mut State, step: &Step) -> Tensor {
        let known = state.known.part(|known| step.of_tasks(known));
        let (_, examples) = known.size();
        let slots = step.parents.iter();
        let rows: Vec<i64> = slots.flat_map(|slot| slot * examples..(slot + 1) * examples).collect();
        let rows = indices(&rows, known.pairs.device());
        let memory = Memory {
            lstm: state.memory.lstm.select(&rows),
            context: state.memory.context.as_ref().map(|context| context.index_select(0, &rows)),
        };
        let tokens = self.token.index_select(0, &indices(&step.tokens, known.pairs.device()));
        let (pooled, memory) = self.pooled(&known, &tokens.view([step.tasks, step.slots, -1]), &memory);
        *state = State { known, memory };
        self.out.forward(&pooled)
    }
}

/// `[n, width]` → `[n, examples, width]`, the same for each.
fn beside(x: &Tensor, examples: i64) -> Tensor {
    x.unsqueeze(1).expand([-1, examples, -1], false)
}
