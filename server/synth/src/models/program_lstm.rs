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
use tch::{Kind, Tensor};

use super::layers::{Linear, table_rows};
use super::lstm::{Lstm, LstmSize, LstmState, Packing};
use super::network::{Loss, Sample, indices};
use super::pair_encoder::PaperSizes;
use super::parameters::Init;
use super::weights::{Weight, Weights, WeightsError};
use super::{CodeTask, Decoder, Row, Scores, VOCABULARY, Work};

/// Most tokens of a program, its end included.
pub const LONGEST: usize = 64;
/// Examples of a task: the maximum takes any number.
pub const EXAMPLES: std::ops::RangeInclusive<usize> = 1..=10;
/// Layers of every LSTM of the paper.
pub const LAYERS: i64 = 2;

#[derive(Clone)]
pub struct ProgramLstm {
    /// `[42, embedding]`
    token: Weight,
    lstm: Lstm,
    /// Where there are traces: `hidden` → width of their states.
    query: Option<Linear>,
    out: Linear,
}

/// What is known of the examples of `b` tasks, `e` each.
pub struct Known {
    /// `[b, e, pair]`
    pub pairs: Tensor,
    pub traces: Option<KnownTraces>,
}

/// States of encoded traces, the longest of which has `s`.
pub struct KnownTraces {
    /// `[b, e, s, width]`
    pub states: Tensor,
    /// 0 for states that are there, minus infinity for padding: `[b, e, 1, s]`.
    pub mask: Tensor,
}

impl Known {
    /// Of these tasks only, in this order.
    fn select(&self, tasks: &Tensor) -> Known {
        let traces = self.traces.as_ref().map(|t| KnownTraces {
            states: t.states.index_select(0, tasks),
            mask: t.mask.index_select(0, tasks),
        });
        Known { pairs: self.pairs.index_select(0, tasks), traces }
    }

    /// Of the first tasks only.
    fn first(&self, tasks: i64) -> Known {
        let traces = self
            .traces
            .as_ref()
            .map(|t| KnownTraces { states: t.states.narrow(0, 0, tasks), mask: t.mask.narrow(0, 0, tasks) });
        Known { pairs: self.pairs.narrow(0, 0, tasks), traces }
    }

    /// Tasks and examples.
    fn size(&self) -> (i64, i64) {
        let size = self.pairs.size();
        (size[0], size[1])
    }
}

/// What the decoder remembers of prefixes: `n` = tasks × examples × prefixes of each.
struct Memory {
    lstm: LstmState,
    /// `[n, width]`
    context: Option<Tensor>,
}

/// Programs to learn from, packed (see [`Packing`]): the longest first.
#[derive(Debug, Default)]
pub struct Lesson {
    /// Programs longer than 0, 1, 2 and so on tokens.
    counts: Vec<i64>,
    /// The token before, and the token: `[sum(counts)]`.
    before: Vec<i64>,
    targets: Vec<i64>,
}

/// The tasks that can be learned from, and their programs; both with the longest program first.
pub fn readable(samples: &[Sample]) -> (Vec<&CodeTask>, Lesson) {
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
    /// How many tokens there are to predict.
    pub fn len(&self) -> usize {
        self.targets.len()
    }
}

impl ProgramLstm {
    /// `states` is the width of a trace's states, where there are traces.
    pub fn load(
        w: &mut Weights,
        sizes: &PaperSizes,
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

    fn size(sizes: &PaperSizes, states: Option<i64>) -> LstmSize {
        let inputs = sizes.embedding + sizes.pair + states.unwrap_or(0);
        LstmSize { inputs, hidden: sizes.hidden, layers: LAYERS, both_ways: false, start: sizes.start }
    }

    /// What the lesson takes for tasks of so many examples, whose traces have `seen` states.
    pub fn work(&self, lesson: &Lesson, examples: i64, seen: i64) -> Work {
        let tokens = lesson.len() as i64;
        let steps = tokens * examples;
        let attention = self.query.as_ref().map_or(Work::default(), |query| {
            query.work(steps) + Work::attention(steps, 1, seen, query.outputs())
        });
        self.lstm.work(steps) + attention + self.out.work(tokens)
    }

    /// How well it foretells the programs of these tasks, which are known in the lesson's order.
    pub fn loss(&self, known: &Known, lesson: &Lesson) -> Loss {
        let device = known.pairs.device();
        let count = lesson.len() as i64;
        let tokens = table_rows(&self.token, &indices(&lesson.before, &[count], device));
        let pooled = match &known.traces {
            None => self.pooled_at_once(known, &tokens, &lesson.counts),
            Some(_) => self.pooled_by_steps(known, &tokens, &lesson.counts),
        };
        Loss::of(&self.out.forward(&pooled), &indices(&lesson.targets, &[count], device))
    }

    /// Without traces a step needs nothing of the step before but the LSTM's state. `tokens [sum(counts), embedding]`
    /// → `[sum(counts), hidden]`.
    fn pooled_at_once(&self, known: &Known, tokens: &Tensor, counts: &[i64]) -> Tensor {
        let (_, examples) = known.size();
        let pairs: Vec<Tensor> = counts.iter().map(|&count| known.pairs.narrow(0, 0, count)).collect();
        let x = Tensor::cat(&[beside(tokens, examples), Tensor::cat(&pairs, 0)], 2).flatten(0, 1);
        let counts: Vec<i64> = counts.iter().map(|count| count * examples).collect();
        self.lstm.packed(&x, &counts).unflatten(0, [-1, examples]).amax([1], false)
    }

    /// With traces the context goes from step to step.
    fn pooled_by_steps(&self, known: &Known, tokens: &Tensor, counts: &[i64]) -> Tensor {
        let (_, examples) = known.size();
        let mut memory = self.start(known);
        let mut pooled = Vec::with_capacity(counts.len());
        for (&count, tokens) in counts.iter().zip(tokens.split_with_sizes(counts, 0)) {
            let live = count * examples;
            let before = Memory {
                lstm: memory.lstm.first(live),
                context: memory.context.map(|context| context.narrow(0, 0, live)),
            };
            let (now, after) = self.step(&known.first(count), &tokens.unsqueeze(1), &before);
            pooled.push(now.squeeze_dim(1));
            memory = after;
        }
        Tensor::cat(&pooled, 0)
    }

    /// Before the first token, one prefix a task.
    fn start(&self, known: &Known) -> Memory {
        let (tasks, examples) = known.size();
        let context = known.traces.as_ref().map(|traces| {
            let width = traces.states.size()[3];
            traces.states.new_zeros([tasks * examples, width], (traces.states.kind(), traces.states.device()))
        });
        Memory { lstm: self.lstm.start(tasks * examples), context }
    }

    /// One token more: `tokens [tasks, prefixes, embedding]` → `[tasks, prefixes, hidden (+ width)]`.
    fn step(&self, known: &Known, tokens: &Tensor, memory: &Memory) -> (Tensor, Memory) {
        let ((tasks, examples), prefixes) = (known.size(), tokens.size()[1]);
        let spread = |x: &Tensor| x.expand([tasks, examples, prefixes, -1], false).flatten(0, 2);
        let mut x = vec![spread(&tokens.unsqueeze(1)), spread(&known.pairs.unsqueeze(2))];
        x.extend(memory.context.as_ref().map(Tensor::shallow_clone));
        let (out, lstm) = self.lstm.step(&Tensor::cat(&x, 1), &memory.lstm);
        let apart = |x: &Tensor| x.view([tasks, examples, prefixes, -1]);
        let (Some(query), Some(traces)) = (&self.query, &known.traces) else {
            return (apart(&out).amax([1], false), Memory { lstm, context: None });
        };
        let context = Tensor::scaled_dot_product_attention(
            &apart(&query.forward(&out)),
            &traces.states,
            &traces.states,
            Some(&traces.mask),
            0.0,
            false,
            None::<f64>,
            false,
        );
        let pooled = Tensor::cat(&[apart(&out), context.shallow_clone()], 3).amax([1], false);
        (pooled, Memory { lstm, context: Some(context.flatten(0, 2)) })
    }

    /// Programs for these tasks, token by token.
    pub fn begin(&self, known: Known) -> ProgramDecoder<'_> {
        let tasks = known.size().0 as usize;
        let memory = tch::no_grad(|| self.start(&known));
        let slots = (0..tasks).map(|task| (task, 0)).collect();
        ProgramDecoder { model: self, known, tasks: (0..tasks).collect(), slots, width: 1, memory }
    }
}

/// `[n, width]` → `[n, examples, width]`, the same for each.
fn beside(x: &Tensor, examples: i64) -> Tensor {
    x.unsqueeze(1).expand([-1, examples, -1], false)
}

/// Prefixes of several tasks. On the device each task has as many places as the widest beam.
pub struct ProgramDecoder<'m> {
    model: &'m ProgramLstm,
    /// Of the tasks in `tasks`.
    known: Known,
    /// Numbers of the tasks that still have rows.
    tasks: Vec<usize>,
    /// Of the rows of the step before: the task's number, and the place among its prefixes.
    slots: Vec<(usize, usize)>,
    /// Places per task.
    width: usize,
    memory: Memory,
}

impl ProgramDecoder<'_> {
    /// Log-probabilities of the next token, `[tasks, width, 42]` in float32, and how many rows each task has.
    fn forward(&mut self, rows: &[Row]) -> (Tensor, Vec<usize>) {
        let _no_grad = tch::no_grad_guard();
        let (tokens, counts) = self.place(rows);
        let tokens = indices(&tokens, &[tokens.len() as i64], self.known.pairs.device());
        let tokens = self.model.token.index_select(0, &tokens).unflatten(0, [-1, self.width as i64]);
        let (pooled, memory) = self.model.step(&self.known, &tokens, &self.memory);
        self.memory = memory;
        (self.model.out.forward(&pooled).to_kind(Kind::Float).log_softmax(-1, None), counts)
    }

    /// Puts each row's memory into its place, and drops tasks without rows. Gives the tokens, `[tasks, width]`, and
    /// how many rows each task has.
    fn place(&mut self, rows: &[Row]) -> (Vec<i64>, Vec<usize>) {
        let device = self.known.pairs.device();
        let examples = self.known.size().1 as usize;
        let beams: Vec<&[Row]> =
            rows.chunk_by(|a, b| self.slots[a.parent].0 == self.slots[b.parent].0).collect();
        let width = beams.iter().map(|beam| beam.len()).max().unwrap_or(0);
        let tasks: Vec<usize> = beams.iter().map(|beam| self.slots[beam[0].parent].0).collect();
        let blocks: Vec<usize> =
            tasks.iter().map(|task| self.tasks.binary_search(task).unwrap_or(0)).collect();

        let mut from = Vec::with_capacity(beams.len() * examples * width);
        let mut tokens = Vec::with_capacity(beams.len() * width);
        for (beam, block) in beams.iter().zip(&blocks) {
            // Free places do what the first row does.
            let padded = || beam.iter().chain(std::iter::repeat(&beam[0])).take(width);
            for example in 0..examples {
                let first = (block * examples + example) * self.width;
                from.extend(padded().map(|row| (first + self.slots[row.parent].1) as i64));
            }
            tokens.extend(padded().map(|row| i64::from(row.token)));
        }
        let from = indices(&from, &[from.len() as i64], device);
        self.memory = Memory {
            lstm: self.memory.lstm.select(&from),
            context: self.memory.context.as_ref().map(|context| context.index_select(0, &from)),
        };
        if tasks.len() < self.tasks.len() {
            let blocks: Vec<i64> = blocks.iter().map(|&block| block as i64).collect();
            self.known = self.known.select(&indices(&blocks, &[blocks.len() as i64], device));
        }
        let counts = beams.iter().map(|beam| beam.len()).collect();
        let places = |(beam, &task): (&&[Row], &usize)| (0..beam.len()).map(move |place| (task, place));
        self.slots = beams.iter().zip(&tasks).flat_map(places).collect();
        (self.tasks, self.width) = (tasks, width);
        (tokens, counts)
    }
}

impl Decoder for ProgramDecoder<'_> {
    fn step(&mut self, rows: &[Row]) -> Vec<f32> {
        if rows.is_empty() {
            return Vec::new();
        }
        let (scores, counts) = self.forward(rows);
        Scores::Device(scores).rows(&counts)
    }

    fn scores(&mut self, rows: &[Row]) -> Scores {
        if rows.is_empty() {
            return Scores::Host(Vec::new());
        }
        Scores::Device(self.forward(rows).0)
    }
}
