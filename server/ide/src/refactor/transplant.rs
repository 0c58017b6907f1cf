//! Moving statements to another place in the text: their comments come along, their indentation changes.

use crate::indent::{converted, reindented};
use crate::source::Source;
use syntax::ast::{Block, Statement, walk};
use syntax::print::print_statements;
use syntax::{TextRange, TextSize, lines};

/// The lines of a block, with its comments above its first statement and below its last, each beginning with `margin`
/// in place of the indentation of that statement, with `unit` for a level; without the last line end. A block on the
/// line of its header is printed anew.
pub(super) fn block_text(source: &Source, block: &Block, margin: &str, unit: &str) -> String {
    match block_lines(source, block) {
        Some(range) => moved(source, range, margin, unit),
        None => reindented(&print_statements(&block.statements, 0), margin, unit, source.line_ending()),
    }
}

/// The whole lines of a block that stands below its header, from the comments above its first statement to those below
/// its last.
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
    Some(TextRange::new(start, source.block_end(block)))
}

/// The lines of the range, each with `margin` in place of the indentation of the first, and with `unit` for a level
/// below it.
pub(super) fn moved(source: &Source, range: TextRange, margin: &str, unit: &str) -> String {
    let from = lines::indentation(&source.text, range.start());
    let own = source.unit(range.start(), from);
    let line = |line: &str| {
        let rest = line.strip_prefix(from).unwrap_or_else(|| line.trim_start());
        let content = rest.trim_start();
        let blanks = &rest[..rest.len() - content.len()];
        let level = if own == unit { blanks.to_owned() } else { converted(blanks, &own, unit) };
        if content.is_empty() { String::new() } else { format!("{margin}{level}{content}") }
    };
    source.slice(range).lines().map(line).collect::<Vec<_>>().join(source.line_ending())
}

/// The statements printed anew at `margin`, for the place of the first, without the last line end.
pub(super) fn printed(source: &Source, statements: &[Statement], margin: &str) -> String {
    let at = statements.first().map_or(TextSize::new(0), |first| first.range.start());
    reindented(&print_statements(statements, 0), margin, &source.unit(at, margin), source.line_ending())
}

/// The end of a statement's last line, with the comments that belong to its last block.
pub(super) fn statement_end(source: &Source, statement: &Statement) -> TextSize {
    statement.blocks().last().map_or(source.line_end(statement.range.end()), |last| source.block_end(last))
}

/// Whether nothing but blanks, or a comment, stands beside the range on its first and last line.
pub(super) fn fills_lines(source: &Source, range: TextRange) -> bool {
    let rest =
        source.slice(TextRange::new(range.end(), lines::line_end(&source.text, range.end()))).trim_start();
    lines::begins_line(&source.text, range.start()) && (rest.is_empty() || rest.starts_with('#'))
}

pub(super) fn has_comment(source: &Source, range: TextRange) -> bool {
    source.file().comments.iter().any(|comment| range.contains_range(comment.range))
}

/// Whether the block holds something that is not understood, so that it must stay where it is.
pub(super) fn has_error(block: &[Statement]) -> bool {
    walk(block).any(Statement::is_broken)
}
