use super::completion;
use crate::fixture::fixture;
use expect_test::{Expect, expect};

fn labels(text: &str) -> String {
    let f = fixture(text);
    let found = completion(&f.analysis, &f.uri, f.offset());
    found.iter().map(|c| c.label.as_str()).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(text: &str, expect: Expect) {
    expect.assert_eq(&labels(text));
}

#[test]
fn statements() {
    check(
        "def main():\n    $0\n",
        expect!["move turnLeft turnRight pickMarker putMarker if if … else while repeat ..."],
    );
    check(
        "def main():\n    mo$0\n",
        expect!["move turnLeft turnRight pickMarker putMarker if if … else while repeat ..."],
    );
    check(
        "def main(): move(); $0\n",
        expect!["move turnLeft turnRight pickMarker putMarker if if … else while repeat ..."],
    );
    check(
        "# Turns.\ndef around(): turnLeft()\ndef main():\n    $0\n",
        expect!["move turnLeft turnRight pickMarker putMarker around if if … else while repeat ..."],
    );
}

#[test]
fn else_after_if() {
    assert!(labels("def main():\n    if(markersPresent()):\n        move()\n    $0\n").starts_with("else "));
    assert!(
        !labels("def main():\n    while(markersPresent()):\n        move()\n    $0\n").starts_with("else ")
    );
}

#[test]
fn conditions_and_counts() {
    check(
        "def main():\n    while($0\n",
        expect!["frontIsClear leftIsClear rightIsClear markersPresent noMarkersPresent not ?"],
    );
    check(
        "def main():\n    if(not(fr$0)):\n",
        expect!["frontIsClear leftIsClear rightIsClear markersPresent noMarkersPresent not ?"],
    );
    check(
        "def main():\n    if not $0\n",
        expect!["frontIsClear leftIsClear rightIsClear markersPresent noMarkersPresent not ?"],
    );
    check("def main():\n    repeat($0):\n", expect!["2 3 4 5 6 7 8 9 10 ?"]);
    check("def main():\n    while(frontIsClear()$0\n", expect![""]);
}

#[test]
fn top_level() {
    check("$0", expect!["def main def example test example … crashes examples"]);
    check("def main():\n    move()\n\nex$0", expect!["def example test example … crashes examples"]);
    check("//- a.kgrid\n$0\n", expect!["example test example … crashes"]);
}

#[test]
fn examples() {
    check("example \"a\":\n    $0\n", expect!["input output trace"]);
    check("example \"a\":\n    input:\n        . >\n    $0\n", expect!["output trace"]);
    check("example \"a\" $0\n", expect!["crashes"]);
    check("example \"a\":\n    input:\n        . $0\n", expect![". # ^ > v < 1 2 3 4 5 6 7 8 9"]);
    check(
        "example \"a\":\n    input:\n        . >\n    trace: mo$0\n",
        expect!["move turnLeft turnRight pickMarker putMarker"],
    );
}

#[test]
fn statements_only_where_they_can_stand() {
    let lists_statements = |text: &str| labels(text).contains("turnLeft");
    for inside in [
        "def main(): $0",
        "def main(): move(); $0",
        "def main():\n    $0",
        "def main():\n    # first\n\n    $0",
        "def main():\n    move()\n    $0\n",
        "def main():\n    while(frontIsClear()): # go on\n        $0\n",
        "def main():\n    while(frontIsClear()): $0\n",
        "def main()\n    $0\n",
        "def main():\n    if(?): move()\n    else: $0\n",
        "example \"a\":\n    input:\n        . >\ndef main():\n    $0",
    ] {
        assert!(lists_statements(inside), "{inside:?}");
    }
    for outside in [
        "$0",
        "mo$0",
        "    $0",
        "move(); $0",
        "def main():\n    move()\n$0",
        "def main():\n    move()\n        $0",
        "def main():\n    repeat(2): move()\n        $0",
        "def main(): move()\n    $0",
        "examples \"a.kgrid\"\n    $0",
        "//- a.kgrid\n    $0",
        "//- a.kgrid\nmove(); $0",
        "example \"a\":\n    input: $0\n",
        "example \"a\":\n    input:\n        $0\n",
    ] {
        assert!(!lists_statements(outside), "{outside:?}");
    }
}

#[test]
fn cells_only_where_none_was_begun() {
    let grid = |row: &str| labels(&format!("example \"a\":\n    input:\n        . >\n        {row}$0\n"));
    for row in ["", ". ", "1 ", ">3  ", "# "] {
        assert_eq!(grid(row), ". # ^ > v < 1 2 3 4 5 6 7 8 9", "{row:?}");
    }
    for row in [".", "#", "^", ">", "v", "<", "1", ". v", ". >3", "# 9", ". x"] {
        assert_eq!(grid(row), "", "{row:?}");
    }
}

#[test]
fn nowhere() {
    check("def main():\n    move() # a comm$0\n", expect![""]);
    check("example \"na$0me\":\n", expect![""]);
    check("def ma$0\n", expect![""]);
}

#[test]
fn replaces_the_word_and_no_parentheses() {
    let f = fixture("# Turns\n# round.\ndef around(): turnLeft()\ndef main():\n    aro$0nd()\n");
    let found = completion(&f.analysis, &f.uri, f.offset());
    let around = found.iter().find(|c| c.label == "around").unwrap();
    assert_eq!(f.source(&f.uri).slice(around.replace), "arond");
    assert_eq!(around.insert, "around");
    expect![[r#"
        Turns round.

        ```kareldsl
        def around():
            turnLeft()
        ```"#]]
    .assert_eq(around.documentation.as_deref().unwrap());
}
