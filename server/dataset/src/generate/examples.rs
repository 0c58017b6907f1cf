//! Examples for a program: worlds that it runs clean on, chosen so that they reach what is in it.

use runtime::sample::{self, Random, Style};
use runtime::{Action, Code, Limits, Machine, Outcome, Trace, World};

use super::rules;
use super::statistics::EXAMPLES;

/// A start, and what the program does from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedExample {
    pub start: World,
    pub goal: World,
    /// At most [`MAX_TRACE`] actions.
    pub trace: Vec<Action>,
    /// Condition bits ([`World::condition_bits`]) of each state, one more than actions.
    pub conditions: Vec<u8>,
}

/// Most actions of a trace; the dataset's longest has 73.
pub const MAX_TRACE: usize = 75;
/// A program is given up after so many worlds without a clean run,
const HOPELESS: usize = 40;
/// and after so many without enough of them.
const ENOUGH: usize = 240;
/// So many more worlds in a row are tried for what no example reaches.
const MORE: usize = 24;

/// What stays allocated from program to program.
#[derive(Default)]
pub struct Runs {
    machine: Machine,
    trace: Trace,
    goal: Option<World>,
}

impl Runs {
    /// One world, if the program runs clean on it: no crash, 200 ticks at most, and the dataset's rules obeyed. Also
    /// the ways that the run took.
    fn example(&mut self, code: &Code, random: &mut Random, style: Style) -> Option<(GeneratedExample, u64)> {
        let start = sample::world(random, style);
        let goal = self.goal.get_or_insert_with(|| start.clone());
        goal.clone_from(&start);
        let outcome = self.machine.trace(code, goal, &Limits::DATASET, &mut self.trace);
        let Trace { actions, conditions, ways } = &self.trace;
        let clean = outcome == Outcome::Finished
            && actions.len() <= MAX_TRACE
            && rules::example(&start, actions, goal);
        clean.then(|| {
            let (goal, trace, conditions) = (goal.clone(), actions.clone(), conditions.clone());
            (GeneratedExample { start, goal, trace, conditions }, *ways)
        })
    }
}

/// Six examples in random order, and the ways that they take together; none for a program that rarely runs clean.
/// `wanted` are the ways that examples are looked for.
pub fn six(
    code: &Code,
    wanted: u64,
    style: Style,
    random: &mut Random,
    runs: &mut Runs,
) -> Option<(Vec<GeneratedExample>, u64)> {
    let mut found: Vec<(GeneratedExample, u64)> = Vec::with_capacity(EXAMPLES);
    for tried in 0..ENOUGH {
        if found.len() == EXAMPLES || (found.is_empty() && tried == HOPELESS) {
            break;
        }
        found.extend(runs.example(code, random, style));
    }
    if found.len() < EXAMPLES {
        return None;
    }
    let together = |found: &[(GeneratedExample, u64)]| found.iter().fold(0, |ways, (_, w)| ways | w) & wanted;
    let mut in_vain = 0;
    while in_vain < MORE {
        let ways = together(&found);
        if ways == wanted {
            break;
        }
        in_vain += 1;
        let Some((example, new)) = runs.example(code, random, style) else { continue };
        if new & wanted & !ways == 0 {
            continue;
        }
        // In the place of one that takes no way that the others don't.
        let needless = (0..EXAMPLES).find(|&at| {
            let others = found.iter().enumerate().filter(|&(i, _)| i != at);
            let others = others.fold(0, |ways, (_, (_, w))| ways | w);
            (others & wanted) | (new & wanted) == ways | (new & wanted)
        });
        if let Some(at) = needless {
            found[at] = (example, new);
            in_vain = 0;
        }
    }
    let ways = together(&found);
    let mut examples: Vec<GeneratedExample> = found.into_iter().map(|(example, _)| example).collect();
    for last in (1..examples.len()).rev() {
        examples.swap(last, random.below(last as u32 + 1) as usize);
    }
    Some((examples, ways))
}

/// Adds examples until there are so many. False for a program that rarely runs clean.
pub fn fill_up(
    examples: &mut Vec<GeneratedExample>,
    count: usize,
    code: &Code,
    style: Style,
    random: &mut Random,
    runs: &mut Runs,
) -> bool {
    for _ in 0..ENOUGH * 4 {
        if examples.len() >= count {
            break;
        }
        examples.extend(runs.example(code, random, style).map(|(example, _)| example));
    }
    examples.len() >= count
}
