//! Rename.

use crate::analysis::Analysis;
use crate::change::{Change, FileEdits};
use crate::describe::clipped;
use crate::target::{Target, occurrences, target_at};
use syntax::ast::Item;
use syntax::diagnostic::Edit;
use syntax::leaves::{leaf_at, leaves};
use syntax::names::{MAIN, is_reserved};
use syntax::{TextRange, TextSize};

/// Whether the name at the offset can be renamed: its range, and the name as it is.
///
/// # Errors
/// One sentence for the user where it can't.
pub fn prepare_rename(
    analysis: &Analysis,
    uri: &str,
    offset: TextSize,
) -> Result<(TextRange, String), String> {
    let source = analysis.source(uri).ok_or("This file is not open as a Karel program.")?;
    match target_at(source, offset) {
        Some((Target::Procedure(name), _)) if name == MAIN => {
            Err(format!("'{MAIN}' can't be renamed: every run begins there."))
        }
        Some((Target::Procedure(name), _)) if analysis.procedure(&name).is_none() => {
            Err(format!("'{}' is not defined here: nothing to rename.", clipped(&name)))
        }
        Some((Target::Procedure(name) | Target::Example(name), range)) => Ok((range, name)),
        Some((Target::Path(_), _)) => Err("The path of a file stands here: move the file.".to_owned()),
        None => {
            let word =
                leaf_at(&leaves(&source.parse.tree), offset).map_or("", |leaf| source.slice(leaf.range));
            Err(if is_reserved(word) {
                format!("'{word}' is Karel's own word: it can't be renamed.")
            } else {
                "Here is no name of a procedure or an example.".to_owned()
            })
        }
    }
}

/// Feature: **Rename**
///
/// Renames a procedure with all its calls, or an example. Karel's own words and `main` keep their names.
///
/// # Errors
/// One sentence for the user where the name at the offset can't be renamed, or not to `to`.
pub fn rename(analysis: &Analysis, uri: &str, offset: TextSize, to: &str) -> Result<Change, String> {
    prepare_rename(analysis, uri, offset)?;
    let Some((target, _)) = analysis.source(uri).and_then(|source| target_at(source, offset)) else {
        return Ok(Change::default());
    };
    match &target {
        Target::Procedure(from) => check_procedure(analysis, from, to)?,
        Target::Example(from) => check_example(analysis, from, to)?,
        Target::Path(_) => {}
    }
    let occurrences = occurrences(analysis, &target);
    let mut files: Vec<FileEdits> = Vec::new();
    // Blocks of the same name elsewhere are other examples.
    let renamed = occurrences.iter().filter(|o| match target {
        Target::Example(_) => o.location.uri == uri && o.location.range.contains_inclusive(offset),
        _ => true,
    });
    for occurrence in renamed {
        let edit = Edit { range: occurrence.location.range, insert: to.to_owned() };
        match files.iter_mut().find(|file| file.uri == occurrence.location.uri) {
            Some(file) => file.edits.push(edit),
            None => files.push(FileEdits { uri: occurrence.location.uri.clone(), edits: vec![edit] }),
        }
    }
    for file in &mut files {
        file.edits.sort_by_key(|edit| edit.range.start());
    }
    Ok(Change { files })
}

/// Whether the text is spelled as a procedure's name is.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

fn check_procedure(analysis: &Analysis, from: &str, to: &str) -> Result<(), String> {
    if !is_identifier(to) {
        return Err(format!("'{}' is no name: use letters, digits and '_'.", clipped(to)));
    }
    if is_reserved(to) {
        return Err(format!("'{to}' is Karel's own word: choose another name."));
    }
    if from != to && analysis.procedure(to).is_some() {
        return Err(format!("'{}' is there already: choose another name.", clipped(to)));
    }
    Ok(())
}

fn check_example(analysis: &Analysis, from: &str, to: &str) -> Result<(), String> {
    if to.is_empty() || to.contains(['"', '\n', '\r']) {
        return Err("A name has a character, no quote and no line end.".to_owned());
    }
    let names = analysis.sources().flat_map(|source| &source.file().items).filter_map(|item| match item {
        Item::Example(e) => Some(&e.name.text),
        _ => None,
    });
    if from != to && names.into_iter().any(|name| name == to) {
        return Err(format!("\"{}\" is there already: choose another name.", clipped(to)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{prepare_rename, rename};
    use crate::fixture::fixture;
    use expect_test::{Expect, expect};

    fn check(text: &str, to: &str, expect: Expect) {
        let f = fixture(text);
        let result = match rename(&f.analysis, &f.uri, f.offset(), to) {
            Ok(change) => f.after(&change),
            Err(reason) => reason,
        };
        expect.assert_eq(&result);
    }

    #[test]
    fn a_procedure_with_its_calls() {
        let text =
            "def main():\n    around()\n    if(markersPresent()): a$0round()\ndef around(): turnLeft()\n";
        check(
            text,
            "turnAround",
            expect![[r#"
            def main():
                turnAround()
                if(markersPresent()): turnAround()
            def turnAround(): turnLeft()
        "#]],
        );
        let f = fixture(text);
        assert_eq!(prepare_rename(&f.analysis, &f.uri, f.offset()).unwrap().1, "around");
    }

    #[test]
    fn an_example() {
        check(
            "example \"a$0\":\n    input:\n        >\n",
            "short row",
            expect![[r#"
            example "short row":
                input:
                    >
        "#]],
        );
        check(
            "example \"a$0\":\n    input:\n        >\n",
            "say \"hi\"",
            expect!["A name has a character, no quote and no line end."],
        );
        check(
            "example \"a$0\":\n    input:\n        >\ntest \"b\":\n    input:\n        >\n",
            "b",
            expect![[r#""b" is there already: choose another name."#]],
        );
    }

    #[test]
    fn an_example_alone_of_those_of_its_name() {
        let block = "example \"a\":\n    input:\n        >\n";
        let text = format!("{}{block}", block.replacen("\"a\"", "\"a$0\"", 1));
        let f = fixture(&text);
        let change = rename(&f.analysis, &f.uri, f.offset(), "b").unwrap();
        assert_eq!(f.after(&change), format!("{}{block}", block.replacen("\"a\"", "\"b\"", 1)));
        for elsewhere in ["main.karel", "other.kgrid"] {
            let here = block.replacen("\"a\"", "\"$0a\"", 1);
            let f = fixture(&format!("//- main.kgrid\n{here}//- {elsewhere}\n{block}"));
            let change = rename(&f.analysis, &f.uri, f.offset(), "b").unwrap();
            let files: Vec<&str> = change.files.iter().map(|file| &*file.uri).collect();
            assert_eq!(files, ["main.kgrid"]);
        }
    }

    #[test]
    fn refuses_with_a_reason() {
        check("def ma$0in(): move()\n", "start", expect!["'main' can't be renamed: every run begins there."]);
        check("def main(): mo$0ve()\n", "go", expect!["'move' is Karel's own word: it can't be renamed."]);
        check(
            "def main(): nothi$0ng()\n",
            "go",
            expect!["'nothing' is not defined here: nothing to rename."],
        );
        check("def main(): move() $0\n", "go", expect!["Here is no name of a procedure or an example."]);
        check(
            "def f$0(): move()\n",
            "turn left",
            expect!["'turn left' is no name: use letters, digits and '_'."],
        );
        check(
            "def f$0(): move()\n",
            "turnLeft",
            expect!["'turnLeft' is Karel's own word: choose another name."],
        );
        check(
            "def f$0(): move()\ndef g(): move()\n",
            "g",
            expect!["'g' is there already: choose another name."],
        );
    }
}
