//! Formatting of a part: the run of whole statements, or of whole definitions and examples, that a range touches.

use super::layout::{self, Line};
use super::weave::Cloth;
use crate::ast::{File, Item};
use crate::cancel::{Cancel, Cancelled, check};
use crate::diagnostic::Edit;
use crate::indent::unit;
use crate::lines::{indentation, line_break, line_end, line_start, next_line, slice};
use crate::parse::Parse;
use crate::print::INDENT;
use crate::runs::{statement_run, touches};
use text_size::TextRange;

/// An edit that formats the smallest run of siblings that covers all of `range` that is program, in the indentation in
/// which it stands, a level as the text has it. `None` where the file has a syntax error or the range touches nothing.
///
/// # Errors
/// Fails where the work was cancelled.
pub fn format_range(
    parse: &Parse,
    text: &str,
    range: TextRange,
    cancel: Cancel<'_>,
) -> Result<Option<Edit>, Cancelled> {
    if super::has_syntax_error(&parse.diagnostics) {
        return Ok(None);
    }
    let Some(edit) = edit_for(parse, text, range, cancel)? else { return Ok(None) };
    let mut formatted = text.to_owned();
    formatted.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
    Ok(super::has_same_words(parse, text, &formatted, cancel)?.then_some(edit))
}

fn edit_for(
    parse: &Parse,
    text: &str,
    range: TextRange,
    cancel: Cancel<'_>,
) -> Result<Option<Edit>, Cancelled> {
    let file = &parse.file;
    let touched: Vec<&Item> = file.items.iter().filter(|i| touches(i.range(), range)).collect();
    if let [Item::Procedure(procedure)] = touched[..]
        && let Some(statements) = statement_run(&procedure.body, text, range)
    {
        let mut lines = Vec::new();
        for s in statements {
            layout::statement(s, 0, &mut lines);
        }
        let (Some(first), Some(last)) = (statements.first(), statements.last()) else { return Ok(None) };
        return edit(file, text, first.range.cover(last.range), lines, cancel);
    }
    let mut lines = Vec::new();
    for item in &touched {
        check(cancel)?;
        layout::item(item, text, &mut lines);
    }
    let (Some(first), Some(last)) = (touched.first(), touched.last()) else { return Ok(None) };
    edit(file, text, first.range().cover(last.range()), lines, cancel)
}

fn edit(
    file: &File,
    text: &str,
    range: TextRange,
    lines: Vec<Line>,
    cancel: Cancel<'_>,
) -> Result<Option<Edit>, Cancelled> {
    let whole = TextRange::new(line_start(text, range.start()), line_end(text, range.end()));
    let rest = slice(text, TextRange::new(range.end(), whole.end())).trim_start_matches([' ', '\t', ';']);
    if !(rest.is_empty() || rest.starts_with('#')) {
        return Ok(None);
    }
    let start = file.comments.partition_point(|c| c.range.start() < whole.start());
    let end = file.comments.partition_point(|c| c.range.start() < whole.end());
    let comments = &file.comments[start..end];
    let margin = indentation(text, range.start());
    let unit = unit(text, range.start(), margin, INDENT);
    let mut insert =
        Cloth { text, lines, comments, margin, unit: &unit, line_break: line_break(text) }.weave(cancel)?;
    let whole = TextRange::new(whole.start(), next_line(text, range.end()));
    if !slice(text, whole).ends_with(['\n', '\r']) {
        insert.truncate(insert.trim_end_matches(['\n', '\r']).len());
    }
    Ok(Some(Edit { range: whole, insert }))
}
