//! The programs of the last synthesis, as actions: each takes the place of the one that stands there.

use super::edit::replacement;
use crate::analysis::Analysis;
use crate::change::{Action, ActionKind, Change};
use syntax::TextRange;

/// Which of the last synthesis' programs the file holds, from 1, and how many there are.
pub(crate) fn current_solution(analysis: &Analysis) -> Option<(usize, usize)> {
    let (ambiguity, program) = (analysis.ambiguity()?, analysis.program()?);
    let at = ambiguity.programs.iter().position(|text| **text == *program.text)?;
    Some((at + 1, ambiguity.programs.len()))
}

/// Feature: **Another solution**
///
/// In a `main` that is one of the programs which the last synthesis found, or beside which it found others: an action
/// for each of the others, which puts it in its place.
pub fn solutions(analysis: &Analysis, uri: &str, range: TextRange) -> Vec<Action> {
    let here = analysis.main().filter(|main| main.range.intersect(range).is_some());
    let found = || Some((analysis.program_at(uri)?, analysis.ambiguity()?, current_solution(analysis)?));
    let (Some(_), Some((program, ambiguity, (current, all)))) = (here, found()) else { return Vec::new() };
    let others = (1..).zip(&ambiguity.programs).filter(|(number, _)| *number != current);
    let action = |(number, text): (usize, &String)| Action {
        id: "take-solution",
        kind: ActionKind::Solution,
        title: format!("Take program {number} of {all} instead"),
        mends: None,
        preferred: false,
        change: Change::of(program, vec![replacement(&program.text, text)]),
    };
    others.map(action).collect()
}
