//! Every edit is indented as the file is, whatever that is, and leaves a block its last comments.

use ide::synthesis::{actions, answer, task};
use ide::{Action, Analysis, Change, Config, NEVER, Source, apply};
use proptest::prelude::*;
use syntax::diagnostic::Edit;
use syntax::print::print_statements;
use syntax::{TextRange, TextSize};

const UNITS: [&str; 5] = ["\t", "  ", "   ", "    ", "        "];

/// Four blanks a level here; there is something to do for every action.
const TEXTS: &[&str] = &[
    "def main():
    dance()
    move()
    move()
    if(frontIsClear()):
        walk()
        turnLeft()
        # end of then
    else:
        while(leftIsClear()):
            walk()
        # end of else
    repeat(3):
        if(markersPresent()):
            pickMarker()
            # end of if
        move()
        # end of repeat
    if(markersPresent()): pickMarker()
    if(markersPresent()): pickMarker()
    else: putMarker()
    if(frontIsClear()):
        move()
    else:
        ...
    # end of main

# above walk
def walk():
    while(frontIsClear()):
        move()
        # end of while
    turnLeft()
    turnRight()
    # end of walk

def aside():
    if(not(frontIsClear())):
        while(not(frontIsClear())):
            putMarker()
        while(frontIsClear()):
            turnLeft()
            # end of inner
    # end of aside

example \"a\":
    input:
        > . .
    trace?: move
    # end of a

example \"b\":
    input:
        > . .
        . . .
    output:
        . . >
        . . .
    # end of b
",
    "def walk():
    if(frontIsClear()):
        move()
    # end of walk
example \"a\":
    input:
        > . .
        . . .
    output:
        . > .
        . . .
",
    "def main():
    if(frontIsClear()):
        move()

def aside():
move()
example \"a\":
    > . .
    . . .
example \"b\":
    input:
    > . .
example \"c\":
    input: > . .
",
    "DEF run m( WHILE c( frontIsClear c) w( move w) m)\n\ndef walk():\n    move()\n",
    "def main():\n    if(frontIsClear()):\n        wh\n",
    "move()\nif(frontIsClear()):\n    move()\n",
    "def main():
    while(?):
        ...
    # end of main
example \"a\":
    input:
        > . .
        . . .
    output:
        . . >
        . . .
",
    "def main():
    repeat(2):
        if(frontIsClear()): ...
    # end of main
example \"a\":
    input:
        > . .
        . . .
    output:
        . . >
        . . .
",
];

fn analysis(text: &str) -> Analysis {
    let config = Config { max_ticks: 1_000, ..Config::default() };
    Analysis::new(Some(Source::new("main.karel", None, text)), Vec::new(), config)
}

fn size(at: usize) -> TextSize {
    TextSize::try_from(at).unwrap()
}

/// All selections of whole lines, up to a few, and all cursors.
fn selections(text: &str) -> Vec<TextRange> {
    let mut starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    starts.insert(0, 0);
    let cursors = text.char_indices().map(|(at, _)| TextRange::empty(size(at)));
    let lines = |lines: usize| {
        let ends = starts.iter().skip(lines).map(|end| end - 1);
        starts
            .iter()
            .zip(ends)
            .map(|(start, end)| TextRange::new(size(*start), size(end)))
            .collect::<Vec<_>>()
    };
    cursors.chain((1..=5).flat_map(lines)).collect()
}

/// Every change that is offered anywhere in the text, with its name.
fn changes(analysis: &Analysis, selections: &[TextRange]) -> Vec<(String, Vec<Edit>)> {
    let uri = "main.karel";
    let mut found: Vec<(String, Vec<Edit>)> = Vec::new();
    let mut add = |name: String, change: &Change| {
        let edits = change.files[0].edits.clone();
        if !edits.is_empty() && !found.contains(&(name.clone(), edits.clone())) {
            found.push((name, edits));
        }
    };
    for &range in selections {
        let mut offered: Vec<Action> = ide::refactorings(analysis, uri, range);
        offered.extend(ide::quick_fixes(analysis, uri, range, NEVER).unwrap());
        offered.extend(ide::example_actions(analysis, uri, range, NEVER).unwrap());
        offered.iter().for_each(|action| add(action.title.clone(), &action.change));
        for action in actions(analysis, uri, range, None, NEVER).unwrap() {
            let Ok(task) = task(analysis, &action.goal) else { continue };
            let fills: Vec<String> = task
                .hole_kinds()
                .map(|kind| match kind {
                    ide::HoleKind::Statements => "while(frontIsClear()):\n    move()\nturnLeft()".to_owned(),
                    ide::HoleKind::Condition => "frontIsClear()".to_owned(),
                    ide::HoleKind::Count => "2".to_owned(),
                })
                .collect();
            if let Ok(answer) = answer(analysis, &task, &fills, NEVER).unwrap() {
                add(action.title, &answer.change);
            }
        }
    }
    let mut plain = Vec::new();
    for &range in selections {
        plain.extend(
            ide::range_formatting(analysis, uri, range, ide::NEVER)
                .unwrap()
                .map(|edits| ("format".to_owned(), edits)),
        );
        for completion in ide::completion(analysis, uri, range.start()) {
            let source = analysis.source(uri).unwrap();
            // The editor puts the indentation of the first line before the others.
            let margin = source.indent(completion.replace.start());
            let alone = source.begins_line(completion.replace.start())
                && margin.len() == usize::from(completion.replace.start() - source.line_start(range.start()))
                && completion.replace.end() == source.line_end(range.start());
            if let Some(snippet) = completion.snippet.filter(|_| alone) {
                let insert = snippet.replace('\n', &format!("\n{margin}"));
                plain.push((snippet, vec![Edit { range: completion.replace, insert }]));
            }
        }
    }
    found.extend(plain.into_iter().filter(|(_, edits)| !edits.is_empty()));
    found
}

/// The lines that are indented otherwise than with levels of `unit`.
fn foreign_lines<'a>(text: &'a str, unit: &str) -> Vec<&'a str> {
    let foreign = |line: &&str| {
        let content = line.trim_start_matches([' ', '\t']);
        let mut blanks = &line[..line.len() - content.len()];
        while let Some(rest) = blanks.strip_prefix(unit) {
            blanks = rest;
        }
        !blanks.is_empty() && !content.is_empty()
    };
    text.lines().filter(foreign).collect()
}

#[test]
fn every_edit_is_indented_as_the_file_is() {
    let mut tried = std::collections::BTreeSet::new();
    for unit in UNITS {
        for text in TEXTS {
            let text = text.replace("    ", unit);
            let analysis = analysis(&text);
            for (name, edits) in changes(&analysis, &selections(&text)) {
                let after = apply(&text, &edits);
                assert_eq!(foreign_lines(&after, unit), [""; 0], "{name} of\n{text}\nmakes\n{after}");
                tried.insert(name.split(['\'', '"', '$']).next().unwrap_or_default().to_owned());
            }
        }
    }
    for name in [
        "Define ",
        "Extract into procedure ",
        "Inline ",
        "Inline this call of ",
        "Remove ",
        "Roll up into ",
        "Unroll into 9 statements",
        "Add an ",
        "Remove the ",
        "Negate the condition and swap the branches",
        "Fill in the output of ",
        "Remove what is never run",
        "Indent the body of ",
        "Insert ",
        "Put the row on its own line",
        "Put into ",
        "Write these tokens of the dataset as a program",
        "Fill all 2 holes",
        "Fill this hole",
        "Complete after the cursor",
        "Synthesize main from 1 example",
        "while(",
        "format",
    ] {
        assert!(tried.contains(name), "{name} was not tried: {tried:?}");
    }
}

#[test]
fn a_new_line_is_indented_as_the_file_is() {
    for unit in UNITS {
        // The editor is set to something else.
        let other = if unit == "\t" { "    " } else { "\t" };
        for text in TEXTS {
            let text = text.replace("    ", unit);
            for (at, _) in text.match_indices('\n') {
                let typed = format!("{}\n{}", &text[..at], &text[at..]);
                let analysis = analysis(&typed);
                let offset = size(at + 1);
                let edits = ide::on_type_formatting(&analysis, "main.karel", offset, '\n', other);
                let after = apply(&typed, &edits);
                assert_eq!(foreign_lines(&after, unit), [""; 0], "{after}");
            }
        }
    }
    let fresh = "def main():\n";
    let on_fresh = |level| ide::on_type_formatting(&analysis(fresh), "main.karel", size(12), '\n', level);
    assert_eq!(on_fresh("\t")[0].insert, "\t");
    assert_eq!(on_fresh("  ")[0].insert, "  ");
}

/// The definition or example that the comment stands in: the last that begins above it, if the comment is indented.
fn owner(text: &str, comment: &str) -> Option<String> {
    let before = &text[..text.find(comment)?];
    let header = before.lines().rfind(|line| line.starts_with("def ") || line.starts_with("example "))?;
    before.ends_with([' ', '\t']).then(|| header.to_owned())
}

#[test]
fn a_blocks_last_comments_stay_with_it() {
    let text = TEXTS[0];
    let analysis = analysis(text);
    for (name, edits) in changes(&analysis, &selections(text)) {
        let after = apply(text, &edits);
        for of in ["main", "walk", "aside", "a", "b"] {
            let comment = format!("# end of {of}\n");
            let was = owner(text, &comment);
            let is = owner(&after, &comment);
            let moved = name.contains(&format!("'{of}'")) && !name.starts_with("Define");
            match is {
                None => assert_eq!(name, format!("Remove '{of}'"), "{after}"),
                Some(_) if moved => {}
                is => assert_eq!(is, was, "{name} makes\n{after}"),
            }
        }
        // What ends a block within goes where its block goes.
        for (comment, above) in [
            ("# end of if", "pickMarker()"),
            ("# end of while", "move()"),
            ("# end of inner", "turnLeft()"),
            ("# end of repeat", "move()"),
            ("# end of then", "turnLeft()"),
        ] {
            for (at, _) in after.match_indices(&format!("{comment}\n")) {
                let mut lines = after[..at].lines().rev();
                let margin = lines.next().unwrap_or_default();
                let last = lines.next().unwrap_or_default();
                let expected = last
                    .strip_prefix(margin)
                    .is_some_and(|rest| [above, "newProcedure()"].contains(&rest.trim_start()));
                assert!(expected, "{name} parts '{comment}' from '{above}':\n{after}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_edit_of_a_random_program_mixes(
        statements in crate::random::statements(),
        unit in 0..UNITS.len(),
        at in any::<prop::sample::Index>(),
    ) {
        let unit = UNITS[unit];
        let body = print_statements(&statements, 1);
        let text = format!("def main():\n{body}    aside()\n    # end\ndef aside():\n{body}").replace("    ", unit);
        let analysis = analysis(&text);
        let all = selections(&text);
        let some: Vec<TextRange> = (0..8).map(|n| all[(at.index(all.len()) + n * 13) % all.len()]).collect();
        for (name, edits) in changes(&analysis, &some) {
            let after = apply(&text, &edits);
            prop_assert_eq!(foreign_lines(&after, unit), [""; 0], "{} of\n{}\nmakes\n{}", name, text, after);
            let mixed = syntax::parse(&after).diagnostics.iter().any(|d| d.code == "K009");
            prop_assert!(!mixed, "{name} of\n{text}\nmakes\n{after}");
        }
    }
}
