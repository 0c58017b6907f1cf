//! Text that goes into a file is indented as the file is.

use crate::source::Source;
use syntax::TextSize;
use syntax::ast::{Block, Procedure};
use syntax::indent::{end_with_comments, own_column, width};
use syntax::print::INDENT;

impl Source {
    /// What one level below a line that begins with `margin` is indented by at `offset`; see [`syntax::indent::unit`].
    pub(crate) fn unit(&self, offset: TextSize, margin: &str) -> String {
        syntax::indent::unit(&self.text, offset, margin, INDENT)
    }

    /// The end of the last line of a block, with the comments that belong to it.
    pub(crate) fn block_end(&self, block: &Block) -> TextSize {
        let own = block.statements.first().and_then(|first| own_column(&self.text, first.range.start()));
        match own {
            Some(column) => end_with_comments(&self.text, block.range.end(), column),
            None => self.line_end(block.range.end()),
        }
    }

    /// The end of the last line of a definition or an example that begins at `start` and whose code ends at `end`, with
    /// the comments that belong to it: those further to the right than its header.
    pub(crate) fn item_end(&self, start: TextSize, end: TextSize) -> TextSize {
        end_with_comments(&self.text, end, width(self.indent(start)) + 1)
    }

    pub(crate) fn procedure_end(&self, procedure: &Procedure) -> TextSize {
        self.item_end(procedure.range.start(), procedure.range.end())
    }
}

/// The lines of a text that the printer wrote, each behind `margin` and with its levels as `unit`.
pub(crate) fn reindented(text: &str, margin: &str, unit: &str, line_ending: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let content = line.trim_start_matches(' ');
        let levels = (line.len() - content.len()) / INDENT.len();
        lines.push(format!("{margin}{}{content}", unit.repeat(levels)));
    }
    lines.join(line_ending)
}

/// Blanks in which `from` is one level, as they are where `to` is.
pub(crate) fn converted(blanks: &str, from: &str, to: &str) -> String {
    let (mut rest, mut levels) = (blanks, 0);
    while let Some(next) = rest.strip_prefix(from).filter(|_| !from.is_empty()) {
        (rest, levels) = (next, levels + 1);
    }
    // What is left over is less than a level: with tabs it can't be written.
    let rest = if to.contains('\t') { "" } else { rest };
    format!("{}{}", to.repeat(levels), rest.replace('\t', to))
}
