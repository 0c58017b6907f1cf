//! Beams over any decoder. A network says how it reads tasks ([`StepDecoder::encode`]) and how it goes on by a token
//! ([`StepDecoder::step`]); which rows of which task lie where on the device, who forks, ends and joins, is kept here,
//! once for all networks.
//!
//! Tasks are *blocks* of equally many *slots*, one a row; where a task has fewer rows than another, its last slots are
//! padding, whose scores nobody reads.

use dataset::compact::BEGIN;
use tch::{Kind, Tensor};

use super::tensors::indices;
use super::{CodeTask, Decoder, Row, Scores};

/// A network that writes programs token by token, for beams of several tasks together.
pub trait StepDecoder {
    /// What it keeps between steps: what it has read of the tasks, and what it remembers of their prefixes.
    type State;

    /// Reads the tasks. Before its first token each has one slot.
    fn encode(&self, tasks: &[CodeTask]) -> Self::State;

    /// Feeds one token to every slot and gives the logits of the next one, `[tasks, slots, VOCABULARY]`. What the state
    /// keeps of tasks goes through [`Step::of_tasks`] first, what it keeps of prefixes through [`Step::of_slots`].
    fn step(&self, state: &mut Self::State, step: &Step) -> Tensor;

    /// Takes more tasks in after the others, with one slot each; false where the network can't.
    fn join(&self, _state: &mut Self::State, _tasks: &[CodeTask]) -> bool {
        false
    }
}

/// Where everything lies in one step.
#[derive(Debug, PartialEq)]
pub struct Step {
    /// Tasks that have rows.
    pub tasks: i64,
    /// Slots of each task.
    pub slots: i64,
    /// The tokens that are fed, `[tasks, slots]`.
    pub tokens: Vec<i64>,
    /// Tokens fed before, `[tasks]`.
    pub ages: Vec<i64>,
    /// Rows of each task, which are its first slots.
    pub rows: Vec<usize>,
    /// The slot of the step before that each slot continues, `[tasks, slots]`; padding continues what the task's first
    /// row does.
    pub parents: Vec<i64>,
    /// The block of the step before that each task had, `[tasks]`.
    pub blocks: Vec<i64>,
    /// Whether a task of the step before has ended.
    pub ended: bool,
}

impl Step {
    /// What was kept of the tasks, `[old tasks, ..]`, of those that go on.
    pub fn of_tasks(&self, kept: &Tensor) -> Tensor {
        match self.ended {
            true => kept.index_select(0, &indices(&self.blocks, kept.device())),
            false => kept.shallow_clone(),
        }
    }

    /// What was remembered of the prefixes, `[old slots, ..]`, at the slots that continue them,
    /// `[tasks * slots, ..]`.
    pub fn of_slots(&self, remembered: &Tensor) -> Tensor {
        remembered.index_select(0, &indices(&self.parents, remembered.device()))
    }

    /// Whether a slot of a block is padding.
    pub fn is_padding(&self, block: usize, slot: usize) -> bool {
        slot >= self.rows[block]
    }
}

/// Which slot each row of the last step has.
pub struct Slots {
    /// Tokens fed to each task that still has rows: one block each.
    ages: Vec<i64>,
    /// The block and the slot of each row.
    rows: Vec<(usize, usize)>,
    /// Slots of all blocks, padding included.
    count: usize,
}

impl Slots {
    /// Before the first step each task is a row.
    pub fn new(tasks: usize) -> Slots {
        let mut slots = Slots { ages: Vec::new(), rows: Vec::new(), count: 0 };
        slots.join(tasks);
        slots
    }

    /// Adds tasks, each a row after those of the last step.
    pub fn join(&mut self, tasks: usize) {
        let first = (self.ages.len(), self.count);
        self.rows.extend((0..tasks).map(|task| (first.0 + task, first.1 + task)));
        self.ages.resize(first.0 + tasks, 0);
        self.count += tasks;
    }

    /// Goes on with these rows, which lie together by task, the tasks ascending.
    pub fn step(&mut self, rows: &[Row]) -> Step {
        let block = |row: &Row| self.rows[row.parent].0;
        let beams: Vec<&[Row]> = rows.chunk_by(|a, b| block(a) == block(b)).collect();
        let old: Vec<usize> = beams.iter().map(|beam| block(&beam[0])).collect();
        let slots = beams.iter().map(|beam| beam.len()).max().unwrap_or(0);
        let (mut tokens, mut parents) = (Vec::new(), Vec::new());
        for beam in &beams {
            parents.extend(beam.iter().map(|row| self.rows[row.parent].1 as i64));
            parents.resize(parents.len() + slots - beam.len(), self.rows[beam[0].parent].1 as i64);
            tokens.extend(beam.iter().map(|row| i64::from(row.token)));
            tokens.resize(parents.len(), i64::from(BEGIN));
        }
        let step = Step {
            tasks: beams.len() as i64,
            slots: slots as i64,
            tokens,
            ages: old.iter().map(|&block| self.ages[block]).collect(),
            rows: beams.iter().map(|beam| beam.len()).collect(),
            parents,
            ended: old.len() != self.ages.len(),
            blocks: old.into_iter().map(|block| block as i64).collect(),
        };
        self.ages = step.ages.iter().map(|age| age + 1).collect();
        let places = |(block, &rows): (usize, &usize)| (0..rows).map(move |row| (block, block * slots + row));
        self.rows = step.rows.iter().enumerate().flat_map(places).collect();
        self.count = step.rows.len() * slots;
        step
    }
}

/// Programs under way, by any [`StepDecoder`].
pub struct BeamDecoder<'m, M: StepDecoder> {
    model: &'m M,
    slots: Slots,
    state: M::State,
}

impl<'m, M: StepDecoder> BeamDecoder<'m, M> {
    pub fn new(model: &'m M, tasks: &[CodeTask]) -> BeamDecoder<'m, M> {
        BeamDecoder::resumed(model, tch::no_grad(|| model.encode(tasks)), tasks.len())
    }

    /// Begins with a state in which this many tasks have been read.
    pub fn resumed(model: &'m M, state: M::State, tasks: usize) -> BeamDecoder<'m, M> {
        BeamDecoder { model, slots: Slots::new(tasks), state }
    }

    /// Logits of the next token in float32, `[tasks, slots, VOCABULARY]`, and how many rows each task has.
    fn forward(&mut self, rows: &[Row]) -> (Tensor, Vec<usize>) {
        let _no_grad = tch::no_grad_guard();
        let step = self.slots.step(rows);
        (self.model.step(&mut self.state, &step).to_kind(Kind::Float), step.rows)
    }

    /// Logits of the next token, `[rows.len(), VOCABULARY]` flat.
    pub fn logits(&mut self, rows: &[Row]) -> Vec<f32> {
        let (logits, counts) = self.forward(rows);
        Scores::Device(logits).rows(&counts)
    }
}

impl<M: StepDecoder> Decoder for BeamDecoder<'_, M> {
    fn step(&mut self, rows: &[Row]) -> Vec<f32> {
        if rows.is_empty() {
            return Vec::new();
        }
        let (logits, counts) = self.forward(rows);
        Scores::Device(logits.log_softmax(-1, None)).rows(&counts)
    }

    fn scores(&mut self, rows: &[Row]) -> Scores {
        if rows.is_empty() {
            return Scores::Host(Vec::new());
        }
        Scores::Device(self.forward(rows).0.log_softmax(-1, None))
    }

    fn join(&mut self, tasks: &[CodeTask]) -> bool {
        let joined = tch::no_grad(|| self.model.join(&mut self.state, tasks));
        if joined {
            self.slots.join(tasks.len());
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Device;

    fn row(parent: usize, token: u8) -> Row {
        Row { parent, token }
    }

    #[test]
    fn slots_fork_are_padded_and_end() {
        let mut slots = Slots::new(3);
        let first = slots.step(&[row(0, BEGIN), row(1, BEGIN), row(2, BEGIN)]);
        assert_eq!((first.tasks, first.slots, first.ended, &first.ages[..]), (3, 1, false, &[0, 0, 0][..]));
        // The second task ends; the first forks.
        let second = slots.step(&[row(0, 4), row(0, 5), row(2, 6)]);
        assert_eq!((second.tasks, second.slots, second.ended), (2, 2, true));
        assert_eq!((&second.blocks[..], &second.rows[..]), (&[0, 2][..], &[2, 1][..]));
        assert_eq!(second.tokens, [4, 5, 6, i64::from(BEGIN)]);
        assert_eq!(second.parents, [0, 0, 2, 2]);
        assert!(second.is_padding(1, 1) && !second.is_padding(1, 0) && !second.is_padding(0, 1));
        let kept = Tensor::from_slice(&[10i64, 11, 12]).view([3, 1]);
        assert_eq!(Vec::<i64>::try_from(second.of_tasks(&kept).view(-1)).unwrap(), [10, 12]);
        assert_eq!(Vec::<i64>::try_from(second.of_slots(&kept).view(-1)).unwrap(), [10, 10, 12, 12]);
        // A task joins: its row comes after the three there are, its slot after the four.
        slots.join(1);
        let third = slots.step(&[row(1, 7), row(2, 8), row(3, BEGIN)]);
        assert_eq!((&third.parents[..], &third.ages[..]), (&[1, 2, 4][..], &[2, 2, 0][..]));
        assert_eq!((third.ended, &third.blocks[..]), (false, &[0, 1, 2][..]));
    }

    /// A decoder without a network: a prefix's logits are the sum of its tokens, and the number of its task.
    struct Sums;

    impl StepDecoder for Sums {
        type State = (Tensor, Tensor);

        fn encode(&self, tasks: &[CodeTask]) -> (Tensor, Tensor) {
            let tasks = tasks.len() as i64;
            (
                Tensor::arange(tasks, (Kind::Float, Device::Cpu)),
                Tensor::zeros([tasks], (Kind::Float, Device::Cpu)),
            )
        }

        fn step(&self, (numbers, sums): &mut (Tensor, Tensor), step: &Step) -> Tensor {
            *numbers = step.of_tasks(numbers);
            *sums = step.of_slots(sums) + Tensor::from_slice(&step.tokens);
            let logits = Tensor::zeros([step.tasks, step.slots, 42], (Kind::Float, Device::Cpu));
            logits.select(2, 0).copy_(&sums.view([step.tasks, step.slots]));
            logits.select(2, 1).copy_(&numbers.view([step.tasks, 1]).expand([step.tasks, step.slots], false));
            logits
        }
    }

    #[test]
    fn a_decoder_follows_its_rows() {
        let tasks = vec![CodeTask { pairs: Vec::new(), traces: Vec::new() }; 2];
        let mut decoder = BeamDecoder::new(&Sums, &tasks);
        let mut said = |rows: &[Row]| {
            let logits = decoder.logits(rows);
            logits.chunks(42).map(|row| [row[0], row[1]]).collect::<Vec<_>>()
        };
        assert_eq!(said(&[row(0, 1), row(1, 2)]), [[1.0, 0.0], [2.0, 1.0]]);
        assert_eq!(said(&[row(0, 3), row(1, 4), row(1, 5)]), [[4.0, 0.0], [6.0, 1.0], [7.0, 1.0]]);
        assert_eq!(said(&[row(2, 6), row(1, 6)]), [[13.0, 1.0], [12.0, 1.0]]);
    }
}
