//! Quick fixes of what the text, the names and the flow show. Found from our own diagnostics at the range, not from
//! those that the client sends back, which may be none or of an older version.

use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check};
use crate::change::{Action, ActionKind, Change};
use crate::diagnostics::{self, Diagnostic};
use crate::paste_as::paste_as_program;
use crate::rename::is_identifier;
use crate::source::Source;
use crate::statements::procedure_at;
use std::cell::LazyCell;
use std::collections::BTreeSet;
use syntax::ast::Procedure;
use syntax::codes::names_flow as codes;
use syntax::codes::syntax::{CRASH_WITH_OUTPUT, UNEXPECTED_TEXT};
use syntax::diagnostic::Edit;
use syntax::removal::remove_statements;
use syntax::{TextRange, TextSize, lines};

/// Feature: **Quick fixes**
///
/// The fix of each diagnostic that has one right fix, and where there is none but likely ones (an undefined procedure,
/// an unused one, unreachable statements), those; and [`paste_as_program`].
///
/// # Errors
/// Fails where the request was cancelled.
pub fn quick_fixes(
    analysis: &Analysis,
    uri: &str,
    range: TextRange,
    cancel: Cancel<'_>,
) -> Result<Vec<Action>, Cancelled> {
    let Some(source) = analysis.source(uri) else { return Ok(Vec::new()) };
    let mut found = Vec::from_iter(paste_as_program(analysis, uri, range));
    // Looked at once, however many procedures are to be defined.
    let unit = LazyCell::new(|| source.unit(range.start(), ""));
    let touched = |diagnostic: &&Diagnostic| diagnostic.range.intersect(range).is_some();
    let named = diagnostics::named(analysis, uri, cancel)?.iter().filter(touched).cloned();
    for diagnostic in diagnostics::syntax_in(source, range).chain(named) {
        check(cancel)?;
        found.extend(diagnostic.fix.iter().map(|fix| Action {
            id: "quick-fix",
            kind: ActionKind::QuickFix,
            title: fix.title.clone(),
            mends: Some(diagnostic.code),
            preferred: !drops_expectation(diagnostic.code),
            change: Change::of(source, fix.edits.clone()),
        }));
        found.extend(likely_fix(source, &diagnostic, &unit));
    }
    Ok(found)
}

/// Feature: **Fix all**
///
/// All fixes of diagnostics that have one right fix, at once; of fixes that overlap the first. Lines that are not
/// understood stay as they are. `None` where there is nothing to fix.
///
/// # Errors
/// Fails where the request was cancelled.
pub fn fix_all(analysis: &Analysis, uri: &str, cancel: Cancel<'_>) -> Result<Option<Action>, Cancelled> {
    let Some(source) = analysis.source(uri) else { return Ok(None) };
    let (mut edits, mut fixed): (Vec<Edit>, u32) = (Vec::new(), 0);
    let syntax = diagnostics::syntax(analysis, uri);
    let text = &source.text;
    let lines_of =
        |range: TextRange| (lines::line_start(text, range.start()), lines::line_end(text, range.end()));
    // Start and end of each edit and of each line that is not understood: one that overlaps is among the neighbours.
    let mut taken: BTreeSet<(TextSize, TextSize)> =
        syntax.iter().filter(|d| d.code == UNEXPECTED_TEXT.code).map(|d| lines_of(d.range)).collect();
    let syntax = syntax.into_iter().filter(|d| !drops_expectation(d.code)).filter_map(|d| d.fix);
    let named = diagnostics::named(analysis, uri, cancel)?.iter().filter_map(|d| d.fix.clone());
    for fix in syntax.chain(named) {
        check(cancel)?;
        let overlaps = |edit: &Edit| {
            let before = taken.range(..=(edit.range.end(), TextSize::new(u32::MAX))).next_back();
            before.is_some_and(|&(_, end)| end >= edit.range.start())
        };
        if !fix.edits.iter().any(overlaps) {
            taken.extend(fix.edits.iter().map(|edit| (edit.range.start(), edit.range.end())));
            edits.extend(fix.edits);
            fixed += 1;
        }
    }
    let title = format!("Fix all: {fixed} problem{}", if fixed == 1 { "" } else { "s" });
    let action = Action {
        id: "fix-all",
        kind: ActionKind::FixAll,
        title,
        mends: None,
        preferred: false,
        change: Change::of(source, edits),
    };
    Ok((fixed > 0).then_some(action))
}

/// The fix takes away something that an example asks for, so that it is the author's choice.
fn drops_expectation(code: &str) -> bool {
    code == CRASH_WITH_OUTPUT.code
}

fn likely_fix(
    source: &Source,
    diagnostic: &Diagnostic,
    unit: &LazyCell<String, impl FnOnce() -> String>,
) -> Option<Action> {
    let word = source.slice(diagnostic.range);
    let (id, title, edits) = match diagnostic.code {
        code if code == codes::UNDEFINED_PROCEDURE.code => {
            if !is_identifier(word) || syntax::names::is_reserved(word) {
                return None;
            }
            let procedure = procedure_at(source.file(), diagnostic.range.start())?;
            let edit = definition_after(source, procedure, word, &format!("{}...", **unit));
            ("define-procedure", format!("Define '{word}' with a hole"), vec![edit])
        }
        code if code == codes::UNUSED_PROCEDURE.code => {
            let procedure = procedure_at(source.file(), diagnostic.range.start())?;
            let range = whole_definition(source, procedure);
            ("remove-procedure", format!("Remove '{word}'"), vec![Edit { range, insert: String::new() }])
        }
        code if code == CRASH_WITH_OUTPUT.code => {
            let (crashes, _) = diagnostic.related.first()?;
            let before = source.slice(TextRange::up_to(crashes.range.start()));
            let blanks = before.len() - before.trim_end().len();
            let range = TextRange::new(
                crashes.range.start() - TextSize::of(&before[before.len() - blanks..]),
                crashes.range.end(),
            );
            ("expect-no-crash", "Remove 'crashes'".to_owned(), vec![Edit { range, insert: String::new() }])
        }
        code if code == codes::UNREACHABLE.code => {
            let edits = remove_statements(&source.text, &[diagnostic.range]);
            ("remove-unreachable", "Remove what is never run".to_owned(), edits)
        }
        _ => return None,
    };
    let (kind, mends) = (ActionKind::QuickFix, Some(diagnostic.code));
    Some(Action { id, kind, title, mends, preferred: false, change: Change::of(source, edits) })
}

/// An edit that puts a definition, with a blank line before it, after `procedure`. `body` is indented already.
pub(crate) fn definition_after(source: &Source, procedure: &Procedure, name: &str, body: &str) -> Edit {
    let end = source.line_ending();
    let at = source.procedure_end(procedure);
    Edit { range: TextRange::empty(at), insert: format!("{end}{end}def {name}():{end}{body}") }
}

/// The lines of a definition with the blank lines after it.
pub(crate) fn whole_definition(source: &Source, procedure: &Procedure) -> TextRange {
    let text = &source.text;
    let mut end = lines::next_line(text, source.procedure_end(procedure));
    while usize::from(end) < text.len()
        && source.slice(TextRange::new(end, lines::line_end(text, end))).trim().is_empty()
    {
        end = lines::next_line(text, end);
    }
    TextRange::new(lines::line_start(text, procedure.range.start()), end)
}

#[cfg(test)]
mod tests {
    use super::{fix_all, quick_fixes};
    use crate::cancel::NEVER;
    use crate::fixture::fixture;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let f = fixture(text);
        let actions = quick_fixes(&f.analysis, &f.uri, f.range, NEVER).unwrap();
        let shown: Vec<String> = actions
            .iter()
            .map(|a| {
                format!(
                    "{} {}{}\n{}",
                    a.mends.unwrap_or(""),
                    a.title,
                    if a.preferred { " *" } else { "" },
                    f.after(&a.change)
                )
            })
            .collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn did_you_mean() {
        check(
            "def main():\n    mo$0v()\n",
            expect![[r#"
            K101 Change to 'move' *
            def main():
                move()

            K101 Define 'mov' with a hole
            def main():
                mov()

            def mov():
                ...
        "#]],
        );
    }

    #[test]
    fn define() {
        check(
            "def main():\n    dance$0()\n\n# end\n",
            expect![[r#"
            K101 Define 'dance' with a hole
            def main():
                dance()

            def dance():
                ...

            # end
        "#]],
        );
    }

    #[test]
    fn a_crash_with_an_output_is_the_authors_choice() {
        let text = "def main(): move()\nexample \"a\" crashes:\n    input:\n        > .\n    out$0put:\n        . >\n";
        check(
            text,
            expect![[r#"
            K026 Remove the output
            def main(): move()
            example "a" crashes:
                input:
                    > .

            K026 Remove 'crashes'
            def main(): move()
            example "a":
                input:
                    > .
                output:
                    . >
        "#]],
        );
        let f = fixture(text);
        assert_eq!(fix_all(&f.analysis, &f.uri, NEVER).unwrap(), None);
    }

    #[test]
    fn karels_own_words_are_not_defined_anew() {
        for word in ["while", "frontIsClear", "def", "output"] {
            let f = fixture(&format!("def main():\n    {word}$0()\n"));
            let actions = quick_fixes(&f.analysis, &f.uri, f.range, NEVER).unwrap();
            assert!(actions.iter().all(|action| action.id != "define-procedure"), "{word}: {actions:?}");
        }
    }

    #[test]
    fn remove_turns() {
        check(
            "def main():\n    move()\n    turn$0Left()\n    turnRight()\n",
            expect![[r#"
            K112 Remove both turns *
            def main():
                move()
        "#]],
        );
    }

    #[test]
    fn remove_unused_and_unreachable() {
        check(
            "def f$0(): move()\n\n\ndef main():\n    move()\n",
            expect![[r#"
            K102 Remove 'f'
            def main():
                move()
        "#]],
        );
        let text = "def main():\n    turnLeft()\n    if(not(frontIsClear())):\n        while(not(frontIsClear())):\n            \
                    putMarker()\n        mo$0ve()\n        turnLeft()\n";
        check(
            text,
            expect![[r#"
            K110 Remove what is never run
            def main():
                turnLeft()
                if(not(frontIsClear())):
                    while(not(frontIsClear())):
                        putMarker()
        "#]],
        );
    }

    #[test]
    fn all_at_once() {
        let f = fixture("def main()\n    mov()\n    if(not(markersPresent())):\n        turnLef()\n");
        let action = fix_all(&f.analysis, &f.uri, NEVER).unwrap().unwrap();
        expect![[r#"
            Fix all: 4 problems
            def main():
                move()
                if(noMarkersPresent()):
                    turnLeft()
        "#]]
        .assert_eq(&format!("{}\n{}", action.title, f.after(&action.change)));
        let prose =
            "def main():\n    Use a while statement so that it turns.\n    turnleft() and go\n    move()\n";
        assert_eq!(fix_all(&fixture(prose).analysis, "main.karel", NEVER).unwrap(), None);
        let f = fixture("def main():\n    move()\n");
        assert_eq!(fix_all(&f.analysis, &f.uri, NEVER).unwrap(), None);
    }
}
