//! Formatting: the whole file, a range, and while typing.

use crate::analysis::Analysis;
use syntax::diagnostic::Edit;
use syntax::format::{format, format_on_type, format_range};
use syntax::{TextRange, TextSize, lines};

/// Feature: **Format document**
///
/// The paper's notation, four blanks a level, aligned grids; comments stay. One edit for each run of lines that
/// changes, so that the editor keeps cursors and marks elsewhere. `None` where the file has a syntax error.
pub fn formatting(analysis: &Analysis, uri: &str) -> Option<Vec<Edit>> {
    let source = analysis.source(uri)?;
    let formatted = format(&source.parse, &source.text)?;
    Some(line_edits(&source.text, &formatted))
}

/// Feature: **Format selection**
///
/// Formats the statements, or the definitions and examples, that the range touches, as a whole. `None` where the file
/// has a syntax error.
pub fn range_formatting(analysis: &Analysis, uri: &str, range: TextRange) -> Option<Vec<Edit>> {
    let source = analysis.source(uri)?;
    let range = lines::clamped_range(&source.text, range);
    let edit = format_range(&source.parse, &source.text, range)?;
    let unchanged = source.slice(edit.range) == edit.insert;
    Some(if unchanged { Vec::new() } else { vec![edit] })
}

/// The characters after which an editor asks [`on_type_formatting`].
pub const FORMAT_TRIGGERS: [char; 2] = ['\n', ':'];

/// Feature: **Format while typing**
///
/// After a line end, the indentation of the new line: one level deeper after a `:`. After a `:`, an `else`, a section
/// or a definition goes to the column where it belongs. `typed` stands directly before `offset`. A level is as in the
/// file; where that has none, `fallback`: what the editor is set to.
pub fn on_type_formatting(
    analysis: &Analysis,
    uri: &str,
    offset: TextSize,
    typed: char,
    fallback: &str,
) -> Vec<Edit> {
    let source = analysis.source(uri);
    let edit = source.and_then(|source| format_on_type(&source.text, offset, typed, fallback));
    edit.into_iter().collect()
}

/// Edits of whole lines that turn `old` into `new`.
fn line_edits(old: &str, new: &str) -> Vec<Edit> {
    let diff = similar::TextDiff::from_lines(old, new);
    let lines = diff.iter_old_slices().map(TextSize::of);
    let starts: Vec<TextSize> = std::iter::once(TextSize::new(0))
        .chain(lines.scan(TextSize::new(0), |at, length| {
            *at += length;
            Some(*at)
        }))
        .collect();
    let news: Vec<&str> = diff.iter_new_slices().collect();
    let changed = diff.ops().iter().filter(|op| op.tag() != similar::DiffTag::Equal);
    changed
        .map(|op| {
            let (old, new) = (op.old_range(), op.new_range());
            Edit { range: TextRange::new(starts[old.start], starts[old.end]), insert: news[new].concat() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{formatting, on_type_formatting, range_formatting};
    use crate::change::apply;
    use crate::fixture::fixture;
    use expect_test::expect;

    #[test]
    fn only_lines_that_change() {
        let f = fixture(
            "def main():\n    move()\n    while frontIsClear():\n        move()\n    turnLeft( )\n    move()\n",
        );
        let edits = formatting(&f.analysis, &f.uri).unwrap();
        expect![[r#"
            [
                Edit {
                    range: 23..49,
                    insert: "    while(frontIsClear()):\n",
                },
                Edit {
                    range: 64..80,
                    insert: "    turnLeft()\n",
                },
            ]"#]]
        .assert_eq(&format!("{edits:#?}"));
        let after = apply(&f.source(&f.uri).text, &edits);
        assert_eq!(after, syntax::format::format(&f.source(&f.uri).parse, &f.source(&f.uri).text).unwrap());
    }

    #[test]
    fn a_selection_of_statements() {
        let f = fixture(
            "def main():\n  move( )\n  if $0frontIsClear(): turnLeft( ); move()\n  pickMarker$0( )\n  move( )\n",
        );
        let edits = range_formatting(&f.analysis, &f.uri, f.range).unwrap();
        expect![[r#"
            def main():
              move( )
              if(frontIsClear()):
                turnLeft()
                move()
              pickMarker()
              move( )
        "#]]
        .assert_eq(&apply(&f.source(&f.uri).text, &edits));
    }

    #[test]
    fn not_with_a_syntax_error() {
        let f = fixture("def main()\n    move( )\n");
        assert!(formatting(&f.analysis, &f.uri).is_none());
    }

    #[test]
    fn while_typing() {
        let check = |text: &str, typed| {
            let f = fixture(text);
            let edits = on_type_formatting(&f.analysis, &f.uri, f.offset(), typed, "    ");
            apply(&f.source(&f.uri).text, &edits)
        };
        assert_eq!(check("def main():\n$0", '\n'), "def main():\n    ");
        assert_eq!(check("  if(b):\n    move()\n$0", '\n'), "  if(b):\n    move()\n    ");
        assert_eq!(
            check("    if(b):\n        move()\n        else:$0", ':'),
            "    if(b):\n        move()\n    else:"
        );
        assert_eq!(
            check(
                "    if(b):\n        if(c):\n            move()\n        else:\n            move()\n        else:$0",
                ':'
            ),
            "    if(b):\n        if(c):\n            move()\n        else:\n            move()\n    else:"
        );
        assert_eq!(
            check("example \"a\":\n    input:\n        . >\n        output:$0", ':'),
            "example \"a\":\n    input:\n        . >\n    output:"
        );
        assert_eq!(check("    else:$0", ':'), "    else:");
    }
}
