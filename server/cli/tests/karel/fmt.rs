use crate::{Folder, ROW};
use expect_test::expect;

const UNTIDY: &str = "def main():\n  while frontIsClear( ):  move() # on\n";

#[test]
fn writes_the_canonical_form() {
    let folder = Folder::with(&[("a.karel", UNTIDY), ("sub/row.karel", ROW)]);
    assert_eq!(folder.karel(&["fmt", "."]).all(), "--- exit code 0\n");
    expect![[r#"
        def main():
            while(frontIsClear()):
                move()  # on
    "#]]
    .assert_eq(&folder.read("a.karel"));
    assert_eq!(folder.read("sub/row.karel"), ROW);
    assert_eq!(std::fs::read_dir(folder.path("")).unwrap().count(), 2, "nothing is left beside the files");
}

#[test]
fn check_lists_and_changes_nothing() {
    let folder = Folder::with(&[("a.karel", UNTIDY), ("row.karel", ROW)]);
    assert_eq!(folder.karel(&["fmt", "--check", "."]).all(), "a.karel\n--- exit code 1\n");
    assert_eq!(folder.read("a.karel"), UNTIDY);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let ran = Folder::with(&[]).karel_with(&["fmt", "-"], UNTIDY);
    expect![[r#"
        def main():
            while(frontIsClear()):
                move()  # on
        --- exit code 0
    "#]]
    .assert_eq(&ran.all());
}

#[test]
fn leaves_files_with_mistakes_alone() {
    let wrong = "def main()\n  move()\n";
    let folder = Folder::with(&[("a.karel", wrong)]);
    expect![[r#"
        --- stderr
        error: a.karel has a syntax error and stays as it is; see it with karel check
        --- exit code 1
    "#]]
    .assert_eq(&folder.karel(&["fmt", "a.karel"]).all());
    assert_eq!(folder.read("a.karel"), wrong);
}

#[test]
#[cfg(unix)]
fn keeps_links_and_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::with(&[("a.karel", UNTIDY)]);
    std::fs::set_permissions(folder.path("a.karel"), std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("a.karel", folder.path("link.karel")).unwrap();
    assert_eq!(folder.karel(&["fmt", "link.karel"]).code, 0);
    assert!(folder.path("link.karel").is_symlink());
    assert_ne!(folder.read("a.karel"), UNTIDY);
    let mode = std::fs::metadata(folder.path("a.karel")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}
