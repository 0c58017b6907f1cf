//! Selection ranges: what "expand selection" takes in step by step.

use crate::analysis::Analysis;
use crate::source::Source;
use syntax::ast::{Block, Condition, ConditionKind, Example, Item, StatementKind};
use syntax::leaves::{leaf_at, leaves};
use syntax::{TextRange, TextSize};

/// Feature: **Selection ranges**
///
/// From the word under the cursor over condition, statement, block, procedure to the file; in an example over cell,
/// row, section.
///
/// Innermost first, each strictly inside the next; the last is the whole file.
pub fn selection_ranges(analysis: &Analysis, uri: &str, offset: TextSize) -> Vec<TextRange> {
    let Some(source) = analysis.source(uri) else { return Vec::new() };
    let mut around = Around { offset, found: Vec::new() };
    if let Some(leaf) = leaf_at(&leaves(&source.parse.tree), offset) {
        around.add(leaf.range);
    }
    for item in &source.file().items {
        match item {
            Item::Procedure(p) => {
                around.add(p.name.range);
                around.add(p.range);
                around.block(&p.body);
            }
            Item::Example(e) => around.example(e),
            Item::Include(i) => {
                around.add(i.path.range);
                around.add(i.range);
            }
            Item::Stray(block) => around.block(block),
        }
    }
    around.add(TextRange::up_to(TextSize::of(&*source.text)));
    around.nested(source)
}

struct Around {
    offset: TextSize,
    found: Vec<TextRange>,
}

impl Around {
    /// Keeps the range if it is around the offset, and returns whether it is.
    fn add(&mut self, range: TextRange) -> bool {
        let around = range.contains_inclusive(self.offset);
        if around && !range.is_empty() {
            self.found.push(range);
        }
        around
    }

    fn block(&mut self, block: &Block) {
        if !self.add(block.range) {
            return;
        }
        for statement in &block.statements {
            if !self.add(statement.range) {
                continue;
            }
            match &statement.kind {
                StatementKind::While { condition, body } => {
                    self.condition(condition);
                    self.block(body);
                }
                StatementKind::Repeat { count, body } => {
                    self.add(count.range);
                    self.block(body);
                }
                StatementKind::If { condition, then, otherwise } => {
                    self.condition(condition);
                    self.block(then);
                    if let Some(otherwise) = otherwise {
                        self.add(otherwise.keyword.cover(otherwise.body.range));
                        self.block(&otherwise.body);
                    }
                }
                _ => {}
            }
        }
    }

    fn condition(&mut self, condition: &Condition) {
        self.add(condition.range);
        if let ConditionKind::Not(inner) = &condition.kind {
            self.condition(inner);
        }
    }

    fn example(&mut self, example: &Example) {
        self.add(example.range);
        self.add(example.header);
        for grid in example.input.iter().chain(&example.output) {
            self.add(grid.range);
            if let (Some(first), Some(last)) = (grid.rows.first(), grid.rows.last()) {
                self.add(first.range.cover(last.range));
            }
            for row in &grid.rows {
                self.add(row.range);
            }
        }
        if let Some(trace) = &example.trace {
            self.add(trace.range);
            if let (Some((_, first)), Some((_, last))) = (trace.actions.first(), trace.actions.last()) {
                self.add(first.cover(*last));
            }
        }
    }

    /// The ranges, innermost first, without those that cut across another (two that only touch at the offset).
    fn nested(mut self, source: &Source) -> Vec<TextRange> {
        let end = TextSize::of(&*source.text);
        self.found.retain(|range| range.end() <= end);
        self.found.sort_by_key(|range| range.len());
        let mut chain: Vec<TextRange> = Vec::new();
        for range in self.found {
            if chain.last().is_none_or(|last| range.contains_range(*last) && range != *last) {
                chain.push(range);
            }
        }
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::selection_ranges;
    use crate::fixture::fixture;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let f = fixture(text);
        let ranges = selection_ranges(&f.analysis, &f.uri, f.offset());
        let shown: Vec<String> = ranges.iter().map(|r| format!("{:?}", f.source(&f.uri).slice(*r))).collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn in_a_condition() {
        check(
            "def main():\n    move()\n    while(not(front$0IsClear())):\n        turnLeft()\n",
            expect![[r#"
            "frontIsClear"
            "frontIsClear()"
            "not(frontIsClear())"
            "while(not(frontIsClear())):\n        turnLeft()"
            "move()\n    while(not(frontIsClear())):\n        turnLeft()"
            "def main():\n    move()\n    while(not(frontIsClear())):\n        turnLeft()"
            "def main():\n    move()\n    while(not(frontIsClear())):\n        turnLeft()\n""#]],
        );
    }

    #[test]
    fn in_a_grid() {
        check(
            "example \"a\":\n    input:\n        . $0>3\n        . .\n",
            expect![[r#"
            ">3"
            ". >3"
            ". >3\n        . ."
            "input:\n        . >3\n        . ."
            "example \"a\":\n    input:\n        . >3\n        . ."
            "example \"a\":\n    input:\n        . >3\n        . .\n""#]],
        );
    }

    #[test]
    fn in_nothing() {
        check("$0", expect![[r#""#]]);
    }
}
