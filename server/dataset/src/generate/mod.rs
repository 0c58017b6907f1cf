//! Generated tasks with the statistics of the public dataset.
//!
//! A task is made in three steps, and dropped with some probability after each, so that what is left has the
//! dataset's statistics:
//!
//! 1. a program is drawn from a grammar with weights ([`program`]), by length, constructs and nesting kept or not;
//! 2. worlds are sketched, and six kept on which it runs clean, so that its branches are reached where possible
//!    ([`examples`]);
//! 3. by what they reach, by the number of different traces and by the traces' length it is kept or not.
//!
//! | file | what lives there |
//! |---|---|
//! | `program`, `choice` | the grammar, and drawing by weights |
//! | `rules` | what no task of the dataset breaks |
//! | `examples` | worlds for a program |
//! | `weights` | the fitted weights and probabilities |
//! | `stream` | tasks from several threads, in order |
//! | `shape`, `statistics` | what is counted of tasks |
//! | `reference`, `check` | the real statistics, and how far the generated ones are from them |

pub mod check;
mod choice;
mod examples;
mod program;
mod reference;
pub mod rules;
mod shape;
pub mod statistics;
mod stream;
pub mod weights;

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use runtime::sample::{Random, Style, fnv1a};
use runtime::{Code, CodeBuilder};

pub use examples::{GeneratedExample, MAX_TRACE};
pub use stream::{Stream, stream};

use crate::compact::{self, ACT, IF};
use crate::task::{Example, Task};
use examples::{Run, Runs};
use shape::Shape;
use statistics::{EXAMPLES, Statistic};
use weights::Weights;

/// The greatest number of examples of a task.
pub const MAX_EXAMPLES: usize = 11;

/// Which tasks are made.
#[derive(Debug, Clone)]
pub struct Settings {
    pub seed: u64,
    /// Examples per task, 1 to [`MAX_EXAMPLES`]; what is outside is brought inside. Programs and the first six
    /// examples are distributed alike for every number.
    pub examples: usize,
    /// Programs that are never made, by [`program_hash`].
    pub exclude: Arc<HashSet<u64>>,
}

impl Default for Settings {
    /// Seed 0, six examples, nothing excluded.
    fn default() -> Settings {
        Settings { seed: 0, examples: EXAMPLES, exclude: Arc::default() }
    }
}

/// A generated task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// Compact tokens, [`compact::EOP`] at the end.
    pub program: Vec<u8>,
    pub examples: Vec<GeneratedExample>,
}

impl Generated {
    /// The examples as [`statistics::Counts::add`] wants them.
    pub fn counted(&self) -> Vec<statistics::Counted<'_>> {
        self.examples.iter().map(|e| (&e.start, &e.trace[..], &e.goal)).collect()
    }

    /// The task in the dataset's form. Its 16 digits are made of seed and index.
    pub fn into_task(self, seed: u64, index: u64) -> Result<Task, compact::NoProgram> {
        let program = compact::to_procedure(&self.program)?;
        let guid = format!("{:016x}", Random::new(seed).bits() ^ index);
        let examples = self.examples.into_iter();
        let examples =
            examples.map(|e| Example { actions: e.trace, input: e.start, output: e.goal }).collect();
        Ok(Task { guid, split: None, program, examples })
    }
}

/// Memory that is used from task to task; it has no bearing on what is made.
#[derive(Default)]
pub struct Scratch {
    tokens: Vec<u8>,
    code: Option<Code>,
    runs: Runs,
}

/// Task number `index` of a seed: the same whatever thread makes it and whatever was made before.
///
/// Never ends where every program is excluded.
pub fn task(settings: &Settings, index: u64, scratch: &mut Scratch) -> Generated {
    task_with(&weights::FITTED, settings, index, scratch)
}

/// Makes a task as [`task`] does, with other weights, for fitting them.
pub fn task_with(weights: &Weights, settings: &Settings, index: u64, scratch: &mut Scratch) -> Generated {
    // Seeds and indices that are close must not lead to sequences that are.
    let mut random = Random::new(Random::new(settings.seed).bits() ^ Random::new(!index).bits());
    loop {
        if let Some(generated) = attempt(weights, settings, &mut random, scratch) {
            return generated;
        }
    }
}

fn attempt(
    weights: &Weights,
    settings: &Settings,
    random: &mut Random,
    scratch: &mut Scratch,
) -> Option<Generated> {
    let Scratch { tokens, code, runs } = scratch;
    let drawn = weights.grammar.draw(random, tokens);
    let actions = tokens.iter().filter(|token| (ACT..IF).contains(token));
    let actions = actions.map(|token| runtime::Action::ALL[usize::from(token - ACT)]);
    if !drawn || !rules::does_something(actions) {
        return None;
    }
    let shape = Shape::of(tokens);
    let keep = |statistic, row, column: usize| weights.tables.row(statistic, row)[column];
    let kept = keep(Statistic::Length, 0, statistics::length_bin(&shape))
        * keep(Statistic::Cells, 0, statistics::cell(&shape))
        * keep(Statistic::Depth, 0, shape.depth.min(5));
    if !random.chance(kept) || settings.exclude.contains(&program_hash(tokens)) {
        return None;
    }
    let mut builder = code.take().map_or_else(CodeBuilder::new, CodeBuilder::reuse);
    compact::emit_numbered(tokens, &mut builder);
    let code = &*code.insert(builder.finish());
    let style = Style { to_be_chosen: true, ..Style::sample(random) };
    let (mut found, ways) = examples::six(code, shape.ways, style, random, runs)?;
    let mean = found.iter().map(|run| run.actions.len()).sum::<usize>() as f64 / EXAMPLES as f64;
    let mut kept = keep(Statistic::TraceMean, 0, statistics::trace_bin(mean));
    if shape.tests {
        let distinct = found.iter().map(|run| &run.actions).collect::<HashSet<_>>().len();
        kept *= keep(Statistic::Covered, 0, usize::from(ways == shape.ways))
            * keep(Statistic::DistinctOf, shape.slice.max(1) - 1, distinct - 1);
    }
    if !random.chance(kept) {
        return None;
    }
    let count = settings.examples.clamp(1, MAX_EXAMPLES);
    if !examples::fill_up(&mut found, count, code, style, random, runs) {
        return None;
    }
    found.truncate(count);
    let examples = found.into_iter().map(Run::example).collect();
    Some(Generated { program: tokens.clone(), examples })
}

/// A number for a program of compact tokens, the same on every machine and in every version.
pub fn program_hash(tokens: &[u8]) -> u64 {
    fnv1a(tokens)
}

/// The hashes of all programs of a file of tasks that the compact tokens can say.
///
/// # Errors
/// Fails where the file can't be read, or a line of it is not a task.
pub fn exclude_from(path: &Path) -> io::Result<HashSet<u64>> {
    let mut hashes = HashSet::new();
    for task in crate::read(path)? {
        let task = task.map_err(io::Error::other)?;
        hashes.extend(task.compact().map(|tokens| program_hash(&tokens)));
    }
    Ok(hashes)
}
