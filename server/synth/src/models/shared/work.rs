//! What the networks do for members: roll-outs, and beams.

use runtime::{Action, World};

use super::super::{CodeTask, Decoder, Models, Pair, Rollouts, Row, VOCABULARY};

/// One kind of work, on tasks that are computed together.
pub(crate) trait Work<'m>: Sized {
    type Task: Clone;
    /// A row of a step, which continues one of the step before.
    type Row;
    /// How many numbers a row is answered by.
    const NUMBERS: usize;

    /// Begins with these tasks; `None` where the engine has no network for them.
    fn begin(models: &'m Models, tasks: &[Self::Task]) -> Option<Self>;

    /// Takes more tasks in, whose rows count on from those of the last step. False where that can't be done.
    fn join(&mut self, tasks: &[Self::Task]) -> bool;

    /// How many rows a task is before its first step.
    fn rows(task: &Self::Task) -> usize;

    /// The row that it continues.
    fn parent(row: &mut Self::Row) -> &mut usize;

    /// The numbers of all rows, flat.
    fn step(&mut self, rows: Vec<Self::Row>) -> Vec<f32>;
}

pub(crate) struct RollOuts<'m>(Box<dyn Rollouts + 'm>);

/// A roll-out at one step.
pub(crate) struct Rolled {
    pub parent: usize,
    pub now: World,
    pub before: Option<Action>,
}

impl<'m> Work<'m> for RollOuts<'m> {
    type Task = Vec<Pair>;
    type Row = Rolled;
    const NUMBERS: usize = 6;

    fn begin(models: &'m Models, tasks: &[Vec<Pair>]) -> Option<RollOuts<'m>> {
        let tasks: Vec<&[Pair]> = tasks.iter().map(Vec::as_slice).collect();
        models.trace.as_ref().map(|model| RollOuts(model.begin(&tasks)))
    }

    fn join(&mut self, tasks: &[Vec<Pair>]) -> bool {
        self.0.join(&tasks.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    fn rows(pairs: &Vec<Pair>) -> usize {
        pairs.len()
    }

    fn parent(row: &mut Rolled) -> &mut usize {
        &mut row.parent
    }

    fn step(&mut self, rows: Vec<Rolled>) -> Vec<f32> {
        self.0.keep(&rows.iter().map(|row| row.parent).collect::<Vec<_>>());
        let now: Vec<_> = rows.iter().map(|row| (&row.now, row.before)).collect();
        self.0.step(&now).into_flattened()
    }
}

pub(crate) struct Beams<'m>(Box<dyn Decoder + 'm>);

impl<'m> Work<'m> for Beams<'m> {
    type Task = CodeTask;
    type Row = Row;
    const NUMBERS: usize = VOCABULARY;

    fn begin(models: &'m Models, tasks: &[CodeTask]) -> Option<Beams<'m>> {
        Some(Beams(models.code.begin(tasks)))
    }

    fn join(&mut self, tasks: &[CodeTask]) -> bool {
        self.0.join(tasks)
    }

    fn rows(_: &CodeTask) -> usize {
        1
    }

    fn parent(row: &mut Row) -> &mut usize {
        &mut row.parent
    }

    fn step(&mut self, rows: Vec<Row>) -> Vec<f32> {
        self.0.step(&rows)
    }
}
