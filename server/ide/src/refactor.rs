//! Refactorings: changes of form that keep the meaning. One file each; none looks at the examples.

mod branches;
mod extract;
mod inline;
mod repeat;
#[cfg(test)]
mod tests;
mod transplant;

use crate::analysis::Analysis;
use crate::change::{Action, ActionKind, Change};
use crate::source::Source;
use syntax::diagnostic::Edit;
use syntax::{TextRange, lines};

/// What is selected in a file of the analysis.
struct Context<'a> {
    analysis: &'a Analysis,
    source: &'a Source,
    /// Empty for a cursor.
    selection: TextRange,
}

impl Context<'_> {
    fn action(
        &self,
        id: &'static str,
        kind: ActionKind,
        title: impl Into<String>,
        edits: Vec<Edit>,
    ) -> Action {
        let change = Change::of(self.source, edits);
        Action { id, kind, title: title.into(), mends: None, preferred: false, change }
    }
}

/// Feature: **Refactorings**
///
/// Extract and inline a procedure, roll statements up into a `repeat` and unroll it, add or remove an `else`, negate a
/// condition and swap its branches. Those that can be done at the selection.
pub fn refactorings(analysis: &Analysis, uri: &str, selection: TextRange) -> Vec<Action> {
    let Some(source) = analysis.source(uri) else { return Vec::new() };
    let selection = lines::clamped_range(&source.text, selection);
    let context = Context { analysis, source, selection };
    [
        extract::extract_procedure(&context),
        inline::inline_call(&context),
        inline::inline_everywhere(&context),
        repeat::roll(&context),
        repeat::unroll(&context),
        branches::add_else(&context),
        branches::remove_else(&context),
        branches::negate(&context),
    ]
    .into_iter()
    .flatten()
    .collect()
}
