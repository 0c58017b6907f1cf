//! Fits the generator's weights to the real statistics, and writes them after every round; they belong into
//! `src/generate/weights.json`. The first round has those of the file, or the present ones where there is none.
//!
//! ```sh
//! cargo run --release -p dataset --example fit-generator -- REAL.jsonl.gz ROUNDS weights.json
//! ```
//!
//! Known statistics of the test split are targets as they are. What is not known of it (joint tables, tables by
//! place, trace lengths) is taken from the tasks of the file, weighted so that their known statistics are the test
//! split's (raking). Every round generates tasks with the present weights and rakes them to the targets of the
//! thinning; the factors of that go into the probabilities of keeping. What is still rarer or more frequent than its
//! target among the tasks so weighted goes into the weights of the grammar.

#![expect(clippy::print_stderr, reason = "it tells its author how it goes")]

use std::path::Path;

use dataset::Task;
use dataset::compact::EOP;
use dataset::generate::statistics::{Counted, Counts, Statistic, Tables, shares};
use dataset::generate::weights::Weights;
use dataset::generate::{Generated, Scratch, Settings, check, task_with, weights};

/// Tasks of a round.
const TASKS: u64 = 50_000;
/// The power to which the correction of a weight of the grammar is raised.
const POWER: f64 = 0.5;
/// The share of tasks that are never dropped. The others should be so still more, but then far more would have to be
/// made.
const NEVER_DROPPED: f64 = 0.03;
/// Bins with a smaller share have no say in the scale of their row.
const RARE: f64 = 0.04;
/// What known statistics of a task the file's tasks are weighted by.
const RAKED: [Statistic; 5] =
    [Statistic::Length, Statistic::Slice, Statistic::Constructs, Statistic::Depth, Statistic::Distinct];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (file, rounds, out) = (arguments.next(), arguments.next(), arguments.next());
    let rounds = rounds.and_then(|n| n.parse::<u64>().ok());
    let (Some(file), Some(rounds), Some(out)) = (file, rounds, out) else {
        eprintln!("usage: fit-generator REAL.jsonl.gz ROUNDS WEIGHTS.json");
        return;
    };
    let known = check::reference();
    let targets = targets(&known, Path::new(&file));
    let earlier = std::fs::read_to_string(&out).ok().and_then(|text| weights::from_json(&text));
    let mut fitted = earlier.unwrap_or_else(|| weights::FITTED.tables.clone());
    for round in 0..rounds {
        let tasks = generate(&Weights::new(fitted.clone()), round);
        let (mut unweighted, mut counts) = (Counts::default(), Counts::default());
        let bins: Vec<_> = tasks.iter().map(|t| bins(&t.program, &t.counted(), &weights::THINNING)).collect();
        let raked = rake(&bins, &weights::THINNING, &targets);
        for (task, &weight) in tasks.iter().zip(&raked.weights) {
            unweighted.add(&task.program, &task.counted(), 1.0);
            counts.add(&task.program, &task.counted(), weight);
        }
        for (statistic, factors) in weights::THINNING.into_iter().zip(raked.factors) {
            thin(statistic, &mut fitted, &factors, &targets);
        }
        scale(&[Statistic::Length, Statistic::Cells, Statistic::Depth], &bins, &mut fitted);
        scale(&[Statistic::TraceMean, Statistic::Covered, Statistic::DistinctOf], &bins, &mut fitted);
        for statistic in weights::GRAMMAR {
            reweigh(statistic, &mut fitted, &counts.tables, &targets);
        }
        let report = check::Check::new(&unweighted).comparisons;
        let report: Vec<String> =
            report.iter().map(|c| format!("{} {:.3}", c.statistic, c.distance)).collect();
        let most = raked.weights.iter().copied().fold(0.0, f64::max);
        eprintln!("round {round}: {}; greatest correction {most:.1}", report.join(", "));
        let text = weights::to_json(&fitted);
        if let Err(error) = std::fs::write(&out, text) {
            eprintln!("can't write {out}: {error}");
            return;
        }
    }
}

/// Tasks made with these weights.
fn generate(weights: &Weights, round: u64) -> Vec<Generated> {
    let settings = Settings { seed: 1_000 + round, ..Settings::default() };
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    std::thread::scope(|scope| {
        let part = |thread: u64| {
            let settings = &settings;
            scope.spawn(move || {
                let mut scratch = Scratch::default();
                let indices = (thread..TASKS).step_by(threads as usize);
                indices.map(|index| task_with(weights, settings, index, &mut scratch)).collect::<Vec<_>>()
            })
        };
        let threads: Vec<_> = (0..threads).map(part).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    })
}

/// Where tasks stand in some statistics: the entry of each statistic's table, or none.
type Bins = Vec<Option<usize>>;

fn bins(tokens: &[u8], examples: &[Counted<'_>], statistics: &[Statistic]) -> Bins {
    let mut counts = Counts::default();
    counts.add(tokens, examples, 1.0);
    statistics.iter().map(|&s| counts.tables.all(s).iter().position(|&x| x > 0.0)).collect()
}

/// Weights of tasks, and the factors per entry of each statistic that they are products of.
struct Raked {
    weights: Vec<f64>,
    factors: Vec<Vec<f64>>,
}

/// Weighs tasks so that their statistics become the targets, one statistic after the other, again and again.
fn rake(bins: &[Bins], statistics: &[Statistic], targets: &Tables) -> Raked {
    let mut weights = vec![1.0; bins.len()];
    let mut factors: Vec<Vec<f64>> = statistics.iter().map(|&s| vec![1.0; targets.all(s).len()]).collect();
    for _ in 0..30 {
        for (at, &statistic) in statistics.iter().enumerate() {
            let mut found = vec![0.0; targets.all(statistic).len()];
            for (weight, bins) in weights.iter().zip(bins) {
                bins[at].into_iter().for_each(|bin| found[bin] += weight);
            }
            let columns = statistic.size().1;
            let target = targets.all(statistic).chunks(columns).flat_map(shares);
            let found = found.chunks(columns).flat_map(shares);
            let ratios: Vec<f64> =
                target.zip(found).map(|(t, f)| ((t + 2e-5) / (f + 2e-5)).clamp(0.02, 50.0)).collect();
            for (weight, bins) in weights.iter_mut().zip(bins) {
                bins[at].into_iter().for_each(|bin| *weight *= ratios[bin]);
            }
            factors[at].iter_mut().zip(&ratios).for_each(|(factor, ratio)| *factor *= ratio);
        }
    }
    Raked { weights, factors }
}

/// Multiplies probabilities of keeping; the greatest of each row becomes 1, those of rare bins aside.
fn thin(statistic: Statistic, fitted: &mut Tables, factors: &[f64], targets: &Tables) {
    let columns = statistic.size().1;
    let targets = targets.all(statistic).chunks(columns);
    let rows = fitted.all_mut(statistic).chunks_mut(columns);
    for ((row, factors), target) in rows.zip(factors.chunks(columns)).zip(targets) {
        row.iter_mut().zip(factors).for_each(|(p, factor)| *p = (*p * factor.clamp(0.2, 5.0)).max(1e-3));
        let usual = row.iter().zip(shares(target)).filter(|(_, target)| *target > RARE);
        let greatest = usual.map(|(p, _)| *p).fold(1e-3, f64::max);
        row.iter_mut().for_each(|p| *p /= greatest);
    }
}

/// Scales the first of the statistics so that the product of all is 1 for the tasks that are kept most.
fn scale(statistics: &[Statistic], bins: &[Bins], fitted: &mut Tables) {
    let at = statistics.iter().map(|s| weights::THINNING.iter().position(|t| t == s).unwrap_or_default());
    let at: Vec<usize> = at.collect();
    let product = |bins: &Bins| -> f64 {
        let of = |(&s, &at): (&Statistic, &usize)| bins[at].map_or(1.0, |bin| fitted.all(s)[bin]);
        statistics.iter().zip(&at).map(of).product()
    };
    let mut products: Vec<f64> = bins.iter().map(product).collect();
    products.sort_by(f64::total_cmp);
    let most = products[((products.len() as f64) * (1.0 - NEVER_DROPPED)) as usize];
    fitted.all_mut(statistics[0]).iter_mut().for_each(|p| *p /= most);
}

/// Moves weights of the grammar towards their targets.
fn reweigh(statistic: Statistic, fitted: &mut Tables, generated: &Tables, targets: &Tables) {
    let (rows, columns) = statistic.size();
    for row in 0..rows {
        let (target, found) = (shares(targets.row(statistic, row)), shares(generated.row(statistic, row)));
        let entries = &mut fitted.all_mut(statistic)[row * columns..(row + 1) * columns];
        for ((entry, target), found) in entries.iter_mut().zip(target).zip(found) {
            let ratio = (target + 1e-4) / (found + 1e-4);
            *entry *= ratio.powf(POWER).clamp(0.5, 2.0);
        }
        let sum: f64 = entries.iter().sum();
        entries.iter_mut().for_each(|entry| *entry = (*entry / sum).max(1e-4));
    }
}

/// What every statistic should be: as known, or as in the tasks of the file, weighted.
fn targets(known: &Tables, file: &Path) -> Tables {
    let tasks: Vec<(Vec<u8>, Task)> = dataset::read(file)
        .expect("the file of real tasks can be read")
        .filter_map(|task| task.ok().and_then(|task| Some((task.compact()?, task))))
        .collect();
    assert!(tasks.iter().all(|(tokens, _)| tokens.last() == Some(&EOP)), "whole programs");
    let bins: Vec<_> = tasks.iter().map(|(tokens, task)| bins(tokens, &counted(task), &RAKED)).collect();
    let weights = rake(&bins, &RAKED, known).weights;
    let mut counts = Counts::default();
    for ((tokens, task), weight) in tasks.iter().zip(weights) {
        counts.add(tokens, &counted(task), weight);
    }
    let mut targets = counts.tables;
    let traces = shares(targets.all(Statistic::TraceLength));
    let mean: f64 = traces.iter().enumerate().map(|(length, share)| length as f64 * share).sum();
    eprintln!("trace lengths, mean {mean:.3}: {traces:.5?}");
    for &statistic in Statistic::ALL {
        if statistic != Statistic::TraceLength && known.all(statistic).iter().any(|&x| x > 0.0) {
            targets.all_mut(statistic).clone_from(&known.all(statistic).to_vec());
        }
    }
    targets
}

fn counted(task: &Task) -> Vec<Counted<'_>> {
    task.examples.iter().map(|e| (&e.input, &e.actions[..], &e.output)).collect()
}
