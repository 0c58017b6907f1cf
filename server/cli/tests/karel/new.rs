use crate::Folder;
use expect_test::expect;

#[test]
fn writes_a_program_that_passes() {
    let folder = Folder::with(&[]);
    expect![[r#"
        first.karel · Karel walks to the wall: a loop, and examples that are run as you type
        Open it in your editor, or run its examples: karel test first.karel
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["new"]).all());
    assert_eq!(folder.karel(&["test", "first.karel"]).code, 0);
    assert_eq!(folder.karel(&["check", "first.karel"]).code, 0);
}

#[test]
fn names_files_and_makes_folders() {
    let folder = Folder::with(&[]);
    for (name, file) in
        [("a", "a.karel"), ("b.karel", "b.karel"), ("week 1/c", "week 1/c.karel"), ("v1.2", "v1.2.karel")]
    {
        let ran = folder.karel(&["new", name, "--template", "walls", "--json"]);
        assert_eq!(ran.all(), format!("{{\"file\":\"{file}\",\"template\":\"walls\"}}\n--- exit code 0\n"));
        assert!(folder.path(file).is_file());
    }
}

#[test]
fn overwrites_nothing() {
    let folder = Folder::with(&[("mine.karel", "def main(): move()\n"), ("folder.karel/x", "")]);
    expect![[r#"
        --- stderr
        error: mine.karel is there already and stays as it is: give another name
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["new", "mine"]).all());
    assert_eq!(folder.read("mine.karel"), "def main(): move()\n");
    for name in ["folder", "mine.kgrid", ".."] {
        assert_eq!(folder.karel(&["new", name]).code, 2, "{name}");
    }
    assert!(!folder.path("mine.kgrid").exists());
}

#[test]
fn lists_the_templates() {
    let folder = Folder::with(&[]);
    let listed = folder.karel(&["new", "--list"]);
    assert!(listed.out.contains("first       Karel walks to the wall"), "{}", listed.out);
    let json: serde_json::Value =
        serde_json::from_str(&folder.karel(&["new", "--list", "--json"]).out).unwrap();
    let names: Vec<_> = json.as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["first", "walls", "markers", "maze", "procedures", "tests"]);
    assert_eq!(std::fs::read_dir(folder.path("")).unwrap().count(), 0);
    let wrong = folder.karel(&["new", "--template", "none"]);
    assert!(wrong.code == 2 && wrong.err.contains("procedures"), "{}", wrong.all());
}
