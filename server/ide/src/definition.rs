//! Go to definition, find references, document highlight.

use crate::analysis::Analysis;
use crate::source::Location;
use crate::target::{Target, occurrences, target_at};
use syntax::ast::{Block, File, StatementKind};
use syntax::leaves::{Leaf, leaf_at, leaves};
use syntax::{TextRange, TextSize};

/// Feature: **Go to definition**
///
/// Goes from a call to its `def`, and from `examples "more.kgrid"` to that file, if it is part of the program. Where
/// two procedures have one name it is the first, which is the one that is called.
pub fn definition(analysis: &Analysis, uri: &str, offset: TextSize) -> Vec<Location> {
    let Some((target, _)) = analysis.source(uri).and_then(|source| target_at(source, offset)) else {
        return Vec::new();
    };
    if let Target::Path(path) = &target {
        let file = analysis.grids().iter().find(|grid| names_file(&grid.uri, path));
        return file.map(|grid| grid.location(TextRange::default())).into_iter().collect();
    }
    let definitions = occurrences(analysis, &target).into_iter().filter(|o| o.definition);
    definitions.map(|o| o.location).take(1).collect()
}

/// Whether a file's URI ends with the relative path, `./` and `../` apart.
fn names_file(uri: &str, path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_start_matches("../").replace('\\', "/").replace(' ', "%20");
    !path.is_empty()
        && uri.strip_suffix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// Feature: **Find references**
///
/// The calls of a procedure, with its definition if `with_definition`; for an example the blocks of its name.
pub fn references(analysis: &Analysis, uri: &str, offset: TextSize, with_definition: bool) -> Vec<Location> {
    let Some((target, _)) = analysis.source(uri).and_then(|source| target_at(source, offset)) else {
        return Vec::new();
    };
    let all = occurrences(analysis, &target).into_iter();
    all.filter(|o| with_definition || !o.definition).map(|o| o.location).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HighlightKind {
    /// Another place of the word, or the other half of a pair.
    Text,
    /// A call.
    Read,
    /// A definition.
    Write,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Highlight {
    pub range: TextRange,
    pub kind: HighlightKind,
}

/// Feature: **Document highlight**
///
/// A procedure's definition and calls; every place of the same action or condition; an `if` with its `else`.
pub fn highlight(analysis: &Analysis, uri: &str, offset: TextSize) -> Vec<Highlight> {
    let Some(source) = analysis.source(uri) else { return Vec::new() };
    if let Some((target, _)) = target_at(source, offset) {
        let here = occurrences(analysis, &target).into_iter().filter(|o| o.location.uri == uri);
        let kind = |definition| if definition { HighlightKind::Write } else { HighlightKind::Read };
        return here.map(|o| Highlight { range: o.location.range, kind: kind(o.definition) }).collect();
    }
    let leaves = leaves(&source.parse.tree);
    let Some(leaf) = leaf_at(&leaves, offset) else { return Vec::new() };
    let text = |range| Highlight { range, kind: HighlightKind::Text };
    match leaf.kind {
        "identifier" => {
            let same = |other: &&Leaf<'_>| {
                other.kind == "identifier" && source.slice(other.range) == source.slice(leaf.range)
            };
            leaves.iter().filter(same).map(|leaf| text(leaf.range)).collect()
        }
        "if" | "else" => pair(source.file(), leaf.range).map(text).to_vec(),
        "while" | "repeat" | "not" => vec![text(leaf.range)],
        _ => Vec::new(),
    }
}

/// `if` and its `else`, for the range of either; the range alone where there is no other.
fn pair(file: &File, keyword: TextRange) -> [TextRange; 2] {
    let pairs = file.blocks().flat_map(Block::walk).filter_map(|statement| {
        let StatementKind::If { otherwise: Some(otherwise), .. } = &statement.kind else { return None };
        Some([TextRange::at(statement.range.start(), TextSize::of("if")), otherwise.keyword])
    });
    pairs.filter(|pair| pair.contains(&keyword)).last().unwrap_or([keyword; 2])
}

#[cfg(test)]
mod tests {
    use super::{definition, highlight, references};
    use crate::fixture::{Fixture, fixture};
    use crate::source::Location;
    use expect_test::expect;

    fn show(f: &Fixture, locations: &[Location]) -> String {
        let one = |l: &Location| format!("{} {:?} {}", l.uri, l.range, f.source(&l.uri).slice(l.range));
        locations.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    const CALLS: &str = "//- a/main.karel\nexamples \"more.kgrid\"\ndef main(): around(); $0around()\ndef around(): \
                         turnLeft()\n//- a/more.kgrid\nexample \"x\":\n    input:\n        >\n";

    #[test]
    fn from_a_call() {
        let f = fixture(CALLS);
        expect!["a/main.karel 57..63 around"]
            .assert_eq(&show(&f, &definition(&f.analysis, &f.uri, f.offset())));
        expect![[r#"
            a/main.karel 34..40 around
            a/main.karel 44..50 around
            a/main.karel 57..63 around"#]]
        .assert_eq(&show(&f, &references(&f.analysis, &f.uri, f.offset(), true)));
        assert_eq!(references(&f.analysis, &f.uri, f.offset(), false).len(), 2);
    }

    #[test]
    fn from_a_path() {
        let f = fixture(&CALLS.replace("$0", "").replace("more.kgrid\"", "mo$0re.kgrid\""));
        expect!["a/more.kgrid 0..0 "].assert_eq(&show(&f, &definition(&f.analysis, &f.uri, f.offset())));
    }

    #[test]
    fn highlights() {
        let check = |text: &str| {
            let f = fixture(text);
            let all = highlight(&f.analysis, &f.uri, f.offset());
            all.iter().map(|h| format!("{:?} {:?}", h.kind, h.range)).collect::<Vec<_>>().join("\n")
        };
        expect![[r#"
            Read 12..13
            Read 17..18
            Write 25..26"#]]
        .assert_eq(&check("def main(): f(); f$0()\ndef f(): move()\n"));
        expect![[r#"
            Text 14..16
            Text 49..53"#]]
        .assert_eq(&check("def main():\n  if(markersPresent()):\n    move()\n  el$0se:\n    move()\n"));
        expect![[r#"
            Text 12..16
            Text 32..36"#]]
        .assert_eq(&check("def main(): move(); turnLeft(); mo$0ve()\n"));
        assert_eq!(check("def main(): move() $0 # x\n"), "");
    }
}
