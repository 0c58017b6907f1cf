//! Programs drawn from a grammar with weights.

use std::hint;

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

/// The grammar's weights made ready for drawing.
#[derive(Debug, Clone)]
pub struct Grammar {
    /// The next statement, by place, by what stands before it ([`state`]), and by whether constructs are too deep.
    statements: Vec<Choice>,
    /// Less one, by place.
    lengths: Vec<Choice>,
    conditions: Vec<Choice>,
    counts: Choice,
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
        let rows = |statistic: Statistic| -> Vec<Choice> {
            weights.all(statistic).chunks(statistic.size().1).map(Choice::new).collect()
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
            counts: Choice::new(weights.all(Statistic::Counts)),
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
        for _ in 0..=self.lengths[at].draw(random) {
            let row = (at * STATES + state(previous, running)) * 2 + usize::from(depth >= DEEPEST);
            let kind = self.statements[row].draw(random);
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
            Some(first) => first + self.conditions[construct].draw(random) as u8,
            None => REPEAT + self.counts.draw(random) as u8,
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

fn next_statement(weights: &Tables, place: usize, state: usize, deepest: bool) -> Choice {
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
    Choice::new(&likely)
}

/// Draws an index as likely as its weight, in the same time for any number of weights: Walker's alias method.
#[derive(Debug, Clone)]
struct Choice {
    /// Every index has a column, all as likely. Of 2³² draws of a column so many give its index, the others another.
    columns: Vec<(u32, u8)>,
}

impl Choice {
    /// Of 256 weights at most.
    fn new(weights: &[f64]) -> Choice {
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        let mut left: Vec<f64> = weights.iter().map(|weight| weight / mean).collect();
        let mut columns: Vec<(u32, u8)> = (0..weights.len()).map(|index| (u32::MAX, index as u8)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..left.len()).partition(|&i| left[i] < 1.0);
        while let (Some(&giver), Some(taker)) = (large.last(), small.pop()) {
            columns[taker] = ((left[taker] * 4_294_967_296.0) as u32, giver as u8);
            left[giver] -= 1.0 - left[taker];
            if left[giver] < 1.0 {
                large.pop();
                small.push(giver);
            }
        }
        Choice { columns }
    }

    fn draw(&self, random: &mut Random) -> usize {
        let bits = random.bits();
        let column = ((bits >> 32) * self.columns.len() as u64 >> 32) as usize;
        let (own, other) = self.columns[column];
        hint::select_unpredictable((bits as u32) < own, column, other.into())
    }
}
