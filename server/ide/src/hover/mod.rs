//! What stands under the cursor, in Markdown: what a word means and what a statement did in each example; of an
//! example its verdict, its worlds and its trace; where a synthesis left something open, the deciding example.

mod deciding;
mod example;
mod statement;
#[cfg(test)]
mod tests;

pub use example::{example_report, trace_text};

use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled};
use crate::diagnostics::ambiguous;
use crate::source::Source;
use crate::statements::{holes, statement_at};
use crate::words;
use syntax::{TextRange, TextSize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What the text is about.
    pub range: TextRange,
    pub markdown: String,
}

pub fn hover(
    analysis: &Analysis,
    uri: &str,
    offset: TextSize,
    cancel: Cancel<'_>,
) -> Result<Option<Hover>, Cancelled> {
    let hover = plain(analysis, uri, offset, cancel)?;
    let open = analysis.program_at(uri).and_then(|_| ambiguous::place(analysis));
    let Some(range) = open.filter(|range| range.contains_inclusive(offset)) else { return Ok(hover) };
    let deciding = deciding::deciding(analysis);
    Ok(Some(match hover {
        Some(Hover { range, markdown }) => Hover { range, markdown: format!("{markdown}\n\n{deciding}") },
        None => Hover { range, markdown: deciding },
    }))
}

/// The hover without what the last synthesis left open.
fn plain(
    analysis: &Analysis,
    uri: &str,
    offset: TextSize,
    cancel: Cancel<'_>,
) -> Result<Option<Hover>, Cancelled> {
    let Some(source) = analysis.source(uri) else { return Ok(None) };
    if source.file().comments.iter().any(|c| c.range.contains(offset)) {
        return Ok(None);
    }
    if let Some(case) = analysis.cases_in(uri).find(|case| case.example.range.contains_inclusive(offset)) {
        let markdown = example_report(analysis, case, cancel)?;
        return Ok(Some(Hover { range: example::section(case.example, offset), markdown }));
    }
    let Some(word) = word_at(source, offset) else { return Ok(None) };
    if analysis.program_at(uri).is_none() {
        return Ok(None);
    }
    if let Some(procedure) = source.file().procedures().find(|p| p.name.range.contains_inclusive(offset)) {
        let markdown = statement::procedure(analysis, source, procedure, cancel)?;
        return Ok(Some(Hover { range: procedure.name.range, markdown }));
    }
    let text = source.slice(word);
    let mut parts: Vec<String> =
        words::help(text).map(|help| format!("`{text}`: {help}")).into_iter().collect();
    if let Some(hole) = holes(source.file()).into_iter().find(|hole| hole.range.contains_inclusive(offset)) {
        parts.push(statement::hole(analysis, source, hole, cancel)?);
    } else if let Some((_, of)) = statement_at(source.file(), offset) {
        // What is wrong comes first.
        if let Some(failures) = statement::failures(analysis, of, cancel)? {
            parts.insert(0, failures);
        }
        parts.extend(statement::callee(analysis, source, of));
        parts.extend(statement::effect(analysis, of, cancel)?);
    }
    Ok((!parts.is_empty()).then(|| Hover { range: word, markdown: parts.join("\n\n") }))
}

/// The word that `offset` touches, or the hole.
fn word_at(source: &Source, offset: TextSize) -> Option<TextRange> {
    let text = &*source.text;
    let (before, after) = text.split_at_checked(offset.into())?;
    let around = |part: fn(char) -> bool| {
        let start =
            before.len() - before.chars().rev().take_while(|c| part(*c)).map(char::len_utf8).sum::<usize>();
        let end = before.len() + after.chars().take_while(|c| part(*c)).map(char::len_utf8).sum::<usize>();
        let range = TextRange::new(TextSize::try_from(start).ok()?, TextSize::try_from(end).ok()?);
        (!range.is_empty()).then_some(range)
    };
    around(|c| c.is_alphanumeric() || c == '_')
        .or_else(|| around(|c| c == '.').filter(|r| source.slice(*r) == "..."))
        .or_else(|| around(|c| c == '?').filter(|r| source.slice(*r) == "?"))
}
