//! What is learned from: batches of samples, drawn from made-up tasks or from a file. What batch holds what is
//! decided by the seed and the numbers of its tasks alone, whatever the number of threads and wherever a training is
//! taken up again.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Context;
use dataset::Task;
use dataset::features::Canvas;
use dataset::generate::{self, Scratch};
use rayon::prelude::*;
use runtime::Action;
use runtime::sample::Random;

use super::config::{Config, DataConfig, TracesConfig};
use super::file::Line;
use crate::decode::traces::Selection;
use crate::eval::SHOWN;
use crate::models::network::{Network, Sample};
use crate::models::{CodeTask, Pair};

/// Draws samples from tasks.
pub struct Data {
    seed: u64,
    config: DataConfig,
    traces: TracesConfig,
    generator: generate::Settings,
    excluded: Arc<HashSet<u64>>,
}

/// Samples of which some still lack the traces that they are to have.
#[derive(Default)]
pub struct Draft {
    /// Number of the first task, which the draws of the batch begin from.
    first: u64,
    pub samples: Vec<Sample>,
    /// Samples whose traces are to be inferred, and how.
    pub wishes: Vec<(usize, Selection)>,
    /// Lines of the file that hold no usable task.
    pub refused: usize,
}

/// A batch to learn from.
pub struct Batch<F> {
    /// In micro-batches.
    pub features: Vec<F>,
    pub samples: usize,
    /// Examples whose traces were inferred, and those of them where none was found.
    pub inferred: usize,
    pub unknown: usize,
    pub refused: usize,
}

/// A task as it comes.
struct Whole {
    program: Vec<u8>,
    examples: Vec<(Pair, Vec<Action>)>,
}

/// The samples of a task, and how their traces are to be inferred.
type Drawn = Vec<(Sample, Option<Selection>)>;

/// Kept apart from the sequences of the generator.
const DRAWS: u64 = 0x6472_6177_7321;
/// The constant that sets apart what a network draws of its samples.
const FEATURES: u64 = 0x6665_6174_7321;

/// The random sequence of a task or batch, independent of its neighbours'.
fn sequence(seed: u64, salt: u64, number: u64) -> Random {
    Random::new(Random::new(seed ^ salt).bits() ^ Random::new(!number).bits())
}

impl Data {
    /// # Errors
    /// Where the file of what is excluded can't be read.
    pub fn new(config: &Config) -> anyhow::Result<Data> {
        let excluded = match &config.data.exclude {
            Some(file) => generate::exclude_from(file)
                .with_context(|| format!("can't read the programs to exclude in {}", file.display()))?,
            None => HashSet::new(),
        };
        let excluded = Arc::new(excluded);
        let generator = generate::Settings {
            seed: config.seed,
            examples: config.data.examples[1],
            exclude: Arc::clone(&excluded),
        };
        Ok(Data {
            seed: config.seed,
            config: config.data.clone(),
            traces: config.traces.clone(),
            generator,
            excluded,
        })
    }

    /// Tasks in a batch.
    pub fn batch(&self) -> u64 {
        self.config.batch as u64
    }

    /// The batch whose first task has this number: from the lines, or generated where there is no file.
    pub fn draft(&self, first: u64, lines: Option<Vec<Line>>) -> Draft {
        let drawn: Vec<Option<Drawn>> = match lines {
            Some(lines) => lines
                .into_par_iter()
                .enumerate()
                .map(|(i, line)| Some(self.draw(first + i as u64, self.read(&line?)?)))
                .collect(),
            None => (first..first + self.batch())
                .into_par_iter()
                .map_init(Scratch::default, |scratch, index| {
                    let task = generate::task(&self.generator, index, scratch);
                    let examples = task.examples.into_iter();
                    let examples =
                        examples.map(|e| (Pair { start: e.start, goal: e.goal }, e.trace)).collect();
                    Some(self.draw(index, Whole { program: task.program, examples }))
                })
                .collect(),
        };
        let mut draft = Draft { first, ..Draft::default() };
        for samples in drawn {
            draft.refused += usize::from(samples.is_none());
            for (sample, choice) in samples.into_iter().flatten() {
                draft.wishes.extend(choice.map(|choice| (draft.samples.len(), choice)));
                draft.samples.push(sample);
            }
        }
        draft
    }

    /// The task of a line, if it is one that can be learned from.
    fn read(&self, line: &[u8]) -> Option<Whole> {
        let task = Task::from_json(line).ok()?;
        let program = task.compact()?;
        if self.excluded.contains(&generate::program_hash(&program)) {
            return None;
        }
        let fits = |e: &dataset::Example| Canvas::fits(&e.input) && Canvas::fits(&e.output);
        let examples: Vec<_> = task
            .examples
            .into_iter()
            .filter(fits)
            .map(|e| (Pair { start: e.input, goal: e.output }, e.actions))
            .collect();
        (!examples.is_empty()).then_some(Whole { program, examples })
    }

    /// Some of a task's examples in random order, and the traces that are shown with them.
    fn draw(&self, index: u64, whole: Whole) -> Drawn {
        let mut random = sequence(self.seed, DRAWS, index);
        let Whole { program, mut examples } = whole;
        let [least, most] = self.config.examples;
        // Where it is never asked for, nothing is drawn for it: what older configurations learn from stays as it was.
        let five = self.config.five > 0.0 && random.unit() < self.config.five;
        let count = if five { SHOWN } else { least + random.below((most - least) as u32 + 1) as usize };
        let count = count.min(examples.len());
        for place in 0..count {
            let other = place + random.below((examples.len() - place) as u32) as usize;
            examples.swap(place, other);
        }
        examples.truncate(count);
        let (pairs, gold): (Vec<Pair>, Vec<Vec<Action>>) = examples.into_iter().unzip();
        let config = &self.traces;
        let kind = random.unit() * (config.gold + config.inferred + config.none);
        let unknown = || vec![None; pairs.len()];
        if kind < config.gold {
            let traces = gold.into_iter().map(Some).collect();
            return vec![(Sample { task: CodeTask { pairs, traces }, program }, None)];
        }
        if kind >= config.gold + config.inferred {
            let traces = unknown();
            return vec![(Sample { task: CodeTask { pairs, traces }, program }, None)];
        }
        let mut choice = |set: usize| {
            let sampled = random.chance(config.sampled_share);
            let seed = random.bits();
            if set > 0 || sampled { Selection::Sampled { seed } } else { Selection::Greedy }
        };
        let set = |set| {
            let task = CodeTask { pairs: pairs.clone(), traces: unknown() };
            (Sample { task, program: program.clone() }, Some(choice(set)))
        };
        (0..config.sets).map(set).collect()
    }

    /// What the network reads of the samples, tasks of a like size together.
    pub fn finish<N: Network>(&self, network: &N::Config, draft: Draft) -> Batch<N::Features> {
        let Draft { first, mut samples, wishes, refused } = draft;
        let inferred = wishes.iter().map(|&(sample, _)| &samples[sample].task.traces);
        let (inferred, unknown) = inferred.fold((0, 0), |(inferred, unknown), traces| {
            (inferred + traces.len(), unknown + traces.iter().filter(|t| t.is_none()).count())
        });
        samples.sort_by_cached_key(size);
        let total: f64 = self.config.micro_batches.iter().sum();
        let mut parts: Vec<&[Sample]> = Vec::new();
        let (mut rest, mut share) = (&samples[..], 0.0);
        for fraction in &self.config.micro_batches {
            share += fraction / total;
            let taken = samples.len() - rest.len();
            let until = (share * samples.len() as f64).round() as usize;
            let (part, after) = rest.split_at(until.saturating_sub(taken).min(rest.len()));
            parts.push(part);
            rest = after;
        }
        let features = parts
            .into_par_iter()
            .enumerate()
            .filter(|(_, part)| !part.is_empty())
            .map(|(number, part)| {
                let mut random = sequence(self.seed, FEATURES ^ number as u64, first);
                N::features(network, part, &mut random)
            })
            .filter(|features| N::targets(features) > 0)
            .collect();
        Batch { features, samples: samples.len(), inferred, unknown, refused }
    }
}

/// About how many tokens a network reads and writes for this sample.
fn size(sample: &Sample) -> usize {
    /// Tokens for the worlds of an example, and one for the end of its trace or for having none.
    const EXAMPLE: usize = 7;
    let steps: usize = sample.task.traces.iter().flatten().map(Vec::len).sum();
    EXAMPLE * sample.task.pairs.len() + steps + sample.program.len()
}
