//! What a synthesis found: programs that pass all examples. Where they do different things the examples are ambiguous,
//! and the deciding example, a small world in which the programs differ, lets the user say which of them is meant.

use crate::cancel::{Cancel, Cancelled};
use crate::cells::differing;
use crate::config::Config;
use crate::describe::{contents, place, robot};
use crate::grid_view::{Panel, beside};
use crate::run::run;
use runtime::{Outcome, World, difference, lower};

/// What the last synthesis found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The whole file of the program with each solution in it, the best first. At least one.
    pub programs: Vec<String>,
    /// Whether it is open which of them is meant: there are several, and they mean different things.
    pub is_open: bool,
    /// The example on which the programs differ, where one is known.
    pub deciding: Option<Deciding>,
    /// The first of the programs is the user's own, which passed before others were looked for. Then nothing is asked.
    pub beside_own: bool,
}

/// The deciding example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    pub input: World,
    /// The answers: at least two, all different, that of the best program first.
    pub answers: Vec<Ending>,
    /// The numbers of the solutions that crash, and of those that don't come to an end: what should happen there they
    /// don't say.
    pub crashing: Vec<usize>,
    pub endless: Vec<usize>,
}

/// What some of the programs make of the deciding example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    pub output: World,
    /// Their numbers among the solutions, from 1.
    pub programs: Vec<usize>,
}

impl Found {
    /// Programs that leave nothing open.
    pub fn clear(programs: Vec<String>) -> Found {
        Found { programs, is_open: false, deciding: None, beside_own: false }
    }

    /// Programs that differ in meaning, at least two. Runs the solutions on the world of grid text `input`. It decides only if two of them really end differently
    /// there; a solution that crashes or comes to no end has no answer.
    pub fn ambiguous(
        programs: Vec<String>,
        input: Option<&str>,
        config: &Config,
        cancel: Cancel<'_>,
    ) -> Result<Found, Cancelled> {
        let Some(input) = input.and_then(|grid| World::parse(grid).ok()) else {
            return Ok(Found { is_open: true, ..Found::clear(programs) });
        };
        let mut answers: Vec<Ending> = Vec::new();
        let (mut crashing, mut endless) = (Vec::new(), Vec::new());
        for (number, text) in (1..).zip(&programs) {
            let (run, _) = run(&lower(&syntax::parse(text).file), &input, config, cancel)?;
            match run.outcome {
                Outcome::Finished => match answers.iter_mut().find(|answer| answer.output == run.end) {
                    Some(answer) => answer.programs.push(number),
                    None => answers.push(Ending { output: run.end, programs: vec![number] }),
                },
                Outcome::Crashed { .. } => crashing.push(number),
                _ => endless.push(number),
            }
        }
        let deciding = (answers.len() > 1).then_some(Deciding { input, answers, crashing, endless });
        Ok(Found { is_open: true, deciding, ..Found::clear(programs) })
    }
}

impl Deciding {
    /// The answers with the letters by which they are told apart.
    pub fn lettered(&self) -> impl Iterator<Item = (char, &Ending)> {
        ('A'..='Z').zip(&self.answers)
    }

    /// `A: row 1, column 2 ends with 1 marker (program 1)`
    pub fn tell(&self, letter: char, answer: &Ending) -> String {
        format!("{letter}: {} ({})", self.describe(answer), answer.whose())
    }

    /// The world and its endings in a fixed-width font, beside each other, each under its letter, with marks on the cells
    /// that differ.
    pub fn picture(&self) -> String {
        let ending = |(letter, answer): (char, &Ending)| {
            Panel::new(&letter.to_string(), &answer.output, &self.marked(answer))
        };
        let before = Panel::new("before", &self.input, &[]);
        beside(&std::iter::once(before).chain(self.lettered().map(ending)).collect::<Vec<_>>())
    }

    /// How the run ends for the programs of `answer`, as far as it ends differently for others:
    /// `the robot ends at row 1, column 2, facing east`.
    pub fn describe(&self, answer: &Ending) -> String {
        let world = &answer.output;
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
        let mut cells: Vec<(u8, u8)> =
            self.others(answer).flat_map(|other| differing(&difference(&answer.output, other))).collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// What becomes of the solutions that have no answer: `program 3 crashes there`,
    /// `programs 4 and 5 never end there`.
    pub fn unanswered(&self) -> Vec<String> {
        let told = |programs: &[usize], one: &str, many: &str| {
            let what = if programs.len() == 1 { one } else { many };
            (!programs.is_empty()).then(|| format!("{} {what} there", self::programs(programs)))
        };
        let (crash, end) =
            (told(&self.crashing, "crashes", "crash"), told(&self.endless, "never ends", "never end"));
        crash.into_iter().chain(end).collect()
    }

    /// The worlds that other programs leave.
    fn others(&self, answer: &Ending) -> impl Iterator<Item = &World> {
        let others = self.answers.iter().filter(move |other| other.programs != answer.programs);
        others.map(|other| &other.output)
    }
}

impl Ending {
    /// `program 1`, `programs 2 and 3`
    pub fn whose(&self) -> String {
        programs(&self.programs)
    }
}

fn programs(numbers: &[usize]) -> String {
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    match numbers.as_slice() {
        [one] => format!("program {one}"),
        [all @ .., last] => format!("programs {} and {last}", all.join(", ")),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use expect_test::{Expect, expect};

    fn check(bodies: &[&str], input: &str, expected: Expect) {
        let programs = bodies.iter().map(|body| format!("def main(): {body}\n")).collect();
        let found = Found::ambiguous(programs, Some(input), &Config::default(), NEVER).unwrap();
        let told = match found.deciding {
            Some(deciding) => {
                let line = |(letter, answer): (char, &Ending)| deciding.tell(letter, answer) + "\n";
                let others = deciding.unanswered().into_iter().map(|other| other + "\n");
                deciding.lettered().map(line).chain(others).collect()
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
                A: the robot ends at row 1, column 2, facing east (programs 1 and 2)
                B: the robot ends at row 1, column 1, facing north (program 4)
                program 3 crashes there
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
                A: row 1, column 1 ends with 1 marker (program 1)
                B: row 1, column 1 ends with 2 markers (program 2)
                C: row 1, column 1 ends with no marker (program 3)
            "#]],
        );
        check(
            &["turnLeft()", "move()", "turnRight()", "move(); move()", "while(leftIsClear()): turnLeft()"],
            ". .\n> #",
            expect![[r#"
                A: the robot ends at row 2, column 1, facing north (programs 1 and 5)
                B: the robot ends at row 2, column 1, facing south (program 3)
                programs 2 and 4 crash there
            "#]],
        );
    }

    #[test]
    fn what_decides_nothing_is_no_question() {
        let loops = "while(not(markersPresent())): turnLeft()";
        check(&["move()", "turnLeft(); turnRight(); move()"], "> .", expect!["no answer\n"]);
        check(&["move()", loops], "> .", expect!["no answer\n"]);
        check(&["turnLeft()", "move()"], ">", expect!["no answer\n"]);
        check(
            &["move()", loops, "turnLeft()"],
            "> .",
            expect![[r#"
                A: the robot ends at row 1, column 2, facing east (program 1)
                B: the robot ends at row 1, column 1, facing north (program 3)
                program 2 never ends there
            "#]],
        );
        check(&["move()", "turnLeft()"], "no grid", expect!["no answer\n"]);
    }
}
