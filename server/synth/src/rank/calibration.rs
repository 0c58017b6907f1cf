//! How far 'k/k examples passed' can be trusted: how often, in an evaluation, a program offered under the same
//! circumstances passed examples that it had not been shown. Measured by `karel-synth eval --calibrate`; the
//! engine carries the measurement of its own weights in `data/calibration.json`.

use std::sync::LazyLock;

use protocol::message::HeldOut;
use serde::{Deserialize, Serialize};

/// Fewer tasks than this tell nothing.
const LEAST: u32 = 30;

/// The data file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// What was measured, and how.
    pub about: String,
    pub groups: Vec<Group>,
}

/// One set of circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Examples shown, each with an output.
    pub examples: usize,
    /// Candidates that differ in meaning were found.
    pub ambiguous: bool,
    /// Place among the candidates offered, 0 the first.
    pub rank: usize,
    /// How many of the programs passed all held-out examples.
    pub percent: f64,
    pub tasks: u32,
}

impl Calibration {
    /// That of the embedded weights.
    pub fn embedded() -> &'static Calibration {
        static EMBEDDED: LazyLock<Calibration> = LazyLock::new(|| {
            // A test sees to it that the file can be read; without it nothing is claimed.
            serde_json::from_str(include_str!("../../data/calibration.json")).unwrap_or_default()
        });
        &EMBEDDED
    }

    /// Without the groups that are too small to tell anything.
    #[must_use]
    pub fn worth_telling(mut self) -> Calibration {
        self.groups.retain(|group| group.tasks >= LEAST);
        self
    }

    /// What is known of these circumstances, if enough is.
    pub fn held_out(&self, examples: usize, ambiguous: bool, rank: usize) -> Option<HeldOut> {
        let same = |g: &&Group| (g.examples, g.ambiguous, g.rank) == (examples, ambiguous, rank);
        let group = self.groups.iter().find(same).filter(|group| group.tasks >= LEAST)?;
        Some(HeldOut { percent: group.percent, tasks: group.tasks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_can_be_read() {
        let read: Calibration = serde_json::from_str(include_str!("../../data/calibration.json")).unwrap();
        assert_eq!(&read, Calibration::embedded());
        assert!(read.groups.iter().all(|g| (0.0..=100.0).contains(&g.percent)));
    }

    #[test]
    fn only_what_was_measured_on_enough_tasks_is_told() {
        let group = |examples, tasks| Group { examples, ambiguous: true, rank: 0, percent: 90.0, tasks };
        let known = Calibration { groups: vec![group(5, LEAST), group(1, LEAST - 1)], ..Default::default() };
        assert_eq!(known.clone().worth_telling().groups.len(), 1);
        assert_eq!(known.held_out(5, true, 0), Some(HeldOut { percent: 90.0, tasks: LEAST }));
        for (examples, ambiguous, rank) in [(1, true, 0), (5, false, 0), (5, true, 1), (6, true, 0)] {
            assert_eq!(known.held_out(examples, ambiguous, rank), None);
        }
    }
}
