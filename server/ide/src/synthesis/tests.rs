mod unasked;

use super::*;
use crate::cancel::NEVER;
use crate::fixture::{Fixture, fixture};
use expect_test::{Expect, expect};
use syntax::TextRange;

const EXAMPLES: &str = r#"
# The shortest.
example "a":
    input:
        > . #
        . . .
    output:
        . > #
        . . .
example "b":
    input:
        > . . .
        . . . .
    output:
        . . . >
        . . . .
test "held out":
    input:
        v
        .
        .
    output:
        .
        .
        v
"#;

fn offered(fixture: &Fixture, engine: Option<&str>) -> Vec<SynthesisAction> {
    actions(&fixture.analysis, &fixture.uri, fixture.range, engine, NEVER).unwrap()
}

fn check_actions(text: &str, expected: Expect) {
    let fixture = fixture(text);
    let line = |action: &SynthesisAction| {
        let reason = action.disabled.as_ref().map_or(String::new(), |reason| format!(" (not now: {reason})"));
        format!("{}: {}{reason}\n", action.goal.id(), action.title)
    };
    expected.assert_eq(&offered(&fixture, None).iter().map(line).collect::<String>());
}

/// The task of the first enabled action, and the file after the fills.
fn check_fill(text: &str, goal: Option<Goal>, fills: &[&str], expected: Expect) {
    let fixture = fixture(text);
    let goal = goal.unwrap_or_else(|| {
        let enabled = offered(&fixture, None).into_iter().find(|action| action.disabled.is_none());
        enabled.expect("an action can run").goal
    });
    let task = task(&fixture.analysis, &goal).unwrap();
    let fills: Vec<String> = fills.iter().map(|fill| (*fill).to_owned()).collect();
    let answer = answer(&fixture.analysis, &task, &fills, NEVER).unwrap();
    let after = match &answer {
        Ok(answer) => {
            let tests = format!("{}/{} tests", answer.tests_passed, answer.tests);
            let after = fixture.after(&answer.change);
            format!("# {}, {tests}\n{}", answer.score(), after.split("\n# The shortest.").next().unwrap())
        }
        Err(reason) => reason.clone(),
    };
    expected.assert_eq(&format!("{}----\n{after}", task.program));
}

const WALK: &str = "while(frontIsClear()):\n    move()";

#[test]
fn a_hole_as_main_is_the_program() {
    let text = format!("def main():\n    ..$0.\n{EXAMPLES}");
    check_actions(
        &text,
        expect![[r#"
        program: Synthesize main from 2 examples
    "#]],
    );
    check_fill(
        &text,
        None,
        &[WALK],
        expect![[r#"
        def main():
            ...
        ----
        # 2/2 examples, 1/1 tests
        def main():
            while(frontIsClear()):
                move()
    "#]],
    );
}

#[test]
fn a_main_that_is_missing_is_created() {
    let text = format!("def step():\n    move()\n{EXAMPLES}").replacen("> . #", "$0> . #", 1);
    check_actions(
        &text,
        expect![[r#"
        program: Synthesize main from 2 examples
        trace: Infer the trace of "a"
    "#]],
    );
    check_fill(
        &text,
        None,
        &[WALK],
        expect![[r#"
        def step():
            move()

        def main():
            ...
        ----
        # 2/2 examples, 1/1 tests
        def step():
            move()

        def main():
            while(frontIsClear()):
                move()
    "#]],
    );
    let grids = format!("//- main.karel\n# Empty so far.$0\n//- main.kgrid\n{EXAMPLES}");
    check_fill(
        &grids,
        None,
        &[WALK],
        expect![[r#"
        def main():
            ...
        ----
        # 2/2 examples, 1/1 tests
        # Empty so far.

        def main():
            while(frontIsClear()):
                move()
    "#]],
    );
}

#[test]
fn a_main_that_is_written_can_be_rewritten() {
    let text = format!("def main():\n    # Once.\n    mov$0e()\n    turnLeft()\n{EXAMPLES}");
    check_actions(
        &text,
        expect![[r#"
        program: Rewrite main from 2 examples
        complete: Complete after the cursor
    "#]],
    );
    check_fill(
        &text,
        Some(Goal::Program),
        &[WALK],
        expect![[r#"
        def main():
            # Once.
            ...
        ----
        # 2/2 examples, 1/1 tests
        def main():
            # Once.
            while(frontIsClear()):
                move()
    "#]],
    );
}

#[test]
fn holes_are_filled_together() {
    let text = format!("def main():\n    while(?$0):\n        ...  # go\n    repeat(?): move()\n{EXAMPLES}");
    check_actions(
        &text,
        expect![[r#"
            hole: Fill all 3 holes
            hole: Fill this hole (not now: Every run needs the hole in line 4 too: fill all.)
            complete: Complete after the cursor (not now: Fill the holes of the program first.)
        "#]],
    );
    check_fill(
        &text,
        None,
        &["frontIsClear()", "move()\nif(markersPresent()):\n    pickMarker()", "0"],
        expect![[r#"
        def main():
            while(?):
                ...  # go
            repeat(?): move()
        ----
        # 2/2 examples, 1/1 tests
        def main():
            while(frontIsClear()):
                move()
                if(markersPresent()):
                    pickMarker()  # go
            repeat(0): move()
    "#]],
    );
}

#[test]
fn one_hole_is_filled_where_it_stands() {
    let text = format!("def main():\n\twhile(frontIsClear()):\n\t\t$0...\n{EXAMPLES}");
    check_actions(
        &text,
        expect![[r#"
        hole: Fill this hole
    "#]],
    );
    check_fill(
        &text,
        None,
        &["if(frontIsClear()):\n    move()\nelse:\n    turnLeft()"],
        expect![[r#"
        def main():
        	while(frontIsClear()):
        		...
        ----
        # 2/2 examples, 1/1 tests
        def main():
        	while(frontIsClear()):
        		if(frontIsClear()):
        			move()
        		else:
        			turnLeft()
    "#]],
    );
    let not = format!("def main():\n    while not(?$0):\n        move()\n{EXAMPLES}");
    check_fill(
        &not,
        None,
        &["not(frontIsClear())"],
        expect![[r#"
        def main():
            while not(?):
                move()
        ----
        # 2/2 examples, 1/1 tests
        def main():
            while not(not(frontIsClear())):
                move()
    "#]],
    );
}

#[test]
fn holes_on_one_line_stay_there_while_they_can() {
    let text =
        format!("def main():\n    while(frontIsClear()): turnLeft(); ...; turnRight()$0  # on\n{EXAMPLES}");
    check_fill(
        &text,
        None,
        &["turnRight()\nmove()\nturnLeft()"],
        expect![[r#"
        def main():
            while(frontIsClear()): turnLeft(); ...; turnRight()
        ----
        # 2/2 examples, 1/1 tests
        def main():
            while(frontIsClear()): turnLeft(); turnRight(); move(); turnLeft(); turnRight()  # on
    "#]],
    );
    check_fill(
        &text,
        None,
        &["if(leftIsClear()):\n    move()\nmove()"],
        expect![[r#"
        def main():
            while(frontIsClear()): turnLeft(); ...; turnRight()
        ----
        # 0/2 examples, 0/1 tests
        def main():
            while(frontIsClear()):
                turnLeft()
                if(leftIsClear()):
                    move()
                move()
                turnRight()  # on
    "#]],
    );
    let main = format!("def main(): ...$0\n{EXAMPLES}");
    check_fill(
        &main,
        None,
        &[WALK],
        expect![[r#"
        def main(): ...
        ----
        # 2/2 examples, 1/1 tests
        def main():
            while(frontIsClear()):
                move()
    "#]],
    );
    let both = format!("def main(): while(?): ...$0\n{EXAMPLES}");
    check_fill(
        &both,
        None,
        &["frontIsClear()", "if(frontIsClear()):\n    move()"],
        expect![[r#"
        def main(): while(?): ...
        ----
        # 2/2 examples, 1/1 tests
        def main():
            while(frontIsClear()):
                if(frontIsClear()):
                    move()
    "#]],
    );
}

#[test]
fn completion_goes_after_the_cursor() {
    let text = format!(
        "def main():\n    while(frontIsClear()):\n        turnLeft()$0\n        turnRight()\n{EXAMPLES}"
    );
    check_actions(
        &text,
        expect![[r#"
        program: Rewrite main from 2 examples
        complete: Complete after the cursor
    "#]],
    );
    check_fill(
        &text,
        Some(goal_at(&text)),
        &["turnRight()\nmove()\nturnLeft()"],
        expect![[r#"
        def main():
            while(frontIsClear()):
                turnLeft()
                ...
                turnRight()
        ----
        # 2/2 examples, 1/1 tests
        def main():
            while(frontIsClear()):
                turnLeft()
                turnRight()
                move()
                turnLeft()
                turnRight()
    "#]],
    );
    let head = text.replace("$0", "").replace("while", "whi$0le");
    check_fill(
        &head,
        Some(goal_at(&head)),
        &["move()"],
        expect![[r#"
        def main():
            while(frontIsClear()):
                ...
                turnLeft()
                turnRight()
        ----
        # 2/2 examples, 1/1 tests
        def main():
            while(frontIsClear()):
                move()
                turnLeft()
                turnRight()
    "#]],
    );
    let blank = format!("def main():\n    while(leftIsClear()):\n        turnLeft()\n    $0\n{EXAMPLES}");
    check_fill(
        &blank,
        Some(goal_at(&blank)),
        &[WALK],
        expect![[r#"
        def main():
            while(leftIsClear()):
                turnLeft()
            ...
        ----
        # 2/2 examples, 1/1 tests
        def main():
            while(leftIsClear()):
                turnLeft()
            while(frontIsClear()):
                move()
    "#]],
    );
    let inner = format!(
        "def main():\n    while(frontIsClear()):\n        turnLeft()\n        $0\n    turnLeft()\n{EXAMPLES}"
    );
    check_fill(
        &inner,
        Some(goal_at(&inner)),
        &["turnRight()"],
        expect![[r#"
        def main():
            while(frontIsClear()):
                turnLeft()
                ...
            turnLeft()
        ----
        # 0/2 examples, 0/1 tests
        def main():
            while(frontIsClear()):
                turnLeft()
                turnRight()
            turnLeft()
    "#]],
    );
    let line = format!("def main(): turnLeft()$0; turnRight()\n{EXAMPLES}");
    check_fill(
        &line,
        Some(goal_at(&line)),
        &[WALK],
        expect![[r#"
        def main(): turnLeft(); ...; turnRight()
        ----
        # 0/2 examples, 0/1 tests
        def main():
            turnLeft()
            while(frontIsClear()):
                move()
            turnRight()
    "#]],
    );
}

fn goal_at(text: &str) -> Goal {
    Goal::Complete(fixture(text).offset())
}

#[test]
fn what_cannot_run_says_why() {
    let main = "def main():\n    ...$0\n";
    check_actions(
        main,
        expect![[r#"
        program: Synthesize main from examples (not now: Add an example block with input and output first.)
    "#]],
    );
    check_actions(
        &format!("{main}    mov(\n{EXAMPLES}"),
        expect![[r#"
        hole: Fill this hole (not now: Line 3 has a mistake: mend it first.)
    "#]],
    );
    check_actions(
        &format!("{main}def a(): b()\n{EXAMPLES}"),
        expect![[r#"
            program: Synthesize main from 2 examples (not now: Line 3 calls 'b': define it first.)
        "#]],
    );
    check_actions(
        &format!("{main}def a(): ...\n{EXAMPLES}"),
        expect![[r#"
            program: Synthesize main from 2 examples (not now: Fill the other hole of the program first.)
            hole: Fill this hole
            hole: Fill all 2 holes
        "#]],
    );
    let contradicting = EXAMPLES
        .replace("> . . .\n        . . . .", "> . #\n        . . .")
        .replace(". . . >\n        . . . .", ". < #\n        . . .");
    check_actions(
        &format!("{main}{contradicting}"),
        expect![[r#"
            program: Synthesize main from 2 examples (not now: "a" contradicts "b": change one.)
        "#]],
    );
    // Worlds of every size that runs are synthesized from, and so are crashes alone.
    for (input, output) in
        [(">", Some(">")), ("> .", Some(". >")), (&*long_row(), Some(&*long_row())), ("> #", None)]
    {
        let crashes = if output.is_none() { " crashes" } else { "" };
        let output = output.map_or(String::new(), |output| format!("    output:\n        {output}\n"));
        let text = format!("{main}example \"any\"{crashes}:\n    input:\n        {input}\n{output}");
        check_actions(
            &text,
            expect![[r#"
            program: Synthesize main from 1 example
        "#]],
        );
    }
    let fixture = fixture(&format!("{main}{EXAMPLES}"));
    let reason = "The engine is not installed.";
    assert!(offered(&fixture, Some(reason)).iter().all(|a| a.disabled.as_deref() == Some(reason)));
}

fn long_row() -> String {
    format!("> {}", ". ".repeat(99))
}

#[test]
fn tests_are_never_sent() {
    let fixture = fixture(&format!("def main():\n    ...\n{EXAMPLES}"));
    let task = task(&fixture.analysis, &Goal::Program).unwrap();
    let names: Vec<&str> = task.examples.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(task.examples[0].input, "> . #\n. . .");
}

#[test]
fn an_answer_that_is_no_program_is_refused() {
    let fixture = fixture(&format!("def main():\n    ...\n{EXAMPLES}"));
    let task = task(&fixture.analysis, &Goal::Program).unwrap();
    for fill in [
        "",
        "...",
        "move(",
        "def a(): move()",
        "fly()\nmove()()",
        "example \"x\":",
        "move()\nwhile(?): move()",
    ] {
        let answer = answer(&fixture.analysis, &task, &[fill.to_owned()], NEVER).unwrap();
        assert!(answer.is_err(), "{fill:?} was taken: {answer:?}");
    }
    assert!(answer(&fixture.analysis, &task, &[], NEVER).unwrap().is_err());
    let wrong = answer(&fixture.analysis, &task, &["turnLeft()".to_owned()], NEVER).unwrap().unwrap();
    assert_eq!((wrong.score().as_str(), wrong.passes_all()), ("0/2 examples", false));
}

#[test]
fn a_trace_is_written_only_if_it_leads_to_the_output() {
    use syntax::ast::Action;
    let text = format!("def main():\n    ...\n{EXAMPLES}").replacen("> . . .", "> . .$0 .", 1);
    check_actions(
        &text,
        expect![[r#"
        program: Synthesize main from 2 examples
        trace: Infer the trace of "b"
    "#]],
    );
    let fixture = fixture(&text);
    let case = fixture.analysis.cases().find(|case| case.example.name.text == "b").unwrap().index;
    assert!(trace_change(&fixture.analysis, case, &[Action::Move; 2]).is_err());
    let change = trace_change(&fixture.analysis, case, &[Action::Move; 3]).unwrap();
    let after = fixture.after(&change);
    assert!(after.contains("        . . . >\n        . . . .\n    trace?: move move move\ntest"), "{after}");
    // A second time it is replaced.
    let again = self::fixture(&after);
    let change = trace_change(&again.analysis, case, &[Action::Move; 3]).unwrap();
    assert_eq!(again.after(&change), after);
    assert!(offered(&again, None).iter().all(|a| a.goal != Goal::Trace(0) || a.title.contains("\"a\"")));
}

#[test]
fn line_ends_and_everything_else_stay() {
    let text = format!("# ä\ndef main():\n    ...   # here\n{EXAMPLES}").replace('\n', "\r\n");
    let fixture = fixture(&text);
    let task = task(&fixture.analysis, &Goal::Program).unwrap();
    let answer = answer(&fixture.analysis, &task, &[WALK.to_owned()], NEVER).unwrap().unwrap();
    let after = fixture.after(&answer.change);
    assert!(answer.passes_all());
    assert_eq!(after, text.replace("...   #", "while(frontIsClear()):\r\n        move()   #"));
    // There is no hole left to fill again.
    let again = self::fixture(&after);
    let on_hole = TextRange::default();
    let left = actions(&again.analysis, "main.karel", on_hole, None, NEVER).unwrap();
    assert!(left.iter().all(|action| action.goal != Goal::Holes), "{left:?}");
}
