//! Changes to an example that somebody draws: edits of its text that leave comments and layout around them as they are.

use std::collections::HashSet;

use runtime::{Outcome, Robot, World};
use syntax::ast::{CellKind, Example, ExampleKind, Grid, GridRow, Heading};
use syntax::diagnostic::Edit;
use syntax::{TextRange, TextSize};

use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled};
use crate::change::Change;
use crate::example_actions::{output_section, whole_lines};
use crate::source::Source;

/// One of an example's worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Input,
    Output,
}

/// What is to become of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// The world, in the place of the one that is there, if there is one.
    World(Which, World),
    /// The output that the program leaves.
    RunOutput,
    /// A copy below it, with a name of its own.
    Copy,
    /// The other kind: an example, or a held-out test.
    Kind(ExampleKind),
}

/// The change, or why there is none in a sentence for people. A change that changes nothing has no edits.
///
/// # Errors
/// The work was cancelled.
pub fn draw(
    analysis: &Analysis,
    case: Case<'_>,
    drawn: &Drawn,
    cancel: Cancel<'_>,
) -> Result<Result<Change, String>, Cancelled> {
    let (source, example) = (case.source, case.example);
    let edits = match drawn {
        Drawn::World(which, world) => world_edits(source, example, *which, world),
        Drawn::RunOutput => match analysis.run(case, cancel)? {
            None => Err("There is nothing to run yet.".to_owned()),
            Some(run) if run.outcome != Outcome::Finished => {
                Err("No output: the program does not come to its end.".to_owned())
            }
            Some(run) => world_edits(source, example, Which::Output, &run.end),
        },
        Drawn::Copy => Ok(vec![copied(analysis, source, example)]),
        Drawn::Kind(kind) => Ok(of_kind(source, example, *kind).into_iter().collect()),
    };
    Ok(edits.map(|edits| Change::of(source, edits)))
}

/// The side of a new world.
const SIDE: u8 = 5;

/// Adds an example with an empty world and the robot in its corner: below `case`, or at the end of the file `source` where
/// there is none.
pub fn added(analysis: &Analysis, source: &Source, case: Option<Case<'_>>) -> Change {
    let name = free_name(analysis, "new");
    let (source, at, indent) = match case {
        Some(Case { source, example, .. }) => {
            let range = example.range;
            (source, source.item_end(range.start(), range.end()), source.indent(range.start()))
        }
        None => (source, TextSize::of(source.text.trim_end()), ""),
    };
    let unit = source.unit(at, indent);
    let mut world = World::new(SIDE, SIDE);
    let _ = world.set_robot(Robot { row: 0, col: 0, heading: Heading::East });
    let world = world.to_string();
    let mut lines = vec![format!("{indent}example \"{name}\":"), format!("{indent}{unit}input:")];
    lines.extend(world.lines().map(|row| format!("{indent}{unit}{unit}{row}")));
    // What comes before and after stays apart from it.
    if at > TextSize::new(0) {
        lines.splice(0..0, [String::new(), String::new()]);
    }
    let below = source.text.get(usize::from(at)..).unwrap_or("");
    if below.trim().is_empty() {
        // The file ends as it did, or with a line end where it was empty.
        if below.is_empty() {
            lines.push(String::new());
        }
    } else if below.lines().nth(1).is_some_and(|line| !line.trim().is_empty()) {
        lines.push(String::new());
    }
    let edit = Edit { range: TextRange::empty(at), insert: lines.join(source.line_ending()) };
    Change::of(source, vec![edit])
}

/// The name, with a number where there is an example of that name.
pub(crate) fn free_name(analysis: &Analysis, name: &str) -> String {
    let taken: HashSet<&str> = analysis.cases().map(|case| case.example.name.text.as_str()).collect();
    let numbered = (2..).map(|number| format!("{name} {number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name.as_str())).unwrap_or_default()
}

fn world_edits(source: &Source, example: &Example, which: Which, world: &World) -> Result<Vec<Edit>, String> {
    let grid = match which {
        Which::Input => example.input.as_ref(),
        Which::Output => example.output.as_ref(),
    };
    match (grid, &example.input) {
        (Some(grid), _) if grid.rows.is_empty() => {
            let at = TextRange::empty(grid.range.end());
            Ok(vec![Edit { range: at, insert: rows_below(source, grid, world) }])
        }
        (Some(grid), _) => Ok(replaced(source, grid, world)),
        (None, _) if which == Which::Output && example.crashes.is_some() => {
            Err("This example expects a crash, and so no output.".to_owned())
        }
        (None, Some(input)) => {
            let range = TextRange::empty(input.range.end());
            Ok(vec![Edit { range, insert: output_section(source, input, world) }])
        }
        (None, None) => Err("Write the word input: into the example first.".to_owned()),
    }
}

/// The rows, each in the place of the one that stood there, seen from the south: the rows that a larger world has more
/// come on top. What stands beside and between rows stays.
fn replaced(source: &Source, grid: &Grid, world: &World) -> Vec<Edit> {
    let text = world.to_string();
    let new: Vec<&str> = text.lines().collect();
    let mut edits = Vec::new();
    let from_south = grid.rows.iter().rev().zip(new.iter().rev());
    edits.extend(from_south.filter_map(|(row, new)| row_edit(row, new)));
    let (had, has) = (grid.rows.len(), new.len());
    if let Some(first) = grid.rows.first().filter(|_| has > had) {
        let (end, indent) = (source.line_ending(), source.indent(first.range.start()));
        let insert: String = new[..has - had].iter().map(|row| format!("{row}{end}{indent}")).collect();
        // One edit where the first row changes, too: both begin at the same place.
        match edits.iter_mut().find(|edit| edit.range.start() == first.range.start()) {
            Some(edit) => edit.insert.insert_str(0, &insert),
            None => edits.push(Edit { range: TextRange::empty(first.range.start()), insert }),
        }
    }
    let gone = grid.rows.iter().take(had.saturating_sub(has));
    edits.extend(gone.map(|row| Edit { range: whole_lines(source, row.range), insert: String::new() }));
    edits
}

fn row_edit(row: &GridRow, new: &str) -> Option<Edit> {
    let last = row.cells.last().map_or(row.range.end(), |cell| cell.range.end());
    let range = TextRange::new(row.range.start(), last);
    let new_cells = new.split_whitespace().map(CellKind::from_text);
    // However it is laid out.
    let same = row.cells.iter().map(|cell| cell.kind).eq(new_cells);
    (!same).then(|| Edit { range, insert: new.to_owned() })
}

/// The rows of a section that has none.
fn rows_below(source: &Source, grid: &Grid, world: &World) -> String {
    let indent = source.indent(grid.range.start());
    let unit = source.unit(grid.range.start(), indent);
    let row = |row: &str| format!("{}{indent}{unit}{row}", source.line_ending());
    world.to_string().lines().map(row).collect()
}

/// The example again, below itself, under a name that no other of its kind has.
fn copied(analysis: &Analysis, source: &Source, example: &Example) -> Edit {
    let taken: HashSet<&str> = analysis.cases().map(|case| case.example.name.text.as_str()).collect();
    let base = match example.name.text.rsplit_once(' ') {
        Some((base, number)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => base,
        _ => &example.name.text,
    };
    let mut names = (2..).map(|number| format!("{base} {number}").trim_start().to_owned());
    let name = names.find(|name| !taken.contains(name.as_str())).unwrap_or_default();
    let block = source.slice(example.range);
    let at = |offset: TextSize| usize::from(offset - example.range.start()).min(block.len());
    let name_range = example.name.range;
    let copy = if name_range.is_empty() || !example.range.contains_range(name_range) {
        block.to_owned()
    } else {
        format!("{}{name}{}", &block[..at(name_range.start())], &block[at(name_range.end())..])
    };
    let (end, indent) = (source.line_ending(), source.indent(example.range.start()));
    // What is beside the last row stays there.
    let range = TextRange::empty(source.line_end(example.range.end()));
    Edit { range, insert: format!("{end}{end}{indent}{}", copy.trim_end()) }
}

fn of_kind(source: &Source, example: &Example, kind: ExampleKind) -> Option<Edit> {
    let (from, to) = match kind {
        ExampleKind::Test => ("example", "test"),
        ExampleKind::Example => ("test", "example"),
    };
    let header = source.slice(example.header);
    let range = TextRange::at(example.header.start(), TextSize::of(from));
    (example.kind != kind && header.starts_with(from)).then(|| Edit { range, insert: to.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use crate::fixture::fixture;
    use expect_test::expect;

    const TEXT: &str = "\
def main():
    move() # forwards
# The first.
example \"a\":
    input: # where it begins
        >2   .  .
    output: # where it ends
        . . .
        . . >
test \"a 2\":
    input:
        > .
example \"crash\" crashes:
    input:
        >
";

    /// The text after the change to the first example of that name, or why there is none.
    fn drawn(name: &str, drawn: &Drawn) -> String {
        let fixture = fixture(TEXT);
        let case = fixture.analysis.cases().find(|case| case.example.name.text == name).unwrap();
        match draw(&fixture.analysis, case, drawn, NEVER).unwrap() {
            Ok(change) => {
                let after = fixture.after(&change);
                let parsed = crate::Source::new("a.karel", None, after.clone());
                // Of another size than its input, an output is the author's mistake to mend.
                let fine =
                    |e: &Example| e.broken.is_none() && e.input.as_ref().is_some_and(|grid| grid.valid);
                assert!(parsed.file().examples().all(fine), "{after}");
                after
            }
            Err(why) => why,
        }
    }

    /// The lines that are not in the text as it was, or that it no longer has.
    fn changed(name: &str, what: &Drawn) -> String {
        let after = drawn(name, what);
        let old: Vec<&str> = TEXT.lines().collect();
        let new: Vec<&str> = after.lines().collect();
        let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("-{line}\n"));
        let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("+{line}\n"));
        gone.chain(come).collect()
    }

    fn world(text: &str) -> World {
        World::parse(text).unwrap()
    }

    #[test]
    fn a_drawn_world_changes_its_rows_and_nothing_beside_them() {
        let input = |text: &str| Drawn::World(Which::Input, world(text));
        expect![[r#"
            -        >2   .  .
            +        . ^ #
        "#]]
        .assert_eq(&changed("a", &input(". ^ #")));
        expect![[r#"
            -        >2   .  .
            +        . . . 1
            +        > . . .
        "#]]
        .assert_eq(&changed("a", &input(". . . 1\n> . . .")));
        let output = Drawn::World(Which::Output, world(". . >"));
        let after = drawn("a", &output);
        assert!(
            after.contains("    output: # where it ends\n        . . >\ntest"),
            "the row on top is gone: {after}"
        );
        assert_eq!(drawn("a", &Drawn::World(Which::Output, world(". . .\n. . >"))), TEXT);
    }

    #[test]
    fn an_output_is_added_or_made_by_the_program() {
        expect![[r#"
            +    output:
            +        . >
        "#]]
        .assert_eq(&changed("a 2", &Drawn::World(Which::Output, world(". >"))));
        let after = drawn("a 2", &Drawn::RunOutput);
        assert!(after.contains("        > .\n    output:\n        . >\nexample"), "{after}");
        expect!["No output: the program does not come to its end."]
            .assert_eq(&drawn("crash", &Drawn::RunOutput));
        expect!["This example expects a crash, and so no output."]
            .assert_eq(&drawn("crash", &Drawn::World(Which::Output, world(">"))));
    }

    #[test]
    fn a_new_example_stands_below_another_or_at_the_end() {
        let new = "example \"new\":\n    input:\n        . . . . .\n        . . . . .\n        . . . . .\n        \
                   . . . . .\n        > . . . .";
        let after = |text: &str, name: Option<&str>| {
            let fixture = fixture(text);
            let analysis = &fixture.analysis;
            let case = analysis.cases().find(|case| Some(&*case.example.name.text) == name);
            let after = fixture.after(&added(analysis, analysis.program().unwrap(), case));
            let parsed = crate::Source::new("a.karel", None, after.clone());
            assert!(parsed.file().examples().all(|e| e.broken.is_none()), "{after}");
            after
        };
        let main = "def main():\n    move()\n";
        assert_eq!(after(main, None), format!("{main}\n{new}\n"));
        assert_eq!(after("def main():\n    move()", None), format!("{main}\n{new}\n"));
        assert_eq!(after("", None), format!("{new}\n"));
        let text = after(TEXT, Some("a"));
        assert!(text.contains(&format!(". . >\n\n{new}\n\ntest \"a 2\"")), "{text}");
        assert!(
            after(TEXT, Some("crash")).ends_with(&format!(">\n\n{new}\n")),
            "{}",
            after(TEXT, Some("crash"))
        );
        let crlf = TEXT.replace('\n', "\r\n");
        assert_eq!(after(&crlf, Some("a")), text.replace('\n', "\r\n"));
        assert!(after(&text, Some("a")).contains("example \"new 2\":"));
    }

    #[test]
    fn examples_are_copied_and_held_out() {
        let after = drawn("a", &Drawn::Copy);
        let copy = "        . . >\n\nexample \"a 3\":\n    input: # where it begins\n        >2   .  .\n";
        assert!(after.contains(copy), "{after}");
        assert_eq!(after.matches("# where it ends").count(), 2);
        expect![[r#"
            -example "a":
            +test "a":
        "#]]
        .assert_eq(&changed("a", &Drawn::Kind(ExampleKind::Test)));
        assert_eq!(drawn("a", &Drawn::Kind(ExampleKind::Example)), TEXT);
    }
}
