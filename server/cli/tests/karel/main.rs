//! The program `karel` from outside: what it prints, and its exit codes. One file a command.

mod check;
mod fmt;
mod foreign;
mod new;
#[cfg(unix)]
mod one_bad_file;
mod replay;
mod run;
mod synth;
mod test;
mod trace;
mod world;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of `karel` came to.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Output, messages and exit code in one text, for a snapshot.
    pub fn all(&self) -> String {
        let err = if self.err.is_empty() { String::new() } else { format!("--- stderr\n{}", self.err) };
        format!("{}{err}--- exit code {}\n", self.out, self.code)
    }
}

/// A folder of files that is gone after the test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn with(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = folder.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `karel` in the folder, without colours.
    pub fn karel(&self, arguments: &[&str]) -> Ran {
        self.karel_with(arguments, "")
    }

    pub fn karel_with(&self, arguments: &[&str], stdin: &str) -> Ran {
        run(arguments, stdin.as_bytes(), self.0.path(), &[])
    }
}

pub fn run(arguments: &[&str], stdin: &[u8], folder: &Path, environment: &[(&str, &str)]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_karel"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // It may end without having read everything.
    let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// One example passes, one fails, one only runs, one test is held out.
pub const ROW: &str = r#"# Karel walks to the wall.
def main():
    while(frontIsClear()):
        move()

example "short":
    input:
        > . .
    output:
        . . >

example "wrong":
    input:
        > . 2
    output:
        . > 1

example "no output":
    input:
        > #

test "held out":
    input:
        . <
    output:
        < .
"#;

#[test]
fn wrong_use_is_exit_code_2() {
    let folder = Folder::with(&[]);
    for arguments in [&["nonsense"][..], &["check"], &["run", "a", "--max-ticks", "x"], &[]] {
        let ran = folder.karel(arguments);
        assert_eq!(ran.code, 2, "{}", ran.all());
    }
    assert_eq!(folder.karel(&["--version"]).code, 0);
}

#[test]
fn colours_come_where_they_are_wanted() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    let plain = folder.karel(&["test", "row.karel"]);
    assert!(!plain.out.contains('\u{1b}'), "{}", plain.out);
    let path = folder.path("");
    let forced = run(&["test", "row.karel"], b"", &path, &[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")]);
    assert!(forced.out.contains('\u{1b}'), "{}", forced.out);
}

#[test]
fn explains_a_code_and_completes_a_shell() {
    let folder = Folder::with(&[]);
    for code in ["K201", "k201"] {
        let ran = folder.karel(&["explain", code]);
        assert!(ran.code == 0 && ran.out.starts_with("K201: "), "{}", ran.all());
    }
    let ran = folder.karel(&["explain", "K999"]);
    assert!(ran.code == 2 && ran.err.contains("there is no code K999"), "{}", ran.all());
    for shell in ["bash", "zsh", "fish"] {
        let ran = folder.karel(&["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("replay"), "{}", ran.all());
    }
}
