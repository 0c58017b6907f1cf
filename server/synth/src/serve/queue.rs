//! Requests that wait for a worker. One whose time is up, or that nobody waits for any more, need not wait to hear so.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use protocol::message::{InferTraces, Synthesize};

/// A request on its way through a worker.
pub(crate) struct Job {
    pub id: u64,
    pub work: Work,
    /// When it was read: its budget's clock starts then.
    pub read: Instant,
    pub cancelled: Arc<AtomicBool>,
}

pub(crate) enum Work {
    Synthesize(Box<Synthesize>),
    Traces(InferTraces),
}

impl Job {
    /// When there is nothing left of its budget; never where that is farther away than the clock goes.
    fn deadline(&self) -> Option<Instant> {
        let milliseconds = match &self.work {
            Work::Synthesize(request) => request.budget.milliseconds,
            Work::Traces(request) => request.milliseconds,
        };
        self.read.checked_add(Duration::from_millis(milliseconds))
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Nothing more comes.
    closed: bool,
}

impl Queue {
    pub(crate) fn add(&self, job: Job) {
        self.change(|state| state.jobs.push_back(job));
    }

    /// A request has been cancelled; it may be one of those that wait.
    pub(crate) fn cancelled(&self) {
        self.change(|_| ());
    }

    /// Whoever waits for a job, waits no longer.
    pub(crate) fn close(&self) {
        self.change(|state| state.closed = true);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a job, the oldest first. None when the queue is closed and empty.
    pub(crate) fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            match state.jobs.pop_front() {
                Some(job) => return Some(job),
                None if state.closed => return None,
                None => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Waits for a job that has waited too long: its time is up, or it was cancelled. None when the queue is closed.
    pub(crate) fn next_late(&self) -> Option<Job> {
        let mut state = self.lock();
        while !state.closed {
            let now = Instant::now();
            let late =
                |job: &Job| job.is_cancelled() || job.deadline().is_some_and(|deadline| deadline <= now);
            if let Some(place) = state.jobs.iter().position(late) {
                return state.jobs.remove(place);
            }
            state = match state.jobs.iter().filter_map(Job::deadline).min() {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(next) => {
                    let woken = self.changed.wait_timeout(state, next - now);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        None
    }
}
