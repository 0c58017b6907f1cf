use super::check as check_flow;
use crate::cancel::{NEVER, times_asked};
use crate::fixture::render;
use crate::parse::parse;
use expect_test::{Expect, expect};

/// The flow diagnostics of a `main` with these statements.
#[track_caller]
fn check(body: &str, expect: Expect) {
    let lines: Vec<String> = body.lines().map(|line| format!("    {line}\n")).collect();
    check_file(&format!("def main():\n{}", lines.concat()), expect);
}

#[track_caller]
fn check_file(text: &str, expect: Expect) {
    let parse = parse(text);
    assert_eq!(parse.diagnostics, [], "{text}");
    expect.assert_eq(&render(text, &check_flow(&parse.file, text, NEVER).unwrap()));
}

#[test]
fn undone_turns() {
    check(
        "move()\nturnLeft()\nturnRight()\nturnLeft()",
        expect![[r#"
        K112 Warning (faded) 3:5 "turnLeft()\n    turnRight()"
            These two turns undo each other.
          Remove both turns:
          | def main():
          |     move()
          |     turnLeft()
    "#]],
    );
    check(
        "turnLeft()\nturnRight()",
        expect![[r#"
        K112 Warning (faded) 2:5 "turnLeft()\n    turnRight()"
            These two turns undo each other.
    "#]],
    );
    check(
        "move(); turnRight(); turnLeft()",
        expect![[r#"
        K112 Warning (faded) 2:13 "turnRight(); turnLeft()"
            These two turns undo each other.
          Remove both turns:
          | def main():
          |     move()
    "#]],
    );
    check("turnLeft()\nmove()\nturnRight()", expect![""]);
}

#[test]
fn negations() {
    check(
        "if(not(not(frontIsClear()))): move()",
        expect![[r#"
        K116 Hint 2:8 "not(not(frontIsClear()))"
            Two 'not's cancel each other.
          Change to 'frontIsClear()':
          | def main():
          |     if(frontIsClear()): move()
    "#]],
    );
    check(
        "while(not(markersPresent())): move()",
        expect![[r#"
        K117 Hint 2:11 "not(markersPresent())"
            This is the same as 'noMarkersPresent()'.
          Change to 'noMarkersPresent()':
          | def main():
          |     while(noMarkersPresent()): move()
    "#]],
    );
    check(
        "while not noMarkersPresent(): move()",
        expect![[r#"
        K117 Hint 2:11 "not noMarkersPresent()"
            This is the same as 'markersPresent()'.
          Change to 'markersPresent()':
          | def main():
          |     while markersPresent(): move()
    "#]],
    );
}

#[test]
fn repeat_zero() {
    check(
        "repeat(0): move()",
        expect![[r#"
        K111 Warning 2:12 "0"
            The body of 'repeat(0)' is never run.
    "#]],
    );
}

#[test]
fn settled_conditions() {
    check(
        "if(frontIsClear()):\n    if(frontIsClear()):\n        move()",
        expect![[r#"
        K114 Warning 3:12 "frontIsClear()"
            'frontIsClear()' always holds here, so the test is not needed.
            2:8 "frontIsClear()" This has settled it.
    "#]],
    );
    check(
        "if(not(frontIsClear())):\n    if(frontIsClear()):\n        move()\n    else:\n        turnLeft()",
        expect![[r#"
        K113 Warning 3:12 "frontIsClear()"
            'frontIsClear()' never holds here, so only the else part is run.
            2:12 "frontIsClear()" This has settled it.
    "#]],
    );
    check(
        "while(markersPresent()): pickMarker()\nif(markersPresent()): move()",
        expect![[r#"
        K113 Warning 3:8 "markersPresent()"
            'markersPresent()' never holds here, so the body is never run.
            2:11 "markersPresent()" This has settled it.
    "#]],
    );
    // the cell that the robot came from
    check(
        "move()\nturnLeft()\nturnLeft()\nif(not(frontIsClear())): turnLeft()",
        expect![[r#"
        K113 Warning 5:8 "not(frontIsClear())"
            'not(frontIsClear())' never holds here, so the body is never run.
            2:5 "move()" This has settled it.
    "#]],
    );
    check(
        "putMarker()\nif(noMarkersPresent()): move()",
        expect![[r#"
        K113 Warning 3:8 "noMarkersPresent()"
            'noMarkersPresent()' never holds here, so the body is never run.
            2:5 "putMarker()" This has settled it.
    "#]],
    );
    // turned away, and back
    check(
        "if(frontIsClear()):\n    turnLeft()\n    if(rightIsClear()): turnRight()",
        expect![[r#"
        K114 Warning 4:12 "rightIsClear()"
            'rightIsClear()' always holds here, so the test is not needed.
            2:8 "frontIsClear()" This has settled it.
    "#]],
    );
}

#[test]
fn nothing_is_settled() {
    check("if(frontIsClear()):\n    move()\n    if(frontIsClear()): move()", expect![""]);
    check("if(frontIsClear()): turnLeft()\nif(frontIsClear()): move()", expect![""]);
    check("if(markersPresent()):\n    pickMarker()\n    if(markersPresent()): pickMarker()", expect![""]);
    check("while(frontIsClear()):\n    if(markersPresent()): pickMarker()\n    move()", expect![""]);
    check("if(frontIsClear()):\n    ...\n    if(frontIsClear()): move()", expect![""]);
    check("if(?): move()\nrepeat(?): move()", expect![""]);
    check("while(leftIsClear()): turnLeft()", expect![""]);
}

#[test]
fn loops_that_never_end() {
    check(
        "while(markersPresent()):\n    move()\n    putMarker()\nmove()",
        expect![[r#"
        K115 Warning 2:11 "markersPresent()"
            Once begun, this loop can end only in a crash: 'markersPresent()' holds after every round.
    "#]],
    );
    check(
        "while(frontIsClear()): pickMarker()",
        expect![[r#"
        K115 Warning 2:11 "frontIsClear()"
            Once begun, this loop can end only in a crash: 'frontIsClear()' holds after every round.
    "#]],
    );
    check(
        "while(noMarkersPresent()):\n    turnLeft()",
        expect![[r#"
        K115 Warning 2:11 "noMarkersPresent()"
            Once begun, this loop never ends: 'noMarkersPresent()' holds after every round.
    "#]],
    );
    let text = "putMarker()\nwhile(markersPresent()): turnLeft()\nmove()\n# why\nturnLeft()";
    check(
        text,
        expect![[r#"
        K115 Warning 3:11 "markersPresent()"
            This loop never ends: 'markersPresent()' holds after every round.
        K110 Warning (faded) 4:5 "move()\n    # why\n    turnLeft()"
            This is never run: nothing gets past the loop before it.
            3:11 "markersPresent()" This loop always begins, and its condition never becomes false.
    "#]],
    );
}

#[test]
fn certain_crashes() {
    check(
        "while(frontIsClear()): move()\nmove()\nturnLeft()",
        expect![[r#"
        K119 Warning 3:5 "move()"
            'move()' always crashes here: the way ahead is never clear here.
            2:11 "frontIsClear()" This has settled it.
    "#]],
    );
    check(
        "if(noMarkersPresent()): pickMarker()",
        expect![[r#"
        K119 Warning 2:29 "pickMarker()"
            'pickMarker()' always crashes here: there is no marker here.
            2:8 "noMarkersPresent()" This has settled it.
    "#]],
    );
    check("repeat(10): putMarker()", expect![""]);
    check(
        &"putMarker()\n".repeat(10),
        expect![[r#"
        K119 Warning 11:5 "putMarker()"
            'putMarker()' always crashes here: there are nine markers here already.
            10:5 "putMarker()" This has settled it.
    "#]],
    );
}

#[test]
fn nothing_follows_from_a_syntax_error() {
    let text = "def main():\n    while(frontIsClear()):\n    move()\n  turnLeft()\n";
    let parse = parse(text);
    assert!(!parse.diagnostics.is_empty());
    assert_eq!(check_flow(&parse.file, text, NEVER).unwrap(), []);
}

#[test]
fn a_call_on_one_way_only_may_come_to_an_end() {
    for call in [
        "if(markersPresent()): main()\n    else: move()",
        "if(markersPresent()): move()\n    else: main()",
        "if(markersPresent()): main()",
        "while(frontIsClear()): main()",
        "repeat(?): main()",
        "if(?):\n        if(?): main()\n        else: main()\n    else: move()",
    ] {
        check_file(&format!("def main():\n    {call}\n"), expect![""]);
    }
    // On both ways another one is called, and only one of these calls back.
    check_file(
        "def main():\n    if(markersPresent()): f()\n    else: g()\ndef f(): main()\ndef g(): move()\n",
        expect![""],
    );
}

#[test]
fn endless_recursion() {
    check_file(
        "def main(): f()\ndef f():\n    move()\n    g()\ndef g():\n    if(markersPresent()): f()\n    else: f()\n",
        expect![[r#"
        K118 Warning 2:5 "f"
            'f' always calls itself again, so it never comes to an end.
        K118 Warning 5:5 "g"
            'g' always calls itself again, so it never comes to an end.
    "#]],
    );
    check_file("def main():\n    if(frontIsClear()):\n        move()\n        main()\n", expect![""]);
    check_file(
        "def main():\n    while(frontIsClear()):\n        main()\n    repeat(0): main()\n",
        expect![[r#"
        K111 Warning 4:12 "0"
            The body of 'repeat(0)' is never run.
    "#]],
    );
}

/// Twice the text is at most a little more than twice the work, and all of it can be cancelled.
#[test]
fn cost_grows_with_the_text() {
    type Text = fn(usize) -> String;
    let kinds: [(&str, Text); 4] = [
        ("statements", |n| format!("def main():\n{}", "    turnLeft()\n    turnRight()\n".repeat(n))),
        ("loops", |n| format!("def main():\n{}", "    while(frontIsClear()): move()\n".repeat(n))),
        ("a chain of calls", |n| {
            (0..n).map(|i| format!("def p{i}(): p{}()\n", i + 1)).collect::<String>() + "def main(): p0()\n"
        }),
        ("calls of the next ten", |n| {
            let calls = |i: usize| (1..=10).map(|d| format!("p{}();", i + d)).collect::<String>();
            (0..n).map(|i| format!("def p{i}(): {}\n", calls(i))).collect()
        }),
    ];
    for (what, text) in kinds {
        let cost = |n: usize| {
            let text = text(n);
            let parse = parse(&text);
            times_asked(|cancel| drop(check_flow(&parse.file, &text, cancel)))
        };
        let (once, twice) = (cost(250), cost(500));
        assert!(once >= 250 && 10 * twice <= 23 * once, "{what}: {once}, {twice}");
    }
    let parse = parse("def main(): move()\n");
    assert!(check_flow(&parse.file, "", &|| true).is_err());
}
