//! How many examples and held-out tests pass: counted in one place and written in one way.

use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check};
use crate::describe::count;

/// Examples and tests are counted apart: a test is not part of what synthesis sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Score {
    pub passed: usize,
    pub examples: usize,
    pub tests_passed: usize,
    pub tests: usize,
}

impl Score {
    pub(crate) fn of(analysis: &Analysis, cancel: Cancel<'_>) -> Result<Score, Cancelled> {
        let mut score = Score::default();
        for case in analysis.cases() {
            check(cancel)?;
            score.add(case.is_test(), analysis.verdict(case, cancel)?.passes());
        }
        Ok(score)
    }

    pub(crate) fn add(&mut self, test: bool, passes: bool) {
        let (passed, all) = match test {
            true => (&mut self.tests_passed, &mut self.tests),
            false => (&mut self.passed, &mut self.examples),
        };
        *passed += usize::from(passes);
        *all += 1;
    }

    pub(crate) fn all_pass(self) -> bool {
        self.passed == self.examples && self.tests_passed == self.tests
    }

    /// `4/5 examples pass, 1/1 test passes`
    pub(crate) fn summary(self) -> String {
        let part = |passed: usize, all: usize, what| {
            let verb = if all == 1 { "passes" } else { "pass" };
            (all > 0).then(|| format!("{passed}/{} {verb}", count(all as u64, what)))
        };
        let parts =
            [part(self.passed, self.examples, "example"), part(self.tests_passed, self.tests, "test")];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::Score;

    #[test]
    fn examples_and_tests_are_told_apart() {
        let summary =
            |passed, examples, tests_passed, tests| Score { passed, examples, tests_passed, tests }.summary();
        assert_eq!(summary(4, 5, 1, 1), "4/5 examples pass, 1/1 test passes");
        assert_eq!(summary(0, 1, 0, 0), "0/1 example passes");
        assert_eq!(summary(0, 0, 1, 2), "1/2 tests pass");
    }
}
