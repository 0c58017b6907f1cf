//! Tree → lines in canonical form, each with its level and the range of the text that it stands for. Comments and
//! blank lines come later (`weave`).

use crate::ast::{Block, Example, ExampleKind, File, Grid, Item, Statement, StatementKind, Trace};
use crate::cancel::{Cancel, Cancelled, check};
use crate::lines::slice;
use crate::print::{INDENT, grid_rows, head};
use text_size::TextRange;

/// Traces are wrapped where a line would be longer, in characters.
const WIDTH: usize = 100;

pub(crate) struct Line {
    /// Steps of indentation from the margin.
    pub level: usize,
    pub text: String,
    /// From the first token of the line to its last, in the source; of a header only where it starts, since nothing
    /// but its body or a comment can follow it.
    pub source: TextRange,
    pub kind: LineKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// The first line of a definition or an example block.
    Item,
    /// `examples "…"`
    Include,
    Statement,
    /// A line that no blank line may stand before: `else:`, a section, a row.
    Close,
    /// As `Close`, and nothing but its like may stand at its level: a grid row, a line of a wrapped trace.
    Data,
}

pub(crate) fn file(file: &File, text: &str, cancel: Cancel<'_>) -> Result<Vec<Line>, Cancelled> {
    let mut lines = Vec::new();
    for item in &file.items {
        check(cancel)?;
        self::item(item, text, &mut lines);
    }
    Ok(lines)
}

pub(crate) fn item(item: &Item, text: &str, lines: &mut Vec<Line>) {
    match item {
        Item::Procedure(p) => {
            let source = start(p.range);
            lines.push(Line {
                level: 0,
                text: format!("def {}():", p.name.text),
                source,
                kind: LineKind::Item,
            });
            block(&p.body, 1, lines);
        }
        Item::Example(e) => example(e, text, lines),
        Item::Include(i) => {
            let content = format!("examples \"{}\"", slice(text, i.path.range));
            lines.push(Line { level: 0, text: content, source: i.range, kind: LineKind::Include });
        }
        Item::Stray(stray) => block(stray, 0, lines),
    }
}

fn start(range: TextRange) -> TextRange {
    TextRange::empty(range.start())
}

fn block(block: &Block, level: usize, lines: &mut Vec<Line>) {
    for s in &block.statements {
        statement(s, level, lines);
    }
}

pub(crate) fn statement(s: &Statement, level: usize, lines: &mut Vec<Line>) {
    let mut push = |source, text| lines.push(Line { level, text, source, kind: LineKind::Statement });
    match &s.kind {
        StatementKind::While { body, .. } | StatementKind::Repeat { body, .. } => {
            push(start(s.range), head(&s.kind));
            block(body, level + 1, lines);
        }
        StatementKind::If { then, otherwise, .. } => {
            push(start(s.range), head(&s.kind));
            block(then, level + 1, lines);
            if let Some(otherwise) = otherwise {
                let source = otherwise.keyword;
                lines.push(Line { level, text: "else:".to_owned(), source, kind: LineKind::Close });
                block(&otherwise.body, level + 1, lines);
            }
        }
        StatementKind::Action(_) | StatementKind::Call(_) | StatementKind::Hole | StatementKind::Error => {
            push(s.range, head(&s.kind));
        }
    }
}

fn example(e: &Example, text: &str, lines: &mut Vec<Line>) {
    let word = match e.kind {
        ExampleKind::Example => "example",
        ExampleKind::Test => "test",
    };
    let crashes = if e.crashes.is_some() { " crashes" } else { "" };
    let content = format!("{word} \"{}\"{crashes}:", slice(text, e.name.range));
    lines.push(Line { level: 0, text: content, source: e.header, kind: LineKind::Item });

    let mut sections: Vec<(TextRange, Vec<Line>)> = Vec::new();
    for (word, grid) in [("input:", &e.input), ("output:", &e.output)] {
        sections.extend(grid.iter().map(|g| (g.range, self::grid(word, g))));
    }
    sections.extend(e.trace.iter().map(|t| (t.range, trace(t))));
    sections.sort_by_key(|(range, _)| range.start());
    lines.extend(sections.into_iter().flat_map(|(_, lines)| lines));
}

fn grid(word: &str, grid: &Grid) -> Vec<Line> {
    let mut lines =
        vec![Line { level: 1, text: word.to_owned(), source: grid.keyword, kind: LineKind::Close }];
    let texts = grid_rows(grid.rows.iter().map(|row| row.cells.iter().map(|cell| cell.kind)));
    for (row, text) in grid.rows.iter().zip(texts) {
        lines.push(Line { level: 2, text, source: row.range, kind: LineKind::Data });
    }
    lines
}

fn trace(trace: &Trace) -> Vec<Line> {
    let word = if trace.inferred { "trace?:" } else { "trace:" };
    let line = |level, text, kind| Line { level, text, source: trace.range, kind };
    let mut whole = word.to_owned();
    for (action, _) in &trace.actions {
        whole.push(' ');
        whole.push_str(action.name());
    }
    if INDENT.len() + whole.len() <= WIDTH {
        return vec![line(1, whole, LineKind::Close)];
    }
    let mut lines = vec![line(1, word.to_owned(), LineKind::Close)];
    let mut row = String::new();
    for (action, _) in &trace.actions {
        if !row.is_empty() && 2 * INDENT.len() + row.len() + 1 + action.name().len() > WIDTH {
            lines.push(line(2, std::mem::take(&mut row), LineKind::Data));
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(action.name());
    }
    lines.push(line(2, row, LineKind::Data));
    lines
}
