//! The run of one example.

use crate::cancel::{Cancel, Cancelled};
use crate::config::Config;
use crate::counting;
use runtime::{Limits, Machine, Outcome, Program, Recording, World};

/// At most this many ticks are recorded step by step; of a longer run only the end is known.
const RECORDED_TICKS: u64 = 50_000;

/// A run to its end, or to the limit, without its steps ([`Analysis::recording`](crate::Analysis::recording)).
#[derive(Debug, Clone)]
pub struct Run {
    pub outcome: Outcome,
    pub ticks: u64,
    /// The world that the run left.
    pub end: World,
    /// How many actions were carried out in the recorded part.
    recorded: usize,
    complete: bool,
}

impl Run {
    /// The recording holds the whole run.
    pub fn complete(&self) -> bool {
        self.complete
    }

    /// How many steps it has: actions, conditions and rounds.
    pub fn steps(&self) -> u64 {
        counting::steps_of(self.outcome, self.ticks)
    }

    /// How many actions were carried out; unknown of a long run.
    pub fn actions(&self) -> Option<usize> {
        self.complete.then_some(self.recorded)
    }
}

/// Runs to the end and gives the steps, too: only the first ones where the run is long.
pub(crate) fn run(
    program: &Program,
    input: &World,
    config: &Config,
    cancel: Cancel<'_>,
) -> Result<(Run, Recording), Cancelled> {
    let limits = Limits { ticks: config.max_ticks, ..Limits::EDITOR };
    let recording = record(program, input, config, cancel)?;
    let (mut outcome, mut ticks, mut end) = (recording.outcome, recording.ticks, None);
    if matches!(outcome, Outcome::OutOfTicks { .. }) && recording.ticks < limits.ticks {
        let (mut machine, mut world) = (Machine::new(), input.clone());
        outcome = machine.run_cancellable(&program.code, &mut world, &limits, &|| cancel());
        ticks = machine.ticks();
        end = Some(world);
    }
    if outcome == Outcome::Cancelled {
        return Err(Cancelled);
    }
    let end = end.unwrap_or_else(|| recording.end.clone());
    let (recorded, complete) = (recording.actions().count(), recording.ticks == ticks);
    Ok((Run { outcome, ticks, end, recorded, complete }, recording))
}

/// The steps alone, the same each time.
pub(crate) fn record(
    program: &Program,
    input: &World,
    config: &Config,
    cancel: Cancel<'_>,
) -> Result<Recording, Cancelled> {
    let limits = Limits { ticks: config.max_ticks.min(RECORDED_TICKS), ..Limits::EDITOR };
    let recording = runtime::record(&program.code, input, &limits, &|| cancel());
    if recording.outcome == Outcome::Cancelled { Err(Cancelled) } else { Ok(recording) }
}
