use super::*;
use crate::cancel::NEVER;
use crate::config::Config;
use crate::diagnostics::runtime;
use crate::fixture::{Fixture, fixture};
use crate::hover;
use expect_test::{Expect, expect};
use std::sync::Arc;
use syntax::TextSize;

const EXAMPLE: &str = "example \"a\":
    input:
        > . .
        . . .
    output:
        . > .
        . . .
";
/// All pass [`EXAMPLE`]. In [`DECIDING`] the last one crashes.
const BODIES: [&str; 3] =
    ["if(frontIsClear()): move()", "while(not(frontIsClear())): turnRight()\n    move()", "move()"];
const DECIDING: &str = "> #\n. .";

/// `text` with the solutions in the place of `BODY`; `current` is the one that stands there, or a hole.
fn ambiguous(text: &str, current: Option<usize>, deciding: Option<&str>) -> Fixture {
    let body = current.map_or("...", |at| BODIES[at]);
    let mut fixture = fixture(&text.replace("BODY", body));
    let program = fixture.analysis.program().unwrap().text.to_string();
    let programs = BODIES.iter().map(|other| program.replacen(body, other, 1)).collect();
    let found = super::super::Found::ambiguous(programs, deciding, &Config::default(), NEVER).unwrap();
    let empty = Analysis::new(None, Vec::new(), Config::default());
    let analysis = std::mem::replace(&mut fixture.analysis, empty);
    fixture.analysis = analysis.with_found(Some(Arc::new(found)));
    fixture
}

fn program() -> String {
    format!("def main():\n    BODY\n\n{EXAMPLE}")
}

/// The titles, and the files after the action that is numbered.
fn check(fixture: &Fixture, number: usize, expected: Expect) {
    let actions = question(&fixture.analysis, &fixture.uri, fixture.range);
    let titles: String = actions.iter().map(|action| format!("# {}\n", action.title)).collect();
    let after = actions.get(number).map_or_else(String::new, |action| fixture.after(&action.change));
    expected.assert_eq(&format!("{titles}{after}"));
}

#[test]
fn an_answer_becomes_an_example() {
    let text = program().replace("main", "ma$0in");
    check(
        &ambiguous(&text, Some(0), Some(DECIDING)),
        0,
        expect![[r##"
            # Answer the deciding example with A: the robot ends at row 1, column 1, facing east (program 1)
            # Answer the deciding example with B: the robot ends at row 2, column 1, facing south (program 2)
            # Add the deciding example without an output, to be filled in by hand
            # Add the deciding example as one in which the program has to crash
            def main():
                if(frontIsClear()): move()

            example "a":
                input:
                    > . .
                    . . .
                output:
                    . > .
                    . . .

            example "deciding":
                input:
                    > #
                    . .
                output:
                    > #
                    . .
        "##]],
    );
}

#[test]
fn a_program_that_contradicts_the_answer_gives_way() {
    let fixture = ambiguous(&program().replace("input", "in$0put"), Some(0), Some(DECIDING));
    let actions = question(&fixture.analysis, &fixture.uri, fixture.range);
    let after = fixture.after(&actions[1].change);
    expect![[r#"
        def main():
            while(not(frontIsClear())): turnRight()
            move()

        example "a":
            input:
                > . .
                . . .
            output:
                . > .
                . . .

        example "deciding":
            input:
                > #
                . .
            output:
                . #
                v .
    "#]]
    .assert_eq(&after);
    let source = crate::source::Source::new("main.karel", None, after);
    let decided = Analysis::new(Some(source), Vec::new(), Config::default());
    assert!(decided.cases().all(|case| decided.verdict(case, NEVER).unwrap().passes()));
}

#[test]
fn it_goes_where_the_examples_are_and_looks_like_them() {
    let grid = "# mine\nexample \"deciding\":\n\tinput:\n\t\t> .\n\toutput:\n\t\t. >\ntest \"deciding 2\":\n\tinput:\n\t\t>\n";
    let text = format!("//- main.karel\ndef main():\n    BODY\n//- main.kgrid\n{grid}");
    let fixture = ambiguous(&text.replace("mine\nex", "mine\ne$0x"), None, Some(DECIDING));
    check(
        &fixture,
        2,
        expect![[r##"
            # Answer the deciding example with A: the robot ends at row 1, column 1, facing east (program 1)
            # Answer the deciding example with B: the robot ends at row 2, column 1, facing south (program 2)
            # Add the deciding example without an output, to be filled in by hand
            # Add the deciding example as one in which the program has to crash
            # mine
            example "deciding":
            	input:
            		> .
            	output:
            		. >

            example "deciding 3":
            	input:
            		> #
            		. .

            test "deciding 2":
            	input:
            		>
        "##]],
    );
    let fixture = ambiguous(&text.replace("mine\nex", "mine\ne$0x"), Some(1), Some(DECIDING));
    let both = &question(&fixture.analysis, &fixture.uri, fixture.range)[0].change;
    let files: Vec<&str> = both.files.iter().map(|file| &*file.uri).collect();
    assert_eq!(files, ["main.kgrid", "main.karel"], "the other program, too");
}

#[test]
fn it_is_asked_where_it_matters_only() {
    let text = program() + "def other(): move()$0\n";
    check(&ambiguous(&text, Some(0), Some(DECIDING)), 0, expect![""]);
    let text = program().replace("main", "ma$0in");
    check(&ambiguous(&text, Some(0), None), 0, expect![""]);
    assert_eq!(answers(&ambiguous(&text, Some(0), Some(DECIDING)).analysis).len(), 4);
    assert!(answers(&fixture(&text).analysis).is_empty());
}

fn check_seen(fixture: &Fixture, at: &str, expected: Expect) {
    let mut told = String::new();
    for found in runtime(&fixture.analysis, "main.karel", NEVER).unwrap() {
        if found.code == "K305" {
            told += &format!("{} {}\n", fixture.place("main.karel", found.range), found.message);
            for (location, text) in found.related {
                told += &format!("  {} {text}\n", fixture.place(&location.uri, location.range));
            }
        }
    }
    let offset = fixture.source("main.karel").text.find(at).unwrap();
    let offset = TextSize::try_from(offset).unwrap();
    let seen = hover(&fixture.analysis, "main.karel", offset, NEVER).unwrap();
    expected.assert_eq(&(told + &seen.map_or_else(String::new, |hover| hover.markdown)));
}

#[test]
fn the_message_and_its_hover_show_the_answers() {
    check_seen(
        &ambiguous(&program(), None, Some(DECIDING)),
        "...",
        expect![[r#"
            main.karel:2: '...' The examples allow 3 programs that differ in meaning: in the world of the deciding example, A: the robot ends at row 1, column 1, facing east (program 1); or B: the robot ends at row 2, column 1, facing south (program 2); program 3 crashes there.
              main.karel:4: 'a' an example after example "a" would decide
            `...`: A hole: one or more statements still to be written. A run stops here; synthesis can fill it.

            The run of "a" stops here after 0 actions with the robot at row 1, column 1, facing east.

            - *Synthesize main from 1 example*: a quick fix here

            **Ambiguous.** The examples allow 3 programs that differ in meaning, in this world for instance:

            ```text
             before    A       B
             > #      [>]#    [.]#
             . .      [.].    [v].
            ```

            - A: the robot ends at row 1, column 1, facing east (program 1)
            - B: the robot ends at row 2, column 1, facing south (program 2)
            - program 3 crashes there

            Which is right? A quick fix here adds the answer as an example.

            **Program 1**
            ```kareldsl
            def main():
                if(frontIsClear()): move()
            ```

            **Program 2**
            ```kareldsl
            def main():
                while(not(frontIsClear())): turnRight()
                move()
            ```

            **Program 3**
            ```kareldsl
            def main():
                move()
            ```
        "#]],
    );
    check_seen(
        &ambiguous(&program(), Some(1), Some("> .\n. .")),
        "main",
        expect![[r#"
            main.karel:1: 'main' The examples allow 3 programs that differ in meaning: one more example has to tell them apart.
              main.karel:5: 'a' an example after example "a" would decide
            ```kareldsl
            def main():
            ```

            A run begins here. 1/1 example passes.

            **Ambiguous.** The examples allow 3 programs that differ in meaning; one more example has to decide.

            **Program 1**
            ```kareldsl
            def main():
                if(frontIsClear()): move()
            ```

            **Program 3**
            ```kareldsl
            def main():
                move()
            ```
        "#]],
    );
}
