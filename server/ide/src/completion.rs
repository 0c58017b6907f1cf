//! Completion: what may stand at the cursor ([`place`]), and the entries for it ([`entries`]).

mod entries;
mod place;
#[cfg(test)]
mod tests;

use crate::analysis::Analysis;
use place::{Cursor, place_at};
use syntax::{TextRange, TextSize, lines};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    Action,
    Condition,
    Procedure,
    /// `while`, `def`, `input`, …
    Keyword,
    /// Several lines with places to fill.
    Snippet,
    Number,
    /// A cell of a grid.
    Cell,
    /// `...`, `?`
    Hole,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub label: String,
    pub kind: CompletionKind,
    /// The text to be replaced: the word that was begun. On one line, up to the cursor or just after it.
    pub replace: TextRange,
    /// What takes its place.
    pub insert: String,
    /// The text to insert with tab stops, in the snippet syntax of the language server protocol, for editors that know
    /// it. Lines after the first are indented relative to the first.
    pub snippet: Option<String>,
    /// A few words beside the label.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    /// Entries are shown in the order of this text.
    pub sort: String,
}

/// The characters, apart from letters, after which an editor asks for completion by itself. None of them ends a line:
/// a list that opens there would take the Enter that is to begin the next one.
pub const COMPLETION_TRIGGERS: [&str; 1] = ["("];

/// Feature: **Completion**
///
/// Knows what may stand where: statements in a body, conditions in `if(` and `while(`, counts in `repeat(`, cells in a
/// grid, actions in a trace, sections in an example, definitions and whole example blocks at the margin. Offers nothing
/// at the end of a line that is complete.
pub fn completion(analysis: &Analysis, uri: &str, offset: TextSize) -> Vec<Completion> {
    let Some(source) = analysis.source(uri) else { return Vec::new() };
    let offset = lines::clamped(&source.text, offset);
    let Some(cursor) = Cursor::at(source, offset) else { return Vec::new() };
    let place = place_at(source, &cursor);
    entries::entries(analysis, source, &cursor, place)
}
