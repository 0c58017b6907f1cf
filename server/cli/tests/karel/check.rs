use crate::{Folder, ROW};
use expect_test::expect;

#[test]
fn shows_mistakes_where_they_are() {
    let folder = Folder::with(&[("a.karel", "def main():\n    mvoe()\n"), ("row.karel", ROW)]);
    expect![[r#"
        error[K101]: There is no action or procedure 'mvoe'; did you mean 'move'?
         --> a.karel:2:5
          |
        2 |     mvoe()
          |     ^^^^
          |
        help: Change to 'move'
          |
        2 -     mvoe()
        2 +     move()
          |

        error[K202]: Wrong result in example "wrong": expected 1 marker at row 1, column 3, but there are 2 markers; expected the robot at row 1, column 2, but it is at row 1, column 3.
          --> row.karel:16:11
           |
        16 |         . > 1
           |           -^^
           |           |
           |           expected the robot at row 1, column 2, but it is at row 1, column 3

        info[K210]: Example "no output" has no output yet: it is run, but nothing is checked.
          --> row.karel:18:10
           |
        18 | example "no output":
           |          ^^^^^^^^^

        2 errors, 1 hint in 2 files
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["check", "."]).all());
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("a.karel", "def main():\n    mvoe()\n")]);
    expect![[r#"
        {"file":"a.karel","code":"K101","severity":"error","start":{"line":2,"column":5,"offset":16},"end":{"line":2,"column":9,"offset":20},"message":"There is no action or procedure 'mvoe'; did you mean 'move'?","related":[],"fix":"Change to 'move'"}
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["check", "--json", "a.karel"]).all());
}

#[test]
fn reads_example_files_with_their_program() {
    let folder = Folder::with(&[
        ("row.karel", "examples \"more.kgrid\"\nexamples \"none.kgrid\"\n\ndef main():\n    move()\n"),
        ("row.kgrid", "example \"a\":\n    input:\n        > #\n    output:\n        > #\n"),
        ("more.kgrid", "example \"b\":\n    input:\n        >\n    output:\n        ^\n"),
    ]);
    expect![[r#"
        error[K190]: There is no example file "none.kgrid"; the path counts from this file's folder.
         --> row.karel:2:11
          |
        2 | examples "none.kgrid"
          |           ^^^^^^^^^^

        error[K201]: move() runs into a wall at action 1 of example "a", and in 1 more example.
         --> row.karel:5:5
          |
        5 |     move()
          |     ^^^^^^
          |
        note: example "a": action 1, robot at row 1, column 1, facing east
         --> row.kgrid:1:10
          |
        1 | example "a":
          |          ^
        note: example "b": action 1, robot at row 1, column 1, facing east
         --> more.kgrid:1:10
          |
        1 | example "b":
          |          ^

        2 errors in 3 files
        --- exit code 1
    "#]]
    .assert_eq(&folder.karel(&["check", ".", "row.kgrid"]).all());
}

#[test]
fn reads_standard_input() {
    let ran = Folder::with(&[]).karel_with(&["check", "-"], "def main():\n    move()\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "nothing to report in 1 file\n"));
}

#[test]
fn survives_what_is_no_text() {
    let folder = Folder::with(&[]);
    std::fs::write(folder.path("bytes.karel"), (0..=255).cycle().take(5000).collect::<Vec<u8>>()).unwrap();
    expect![[r#"
        error[K192]: bytes.karel can't be read: line 2 is not in UTF-8; save it as UTF-8
        --> bytes.karel

        1 error in 1 file
        --- exit code 1
    "#]]
    .assert_eq(&folder.karel(&["check", "bytes.karel"]).all());
    std::fs::write(folder.path("deep.karel"), format!("def main():\n{}", "if(".repeat(50_000))).unwrap();
    assert_eq!(folder.karel(&["check", "deep.karel"]).code, 1);
}
