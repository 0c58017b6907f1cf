//! Roll-outs: what the agent did between the two worlds of an example, as a trace model sees it. Actions that would
//! crash are masked, and so is stopping anywhere but at the goal: a trace that ends is right by construction.

use std::collections::HashSet;

use dataset::features::Canvas;
use runtime::sample::Random;
use runtime::{Action, World};

use crate::models::{Pair, TraceModel};

/// Temperature of sampled roll-outs.
pub const TEMPERATURE: f64 = 0.7;
/// Sampled attempts for an example whose greedy roll-out failed.
pub const RETRIES: usize = 3;

/// How the next action is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Choice {
    /// The likeliest.
    Greedy,
    /// By probability at [`TEMPERATURE`]; the same for the same seed.
    Sampled { seed: u64 },
}

/// The traces of one task, one per pair; `None` where none was found.
pub type Traces = Vec<Option<Vec<Action>>>;

/// One roll-out under way.
struct Live<'a> {
    /// Task and pair.
    place: (usize, usize),
    goal: &'a World,
    now: World,
    actions: Vec<Action>,
    random: Random,
    /// Worlds seen so far, where seeing one again means going round for ever.
    seen: HashSet<World>,
}

/// Rolls out every pair of every task, all together. `stop` is asked before each step; what is not done by then
/// has no trace. Without a model nothing has one.
pub fn roll_out(
    model: Option<&dyn TraceModel>,
    tasks: &[&[Pair]],
    choice: Choice,
    stop: &dyn Fn() -> bool,
) -> Vec<Traces> {
    let mut traces: Vec<Traces> = tasks.iter().map(|pairs| vec![None; pairs.len()]).collect();
    let Some(model) = model else { return traces };
    let longest = model.longest();
    let forgets = choice == Choice::Greedy && !model.remembers();
    let seed = if let Choice::Sampled { seed } = choice { seed } else { 0 };
    let mut rollouts = model.begin(tasks);
    let mut live: Vec<Live> = Vec::new();
    let mut readable = Vec::new();
    for (task, pairs) in tasks.iter().enumerate() {
        for (index, pair) in pairs.iter().enumerate() {
            readable.push(Canvas::fits(&pair.start) && Canvas::fits(&pair.goal));
            live.push(Live {
                place: (task, index),
                goal: &pair.goal,
                now: pair.start.clone(),
                actions: Vec::new(),
                random: Random::new(seed.wrapping_add((index as u64) << 32)),
                seen: HashSet::new(),
            });
        }
    }
    let mut going = readable;
    loop {
        if going.iter().any(|&g| !g) {
            let rows: Vec<usize> = (0..live.len()).filter(|&row| going[row]).collect();
            rollouts.keep(&rows);
            let mut keep = going.iter();
            live.retain(|_| keep.next().copied().unwrap_or(false));
        }
        if live.is_empty() || stop() {
            return traces;
        }
        let now: Vec<_> = live.iter().map(|l| (&l.now, l.actions.last().copied())).collect();
        let logits = rollouts.step(&now);
        going = live
            .iter_mut()
            .zip(logits)
            .map(|(live, logits)| match live.advance(logits, choice, forgets, longest) {
                Next::Going => true,
                Next::Failed => false,
                Next::Arrived => {
                    traces[live.place.0][live.place.1] = Some(std::mem::take(&mut live.actions));
                    false
                }
            })
            .collect();
    }
}

enum Next {
    Going,
    Arrived,
    Failed,
}

impl Live<'_> {
    fn advance(&mut self, logits: [f32; 6], choice: Choice, forgets: bool, longest: usize) -> Next {
        let possible = |option: usize| match Action::ALL.get(option) {
            Some(&action) => self.now.can(action),
            None => self.now == *self.goal,
        };
        let options: Vec<(usize, f64)> =
            (0..6).filter(|&o| possible(o)).map(|o| (o, f64::from(logits[o]))).collect();
        // The turns are always possible, so there is an option.
        let chosen = match choice {
            Choice::Greedy => options.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a }),
            Choice::Sampled { .. } => sample(&options, &mut self.random),
        };
        let Some(&action) = chosen.and_then(|(option, _)| Action::ALL.get(option)) else {
            return Next::Arrived;
        };
        if self.actions.len() == longest || (forgets && !self.seen.insert(self.now.clone())) {
            return Next::Failed;
        }
        self.actions.push(action);
        if self.now.act(action) { Next::Going } else { Next::Failed }
    }
}

/// One of the options, by probability at [`TEMPERATURE`].
fn sample(options: &[(usize, f64)], random: &mut Random) -> Option<(usize, f64)> {
    let most = options.iter().map(|o| o.1).fold(f64::NEG_INFINITY, f64::max);
    let weight = |score: f64| ((score - most) / TEMPERATURE).exp();
    let mut left = random.unit() * options.iter().map(|o| weight(o.1)).sum::<f64>();
    let drawn = options.iter().find(|o| {
        left -= weight(o.1);
        left < 0.0
    });
    drawn.or(options.last()).copied()
}

/// Greedy roll-outs, then sampled ones for the pairs where those failed.
pub fn infer(
    model: Option<&dyn TraceModel>,
    tasks: &[&[Pair]],
    seed: u64,
    stop: &dyn Fn() -> bool,
) -> Vec<Traces> {
    let greedy = roll_out(model, tasks, Choice::Greedy, stop);
    retry(model, tasks, greedy, seed, stop)
}

/// Tries the pairs that have no trace again, [`RETRIES`] times each.
pub fn retry(
    model: Option<&dyn TraceModel>,
    tasks: &[&[Pair]],
    mut traces: Vec<Traces>,
    seed: u64,
    stop: &dyn Fn() -> bool,
) -> Vec<Traces> {
    let failed: Vec<(usize, usize)> = (0..traces.len())
        .flat_map(|task| (0..traces[task].len()).map(move |pair| (task, pair)))
        .filter(|&(task, pair)| traces[task][pair].is_none())
        .collect();
    if model.is_none() || failed.is_empty() || stop() {
        return traces;
    }
    let again: Vec<Vec<Pair>> =
        failed.iter().map(|&(task, pair)| vec![tasks[task][pair].clone(); RETRIES]).collect();
    let again: Vec<&[Pair]> = again.iter().map(Vec::as_slice).collect();
    let sampled = roll_out(model, &again, Choice::Sampled { seed }, stop);
    for ((task, pair), attempts) in failed.into_iter().zip(sampled) {
        // The shortest, as it is most likely the author's.
        traces[task][pair] = attempts.into_iter().flatten().min_by_key(Vec::len);
    }
    traces
}
