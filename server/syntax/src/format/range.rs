//! Formatting of a part: the run of whole statements, or of whole definitions and examples, that a range touches.

use super::layout::{self, Line};
use super::weave::Cloth;
use crate::ast::{File, Item};
use crate::diagnostic::Edit;
use crate::indent::unit;
use crate::lines::{indentation, line_break, line_end, line_start, next_line, slice};
use crate::parse::Parse;
use crate::print::INDENT;
use crate::runs::{statement_run, touches};
use text_size::TextRange;

/// An edit that formats the smallest run of siblings that covers all of `range` that is program, in the indentation in
/// which it stands, a level as the text has it. `None` where the file has a syntax error or the range touches nothing.
pub fn format_range(parse: &Parse, text: &str, range: TextRange) -> Option<Edit> {
    if super::has_syntax_error(&parse.diagnostics) {
        return None;
    }
    let edit = edit_for(parse, text, range)?;
    let mut formatted = text.to_owned();
    formatted.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
    super::has_same_words(parse, text, &formatted).then_some(edit)
}

fn edit_for(parse: &Parse, text: &str, range: TextRange) -> Option<Edit> {
    let file = &parse.file;
    let touched: Vec<&Item> = file.items.iter().filter(|i| touches(i.range(), range)).collect();
    if let [Item::Procedure(procedure)] = touched[..]
        && let Some(statements) = statement_run(&procedure.body, text, range)
    {
        let mut lines = Vec::new();
        for s in statements {
            layout::statement(s, 0, &mut lines);
        }
        return edit(file, text, statements.first()?.range.cover(statements.last()?.range), lines);
    }
    let mut lines = Vec::new();
    for item in &touched {
        layout::item(item, text, &mut lines);
    }
    edit(file, text, touched.first()?.range().cover(touched.last()?.range()), lines)
}

fn edit(file: &File, text: &str, range: TextRange, lines: Vec<Line>) -> Option<Edit> {
    let whole = TextRange::new(line_start(text, range.start()), line_end(text, range.end()));
    let rest = slice(text, TextRange::new(range.end(), whole.end())).trim_start_matches([' ', '\t', ';']);
    if !(rest.is_empty() || rest.starts_with('#')) {
        return None;
    }
    let start = file.comments.partition_point(|c| c.range.start() < whole.start());
    let end = file.comments.partition_point(|c| c.range.start() < whole.end());
    let comments = &file.comments[start..end];
    let margin = indentation(text, range.start());
    let unit = unit(text, range.start(), margin, INDENT);
    let mut insert =
        Cloth { text, lines, comments, margin, unit: &unit, line_break: line_break(text) }.weave();
    let whole = TextRange::new(whole.start(), next_line(text, range.end()));
    if !slice(text, whole).ends_with(['\n', '\r']) {
        insert.truncate(insert.trim_end_matches(['\n', '\r']).len());
    }
    Some(Edit { range: whole, insert })
}
