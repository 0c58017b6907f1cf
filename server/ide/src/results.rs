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
