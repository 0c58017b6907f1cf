//! Programs drawn from a grammar with weights.

use runtime::Action;
use runtime::sample::Random;

use super::rules::may_follow;
use super::shape::{CONTROL, STATEMENTS};
use super::statistics::{PLACES, Statistic, Tables, place};
use crate::compact::{ACT, ELSE, END, EOP, IF, IFELSE, REPEAT, WHILE};

/// Constructs are not nested deeper.
const DEEPEST: usize = 5;
/// Programs of more compact tokens are given up: the dataset has none.
const LONGEST: usize = 48;

/// The grammar's weights made ready for drawing: every distribution as running sums.
#[derive(Debug, Clone)]
pub struct Grammar {
    /// The next statement, by place, by what stands before it ([`state`]), and by whether constructs are too deep.
    statements: Vec<[f64; STATEMENTS]>,
    /// Less one, by place.
    lengths: Vec<Vec<f64>>,
    conditions: Vec<Vec<f64>>,
    counts: Vec<f64>,
}

/// Nothing, an action for the first or second time running, or a construct.
const STATES: usize = 2 + 2 * CONTROL;

fn state(previous: Option<usize>, running: usize) -> usize {
    match previous {
        None => 0,
        Some(action @ ..CONTROL) => 2 * action + running.min(2),
        Some(_) => STATES - 1,
    }
}

impl Grammar {
    pub fn new(weights: &Tables) -> Grammar {
        let rows = |statistic: Statistic| -> Vec<Vec<f64>> {
            weights.all(statistic).chunks(statistic.size().1).map(running_sums).collect()
        };
        let mut statements = Vec::with_capacity(PLACES * STATES * 2);
        for place in 0..PLACES {
            for state in 0..STATES {
                for deepest in [false, true] {
                    statements.push(next_statement(weights, place, state, deepest));
                }
            }
        }
        Grammar {
            statements,
            lengths: rows(Statistic::BlockLengthsAt),
            conditions: rows(Statistic::ConditionsOf),
            counts: running_sums(weights.all(Statistic::Counts)),
        }
    }

    /// Draws a program of compact tokens that obeys the rule on neighbours, [`EOP`] at its end. False, and part of
    /// one, where it becomes too long.
    pub fn draw(&self, random: &mut Random, tokens: &mut Vec<u8>) -> bool {
        tokens.clear();
        let whole = self.block(random, 0, 0, tokens);
        tokens.push(EOP);
        whole
    }

    fn block(&self, random: &mut Random, kind: usize, depth: usize, tokens: &mut Vec<u8>) -> bool {
        let at = place(kind, depth);
        let (mut previous, mut running) = (None, 0);
        for _ in 0..=pick(random, &self.lengths[at]) {
            let row = (at * STATES + state(previous, running)) * 2 + usize::from(depth >= DEEPEST);
            let kind = pick(random, &self.statements[row]);
            running = if previous == Some(kind) { running + 1 } else { 1 };
            previous = Some(kind);
            if tokens.len() >= LONGEST || !self.statement(random, kind, depth, tokens) {
                return false;
            }
        }
        true
    }

    fn statement(&self, random: &mut Random, kind: usize, depth: usize, tokens: &mut Vec<u8>) -> bool {
        if kind < CONTROL {
            tokens.push(ACT + kind as u8);
            return true;
        }
        let construct = kind - CONTROL;
        let token = match [IF, IFELSE, WHILE].get(construct) {
            Some(first) => first + pick(random, &self.conditions[construct]) as u8,
            None => REPEAT + pick(random, &self.counts) as u8,
        };
        tokens.push(token);
        let mut body = |end: u8| {
            let whole = self.block(random, construct + 1, depth + 1, tokens);
            tokens.push(end);
            whole
        };
        (!(IFELSE..WHILE).contains(&token) || body(ELSE)) && body(END)
    }
}

fn next_statement(weights: &Tables, place: usize, state: usize, deepest: bool) -> [f64; STATEMENTS] {
    let mix = weights.row(Statistic::StatementsAt, place);
    let mut likely: [f64; STATEMENTS] = std::array::from_fn(|kind| mix[kind]);
    let before = (1..STATES - 1).contains(&state).then(|| (state - 1) / 2);
    // After a construct anything may come, as likely as anywhere.
    if state < STATES - 1 {
        let follows = weights.row(Statistic::Follows, before.map_or(0, |action| 1 + action));
        likely.iter_mut().zip(follows).for_each(|(weight, follows)| *weight *= follows);
    }
    if let Some(&before) = before.and_then(|action| Action::ALL.get(action)) {
        let running = 2 - state % 2;
        for next in Action::ALL.into_iter().filter(|&next| !may_follow(before, running, next)) {
            likely[next as usize] = 0.0;
        }
    }
    if deepest {
        likely[CONTROL..].fill(0.0);
    }
    let mut sum = 0.0;
    likely.map(|weight| {
        sum += weight;
        sum
    })
}

fn running_sums(weights: &[f64]) -> Vec<f64> {
    let sums = weights.iter().scan(0.0, |sum, weight| {
        *sum += weight;
        Some(*sum)
    });
    sums.collect()
}

/// An index as likely as its weight, given the running sums of the weights.
fn pick(random: &mut Random, sums: &[f64]) -> usize {
    let at = random.unit() * sums.last().copied().unwrap_or_default();
    sums.iter().position(|&sum| at < sum).unwrap_or_default()
}
