//! A program pasted in the dataset's token dialect becomes one in the language.

use crate::analysis::Analysis;
use crate::change::{Action, ActionKind, Change};
use crate::indent::reindented;
use syntax::diagnostic::Edit;
use syntax::tokens::to_program_text;
use syntax::{TextRange, TextSize};

/// Feature: **Paste as a program**
///
/// Where `DEF run m( … m)` was pasted: writes it as `def main():` and its statements. Only where all of it is right;
/// the command line's import says what is wrong with the rest.
pub(crate) fn paste_as_program(analysis: &Analysis, uri: &str, range: TextRange) -> Option<Action> {
    let source = analysis.source(uri)?;
    let text: &str = &source.text;
    // Each span ends at the next `m)`; they are looked for once, however many spans share one.
    let (mut ends, mut end) = (text.match_indices("m)").map(|(at, _)| at), None);
    let spans = text.match_indices("DEF").map_while(|(start, _)| {
        while end.is_none_or(|end| end < start) {
            end = Some(ends.next()?);
        }
        let size = |at: usize| TextSize::try_from(at).ok();
        Some(TextRange::new(size(start)?, size(end? + "m)".len())?))
    });
    let span = spans.into_iter().find(|span| span.intersect(range).is_some())?;
    let program = to_program_text(source.slice(span)).ok()?;
    let unit = source.unit(span.start(), "");
    let insert = reindented(&program, "", &unit, source.line_ending());
    Some(Action {
        id: "paste-as-program",
        kind: ActionKind::QuickFix,
        title: "Write these tokens of the dataset as a program".to_owned(),
        mends: None,
        preferred: true,
        change: Change::of(source, vec![Edit { range: span, insert }]),
    })
}

#[cfg(test)]
mod tests {
    use super::paste_as_program;
    use crate::fixture::fixture;
    use expect_test::expect;

    #[test]
    fn tokens_become_a_program() {
        let f = fixture(
            "# pasted\nDEF run m( WHILE c( not c( frontIsClear c) c)\n  w( turn$0Left w)\nmove m)\n\nexample \"a\":\n",
        );
        let action = paste_as_program(&f.analysis, &f.uri, f.range).unwrap();
        expect![[r##"
            # pasted
            def main():
                while(not(frontIsClear())):
                    turnLeft()
                move()

            example "a":
        "##]]
        .assert_eq(&f.after(&action.change));
    }

    #[test]
    fn only_whole_programs() {
        let f = fixture("DEF run m( mov$0e r) m)\n");
        assert_eq!(paste_as_program(&f.analysis, &f.uri, f.range), None);
        let f = fixture("DEF run m( move m)\n\ndef f(): mo$0ve()\n");
        assert_eq!(paste_as_program(&f.analysis, &f.uri, f.range), None);
    }
}
