//! Figures of Shin, Polosukhin and Song 2018, in percent, on the dataset's 2,500 test tasks, as far as the project's
//! notes have them. What is not known here stays empty in the tables.

/// Accuracy of programs: Table 1, and the text of §5.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Programs {
    pub top_1_exact: Option<f64>,
    pub top_1_generalization: Option<f64>,
    /// First of 50 candidates that passes the examples shown.
    pub guided_search: Option<f64>,
    pub top_50_generalization: Option<f64>,
}

/// By the names of the rows.
pub fn programs(row: &str) -> Programs {
    let of = |exact, top_1, guided, top_50: Option<f64>| Programs {
        top_1_exact: Some(exact),
        top_1_generalization: Some(top_1),
        guided_search: Some(guided),
        top_50_generalization: top_50,
    };
    match row {
        "io-code" => of(40.1, 73.5, 84.6, Some(85.8)),
        "pipeline" => of(42.8, 81.3, 88.8, Some(90.8)),
        "gold-gold" => of(54.0, 86.4, 92.4, None),
        _ => Programs::default(),
    }
}

/// All five traces of a task correct, top-1 and top-10: Table 3.
pub fn traces(row: &str) -> (Option<f64>, Option<f64>) {
    match row {
        "io-trace-presnet" => (Some(95.2), Some(98.0)),
        _ => (None, None),
    }
}

/// Share of the test tasks in a slice of Table 2, by the slice's name.
pub fn share(slice: &str) -> Option<f64> {
    Some(match slice {
        "no control flow" => 26.4,
        "only conditionals" => 15.6,
        "only loops" => 29.9,
        "conditionals and loops" => 28.2,
        "any control flow" => 73.6,
        "length 0 to 14" => 44.8,
        "length 15 to 29" => 40.7,
        "length 30 and more" => 14.5,
        _ => return None,
    })
}
