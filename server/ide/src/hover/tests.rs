use super::*;
use crate::cancel::NEVER;
use crate::fixture::fixture;
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    let fixture = fixture(text);
    let hover = hover(&fixture.analysis, &fixture.uri, fixture.offset(), NEVER).unwrap();
    let text = hover.map_or("nothing".to_owned(), |hover| {
        format!("{}\n{}", fixture.place(&fixture.uri, hover.range), hover.markdown)
    });
    expected.assert_eq(&text);
}

/// A program whose second example goes wrong, with the cursor at the first `at`.
fn row(at: &str) -> String {
    let text = r#"# Walks to the wall
# and takes what lies there.
def main():
    while(frontIsClear()):
        if(markersPresent()):
            take()
        move()
    repeat(2): turnLeft()

# Takes one.
def take(): pickMarker()

example "good":
    input:
        > 1 . 2 #
    output:
        . . . <2 #

example "bad":
    input:
        > . 1 .
        . . . .
    output:
        . . 1 <
        . . . .
    trace?: move move move turnLeft turnLeft

example "crashes" crashes:
    input:
        > .
"#;
    text.replacen(at, &format!("$0{at}"), 1)
}

#[test]
fn an_action_tells_what_it_did() {
    check(
        &row("move()"),
        expect![[r#"
        main.karel:7: 'move'
        `move`: The robot goes one cell ahead. It **crashes** if a wall or the edge of the world is there.

        - "good": run 3 times; first at action 1: row 1, column 1, facing east → row 1, column 2, facing east
        - "bad": run 3 times; first at action 1: row 1, column 1, facing east → row 1, column 2, facing east
        - "crashes": run once; at action 1: row 1, column 1, facing east → row 1, column 2, facing east"#]],
    );
}

#[test]
fn a_loop_tells_its_rounds() {
    check(
        &row("while"),
        expect![[r#"
        main.karel:4: 'while'
        `while`: Tests the condition before each round, and runs its body as long as it holds.

        - "good": entered once, 3 rounds; at action 1: row 1, column 1, facing east → row 1, column 4, facing east, picks 1 marker
        - "bad": entered once, 3 rounds; at action 1: row 1, column 1, facing east → row 1, column 4, facing east, picks 1 marker
        - "crashes": entered once, 1 round; at action 1: row 1, column 1, facing east → row 1, column 2, facing east"#]],
    );
    check(
        &row("repeat"),
        expect![[r#"
        main.karel:8: 'repeat'
        `repeat`: Runs its body so many times, 0 to 19.

        - "good": entered once, 2 rounds; at action 5: row 1, column 4, facing east → row 1, column 4, facing west
        - "bad": entered once, 2 rounds; at action 5: row 1, column 4, facing east → row 1, column 4, facing west
        - "crashes": entered once, 2 rounds; at action 2: row 1, column 2, facing east → row 1, column 2, facing west"#]],
    );
}

#[test]
fn a_condition_tells_how_often_it_held() {
    check(
        &row("markersPresent"),
        expect![[r#"
            main.karel:5: 'markersPresent'
            `markersPresent`: Holds if at least one marker is on the robot's cell.

            - "good": held once, failed 2 times; first at action 1: row 1, column 1, facing east
            - "bad": held once, failed 2 times; first at action 1: row 1, column 1, facing east
            - "crashes": never held, failed once; at action 1: row 1, column 1, facing east"#]],
    );
}

#[test]
fn a_call_shows_the_procedure() {
    check(
        &row("take()"),
        expect![[r#"
        main.karel:6: 'take'
        ```kareldsl
        def take():
        ```

        Takes one.

        - "good": run once; at action 2: row 1, column 2, facing east, picks 1 marker
        - "bad": run once; at action 3: row 1, column 3, facing east, picks 1 marker
        - "crashes": never run"#]],
    );
}

#[test]
fn definitions_tell_of_their_calls_and_passes() {
    check(
        &row("main"),
        expect![[r#"
        main.karel:3: 'main'
        ```kareldsl
        def main():
        ```

        Walks to the wall  
        and takes what lies there.

        A run begins here. 1/3 examples pass."#]],
    );
    check(
        &row("take():"),
        expect![[r#"
            main.karel:11: 'take'
            ```kareldsl
            def take():
            ```

            Takes one.

            - "good": called once
            - "bad": called once
            - "crashes": never called"#]],
    );
}

#[test]
fn an_example_shows_its_worlds_and_its_trace() {
    check(
        &row("good"),
        expect![[r#"
        main.karel:13: 'example "good":'
        **Example "good"** ✓ passes · 6 actions

        ```text
         before        after
         > 1 . 2 #     . . . <2 #
        ```

        Trace, 6 actions (15 steps):
        ```text
        1  move pickMarker move move turnLeft turnLeft
        ```
    "#]],
    );
    check(
        &row("bad"),
        expect![[r#"
            main.karel:19: 'example "bad":'
            **Example "bad"** ✗ expected 1 marker at row 1, column 3, but there is no marker

            ```text
             before      after       expected
             > . 1 .     . .[.]<     . .[1]<
             . . . .     . . . .     . . . .
            ```

            Trace, 6 actions (15 steps):
            ```text
            1  move move pickMarker move turnLeft turnLeft
            ```

            Inferred trace, 5 actions:
            ```text
            1  move move move turnLeft turnLeft
            ```
        "#]],
    );
    check(
        &row("\"crashes\""),
        expect![[r#"
            main.karel:28: 'example "crashes" crashes:'
            **Example "crashes"** ✗ a crash is expected, but the program ends after 3 actions

            ```text
             before    after
             > .       . <
            ```

            Trace, 3 actions (8 steps):
            ```text
            1  move turnLeft turnLeft
            ```
        "#]],
    );
}

#[test]
fn a_crash_is_shown_where_it_happened() {
    check(
        r#"
def main():
    repeat(19): move()
example "a":
    inp$0ut:
        > . . #
    output:
        . > . #
"#,
        expect![[r#"
            main.karel:5: 'input: > . . #'
            **Example "a"** ✗ move() runs into a wall at action 3

            ```text
             before      at the crash    expected
             > . . #     .[.|>]#         .[>|.]#
            ```

            Trace, 3 actions (5 steps); the last one crashes:
            ```text
            1  move move move
            ```
        "#]],
    );
}

#[test]
fn an_example_file_is_run_with_its_program() {
    check(
        r#"//- main.karel
def main(): move()
//- main.kgrid
example "a":
    input:
        $0> .
    output:
        . >
"#,
        expect![[r#"
            main.kgrid:2: 'input: > .'
            **Example "a"** ✓ passes · 1 action

            ```text
             before    after
             > .       . >
            ```

            Trace, 1 action (1 step):
            ```text
            1  move
            ```
        "#]],
    );
}

#[test]
fn an_example_of_no_program_is_shown() {
    check(
        "//- a.kgrid\nexample \"a\":\n    input:\n        $0> .\n    output:\n        . >\n",
        expect![[r#"
        a.kgrid:2: 'input: > .'
        **Example "a"** • not run

        ```text
         before    expected
         > .       . >
        ```
    "#]],
    );
}

#[test]
fn holes_tell_which_runs_stop_there() {
    check(
        r#"
def main():
    move()
    $0...
example "a":
    input:
        > .
"#,
        expect![[r#"
            main.karel:4: '...'
            `...`: A hole: one or more statements still to be written. A run stops here; synthesis can fill it.

            The run of "a" stops here after 1 action with the robot at row 1, column 2, facing east.

            Synthesis can't fill it yet. Add an example block with input and output first."#]],
    );
}

#[test]
fn comments_and_blanks_have_none() {
    check(&row("# Walks"), expect!["nothing"]);
    check("def main():\n    move()\n$0\n    move()\n", expect!["nothing"]);
}

#[test]
fn long_traces_are_elided() {
    use syntax::ast::Action;
    expect![[r#"
        ```text
          1  turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft
          9  turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft
         17  turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft
         25  turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft
         33  turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft
         41  turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft
             … 48 more …
         97  turnLeft turnLeft turnLeft turnLeft
        ```
    "#]]
    .assert_eq(&trace_text(&[Action::TurnLeft; 100]));
    assert!(trace_text(&[Action::TurnLeft; 64]).lines().count() == 10);
}
