//! `cargo xtask test`: gets what the tests need, runs every suite, quick ones first, and ends with the line
//! `N passed, N failed` (`, N skipped` if any were), which sums all suites.

mod runner;
mod suites;
mod tally;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use owo_colors::OwoColorize;

use crate::tools::Unavailable;
use suites::SUITES;
use tally::Tally;

#[derive(clap::Args)]
pub struct Args {
    /// Run this suite only; may be given several times.
    #[arg(long, value_name = "SUITE")]
    only: Vec<String>,
    /// List the suites and run none.
    #[arg(long)]
    list: bool,
}

/// A group of checks that are run and counted together.
struct Suite {
    name: &'static str,
    about: &'static str,
    /// Fails where the suite could not be run; with [`Unavailable`] where it is to be skipped.
    run: fn() -> Result<Tally>,
}

/// How a suite went.
struct Outcome {
    suite: &'static Suite,
    tally: Tally,
    time: Duration,
    /// Why it was skipped or could not be run.
    note: Option<String>,
}

pub fn run(args: Args) -> Result<()> {
    if args.list {
        SUITES.iter().for_each(|suite| anstream::println!("{:10} {}", suite.name, suite.about));
        return Ok(());
    }
    if let Some(unknown) = args.only.iter().find(|only| SUITES.iter().all(|suite| suite.name != **only)) {
        bail!("there is no suite `{unknown}`: `cargo xtask test --list` tells which there are");
    }
    let wanted = |suite: &&Suite| args.only.is_empty() || args.only.iter().any(|only| only == suite.name);
    let suites: Vec<&'static Suite> = SUITES.iter().filter(wanted).collect();
    let count = suites.len();
    let outcomes: Vec<Outcome> = suites
        .into_iter()
        .enumerate()
        .map(|(index, suite)| {
            anstream::println!(
                "{}",
                format_args!("── {}/{count} {}: {}", index + 1, suite.name, suite.about).bold()
            );
            let outcome = run_one(suite);
            anstream::println!("{outcome}\n");
            outcome
        })
        .collect();
    outcomes.iter().for_each(|outcome| anstream::println!("{outcome}"));
    let sum: Tally = outcomes.iter().map(|outcome| outcome.tally).sum();
    anstream::println!("\n{sum}");
    // The closing line says what went wrong; nothing is to follow it.
    if sum.failed > 0 { std::process::exit(1) } else { Ok(()) }
}

fn run_one(suite: &'static Suite) -> Outcome {
    let start = Instant::now();
    let (tally, note) = match (suite.run)() {
        Ok(tally) => (tally, None),
        Err(error) if error.is::<Unavailable>() => {
            (Tally { skipped: 1, ..Tally::default() }, Some(format!("skipped: {error:#}")))
        }
        Err(error) => (Tally::one(false), Some(format!("{error:#}"))),
    };
    Outcome { suite, tally, time: start.elapsed(), note }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:10} {:>6.1} s  ", self.suite.name, self.time.as_secs_f64())?;
        match (&self.note, self.tally.failed) {
            (Some(note), 0) => write!(f, "{}", note.yellow()),
            (Some(note), _) => write!(f, "{}", note.red()),
            (None, 0) => write!(f, "{}", self.tally.green()),
            (None, _) => write!(f, "{}", self.tally.red()),
        }
    }
}
