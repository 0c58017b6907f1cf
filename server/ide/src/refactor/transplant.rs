//! Moving statements to another place in the text: their comments come along, their indentation changes.

use crate::source::Source;
use syntax::ast::{Block, Statement};
use syntax::print::print_statements;
use syntax::{TextRange, lines};

/// The lines of a block, with the comments above its first statement, each beginning with `margin` in place of the
/// indentation of that statement; without the last line end. A block on the line of its header is printed anew.
pub(super) fn block_text(source: &Source, block: &Block, margin: &str) -> String {
    match block_lines(source, block) {
        Some(range) => moved(source, range, margin),
        None => printed(source, &block.statements, margin),
    }
}

/// The whole lines of a block that stands below its header, from the comments above its first statement.
pub(super) fn block_lines(source: &Source, block: &Block) -> Option<TextRange> {
    let text = &source.text;
    let first = block.statements.first()?.range.start();
    let mut start = lines::line_start(text, first);
    if !lines::begins_line(text, first) {
        return None;
    }
    for comment in source.file().comments.iter().rev().filter(|c| c.own_line && c.range.end() <= first) {
        let adjacent = lines::next_line(text, comment.range.start()) == start;
        if !adjacent || lines::indentation(text, comment.range.start()) != lines::indentation(text, first) {
            break;
        }
        start = lines::line_start(text, comment.range.start());
    }
    Some(TextRange::new(start, lines::line_end(text, block.range.end())))
}

/// The lines of the range, each with `margin` in place of the indentation of the first.
pub(super) fn moved(source: &Source, range: TextRange, margin: &str) -> String {
    let from = lines::indentation(&source.text, range.start());
    indented(source.slice(range), from, margin, source.line_ending())
}

/// The statements printed anew at `margin`, without the last line end.
pub(super) fn printed(source: &Source, statements: &[Statement], margin: &str) -> String {
    let printed = print_statements(statements, 0);
    indented(printed.trim_end(), "", margin, source.line_ending())
}

/// Every line of `block` with `to` in place of `from`, or of what there is of it.
fn indented(block: &str, from: &str, to: &str, line_end: &str) -> String {
    let line = |line: &str| {
        let rest = line.strip_prefix(from).unwrap_or_else(|| line.trim_start());
        if rest.trim().is_empty() { String::new() } else { format!("{to}{rest}") }
    };
    block.lines().map(line).collect::<Vec<_>>().join(line_end)
}

/// Nothing but blanks, or a comment, stands beside the range on its first and last line.
pub(super) fn fills_lines(source: &Source, range: TextRange) -> bool {
    let rest =
        source.slice(TextRange::new(range.end(), lines::line_end(&source.text, range.end()))).trim_start();
    lines::begins_line(&source.text, range.start()) && (rest.is_empty() || rest.starts_with('#'))
}

pub(super) fn has_comment(source: &Source, range: TextRange) -> bool {
    source.file().comments.iter().any(|comment| range.contains_range(comment.range))
}

/// The block holds something that is not understood, so that it had better stay where it is.
pub(super) fn has_error(block: &[Statement]) -> bool {
    block.iter().any(|statement| {
        statement.is_broken()
            || crate::statements::blocks(statement).any(|b: &Block| has_error(&b.statements))
    })
}
