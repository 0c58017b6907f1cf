//! Figures of Shin, Polosukhin and Song 2018, in percent, on the dataset's 2,500 test tasks: Tables 1 to 4. Cells that the
//! paper leaves empty are empty here.

use serde::Serialize;

use crate::eval::Slice;

/// Accuracy of programs: Tables 1 and 4.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Programs {
    pub top_1_exact: Option<f64>,
    pub top_1_generalization: Option<f64>,
    /// First of 50 candidates that passes the examples shown.
    pub guided_search: Option<f64>,
    pub top_50_generalization: Option<f64>,
}

impl Programs {
    const fn of(exact: f64, generalization: f64, guided: Option<f64>, top_50: Option<f64>) -> Programs {
        Programs {
            top_1_exact: Some(exact),
            top_1_generalization: Some(generalization),
            guided_search: guided,
            top_50_generalization: top_50,
        }
    }
}

/// By the names of the rows.
pub(crate) fn programs(row: &str) -> Programs {
    match row {
        "io-code" => Programs::of(40.1, 73.5, Some(84.6), Some(85.8)),
        "pipeline" => Programs::of(42.8, 81.3, Some(88.8), Some(90.8)),
        "gold-gold" => Programs::of(54.0, 86.4, Some(92.4), None),
        "gold-inferred" => Programs::of(39.2, 76.5, Some(81.8), None),
        _ => Programs::default(),
    }
}

/// Rows of Table 1 that are of another paper: Bunel et al. 2018.
pub(crate) const LITERATURE: [(&str, Programs); 2] = [
    ("I/O → CODE, MLE (Bunel et al. 2018)", Programs::of(39.94, 71.91, None, Some(86.37))),
    ("I/O → CODE, RL_beam_div_opt (Bunel et al. 2018)", Programs::of(32.17, 77.12, None, Some(85.38))),
];

/// All five traces of a task: Table 3.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Traces {
    pub top_1_exact: Option<f64>,
    pub top_1_correct: Option<f64>,
    pub top_10_exact: Option<f64>,
    pub top_10_correct: Option<f64>,
}

/// By the names of the rows.
pub(crate) fn traces(row: &str) -> Traces {
    let of = |[exact, correct, exact_10, correct_10]: [f64; 4]| Traces {
        top_1_exact: Some(exact),
        top_1_correct: Some(correct),
        top_10_exact: Some(exact_10),
        top_10_correct: Some(correct_10),
    };
    match row {
        "io-trace-no-grids" => of([58.7, 92.5, 59.3, 95.9]),
        "io-trace-lgrl" => of([57.6, 94.8, 58.0, 97.4]),
        "io-trace-presnet" => of([57.8, 95.2, 58.2, 98.0]),
        _ => Traces::default(),
    }
}

/// A line of Table 2: the slice's share of the test tasks, and guided search of I/O → CODE and of I/O → TRACE → CODE.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    pub share: f64,
    pub io_code: f64,
    pub pipeline: f64,
}

/// By slice; none for the slice that the paper does not list.
pub(crate) fn line(slice: Slice) -> Option<Line> {
    let (share, io_code, pipeline) = match slice {
        Slice::NoControl => (26.4, 100.0, 100.0),
        Slice::OnlyConditionals => (15.6, 87.4, 91.0),
        Slice::OnlyLoops => (29.9, 91.3, 94.3),
        Slice::Both => return None,
        Slice::AnyControl => (73.6, 79.0, 84.8),
        Slice::Short => (44.8, 99.5, 99.5),
        Slice::Medium => (40.7, 80.8, 86.9),
        Slice::Long => (14.5, 48.6, 61.0),
    };
    Some(Line { share, io_code, pipeline })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slices_of_the_paper_add_up() {
        let share = |slice| line(slice).map_or(0.0, |line| line.share);
        assert!((share(Slice::Short) + share(Slice::Medium) + share(Slice::Long) - 100.0).abs() < 0.11);
        assert!((share(Slice::NoControl) + share(Slice::AnyControl) - 100.0).abs() < 0.11);
    }
}
