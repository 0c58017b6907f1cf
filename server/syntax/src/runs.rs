//! From a selection to the statements that it means.

use crate::ast::{Block, Statement};
use crate::lines::{begins_line, line_start, slice};
use text_size::{TextRange, TextSize};

/// Whether a node is meant by a selection: something of it is selected, or the cursor is at it.
pub(crate) fn touches(node: TextRange, range: TextRange) -> bool {
    node.intersect(range).is_some_and(|both| !both.is_empty() || range.is_empty())
}

/// The innermost statements of one block, neighbours, that cover all of the range that is program and share their lines
/// with no other statement. `None` where the range touches no statement.
pub fn statement_run<'a>(block: &'a Block, text: &str, range: TextRange) -> Option<&'a [Statement]> {
    let all = &block.statements;
    let first = all.iter().position(|s| touches(s.range, range))?;
    let last = all.iter().rposition(|s| touches(s.range, range))?;
    let covers = |part: TextRange| {
        // What lies outside the statements is blank.
        slice(text, TextRange::new(range.start().min(part.start()), part.start())).trim().is_empty()
            && slice(text, TextRange::new(part.end(), range.end().max(part.end()))).trim().is_empty()
    };
    if !covers(all[first].range.cover(all[last].range)) {
        return None;
    }
    if first == last {
        let inner = all[first].blocks().find_map(|block| statement_run(block, text, range));
        if inner.is_some() {
            return inner;
        }
    }
    // Statements that share a line go together.
    let same_line = |a: TextSize, b: TextSize| line_start(text, a) == line_start(text, b);
    let mut first = first;
    while first > 0 && same_line(all[first - 1].range.end(), all[first].range.start()) {
        first -= 1;
    }
    let mut last = last;
    while last + 1 < all.len() && same_line(all[last].range.end(), all[last + 1].range.start()) {
        last += 1;
    }
    begins_line(text, all[first].range.start()).then(|| &all[first..=last])
}
