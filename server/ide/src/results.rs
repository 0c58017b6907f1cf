//! The outcome of every example, for a test explorer, the command that runs them all, and the command line.

use std::collections::HashMap;

use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled, check};
use crate::diagnostics::title_range;
use crate::reason;
use crate::source::Location;
use crate::verdict::Verdict;
use syntax::TextRange;

/// An example or a held-out test. Its kind, its name and its ordinal identify it within its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedExample {
    pub name: String,
    /// Whether it is a held-out test.
    pub test: bool,
    /// The number of examples of the same kind and name above it in its file.
    pub ordinal: usize,
    /// Where the example's name stands.
    pub location: Location,
    /// The whole block of the example.
    pub block: TextRange,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleResult {
    pub example: ListedExample,
    pub outcome: ExampleOutcome,
    /// A clause: `12 actions`, `move() runs into a wall at action 4`, `stops at a hole`.
    pub message: String,
    /// The world that it expects and the one that the run has left, where it fails and they differ.
    pub ends: Option<Ends>,
}

/// Two worlds as grids are written, to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    pub expected: String,
    pub actual: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleOutcome {
    Passes,
    Fails,
    /// It was not run, or not to an end that can be judged: a hole, a mistake, no output to compare with.
    Undecided,
}

/// All examples and tests of the analysis, in order, without running any.
pub fn examples(analysis: &Analysis) -> Vec<ListedExample> {
    let mut above = HashMap::new();
    let mut listed = Vec::new();
    for case in analysis.cases() {
        let (name, test) = (&case.example.name.text, case.is_test());
        let count = above.entry((&*case.source.uri, test, &**name)).or_insert(0);
        listed.push(ListedExample {
            name: name.clone(),
            test,
            ordinal: *count,
            location: case.source.location(title_range(&case)),
            block: case.example.range,
        });
        *count += 1;
    }
    listed
}

/// How all examples and tests of the analysis went, in order.
///
/// # Errors
/// Fails where the work was cancelled.
pub fn example_results(analysis: &Analysis, cancel: Cancel<'_>) -> Result<Vec<ExampleResult>, Cancelled> {
    analysis.run_all(cancel)?;
    let mut results = Vec::new();
    for (case, example) in analysis.cases().zip(examples(analysis)) {
        results.push(example_result(analysis, case, example, cancel)?);
    }
    Ok(results)
}

/// How one example of the analysis went.
///
/// # Errors
/// Fails where the work was cancelled.
pub fn example_result(
    analysis: &Analysis,
    case: Case<'_>,
    example: ListedExample,
    cancel: Cancel<'_>,
) -> Result<ExampleResult, Cancelled> {
    check(cancel)?;
    let run = analysis.run(case, cancel)?;
    let verdict = analysis.verdict(case, cancel)?;
    let message = match verdict {
        Verdict::Fails(failure) => reason::clause(analysis, case, run, failure),
        _ => {
            let text = reason::verdict(run, verdict);
            text.trim_start_matches(['✓', '•', ' ']).trim_start_matches("passes · ").to_owned()
        }
    };
    let outcome = match verdict {
        Verdict::Passes => ExampleOutcome::Passes,
        Verdict::Fails(_) => ExampleOutcome::Fails,
        Verdict::NotRun | Verdict::NoOutput | Verdict::Hole { .. } | Verdict::Mistake { .. } => {
            ExampleOutcome::Undecided
        }
    };
    let ends = match (outcome, case.output(), run) {
        (ExampleOutcome::Fails, Some(expected), Some(run)) if *expected != run.end => {
            Some(Ends { expected: expected.to_string(), actual: run.end.to_string() })
        }
        _ => None,
    };
    Ok(ExampleResult { example, outcome, message, ends })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use crate::fixture::fixture;
    use expect_test::expect;

    #[test]
    fn every_example_says_how_it_went() {
        let fixture = fixture(
            r#"//- main.karel
def main():
    move()
    if(markersPresent()):
        ...
example "good":
    input:
        > .
    output:
        . >
example "open":
    input:
        > . .
example "bad":
    input:
        > .
    output:
        < .
//- main.kgrid
test "crash":
    input:
        >
example "hole":
    input:
        > 1
"#,
        );
        let results = example_results(&fixture.analysis, NEVER).unwrap();
        let line = |r: &ExampleResult| {
            let kind = if r.example.test { "test" } else { "example" };
            let place = fixture.place(&r.example.location.uri, r.example.location.range);
            let ends = r
                .ends
                .as_ref()
                .map_or(String::new(), |e| format!(" ({} and not {})", e.actual.trim(), e.expected.trim()));
            format!("{place} {kind} {} {:?}: {}{ends}\n", r.example.name, r.outcome, r.message)
        };
        expect![[r#"
            main.karel:5: 'good' example good Passes: 1 action
            main.karel:10: 'open' example open Undecided: no output yet · 1 action
            main.karel:13: 'bad' example bad Fails: expected the robot at row 1, column 1, facing west, but it is at row 1, column 2, facing east (. > and not < .)
            main.kgrid:1: 'crash' test crash Fails: move() runs into the edge of the world at action 1
            main.kgrid:4: 'hole' example hole Undecided: stops at a hole
        "#]].assert_eq(&results.iter().map(line).collect::<String>());
    }

    #[test]
    fn kind_name_and_ordinal_tell_examples_apart() {
        let block = |kind: &str| format!("{kind} \"a\":\n    input:\n        >\n");
        let text = ["example", "test", "example", "example"].map(block).concat();
        let fixture = fixture(&format!("//- main.karel\n{text}//- main.kgrid\n{text}"));
        let listed = examples(&fixture.analysis);
        let ids: Vec<_> = listed.iter().map(|e| (&*e.location.uri, e.test, e.ordinal)).collect();
        let of = |uri| [(uri, false, 0), (uri, true, 0), (uri, false, 1), (uri, false, 2)];
        assert_eq!(ids, [of("main.karel"), of("main.kgrid")].concat());
        let source = fixture.source("main.karel");
        assert_eq!(source.slice(listed[1].block).trim_end(), block("test").trim_end());
    }
}
