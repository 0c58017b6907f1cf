//! Programs drawn from a grammar with weights.

use runtime::Action;
use runtime::sample::Random;

use super::rules::may_follow;
use super::shape::{CONTROL, STATEMENTS};
use super::statistics::{Statistic, Tables, place};
use crate::compact::{ACT, ELSE, END, EOP, IF, IFELSE, REPEAT, WHILE};

/// Constructs are not nested deeper.
const DEEPEST: usize = 5;
/// Programs of more compact tokens are given up: the dataset has none.
const LONGEST: usize = 48;

/// Draws a program of compact tokens that obeys the rule on neighbours, [`EOP`] at its end. False, and part of one,
/// where it becomes too long.
pub fn draw(weights: &Tables, random: &mut Random, tokens: &mut Vec<u8>) -> bool {
    tokens.clear();
    block(weights, random, 0, 0, tokens) && {
        tokens.push(EOP);
        true
    }
}

fn block(weights: &Tables, random: &mut Random, kind: usize, depth: usize, tokens: &mut Vec<u8>) -> bool {
    let at = place(kind, depth);
    let length = 1 + pick(random, weights.row(Statistic::BlockLengthsAt, at));
    let mix = weights.row(Statistic::StatementsAt, at);
    let mut previous: Option<usize> = None;
    let mut running = 0;
    for _ in 0..length {
        let mut likely: [f64; STATEMENTS] = std::array::from_fn(|kind| mix[kind]);
        // After a construct anything may come, as likely as anywhere.
        if previous.is_none_or(|kind| kind < CONTROL) {
            let follows = weights.row(Statistic::Follows, previous.map_or(0, |kind| 1 + kind));
            likely.iter_mut().zip(follows).for_each(|(weight, follows)| *weight *= follows);
        }
        if let Some(&before) = previous.and_then(|kind| Action::ALL.get(kind)) {
            for next in Action::ALL {
                if !may_follow(before, running, next) {
                    likely[next as usize] = 0.0;
                }
            }
        }
        if depth >= DEEPEST {
            likely[CONTROL..].fill(0.0);
        }
        let kind = pick(random, &likely);
        running = if previous == Some(kind) { running + 1 } else { 1 };
        previous = Some(kind);
        if tokens.len() >= LONGEST || !statement(weights, random, kind, depth, tokens) {
            return false;
        }
    }
    true
}

fn statement(weights: &Tables, random: &mut Random, kind: usize, depth: usize, tokens: &mut Vec<u8>) -> bool {
    if kind < CONTROL {
        tokens.push(ACT + kind as u8);
        return true;
    }
    let construct = kind - CONTROL;
    let token = match [IF, IFELSE, WHILE].get(construct) {
        Some(first) => first + pick(random, weights.row(Statistic::ConditionsOf, construct)) as u8,
        None => REPEAT + pick(random, weights.row(Statistic::Counts, 0)) as u8,
    };
    tokens.push(token);
    let mut body = |end: u8| {
        let whole = block(weights, random, construct + 1, depth + 1, tokens);
        tokens.push(end);
        whole
    };
    (!(IFELSE..WHILE).contains(&token) || body(ELSE)) && body(END)
}

/// An index as likely as its weight; the last one where all are 0.
fn pick(random: &mut Random, weights: &[f64]) -> usize {
    let mut left = random.unit() * weights.iter().sum::<f64>();
    for (index, &weight) in weights.iter().enumerate() {
        if left < weight {
            return index;
        }
        left -= weight;
    }
    weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(weights.len().saturating_sub(1))
}
