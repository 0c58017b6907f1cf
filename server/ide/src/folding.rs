//! Folding ranges.

use crate::analysis::Analysis;
use crate::source::Source;
use syntax::TextRange;
use syntax::ast::{Block, Item, StatementKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FoldKind {
    /// A procedure, loop or branch, an example or one of its sections.
    Block,
    /// Neighbouring comment lines.
    Comment,
    /// Neighbouring `examples "…"` lines.
    Includes,
}

/// Feature: **Folding**
///
/// Folds procedures, loops, branches (each of an `if` and its `else` for itself), examples, grids, long traces, and
/// runs of comment lines. A fold begins on the line that stays visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// From the start of the line that stays visible to the end of the last one folded; over at least two lines.
    pub range: TextRange,
    pub kind: FoldKind,
}

/// The folds of the file, in source order, outer ones first.
pub fn folding(analysis: &Analysis, uri: &str) -> Vec<Fold> {
    let Some(source) = analysis.source(uri) else { return Vec::new() };
    let mut ranges = Vec::new();
    for item in &source.file().items {
        match item {
            Item::Procedure(p) => {
                ranges.push((p.range, FoldKind::Block));
                block(&p.body, &mut ranges);
            }
            Item::Example(e) => {
                ranges.push((e.range, FoldKind::Block));
                let grids = e.input.iter().chain(&e.output).map(|grid| grid.range);
                ranges.extend(
                    grids.chain(e.trace.iter().map(|t| t.range)).map(|range| (range, FoldKind::Block)),
                );
            }
            Item::Stray(stray) => block(stray, &mut ranges),
            Item::Include(_) => {}
        }
    }
    ranges.extend(comment_runs(source).into_iter().map(|range| (range, FoldKind::Comment)));
    let includes: Vec<TextRange> = source.file().includes().map(|i| i.range).collect();
    ranges.extend(runs(source, &includes).into_iter().map(|range| (range, FoldKind::Includes)));

    let several_lines = |range: TextRange| source.slice(range).trim_end().contains(['\n', '\r']);
    let mut folds: Vec<Fold> = ranges
        .into_iter()
        .filter(|(range, _)| several_lines(*range))
        .map(|(range, kind)| Fold { range, kind })
        .collect();
    folds.sort_by_key(|fold| (fold.range.start(), std::cmp::Reverse(fold.range.end())));
    folds
}

fn block(of: &Block, ranges: &mut Vec<(TextRange, FoldKind)>) {
    for statement in of.walk() {
        let Some(first) = statement.blocks().next() else { continue };
        let mut range = statement.range;
        if let StatementKind::If { otherwise, .. } = &statement.kind {
            range = TextRange::new(range.start(), first.range.end().max(range.start()));
            let second = otherwise.iter().map(|o| o.keyword.cover(o.body.range));
            ranges.extend(second.map(|range| (range, FoldKind::Block)));
        }
        ranges.push((range, FoldKind::Block));
    }
}

fn comment_runs(source: &Source) -> Vec<TextRange> {
    let comments: Vec<TextRange> =
        source.file().comments.iter().filter(|c| c.own_line).map(|c| c.range).collect();
    runs(source, &comments)
}

/// Joins ranges that stand on neighbouring lines.
fn runs(source: &Source, ranges: &[TextRange]) -> Vec<TextRange> {
    let mut runs: Vec<TextRange> = Vec::new();
    for &range in ranges {
        match runs.last_mut() {
            Some(last) if adjacent(source.slice(TextRange::new(last.end(), range.start()))) => {
                *last = last.cover(range);
            }
            _ => runs.push(range),
        }
    }
    runs
}

fn adjacent(between: &str) -> bool {
    between.trim().is_empty() && between.matches('\n').count().max(between.matches('\r').count()) == 1
}

#[cfg(test)]
mod tests {
    use super::folding;
    use crate::fixture::fixture;
    use expect_test::expect;

    #[test]
    fn folds() {
        let f = fixture(
            r#"# One
# two.

examples "a.kgrid"
examples "b.kgrid"
def main():
    if(markersPresent()):
        pickMarker()
    else:
        while(frontIsClear()):
            move()
    repeat(2): turnLeft()

example "row":
    input:
        . .
        > .
"#,
        );
        let text = &f.source(&f.uri).text;
        let lines: Vec<String> = folding(&f.analysis, &f.uri)
            .iter()
            .map(|fold| {
                let line = |offset: usize| text[..offset].matches('\n').count() + 1;
                let first = text[fold.range.start().into()..].lines().next().unwrap();
                format!(
                    "{:?} {}..{} {first}",
                    fold.kind,
                    line(fold.range.start().into()),
                    line(fold.range.end().into())
                )
            })
            .collect();
        expect![[r#"
            Comment 1..2 # One
            Includes 4..5 examples "a.kgrid"
            Block 6..12 def main():
            Block 7..8 if(markersPresent()):
            Block 9..11 else:
            Block 10..11 while(frontIsClear()):
            Block 14..17 example "row":
            Block 15..17 input:"#]]
        .assert_eq(&lines.join("\n"));
    }
}
