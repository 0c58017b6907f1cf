//! Where a line is complete, Enter begins the next one: an editor that takes an entry of its completion list on Enter
//! must have none there. What an editor does with a list is imitated: it opens the list while a word is typed, or
//! after a trigger character, goes on with that list to the end of the word, and leaves out what doesn't fit.

use std::path::Path;

use ide::{Analysis, COMPLETION_TRIGGERS, Completion, Config, Source};
use syntax::TextSize;

const PROGRAM: &str = "# Clears the row.\nexamples \"more.kgrid\"\ndef main(): around(); while(frontIsClear()): move()\n\
    def move2():\n    while(not(frontIsClear())):\n        if(markersPresent()): pickMarker(); around()\n        else:\n            \
    repeat(2):  # twice\n                move()\n        if(?):\n            ...\n    repeat(?): ...\n    move(); move()\n\
    def around():\n    turnLeft(); turnLeft() # move\n    if(leftIsClear()):\n        move()\n    else: turnLeft()\n";

const EXAMPLES: &str = "example \"row v\" crashes:\n    input:\n        > 1 #\n        . . 2\n    trace: move move\n\
    test \"b\": # v\n    input:\n        v3\n        # v\n    # output\n    output:\n        < v\n        . 3\n    trace?: turnRight\n\
    example \"c\":\n    input:\n        . v\n        1 >9\n        ^ #\n    trace:\n        move turnLeft\n        pickMarker\n";

/// The program, or the examples in a file of their own.
fn analysis(name: &str, text: &str) -> Analysis {
    let source = Source::new(name, Some(1), text);
    let (program, grids) =
        if name.ends_with(".karel") { (Some(source), Vec::new()) } else { (None, vec![source]) };
    Analysis::new(program, grids, Config::default())
}

fn list(name: &str, text: &str, offset: usize) -> Vec<Completion> {
    ide::completion(&analysis(name, text), name, TextSize::new(u32::try_from(offset).unwrap()))
}

/// The letters of `typed` come in `label` in their order, whatever their case.
fn fits(typed: &str, label: &str) -> bool {
    let mut letters = label.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

/// The entries that would take the Enter at the end of the line which ends at `end`; `text` is all there is.
fn takers(name: &str, text: &str, end: usize) -> Vec<Completion> {
    let line = &text[text[..end].rfind('\n').map_or(0, |at| at + 1)..end];
    let word = line.len() - line.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    let typed = &text[end - word..end];
    let opened = (end - word..=end).filter(|at| {
        *at > end - word || COMPLETION_TRIGGERS.iter().any(|trigger| text[..*at].ends_with(trigger))
    });
    let found = opened.flat_map(|at| {
        // What stands below the line is there already, or still to be written.
        [list(name, text, at), list(name, &text[..at], at)].concat()
    });
    // An entry that is written out already changes nothing, and Enter passes it by.
    found
        .filter(|item| fits(typed, &item.label) && (item.snippet.is_some() || item.insert != typed))
        .collect()
}

fn check(name: &str, text: &str) -> usize {
    let mut ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    ends.retain(|end| !text[..*end].ends_with(['\n', ' ']) && *end > 0);
    for end in &ends {
        let line = text[..*end].lines().last().unwrap_or_default();
        assert_eq!(takers(name, text, *end), [], "at the end of {line:?} in {name}");
    }
    ends.len()
}

#[test]
fn nothing_takes_the_enter_at_the_end_of_a_line() {
    for (name, text) in [("main.karel", PROGRAM), ("main.karel", EXAMPLES), ("main.kgrid", EXAMPLES)] {
        assert_eq!(check(name, text), text.lines().count(), "no line is blank");
    }
}

#[test]
fn nor_in_the_examples_of_this_repository() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/examples");
    let mut lines = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".kgrid") || name.ends_with(".karel") && name != "mistakes.karel" {
            lines += check(&name, &std::fs::read_to_string(path).unwrap());
        }
    }
    assert!(lines > 150, "{lines}");
}

/// The imitation finds what once took the Enter.
#[test]
fn a_list_that_opens_at_a_line_end_is_found_out() {
    let text = "def main():\n    mo\n";
    let found = takers("main.karel", text, text.len() - 1);
    assert!(found.iter().any(|item| item.label == "move"), "{found:?}");
}
