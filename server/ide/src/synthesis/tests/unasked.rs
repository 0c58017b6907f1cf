//! What is not done unasked, what can be done in part, and how shortly it is said why not.

use super::*;

#[test]
fn a_program_that_passes_is_not_replaced_unasked() {
    let text = format!("def main():\n    while(frontIsClear()): mov$0e()\n{EXAMPLES}");
    check_actions(
        &text,
        expect![[r#"
        others: Look for other programs: all 2 examples pass already
        complete: Complete after the cursor (not now: All 2 examples pass already.)
    "#]],
    );
    let fixture = fixture(&text);
    assert_eq!(
        passes_already(&fixture.analysis, NEVER).unwrap().as_deref(),
        Some("All 2 examples pass already.")
    );
    // A test that fails is none of the examples that synthesis works from.
    let failing = text.replace("        .\n        .\n        v", "        v\n        .\n        .");
    check_actions(
        &failing,
        expect![[r#"
        others: Look for other programs: all 2 examples pass already
        complete: Complete after the cursor (not now: All 2 examples pass already.)
    "#]],
    );
    let one = format!("def main():\n    mov$0e()\n{}", EXAMPLES.split("example \"b\"").next().unwrap());
    check_actions(
        &one,
        expect![[r#"
        others: Look for other programs: the example passes already
        complete: Complete after the cursor (not now: The example passes already.)
    "#]],
    );
    check_fill(
        &text,
        Some(Goal::Others),
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
fn a_failing_example_offers_to_rewrite_main_first() {
    let text = format!("def main():\n    turnLeft()\n{EXAMPLES}").replacen(". > #", ". $0> #", 1);
    check_actions(
        &text,
        expect![[r#"
        program: Rewrite main from 2 examples
        trace: Infer the trace of "a"
    "#]],
    );
}

/// Two holes of which each is needed by other examples.
const APART: &str = "def main():
    while(frontIsClear()):
        move()
    if(markersPresent()):
        ..$0.
    else:
        ...
example \"a\":
    input:
        > . 1
        . . .
    output:
        . . >
        . . .
example \"b\":
    input:
        > . .
        . . .
    output:
        . . >1
        . . .
";

#[test]
fn one_hole_of_several_is_judged_by_the_examples_that_come_to_it() {
    check_actions(
        APART,
        expect![[r#"
        hole: Fill this hole from 1 example
        hole: Fill all 2 holes
    "#]],
    );
    let at = u32::try_from(APART.find("..$0.").unwrap()).unwrap();
    check_fill(
        APART,
        Some(Goal::Hole(at.into())),
        &["pickMarker()"],
        expect![[r#"
        def main():
            while(frontIsClear()):
                move()
            if(markersPresent()):
                ...
            else:
                otherHole1()

        def otherHole1():
            repeat(10):
                putMarker()
        ----
        # 1/1 example, 0/0 tests
        def main():
            while(frontIsClear()):
                move()
            if(markersPresent()):
                pickMarker()
            else:
                ...
        example "a":
            input:
                > . 1
                . . .
            output:
                . . >
                . . .
        example "b":
            input:
                > . .
                . . .
            output:
                . . >1
                . . .
    "#]],
    );
    check_fill(
        APART,
        Some(Goal::Hole(at.into())),
        &["turnLeft()"],
        expect![[r#"
        def main():
            while(frontIsClear()):
                move()
            if(markersPresent()):
                ...
            else:
                otherHole1()

        def otherHole1():
            repeat(10):
                putMarker()
        ----
        # 0/1 example, 0/0 tests
        def main():
            while(frontIsClear()):
                move()
            if(markersPresent()):
                turnLeft()
            else:
                ...
        example "a":
            input:
                > . 1
                . . .
            output:
                . . >
                . . .
        example "b":
            input:
                > . .
                . . .
            output:
                . . >1
                . . .
    "#]],
    );
}

#[test]
fn a_hole_that_others_stand_in_the_way_of_says_why() {
    for (text, told) in [
        ("def main():\n    while(?):\n        .$0..\n", "Every run needs the hole in line 2 too: fill all."),
        ("def main():\n    .$0..\n    ...\n", "Every run needs the hole in line 3 too: fill all."),
        ("def main():\n    ...\n    .$0..\n", "Runs stop in line 2 before they come here."),
        ("def main():\n    ...\ndef f():\n    .$0..\n", "Runs stop in line 2 before they come here."),
        (
            "def main():\n    if(frontIsClear()): ...\n    if(rightIsClear()): .$0..\n",
            "Runs stop in line 2 before they come here.",
        ),
    ] {
        let fixture = fixture(&format!("{text}{EXAMPLES}"));
        let actions = offered(&fixture, None);
        let reason = actions.iter().find(|a| a.title == "Fill this hole").and_then(|a| a.disabled.clone());
        assert_eq!(reason.as_deref(), Some(told), "{text}");
        assert!(actions.iter().any(|a| a.title.starts_with("Fill all") && a.disabled.is_none()));
    }
}

/// Editors cut what is longer.
#[test]
fn reasons_are_short_whatever_the_names() {
    let long = "Otherwise a name that is as long as this one";
    let name = "aProcedureWithAVeryLongNameIndeed";
    let world = |rows: &str| format!("    input:\n{rows}    output:\n{rows}");
    let two = world("        > .\n        . .\n");
    let other = "    input:\n        > .\n        . .\n    output:\n        < .\n        . .\n";
    let wrong = "    input:\n        > .\n        . .\n    output:\n        > #\n        . .\n";
    let mut told = Vec::new();
    for text in [
        "def main():\n    ...$0\n".to_owned(),
        format!("def main():\n    ...$0\n    {name}()\nexample \"{long}\":\n{two}"),
        format!("def main():\n    ...$0\n    move(\nexample \"{long}\":\n{two}"),
        format!("def main():\n    ...$0\nexample \"{long}\":\n{two}example \"{long} 2\":\n{other}"),
        format!("def main():\n    ...$0\nexample \"{long}\":\n{wrong}"),
        format!("def main():\n    ...$0\ndef f():\n    ...\nexample \"{long}\":\n{two}"),
        format!("def main():\n    while(?): ..$0.\nexample \"{long}\":\n{two}"),
        format!("def main():\n    mov$0e()\n    ...\nexample \"{long}\":\n{two}"),
        format!("def main():\n    move()\n    ..$0.\n    if(?): ...\nexample \"{long}\":\n{two}"),
        format!("def f():\n    mov$0e()\nexample \"{long}\":\n{two}"),
        format!("def main():\n    turnLeft()\nexample \"{long}\" crashes:\n    input:\n        > $0.\n"),
        format!("//- main.karel\ndef main():\n    ...$0\n//- {name}.kgrid\nexample \"{long}\"\n{two}"),
    ] {
        let fixture = fixture(&text);
        let reasons: Vec<String> = offered(&fixture, None).into_iter().filter_map(|a| a.disabled).collect();
        assert!(!reasons.is_empty(), "{text}");
        for reason in reasons {
            assert!(
                reason.chars().count() <= reasons::SHORT,
                "{} characters: {reason}",
                reason.chars().count()
            );
            if !told.contains(&reason) {
                told.push(reason);
            }
        }
    }
    expect![[r#"
        Add an example block with input and output first.
        Line 3 calls 'aProcedureW…': define it first.
        Line 3 has a mistake: mend it first.
        "Otherwise a…" contradicts "Otherwise a…": change one.
        "Otherwise a…" contradicts itself: change it.
        Fill the other hole of the program first.
        Every run needs the hole in line 2 too: fill all.
        Fill the holes of the program first.
        Every run needs the hole in line 4 too: fill all.
        There is no main yet: synthesize it first.
        A run that crashes has no output to infer a trace from.
        aProcedureW… has a mistake in line 1: mend it."#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn an_inferred_trace_is_no_constraint() {
    let text = format!("def main():\n    ...\n{EXAMPLES}");
    let with = |line: &str| text.replacen("test \"held", &format!("    {line}\ntest \"held"), 1);
    let traces = |text: &str| {
        let task = task(&fixture(text).analysis, &Goal::Program).unwrap();
        task.examples.iter().map(|example| example.trace.as_ref().map(Vec::len)).collect::<Vec<_>>()
    };
    assert_eq!(traces(&with("trace: move move move")), [None, Some(3)]);
    assert_eq!(traces(&with("trace?: move move move")), [None, None]);
}

/// What no program satisfies is not searched for, whichever of their parts contradict each other.
#[test]
fn examples_that_contradict_each_other_disable_all() {
    let example = |name: &str, rest: &str| format!("example \"{name}\"{rest}");
    let to = |cells: &str| format!(":\n    input:\n        > . .\n    output:\n        {cells}\n");
    let crash = " crashes:\n    input:\n        > . .\n".to_owned();
    let by = |trace: &str| format!("{}    {trace}\n", to(". > ."));
    let reasons = |first: &str, second: &str| -> Vec<Option<String>> {
        let text = format!("def main():\n    ...$0\n\n{}{}", example("a", first), example("b", second));
        offered(&fixture(&text), None).into_iter().map(|action| action.disabled).collect()
    };
    let long = "trace: move turnLeft turnLeft turnLeft turnLeft";
    for (first, second) in
        [(to(". > ."), to(". . >")), (to(". > ."), crash.clone()), (by("trace: move"), by(long))]
    {
        let found = reasons(&first, &second);
        assert!(!found.is_empty(), "{first}{second}");
        for reason in found {
            assert_eq!(reason.as_deref(), Some("\"a\" contradicts \"b\": change one."), "{first}{second}");
        }
    }
    for (first, second) in [
        (to(". > ."), ":\n    input:\n        > . .\n".to_owned()),
        (crash, ":\n    input:\n        > . .\n".to_owned()),
        (by("trace: move"), by("trace?: move")),
        (by("trace: move"), to(". > .")),
    ] {
        assert!(reasons(&first, &second).contains(&None), "{first}{second}");
    }
}
