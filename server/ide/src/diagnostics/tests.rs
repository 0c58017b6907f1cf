use super::*;
use crate::cancel::NEVER;
use crate::fixture::{Fixture, fixture, fixture_with};
use crate::{Config, change::apply};
use expect_test::{Expect, expect};

fn rendered(fixture: &Fixture) -> String {
    let mut text = String::new();
    for source in fixture.analysis.sources() {
        assert!(source.parse.diagnostics.is_empty(), "{:?}", source.parse.diagnostics);
        for d in runtime(&fixture.analysis, &source.uri, NEVER).unwrap() {
            let place = fixture.place(&source.uri, d.range);
            text.push_str(&format!("{place} {} {:?}\n    {}\n", d.code, d.severity, d.message));
            for (location, why) in &d.related {
                text.push_str(&format!("    - {} {why}\n", fixture.place(&location.uri, location.range)));
            }
        }
    }
    text
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&rendered(&fixture(text)));
}

const ROW: &str = "
def main():
    while(frontIsClear()):
        if(markersPresent()):
            pickMarker()
        move()
";

#[test]
fn a_program_that_does_what_it_should_has_none() {
    check(
        &format!(
            "{ROW}
example \"short row\":
    input:
        > 1 . 2 #
    output:
        . . . >2 #
    trace: move pickMarker move move
"
        ),
        expect![[""]],
    );
}

#[test]
fn a_crash_is_one_diagnostic_at_the_statement() {
    check(
        r#"
def main():
    move()
    repeat(2):
        move()

example "short row":
    input:
        > . #
    output:
        . > #

example "at the edge":
    input:
        > . .
    output:
        . . >

test "held out":
    input:
        > .
    output:
        . >
"#,
        expect![[r#"
            main.karel:5: 'move()' K201 Error
                move() runs into a wall at action 2 of example "short row", and in 1 more example.
                - main.karel:7: 'short row' example "short row": action 2, robot at row 1, column 2, facing east
                - main.karel:13: 'at the edge' example "at the edge": action 3, robot at row 1, column 3, facing east
            main.karel:19: 'held out' K207 Error
                Test "held out" fails: move() runs into the edge of the world at action 2.
                - main.karel:5: 'move()' the run stops here: action 2, robot at row 1, column 2, facing east
        "#]],
    );
}

#[test]
fn markers_that_are_missing_or_too_many_crash() {
    check(
        r#"
def main():
    if(markersPresent()):
        putMarker()
    pickMarker()

example "full":
    input:
        >9 .
    output:
        >9 .
example "empty":
    input:
        > .
    output:
        > .
"#,
        expect![[r#"
            main.karel:4: 'putMarker()' K201 Error
                putMarker() finds no room for a tenth marker at action 1 of example "full".
                - main.karel:7: 'full' example "full": action 1, robot at row 1, column 1, facing east
            main.karel:5: 'pickMarker()' K201 Error
                pickMarker() finds no marker to pick at action 1 of example "empty".
                - main.karel:12: 'empty' example "empty": action 1, robot at row 1, column 1, facing east
        "#]],
    );
}

#[test]
fn a_wrong_result_is_one_diagnostic_an_example() {
    check(
        &format!(
            "{ROW}
example \"cells\":
    input:
        1 . 2 .
        > 1 . 2
    output:
        1 1 1 .
        . . > 2
example \"heading\":
    input:
        > .
    output:
        . ^
"
        ),
        expect![[r#"
            main.karel:13: '1 1' K202 Error
                Wrong result in example "cells": expected 1 marker at row 1, column 2, but there is no marker (and 1 more cell differs); expected the robot at row 2, column 3, but it is at row 2, column 4.
                - main.karel:13: '1' expected 1 marker at row 1, column 3, but there are 2 markers
                - main.karel:14: '>' expected the robot at row 2, column 3, but it is at row 2, column 4
            main.karel:19: '^' K202 Error
                Wrong result in example "heading": expected the robot to face north, but it faces east.
        "#]],
    );
}

#[test]
fn an_endless_loop_is_proved_and_named() {
    check(
        r#"
def main():
    putMarker()
    while(markersPresent()):
        turnLeft()

example "a":
    input:
        > .
    output:
        > 1
"#,
        expect![[r#"
            main.karel:4: 'while(markersPresent())' K203 Error
                In example "a", while(markersPresent()) repeats itself for ever: after 5 actions the world is one it has already seen here.
                - main.karel:7: 'a' example "a": after 5 actions, robot at row 1, column 1, facing east
        "#]],
    );
}

#[test]
fn a_limit_is_a_warning_where_the_run_was_stopped() {
    let text = r#"
def main():
    repeat(19):
        repeat(19):
            turnLeft()

example "a":
    input:
        > .
    output:
        > .
"#;
    let config = Config { max_ticks: 100, ..Config::default() };
    expect![[r#"
        main.karel:5: 'turnLeft()' K204 Warning
            In example "a", the run is still going after 100 steps, the limit.
            - main.karel:7: 'a' example "a": after 48 actions, robot at row 1, column 1, facing east
    "#]]
    .assert_eq(&rendered(&fixture_with(text, config)));
}

#[test]
fn recursion_that_does_not_stop_is_reported_at_the_call() {
    check(
        r#"
def main():
    spin()

def spin():
    turnLeft()
    spin()

example "a":
    input:
        > .
    output:
        > .
"#,
        expect![[r#"
            main.karel:7: 'spin()' K205 Error
                In example "a", spin() is called more than 1,000 calls deep.
                - main.karel:9: 'a' example "a": after 1,000 actions, robot at row 1, column 1, facing east
        "#]],
    );
}

#[test]
fn a_given_trace_is_checked_and_an_inferred_one_is_not() {
    check(
        r#"
def main():
    turnRight()
    turnRight()

example "other action":
    input:
        > .
    output:
        < .
    trace: turnLeft turnLeft
example "too long":
    input:
        > 1
    output:
        < 1
    trace: turnRight turnRight turnLeft turnRight
example "too short":
    input:
        > 2
    trace: turnRight
example "inferred":
    input:
        > 3
    output:
        < 3
    trace?: turnLeft turnLeft
example "out of date":
    input:
        > 4
    output:
        < 4
    trace?: turnLeft
"#,
        expect![[r#"
            main.karel:11: 'turnLeft' K206 Error
                Other trace in example "other action": action 1 is turnRight, but the trace says turnLeft.
            main.karel:17: 'turnLeft' K206 Error
                Other trace in example "too long": the program ends after 2 actions, but the trace goes on with turnLeft.
            main.karel:21: 'turnRight' K206 Error
                Other trace in example "too short": the trace ends after 1 action, but the program goes on with turnRight.
            main.karel:33: 'trace?: turnLeft' K304 Warning
                The inferred trace of example "out of date" is out of date: it does not lead to the output: expected the robot to face west, but it faces north.
        "#]],
    );
}

#[test]
fn an_expected_crash_has_to_come() {
    check(
        r#"
def main():
    move()

example "crashes" crashes:
    input:
        > #
example "does not" crashes:
    input:
        > .
test "does not either" crashes:
    input:
        > . .
"#,
        expect![[r#"
            main.karel:8: 'crashes' K208 Error
                Example "does not": a crash is expected, but the program ends after 1 action.
            main.karel:11: 'does not either' K207 Error
                Test "does not either" fails: a crash is expected, but the program ends after 1 action.
        "#]],
    );
}

#[test]
fn statements_that_no_example_comes_to_are_hinted_at() {
    check(
        r#"
def main():
    if(frontIsClear()):
        move()
        while(markersPresent()):
            pickMarker()
    else:
        turnLeft()
        side()

def side():
    turnRight()

example "a":
    input:
        > .
    output:
        . >
"#,
        expect![[r#"
            main.karel:6: 'pickMarker()' K209 Hint
                Not run in the only example: nothing says whether the body of while(markersPresent()) is right.
            main.karel:8: 'turnLeft() side()' K209 Hint
                Not run in the only example: nothing says whether the else of if(frontIsClear()) is right.
        "#]],
    );
}

#[test]
fn a_hole_stops_runs_without_any_error() {
    check(
        r#"
def main():
    move()
    if(?):
        ...
    repeat(?): turnLeft()

example "a":
    input:
        > .
    output:
        . >
example "b":
    input:
        > . .
    output:
        . > .
"#,
        expect![[r#"
            main.karel:4: '?' K301 Information
                A condition is still to be written here: the runs of "a" and "b" stop at this hole.
            main.karel:5: '...' K301 Hint
                Statements are still to be written here.
            main.karel:6: '?' K301 Hint
                A number is still to be written here.
        "#]],
    );
}

#[test]
fn examples_that_no_program_satisfies() {
    check(
        r#"
//- main.karel
def main():
    ...

example "a":
    input:
        > .
    output:
        . >
example "walls":
    input:
        > . #
    output:
        > . .
example "size":
    input:
        > .
        . .
    output:
        > .
example "trace crashes":
    input:
        > 1
    output:
        > 1
    trace: move move
example "trace leads elsewhere":
    input:
        > 2
    output:
        > 1
    trace: move pickMarker
//- main.kgrid
example "b":
    input:
        > .
    output:
        < .
example "c" crashes:
    input:
        > .
"#
        .trim_start(),
        expect![[r#"
            main.karel:2: '...' K301 Information
                Statements are still to be written here: the runs of "a", "walls" and 5 more stop at this hole. No synthesis yet: "a" contradicts "b": change one.
            main.karel:13: '.' K303 Error
                No program satisfies example "walls": walls don't change, but the one at row 1, column 3 does.
            main.karel:18: 'output' K303 Error
                No program satisfies example "size": the input is 2×2 and the output 1×2.
            main.karel:25: 'move' K303 Error
                No program satisfies example "trace crashes": action 2 of its trace crashes, as move() runs into the edge of the world.
            main.karel:31: 'pickMarker' K303 Error
                No program satisfies example "trace leads elsewhere": its trace does not lead to the output: expected the robot at row 1, column 1, but it is at row 1, column 2.
            main.kgrid:1: 'b' K302 Error
                Example "b" contradicts example "a": both begin with the same world, but their outputs differ, so no program satisfies both.
                - main.karel:4: 'a' example "a" begins with the same world
            main.kgrid:6: 'c' K302 Error
                Example "c" contradicts example "a" and 1 more: all begin with the same world, but only one of them is to crash, so no program satisfies all.
                - main.karel:4: 'a' example "a" begins with the same world
        "#]],
    );
}

#[test]
fn an_example_without_output_is_information() {
    check(
        r#"
def main():
    move()

example "a":
    input:
        > .
"#,
        expect![[r#"
            main.karel:5: 'a' K210 Information
                Example "a" has no output yet: it is run, but nothing is checked.
        "#]],
    );
}

#[test]
fn examples_without_program_are_only_compared() {
    check(
        r#"
//- alone.kgrid
example "a":
    input:
        > .
    output:
        . >
example "b":
    input:
        > .
    output:
        > .
"#
        .trim_start(),
        expect![[r#"
            alone.kgrid:6: 'b' K302 Error
                Example "b" contradicts example "a": both begin with the same world, but their outputs differ, so no program satisfies both.
                - alone.kgrid:1: 'a' example "a" begins with the same world
        "#]],
    );
}

#[test]
fn twenty_crashes_are_one_diagnostic() {
    let mut text = "def main():\n    move()\n".to_owned();
    for n in 0..20 {
        text.push_str(&format!("example \"{n}\":\n    input:\n        > #\n    output:\n        > #\n"));
    }
    let fixture = fixture(&text);
    let found = runtime(&fixture.analysis, "main.karel", NEVER).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].related.len(), 20);
    assert_eq!(
        found[0].message,
        "move() runs into a wall at action 1 of example \"0\", and in 19 more examples."
    );
}

#[test]
fn every_code_is_in_the_table() {
    let codes: Vec<&str> = syntax::codes::all().map(|code| code.code).collect();
    assert!(codes.is_sorted());
    for code in ["K201", "K210", "K301", "K304"] {
        assert!(codes.contains(&code), "{code}");
    }
}

#[test]
fn a_cancelled_question_is_given_up() {
    let fixture =
        fixture("def main(): move()\nexample \"a\":\n    input:\n        > .\n    output:\n        . >\n");
    assert_eq!(runtime(&fixture.analysis, "main.karel", &|| true), Err(Cancelled));
    // And nothing of it is kept.
    assert!(runtime(&fixture.analysis, "main.karel", NEVER).unwrap().is_empty());
}

#[test]
fn the_faster_tiers_have_files_and_fixes() {
    let fixture = fixture("def main()\n    move()\n    trunLeft()\n");
    let found = syntax(&fixture.analysis, "main.karel");
    let fix = found.iter().find_map(|d| d.fix.as_ref()).expect("a missing colon has a fix");
    assert!(apply(&fixture.source("main.karel").text, &fix.edits).starts_with("def main():\n"));
    let found = names(&fixture.analysis, "main.karel", NEVER).unwrap();
    assert!(found.iter().any(|d| d.code == "K101"), "{found:?}");
}
