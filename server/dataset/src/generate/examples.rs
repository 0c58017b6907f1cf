//! Examples for a program: worlds that it runs clean on, chosen so that they reach what is in it.

use runtime::sample::{Random, Sketch, Style, Walk};
use runtime::{Action, Code, Limits, Machine, Outcome, Trace, World};

use super::rules;
use super::statistics::EXAMPLES;

/// A start, and what the program does from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedExample {
    pub start: World,
    pub goal: World,
    /// The program's actions, at most [`MAX_TRACE`].
    pub trace: Vec<Action>,
    /// Condition bits ([`World::condition_bits`]) of each state, one more than actions.
    pub conditions: Vec<u8>,
}

/// The greatest number of actions of a trace; the dataset's longest has 73.
pub const MAX_TRACE: usize = 75;
/// A program is dropped after this many worlds without a clean run.
const WITHOUT_CLEAN_RUN: usize = 40;
/// A program is dropped after this many worlds of which too few had a clean run.
const MOST_WORLDS: usize = 240;
/// This many worlds in a row are tried in vain for what no example reaches, before the search for it ends.
const MOST_IN_VAIN: usize = 24;

/// What stays allocated from program to program.
#[derive(Default)]
pub(crate) struct Runs {
    machine: Machine,
    trace: Trace,
}

/// A world that the program runs clean on, and what it does there.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    start: Sketch,
    pub actions: Vec<Action>,
    /// The ways that it took.
    ways: u64,
}

impl Run {
    /// The example that it makes.
    pub(crate) fn example(self) -> GeneratedExample {
        let start = self.start.world();
        let mut goal = start.clone();
        let mut conditions = Vec::with_capacity(self.actions.len() + 1);
        conditions.push(goal.condition_bits());
        for &action in &self.actions {
            let done = goal.act(action);
            debug_assert!(done, "it was done on the sketch");
            conditions.push(goal.condition_bits());
        }
        GeneratedExample { start, goal, trace: self.actions, conditions }
    }
}

impl Runs {
    /// A run on one world, if it is clean: no crash, 200 ticks at most, and the dataset's rules obeyed.
    fn one(&mut self, code: &Code, random: &mut Random, style: Style) -> Option<Run> {
        let start = Sketch::new(random, style);
        let mut walk = Walk::new(start);
        let outcome = self.machine.trace(
            code,
            &mut walk,
            &Limits { prove_loops: true, ..Limits::DATASET },
            &mut self.trace,
        );
        let Trace { actions, ways } = &self.trace;
        let clean = outcome == Outcome::Finished
            && actions.len() <= MAX_TRACE
            && rules::does_something(actions.iter().copied())
            && walk.has_changed();
        clean.then(|| Run { start, actions: actions.clone(), ways: *ways })
    }
}

/// Six runs in random order, and the ways that they take together; `None` for a program that rarely runs clean.
/// `wanted` are the ways that runs are looked for.
pub(crate) fn six(
    code: &Code,
    wanted: u64,
    style: Style,
    random: &mut Random,
    runs: &mut Runs,
) -> Option<(Vec<Run>, u64)> {
    let mut found: Vec<Run> = Vec::with_capacity(EXAMPLES);
    for tried in 0..MOST_WORLDS {
        if found.len() == EXAMPLES || (found.is_empty() && tried == WITHOUT_CLEAN_RUN) {
            break;
        }
        found.extend(runs.one(code, random, style));
    }
    if found.len() < EXAMPLES {
        return None;
    }
    let together = |found: &[Run]| found.iter().fold(0, |ways, run| ways | run.ways) & wanted;
    let mut in_vain = 0;
    while in_vain < MOST_IN_VAIN {
        let ways = together(&found);
        if ways == wanted {
            break;
        }
        in_vain += 1;
        let Some(new) = runs.one(code, random, style) else { continue };
        if new.ways & wanted & !ways == 0 {
            continue;
        }
        // In the place of one that takes no way that the others don't.
        let needless = (0..EXAMPLES).find(|&at| {
            let others = found.iter().enumerate().filter(|&(i, _)| i != at);
            let others = others.fold(0, |ways, (_, run)| ways | run.ways);
            (others | new.ways) & wanted == ways | (new.ways & wanted)
        });
        if let Some(at) = needless {
            found[at] = new;
            in_vain = 0;
        }
    }
    let ways = together(&found);
    for last in (1..found.len()).rev() {
        found.swap(last, random.below(last as u32 + 1) as usize);
    }
    Some((found, ways))
}

/// Adds runs until there are `count`. Returns false for a program that rarely runs clean.
pub(crate) fn fill_up(
    found: &mut Vec<Run>,
    count: usize,
    code: &Code,
    style: Style,
    random: &mut Random,
    runs: &mut Runs,
) -> bool {
    for _ in 0..MOST_WORLDS * 4 {
        if found.len() >= count {
            break;
        }
        found.extend(runs.one(code, random, style));
    }
    found.len() >= count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compact;
    use crate::generate::shape::Shape;

    /// A branch that few of the random worlds lead to is reached by some example of nearly every task, since examples
    /// are looked for until one does; without looking, few tasks have one.
    #[test]
    fn branches_that_no_example_reaches_are_looked_for() {
        let surface = "DEF run m( IF c( markersPresent c) i( turnLeft i) move putMarker m)";
        let procedure = syntax::tokens::parse_tokens(surface).unwrap();
        let tokens = compact::from_statements(&procedure.body.statements).unwrap();
        let mut builder = runtime::CodeBuilder::new();
        assert!(compact::emit_numbered(&tokens, &mut builder));
        let code = builder.finish();
        let all = Shape::of(&tokens).ways;
        let covered = |wanted: u64| -> usize {
            let task = |seed: u64| {
                let (mut random, mut runs) = (Random::new(seed), Runs::default());
                let (found, ways) = six(&code, wanted, Style::default(), &mut random, &mut runs)?;
                let together = found.iter().fold(0, |ways, run| ways | run.ways);
                assert_eq!((found.len(), ways), (EXAMPLES, together & wanted));
                Some(together & all == all)
            };
            (0..200).filter(|&seed| task(seed) == Some(true)).count()
        };
        let (looked_for, by_chance) = (covered(all), covered(0));
        assert!(by_chance < 140 && looked_for > 185, "{by_chance} by chance, {looked_for} looked for");
    }
}
