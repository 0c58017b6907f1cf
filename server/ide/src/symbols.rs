//! Document symbols and workspace symbols.

use crate::analysis::Analysis;
use crate::counting;
use crate::source::{Location, Source};
use syntax::TextRange;
use syntax::ast::{Block, Example, ExampleKind, Item, Statement, StatementKind};
use syntax::print::head;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    Procedure,
    /// `while`, `repeat`
    Loop,
    /// `if`, `else`
    Branch,
    Example,
    /// A held-out example.
    Test,
    /// `input`, `output`, `trace`
    Section,
    /// `examples "…"`
    Include,
}

/// Feature: **Document symbols**
///
/// The outline of a file: procedures with their loops and branches, examples with their sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    /// A few words beside the name, such as a grid's size.
    pub detail: Option<String>,
    pub kind: SymbolKind,
    pub range: TextRange,
    /// The part of `range` to put the cursor on.
    pub selection: TextRange,
    pub children: Vec<Symbol>,
}

/// A symbol of all files of an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceSymbol {
    pub name: String,
    pub kind: SymbolKind,
    pub location: Location,
}

/// The outline of the file, in source order.
pub fn document_symbols(analysis: &Analysis, uri: &str) -> Vec<Symbol> {
    let Some(source) = analysis.source(uri) else { return Vec::new() };
    source.file().items.iter().flat_map(item).collect()
}

/// Procedures and examples whose name contains `query`'s letters in their order, case ignored; all for an empty query.
pub fn workspace_symbols(analysis: &Analysis, query: &str) -> Vec<WorkspaceSymbol> {
    let named = |source: &Source| -> Vec<WorkspaceSymbol> {
        let symbols = source.file().items.iter().filter_map(|item| match item {
            Item::Procedure(p) => Some((&p.name, SymbolKind::Procedure)),
            Item::Example(e) => Some((&e.name, example_kind(e))),
            Item::Include(_) | Item::Stray(_) => None,
        });
        let matching = symbols.filter(|(name, _)| !name.text.is_empty() && is_subsequence(query, &name.text));
        let symbol = |(name, kind): (&syntax::ast::Name, SymbolKind)| WorkspaceSymbol {
            name: name.text.clone(),
            kind,
            location: source.location(name.range),
        };
        matching.map(symbol).collect()
    };
    analysis.sources().flat_map(named).collect()
}

fn is_subsequence(query: &str, name: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

fn example_kind(example: &Example) -> SymbolKind {
    match example.kind {
        ExampleKind::Example => SymbolKind::Example,
        ExampleKind::Test => SymbolKind::Test,
    }
}

fn item(item: &Item) -> Vec<Symbol> {
    match item {
        Item::Procedure(p) => vec![Symbol {
            name: named(&p.name.text, "def"),
            detail: None,
            kind: SymbolKind::Procedure,
            range: p.range,
            selection: inside(p.name.range, p.range),
            children: block(&p.body),
        }],
        Item::Example(e) => vec![example(e)],
        Item::Include(i) => vec![Symbol {
            name: format!("examples \"{}\"", i.path.text),
            detail: None,
            kind: SymbolKind::Include,
            range: i.range,
            selection: inside(i.path.range, i.range),
            children: Vec::new(),
        }],
        Item::Stray(stray) => block(stray),
    }
}

fn named(name: &str, otherwise: &str) -> String {
    if name.is_empty() { otherwise.to_owned() } else { name.to_owned() }
}

/// Clients refuse a selection that is not inside its range.
fn inside(selection: TextRange, range: TextRange) -> TextRange {
    if range.contains_range(selection) { selection } else { TextRange::empty(range.start()) }
}

fn block(block: &Block) -> Vec<Symbol> {
    block.statements.iter().flat_map(statement).collect()
}

fn statement(statement: &Statement) -> Vec<Symbol> {
    let header = |name: String, kind, range: TextRange, children| {
        let selection = TextRange::empty(range.start());
        Symbol { name: name.trim_end_matches(':').to_owned(), detail: None, kind, range, selection, children }
    };
    let name = head(&statement.kind);
    match &statement.kind {
        StatementKind::While { .. } | StatementKind::Repeat { .. } => {
            let children = statement.blocks().flat_map(block).collect();
            vec![header(name, SymbolKind::Loop, statement.range, children)]
        }
        StatementKind::If { then, otherwise, .. } => {
            let Some(otherwise) = otherwise else {
                return vec![header(name, SymbolKind::Branch, statement.range, block(then))];
            };
            let first =
                TextRange::new(statement.range.start(), then.range.end().max(statement.range.start()));
            let second = otherwise.keyword.cover(otherwise.body.range);
            vec![
                header(name, SymbolKind::Branch, first, block(then)),
                header("else".to_owned(), SymbolKind::Branch, second, block(&otherwise.body)),
            ]
        }
        StatementKind::Action(_) | StatementKind::Call(_) | StatementKind::Hole | StatementKind::Error => {
            Vec::new()
        }
    }
}

fn example(example: &Example) -> Symbol {
    let section = |name: &str, detail: String, range, keyword: TextRange| Symbol {
        name: name.to_owned(),
        detail: Some(detail),
        kind: SymbolKind::Section,
        range,
        selection: inside(keyword, range),
        children: Vec::new(),
    };
    let mut children = Vec::new();
    for (name, grid) in [("input", &example.input), ("output", &example.output)] {
        children.extend(grid.iter().map(|grid| {
            let columns = grid.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
            section(name, format!("{} × {columns}", grid.rows.len()), grid.range, grid.keyword)
        }));
    }
    children.extend(example.trace.as_ref().map(|trace| {
        let name = if trace.inferred { "trace?" } else { "trace" };
        let detail = counting::actions(trace.actions.len());
        section(name, detail, trace.range, TextRange::empty(trace.range.start()))
    }));
    children.sort_by_key(|child| child.range.start());
    Symbol {
        name: named(&example.name.text, if example.kind == ExampleKind::Test { "test" } else { "example" }),
        detail: example.crashes.map(|_| "crashes".to_owned()),
        kind: example_kind(example),
        range: example.range,
        selection: inside(example.name.range, example.range),
        children,
    }
}

#[cfg(test)]
mod tests {
    use super::{Symbol, document_symbols, workspace_symbols};
    use crate::fixture::fixture;
    use expect_test::{Expect, expect};

    fn render(symbols: &[Symbol], level: usize, text: &str, out: &mut String) {
        for symbol in symbols {
            assert!(symbol.range.contains_range(symbol.selection));
            let detail = symbol.detail.as_ref().map_or(String::new(), |detail| format!(" ({detail})"));
            let first =
                text[std::ops::Range::<usize>::from(symbol.range)].lines().next().unwrap_or("").trim_end();
            out.push_str(&format!(
                "{}{:?} {}{detail} | {first}\n",
                "  ".repeat(level),
                symbol.kind,
                symbol.name
            ));
            render(&symbol.children, level + 1, text, out);
        }
    }

    fn check(text: &str, expect: Expect) {
        let f = fixture(text);
        let mut out = String::new();
        render(&document_symbols(&f.analysis, &f.uri), 0, &f.source(&f.uri).text, &mut out);
        expect.assert_eq(&out);
    }

    const TEXT: &str = r#"examples "more.kgrid"

def main():
    while(frontIsClear()):
        if(markersPresent()):
            pickMarker()
        else:
            repeat(2):
                turnLeft()
        move()

test "row":
    input:
        > .
    output:
        . >
    trace: move
"#;

    #[test]
    fn outline() {
        check(
            TEXT,
            expect![[r#"
            Include examples "more.kgrid" | examples "more.kgrid"
            Procedure main | def main():
              Loop while(frontIsClear()) | while(frontIsClear()):
                Branch if(markersPresent()) | if(markersPresent()):
                Branch else | else:
                  Loop repeat(2) | repeat(2):
            Test row | test "row":
              Section input (1 × 2) | input:
              Section output (1 × 2) | output:
              Section trace (1 action) | trace: move
        "#]],
        );
    }

    #[test]
    fn broken_text_has_an_outline() {
        check(
            "def\nwhile:\n  if\nexample\n  input\n",
            expect![[r#"
            Procedure def | def
              Loop while(?) | while:
                Branch if(?) | if
            Example example | example
              Section input (0 × 0) | input
        "#]],
        );
    }

    #[test]
    fn workspace() {
        let f = fixture(TEXT);
        let names =
            |query| workspace_symbols(&f.analysis, query).into_iter().map(|s| s.name).collect::<Vec<_>>();
        assert_eq!(names(""), ["main", "row"]);
        assert_eq!(names("RW"), ["row"]);
        assert!(names("x").is_empty());
    }
}
