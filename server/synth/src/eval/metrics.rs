//! The paper's metrics, and what they are counted from.

use runtime::Action;
use serde::{Deserialize, Serialize};

use syntax::ast::{Statement, StatementKind, walk};

/// How one ranked list of candidates did on one task.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ranked {
    /// Per candidate, likeliest first: its tokens are the reference's.
    pub exact: Vec<bool>,
    /// It passes the examples shown.
    pub shown: Vec<bool>,
    /// It passes the held-out examples too.
    pub all: Vec<bool>,
    /// Its dataset tokens.
    pub lengths: Vec<usize>,
    /// Finished programs run until one passed the examples shown, or none was left.
    pub run: u64,
    /// Seconds that one thread spent on this list.
    pub seconds: f64,
}

/// What is known of one task after evaluation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TaskResult {
    pub slices: Vec<Slice>,
    pub traces: TraceResult,
    pub plain: Ranked,
    pub pruned: Ranked,
    /// What the pruned beam found, sorted by behaviour.
    pub choices: Choices,
}

/// The candidates of one task that pass the examples shown: which of them to take.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Choices {
    /// Per behaviour: its score, and whether it passes the held-out examples.
    pub behaviours: Vec<(f64, bool)>,
    /// The likeliest candidate passes the held-out examples.
    pub likeliest: bool,
    /// The shortest does, ties by likelihood.
    pub shortest: bool,
    /// The one that the engine puts first does.
    pub ranked: bool,
    /// Some behaviour does.
    pub any: bool,
}

/// The inferred traces of a task's shown examples.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TraceResult {
    /// Per example: the greedy roll-out is the author's trace.
    pub exact: Vec<bool>,
    /// Per example: the greedy roll-out leads to the output.
    pub greedy: Vec<bool>,
    /// Per example: the greedy one or one of the sampled retries does.
    pub retried: Vec<bool>,
    /// The beam over actions, where there was one.
    pub beam: Option<BeamTraces>,
    pub seconds: f64,
}

/// The traces that a beam over actions found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct BeamTraces {
    /// Per example: one of them is the author's trace.
    pub exact: Vec<bool>,
    /// Per example: one of them leads to the output.
    pub correct: Vec<bool>,
}

/// The slices of the paper's Table 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slice {
    #[serde(rename = "no control flow")]
    NoControl,
    #[serde(rename = "only conditionals")]
    OnlyConditionals,
    #[serde(rename = "only loops")]
    OnlyLoops,
    #[serde(rename = "conditionals and loops")]
    Both,
    #[serde(rename = "any control flow")]
    AnyControl,
    #[serde(rename = "length 0 to 14")]
    Short,
    #[serde(rename = "length 15 to 29")]
    Medium,
    #[serde(rename = "length 30 and more")]
    Long,
}

impl Slice {
    pub const ALL: [Slice; 8] = [
        Slice::NoControl,
        Slice::OnlyConditionals,
        Slice::OnlyLoops,
        Slice::Both,
        Slice::AnyControl,
        Slice::Short,
        Slice::Medium,
        Slice::Long,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Slice::NoControl => "no control flow",
            Slice::OnlyConditionals => "only conditionals",
            Slice::OnlyLoops => "only loops",
            Slice::Both => "conditionals and loops",
            Slice::AnyControl => "any control flow",
            Slice::Short => "length 0 to 14",
            Slice::Medium => "length 15 to 29",
            Slice::Long => "length 30 and more",
        }
    }

    /// Those that a program of `length` dataset tokens belongs to.
    pub fn of(program: &[Statement], length: usize) -> Vec<Slice> {
        let (conditionals, loops) = control(program);
        let mut slices = match (conditionals, loops) {
            (false, false) => vec![Slice::NoControl],
            (true, false) => vec![Slice::OnlyConditionals, Slice::AnyControl],
            (false, true) => vec![Slice::OnlyLoops, Slice::AnyControl],
            (true, true) => vec![Slice::Both, Slice::AnyControl],
        };
        slices.push(match length {
            0..15 => Slice::Short,
            15..30 => Slice::Medium,
            30.. => Slice::Long,
        });
        slices
    }
}

/// Whether there are conditionals, and loops.
fn control(statements: &[Statement]) -> (bool, bool) {
    let has = |kind: fn(&StatementKind) -> bool| walk(statements).any(|statement| kind(&statement.kind));
    (
        has(|kind| matches!(kind, StatementKind::If { .. })),
        has(|kind| matches!(kind, StatementKind::While { .. } | StatementKind::Repeat { .. })),
    )
}

/// A share with its 95% Wilson interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    pub count: usize,
    pub of: usize,
    /// In percent; 0 of 0 counts as 0.
    pub percent: f64,
    pub low: f64,
    pub high: f64,
}

impl Rate {
    pub fn of(values: impl IntoIterator<Item = bool>) -> Rate {
        let (mut count, mut of) = (0, 0);
        for value in values {
            of += 1;
            count += usize::from(value);
        }
        Rate::new(count, of)
    }

    pub fn new(count: usize, of: usize) -> Rate {
        if of == 0 {
            return Rate { count, of, percent: 0.0, low: 0.0, high: 100.0 };
        }
        /// 97.5% point of the normal distribution.
        const Z: f64 = 1.959_963_984_540_054;
        let n = of as f64;
        let p = count as f64 / n;
        let centre = p + Z * Z / (2.0 * n);
        let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 100.0 / (1.0 + Z * Z / n);
        let (low, high) = ((centre - spread) * scale, (centre + spread) * scale);
        Rate { count, of, percent: 100.0 * p, low: low.max(0.0), high: high.min(100.0) }
    }
}

impl Ranked {
    fn first(values: &[bool]) -> bool {
        values.first().copied().unwrap_or(false)
    }

    /// The likeliest candidate has the reference's tokens.
    pub fn top_1_exact(&self) -> bool {
        Ranked::first(&self.exact)
    }

    /// The likeliest candidate, unfiltered, passes all examples, held-out ones too.
    pub fn top_1_generalization(&self) -> bool {
        Ranked::first(&self.all)
    }

    /// The first candidate that passes the examples shown passes the held-out ones.
    pub fn guided_search(&self) -> bool {
        self.shown.iter().position(|&passed| passed).is_some_and(|first| self.all[first])
    }

    /// Guided search that takes the shortest candidate that passes the examples shown, ties by likelihood.
    pub fn guided_shortest(&self) -> bool {
        let consistent = (0..self.shown.len()).filter(|&i| self.shown[i]);
        consistent.min_by_key(|&i| self.lengths[i]).is_some_and(|i| self.all[i])
    }

    /// Some candidate passes the examples shown.
    pub fn consistent(&self) -> bool {
        self.shown.contains(&true)
    }

    /// Some candidate passes all examples.
    pub fn top_k_generalization(&self) -> bool {
        self.all.contains(&true)
    }
}

impl TraceResult {
    /// Notes the traces of one example: the author's, the greedy roll-out, and the one after retries.
    pub fn note(&mut self, gold: &[Action], greedy: Option<&[Action]>, retried: Option<&[Action]>) {
        self.exact.push(greedy == Some(gold));
        self.greedy.push(greedy.is_some());
        self.retried.push(retried.is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_intervals() {
        let rate = Rate::new(364, 400);
        assert_eq!(format!("{:.1} {:.1} {:.1}", rate.percent, rate.low, rate.high), "91.0 87.8 93.4");
        assert_eq!(Rate::new(5, 5).high, 100.0);
        assert_eq!(Rate::new(0, 0).percent, 0.0);
    }

    #[test]
    fn guided_search_takes_the_first_consistent_one() {
        let ranked = Ranked {
            shown: vec![false, true, true],
            all: vec![false, false, true],
            lengths: vec![3, 9, 7],
            ..Ranked::default()
        };
        assert!(!ranked.guided_search() && ranked.guided_shortest());
        assert!(ranked.top_k_generalization() && ranked.consistent() && !ranked.top_1_generalization());
        assert!(!Ranked::default().guided_search());
    }

    #[test]
    fn slices_as_in_table_2() {
        let of = |tokens: &str| {
            let program = syntax::tokens::parse_tokens(tokens).unwrap();
            Slice::of(&program.body.statements, tokens.split_whitespace().count())
        };
        assert_eq!(of("DEF run m( move m)"), [Slice::NoControl, Slice::Short]);
        let nested = "DEF run m( REPEAT R=2 r( IF c( markersPresent c) i( move i) r) m)";
        assert_eq!(of(nested), [Slice::Both, Slice::AnyControl, Slice::Medium]);
    }
}
