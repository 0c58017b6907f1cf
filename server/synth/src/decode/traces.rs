//! Roll-outs: what the agent did between the two worlds of an example, as a trace model sees it. Actions that would
//! crash are masked, and so is stopping anywhere but at the goal ([`Mask::Possible`]): a trace that ends is right by
//! construction.

use std::collections::HashSet;

use dataset::features::Canvas;
use rayon::prelude::*;
use runtime::sample::Random;
use runtime::{Action, World};

use crate::models::{Pair, TraceModel};

/// Temperature of sampled roll-outs.
pub const TEMPERATURE: f64 = 0.7;
/// Sampled attempts for an example whose greedy roll-out failed.
pub const RETRIES: usize = 3;

/// How the next action is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Selection {
    /// The likeliest.
    Greedy,
    /// By probability; the same for the same seed.
    Sampled { seed: u64 },
}

/// Which options of a trace model are masked, step by step.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Mask {
    /// Actions that would crash, and stopping anywhere but at the goal
    #[default]
    Possible,
    /// Nothing, as in the paper: a trace that crashes, or stops elsewhere, has failed
    None,
}

impl Mask {
    /// Whether this option may be taken in this world: the five actions, and past them to stop.
    pub fn allows(self, option: usize, now: &World, goal: &World) -> bool {
        self == Mask::None
            || match Action::ALL.get(option) {
                Some(&action) => now.can(action),
                None => now == goal,
            }
    }
}

/// How roll-outs are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Way {
    pub mask: Mask,
    /// The temperature of sampled roll-outs.
    pub temperature: f64,
}

impl Default for Way {
    fn default() -> Way {
        Way { mask: Mask::Possible, temperature: TEMPERATURE }
    }
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
    choice: Selection,
    random: Random,
    /// Worlds seen so far, where seeing one again means going round for ever.
    seen: Option<HashSet<World>>,
}

/// Roll-outs that one thread steps at a time.
const CHUNK: usize = 128;

/// Rolls out every pair of every task, all together, in the usual [`Way`]. `stop` is asked before each step; what is
/// not done by then has no trace. Without a model nothing has one.
pub fn roll_out(
    model: Option<&dyn TraceModel>,
    tasks: &[&[Pair]],
    choice: Selection,
    stop: &dyn Fn() -> bool,
) -> Vec<Traces> {
    roll_out_each(model, tasks, &vec![choice; tasks.len()], Way::default(), stop)
}

/// Rolls out every pair of every task, with a selection for each task, in this way.
pub fn roll_out_each(
    model: Option<&dyn TraceModel>,
    tasks: &[&[Pair]],
    choices: &[Selection],
    way: Way,
    stop: &dyn Fn() -> bool,
) -> Vec<Traces> {
    let mut traces: Vec<Traces> = tasks.iter().map(|pairs| vec![None; pairs.len()]).collect();
    let Some(model) = model else { return traces };
    let limits = Limits { longest: model.longest(), way };
    let mut rollouts = model.begin(tasks);
    let mut live: Vec<Live> = Vec::new();
    let mut going = Vec::new();
    for (task, (pairs, &choice)) in tasks.iter().zip(choices).enumerate() {
        let seed = if let Selection::Sampled { seed } = choice { seed } else { 0 };
        let forgets = choice == Selection::Greedy && !model.remembers();
        for (index, pair) in pairs.iter().enumerate() {
            going.push(Canvas::fits(&pair.start) && Canvas::fits(&pair.goal));
            live.push(Live {
                place: (task, index),
                goal: &pair.goal,
                now: pair.start.clone(),
                actions: Vec::new(),
                choice,
                random: Random::new(seed.wrapping_add((index as u64) << 32)),
                seen: forgets.then(HashSet::new),
            });
        }
    }
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
        let next: Vec<Next> = live
            .par_iter_mut()
            .zip(logits)
            .with_min_len(CHUNK)
            .map(|(live, logits)| live.advance(logits, &limits))
            .collect();
        for (live, _) in live.iter_mut().zip(&next).filter(|(_, next)| **next == Next::Arrived) {
            traces[live.place.0][live.place.1] = Some(std::mem::take(&mut live.actions));
        }
        going = next.into_iter().map(|next| next == Next::Going).collect();
    }
}

/// What all roll-outs have in common.
struct Limits {
    longest: usize,
    way: Way,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Going,
    Arrived,
    Failed,
}

impl Live<'_> {
    fn advance(&mut self, logits: [f32; 6], limits: &Limits) -> Next {
        let possible = |&option: &usize| limits.way.mask.allows(option, &self.now, self.goal);
        let options: Vec<(usize, f64)> = (0..6).filter(possible).map(|o| (o, f64::from(logits[o]))).collect();
        // The turns are always possible, so there is an option.
        let chosen = match self.choice {
            Selection::Greedy => options.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a }),
            Selection::Sampled { .. } => sample(&options, limits.way.temperature, &mut self.random),
        };
        let Some(&action) = chosen.and_then(|(option, _)| Action::ALL.get(option)) else {
            return if self.now == *self.goal { Next::Arrived } else { Next::Failed };
        };
        let again = self.seen.as_mut().is_some_and(|seen| !seen.insert(self.now.clone()));
        if again || self.actions.len() == limits.longest {
            return Next::Failed;
        }
        self.actions.push(action);
        if self.now.act(action) { Next::Going } else { Next::Failed }
    }
}

/// One of the options, by probability at this temperature.
fn sample(options: &[(usize, f64)], temperature: f64, random: &mut Random) -> Option<(usize, f64)> {
    let most = options.iter().map(|o| o.1).fold(f64::NEG_INFINITY, f64::max);
    let weight = |score: f64| ((score - most) / temperature).exp();
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
    let greedy = roll_out(model, tasks, Selection::Greedy, stop);
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
    let sampled = roll_out(model, &again, Selection::Sampled { seed }, stop);
    for ((task, pair), attempts) in failed.into_iter().zip(sampled) {
        // The shortest, as it is most likely the author's.
        traces[task][pair] = attempts.into_iter().flatten().min_by_key(Vec::len);
    }
    traces
}
