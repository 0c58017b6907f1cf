//! Histograms of tasks: what the generator is fitted by, and what it is checked by.

use std::collections::HashSet;

use runtime::{Action, Cell, CodeBuilder, Limits, Machine, Trace, World};

use super::shape::{BLOCKS, CONTROL, STATEMENTS, Shape, condition, walk};
use crate::compact::{self, REPEAT};

macro_rules! statistics {
    ($($(#[$doc:meta])* $id:ident: $name:literal, $rows:expr, $columns:expr;)*) => {
        /// A statistic of tasks: a table of `rows` distributions over `columns` bins each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Statistic { $($(#[$doc])* $id),* }

        impl Statistic {
            pub const ALL: &[Statistic] = &[$(Statistic::$id),*];

            /// The name that the statistic has in the file of the generator's tables.
            pub fn name(self) -> &'static str {
                match self { $(Statistic::$id => $name),* }
            }

            /// The number of distributions, and of bins of each.
            pub fn size(self) -> (usize, usize) {
                match self { $(Statistic::$id => ($rows, $columns)),* }
            }
        }
    };
}

/// Where blocks are told apart: the program, the four kinds of bodies in it, the four kinds of deeper ones.
pub const PLACES: usize = 2 * BLOCKS - 1;
/// Longest program that has a bin of its own, in tokens of the dataset.
const LONGEST: usize = 65;
/// Examples of a task that are looked at.
pub const EXAMPLES: usize = 6;

statistics! {
    /// Tokens of the dataset's vocabulary; the last bin is for longer programs.
    Length: "length", 1, LONGEST + 2;
    /// The paper's control-flow slices: none, only conditionals, only loops, both.
    Slice: "slice", 1, 4;
    /// Control constructs per program, 7 and more together.
    Constructs: "constructs per program", 1, 8;
    /// `if`, `if` with `else`, `while`, `repeat` among all constructs.
    ConstructKinds: "kinds of constructs", 1, 4;
    /// Slice, times control constructs per program.
    Cells: "slice and constructs", 1, 32;
    /// Deepest nesting, 5 and more together.
    Depth: "nesting depth", 1, 6;
    /// All conditions.
    Conditions: "conditions", 1, 8;
    /// Conditions of `if`, of `if` with `else`, of `while`.
    ConditionsOf: "conditions by construct", 3, 8;
    /// Counts of `repeat`, 2 to 10.
    Counts: "repeat counts", 1, 9;
    /// Statements of a block, 12 and more together, by kind of block.
    BlockLengths: "block lengths", BLOCKS, 12;
    /// Statements of a block, 12 and more together, by place.
    BlockLengthsAt: "block lengths by place", PLACES, 12;
    /// Statements by kind of block.
    Statements: "statements", BLOCKS, STATEMENTS;
    /// Statements by place.
    StatementsAt: "statements by place", PLACES, STATEMENTS;
    /// What follows nothing (first in its block), and what follows each action.
    Follows: "what follows", 1 + CONTROL, STATEMENTS;
    /// Pairs of actions next to each other in a block.
    Pairs: "adjacent actions", 1, CONTROL * CONTROL;
    /// Action tokens per program, 17 and more together.
    Actions: "actions per program", 1, 18;
    /// First statement of the program.
    First: "first statement", 1, STATEMENTS;
    /// Last statement of the program.
    Last: "last statement", 1, STATEMENTS;
    /// Actions of a trace.
    TraceLength: "trace length", 1, 76;
    /// Mean length of a task's traces, in steps.
    TraceMean: "mean trace length", 1, TRACE_STEPS.len() + 1;
    /// Actions in traces.
    TraceActions: "actions in traces", 1, CONTROL;
    /// Different traces among six.
    Distinct: "distinct traces", 1, EXAMPLES;
    /// Different traces among six, for programs with conditions: with `if` only, with loops only, with both.
    DistinctOf: "distinct traces by slice", 3, EXAMPLES;
    /// Whether every body and branch is executed, for programs with conditions: not all, or all.
    Covered: "covered", 1, 2;
    /// Worlds without walls among six.
    WallFree: "worlds without walls", 1, EXAMPLES + 1;
    /// Rows, and columns: 2 to 4, 5 to 7, and so on.
    Sides: "rows and columns", 1, 5;
    /// Where the robot looks at the start: north, east, south, west.
    Headings: "heading", 1, 4;
    /// The robot starts in the south-west corner, or elsewhere.
    Corner: "starts in the corner", 1, 2;
    /// The robot starts on markers, or not.
    OnMarkers: "starts on markers", 1, 2;
    /// The start has no markers at all, or some.
    MarkerFree: "no markers", 1, 2;
    /// Markers on a marked cell, 1 to 9.
    MarkerCounts: "markers on a cell", 1, 9;
    /// Cells: walls, markers, neither.
    Cellwise: "cells", 1, 3;
}

/// Bins of a task's mean trace length: below each of these, and the rest.
const TRACE_STEPS: [f64; 15] =
    [2.25, 2.75, 3.25, 3.75, 4.5, 5.5, 6.5, 7.5, 9.0, 11.0, 14.0, 18.0, 24.0, 32.0, 44.0];

/// The bin of [`Statistic::TraceMean`].
pub fn trace_bin(mean: f64) -> usize {
    TRACE_STEPS.iter().filter(|&&step| mean >= step).count()
}

/// The bin of [`Statistic::Cells`].
pub fn cell(shape: &Shape) -> usize {
    shape.slice * 8 + shape.constructs.min(7)
}

/// The bin of [`Statistic::Length`].
pub fn length_bin(shape: &Shape) -> usize {
    shape.length.min(LONGEST + 1)
}

/// The row of tables by place.
pub fn place(block: usize, depth: usize) -> usize {
    if depth < 2 { block } else { block + BLOCKS - 1 }
}

/// One table for every statistic: counts, shares, or the generator's weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    tables: Vec<Vec<f64>>,
}

impl Tables {
    /// Tables all of whose entries are `value`.
    pub fn filled(value: f64) -> Tables {
        let table = |statistic: &Statistic| vec![value; statistic.size().0 * statistic.size().1];
        Tables { tables: Statistic::ALL.iter().map(table).collect() }
    }

    /// All rows of a statistic, one after the other.
    pub fn all(&self, statistic: Statistic) -> &[f64] {
        &self.tables[statistic as usize]
    }

    pub fn all_mut(&mut self, statistic: Statistic) -> &mut Vec<f64> {
        &mut self.tables[statistic as usize]
    }

    /// One row; the last one for numbers beyond it.
    pub fn row(&self, statistic: Statistic, row: usize) -> &[f64] {
        let (rows, columns) = statistic.size();
        let start = row.min(rows - 1) * columns;
        &self.all(statistic)[start..start + columns]
    }

    fn add_at(&mut self, statistic: Statistic, row: usize, column: usize, weight: f64) {
        let columns = statistic.size().1;
        self.tables[statistic as usize][row * columns + column.min(columns - 1)] += weight;
    }
}

/// Tasks counted.
#[derive(Debug)]
pub struct Counts {
    pub tables: Tables,
    /// Tasks added, whatever their weight.
    pub tasks: usize,
    /// Programs that break the rule on neighbours.
    pub broken_neighbours: usize,
    /// Examples without `move`, without a marker action, or whose goal is their start.
    pub broken_examples: usize,
    machine: Machine,
    trace: Trace,
}

impl Default for Counts {
    fn default() -> Counts {
        Counts {
            tables: Tables::filled(0.0),
            tasks: 0,
            broken_neighbours: 0,
            broken_examples: 0,
            machine: Machine::new(),
            trace: Trace::default(),
        }
    }
}

/// An example as it is counted: start, trace, goal.
pub type Counted<'a> = (&'a World, &'a [Action], &'a World);

impl Counts {
    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Counts) {
        for (table, others) in self.tables.tables.iter_mut().zip(&other.tables.tables) {
            table.iter_mut().zip(others).for_each(|(entry, other)| *entry += other);
        }
        self.tasks += other.tasks;
        self.broken_neighbours += other.broken_neighbours;
        self.broken_examples += other.broken_examples;
    }

    /// Adds a task with a weight. Statistics of examples look at its first six.
    pub fn add(&mut self, tokens: &[u8], examples: &[Counted<'_>], weight: f64) {
        self.tasks += 1;
        self.broken_neighbours += usize::from(!super::rules::neighbours(tokens));
        let shape = Shape::of(tokens);
        self.add_program(tokens, &shape, weight);
        let examples = &examples[..examples.len().min(EXAMPLES)];
        self.add_traces(tokens, &shape, examples, weight);
        let wall_free = examples.iter().filter(|(start, ..)| self.add_world(start, weight)).count();
        self.tables.add_at(Statistic::WallFree, 0, wall_free, weight);
    }

    fn add_program(&mut self, tokens: &[u8], shape: &Shape, weight: f64) {
        let mut actions = 0;
        let tables = &mut self.tables;
        let mut add = |statistic, row, column| tables.add_at(statistic, row, column, weight);
        add(Statistic::Length, 0, length_bin(shape));
        add(Statistic::Slice, 0, shape.slice);
        add(Statistic::Constructs, 0, shape.constructs);
        add(Statistic::Cells, 0, cell(shape));
        add(Statistic::Depth, 0, shape.depth);
        let mut ends = Vec::new();
        walk(
            tokens,
            |s| {
                add(Statistic::Statements, s.block, s.kind);
                add(Statistic::StatementsAt, place(s.block, s.depth), s.kind);
                match s.previous {
                    None => add(Statistic::Follows, 0, s.kind),
                    Some(previous) if previous < CONTROL => {
                        add(Statistic::Follows, 1 + previous, s.kind);
                        if s.kind < CONTROL {
                            add(Statistic::Pairs, 0, previous * CONTROL + s.kind);
                        }
                    }
                    Some(_) => {}
                }
                if s.depth == 0 && s.previous.is_none() {
                    add(Statistic::First, 0, s.kind);
                }
                match s.kind {
                    ..CONTROL => actions += 1,
                    kind => add(Statistic::ConstructKinds, 0, kind - CONTROL),
                }
                if let Some(condition) = condition(s.token) {
                    add(Statistic::Conditions, 0, condition);
                    add(Statistic::ConditionsOf, s.kind - CONTROL, condition);
                }
                if s.token >= REPEAT {
                    add(Statistic::Counts, 0, usize::from(s.token - REPEAT));
                }
            },
            |block| ends.push(block),
        );
        for block in ends {
            add(Statistic::BlockLengths, block.kind, block.length.saturating_sub(1));
            add(Statistic::BlockLengthsAt, place(block.kind, block.depth), block.length.saturating_sub(1));
            if block.depth == 0 {
                add(Statistic::Last, 0, block.last);
            }
        }
        add(Statistic::Actions, 0, actions);
    }

    fn add_traces(&mut self, tokens: &[u8], shape: &Shape, examples: &[Counted<'_>], weight: f64) {
        if examples.is_empty() {
            return;
        }
        for (start, trace, goal) in examples {
            self.broken_examples += usize::from(!super::rules::example(start, trace, goal));
            self.tables.add_at(Statistic::TraceLength, 0, trace.len(), weight);
            for &action in *trace {
                self.tables.add_at(Statistic::TraceActions, 0, action as usize, weight);
            }
        }
        let total: usize = examples.iter().map(|(_, trace, _)| trace.len()).sum();
        let mean = total as f64 / examples.len() as f64;
        self.tables.add_at(Statistic::TraceMean, 0, trace_bin(mean), weight);
        let distinct = examples.iter().map(|(_, trace, _)| *trace).collect::<HashSet<_>>().len() - 1;
        self.tables.add_at(Statistic::Distinct, 0, distinct, weight);
        if shape.tests {
            self.tables.add_at(Statistic::DistinctOf, shape.slice.max(1) - 1, distinct, weight);
        }
        if shape.tests {
            let mut builder = CodeBuilder::new();
            compact::emit_numbered(tokens, &mut builder);
            let code = builder.finish();
            let ways = examples.iter().fold(0, |ways, (start, ..)| {
                let mut world = World::clone(start);
                self.machine.trace(&code, &mut world, &Limits::DATASET, &mut self.trace);
                ways | self.trace.ways
            });
            self.tables.add_at(Statistic::Covered, 0, usize::from(shape.ways & !ways == 0), weight);
        }
    }

    /// Whether the world has no walls.
    fn add_world(&mut self, world: &World, weight: f64) -> bool {
        let (mut walls, mut marked) = (0.0, 0.0);
        for row in 0..world.rows() {
            for col in 0..world.cols() {
                match world.cell(row, col) {
                    Cell::Wall => walls += 1.0,
                    Cell::Markers(0) => {}
                    Cell::Markers(n) => {
                        marked += 1.0;
                        self.tables.add_at(Statistic::MarkerCounts, 0, usize::from(n - 1), weight);
                    }
                }
            }
        }
        let area = f64::from(world.rows()) * f64::from(world.cols());
        let robot = world.robot();
        let on_markers = matches!(world.cell(robot.row, robot.col), Cell::Markers(1..));
        let mut add = |statistic, column, weight| self.tables.add_at(statistic, 0, column, weight);
        for side in [world.rows(), world.cols()] {
            add(Statistic::Sides, usize::from(side.max(2) - 2) / 3, weight);
        }
        add(Statistic::Headings, robot.heading as usize, weight);
        add(Statistic::Corner, usize::from((robot.row, robot.col) != (0, 0)), weight);
        add(Statistic::OnMarkers, usize::from(!on_markers), weight);
        add(Statistic::MarkerFree, usize::from(marked > 0.0), weight);
        // A mean of densities: every world counts the same, however large.
        for (column, cells) in [walls, marked, area - walls - marked].into_iter().enumerate() {
            add(Statistic::Cellwise, column, weight * cells / area);
        }
        walls == 0.0
    }
}

/// The share of each bin in the row; all 0 for an empty row.
pub fn shares(row: &[f64]) -> Vec<f64> {
    let total: f64 = row.iter().sum();
    row.iter().map(|&x| if total > 0.0 { x / total } else { 0.0 }).collect()
}

/// Total variation distance of two distributions given as counts or shares.
pub fn total_variation(a: &[f64], b: &[f64]) -> f64 {
    shares(a).iter().zip(shares(b)).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_count_what_the_dataset_counts() {
        // REPEAT R=5 { IF (not front) { move } } IFELSE markers { pick } ELSE { WHILE front { turnLeft } }
        let tokens = [36, 9 + 5, 4, 2, 2, 17 + 3, 7, 3, 25, 5, 2, 2, 1];
        let shape = Shape::of(&tokens);
        let surface = compact::to_surface(&tokens).unwrap();
        assert_eq!(shape.length, surface.split(' ').count());
        assert_eq!((shape.slice, shape.constructs, shape.depth, shape.tests), (3, 4, 2, true));
        assert_eq!(shape.ways, 0b10_11_11_10);
        let mut counts = Counts::default();
        counts.add(&tokens, &[], 1.0);
        assert_eq!(counts.tables.all(Statistic::ConstructKinds), [1.0; 4]);
        assert_eq!(counts.tables.row(Statistic::BlockLengths, 0)[1], 1.0);
        assert_eq!(counts.tables.row(Statistic::BlockLengths, 2)[0], 2.0);
        assert_eq!(counts.tables.row(Statistic::Last, 0)[CONTROL + 1], 1.0);
    }

    #[test]
    fn distance_of_distributions() {
        assert_eq!(total_variation(&[1.0, 1.0], &[5.0, 5.0]), 0.0);
        assert_eq!(total_variation(&[1.0, 0.0], &[0.0, 3.0]), 1.0);
    }
}
