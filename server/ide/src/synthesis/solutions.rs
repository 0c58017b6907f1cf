//! The programs of the last synthesis, as actions: each takes the place of the one that stands there.

use super::edit::replacement;
use crate::analysis::Analysis;
use crate::change::{Action, ActionKind, Change};
use crate::source::Source;
use syntax::TextRange;

/// Which of the last synthesis' programs the file holds, from 1, and how many there are.
pub(crate) fn current_solution(analysis: &Analysis) -> Option<(usize, usize)> {
    let (ambiguity, program) = (analysis.ambiguity()?, analysis.program()?);
    let at = ambiguity.programs.iter().position(|text| **text == *program.text)?;
    Some((at + 1, ambiguity.programs.len()))
}

/// The program after the one that the file holds; after the last comes the first.
///
/// # Errors
/// A sentence for the user: there is no next one.
pub fn next_solution(analysis: &Analysis) -> Result<Action, &'static str> {
    let found = analysis.found().ok_or("Nothing found fits this text: synthesize first.")?;
    let program = analysis.program().ok_or("There is no program here: open one.")?;
    let current = found.programs.iter().position(|text| **text == *program.text);
    let next = match current {
        Some(_) if found.programs.len() == 1 => {
            return Err("No other program was found that passes all examples.");
        }
        Some(at) => (at + 1) % found.programs.len(),
        None => 0,
    };
    solution(analysis, next).ok_or("There is no such program any more: synthesize again.")
}

/// Puts the program of that number, from 0, in the place of the one that the file holds.
pub fn solution(analysis: &Analysis, number: usize) -> Option<Action> {
    let (found, program) = (analysis.found()?, analysis.program()?);
    let text = found.programs.get(number)?;
    Some(taking(program, text, format!("Solution {} of {}", number + 1, found.programs.len())))
}

fn taking(program: &Source, text: &str, title: String) -> Action {
    Action {
        id: "take-solution",
        kind: ActionKind::Solution,
        title,
        mends: None,
        preferred: false,
        change: Change::of(program, vec![replacement(&program.text, text)]),
    }
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
    others
        .map(|(number, text)| taking(program, text, format!("Take program {number} of {all} instead")))
        .collect()
}
