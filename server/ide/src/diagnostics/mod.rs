//! Diagnostics, in tiers: what the text alone shows, what names and flow show, what the runs of the examples show.
//! A faster tier never waits for a slower one.

pub(crate) mod ambiguous;
mod contradictions;
mod crashes;
mod reached;
mod results;
mod specification;
#[cfg(test)]
mod tests;

pub use crate::diagnostic::Diagnostic;
pub(crate) use contradictions::contradictions;
pub(crate) use specification::impossible;

use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled};
use crate::source::{Location, Source};
use syntax::TextRange;
use syntax::names::Surroundings;

/// K0xx of the file: what the parser reports.
pub fn syntax(analysis: &Analysis, uri: &str) -> Vec<Diagnostic> {
    let Some(source) = analysis.source(uri) else { return Vec::new() };
    source.parse.diagnostics.iter().map(|d| Diagnostic::of_syntax(source, d)).collect()
}

/// K0xx of a part of the file.
pub(crate) fn syntax_in(source: &Source, range: TextRange) -> impl Iterator<Item = Diagnostic> {
    let touched = source.parse.diagnostics.iter().filter(move |d| d.range.intersect(range).is_some());
    touched.map(|d| Diagnostic::of_syntax(source, d))
}

/// K1xx of the file: names and flow.
pub fn names(analysis: &Analysis, uri: &str, cancel: Cancel<'_>) -> Result<Vec<Diagnostic>, Cancelled> {
    named(analysis, uri, cancel).map(<[_]>::to_vec)
}

/// K1xx of the file, in source order; they are found once for an analysis.
pub(crate) fn named<'a>(
    analysis: &'a Analysis,
    uri: &str,
    cancel: Cancel<'_>,
) -> Result<&'a [Diagnostic], Cancelled> {
    analysis.named(uri, cancel, |source| {
        let program = analysis.program_at(uri).is_some();
        let surroundings = Surroundings { program, examples: analysis.example_names() };
        let mut found = ::syntax::names::check(source.file(), &source.text, surroundings, cancel)?;
        found.extend(::syntax::flow::check(source.file(), &source.text, cancel)?);
        found.sort_by_key(|d| (d.range.start(), d.range.end()));
        Ok(found.iter().map(|d| Diagnostic::of_syntax(source, d)).collect())
    })
}

/// K2xx and K3xx of the file: what the runs of the examples show, the holes, the examples among themselves, and
/// what the last synthesis left open.
pub fn runtime(analysis: &Analysis, uri: &str, cancel: Cancel<'_>) -> Result<Vec<Diagnostic>, Cancelled> {
    analysis.run_all(cancel)?;
    let mut found = specification::check(analysis, uri, cancel)?;
    results::check(analysis, uri, cancel, &mut found)?;
    if analysis.program_at(uri).is_some() {
        crashes::check(analysis, cancel, &mut found)?;
        specification::holes(analysis, cancel, &mut found)?;
        reached::check(analysis, cancel, &mut found)?;
        ambiguous::check(analysis, &mut found);
    }
    found.sort_by_key(|d| (d.range.start(), d.range.end()));
    Ok(found)
}

/// Where to point for the example as a whole: its name, else its header.
pub(crate) fn title_range(case: &Case<'_>) -> TextRange {
    let name = case.example.name.range;
    if name.is_empty() { case.example.header } else { name }
}

/// Where to point for the example as a whole, with its file.
pub(crate) fn title(case: &Case<'_>) -> Location {
    case.source.location(title_range(case))
}
