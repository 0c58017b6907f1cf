use crate::{Folder, ROW};
use expect_test::expect;

#[test]
fn prints_the_actions() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#""#]].assert_eq(&folder.karel(&["trace", "row.karel", "--example", "short"]).all());
    expect![[r#""#]].assert_eq(&folder.karel(&["trace", "row.karel", "--example", "no output"]).all());
}

#[test]
fn shows_every_step() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#""#]]
        .assert_eq(&folder.karel(&["trace", "row.karel", "--example", "short", "--frames"]).all());
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    let ran = folder.karel(&["trace", "row.karel", "--example", "held out", "--frames", "--json"]);
    expect![[r#""#]].assert_eq(&ran.all());
}
