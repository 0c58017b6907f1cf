//! Repair of near misses: programs that pass some examples are changed in one place, likeliest change first, and run.
//! What passes more becomes the next to be changed.

use std::collections::HashSet;

use dataset::compact::{ACT, ELSE, END, EOP, IF, IFELSE, REPEAT, VOCABULARY, WHILE};

use crate::decode::beam::{Finished, Judge};
use crate::decode::likelihood::{follow, log_probability};
use crate::decode::template::{Prefix, Template};
use crate::models::{self, CodeModel, CodeTask};
use crate::search::executor::{Executor, NearMiss};

/// Changes, one after the other, that lead from a near miss to a program that passes.
const ROUNDS: usize = 3;
/// Near misses changed in a round.
const CHANGED: usize = 16;
/// Repaired programs that are enough.
const ENOUGH: usize = 20;
/// Longest run of statements that is put into a block.
const WRAPPED: usize = 3;
/// At most this many programs pass between two checks of the stop flag.
const STOP_INTERVAL: usize = 64;

/// Looks for programs of the template that pass all of the executor's examples in the neighbourhood of the near misses.
/// `task` is what the network reads. Likeliest first.
pub fn repair(
    code: &dyn CodeModel,
    task: &CodeTask,
    template: &Template,
    executor: &mut Executor,
    near: Vec<NearMiss>,
    stop: &dyn Fn() -> bool,
) -> Vec<Finished> {
    let mut near = near;
    let mut tried: HashSet<Vec<u8>> = HashSet::new();
    let mut passing = Vec::new();
    for _ in 0..ROUNDS {
        near.retain(|miss| tried.insert(changed_mark(&miss.prefix.tokens)));
        near.truncate(CHANGED);
        if near.is_empty() || stop() {
            break;
        }
        let programs: Vec<(usize, &[u8])> = near.iter().map(|miss| (0, &miss.prefix.tokens[..])).collect();
        let tables = follow(&mut *code.begin(std::slice::from_ref(task)), &programs, stop);
        let mut changes: Vec<(f64, Prefix)> = Vec::new();
        for (miss, table) in near.iter().zip(&tables) {
            if stop() {
                break;
            }
            let own = log_probability(table, &miss.prefix.tokens);
            for tokens in edits(&miss.prefix.tokens) {
                let score = own + gain(table, &miss.prefix.tokens, &tokens);
                if !tried.contains(&tokens)
                    && let Some(prefix) = template.read(&tokens)
                {
                    tried.insert(tokens);
                    changes.push((score, prefix));
                }
            }
        }
        changes.sort_by(|a, b| b.0.total_cmp(&a.0));
        executor.near.clear();
        for (number, (_, prefix)) in changes.into_iter().enumerate() {
            if passing.len() == ENOUGH || (number % STOP_INTERVAL == STOP_INTERVAL - 1 && stop()) {
                break;
            }
            if executor.accepts(&prefix, true) {
                passing.push(prefix);
            }
        }
        if !passing.is_empty() {
            break;
        }
        near = std::mem::take(&mut executor.near);
    }
    let programs: Vec<(usize, &[u8])> = passing.iter().map(|prefix| (0, &prefix.tokens[..])).collect();
    if programs.is_empty() {
        return Vec::new();
    }
    let tables = follow(&mut *code.begin(std::slice::from_ref(task)), &programs, stop);
    let scored = tables.iter().map(Vec::as_slice).zip(&passing);
    let scores: Vec<f64> = scored.map(|(table, prefix)| log_probability(table, &prefix.tokens)).collect();
    let mut found: Vec<Finished> = passing
        .into_iter()
        .zip(scores)
        .map(|(prefix, log_probability)| Finished { log_probability, prefix })
        .collect();
    found.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
    found
}

/// What stands in `tried` for a program that has been changed, which may have been tried as a change itself.
fn changed_mark(tokens: &[u8]) -> Vec<u8> {
    [&[VOCABULARY], tokens].concat()
}

/// How much likelier the change is where it begins.
fn gain(table: &[f32], before: &[u8], after: &[u8]) -> f64 {
    let Some(place) = before.iter().zip(after).position(|(a, b)| a != b) else { return 0.0 };
    // A table that was stopped is short.
    let row = table.get(place * models::VOCABULARY..).unwrap_or_default();
    match row.get(usize::from(after[place])).zip(row.get(usize::from(before[place]))) {
        Some((new, old)) => f64::from(*new) - f64::from(*old),
        None => 0.0,
    }
}

/// A statement's tokens.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: usize,
    /// Where its first branch ends, if it has a second.
    middle: Option<usize>,
    to: usize,
}

/// All statements, in the order of their first tokens.
fn spans(tokens: &[u8]) -> Vec<Span> {
    let (mut spans, mut open) = (Vec::new(), Vec::new());
    for (place, &token) in tokens.iter().enumerate() {
        match token {
            ACT..IF => spans.push(Span { from: place, middle: None, to: place + 1 }),
            IF..VOCABULARY => {
                open.push(spans.len());
                spans.push(Span { from: place, middle: None, to: place + 1 });
            }
            ELSE => {
                if let Some(&last) = open.last() {
                    spans[last].middle = Some(place);
                }
            }
            END => {
                if let Some(last) = open.pop() {
                    spans[last].to = place + 1;
                }
            }
            _ => (),
        }
    }
    spans
}

/// The openers of blocks with one branch.
fn openers() -> impl Iterator<Item = u8> {
    (IF..IFELSE).chain(WHILE..VOCABULARY)
}

/// Every program that differs in one place: an action, a condition or a count replaced, an action inserted, alone or in
/// an `if` or `while`, a statement deleted, put into a block or taken out of one, a branch added or dropped, two neighbouring tokens swapped. Not all of them are
/// programs.
fn edits(tokens: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut splice = |from: usize, to: usize, new: &[u8]| {
        all.push([&tokens[..from], new, &tokens[to..]].concat());
    };
    let spans = spans(tokens);
    for span in &spans {
        let (from, to, token) = (span.from, span.to, tokens[span.from]);
        splice(from, to, &[]);
        match token {
            ACT..IF => (ACT..IF).filter(|&t| t != token).for_each(|t| splice(from, to, &[t])),
            IFELSE..WHILE => {
                (IFELSE..WHILE).filter(|&t| t != token).for_each(|t| splice(from, from + 1, &[t]));
                if let Some(middle) = span.middle {
                    splice(from, to, &tokens[from + 1..middle]);
                    splice(from, to, &tokens[middle + 1..to - 1]);
                    let lone = [&[token - IFELSE + IF], &tokens[from + 1..middle], &[END]].concat();
                    splice(from, to, &lone);
                }
            }
            _ => {
                openers().filter(|&t| t != token).for_each(|t| splice(from, from + 1, &[t]));
                splice(from, to, &tokens[from + 1..to - 1]);
                if (IF..IFELSE).contains(&token) {
                    for action in ACT..IF {
                        let inner = &tokens[from + 1..to - 1];
                        splice(from, to, &[&[token - IF + IFELSE], inner, &[ELSE, action, END]].concat());
                    }
                }
            }
        }
        // This statement and those after it in the same block.
        let mut end = to;
        for _ in 0..WRAPPED {
            for opener in openers() {
                splice(from, end, &[&[opener], &tokens[from..end], &[END]].concat());
            }
            match spans.iter().find(|next| next.from == end) {
                Some(next) => end = next.to,
                None => break,
            }
        }
    }
    for place in 0..tokens.len() {
        for action in ACT..IF {
            splice(place, place, &[action]);
            // Where an action would crash, it takes its condition to come in at once.
            openers().filter(|&t| t < REPEAT).for_each(|t| splice(place, place, &[t, action, END]));
        }
        if let Some(&next) = tokens.get(place + 1).filter(|&&next| next != EOP && next != tokens[place]) {
            splice(place, place + 2, &[next, tokens[place]]);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use dataset::compact::{REPEAT, to_surface};

    #[test]
    fn edits_reach_every_kind_of_neighbour() {
        // if(front) { move } turnLeft
        let program = [IF, ACT, END, ACT + 1, EOP];
        let all = edits(&program);
        for wanted in [
            &[IF + 1, ACT, END, ACT + 1, EOP][..],
            &[WHILE, ACT, END, ACT + 1, EOP],
            &[REPEAT, ACT, END, ACT + 1, EOP],
            &[ACT, ACT + 1, EOP],
            &[ACT + 1, EOP],
            &[IFELSE, ACT, ELSE, ACT + 3, END, ACT + 1, EOP],
            &[IF, ACT, ACT + 1, END, EOP],
            &[IF, ACT, ACT + 4, END, ACT + 1, EOP],
            &[REPEAT + 8, IF, ACT, END, ACT + 1, END, EOP],
            &[IF, WHILE, ACT, END, END, ACT + 1, EOP],
            &[IF, ACT, END, ACT + 2, EOP],
        ] {
            assert!(all.iter().any(|edit| edit == wanted), "{wanted:?}");
        }
        assert!(!all.contains(&program.to_vec()));
        assert!(all.iter().filter(|edit| to_surface(edit).is_ok()).count() > 100);
    }

    #[test]
    fn both_branches_can_be_kept_alone() {
        let program = [IFELSE + 3, ACT, ELSE, ACT + 1, END, EOP];
        let all = edits(&program);
        for wanted in [&[ACT, EOP][..], &[ACT + 1, EOP], &[IF + 3, ACT, END, EOP]] {
            assert!(all.iter().any(|edit| edit == wanted), "{wanted:?}");
        }
    }
}
