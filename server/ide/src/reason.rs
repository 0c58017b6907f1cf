//! Why an example fails, in words: for diagnostics, lenses, hovers and test reports alike.

use crate::analysis::{Analysis, Case};
use crate::counting;
use crate::describe::{contents, count, crash, heading, place, robot};
use crate::run::Run;
use crate::statements::{head_text, statement_at};
use crate::verdict::{Failure, TraceDifference, Verdict};
use runtime::{Cell, Difference, Robot, World};
use syntax::TextRange;

/// Two or three words: `crashes at action 4`.
pub fn short(run: Option<&Run>, failure: &Failure) -> String {
    match failure {
        Failure::Crash { .. } => format!("crashes {}", at(run)),
        Failure::EndlessLoop { .. } => "endless loop".to_owned(),
        Failure::Limit { .. } => "limit reached".to_owned(),
        Failure::TooDeep { .. } => "recursion too deep".to_owned(),
        Failure::WrongResult(difference) => match difference.cells.len() {
            _ if difference.size => "wrong result: another size".to_owned(),
            0 => "wrong result: the robot differs".to_owned(),
            n => format!("wrong result: {} differ{}", count(n as u64, "cell"), if n == 1 { "s" } else { "" }),
        },
        Failure::OtherTrace(difference) => format!("trace differs at {}", counting::action(difference.at)),
        Failure::DidNotCrash => "does not crash".to_owned(),
    }
}

/// A clause that can follow a colon: `move() runs into a wall at action 4`.
pub fn clause(analysis: &Analysis, case: Case<'_>, run: Option<&Run>, failure: &Failure) -> String {
    match failure {
        Failure::Crash { action, .. } => {
            let what = run.map_or(format!("{}() fails", action.name()), |run| crash(&run.end, *action));
            format!("{what} {}", at(run))
        }
        Failure::EndlessLoop { range } => {
            let head = head(analysis, *range);
            format!(
                "{head} repeats itself for ever: {} the world is one it has already seen here",
                after(run)
            )
        }
        Failure::Limit { .. } => {
            format!("the run is still going after {}, the limit", counting::steps(run.map_or(0, Run::steps)))
        }
        Failure::TooDeep { range } => {
            format!("{} is called more than 1,000 calls deep", head(analysis, *range))
        }
        Failure::WrongResult(difference) => match (case.output(), run) {
            (Some(expected), Some(run)) => differences(expected, &run.end, difference),
            _ => "the result is not the expected one".to_owned(),
        },
        Failure::OtherTrace(difference) => other_trace(difference),
        Failure::DidNotCrash => format!("a crash is expected, but the program ends {}", after(run)),
    }
}

/// What the run means for the example in a few words, with its mark: `✓ passes · 12 actions`.
pub fn verdict(run: Option<&Run>, verdict: &Verdict) -> String {
    let actions =
        || run.and_then(Run::actions).map_or(String::new(), |n| format!(" · {}", counting::actions(n)));
    match verdict {
        Verdict::Passes => format!("✓ passes{}", actions()),
        Verdict::NoOutput => format!("• no output yet{}", actions()),
        Verdict::Hole { .. } => "• stops at a hole".to_owned(),
        Verdict::Mistake { .. } => "• stops at a mistake".to_owned(),
        Verdict::NotRun => "• not run".to_owned(),
        Verdict::Fails(failure) => format!("✗ {}", short(run, failure)),
    }
}

fn at(run: Option<&Run>) -> String {
    run.map_or("at some action".to_owned(), counting::at)
}

fn after(run: Option<&Run>) -> String {
    run.map_or("at some time".to_owned(), counting::after)
}

/// The statement at a range of the program, as one would write it.
fn head(analysis: &Analysis, range: TextRange) -> String {
    let statement = analysis.program().and_then(|p| statement_at(p.file(), range.start()));
    statement.map_or("this statement".to_owned(), |(_, statement)| head_text(statement))
}

fn differences(expected: &World, found: &World, difference: &Difference) -> String {
    if difference.size {
        let size = |world: &World| format!("{} rows and {} columns", world.rows(), world.cols());
        return format!("expected {}, but the world has {}", size(expected), size(found));
    }
    let mut clauses = Vec::new();
    if let Some(&(row, col)) = difference.cells.first() {
        let more = match difference.cells.len() - 1 {
            0 => String::new(),
            1 => " (and 1 more cell differs)".to_owned(),
            n => format!(" (and {n} more cells differ)"),
        };
        clauses.push(cell_difference(expected, found, row, col) + &more);
    }
    clauses.extend(robot_difference(expected, difference));
    clauses.join("; ")
}

/// `expected 3 markers at row 1, column 2, but there is 1 marker`. Walls are never moved: where they differ, it is the
/// expected world that can't come about.
pub(crate) fn cell_difference(expected: &World, found: &World, row: u8, col: u8) -> String {
    let at = place(expected, row, col);
    match (expected.cell(row, col), found.cell(row, col)) {
        (Cell::Wall, _) => return format!("the output has a wall at {at}, where there is none"),
        (_, Cell::Wall) => return format!("the output has no wall at {at}, where there is one"),
        _ => {}
    }
    let there = contents(found.cell(row, col));
    let verb = if there.ends_with("markers") { "are" } else { "is" };
    let wanted = contents(expected.cell(row, col));
    format!("expected {wanted} at {at}, but there {verb} {there}")
}

pub(crate) fn robot_difference(world: &World, difference: &Difference) -> Option<String> {
    let (wanted, found) = difference.robot?;
    let same_cell = (wanted.row, wanted.col) == (found.row, found.col);
    let same_heading = wanted.heading == found.heading;
    let at = |of: Robot| if same_heading { place(world, of.row, of.col) } else { robot(world, of) };
    Some(if same_cell {
        let (wanted, found) = (heading(wanted.heading), heading(found.heading));
        format!("expected the robot to face {wanted}, but it faces {found}")
    } else {
        format!("expected the robot at {}, but it is at {}", at(wanted), at(found))
    })
}

fn other_trace(difference: &TraceDifference) -> String {
    let TraceDifference { at, ran, given } = *difference;
    match (ran, given) {
        (Some(ran), Some(given)) => {
            format!("{} is {}, but the trace says {}", counting::action(at), ran.name(), given.name())
        }
        (None, Some(given)) => {
            let done = counting::actions(at);
            format!("the program ends after {done}, but the trace goes on with {}", given.name())
        }
        (Some(ran), None) => {
            let done = counting::actions(at);
            format!("the trace ends after {done}, but the program goes on with {}", ran.name())
        }
        (None, None) => "the traces differ".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_is_told_as_what_the_output_has() {
        let world = |text: &str| World::parse(text).unwrap();
        let told = |expected: &str, found: &str| cell_difference(&world(expected), &world(found), 0, 1);
        assert_eq!(told("> #", "> ."), "the output has a wall at row 1, column 2, where there is none");
        assert_eq!(told("> 1", "> #"), "the output has no wall at row 1, column 2, where there is one");
        assert_eq!(told("> 2", "> ."), "expected 2 markers at row 1, column 2, but there is no marker");
    }
}
