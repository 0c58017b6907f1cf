use crate::{Folder, ROW};
use expect_test::expect;

#[test]
fn shows_before_and_after() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#"
        example "short"
          before    after
          > . .     . . >
          finished after 2 actions, 5 steps
          as the example says

        example "wrong"
          before    after     expected
          > . 2     . . >2    . > 1
          finished after 2 actions, 5 steps
          expected 1 marker at row 1, column 3, but there are 2 markers; expected the robot at row 1, column 2, but it is at row 1, column 3

        example "no output"
          before    after
          > #       > #
          finished after 0 actions, 1 step

        test "held out"
          before    after
          . <       < .
          finished after 1 action, 3 steps
          as the example says
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["run", "row.karel"]).all());
}

#[test]
fn runs_on_a_world_of_ones_own() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    let ran = folder.karel_with(&["run", "row.karel", "--grid", "-"], "v 3\n. #\n");
    expect![[r#"
        <standard input>
          before    after
          v 3       . 3
          . #       v #
          finished after 1 action, 3 steps
        --- exit code 0
    "#]]
    .assert_eq(&ran.all());
    let ran = folder.karel_with(&["run", "row.karel", "--grid", "-"], "v v\n");
    expect![[r#"
        --- stderr
        error: <standard input>: The grid has a second robot in row 1, column 2; leave exactly one.
        --- exit code 2
    "#]]
    .assert_eq(&ran.all());
}

#[test]
fn says_how_a_run_ended() {
    for (body, world, expected) in [
        (
            "repeat(3):\n        pickMarker()",
            ">2",
            "crashed in line 3: pickMarker() at action 3, there is no marker to pick",
        ),
        (
            "while(leftIsClear()):\n        turnLeft()",
            ". . .\n. > .\n. . .",
            "stopped after 8 steps: the loop in line 2 is endless, it sees a world again",
        ),
        ("main()", ">", "stopped: the call in line 2 is more than 1,000 calls deep"),
        ("turnLeft()\n    ...", ">", "stopped at the hole in line 3 after 1 action"),
        ("nothing()", ">", "stopped at a mistake in line 2; see it with karel check"),
    ] {
        let folder = Folder::with(&[("a.karel", &format!("def main():\n    {body}\n"))]);
        let ran = folder.karel_with(&["run", "a.karel", "--grid", "-"], world);
        assert!(ran.out.contains(expected), "{}", ran.all());
        assert_eq!(ran.code, 1);
    }
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#"
        {"example":"short","outcome":"finished","line":null,"ticks":5,"passes":true,"message":"finished after 2 actions, 5 steps","before":"> . .","after":". . >"}
        {"example":"wrong","outcome":"finished","line":null,"ticks":5,"passes":false,"message":"finished after 2 actions, 5 steps","before":"> . 2","after":". . >2"}
        {"example":"no output","outcome":"finished","line":null,"ticks":1,"passes":null,"message":"finished after 0 actions, 1 step","before":"> #","after":"> #"}
        {"example":"held out","outcome":"finished","line":null,"ticks":3,"passes":true,"message":"finished after 1 action, 3 steps","before":". <","after":"< ."}
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["run", "row.karel", "--json"]).all());
}

#[test]
fn says_what_is_missing() {
    let folder = Folder::with(&[
        ("row.karel", ROW),
        ("empty.karel", ""),
        ("alone.karel", "def main():\n    move()\n"),
    ]);
    expect![[r#"
        --- stderr
        error: row.karel has no example and no test named "other"
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["run", "row.karel", "--example", "other"]).all());
    expect![[r#"
        --- stderr
        error: there is no main in empty.karel
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["run", "empty.karel"]).all());
    expect![[r#"
        --- stderr
        error: alone.karel has no example with an input; give a world with --grid
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["run", "alone.karel"]).all());
    expect![[r#"
        --- stderr
        error: none.karel can't be read: there is no such file
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["run", "none.karel"]).all());
}
