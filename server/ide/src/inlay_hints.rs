//! Counts beside the program: rounds of loops and how often a branch is taken; and, where no code lens says it
//! already, which examples pass.

use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check};
use crate::describe::count;
use crate::source::Source;
use crate::statements::head_range;
use crate::tally::Whole;
use crate::verdict::Verdict;
use syntax::ast::{Statement, StatementKind};
use syntax::{TextRange, TextSize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlayHint {
    /// It is drawn after this offset, with a blank between.
    pub offset: TextSize,
    pub label: String,
    pub tooltip: String,
}

/// Hints of the file within `range`, in source order.
pub fn inlay_hints(
    analysis: &Analysis,
    uri: &str,
    range: TextRange,
    cancel: Cancel<'_>,
) -> Result<Vec<InlayHint>, Cancelled> {
    let Some(source) = analysis.source(uri).filter(|_| analysis.config().inlay_hints) else {
        return Ok(Vec::new());
    };
    let mut hints = Vec::new();
    if analysis.program_at(uri).is_some() {
        counts(analysis, source, range, cancel, &mut hints)?;
    }
    for case in analysis.cases_in(uri).filter(|_| !analysis.config().code_lens) {
        check(cancel)?;
        let label = match analysis.verdict(case, cancel)? {
            Verdict::Passes => "✓",
            Verdict::Fails(_) => "✗",
            _ => continue,
        };
        let tooltip = crate::reason::verdict(analysis.run(case, cancel)?, analysis.verdict(case, cancel)?);
        hints.push(InlayHint { offset: case.example.header.end(), label: label.to_owned(), tooltip });
    }
    hints.retain(|hint| range.contains_inclusive(hint.offset));
    hints.sort_by_key(|hint| hint.offset);
    Ok(hints)
}

fn counts(
    analysis: &Analysis,
    source: &Source,
    wanted: TextRange,
    cancel: Cancel<'_>,
    hints: &mut Vec<InlayHint>,
) -> Result<(), Cancelled> {
    let tallies = analysis.tallies(cancel)?;
    let procedures = source.file().procedures();
    for procedure in procedures.filter(|procedure| procedure.range.intersect(wanted).is_some()) {
        check(cancel)?;
        for statement in procedure.body.walk() {
            if statement.range.intersect(wanted).is_some()
                && let Some((label, tooltip)) = hint(statement, tallies.of(statement).whole)
            {
                hints.push(InlayHint { offset: after_colon(source, statement), label, tooltip });
            }
        }
    }
    Ok(())
}

fn hint(statement: &Statement, did: Whole) -> Option<(String, String)> {
    if did.examples == 0 {
        return None;
    }
    let examples = count(did.examples as u64, "example");
    match &statement.kind {
        // The rounds of a `repeat` are written beside it.
        StatementKind::While { .. } => {
            let Whole { least, most, .. } = did;
            let label = if least == most { count(most, "round") } else { format!("{least}–{most} rounds") };
            Some((label, format!("Rounds per example, in the {examples} that come here")))
        }
        StatementKind::If { .. } => {
            let Whole { decided, held, .. } = did;
            let tooltip = format!("The condition held {held} of {decided} times, in {examples}");
            (decided > 0).then(|| (format!("taken {held}/{decided}"), tooltip))
        }
        _ => None,
    }
}

/// The offset after the colon of the statement's head; at the end of the line where there is none.
fn after_colon(source: &Source, statement: &Statement) -> TextSize {
    let head = head_range(statement).end();
    let body = statement.blocks().next().map_or(head, |block| block.range.start()).max(head);
    let between = source.slice(TextRange::new(head, body));
    let line = between.split(['\n', '\r']).next().unwrap_or("");
    head + TextSize::of(line.find(':').map_or(line.trim_end(), |at| &line[..=at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use crate::change::apply;
    use crate::fixture::{fixture, fixture_with};
    use expect_test::expect;
    use syntax::diagnostic::Edit;

    const TEXT: &str = r#"def main():
    while(frontIsClear()):
        if(markersPresent()): pickMarker()
        move()
    repeat(2): turnLeft()
    while not leftIsClear():
        turnLeft()

example "good":
    input:
        > 1 . 2 #
    output:
        . . . <2 #
example "bad":
    input:
        > .
    output:
        < .
example "open":
    input:
        > . .
"#;

    fn whole(text: &str) -> TextRange {
        TextRange::up_to(TextSize::of(text))
    }

    #[test]
    fn counts_stand_behind_the_colon() {
        let fixture = fixture_with(TEXT, crate::Config { code_lens: false, ..Default::default() });
        let hints = inlay_hints(&fixture.analysis, "main.karel", whole(TEXT), NEVER).unwrap();
        let edit = |hint: &InlayHint| {
            let insert = format!("  «{}: {}»", hint.label, hint.tooltip);
            Edit { range: TextRange::empty(hint.offset), insert }
        };
        let edits: Vec<Edit> = hints.iter().map(edit).collect();
        expect![[r#"
            def main():
                while(frontIsClear()):  «1–3 rounds: Rounds per example, in the 3 examples that come here»
                    if(markersPresent()):  «taken 1/6: The condition held 1 of 6 times, in 3 examples» pickMarker()
                    move()
                repeat(2): turnLeft()
                while not leftIsClear():  «3 rounds: Rounds per example, in the 3 examples that come here»
                    turnLeft()

            example "good":  «✗: ✗ wrong result: the robot differs»
                input:
                    > 1 . 2 #
                output:
                    . . . <2 #
            example "bad":  «✗: ✗ wrong result: the robot differs»
                input:
                    > .
                output:
                    < .
            example "open":
                input:
                    > . .
        "#]].assert_eq(&apply(TEXT, &edits));
    }

    #[test]
    fn only_those_in_the_range() {
        let fixture = fixture(TEXT);
        let range = TextRange::up_to(TextSize::of("def main():\n    while(frontIsClear()):"));
        assert_eq!(inlay_hints(&fixture.analysis, "main.karel", range, NEVER).unwrap().len(), 1);
    }

    #[test]
    fn verdicts_are_left_to_the_lenses() {
        let fixture = fixture(TEXT);
        let hints = inlay_hints(&fixture.analysis, "main.karel", whole(TEXT), NEVER).unwrap();
        assert!(hints.iter().all(|hint| hint.label != "✗"), "{hints:?}");
    }

    #[test]
    fn without_a_colon_they_stand_at_the_end_of_the_line() {
        let text = "def main():\n    while(frontIsClear())\n        move()\n\nexample \"e\":\n    input:\n        > .\n";
        let fixture = fixture(text);
        let hints = inlay_hints(&fixture.analysis, "main.karel", whole(text), NEVER).unwrap();
        assert_eq!(hints[0].offset, TextSize::of("def main():\n    while(frontIsClear())"));
    }

    #[test]
    fn they_can_be_turned_off() {
        let config = crate::Config { inlay_hints: false, ..Default::default() };
        let fixture = fixture_with(TEXT, config);
        assert!(inlay_hints(&fixture.analysis, "main.karel", whole(TEXT), NEVER).unwrap().is_empty());
    }
}
