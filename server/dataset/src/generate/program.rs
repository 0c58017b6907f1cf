//! Programs drawn from a grammar with weights.

use runtime::Action;
use runtime::sample::Random;

use super::choice::Choice;
use super::rules::may_follow;
use super::shape::CONTROL;
use super::statistics::{PLACES, Statistic, Tables, place};
use crate::compact::{ACT, ELSE, END, EOP, IF, IFELSE, REPEAT, WHILE};

/// Constructs are not nested deeper.
const DEEPEST: usize = 5;
/// Programs of more compact tokens are given up: the dataset has none.
const LONGEST: usize = 48;

/// The grammar's weights made ready for drawing.
#[derive(Debug, Clone)]
pub(crate) struct Grammar {
    /// The next statement, by place, by what stands before it ([`state`]), and by [`Position`].
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

/// Where a statement is drawn for.
#[derive(Clone, Copy, PartialEq)]
enum Position {
    Any,
    /// Constructs would be nested too deep.
    Deepest,
    /// The program's last statement.
    Last,
}

const POSITIONS: [Position; 3] = [Position::Any, Position::Deepest, Position::Last];

impl Grammar {
    pub(crate) fn new(weights: &Tables) -> Grammar {
        let rows = |statistic: Statistic| -> Vec<Choice> {
            weights.all(statistic).chunks(statistic.size().1).map(Choice::new).collect()
        };
        let mut statements = Vec::with_capacity(PLACES * STATES * POSITIONS.len());
        for place in 0..PLACES {
            for state in 0..STATES {
                for position in POSITIONS {
                    statements.push(next_statement(weights, place, state, position));
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
    pub(crate) fn draw(&self, random: &mut Random, tokens: &mut Vec<u8>) -> bool {
        tokens.clear();
        let whole = self.block(random, 0, 0, tokens);
        tokens.push(EOP);
        whole
    }

    fn block(&self, random: &mut Random, kind: usize, depth: usize, tokens: &mut Vec<u8>) -> bool {
        let at = place(kind, depth);
        let (mut previous, mut running) = (None, 0);
        for left in (0..=self.lengths[at].draw(random)).rev() {
            let position = match (depth, left) {
                (DEEPEST.., _) => Position::Deepest,
                (0, 0) => Position::Last,
                _ => Position::Any,
            };
            let row = (at * STATES + state(previous, running)) * POSITIONS.len() + position as usize;
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

fn next_statement(weights: &Tables, place: usize, state: usize, position: Position) -> Choice {
    let mut likely = weights.row(Statistic::StatementsAt, place).to_vec();
    let mut weigh = |by: &[f64]| likely.iter_mut().zip(by).for_each(|(weight, by)| *weight *= by);
    let before = (1..STATES - 1).contains(&state).then(|| (state - 1) / 2);
    // After a construct anything may come, as likely as anywhere.
    if state < STATES - 1 {
        weigh(weights.row(Statistic::Follows, before.map_or(0, |action| 1 + action)));
    }
    if (place, state) == (0, 0) {
        weigh(weights.all(Statistic::First));
    }
    if position == Position::Last {
        weigh(weights.all(Statistic::Last));
    }
    if let Some(&before) = before.and_then(|action| Action::ALL.get(action)) {
        let running = 2 - state % 2;
        for next in Action::ALL.into_iter().filter(|&next| !may_follow(before, running, next)) {
            likely[next as usize] = 0.0;
        }
    }
    if position == Position::Deepest {
        likely[CONTROL..].fill(0.0);
    }
    Choice::new(&likely)
}
