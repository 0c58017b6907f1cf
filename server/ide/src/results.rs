//! The outcome of every example, for a test explorer, the command that runs them all, and the command line.

use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check};
use crate::diagnostics::title_range;
use crate::reason;
use crate::source::Location;
use crate::verdict::Verdict;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleResult {
    pub name: String,
    /// A held-out test.
    pub test: bool,
    pub passed: bool,
    /// A clause: `12 steps`, `move() runs into a wall at step 4`, `stops at a hole`.
    pub message: String,
    /// The example's name.
    pub location: Location,
}

/// All examples and tests of the analysis, in order; with `uri` only those of that file.
pub fn example_results(
    analysis: &Analysis,
    uri: Option<&str>,
    cancel: Cancel<'_>,
) -> Result<Vec<ExampleResult>, Cancelled> {
    let mut results = Vec::new();
    for case in analysis.cases().filter(|case| uri.is_none_or(|uri| case.source.uri == uri)) {
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
        results.push(ExampleResult {
            name: case.example.name.text.clone(),
            test: case.is_test(),
            passed: verdict.passes(),
            message,
            location: case.source.location(title_range(&case)),
        });
    }
    Ok(results)
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
        let results = example_results(&fixture.analysis, None, NEVER).unwrap();
        let line = |r: &ExampleResult| {
            let kind = if r.test { "test" } else { "example" };
            let place = fixture.place(&r.location.uri, r.location.range);
            format!("{place} {kind} {} {}: {}\n", r.name, r.passed, r.message)
        };
        expect![[r#"
            main.karel:5: 'good' example good true: 1 step
            main.karel:10: 'open' example open false: no output yet · 1 step
            main.karel:13: 'bad' example bad false: expected the robot at row 1, column 1, facing west, but it is at row 1, column 2, facing east
            main.kgrid:1: 'crash' test crash false: move() runs into the edge of the world at step 1
            main.kgrid:4: 'hole' example hole false: stops at a hole
        "#]].assert_eq(&results.iter().map(line).collect::<String>());
        assert_eq!(example_results(&fixture.analysis, Some("main.kgrid"), NEVER).unwrap(), results[3..]);
    }
}
