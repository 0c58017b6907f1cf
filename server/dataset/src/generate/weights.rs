//! The generator's parameters: weights of what a program is made of, and how often what came out is kept.
//!
//! They are the file `weights.json` beside this one, written by `cargo run --release -p dataset --example
//! fit-generator`. Both kinds are tables of statistics ([`Tables`]), because both are fitted alike: each entry is
//! multiplied, round after round, by how much rarer its statistic is among the generated tasks than it should be.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::program::Grammar;
use super::statistics::{Statistic, Tables};

/// Weights that programs are made with.
pub const GRAMMAR: [Statistic; 7] = [
    Statistic::StatementsAt,
    Statistic::BlockLengthsAt,
    Statistic::Follows,
    Statistic::First,
    Statistic::Last,
    Statistic::ConditionsOf,
    Statistic::Counts,
];

/// Probabilities of keeping what came out: all that apply are multiplied, and a product above 1 is 1.
pub const THINNING: [Statistic; 6] = [
    Statistic::Length,
    Statistic::Cells,
    Statistic::Depth,
    Statistic::Covered,
    Statistic::DistinctOf,
    Statistic::TraceMean,
];

/// Weights, made ready for drawing.
#[derive(Debug, Clone)]
pub struct Weights {
    pub tables: Tables,
    pub(super) grammar: Grammar,
}

impl Weights {
    pub fn new(tables: Tables) -> Weights {
        Weights { grammar: Grammar::new(&tables), tables }
    }
}

/// The fitted weights.
pub static FITTED: LazyLock<Weights> = LazyLock::new(|| {
    Weights::new(from_json(include_str!("weights.json")).expect("the file was written by `to_json`"))
});

/// Reads weights; entries that the text doesn't have are 1. None for other text.
pub fn from_json(text: &str) -> Option<Tables> {
    let tables: BTreeMap<String, Vec<Vec<f64>>> = serde_json::from_str(text).ok()?;
    let mut weights = Tables::filled(1.0);
    for statistic in GRAMMAR.into_iter().chain(THINNING) {
        let Some(rows) = tables.get(statistic.name()) else { continue };
        let (count, columns) = statistic.size();
        if rows.len() != count || rows.iter().any(|row| row.len() != columns) {
            return None;
        }
        *weights.all_mut(statistic) = rows.concat();
    }
    Some(weights)
}

/// Writes weights, a row a line, to four digits.
pub fn to_json(weights: &Tables) -> String {
    let table = |statistic: Statistic| {
        let rows = weights.all(statistic).chunks(statistic.size().1).map(|row| {
            let row: Vec<String> = row.iter().map(|&x| digits(x)).collect();
            format!("    [{}]", row.join(", "))
        });
        format!("  \"{}\": [\n{}\n  ]", statistic.name(), rows.collect::<Vec<_>>().join(",\n"))
    };
    let tables: Vec<String> = GRAMMAR.into_iter().chain(THINNING).map(table).collect();
    format!("{{\n{}\n}}\n", tables.join(",\n"))
}

/// Four decimals, without the zeros at the end.
fn digits(x: f64) -> String {
    let text = format!("{x:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_what_is_written() {
        assert_eq!(to_json(&FITTED.tables), include_str!("weights.json"));
        assert!(THINNING.iter().all(|&s| FITTED.tables.all(s).iter().all(|&p| p >= 0.0)));
    }
}
