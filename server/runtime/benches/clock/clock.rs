//! Processor time, for the benchmarks of this crate and others.

use std::time::Instant;

/// Time that this thread had a processor, where Linux tells; elsewhere time on the wall. On a machine with other
/// work the former says how fast a program is, the latter how much of a processor it got.
pub(crate) struct Clock {
    wall: Instant,
    /// Nanoseconds.
    processor: Option<u64>,
}

impl Clock {
    pub(crate) fn start() -> Clock {
        Clock { wall: Instant::now(), processor: Clock::processor() }
    }

    fn processor() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_ascii_whitespace().next()?.parse().ok()
    }

    pub(crate) fn seconds(&self) -> f64 {
        match (self.processor, Clock::processor()) {
            (Some(start), Some(now)) if now > start => (now - start) as f64 * 1e-9,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}
