use crate::{Folder, ROW};
use expect_test::expect;

#[test]
fn says_which_examples_pass() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#"
        row.karel
          ✓ example "short" · 2 actions
          ✗ example "wrong" · expected 1 marker at row 1, column 3, but there are 2 markers; expected the robot at row 1, column 2, but it is at row 1, column 3
              before    after     expected
              > . 2     . . >2    . > 1
          • example "no output" · no output yet
          ✓ test "held out" · 1 action
        1/2 examples, 1/1 held-out tests
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["test", "row.karel"]).all());
    expect![[r#"
        row.karel
          ✓ example "short" · 2 actions
        1/1 examples
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["test", "row.karel", "--filter", "short"]).all());
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#"
        {"passed":1,"total":2,"testsPassed":1,"tests":1,"examples":[{"file":"row.karel","line":6,"name":"short","test":false,"status":"passed","message":"2 actions"},{"file":"row.karel","line":12,"name":"wrong","test":false,"status":"failed","message":"expected 1 marker at row 1, column 3, but there are 2 markers; expected the robot at row 1, column 2, but it is at row 1, column 3"},{"file":"row.karel","line":18,"name":"no output","test":false,"status":"unjudged","message":"no output yet"},{"file":"row.karel","line":22,"name":"held out","test":true,"status":"passed","message":"1 action"}],"unread":[]}
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["test", "row.karel", "--json"]).all());
}

#[test]
fn runs_example_files_on_their_program() {
    let folder = Folder::with(&[
        ("row.karel", "def main():\n    move()\n"),
        ("row.kgrid", "example \"a\":\n    input:\n        > .\n    output:\n        . >\n"),
        ("other.kgrid", "example \"b\":\n    input:\n        >\n    output:\n        ^\n"),
    ]);
    expect![[r#"
        row.karel
          ✓ example "a" · 1 action
        1/1 examples
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["test", "row.kgrid"]).all());
    expect![[r#"
        other.kgrid
          • example "b" · no program belongs to this file
        row.karel
          ✓ example "a" · 1 action
        1/1 examples
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["test", "."]).all());
}

#[test]
fn nothing_tested_is_no_success() {
    let folder = Folder::with(&[
        ("bare.karel", "def main():\n    move()\n"),
        ("open.karel", "def main():\n    move()\n\nexample \"a\":\n    input:\n        > .\n"),
        ("row.karel", ROW),
    ]);
    for file in ["bare.karel", "open.karel"] {
        let ran = folder.karel(&["test", file]);
        assert!(ran.code == 1 && ran.out.contains("no example says what is to happen"), "{}", ran.all());
    }
    expect![[r#"
        --- stderr
        error: no example and no test has "zzz" in its name
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["test", "--filter", "zzz"]).all());
    assert_eq!(folder.karel(&["test", "--filter", "zzz", "--json"]).code, 2);
}
