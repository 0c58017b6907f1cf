//! The columns in which a block's lines begin.

use super::layout::Style;
use super::lower::Lower;
use super::node::{Kind, Node};
use crate::ast::Block;
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use text_size::TextRange;

/// A line of a block: its statements with their blocks.
pub(crate) struct BlockLine<'n, 't> {
    pub nodes: &'n [Node<'t>],
    pub range: TextRange,
}

impl Lower<'_> {
    /// Splits a block's nodes into its lines. What ends on the line on which the next one begins is on its line.
    pub(crate) fn block_lines<'n, 't>(&self, nodes: &'n [Node<'t>]) -> Vec<BlockLine<'n, 't>> {
        let mut lines = vec![];
        let mut start = 0;
        for at in 1..=nodes.len() {
            let ends = nodes.get(at).is_none_or(|next| {
                self.layout.begins_line(next.start()) && !self.is_meant_as_header(&nodes[start..at], *next)
            });
            if ends {
                let range =
                    TextRange::new(nodes[start].start(), nodes[at - 1].end().max(nodes[start].start()));
                lines.push(BlockLine { nodes: &nodes[start..at], range });
                start = at;
            }
        }
        lines
    }

    /// Reports lines that don't begin where the block's first line begins. Neighbours with the same mistake are one.
    pub(crate) fn check_columns(&mut self, lines: &[TextRange], what: &str) {
        let Some(&first) = lines.first() else { return };
        let block = self.layout.line(first.start());
        if !self.layout.begins_line(first.start()) {
            // a body on its header's line: nothing can follow below
            for &range in &lines[1..] {
                self.wrong_column(range, block.column, block.style, "the line above");
                if let Some(last) = self.found.last_mut() {
                    // not clear whether the block goes on
                    last.slip = false;
                    // at top level it can't stand either
                    last.fix = last.fix.take().filter(|_| block.column > 0);
                }
            }
            return;
        }
        if self.mixed(lines) {
            return;
        }
        let mut at = 1;
        while at < lines.len() {
            let line = self.layout.line(lines[at].start());
            let same =
                lines[at..].iter().take_while(|l| self.layout.column(l.start()) == line.column).count();
            if line.column != block.column {
                let range = TextRange::new(lines[at].start(), lines[at + same - 1].end());
                self.wrong_column(range, block.column, block.style, what);
            }
            at += same;
        }
    }

    /// Reports lines that begin in another column than their block's.
    pub(crate) fn wrong_column(&mut self, range: TextRange, column: u32, style: Style, what: &str) {
        let line = self.layout.line(range.start());
        let by = i64::from(column) - i64::from(line.column);
        let far = if by < 0 { "too far" } else { "not far enough" };
        let (is, should) = (line.column + 1, column + 1);
        let message = format!(
            "This line is indented {far}: it begins in column {is}, but {what} begins in column {should}."
        );
        let underlined = match line.indentation() {
            indentation if indentation.is_empty() => self.layout.first_line(self.text, range),
            indentation => indentation,
        };
        let edits = self.layout.shift(range, by, style);
        let fix = Fix { title: format!("Indent to column {should}"), edits };
        let diagnostic = self.error(&codes::WRONG_INDENTATION, underlined, message);
        // what begins between two blocks may belong to either
        (diagnostic.fix, diagnostic.slip) = (Some(fix), by < 0);
    }

    /// Reports a block that is indented with tabs here and blanks there.
    fn mixed(&mut self, lines: &[TextRange]) -> bool {
        let first = self.layout.line(lines[0].start());
        if first.style == Style::None {
            return false;
        }
        let usual = if first.style == Style::Mixed { Style::Blanks } else { first.style };
        let wrong = |line: &super::layout::Line| line.style != usual && line.style != Style::None;
        let Some(bad) = lines.iter().map(|l| self.layout.line(l.start())).find(wrong) else { return false };
        // Where the columns differ too, it isn't clear what was meant.
        let clear = lines.iter().all(|l| self.layout.column(l.start()) == first.column);
        let fix = clear.then(|| {
            let edits = lines
                .iter()
                .flat_map(|range| {
                    let wrong = wrong(&self.layout.line(range.start()));
                    if wrong { self.layout.shift(*range, 0, usual) } else { vec![] }
                })
                .collect::<Vec<Edit>>();
            let name = if usual == Style::Tabs { "tabs" } else { "blanks" };
            Fix { title: format!("Indent with {name}"), edits }
        });
        let message = "This block is indented partly with tabs and partly with blanks.";
        let diagnostic = self.error(&codes::MIXED_INDENTATION, bad.indentation(), message);
        (diagnostic.fix, diagnostic.slip) = (fix, clear);
        true
    }

    /// A block's statements, on one line or on several.
    pub(crate) fn block(&mut self, nodes: &[Node<'_>]) -> Block {
        let lines = self.block_lines(nodes);
        let ranges: Vec<TextRange> = lines.iter().map(|l| l.range).collect();
        // behind a colon and text that isn't understood, a block below is what was meant
        let inline = nodes.first().is_some_and(|n| !self.layout.begins_line(n.start()));
        let junk = lines.first().is_some_and(|l| {
            let only = l.nodes.iter().all(|n| n.is(Kind::Semicolon));
            only || l.nodes.iter().any(|n| n.is(Kind::Unexpected))
        });
        if !(inline && junk) {
            self.check_columns(&ranges, "its block");
        }
        self.lines(&lines)
    }
}
