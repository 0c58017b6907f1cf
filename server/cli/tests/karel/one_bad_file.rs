//! A file that can't be read is said, and stops nothing.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Command;

use crate::{Folder, ROW, run};
use expect_test::expect;

const MISTAKE: &str = "def main():\n    mvoe()\n";

/// Between two good files one of each kind that can't be read.
fn folder() -> Folder {
    let folder =
        Folder::with(&[("a.karel", MISTAKE), ("z.karel", ROW), ("folder.karel/inner.karel", MISTAKE)]);
    fs::write(folder.path("latin1.karel"), b"def main():\n    # caf\xe9\n    move()\n").unwrap();
    fs::write(folder.path("large.karel"), vec![b'#'; (4 << 20) + 1]).unwrap();
    fs::write(folder.path("utf16.kgrid"), b"\xff\xfee\0x\0").unwrap();
    assert!(Command::new("mkfifo").arg(folder.path("pipe.karel")).status().unwrap().success());
    symlink("/dev/zero", folder.path("device.kgrid")).unwrap();
    symlink("nowhere", folder.path("dangling.karel")).unwrap();
    symlink("nowhere", folder.path(".#hidden.karel")).unwrap();
    folder
}

#[test]
fn check_reports_them_and_goes_on() {
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

        error[K101]: There is no action or procedure 'mvoe'; did you mean 'move'?
         --> folder.karel/inner.karel:2:5
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
          --> z.karel:16:11
           |
        16 |         . > 1
           |           -^^
           |           |
           |           expected the robot at row 1, column 2, but it is at row 1, column 3

        info[K210]: Example "no output" has no output yet: it is run, but nothing is checked.
          --> z.karel:18:10
           |
        18 | example "no output":
           |          ^^^^^^^^^

        error[K192]: dangling.karel can't be read: there is no such file
        --> dangling.karel

        error[K192]: device.kgrid can't be read: it is a pipe or a device, not a regular file
        --> device.kgrid

        error[K192]: large.karel can't be read: it is larger than 4 MiB
        --> large.karel

        error[K192]: latin1.karel can't be read: line 2 is not in UTF-8; save it as UTF-8
        --> latin1.karel

        error[K192]: pipe.karel can't be read: it is a pipe or a device, not a regular file
        --> pipe.karel

        error[K192]: utf16.kgrid can't be read: line 1 is not in UTF-8; save it as UTF-8
        --> utf16.kgrid

        9 errors, 1 hint in 9 files
        --- exit code 1
    "#]]
    .assert_eq(&folder().karel(&["check"]).all());
    let json = folder().karel(&["check", "--json"]);
    assert_eq!(json.code, 1);
    assert_eq!(json.out.lines().filter(|line| line.contains(r#""code":"K192""#)).count(), 6, "{}", json.out);
}

#[test]
fn test_reports_them_and_goes_on() {
    expect![[r#"
        a.karel
          no examples
        folder.karel/inner.karel
          no examples
        z.karel
          ✓ example "short" · 2 actions
          ✗ example "wrong" · expected 1 marker at row 1, column 3, but there are 2 markers; expected the robot at row 1, column 2, but it is at row 1, column 3
              before    after     expected
              > . 2     . . >2    . > 1
          • example "no output" · no output yet
          ✓ test "held out" · 1 action
        dangling.karel
          ✗ dangling.karel can't be read: there is no such file
        device.kgrid
          ✗ device.kgrid can't be read: it is a pipe or a device, not a regular file
        large.karel
          ✗ large.karel can't be read: it is larger than 4 MiB
        latin1.karel
          ✗ latin1.karel can't be read: line 2 is not in UTF-8; save it as UTF-8
        pipe.karel
          ✗ pipe.karel can't be read: it is a pipe or a device, not a regular file
        utf16.kgrid
          ✗ utf16.kgrid can't be read: line 1 is not in UTF-8; save it as UTF-8
        1/2 examples, 6 files can't be read, 1/1 held-out tests
        --- exit code 1
    "#]]
    .assert_eq(&folder().karel(&["test"]).all());
    let json: serde_json::Value = serde_json::from_str(&folder().karel(&["test", "--json"]).out).unwrap();
    assert_eq!(json["unread"].as_array().unwrap().len(), 6, "{json}");
}

#[test]
fn fmt_reports_them_and_goes_on() {
    let folder = folder();
    fs::write(folder.path("zz.karel"), "def main(): move()").unwrap();
    expect![[r#"
        zz.karel
        --- stderr
        error: dangling.karel can't be read: there is no such file
        error: device.kgrid can't be read: it is a pipe or a device, not a regular file
        error: large.karel can't be read: it is larger than 4 MiB
        error: latin1.karel can't be read: line 2 is not in UTF-8; save it as UTF-8
        error: pipe.karel can't be read: it is a pipe or a device, not a regular file
        error: utf16.kgrid can't be read: line 1 is not in UTF-8; save it as UTF-8
        --- exit code 1
    "#]]
    .assert_eq(&folder.karel(&["fmt", "--check"]).all());
    assert_eq!(folder.karel(&["fmt"]).code, 1);
    assert_eq!(folder.read("zz.karel"), "def main():\n    move()\n");
}

#[test]
fn a_path_that_is_not_there_stops_nothing_either() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    for command in ["check", "test", "fmt"] {
        let ran = folder.karel(&[command, "none.karel", "row.karel"]);
        assert_eq!(ran.code, 2, "{}", ran.all());
        assert!(ran.err.starts_with("error: can't open none.karel"), "{}", ran.err);
        assert!(command == "fmt" || ran.out.contains("wrong"), "{}", ran.out);
    }
}

#[test]
fn example_lines_name_example_files_only() {
    let folder = folder();
    let names = [
        "",
        "pipe.kgrid",
        "device.kgrid",
        "folder.karel",
        "utf16.kgrid",
        "a.karel",
        "/dev/zero",
        "none.kgrid",
    ];
    let lines: String = names.map(|name| format!("examples \"{name}\"\n")).concat();
    assert!(Command::new("mkfifo").arg(folder.path("pipe.kgrid")).status().unwrap().success());
    fs::write(folder.path("p.karel"), lines + "\ndef main():\n    move()\n").unwrap();
    let ran = folder.karel(&["check", "p.karel"]);
    let messages: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("error")).collect();
    expect![[r#"
        error[K190]: This line names no example file: write its path between the quotes.
        error[K190]: The example file "pipe.kgrid" can't be read: it is a pipe or a device, not a regular file.
        error[K190]: The example file "device.kgrid" can't be read: it is a pipe or a device, not a regular file.
        error[K190]: The example file "folder.karel" can't be read: it is a folder.
        error[K190]: The example file "utf16.kgrid" can't be read: line 1 is not in UTF-8; save it as UTF-8.
        error[K190]: The example file "a.karel" can't be read: the name of an example file ends in .kgrid.
        error[K190]: The example file "/dev/zero" can't be read: the name of an example file ends in .kgrid.
        error[K190]: There is no example file "none.kgrid"; the path counts from this file's folder."#]]
    .assert_eq(&messages.join("\n"));
    let tested = folder.karel(&["test", "p.karel"]);
    assert_eq!(tested.code, 1, "{}", tested.all());
    let ran = folder.karel(&["run", "p.karel"]);
    assert!(ran.err.contains("warning: The example file \"device.kgrid\" can't be read"), "{}", ran.err);
}

#[test]
fn an_example_file_beside_its_program_is_told_in_the_program() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    fs::write(folder.path("row.kgrid"), b"example \"\xe9\":\n").unwrap();
    let ran = folder.karel(&["check"]);
    assert!(
        ran.out.contains("error[K190]: The example file \"row.kgrid\" can't be read: line 1"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("K192"), "it is said once: {}", ran.out);
}

#[test]
fn fmt_keeps_what_a_file_is() {
    let folder =
        Folder::with(&[("a.karel", "def main(): move()"), ("read-only.karel", "def main(): move()")]);
    let a = folder.path("a.karel");
    fs::set_permissions(&a, fs::Permissions::from_mode(0o646)).unwrap();
    fs::hard_link(&a, folder.path("b.karel")).unwrap();
    let inode = fs::metadata(&a).unwrap().ino();
    let read_only = folder.path("read-only.karel");
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o444)).unwrap();
    expect![[r#"
        --- stderr
        error: read-only.karel is read-only and stays as it is
        --- exit code 1
    "#]]
    .assert_eq(&folder.karel(&["fmt"]).all());
    assert_eq!(folder.read("read-only.karel"), "def main(): move()");
    assert_eq!(folder.read("b.karel"), "def main():\n    move()\n");
    let metadata = fs::metadata(&a).unwrap();
    assert_eq!((metadata.ino(), metadata.mode() & 0o777, metadata.nlink()), (inode, 0o646, 2));
}

#[test]
fn a_writable_file_in_a_folder_that_is_not_is_written() {
    let folder = Folder::with(&[("sub/a.karel", "def main(): move()")]);
    let sub = folder.path("sub");
    fs::set_permissions(&sub, fs::Permissions::from_mode(0o555)).unwrap();
    // Whoever is root may write everywhere, and is not refused here.
    let ran = folder.karel(&["fmt", "sub"]);
    fs::set_permissions(&sub, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(folder.read("sub/a.karel"), "def main():\n    move()\n");
}

#[test]
fn two_readers_of_standard_input_are_refused() {
    let ran = run(&["run", "-", "--grid", "-"], b"", &Folder::with(&[]).path(""), &[]);
    assert!(ran.code == 2 && ran.err.contains("standard input"), "{}", ran.all());
}
