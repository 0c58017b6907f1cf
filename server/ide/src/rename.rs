//! Rename.

use crate::analysis::Analysis;
use crate::change::{Change, FileEdits};
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
            Err(format!("'{name}' is not defined in this program, so there is nothing to rename."))
        }
        Some((Target::Procedure(name) | Target::Example(name), range)) => Ok((range, name)),
        Some((Target::Path(_), _)) => {
            Err("The path of an example file can't be renamed here: move the file.".to_owned())
        }
        None => {
            let word =
                leaf_at(&leaves(&source.parse.tree), offset).map_or("", |leaf| source.slice(leaf.range));
            Err(if is_reserved(word) {
                format!("'{word}' is one of Karel's own words and can't be renamed.")
            } else {
                "There is no name of a procedure or an example here to rename.".to_owned()
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
        return Err(format!(
            "'{to}' can't name a procedure: use letters, digits and '_', and begin with a letter."
        ));
    }
    if is_reserved(to) {
        return Err(format!("'{to}' is one of Karel's own words; choose another name."));
    }
    if from != to && analysis.procedure(to).is_some() {
        return Err(format!("There is a procedure '{to}' already; choose another name."));
    }
    Ok(())
}

fn check_example(analysis: &Analysis, from: &str, to: &str) -> Result<(), String> {
    if to.is_empty() || to.contains(['"', '\n', '\r']) {
        return Err(
            "An example's name has at least one character, and no quotation mark or line end.".to_owned()
        );
    }
    let names = analysis.sources().flat_map(|source| &source.file().items).filter_map(|item| match item {
        Item::Example(e) => Some(&e.name.text),
        _ => None,
    });
    if from != to && names.into_iter().any(|name| name == to) {
        return Err(format!("There is an example \"{to}\" already; choose another name."));
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
            expect!["An example's name has at least one character, and no quotation mark or line end."],
        );
        check(
            "example \"a$0\":\n    input:\n        >\ntest \"b\":\n    input:\n        >\n",
            "b",
            expect![[r#"There is an example "b" already; choose another name."#]],
        );
    }

    #[test]
    fn refuses_with_a_reason() {
        check("def ma$0in(): move()\n", "start", expect!["'main' can't be renamed: every run begins there."]);
        check(
            "def main(): mo$0ve()\n",
            "go",
            expect!["'move' is one of Karel's own words and can't be renamed."],
        );
        check(
            "def main(): nothi$0ng()\n",
            "go",
            expect!["'nothing' is not defined in this program, so there is nothing to rename."],
        );
        check(
            "def main(): move() $0\n",
            "go",
            expect!["There is no name of a procedure or an example here to rename."],
        );
        check(
            "def f$0(): move()\n",
            "turn left",
            expect![
                "'turn left' can't name a procedure: use letters, digits and '_', and begin with a letter."
            ],
        );
        check(
            "def f$0(): move()\n",
            "turnLeft",
            expect!["'turnLeft' is one of Karel's own words; choose another name."],
        );
        check(
            "def f$0(): move()\ndef g(): move()\n",
            "g",
            expect!["There is a procedure 'g' already; choose another name."],
        );
    }
}
