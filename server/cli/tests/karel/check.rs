use crate::{Folder, ROW};
use expect_test::expect;

#[test]
fn shows_mistakes_where_they_are() {
    let folder = Folder::with(&[("a.karel", "def main():\n    mvoe()\n"), ("row.karel", ROW)]);
    expect![[r#""#]].assert_eq(&folder.karel(&["check", "."]).all());
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("a.karel", "def main():\n    mvoe()\n")]);
    expect![[r#""#]].assert_eq(&folder.karel(&["check", "--json", "a.karel"]).all());
}

#[test]
fn reads_example_files_with_their_program() {
    let folder = Folder::with(&[
        ("row.karel", "examples \"more.kgrid\"\nexamples \"none.kgrid\"\n\ndef main():\n    move()\n"),
        ("row.kgrid", "example \"a\":\n    input:\n        > #\n    output:\n        > #\n"),
        ("more.kgrid", "example \"b\":\n    input:\n        >\n    output:\n        ^\n"),
    ]);
    expect![[r#""#]].assert_eq(&folder.karel(&["check", ".", "row.kgrid"]).all());
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
    expect![[r#""#]].assert_eq(&folder.karel(&["check", "bytes.karel"]).all());
    std::fs::write(folder.path("deep.karel"), format!("def main():\n{}", "if(".repeat(50_000))).unwrap();
    assert_eq!(folder.karel(&["check", "deep.karel"]).code, 1);
}
