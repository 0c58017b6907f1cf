//! What tests of several crates need: data that a checkout may be without, and a program that has everything.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

/// A program with loops, branches, calls and recursion in each other, several statements on a line, and a loop without
/// rounds: what walks over a run has to get right.
pub const EVERYTHING: &str = "\
def main():
    repeat(3):
        while(frontIsClear()):
            if(markersPresent()): pickMarker()
            else:
                move()
            if(not(leftIsClear())): twice(); rest()
        turnLeft()
        putMarker()
def twice(): turnLeft(); turnLeft()
def rest():
    if(rightIsClear()): turnLeft(); rest()
    repeat(0): move()
";

/// The file of the shared data: in the folder KAREL_SHARED, else in `shared` beside the checkout. Where it is not there,
/// the test has nothing to test and should return: it is noted as skipped, so that `cargo xtask test` does not count it as
/// passed.
pub fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KAREL_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")));
    let path = root.join("data").join(name);
    if path.exists() {
        return path.canonicalize().ok();
    }
    skip(&format!("there is no {}; KAREL_SHARED names another folder of shared data", path.display()));
    None
}

/// Notes that the test which runs could not be run, and why: on standard error, and in the file KAREL_SKIPPED if
/// that is set, as a line `TEST: REASON`.
#[expect(clippy::print_stderr, reason = "who runs a test by hand sees it there")]
pub fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
    let Some(path) = std::env::var_os("KAREL_SKIPPED") else { return };
    let thread = std::thread::current();
    let line = format!("{}: {reason}\n", thread.name().unwrap_or("a test"));
    let written =
        File::options().append(true).create(true).open(&path).and_then(|mut f| f.write_all(line.as_bytes()));
    if let Err(error) = written {
        panic!("{} can't be written: {error}", PathBuf::from(path).display());
    }
}
