//! Counts of checks, and how they are read from what test runners print.

use std::collections::HashSet;
use std::iter::Sum;
use std::ops::AddAssign;

/// How many checks passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    /// One check that passed, or failed.
    pub(crate) fn one(passed: bool) -> Tally {
        Tally { passed: passed.into(), failed: (!passed).into(), skipped: 0 }
    }

    /// The counts with those tests as skipped that passed, but have noted, as lines `TEST: REASON`, that they tested nothing.
    pub(crate) fn less_skipped(self, noted: &str) -> Tally {
        let tests = noted.lines().filter_map(|line| line.split_once(": ")).map(|(test, _)| test);
        let skipped = (tests.collect::<HashSet<_>>().len() as u64).min(self.passed);
        Tally { passed: self.passed - skipped, skipped: self.skipped + skipped, ..self }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Tally>>(tallies: I) -> Tally {
        let mut sum = Tally::default();
        tallies.for_each(|tally| sum += tally);
        sum
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

/// Whose closing lines are to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Report {
    /// `test result: ok. 3 passed; 0 failed; …`, once a test binary.
    Cargo,
    /// `Summary [ 0.1s] 3 tests run: 3 passed, 0 skipped`.
    Nextest,
    /// `=== 3 passed, 1 skipped in 0.12s ===`.
    Pytest,
    /// `  3. ✓ name`, one line a test, from `tree-sitter test`.
    TreeSitter,
    /// `# pass 3`, `ℹ pass 3`, from `node --test`.
    Node,
    /// `3 passed, 0 failed`.
    Plain,
}

impl Report {
    /// What `line`, without colours, adds to the count.
    pub(crate) fn read(self, line: &str) -> Tally {
        let line = line.trim();
        match self {
            Report::Cargo if line.starts_with("test result:") => counts(line),
            Report::Nextest if line.starts_with("Summary [") => counts(line),
            Report::Pytest => {
                let summary = line.trim_matches('=').trim();
                let timed = summary
                    .split(" in ")
                    .nth(1)
                    .is_some_and(|time| time.starts_with(|c: char| c.is_ascii_digit()) && time.contains('s'));
                if timed { counts(summary) } else { Tally::default() }
            }
            Report::TreeSitter => match line.split_whitespace().nth(1) {
                Some("✓") => Tally::one(true),
                Some("✗") => Tally::one(false),
                _ => Tally::default(),
            },
            Report::Node => match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["ℹ" | "#", word @ ("pass" | "fail" | "skipped"), number] => named(number, word),
                _ => Tally::default(),
            },
            Report::Plain => {
                let tally = counts(line);
                if tally.to_string() == line || format!("{tally}, 0 skipped") == line {
                    tally
                } else {
                    Tally::default()
                }
            }
            Report::Cargo | Report::Nextest => Tally::default(),
        }
    }
}

/// The sum of all `NUMBER WORD` pairs in `line` whose word says how a check ended.
fn counts(line: &str) -> Tally {
    let words: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || ",;:()".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.windows(2).map(|pair| named(pair[0], pair[1])).sum()
}

fn named(number: &str, word: &str) -> Tally {
    let Ok(number) = number.parse() else { return Tally::default() };
    match word {
        "passed" | "pass" => Tally { passed: number, ..Tally::default() },
        // nextest: `1 timed out`, `1 exec failed`, `1 passed`.
        "failed" | "fail" | "error" | "errors" | "timed" | "exec" | "xpassed" => {
            Tally { failed: number, ..Tally::default() }
        }
        // A failure that is expected shows nothing that works.
        "skipped" | "ignored" | "xfailed" => Tally { skipped: number, ..Tally::default() },
        _ => Tally::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(report: Report, text: &str) -> String {
        text.lines().map(|line| report.read(line)).sum::<Tally>().to_string()
    }

    #[test]
    fn cargo_binaries_are_summed() {
        let text = "running 2 tests\ntest a ... ok\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(read(Report::Cargo, text), "3 passed, 3 failed, 1 skipped");
    }

    #[test]
    fn nextest_counts_every_way_to_fail() {
        let text = "   Summary [  12.500s] 9 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 1 exec failed, 4 skipped";
        assert_eq!(read(Report::Nextest, text), "5 passed, 4 failed, 4 skipped");
    }

    #[test]
    fn pytest_is_read_with_and_without_its_rule() {
        assert_eq!(
            read(Report::Pytest, "==== 1 failed, 3 passed, 2 skipped in 0.50s ===="),
            "3 passed, 1 failed, 2 skipped"
        );
        assert_eq!(read(Report::Pytest, "3 passed, 1 error in 63.10s (0:01:03)"), "3 passed, 1 failed");
        assert_eq!(
            read(Report::Pytest, "== 3 passed, 2 xfailed, 1 xpassed in 0.50s =="),
            "3 passed, 1 failed, 2 skipped",
            "what is expected to fail has not passed"
        );
        assert_eq!(read(Report::Pytest, "the server said: 3 passed in all"), "0 passed, 0 failed");
    }

    #[test]
    fn tree_sitter_is_counted_test_by_test() {
        let text = "  program:\n      1. ✓ empty file\n      2. ✗ hole\n\n1 failure:\n\n  1. hole:\n";
        assert_eq!(read(Report::TreeSitter, text), "1 passed, 1 failed");
    }

    #[test]
    fn node_is_read_from_its_closing_lines() {
        assert_eq!(read(Report::Node, "ℹ tests 5\nℹ pass 4\nℹ fail 1\nℹ skipped 0\n"), "4 passed, 1 failed");
    }

    #[test]
    fn what_tested_nothing_has_not_passed() {
        let tally = Tally { passed: 5, failed: 1, skipped: 1 };
        let noted = "a::b: there is no data\na::b: there is no other data\nc: there is no data\n";
        assert_eq!(tally.less_skipped(noted).to_string(), "3 passed, 1 failed, 3 skipped");
        assert_eq!(tally.less_skipped(""), tally);
    }

    #[test]
    fn a_plain_line_stands_alone() {
        assert_eq!(read(Report::Plain, "7 passed, 0 failed"), "7 passed, 0 failed");
        assert_eq!(read(Report::Plain, "7 passed, 1 failed, 2 skipped"), "7 passed, 1 failed, 2 skipped");
        assert_eq!(read(Report::Plain, "ok: 7 passed, 0 failed in file a"), "0 passed, 0 failed");
    }
}
