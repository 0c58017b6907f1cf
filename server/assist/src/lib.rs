//! A synthesis as the command line and the language server both do it: what a task asks of the engine, and what is left
//! of its answer once every program has been run again, and what is said about it.

pub mod notice;
pub mod sentences;

use ide::synthesis::{Answer, Found, Goal, Prompt, Task};
use ide::{Analysis, Cancel, Cancelled};
use protocol::message::{Candidate, Example, Outcome, Specification};

/// The program and the examples of a task, as the engine reads them.
pub fn specification(task: &Task) -> Specification {
    Specification { program: task.program.clone(), examples: task.examples.iter().map(example).collect() }
}

/// One example, as the engine reads it.
pub fn example(prompt: &Prompt) -> Example {
    Example {
        name: prompt.name.clone(),
        input: prompt.input.clone(),
        output: prompt.output.clone(),
        crashes: prompt.crashes,
        trace: prompt.trace.as_ref().map(|actions| actions.iter().map(|a| a.name().to_owned()).collect()),
    }
}

/// The engine's answer, after each of its programs has been run on the very files that would change.
#[derive(Default)]
pub struct Checked<'o> {
    /// The programs that pass all examples, the engine's first choice first.
    pub solutions: Vec<Solution<'o>>,
    /// What the programs leave open where they differ in meaning. For [`Goal::Others`] the user's own program comes first.
    pub ambiguity: Option<Found>,
    /// Why each of the other programs was left out, as a sentence.
    pub left_out: Vec<String>,
}

/// A program that passes all examples.
pub struct Solution<'o> {
    pub answer: Answer,
    /// The program's file with the solution in it.
    pub text: String,
    /// The program as the engine offered it.
    pub candidate: &'o Candidate,
}

impl<'o> Checked<'o> {
    /// Runs every program of the outcome.
    ///
    /// # Errors
    /// `cancel` asked to stop.
    pub fn new(
        analysis: &Analysis,
        task: &Task,
        outcome: &'o Outcome,
        cancel: Cancel<'_>,
    ) -> Result<Checked<'o>, Cancelled> {
        let Some(program) = analysis.program() else { return Ok(Checked::default()) };
        let mut checked = Checked::default();
        for candidate in &outcome.candidates {
            match ide::synthesis::answer(analysis, task, &candidate.fills, cancel)? {
                Ok(answer) if answer.passes_all() => {
                    let text = answer.change.text_of(program);
                    checked.solutions.push(Solution { answer, text, candidate });
                }
                Ok(answer) => {
                    checked.left_out.push(format!("A program of the engine passes only {}.", answer.score()));
                }
                Err(reason) => checked.left_out.push(reason),
            }
        }
        if outcome.ambiguous && checked.solutions.len() > 1 {
            let mut programs: Vec<String> = checked.solutions.iter().map(|s| s.text.clone()).collect();
            if task.goal == Goal::Others {
                programs.retain(|text| **text != *program.text);
                programs.insert(0, program.text.to_string());
            }
            let input = outcome.deciding.as_ref().map(|deciding| &*deciding.input);
            checked.ambiguity = Some(Found::ambiguous(programs, input, analysis.config(), cancel)?);
        }
        Ok(checked)
    }
}

impl Checked<'_> {
    /// What was found, to be kept beside the files; none where nothing passes. For [`Goal::Others`] the user's own program
    /// comes first.
    pub fn found(self, analysis: &Analysis, goal: &Goal) -> Option<Found> {
        if self.solutions.is_empty() {
            return None;
        }
        let texts = self.solutions.into_iter().map(|solution| solution.text);
        if *goal != Goal::Others {
            return Some(self.ambiguity.unwrap_or_else(|| Found::clear(texts.collect())));
        }
        let own = analysis.program().map(|program| program.text.to_string()).unwrap_or_default();
        let found = self.ambiguity.unwrap_or_else(|| {
            let others = texts.filter(|text| *text != own);
            Found::clear(std::iter::once(own.clone()).chain(others).collect())
        });
        Some(Found { is_open: found.programs.len() > 1, beside_own: true, ..found })
    }
}

#[cfg(test)]
mod tests {
    use ide::{Config, NEVER, Source};

    use super::*;

    const TEXT: &str = "def main():\n    ...\n\nexample \"a\":\n    input:\n        > .\n    output:\n        . >\n    \
                        trace: move\n\ntest \"held out\":\n    input:\n        > .\n    output:\n        > .\n";

    fn task() -> (Analysis, Task) {
        let source = Source::new("a.karel".to_owned(), None, TEXT.to_owned());
        let analysis = Analysis::new(Some(source), Vec::new(), Config::default());
        let task = ide::synthesis::task(&analysis, &Goal::Holes).unwrap();
        (analysis, task)
    }

    fn outcome(fills: &[&str]) -> Outcome {
        let candidates: Vec<_> = fills
            .iter()
            .map(|fill| serde_json::json!({ "fills": [fill], "program": "", "length": 1, "examplesPassed": 1 }))
            .collect();
        serde_json::from_value(serde_json::json!({
            "candidates": candidates, "ambiguous": true, "tracesFound": 1, "examples": 1, "programsRun": 3,
            "milliseconds": 1, "device": "cpu", "enumerated": false, "bestPassed": 1, "stopped": "found",
            "deciding": { "input": "> .\n. .", "answers": [] },
        }))
        .unwrap()
    }

    #[test]
    fn the_engine_is_asked_with_the_examples_and_without_the_tests() {
        let specification = specification(&task().1);
        assert_eq!(specification.program, "def main():\n    ...\n");
        let [example] = &specification.examples[..] else { panic!("{specification:?}") };
        assert_eq!((&*example.name, &*example.input), ("a", "> ."));
        assert_eq!((example.output.as_deref(), example.crashes), (Some(". >"), false));
        assert_eq!(example.trace.as_deref(), Some(&["move".to_owned()][..]));
    }

    #[test]
    fn only_programs_that_pass_are_left() {
        let (analysis, task) = task();
        let outcome = outcome(&["turnLeft()", "move()", "move(", "move()\nif(markersPresent()): turnLeft()"]);
        let checked = Checked::new(&analysis, &task, &outcome, NEVER).unwrap();
        let texts: Vec<&str> = checked.solutions.iter().map(|solution| &*solution.text).collect();
        assert_eq!(texts[0], TEXT.replacen("...", "move()", 1));
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert_eq!(checked.solutions[0].candidate.fills, ["move()"]);
        assert_eq!(checked.left_out.len(), 2, "{:?}", checked.left_out);
        assert_eq!(checked.left_out[0], "A program of the engine passes only 0/1 example.");
        let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        let found = checked.found(&analysis, &task.goal).unwrap();
        assert_eq!((&found.programs, found.is_open), (&texts, true));
        let others = Checked::new(&analysis, &task, &outcome, NEVER).unwrap();
        let others = Checked { ambiguity: None, ..others }.found(&analysis, &Goal::Others).unwrap();
        assert_eq!(others.programs, [&[TEXT.to_owned()][..], &texts].concat(), "beside the user's own");
        assert!(Checked::default().found(&analysis, &task.goal).is_none());
    }
}
