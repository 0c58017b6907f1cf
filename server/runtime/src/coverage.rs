//! Which parts of a program runs have reached.

use crate::code::Origin;
use crate::machine::StepKind;
use crate::record::Recording;

/// What any of the added runs reached. Add each example's recording, then ask per origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    reached: Vec<Reach>,
}

/// What happened at one origin, over all added runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// The number of times that it was executed: actions carried out or tried, conditions evaluated, rounds begun.
    pub times: u32,
    /// Whether its condition held at least once.
    pub held: bool,
    /// Whether its condition failed to hold at least once.
    pub failed: bool,
}

impl Coverage {
    pub fn new() -> Coverage {
        Coverage::default()
    }

    pub fn add(&mut self, recording: &Recording) {
        for step in &recording.steps {
            let reach = self.entry(step.origin);
            reach.times = reach.times.saturating_add(1);
            if let StepKind::Test { result, .. } = step.kind {
                reach.held |= result;
                reach.failed |= !result;
            }
        }
        // The instruction that stopped the run is no step, but was reached.
        if let Some(origin) = recording.outcome.origin() {
            let reach = self.entry(origin);
            reach.times = reach.times.saturating_add(1);
        }
    }

    pub fn reach(&self, origin: Origin) -> Reach {
        self.reached.get(origin.0 as usize).copied().unwrap_or_default()
    }

    fn entry(&mut self, origin: Origin) -> &mut Reach {
        let index = origin.0 as usize;
        if self.reached.len() <= index {
            self.reached.resize(index + 1, Reach::default());
        }
        &mut self.reached[index]
    }
}
