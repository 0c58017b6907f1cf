//! Lines above `main` and above each example that say how it went, and what can be asked for there.

use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check};
use crate::counting;
use crate::reason;
use crate::run::Run;
use crate::score::Score;
use crate::statements::holes;
use crate::synthesis::{current_solution, no_synthesis};
use crate::verdict::Verdict;
use syntax::{TextRange, TextSize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    /// The line above which it stands.
    pub range: TextRange,
    pub title: String,
    pub command: LensCommand,
}

/// What happens at a click. The file is the lens's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LensCommand {
    /// Run all examples and report.
    RunExamples,
    /// Synthesize what stands at the offset.
    Synthesize(TextSize),
    /// Show the run of the example of this name.
    ShowTrace(String),
    /// Show the run of the example of this name in its world.
    OpenWorld(String),
    /// Put the next of the programs that were found in the place of this one.
    NextSolution,
}

pub fn code_lens(analysis: &Analysis, uri: &str, cancel: Cancel<'_>) -> Result<Vec<Lens>, Cancelled> {
    let Some(source) = analysis.source(uri).filter(|_| analysis.config().code_lens) else {
        return Ok(Vec::new());
    };
    let mut lenses = Vec::new();
    let mut push = |range, title: String, command| lenses.push(Lens { range, title, command });
    if analysis.program_at(uri).is_some() {
        let score = Score::of(analysis, cancel)?;
        let holes = holes(source.file());
        let has_prompt = analysis.shown_cases().any(|case| case.example.output.is_some());
        let wanting = !holes.is_empty() || has_prompt && !score.all_pass();
        // Where it can't run, that is said in its place: editors show it nowhere else.
        let synthesize = |title: &str| match no_synthesis(analysis) {
            Some(reason) => format!("No synthesis yet: {reason}"),
            None => title.to_owned(),
        };
        match analysis.main() {
            Some(main) => {
                let range = TextRange::new(main.range.start(), main.name.range.end());
                if !score.summary().is_empty() {
                    push(range, score.summary(), LensCommand::RunExamples);
                }
                if let Some((current, all)) = current_solution(analysis) {
                    let title = format!("Next solution (this is {current} of {all})");
                    push(range, title, LensCommand::NextSolution);
                }
                if wanting {
                    let at = holes.first().map_or(main.name.range.start(), |hole| hole.range.start());
                    push(range, synthesize("Synthesize…"), LensCommand::Synthesize(at));
                }
            }
            None if has_prompt => {
                let first = analysis.cases_in(uri).next().map(|case| case.example.header);
                let range = first.unwrap_or_default();
                push(range, synthesize("Synthesize main…"), LensCommand::Synthesize(range.start()));
            }
            None => {}
        }
    }
    for case in analysis.cases_in(uri) {
        check(cancel)?;
        let run = analysis.run(case, cancel)?;
        let title = match analysis.verdict(case, cancel)? {
            // The hole says it itself; here it would be said once an example.
            Verdict::Hole { .. } => match run.and_then(Run::actions) {
                Some(0) => continue,
                Some(done) => format!("• {} so far", counting::actions(done)),
                None => "• runs to a hole".to_owned(),
            },
            verdict => reason::verdict(run, verdict),
        };
        let name = &case.example.name.text;
        push(case.example.header, title, LensCommand::ShowTrace(name.clone()));
        if run.is_some() {
            push(case.example.header, "World".to_owned(), LensCommand::OpenWorld(name.clone()));
        }
    }
    Ok(lenses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use crate::fixture::{fixture, fixture_with};
    use expect_test::{Expect, expect};

    fn check_lenses(text: &str, expected: Expect) {
        let fixture = fixture(text);
        let mut text = String::new();
        for source in fixture.analysis.sources() {
            for lens in code_lens(&fixture.analysis, &source.uri, NEVER).unwrap() {
                let place = fixture.place(&source.uri, lens.range);
                text.push_str(&format!("{place} {} {:?}\n", lens.title, lens.command));
            }
        }
        expected.assert_eq(&text);
    }

    const TEXT: &str = r#"//- main.karel
def main():
    move()
    move()
example "good":
    input:
        > . .
    output:
        . . >
//- main.kgrid
example "crash":
    input:
        > . #
    output:
        . > #
example "wrong":
    input:
        > . . .
    output:
        . . 1 >
example "open":
    input:
        > . . .
"#;

    #[test]
    fn above_main_and_above_each_example() {
        check_lenses(
            TEXT,
            expect![[r#"
                main.karel:1: 'def main' 1/4 examples pass RunExamples
                main.karel:1: 'def main' Synthesize… Synthesize(4)
                main.karel:4: 'example "good":' ✓ passes · 2 actions ShowTrace("good")
                main.karel:4: 'example "good":' World OpenWorld("good")
                main.kgrid:1: 'example "crash":' ✗ crashes at action 2 ShowTrace("crash")
                main.kgrid:1: 'example "crash":' World OpenWorld("crash")
                main.kgrid:6: 'example "wrong":' ✗ wrong result: 1 cell differs ShowTrace("wrong")
                main.kgrid:6: 'example "wrong":' World OpenWorld("wrong")
                main.kgrid:11: 'example "open":' • no output yet · 2 actions ShowTrace("open")
                main.kgrid:11: 'example "open":' World OpenWorld("open")
            "#]],
        );
    }

    #[test]
    fn a_hole_asks_for_synthesis() {
        let text =
            "def main():\n    ...\nexample \"a\":\n    input:\n        > .\n    output:\n        . >\n";
        check_lenses(
            text,
            expect![[r#"
                main.karel:1: 'def main' 0/1 example passes RunExamples
                main.karel:1: 'def main' Synthesize… Synthesize(16)
            "#]],
        );
    }

    #[test]
    fn a_hole_that_no_example_comes_to_asks_for_synthesis_too() {
        let text = "def main():\n    move()\n    if(markersPresent()): ...\nexample \"a\":\n    input:\n        > .\n        \
                    . .\n    output:\n        . >\n        . .\n";
        let fixture = fixture(text);
        let lenses = code_lens(&fixture.analysis, "main.karel", NEVER).unwrap();
        let titles: Vec<&str> = lenses.iter().map(|lens| lens.title.as_str()).collect();
        assert_eq!(titles, ["1/1 example passes", "Synthesize…", "✓ passes · 1 action", "World"]);
    }

    #[test]
    fn without_main_synthesis_is_offered_above_the_first_example() {
        let text = "example \"a\":\n    input:\n        > .\n    output:\n        . >\n";
        check_lenses(
            text,
            expect![[r#"
                main.karel:1: 'example "a":' Synthesize main… Synthesize(0)
                main.karel:1: 'example "a":' • not run ShowTrace("a")
            "#]],
        );
    }

    #[test]
    fn they_can_be_turned_off() {
        let config = crate::Config { code_lens: false, ..Default::default() };
        let fixture = fixture_with(TEXT, config);
        assert!(code_lens(&fixture.analysis, "main.karel", NEVER).unwrap().is_empty());
    }
}
