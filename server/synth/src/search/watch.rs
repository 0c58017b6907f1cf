//! A request's time, how much of a core it gets meanwhile, and what there is to tell of its progress.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use crate::device;

/// With less of a core than this, others want it too.
const CROWDED: f64 = 0.6;
/// Waiting processes for each core with which a request begins on one thread.
const LOADED: f64 = 1.5;
/// How often it is looked how much of a core there was.
const LOOK: Duration = Duration::from_millis(100);
/// Time between two reports of progress.
const REPORT: Duration = Duration::from_millis(250);
/// How many times its budget a request may take on a crowded machine while its first beam is not through.
const PATIENCE: u32 = 2;
/// This part of the budget is for traces, at the most.
const FOR_TRACES: f64 = 0.4;
/// Where this part of the budget is gone before the first beam, time is short.
const SHORT: f64 = 0.125;

/// Time as a request sees it.
pub trait Clock: Sync {
    /// Since the request was made.
    fn elapsed(&self) -> Duration;

    /// The share of a core that the request's thread got lately, 0 to 1.
    fn share(&self) -> f64 {
        1.0
    }
}

/// The machine's clock. It belongs to the thread that it was made on: where that thread has to share its cores, torch
/// computes on it alone, for as long as this lives. Torch's threads wait for each other by spinning, so that two that
/// are interrupted by turns get less done than one.
pub struct Pace {
    started: Instant,
    thread: ThreadId,
    /// Torch's threads as they were set.
    threads: usize,
    last: Mutex<Look>,
}

#[derive(Clone, Copy)]
struct Look {
    elapsed: Duration,
    computed: Option<Duration>,
    share: f64,
}

impl Pace {
    /// Counts from `started`.
    pub fn new(started: Instant) -> Pace {
        let threads = device::torch_threads();
        if threads > 1 && device::load_per_core().is_some_and(|load| load > LOADED) {
            device::set_threads(Some(1));
        }
        let now = Look { elapsed: started.elapsed(), computed: device::thread_time(), share: 1.0 };
        Pace { started, thread: std::thread::current().id(), threads, last: Mutex::new(now) }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Look> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Pace {
    fn elapsed(&self) -> Duration {
        let elapsed = self.started.elapsed();
        let mut last = self.last();
        let since = elapsed.saturating_sub(last.elapsed);
        if since < LOOK || std::thread::current().id() != self.thread {
            return elapsed;
        }
        let computed = device::thread_time();
        if let (Some(now), Some(before)) = (computed, last.computed) {
            last.share = now.saturating_sub(before).as_secs_f64() / since.as_secs_f64();
            if last.share < CROWDED && self.threads > 1 {
                device::set_threads(Some(1));
            }
        }
        (last.elapsed, last.computed) = (elapsed, computed);
        elapsed
    }

    fn share(&self) -> f64 {
        self.last().share
    }
}

impl Drop for Pace {
    fn drop(&mut self) {
        if self.threads > 1 && std::thread::current().id() == self.thread {
            device::set_threads(Some(self.threads));
        }
    }
}

/// What there is to tell of a request under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub elapsed: Duration,
    /// Finished programs run on the examples.
    pub programs_run: u64,
    /// Examples that the best of them passed.
    pub best_passed: usize,
    /// Behaviours found that pass all.
    pub found: usize,
}

/// Says when a request is over, and keeps its counts. All that takes long asks it between small steps.
pub struct Watch<'a> {
    clock: &'a dyn Clock,
    budget: Duration,
    cancelled: &'a (dyn Fn() -> bool + Sync),
    on_tally: &'a (dyn Fn(Tally) + Sync),
    /// The first beam is not through, and nothing has been found.
    waiting: AtomicBool,
    programs_run: AtomicU64,
    best_passed: AtomicUsize,
    found: AtomicUsize,
    /// Milliseconds at which progress was reported last.
    reported: AtomicU64,
}

impl<'a> Watch<'a> {
    /// `on_tally` hears of the progress now and then.
    pub fn new(
        clock: &'a dyn Clock,
        budget: Duration,
        cancelled: &'a (dyn Fn() -> bool + Sync),
        on_tally: &'a (dyn Fn(Tally) + Sync),
    ) -> Watch<'a> {
        Watch {
            clock,
            budget,
            cancelled,
            on_tally,
            waiting: AtomicBool::new(true),
            programs_run: AtomicU64::new(0),
            best_passed: AtomicUsize::new(0),
            found: AtomicUsize::new(0),
            reported: AtomicU64::new(0),
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    pub fn is_cancelled(&self) -> bool {
        (self.cancelled)()
    }

    /// Cancelled, or the time is up.
    pub fn over(&self) -> bool {
        if self.is_cancelled() {
            return true;
        }
        let elapsed = self.elapsed();
        self.tell(elapsed);
        let patient = self.waiting.load(Ordering::Relaxed) && self.clock.share() < CROWDED;
        elapsed >= if patient { self.budget.saturating_mul(PATIENCE) } else { self.budget }
    }

    /// The traces' part of the time is up.
    pub fn over_for_traces(&self) -> bool {
        self.over() || self.elapsed() >= self.budget.mul_f64(FOR_TRACES)
    }

    /// A narrow beam is worth its time before a wide one, which may not come to its end.
    pub fn is_short(&self) -> bool {
        self.elapsed() >= self.budget.mul_f64(SHORT)
    }

    /// A first answer has had its chance: from here on the budget is all there is.
    pub fn settle(&self) {
        self.waiting.store(false, Ordering::Relaxed);
    }

    /// A finished program has been run.
    pub fn ran(&self, passed: usize) {
        self.programs_run.fetch_add(1, Ordering::Relaxed);
        self.best_passed.fetch_max(passed, Ordering::Relaxed);
    }

    /// So many behaviours pass all examples.
    pub fn has_found(&self, behaviours: usize) {
        self.found.store(behaviours, Ordering::Relaxed);
        self.settle();
    }

    pub fn tally(&self) -> Tally {
        Tally {
            elapsed: self.elapsed(),
            programs_run: self.programs_run.load(Ordering::Relaxed),
            best_passed: self.best_passed.load(Ordering::Relaxed),
            found: self.found.load(Ordering::Relaxed),
        }
    }

    fn tell(&self, elapsed: Duration) {
        let (now, reported) = (elapsed.as_millis() as u64, self.reported.load(Ordering::Relaxed));
        if now >= reported.saturating_add(REPORT.as_millis() as u64) {
            self.reported.store(now, Ordering::Relaxed);
            (self.on_tally)(self.tally());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Set(Duration, f64);

    impl Clock for Set {
        fn elapsed(&self) -> Duration {
            self.0
        }

        fn share(&self) -> f64 {
            self.1
        }
    }

    #[test]
    fn a_first_answer_has_a_chance_on_a_crowded_machine() {
        let budget = Duration::from_secs(5);
        let over = |seconds, share, answered: bool| {
            let clock = Set(Duration::from_secs(seconds), share);
            let watch = Watch::new(&clock, budget, &|| false, &|_| ());
            if answered {
                watch.has_found(1);
            }
            watch.over()
        };
        assert!(!over(4, 1.0, false) && over(5, 1.0, false));
        assert!(!over(9, 0.2, false) && over(10, 0.2, false));
        assert!(over(5, 0.2, true));
    }

    #[test]
    fn progress_is_told_now_and_then() {
        let told = Mutex::new(Vec::new());
        let tell = |tally| told.lock().unwrap().push(tally);
        let clock = Set(Duration::from_millis(300), 1.0);
        let watch = Watch::new(&clock, Duration::from_secs(1), &|| false, &tell);
        watch.ran(2);
        watch.ran(1);
        watch.has_found(1);
        assert!(!watch.over() && !watch.over());
        let elapsed = Duration::from_millis(300);
        assert_eq!(*told.lock().unwrap(), [Tally { elapsed, programs_run: 2, best_passed: 2, found: 1 }]);
    }
}
