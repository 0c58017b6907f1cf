use super::refactorings;
use crate::fixture::fixture;
use expect_test::{Expect, expect};

#[track_caller]
fn check(id: &str, text: &str, expect: Expect) {
    let f = fixture(text);
    let actions = refactorings(&f.analysis, &f.uri, f.range);
    let action = actions.iter().find(|a| a.id == id);
    expect.assert_eq(&action.map_or("-".to_owned(), |a| format!("{}\n{}", a.title, f.after(&a.change))));
}

#[track_caller]
fn check_none(id: &str, text: &str) {
    check(id, text, expect!["-"]);
}

#[test]
fn extract() {
    let text = "def main():\n    while(frontIsClear()):\n        $0turnLeft()  # one\n        # and\n        turnLeft()$0\n        move()\n\nexample \"a\":\n    input:\n        >\n";
    check(
        "extract-procedure",
        text,
        expect![[r#"
        Extract into procedure 'newProcedure'
        def main():
            while(frontIsClear()):
                newProcedure()
                move()

        def newProcedure():
            turnLeft()  # one
            # and
            turnLeft()

        example "a":
            input:
                >
    "#]],
    );
    check(
        "extract-procedure",
        "def main():\n    move()\n    $0move(); turnLeft()$0",
        expect![[r#"
        Extract into procedure 'newProcedure'
        def main():
            move()
            newProcedure()

        def newProcedure():
            move(); turnLeft()"#]],
    );
    check_none("extract-procedure", "def main():\n    mo$0ve()\n");
    check_none("extract-procedure", "def main():\n    $0f()$0\ndef f(): move()\n");
}

#[test]
fn inline() {
    let text = "def main():\n    aro$0und()\n    move()\n\ndef around():\n    # twice\n    turnLeft()\n    repeat(1):\n        turnLeft()\n";
    check(
        "inline-call",
        text,
        expect![[r#"
        Inline this call of 'around'
        def main():
            # twice
            turnLeft()
            repeat(1):
                turnLeft()
            move()

        def around():
            # twice
            turnLeft()
            repeat(1):
                turnLeft()
    "#]],
    );
    let text = "def main():\n    if(markersPresent()): around(); move()\n    around()\n\ndef aro$0und(): turnLeft(); turnLeft()\n";
    check(
        "inline-procedure",
        text,
        expect![[r#"
        Inline 'around' into its 2 calls
        def main():
            if(markersPresent()): turnLeft(); turnLeft(); move()
            turnLeft()
            turnLeft()

    "#]],
    );
    check_none("inline-procedure", "def main(): f()\ndef f$0(): f()\n");
    check_none("inline-call", "def f(): main$0()\ndef main(): move()\n");
    check_none("inline-call", "def main(): f$0(); move()\ndef f(): repeat(2): move()\n");
}

#[test]
fn roll() {
    check(
        "roll-repeat",
        "def main():\n    move()\n    turn$0Left()\n    turnLeft()\n    turnLeft()\n    move()\n",
        expect![[r#"
        Roll up into 'repeat(3)'
        def main():
            move()
            repeat(3):
                turnLeft()
            move()
    "#]],
    );
    let text = "def main():\n    $0move()\n    turnLeft()\n    move()\n    turnLeft()\n$0    putMarker()\n";
    check(
        "roll-repeat",
        text,
        expect![[r#"
        Roll up into 'repeat(2)'
        def main():
            repeat(2):
                move()
                turnLeft()
            putMarker()
    "#]],
    );
    check_none("roll-repeat", "def main():\n    mo$0ve()\n    turnLeft()\n");
    check_none(
        "roll-repeat",
        "def main():\n    turnLeft()\n    mo$0ve()\n    putMarker()\n    putMarker()\n",
    );
}

#[test]
fn unroll() {
    let text = "def main():\n    rep$0eat(2):\n        move()  # on\n        if(markersPresent()):\n            pickMarker()\n    turnLeft()\n";
    check(
        "unroll-repeat",
        text,
        expect![[r#"
        Unroll into 6 statements
        def main():
            move()  # on
            if(markersPresent()):
                pickMarker()
            move()  # on
            if(markersPresent()):
                pickMarker()
            turnLeft()
    "#]],
    );
    check(
        "unroll-repeat",
        "def main():\n    rep$0eat(3): move(); turnLeft()\n",
        expect![[r#"
        Unroll into 6 statements
        def main():
            move()
            turnLeft()
            move()
            turnLeft()
            move()
            turnLeft()
    "#]],
    );
    check_none("unroll-repeat", "def main():\n    rep$0eat(0): move()\n");
    check_none("unroll-repeat", "def main():\n    rep$0eat(?): move()\n");
}

#[test]
fn branches() {
    let text = "def main():\n    if(front$0IsClear()):\n        move()\n    turnLeft()\n";
    check(
        "add-else",
        text,
        expect![[r#"
        Add an 'else' with a hole
        def main():
            if(frontIsClear()):
                move()
            else:
                ...
            turnLeft()
    "#]],
    );
    let text =
        "def main():\n    i$0f(frontIsClear()):\n        move()\n    else:\n        ...\n    turnLeft()\n";
    check(
        "remove-else",
        text,
        expect![[r#"
        Remove the 'else', which is a hole
        def main():
            if(frontIsClear()):
                move()
            turnLeft()
    "#]],
    );
    let text = "def main():\n    i$0f(not(frontIsClear())):\n        # away\n        turnLeft()  # left\n        turnLeft()\n    else:\n        move()\n    turnLeft()\n";
    check(
        "negate-if",
        text,
        expect![[r#"
        Negate the condition and swap the branches
        def main():
            if(frontIsClear()):
                move()
            else:
                # away
                turnLeft()  # left
                turnLeft()
            turnLeft()
    "#]],
    );
    let text = "def main():\n    i$0f(markersPresent()): pickMarker()\n    else: move()\n";
    check(
        "negate-if",
        text,
        expect![[r#"
        Negate the condition and swap the branches
        def main():
            if(noMarkersPresent()):
                move()
            else:
                pickMarker()
    "#]],
    );
    check(
        "negate-if",
        "def main():\n  i$0f leftIsClear():\n    move()\n  else:\n    turnLeft()\n",
        expect![[r#"
        Negate the condition and swap the branches
        def main():
          if (not(leftIsClear())):
            turnLeft()
          else:
            move()
    "#]],
    );
    check_none("negate-if", "def main():\n    i$0f(?):\n        move()\n    else:\n        turnLeft()\n");
}

#[test]
fn a_second_procedure_has_a_name_of_its_own() {
    let text = "def main():\n    $0move()\n    turnLeft()$0\n\ndef newProcedure():\n    move()\n\ndef newProcedure2():\n    move()\n";
    let f = fixture(text);
    let actions = refactorings(&f.analysis, &f.uri, f.range);
    let action = actions.iter().find(|a| a.id == "extract-procedure").unwrap();
    assert_eq!(action.title, "Extract into procedure 'newProcedure3'");
}

#[test]
fn no_more_is_rolled_up_than_a_repeat_runs() {
    let text = |n| format!("def main():\n    $0{}\n", ["move()"; 20][..n].join("\n    "));
    let offered = |n| {
        let f = fixture(&text(n));
        let actions = refactorings(&f.analysis, &f.uri, f.range);
        actions.into_iter().find(|a| a.id == "roll-repeat").map(|a| a.title)
    };
    assert_eq!(offered(19).as_deref(), Some("Roll up into 'repeat(19)'"));
    assert_eq!(offered(20), None);
}

#[test]
fn an_else_with_a_comment_stays() {
    for comment in
        ["  # why\n        ...\n", "\n        # why\n        ...\n", "\n        ...\n        # why\n"]
    {
        let text = format!("def main():\n    if(frontIsClear()):\n        move()\n    el$0se:{comment}");
        check_none("remove-else", &text);
    }
}
