//! Real statistics against generated ones.

use std::fmt::Write;

use serde::Serialize;

use super::statistics::{Counts, Statistic, Tables, shares, total_variation};

/// Statistics that are compared, what their bins are called from the first on, and how far apart they may be.
const COMPARED: [(Statistic, Labels, Option<f64>); 26] = {
    use Statistic as S;
    [
        (S::Length, Labels::From(0), Some(0.05)),
        (S::Slice, Labels::Are(&["none", "conditionals", "loops", "both"]), Some(0.05)),
        (S::Constructs, Labels::From(0), Some(0.05)),
        (S::ConstructKinds, Labels::Are(CONSTRUCTS), Some(0.05)),
        (S::Depth, Labels::From(0), Some(0.05)),
        (S::Conditions, Labels::Are(CONDITIONS), Some(0.05)),
        (S::ConditionsOf, Labels::Are(CONDITIONS), Some(0.05)),
        (S::Counts, Labels::From(2), Some(0.05)),
        (S::BlockLengths, Labels::From(1), None),
        (S::Statements, Labels::Are(STATEMENTS), None),
        (S::Pairs, Labels::From(0), None),
        (S::Actions, Labels::From(0), None),
        (S::First, Labels::Are(STATEMENTS), None),
        (S::Last, Labels::Are(STATEMENTS), None),
        (S::TraceLength, Labels::From(0), Some(0.05)),
        (S::TraceActions, Labels::Are(STATEMENTS), None),
        (S::Distinct, Labels::From(1), Some(0.07)),
        (S::Covered, Labels::Are(&["partly", "all"]), None),
        (S::WallFree, Labels::From(0), None),
        (S::Sides, Labels::Are(&["2-4", "5-7", "8-10", "11-13", "14-16"]), None),
        (S::Headings, Labels::Are(&["north", "east", "south", "west"]), None),
        (S::MarkerCounts, Labels::From(1), None),
        (S::Cellwise, Labels::Are(&["wall", "markers", "empty"]), None),
        (S::OnMarkers, Labels::Are(&["yes", "no"]), None),
        (S::MarkerFree, Labels::Are(&["yes", "no"]), None),
        (S::Corner, Labels::Are(&["yes", "no"]), None),
    ]
};
const CONSTRUCTS: &[&str] = &["if", "if else", "while", "repeat"];
const CONDITIONS: &[&str] =
    &["front", "left", "right", "markers", "no markers", "not front", "not left", "not right"];
const STATEMENTS: &[&str] =
    &["move", "turnLeft", "turnRight", "pickMarker", "putMarker", "if", "if else", "while", "repeat"];

#[derive(Debug, Clone, Copy)]
enum Labels {
    /// Numbers from this one on.
    From(usize),
    Are(&'static [&'static str]),
}

pub use super::reference::tables as reference;

/// The comparison of generated tasks with the dataset's.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What the generated tasks are compared with.
    pub against: String,
    pub tasks: usize,
    pub broken_neighbours: usize,
    pub broken_examples: usize,
    pub comparisons: Vec<Comparison>,
}

/// One statistic.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    pub statistic: &'static str,
    /// Total variation distance; of a statistic with several distributions their mean, weighted by how much of the
    /// generated tasks each is about.
    pub distance: f64,
    /// The distance is meant to be this at most.
    pub goal: Option<f64>,
    pub bins: Vec<String>,
    /// Shares of the bins, one list for each distribution.
    pub real: Vec<Vec<f64>>,
    pub generated: Vec<Vec<f64>>,
}

impl Check {
    /// Compares generated tasks with the dataset's known statistics.
    pub fn new(generated: &Counts) -> Check {
        Check::of(generated, &reference(), "the dataset's test split".to_owned())
    }

    /// Compares generated tasks with other tasks, named `name`.
    pub fn against(generated: &Counts, real: &Counts, name: &str) -> Check {
        Check::of(generated, &real.tables, format!("{} tasks of {name}", real.tasks))
    }

    fn of(generated: &Counts, real: &Tables, against: String) -> Check {
        let comparisons = COMPARED
            .iter()
            .map(|&(statistic, labels, goal)| compare(statistic, labels, goal, &generated.tables, real))
            .collect();
        Check {
            against,
            tasks: generated.tasks,
            broken_neighbours: generated.broken_neighbours,
            broken_examples: generated.broken_examples,
            comparisons,
        }
    }

    /// Every goal is met, and no task breaks a rule.
    pub fn passed(&self) -> bool {
        self.broken_neighbours == 0
            && self.broken_examples == 0
            && self.comparisons.iter().all(|c| c.goal.is_none_or(|goal| c.distance <= goal))
    }

    /// The comparisons as tables in Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "{} generated tasks against {}.\n\nPrograms that break the rule on neighbours: {}; examples that break \
             a rule: {}.\n\n| statistic | total variation | goal |\n|---|---|---|\n",
            self.tasks, self.against, self.broken_neighbours, self.broken_examples
        );
        for c in &self.comparisons {
            let goal = match c.goal {
                Some(goal) if c.distance <= goal => format!("{goal}: met"),
                Some(goal) => format!("{goal}: **missed**"),
                None => String::new(),
            };
            let _ = writeln!(text, "| {} | {:.3} | {goal} |", c.statistic, c.distance);
        }
        for c in &self.comparisons {
            let _ = write!(text, "\n{}\n\n| |", c.statistic);
            // Bins that hold next to nothing are left out.
            let shown: Vec<usize> = (0..c.bins.len())
                .filter(|&bin| c.real.iter().chain(&c.generated).any(|row| row[bin] >= 0.0005))
                .collect();
            for &bin in &shown {
                let _ = write!(text, " {} |", c.bins[bin]);
            }
            let _ = writeln!(text, "\n|---|{}", "---|".repeat(shown.len()));
            for (real, generated) in c.real.iter().zip(&c.generated) {
                for (name, row) in [("real", real), ("generated", generated)] {
                    let _ = write!(text, "| {name} |");
                    for &bin in &shown {
                        let _ = write!(text, " {:.3} |", row[bin]);
                    }
                    text.push('\n');
                }
            }
        }
        text
    }
}

fn compare(
    statistic: Statistic,
    labels: Labels,
    goal: Option<f64>,
    generated: &Tables,
    real: &Tables,
) -> Comparison {
    let (rows, columns) = statistic.size();
    let mut comparison = Comparison {
        statistic: statistic.name(),
        distance: 0.0,
        goal,
        bins: (0..columns).map(|bin| labels.of(bin, statistic)).collect(),
        real: Vec::new(),
        generated: Vec::new(),
    };
    let total: f64 = generated.all(statistic).iter().sum();
    for row in 0..rows {
        let (real, generated) = (real.row(statistic, row), generated.row(statistic, row));
        let weight = generated.iter().sum::<f64>() / total.max(f64::MIN_POSITIVE);
        comparison.distance += weight * total_variation(real, generated);
        comparison.real.push(shares(real));
        comparison.generated.push(shares(generated));
    }
    comparison
}

impl Labels {
    fn of(self, bin: usize, statistic: Statistic) -> String {
        match self {
            Labels::Are(names) => names.get(bin).copied().unwrap_or_default().to_owned(),
            Labels::From(_) if statistic == Statistic::Pairs => {
                format!("{} {}", STATEMENTS[bin / 5], STATEMENTS[bin % 5])
            }
            Labels::From(first) => (first + bin).to_string(),
        }
    }
}
