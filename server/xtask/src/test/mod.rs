//! `cargo xtask test`: gets what the tests need, runs every suite, quick ones first, and ends with the line
//! `N passed, N failed` (`, N skipped` if any were), which sums all suites. Before it stands each suite that was
//! skipped, and why.

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
pub(crate) struct Args {
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
    /// Fails where the suite can't be run; with [`Unavailable`] where it is to be skipped.
    run: fn() -> Result<Tally>,
}

/// How a suite went.
struct Outcome {
    suite: &'static Suite,
    tally: Tally,
    time: Duration,
    end: End,
}

enum End {
    /// It was run.
    Ran,
    /// What it needs is not there: what that is.
    Skipped(String),
    /// It can't be run, though it should: why.
    Broken(String),
}

pub(crate) fn run(args: Args) -> Result<()> {
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
    if let Some(skipped) = skipped(&outcomes) {
        anstream::println!("\n{}", skipped.yellow().bold());
    }
    let sum: Tally = outcomes.iter().map(|outcome| outcome.tally).sum();
    anstream::println!("\n{sum}");
    // The closing line says what went wrong; nothing is to follow it.
    if sum.failed > 0 { std::process::exit(1) } else { Ok(()) }
}

fn run_one(suite: &'static Suite) -> Outcome {
    let start = Instant::now();
    let (tally, end) = match (suite.run)() {
        Ok(tally) => (tally, End::Ran),
        Err(error) if error.is::<Unavailable>() => {
            (Tally { skipped: 1, ..Tally::default() }, End::Skipped(format!("{error:#}")))
        }
        Err(error) => (Tally::one(false), End::Broken(format!("{error:#}"))),
    };
    Outcome { suite, tally, time: start.elapsed(), end }
}

/// Names every suite that was skipped, and why: green without it says less than it seems to.
fn skipped(outcomes: &[Outcome]) -> Option<String> {
    let reason = |outcome: &Outcome| match &outcome.end {
        End::Skipped(reason) => Some(format!("\n  {}: {reason}", outcome.suite.name)),
        End::Ran | End::Broken(_) => None,
    };
    let reasons: Vec<String> = outcomes.iter().filter_map(reason).collect();
    let count = reasons.len();
    let suites = if count == 1 { "suite was" } else { "suites were" };
    (count > 0).then(|| format!("{count} {suites} SKIPPED and tested nothing:{}", reasons.concat()))
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:10} {:>6.1} s  ", self.suite.name, self.time.as_secs_f64())?;
        match (&self.end, self.tally.failed) {
            (End::Skipped(reason), _) => write!(f, "{} {}", "skipped:".yellow(), reason.yellow()),
            (End::Broken(reason), _) => write!(f, "{}", reason.red()),
            (End::Ran, 0) => write!(f, "{}", self.tally.green()),
            (End::Ran, _) => write!(f, "{}", self.tally.red()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::suites::SUITES;

    #[test]
    fn suites_that_were_skipped_are_named() {
        let outcome = |index: usize, end| Outcome {
            suite: &SUITES[index],
            tally: Tally::default(),
            time: Duration::ZERO,
            end,
        };
        assert_eq!(skipped(&[outcome(0, End::Ran), outcome(1, End::Broken("no disk".into()))]), None);
        let outcomes = [outcome(0, End::Skipped("no cargo".into())), outcome(1, End::Ran)];
        let expected = format!("1 suite was SKIPPED and tested nothing:\n  {}: no cargo", SUITES[0].name);
        assert_eq!(skipped(&outcomes), Some(expected));
    }
}
