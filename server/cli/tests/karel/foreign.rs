//! Files of other Karels: read, imported, exported, or refused with one message.

use crate::Folder;
use expect_test::expect;

const TOKENS: &str = "DEF run m( WHILE c( frontIsClear c) w( move w)\n   turnLeft m)\n";
const EXAMPLE: &str = "example \"a\":\n    input:\n        > . .\n    output:\n        . . ^\n";

#[test]
fn tokens_are_read_by_every_command() {
    let folder = Folder::with(&[("t.karel", TOKENS), ("t.kgrid", EXAMPLE)]);
    expect!["nothing to report in 2 files\n--- exit code 0\n"]
        .assert_eq(&folder.karel(&["check", "t.karel"]).all());
    assert_eq!(folder.karel(&["test", "t.karel"]).code, 0);
    assert!(folder.karel(&["run", "t.karel"]).out.contains("finished after 3 actions"));
    assert!(folder.karel(&["trace", "t.karel"]).out.contains("move move turnLeft"));
    assert_eq!(folder.karel(&["fmt", "--check", "t.karel"]).all(), "t.karel\n--- exit code 1\n");
    assert_eq!(folder.karel(&["fmt", "t.karel"]).code, 0);
    let formatted = "DEF run m( WHILE c( frontIsClear c) w( move w) turnLeft m)\n";
    assert_eq!(folder.read("t.karel"), formatted);
    expect![[r#"
        def main():
            while(frontIsClear()):
                move()
            turnLeft()
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["import", "t.karel"]).all());
    assert_eq!(folder.karel(&["import", "t.karel", "--out", "p.karel"]).code, 0);
    assert_eq!(folder.karel(&["export", "p.karel", "--to", "tokens"]).out, formatted);
    assert_eq!(folder.karel(&["import", "t.karel", "--out", "p.karel"]).code, 2, "nothing is overwritten");
}

#[test]
fn the_wrong_token_is_named_everywhere() {
    let folder = Folder::with(&[("t.karel", "DEF run m( WHILE c( MarkersPresent c) w( move w) m)\n")]);
    expect![[r#"
        error[K060]: This is a program in the dataset's tokens: token 6 is 'MarkersPresent', but a condition such as 'frontIsClear', or 'not' must stand there.
         --> t.karel:1:21
          |
        1 | DEF run m( WHILE c( MarkersPresent c) w( move w) m)
          |                     ^^^^^^^^^^^^^^

        1 error in 1 file
        --- exit code 1
    "#]]
    .assert_eq(&folder.karel(&["check", "t.karel"]).all());
    for command in ["run", "trace", "import"] {
        let ran = folder.karel(&[command, "t.karel"]);
        assert!(ran.code == 2 && ran.err.contains("token 6 is 'MarkersPresent'"), "{command}: {}", ran.all());
    }
    assert_eq!(folder.karel(&["fmt", "t.karel"]).code, 1);
}

#[test]
fn several_programs_are_imported_each_into_a_file() {
    let folder = Folder::with(&[("t.karel", "DEF run m( move m)\nDEF run m( turnLeft m)\n")]);
    let checked = folder.karel(&["check", "t.karel"]);
    assert!(checked.code == 1 && checked.out.contains("These are 2 programs"), "{}", checked.all());
    assert_eq!(folder.karel(&["import", "t.karel", "-o", "p.karel"]).all(), "--- exit code 0\n");
    assert_eq!(folder.read("p-2.karel"), "def main():\n    turnLeft()\n");
}

#[test]
fn braces_are_imported_and_exported() {
    let curly = "def run() {\n  while(front_is_clear()) {\n    move()\n  };\n  turn_left()\n}\n";
    let folder =
        Folder::with(&[("c.txt", curly), ("p.karel", "def main():\n    f()\n\ndef f():\n    move()\n")]);
    assert_eq!(folder.karel(&["import", "c.txt", "--out", "c.karel"]).code, 0);
    assert_eq!(folder.karel(&["export", "c.karel", "--to", "curly"]).out, curly);
    expect![[r#"
        --- stderr
        error: p.karel, line 2: that form has no procedures of one's own: inline 'f()' first
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["export", "p.karel", "--to", "curly"]).all());
}

const STANFORD: &str = "Dimension: (3, 2)\nBeeper: (3, 1); 2\nKarel: (1, 1); east\nBeeperBag: INFINITY\n";

#[test]
fn worlds_are_imported_run_and_exported() {
    let program = "def main():\n    while(frontIsClear()):\n        move()\n";
    let folder = Folder::with(&[("two.w", STANFORD), ("p.karel", program)]);
    expect![[r#"
        example "two":
            input:
                . . .
                > . 2
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["import", "two.w"]).all());
    assert!(folder.karel(&["run", "p.karel", "--grid", "two.w"]).out.contains("finished after 2 actions"));
    assert_eq!(folder.karel(&["import", "two.w", "--out", "two.kgrid"]).code, 0);
    for (format, text) in [
        ("stanford", STANFORD),
        ("w", STANFORD),
        ("dense", "...\n>.2\n"),
        ("km2", "KAREL 0 1 > N\n. . .\n. . 2\n"),
    ] {
        let ran = folder.karel(&["export", "two.kgrid", "--to", format]);
        assert_eq!((ran.out.as_str(), ran.code), (text, 0), "{}", ran.err);
    }
    assert_eq!(folder.karel(&["export", "two.kgrid", "--to", "xml", "--out", "two.xml"]).code, 0);
    assert_eq!(folder.karel(&["import", "two.xml"]).out, folder.read("two.kgrid"));
    let ran = folder.karel(&["run", "p.karel", "--grid", "two.kgrid"]);
    assert_eq!(ran.code, 0, "an example file with one example shows a world: {}", ran.err);
}

#[test]
fn what_cannot_be_imported_is_refused_by_name() {
    let thin = format!("{STANFORD}Wall: (1, 1); north\n");
    let folder = Folder::with(&[("thin.w", &thin), ("p.karel", "def main():\n    move()\n")]);
    let refusal = "error: thin.w: there is a wall between cells, on the north side of column 1, row 1 (counted from the \
                   south-west): walls are whole cells in this language, so it can't be imported\n";
    for arguments in [&["import", "thin.w"][..], &["run", "p.karel", "--grid", "thin.w"]] {
        let ran = folder.karel(arguments);
        assert_eq!((ran.err.as_str(), ran.code), (refusal, 2));
    }
}

/// One message, the same one, whatever is asked of the file.
#[test]
fn a_recognised_file_is_named_alike_by_all_commands() {
    for (text, message) in [
        (
            "from karel.stanfordkarel import *\n\ndef main():\n    put_beeper()\n",
            "This is a program of Stanford's Karel in Python, which can't be imported; write it anew, from 'karel new'.",
        ),
        (
            "iniciar-programa\n    avanza;\nfinalizar-programa\n",
            "This is a program of ReKarel, in its Pascal form, which can't be imported; write it anew, from 'karel new'.",
        ),
        (
            "{\n  \"robots\": [{\"x\": 1}],\n  \"walls\": {}\n}\n",
            "This is a world of Reeborg (JSON), whose walls stand between cells; draw it anew as an example.",
        ),
        (
            "{\n \"cells\": [],\n \"nbformat\": 4\n}\n",
            "This is a Jupyter notebook; save the program in it as a file of its own.",
        ),
    ] {
        let folder = Folder::with(&[("p.karel", "def main():\n    move()\n")]);
        // Beside each other, a program and an example file of one name would belong together.
        std::fs::write(folder.path("x.karel"), text).unwrap();
        for arguments in [
            &["check", "x.karel"][..],
            &["run", "x.karel"],
            &["import", "x.karel"],
            &["export", "x.karel", "--to", "tokens"],
            &["run", "p.karel", "--grid", "x.karel"],
        ] {
            let ran = folder.karel(arguments);
            assert!(ran.code != 0, "{arguments:?}");
            assert_eq!((ran.out + &ran.err).matches(message).count(), 1, "{arguments:?}: {text}");
        }
    }
}

#[test]
fn a_binary_file_is_named() {
    let folder = Folder::with(&[]);
    for (bytes, name) in [
        (&b"\x89HDF\r\n\x1a\n\xff"[..], "an HDF5 file"),
        (b"PK\x03\x04\xff\xff", "a ZIP archive, as NumPy's .npz is"),
        (b"\x1f\x8b\x08\xff", "a compressed file"),
        (b"\x93NUMPY\x01", "a NumPy array"),
    ] {
        std::fs::write(folder.path("x.karel"), bytes).unwrap();
        for command in ["check", "run", "import", "test", "fmt"] {
            let ran = folder.karel(&[command, "x.karel"]);
            assert!((ran.out.clone() + &ran.err).contains(name), "{command}: {}", ran.all());
        }
    }
}
