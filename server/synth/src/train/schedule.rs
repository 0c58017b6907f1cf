//! The learning rate over a training, and when a training is over.

use serde::Deserialize;

/// `[schedule]` of a configuration. The length of the whole training is given in steps, in minutes, or in processor
/// minutes, however many runs it takes; where several are given, whichever is reached first ends it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Schedule {
    /// Steps over which the rate rises from nothing.
    pub warmup: u64,
    pub decay: Decay,
    /// What is left of the rate at the end of a cosine.
    pub floor: f64,
    /// Steps after which [`Decay::Halving`] halves the rate.
    pub every: u64,
    /// Length of the whole training in steps.
    pub steps: Option<u64>,
    /// Length of the whole training in minutes of computing, evaluation left out.
    pub minutes: Option<f64>,
    /// Length of the whole training in minutes that processors spend on it, summed over the cores and with evaluation
    /// left out: the fair measure on a machine that does other things as well.
    pub processor_minutes: Option<f64>,
}

/// What a training has taken so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    pub steps: u64,
    /// Seconds of the clock.
    pub seconds: f64,
    /// Seconds of all cores together.
    pub processor_seconds: f64,
}

/// How the rate falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decay {
    Constant,
    /// Half a cosine over the whole training.
    Cosine,
    /// The rate is halved after every this many steps, as Shin et al. 2018 train.
    Halving,
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule {
            warmup: 150,
            decay: Decay::Cosine,
            floor: 0.02,
            every: 100_000,
            steps: None,
            minutes: None,
            processor_minutes: None,
        }
    }
}

impl Schedule {
    /// How much of the training is done, 0 to 1: the greatest of its shares in steps and in time.
    pub fn progress(&self, spent: Spent) -> f64 {
        let share = |spent: f64, whole: Option<f64>| whole.map_or(0.0, |whole| spent / whole.max(1e-9));
        let steps = share(spent.steps as f64, self.steps.map(|steps| steps.max(1) as f64));
        let clock = share(spent.seconds, self.minutes.map(|minutes| 60.0 * minutes));
        let processor = share(spent.processor_seconds, self.processor_minutes.map(|minutes| 60.0 * minutes));
        steps.max(clock).max(processor).clamp(0.0, 1.0)
    }

    /// The rate of step number `step` (the first is 0) of a training whose highest rate is `base`.
    pub fn rate(&self, base: f64, step: u64, progress: f64) -> f64 {
        let rising = ((step + 1) as f64 / self.warmup.max(1) as f64).min(1.0);
        let falling = match self.decay {
            Decay::Constant => 1.0,
            Decay::Cosine => {
                let half = 0.5 * (1.0 + (std::f64::consts::PI * progress.clamp(0.0, 1.0)).cos());
                self.floor + (1.0 - self.floor) * half
            }
            Decay::Halving => 0.5f64.powf((step / self.every.max(1)) as f64),
        };
        base * rising * falling
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_and_falls() {
        let cosine = Schedule { warmup: 10, steps: Some(100), ..Schedule::default() };
        let rate = |step| cosine.rate(2.0, step, cosine.progress(Spent { steps: step, ..Spent::default() }));
        assert!((rate(0) - 0.2).abs() < 1e-3);
        assert!((rate(9) - 2.0).abs() < 0.05);
        assert!((rate(50) - 1.02).abs() < 1e-9);
        assert!((rate(100) - 0.04).abs() < 1e-9);
        let halving = Schedule { warmup: 0, decay: Decay::Halving, every: 10, ..cosine };
        assert_eq!(
            (halving.rate(1.0, 9, 0.0), halving.rate(1.0, 10, 0.0), halving.rate(1.0, 25, 0.0)),
            (1.0, 0.5, 0.25)
        );
    }

    #[test]
    fn time_counts_where_there_are_no_steps() {
        let spent = |seconds, processor_seconds| Spent { steps: 1_000_000, seconds, processor_seconds };
        let timed = Schedule { minutes: Some(2.0), ..Schedule::default() };
        assert_eq!((timed.progress(spent(30.0, 1e9)), timed.progress(spent(500.0, 0.0))), (0.25, 1.0));
        let fair = Schedule { processor_minutes: Some(2.0), ..Schedule::default() };
        assert_eq!((fair.progress(spent(1e9, 30.0)), fair.progress(spent(0.0, 500.0))), (0.25, 1.0));
    }
}
