//! Runs one program of tests: shows what it prints as it comes, and counts.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::tally::{Report, Tally};

/// Runs `command`, and reads its counts as `report` says. A program that fails without a failed check, or that
/// succeeds without having run any, counts as one failure: its exit or its silence is what went wrong.
pub(crate) fn run(mut command: Command, report: Report) -> Result<Tally> {
    let name = command.get_program().to_string_lossy().into_owned();
    let (reader, writer) = std::io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn();
    let mut child = child.with_context(|| format!("`{name}` can't be started; is it installed?"))?;
    // The command holds the pipe's other end: it has to go for the reading to end.
    drop(command);
    let mut tally = Tally::default();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        anstream::println!("{line}");
        tally += report.read(&anstream::adapter::strip_str(&line).to_string());
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        anstream::println!("`{name}` failed ({status})");
        tally += Tally::one(false);
    } else if status.success() && tally.passed + tally.failed + tally.skipped == 0 {
        anstream::println!("`{name}` succeeded but ran no test");
        tally += Tally::one(false);
    }
    Ok(tally)
}
