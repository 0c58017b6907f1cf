use super::*;
use crate::cancel::NEVER;
use crate::fixture::{Fixture, fixture};
use expect_test::{Expect, expect};

/// The titles of all actions, and the text after the one of that id.
fn check_action(text: &str, id: &str, expected: Expect) {
    let fixture = fixture(text);
    let actions = example_actions(&fixture.analysis, &fixture.uri, fixture.range, NEVER).unwrap();
    let mut text: String =
        actions.iter().map(|a| format!("# {} [{}] {}\n", a.title, a.mends.unwrap_or("-"), a.id)).collect();
    if let Some(action) = actions.iter().find(|action| action.id == id) {
        text.push_str(&fixture.after(&action.change));
    }
    expected.assert_eq(&text);
}

#[test]
fn the_output_is_filled_in_after_the_input() {
    check_action(
        r#"def main():
    move()
    putMarker()
example "a$0":
  input:
    > .
    . #
  trace: move putMarker
"#,
        "fill-in-output",
        expect![[r##"
                # Fill in the output of "a" [K210] fill-in-output
                def main():
                    move()
                    putMarker()
                example "a":
                  input:
                    > .
                    . #
                  output:
                    . >1
                    . #
                  trace: move putMarker
            "##]],
    );
}

#[test]
fn a_crash_has_no_output_to_fill_in() {
    check_action("def main(): move()\nexample \"a$0\":\n    input:\n        > #\n", "", expect![[""]]);
}

#[test]
fn an_update_says_what_changes() {
    check_action(
        r#"def main():
    move()
    putMarker()
    turnLeft()
example "a":
    input:
        > . 1
        . # .
    output:
        . $0> 2
        1 # .
    trace: move
"#,
        "update-output",
        expect![[r##"
            # Change the expected output of "a" to what the program does: row 1, column 2 was ., now 1; row 1, column 3 was 2, now 1; 1 more cell; the robot faced east, now north [K202] update-output
            def main():
                move()
                putMarker()
                turnLeft()
            example "a":
                input:
                    > . 1
                    . # .
                output:
                    . ^1 1
                    . #  .
                trace: move putMarker turnLeft
        "##]],
    );
}

#[test]
fn a_trace_is_filled_in_and_updated() {
    let text = "def main(): move(); turnLeft()\nexample \"a$0\":\n    input:\n        > .\n    output:\n        . ^\n";
    check_action(
        text,
        "fill-in-trace",
        expect![[r##"
            # Fill in the trace of "a" [-] fill-in-trace
            def main(): move(); turnLeft()
            example "a":
                input:
                    > .
                output:
                    . ^
                trace: move turnLeft
        "##]],
    );
    check_action(
        &format!("{text}    trace: move turnRight\n"),
        "update-trace",
        expect![[r##"
            # Change the expected trace of "a" to what the program does: 2 actions [K206] update-trace
            def main(): move(); turnLeft()
            example "a":
                input:
                    > .
                output:
                    . ^
                trace: move turnLeft
        "##]],
    );
}

#[test]
fn an_inferred_trace_is_accepted_or_removed() {
    let text = "def main(): move()\nexample \"a$0\":\n    input:\n        > .\n    output:\n        . >\n    trace?: move\ntest \"b\":\n    input:\n        > .\n";
    check_action(
        text,
        "accept-trace",
        expect![[r##"
            # Accept the inferred trace of "a" as part of it [-] accept-trace
            # Remove the inferred trace of "a" [-] remove-trace
            def main(): move()
            example "a":
                input:
                    > .
                output:
                    . >
                trace: move
            test "b":
                input:
                    > .
        "##]],
    );
    check_action(
        text,
        "remove-trace",
        expect![[r##"
            # Accept the inferred trace of "a" as part of it [-] accept-trace
            # Remove the inferred trace of "a" [-] remove-trace
            def main(): move()
            example "a":
                input:
                    > .
                output:
                    . >
            test "b":
                input:
                    > .
        "##]],
    );
}

#[test]
fn a_crash_that_does_not_come_is_no_longer_expected() {
    check_action(
        "def main(): turnLeft()\nexample \"a$0\" crashes:\n    input:\n        > .\n",
        "expect-output",
        expect![[r##"
            # Change "a" to expect what the program does instead of a crash [K208] expect-output
            def main(): turnLeft()
            example "a":
                input:
                    > .
                output:
                    ^ .
        "##]],
    );
}

#[test]
fn all_outputs_at_once_and_with_the_files_line_ends() {
    let text = "def main(): move()\nexample \"a\":\n    input:\n        > .\nexample \"b\":\n    input:\n        > . .\n";
    let fixture: Fixture = fixture(&text.replace('\n', "\r\n"));
    let change = fill_in_outputs(&fixture.analysis, "main.karel", NEVER).unwrap().unwrap();
    let after = fixture.after(&change);
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    let again = self::fixture(&after);
    assert_eq!(fill_in_outputs(&again.analysis, "main.karel", NEVER).unwrap(), None);
    assert!(again.analysis.cases().all(|case| again.analysis.verdict(case, NEVER).unwrap().passes()));
}
