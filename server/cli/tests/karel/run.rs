use crate::{Folder, ROW};
use expect_test::expect;

#[test]
fn shows_before_and_after() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#""#]].assert_eq(&folder.karel(&["run", "row.karel"]).all());
}

#[test]
fn runs_on_a_world_of_ones_own() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    let ran = folder.karel_with(&["run", "row.karel", "--grid", "-"], "v 3\n. #\n");
    expect![[r#""#]].assert_eq(&ran.all());
    let ran = folder.karel_with(&["run", "row.karel", "--grid", "-"], "v v\n");
    expect![[r#""#]].assert_eq(&ran.all());
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
            "stopped after 8 ticks: the loop in line 2 is endless, it sees a world again",
        ),
        ("main()", ">", "stopped: the call in line 2 is more than 1,000 calls deep"),
        ("turnLeft()\n    ...", ">", "stopped at the hole in line 3 after 1 actions"),
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
    expect![[r#""#]].assert_eq(&folder.karel(&["run", "row.karel", "--json"]).all());
}

#[test]
fn says_what_is_missing() {
    let folder = Folder::with(&[
        ("row.karel", ROW),
        ("empty.karel", ""),
        ("alone.karel", "def main():\n    move()\n"),
    ]);
    expect![[r#""#]].assert_eq(&folder.karel(&["run", "row.karel", "--example", "other"]).all());
    expect![[r#""#]].assert_eq(&folder.karel(&["run", "empty.karel"]).all());
    expect![[r#""#]].assert_eq(&folder.karel(&["run", "alone.karel"]).all());
    expect![[r#""#]].assert_eq(&folder.karel(&["run", "none.karel"]).all());
}
