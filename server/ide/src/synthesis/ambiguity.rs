//! Ambiguity: programs that pass all examples and yet do different things; and the deciding example, a small world in
//! which they do, from which the user can tell which of them is meant.

use crate::cancel::{Cancel, Cancelled};
use crate::cells::differing;
use crate::config::Config;
use crate::describe::{contents, place, robot};
use crate::run::run;
use runtime::{Outcome, World, difference, lower};

/// What the last synthesis left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    /// The whole file of the program with each solution in it, the best first. At least two.
    pub programs: Vec<String>,
    /// Where a world is known that tells them apart.
    pub deciding: Option<Deciding>,
    /// The first of the programs is the user's own, which passed before others were looked for. Then nothing is asked.
    pub beside_own: bool,
}

/// The deciding example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    pub input: World,
    /// At least two, none like another; that of the best program first.
    pub answers: Vec<Ending>,
}

/// What some of the programs make of the deciding example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Absent where they crash.
    pub output: Option<World>,
    /// Their numbers among the solutions, from 1.
    pub programs: Vec<usize>,
}

impl Ambiguity {
    /// Runs the solutions on the world of grid text `input`. It decides only if they really end differently there;
    /// a solution that comes to no end has no answer.
    pub fn new(
        programs: Vec<String>,
        input: Option<&str>,
        config: &Config,
        cancel: Cancel<'_>,
    ) -> Result<Ambiguity, Cancelled> {
        let Some(input) = input.and_then(|grid| World::parse(grid).ok()) else {
            return Ok(Ambiguity { programs, deciding: None, beside_own: false });
        };
        let mut answers: Vec<Ending> = Vec::new();
        for (number, text) in (1..).zip(&programs) {
            let (run, _) = run(&lower(&syntax::parse(text).file), &input, config, cancel)?;
            let output = match run.outcome {
                Outcome::Finished => Some(run.end),
                Outcome::Crashed { .. } => None,
                _ => continue,
            };
            match answers.iter_mut().find(|answer| answer.output == output) {
                Some(answer) => answer.programs.push(number),
                None => answers.push(Ending { output, programs: vec![number] }),
            }
        }
        let deciding = (answers.len() > 1).then_some(Deciding { input, answers });
        Ok(Ambiguity { programs, deciding, beside_own: false })
    }
}

impl Deciding {
    /// How the run ends for the programs of `answer`, as far as it ends differently for others:
    /// `the robot ends at row 1, column 2, facing east`.
    pub fn describe(&self, answer: &Ending) -> String {
        let Some(world) = &answer.output else { return "it crashes".to_owned() };
        let mut clauses = Vec::new();
        let mut alike: Vec<&World> = self.others(answer).collect();
        if alike.is_empty() || alike.iter().any(|other| other.robot() != world.robot()) {
            clauses.push(format!("the robot ends at {}", robot(world, world.robot())));
            alike.retain(|other| other.robot() == world.robot());
        }
        // Each clause tells it apart from at least one more.
        while let Some((row, col)) =
            alike.first().and_then(|other| difference(world, other).cells.first().copied())
        {
            let cell = world.cell(row, col);
            clauses.push(format!("{} ends with {}", place(world, row, col), contents(cell)));
            alike.retain(|other| other.cell(row, col) == cell);
        }
        clauses.join(", and ")
    }

    /// The cells (row, column) of an answer that are different in another one.
    pub fn marked(&self, answer: &Ending) -> Vec<(u8, u8)> {
        let Some(world) = &answer.output else { return Vec::new() };
        let mut cells: Vec<(u8, u8)> =
            self.others(answer).flat_map(|other| differing(&difference(world, other))).collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// The worlds that other programs leave.
    fn others(&self, answer: &Ending) -> impl Iterator<Item = &World> {
        let others = self.answers.iter().filter(move |other| other.programs != answer.programs);
        others.filter_map(|other| other.output.as_ref())
    }
}

impl Ending {
    /// `program 1`, `programs 2 and 3`
    pub fn whose(&self) -> String {
        let numbers: Vec<String> = self.programs.iter().map(usize::to_string).collect();
        match numbers.as_slice() {
            [one] => format!("program {one}"),
            [all @ .., last] => format!("programs {} and {last}", all.join(", ")),
            [] => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use expect_test::{Expect, expect};

    fn check(bodies: &[&str], input: &str, expected: Expect) {
        let programs = bodies.iter().map(|body| format!("def main(): {body}\n")).collect();
        let found = Ambiguity::new(programs, Some(input), &Config::default(), NEVER).unwrap();
        let told = match found.deciding {
            Some(deciding) => {
                let line = |answer: &Ending| format!("{}: {}\n", answer.whose(), deciding.describe(answer));
                deciding.answers.iter().map(line).collect()
            }
            None => "no answer\n".to_owned(),
        };
        expected.assert_eq(&told);
    }

    #[test]
    fn answers_are_told_apart_by_what_differs() {
        check(
            &["move()", "turnLeft(); turnRight(); move()", "move(); move()", "turnLeft()"],
            "> .\n. .",
            expect![[r#"
                programs 1 and 2: the robot ends at row 1, column 2, facing east
                program 3: it crashes
                program 4: the robot ends at row 1, column 1, facing north
            "#]],
        );
        check(
            &[
                "putMarker()",
                "putMarker(); putMarker()",
                "move(); putMarker(); turnLeft(); turnLeft(); move(); turnLeft(); turnLeft()",
            ],
            "> . .",
            expect![[r#"
                program 1: row 1, column 1 ends with 1 marker
                program 2: row 1, column 1 ends with 2 markers
                program 3: row 1, column 1 ends with no marker
            "#]],
        );
        check(
            &["turnLeft()", "move()"],
            ">",
            expect![[r#"
                program 1: the robot ends at row 1, column 1, facing north
                program 2: it crashes
            "#]],
        );
    }

    #[test]
    fn what_decides_nothing_is_no_question() {
        let loops = "while(not(markersPresent())): turnLeft()";
        check(&["move()", "turnLeft(); turnRight(); move()"], "> .", expect!["no answer\n"]);
        check(&["move()", loops], "> .", expect!["no answer\n"]);
        check(&["move()", "turnLeft()"], "no grid", expect!["no answer\n"]);
    }
}
