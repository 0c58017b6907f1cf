//! Two systems on the same tasks, compared task by task: what one solves and the other does not tells more than two
//! shares with their intervals.

use serde::Serialize;

use super::{Rate, TaskResult};

/// One metric of two systems on the same tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paired {
    pub metric: &'static str,
    pub old: Rate,
    pub new: Rate,
    /// Tasks that only the new system gets right, and those that only the old one does.
    pub gained: usize,
    pub lost: usize,
    /// Probability of a difference at least as large, in either direction, between systems that are equally good: McNemar's
    /// test, exact (the sign test of the tasks on which they differ).
    pub p: f64,
}

/// Below this probability a difference is taken to be one.
pub const SIGNIFICANT: f64 = 0.05;

/// The metric that decides which of two systems is the better one: guided search of the plain beam.
pub const DECISIVE: &str = "guided search";

/// A metric of one task: what it is called, and whether the task is right by it.
type Metric = (&'static str, fn(&TaskResult) -> bool);

const METRICS: [Metric; 8] = [
    ("traces, all shown exact", |r| all(&r.traces.exact)),
    ("traces, all shown correct", |r| all(&r.traces.greedy)),
    ("traces, all shown correct after retries", |r| all(&r.traces.retried)),
    ("top-1 exact", |r| r.plain.top_1_exact()),
    ("top-1 generalization", |r| r.plain.top_1_generalization()),
    (DECISIVE, |r| r.plain.guided_search()),
    ("guided search, execution-pruned", |r| r.pruned.guided_search()),
    ("top-k generalization", |r| r.plain.top_k_generalization()),
];

fn all(values: &[bool]) -> bool {
    !values.is_empty() && values.iter().all(|&value| value)
}

impl Paired {
    fn new(metric: &'static str, pairs: impl Iterator<Item = (bool, bool)> + Clone) -> Paired {
        let count = |wanted| pairs.clone().filter(|pair| *pair == wanted).count();
        let (gained, lost) = (count((false, true)), count((true, false)));
        Paired {
            metric,
            old: Rate::of(pairs.clone().map(|(old, _)| old)),
            new: Rate::of(pairs.clone().map(|(_, new)| new)),
            gained,
            lost,
            p: sign_test(gained, lost),
        }
    }

    /// Whether the new system is better, and not by chance.
    pub fn is_better(&self) -> bool {
        self.gained > self.lost && self.p < SIGNIFICANT
    }
}

/// Compares two evaluations of the same tasks, in the same order.
pub fn paired(old: &[TaskResult], new: &[TaskResult]) -> Vec<Paired> {
    let compare = |(metric, right): Metric| {
        Paired::new(metric, old.iter().zip(new).map(move |(old, new)| (right(old), right(new))))
    };
    METRICS.into_iter().map(compare).collect()
}

/// The comparison as a table for people.
pub fn markdown(comparison: &[Paired]) -> String {
    let mut text =
        "| % | old | new | only the new | only the old | p |\n|---|---|---|---|---|---|\n".to_owned();
    for Paired { metric, old, new, gained, lost, p } in comparison {
        text += &format!("| {metric} | {old} | {new} | {gained} | {lost} | {p:.2e} |\n");
    }
    text
}

/// Two-sided probability that of `a + b` fair coins at most as many fall on the rarer side as did.
fn sign_test(a: usize, b: usize) -> f64 {
    let n = a + b;
    // The logarithm of n over i, one i after the other.
    let mut ways = 0.0_f64;
    let mut sum = 0.0;
    for i in 0..=a.min(b) {
        sum += (ways - n as f64 * std::f64::consts::LN_2).exp();
        ways += ((n - i) as f64 / (i + 1) as f64).ln();
    }
    (2.0 * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn probabilities_of_the_sign_test() {
        // 2 (1 + 10) / 1024, and 2 / 32.
        for (a, b, p) in [(9, 1, 22.0 / 1024.0), (5, 0, 2.0 / 32.0), (0, 0, 1.0), (3, 3, 1.0)] {
            assert!((sign_test(a, b) - p).abs() < 1e-12, "{a} {b}: {}", sign_test(a, b));
        }
    }

    #[test]
    fn only_what_differs_counts() {
        let pairs = |same: usize, gained: usize, lost: usize| {
            let pairs = std::iter::repeat_n((true, true), same)
                .chain(std::iter::repeat_n((false, true), gained))
                .chain(std::iter::repeat_n((true, false), lost));
            Paired::new(DECISIVE, pairs.collect::<Vec<_>>().into_iter())
        };
        assert!(pairs(1_000, 20, 5).is_better());
        assert!(!pairs(1_000, 5, 20).is_better(), "worse, and not by chance");
        assert!(!pairs(1_000, 6, 3).is_better());
        let compared = pairs(70, 20, 10);
        assert_eq!((compared.old.count, compared.new.count, compared.new.of), (80, 90, 100));
        assert_eq!((compared.gained, compared.lost), (20, 10));
    }

    proptest! {
        #[test]
        fn the_test_is_symmetric_and_a_probability(a in 0usize..2_500, b in 0usize..2_500) {
            let p = sign_test(a, b);
            prop_assert!((0.0..=1.0).contains(&p));
            prop_assert_eq!(p, sign_test(b, a));
        }

        #[test]
        fn a_greater_difference_is_less_likely(a in 0usize..500, b in 0usize..500) {
            prop_assume!(a >= b);
            prop_assert!(sign_test(a + 1, b) <= sign_test(a, b) + 1e-12 || a == b);
        }
    }
}
