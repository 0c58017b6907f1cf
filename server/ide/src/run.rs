//! The run of one example.

use crate::cancel::{Cancel, Cancelled};
use crate::config::Config;
use runtime::{Limits, Machine, Outcome, Program, Recording, World};

/// So many ticks are kept step by step; of a longer run only how it ended. Bounds the memory that a snapshot with
/// many long runs takes.
const RECORDED_TICKS: u64 = 50_000;

/// A run to its end, or to the limit.
#[derive(Debug, Clone)]
pub struct Run {
    /// The steps; only the first ones where the run was long (see [`Run::complete`]).
    pub recording: Recording,
    pub outcome: Outcome,
    pub ticks: u64,
    /// The world that the run left.
    pub end: World,
}

impl Run {
    /// The recording holds the whole run.
    pub fn complete(&self) -> bool {
        self.recording.ticks == self.ticks
    }

    /// How many actions were carried out; unknown of a long run.
    pub fn actions(&self) -> Option<usize> {
        self.complete().then(|| self.recording.actions().count())
    }
}

pub(crate) fn run(
    program: &Program,
    input: &World,
    config: &Config,
    cancel: Cancel<'_>,
) -> Result<Run, Cancelled> {
    let limits = Limits { ticks: config.max_ticks, ..Limits::EDITOR };
    let first = Limits { ticks: limits.ticks.min(RECORDED_TICKS), ..limits };
    let recording = runtime::record(&program.code, input, &first, &|| cancel());
    let (mut outcome, mut ticks, mut end) = (recording.outcome, recording.ticks, None);
    if matches!(outcome, Outcome::OutOfTicks { .. }) && first.ticks < limits.ticks {
        let (mut machine, mut world) = (Machine::new(), input.clone());
        outcome = machine.run_cancellable(&program.code, &mut world, &limits, &|| cancel());
        ticks = machine.ticks();
        end = Some(world);
    }
    if outcome == Outcome::Cancelled {
        return Err(Cancelled);
    }
    let end = end.unwrap_or_else(|| recording.end.clone());
    Ok(Run { recording, outcome, ticks, end })
}
