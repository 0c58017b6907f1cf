//! Formatting: the whole file, a range, and while typing.

mod changes;

use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled};
use changes::changes;
use similar::DiffableStr;
use std::ops::Range;
use syntax::diagnostic::Edit;
use syntax::format::{format_on_type, format_range, format_unless};
use syntax::{TextRange, TextSize, lines};

/// Feature: **Format document**
///
/// The paper's notation, four blanks a level, aligned grids; comments stay. One edit for each run of lines that
/// changes, so that the editor keeps cursors and marks elsewhere. `None` where the file has a syntax error.
///
/// # Errors
/// Fails where the request was cancelled.
pub fn formatting(
    analysis: &Analysis,
    uri: &str,
    cancel: Cancel<'_>,
) -> Result<Option<Vec<Edit>>, Cancelled> {
    let Some(source) = analysis.source(uri) else { return Ok(None) };
    let Some(formatted) = format_unless(&source.parse, &source.text, cancel)? else { return Ok(None) };
    line_edits(&source.text, &formatted, cancel).map(Some)
}

/// Feature: **Format selection**
///
/// Formats the statements, or the definitions and examples, that the range touches, as a whole. `None` where the file
/// has a syntax error.
///
/// # Errors
/// Fails where the request was cancelled.
pub fn range_formatting(
    analysis: &Analysis,
    uri: &str,
    range: TextRange,
    cancel: Cancel<'_>,
) -> Result<Option<Vec<Edit>>, Cancelled> {
    let Some(source) = analysis.source(uri) else { return Ok(None) };
    let range = lines::clamped_range(&source.text, range);
    let Some(edit) = format_range(&source.parse, &source.text, range, cancel)? else { return Ok(None) };
    let unchanged = source.slice(edit.range) == edit.insert;
    Ok(Some(if unchanged { Vec::new() } else { vec![edit] }))
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
fn line_edits(old: &str, new: &str, cancel: Cancel<'_>) -> Result<Vec<Edit>, Cancelled> {
    let (old, new) = (old.tokenize_lines(), new.tokenize_lines());
    let mut starts = vec![TextSize::new(0)];
    starts.extend(old.iter().scan(TextSize::new(0), |at, line| {
        *at += TextSize::of(*line);
        Some(*at)
    }));
    let edit = |(old, text): (Range<usize>, Range<usize>)| Edit {
        range: TextRange::new(starts[old.start], starts[old.end]),
        insert: new[text].concat(),
    };
    Ok(changes(&old, &new, cancel)?.into_iter().map(edit).collect())
}

#[cfg(test)]
mod tests {
    use super::{formatting, on_type_formatting, range_formatting};
    use crate::cancel::NEVER;
    use crate::change::apply;
    use crate::fixture::fixture;
    use expect_test::expect;

    #[test]
    fn only_lines_that_change() {
        let f = fixture(
            "def main():\n    move()\n    while frontIsClear():\n        move()\n    turnLeft( )\n    move()\n",
        );
        let edits = formatting(&f.analysis, &f.uri, NEVER).unwrap().unwrap();
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
        let edits = range_formatting(&f.analysis, &f.uri, f.range, NEVER).unwrap().unwrap();
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
        assert!(formatting(&f.analysis, &f.uri, NEVER).unwrap().is_none());
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
