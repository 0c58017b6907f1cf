use crate::{Folder, ROW};
use expect_test::expect;

#[test]
fn says_which_examples_pass() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#""#]].assert_eq(&folder.karel(&["test", "row.karel"]).all());
    expect![[r#""#]].assert_eq(&folder.karel(&["test", "row.karel", "--filter", "short"]).all());
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#""#]].assert_eq(&folder.karel(&["test", "row.karel", "--json"]).all());
}

#[test]
fn runs_example_files_on_their_program() {
    let folder = Folder::with(&[
        ("row.karel", "def main():\n    move()\n"),
        ("row.kgrid", "example \"a\":\n    input:\n        > .\n    output:\n        . >\n"),
        ("other.kgrid", "example \"b\":\n    input:\n        >\n    output:\n        ^\n"),
    ]);
    expect![[r#""#]].assert_eq(&folder.karel(&["test", "row.kgrid"]).all());
    expect![[r#""#]].assert_eq(&folder.karel(&["test", "."]).all());
}
