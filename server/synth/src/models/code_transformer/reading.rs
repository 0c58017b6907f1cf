//! What the encoder reads of tasks, as plain numbers.

use dataset::features::{CELLS, Canvas};

use super::super::CodeTask;
use super::super::planes::Canvases;
use super::WORLD_TOKENS;

/// Most examples that weights may be made for.
pub(crate) const MAX_EXAMPLES: i64 = 64;

/// The table of a trace step's embeddings: several tables, one below the other.
pub(crate) mod table {
    /// Learned times in a trace: 75 actions, stop, and some to spare.
    pub(crate) const TIMES: i64 = 80;
    pub(crate) const ACTION: i64 = 0;
    pub(crate) const CONDITIONS: i64 = ACTION + 8;
    pub(crate) const MARKERS: i64 = CONDITIONS + 16;
    pub(crate) const HEADING: i64 = MARKERS + 10;
    pub(crate) const TIME: i64 = HEADING + 4;
    pub(crate) const EXAMPLE: i64 = TIME + TIMES;
    /// Tables that a step looks into.
    pub(crate) const COLUMNS: usize = 6;

    /// The tables and their rows, in order.
    pub(crate) fn parts(examples: i64) -> [(&'static str, i64); COLUMNS] {
        [
            ("action", 8),
            ("conditions", 16),
            ("markers", 10),
            ("heading", 4),
            ("time", TIMES),
            ("example", examples),
        ]
    }
}

/// Actions after the five real ones: the end of a trace, and an unknown trace.
const STOP: i64 = 5;
const UNKNOWN: i64 = 6;

/// Tasks as plain numbers; `e` is the number of their examples together, `s` of their trace steps.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub canvases: Canvases,
    /// The cells, of `e * 256`, where the agents start and end: `[e]`.
    pub starts: Vec<i64>,
    pub ends: Vec<i64>,
    /// Heading at the end, seen from the start: `[e]`.
    pub headings: Vec<i64>,
    /// The example's row in the step table: `[e]`.
    pub numbers: Vec<i64>,
    /// The cell, of `e * 256`, where the agent is in each step: `[s]`.
    pub agents: Vec<i64>,
    /// Rows of the step table, `[s, table::COLUMNS]`.
    pub rows: Vec<i64>,
    /// Which of the `e * 6 + s` tokens stands where in the memories: `[tasks, longest]`, padding at the end.
    pub order: Vec<i64>,
    /// Tokens of each memory, `[tasks]`.
    pub lengths: Vec<i64>,
}

impl Reading {
    /// `examples` is how many the step table has rows for. A trace of more steps than it has times for counts as
    /// unknown.
    pub(crate) fn of<'t>(tasks: impl Iterator<Item = &'t CodeTask> + Clone, examples: i64) -> Reading {
        let mut reading = Reading::default();
        // Per task its examples, and its steps, as ranges.
        let mut parts = Vec::new();
        for task in tasks {
            let first = (reading.starts.len(), reading.agents.len());
            for (number, (pair, trace)) in task.pairs.iter().zip(&task.traces).enumerate() {
                let trace = trace.as_deref().filter(|actions| (actions.len() as i64) < table::TIMES);
                let quarter = pair.start.robot().heading as u8;
                let start = Canvas::of(&pair.start).rotated(quarter);
                let end = Canvas::of(&pair.goal).rotated(quarter);
                let number = (number as i64).min(examples - 1);
                reading.example(&start, &end, table::EXAMPLE + number);
                reading.trace(start, trace, table::EXAMPLE + number);
            }
            parts.push((first.0..reading.starts.len(), first.1..reading.agents.len()));
        }
        let first_step = reading.starts.len() as i64 * WORLD_TOKENS;
        let length = |(e, s): &(std::ops::Range<usize>, std::ops::Range<usize>)| {
            e.len() as i64 * WORLD_TOKENS + s.len() as i64
        };
        reading.lengths = parts.iter().map(length).collect();
        let longest = reading.lengths.iter().copied().max().unwrap_or(0) as usize;
        for (task, (examples, steps)) in parts.iter().enumerate() {
            reading.order.extend(examples.start as i64 * WORLD_TOKENS..examples.end as i64 * WORLD_TOKENS);
            reading.order.extend(first_step + steps.start as i64..first_step + steps.end as i64);
            reading.order.resize((task + 1) * longest, 0);
        }
        reading
    }

    fn example(&mut self, start: &Canvas, end: &Canvas, row: i64) {
        let canvas = self.starts.len() * CELLS;
        self.canvases.push(start, end);
        self.starts.push((canvas + start.place()) as i64);
        self.ends.push((canvas + end.place()) as i64);
        self.headings.push(end.heading as i64);
        self.numbers.push(row);
    }

    /// The steps of the example that was added last.
    fn trace(&mut self, mut now: Canvas, trace: Option<&[runtime::Action]>, row: i64) {
        let canvas = (self.starts.len() - 1) * CELLS;
        let mut step = |time: usize, action: i64, now: &Canvas| {
            self.agents.push((canvas + now.place()) as i64);
            self.rows.extend([
                table::ACTION + action,
                table::CONDITIONS + i64::from(now.condition_bits()),
                table::MARKERS + i64::from(now.markers_here()),
                table::HEADING + now.heading as i64,
                table::TIME + time as i64,
                row,
            ]);
        };
        let Some(actions) = trace else { return step(0, UNKNOWN, &now) };
        for (time, &action) in actions.iter().enumerate() {
            step(time, action as i64, &now);
            now.act(action);
        }
        step(actions.len(), STOP, &now);
    }
}
