//! A value that takes time to compute: computed when first asked for, by one thread, however many ask.

use crate::cancel::{Cancel, Cancelled, check};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// A thread that waits for another one checks at this interval whether it has been cancelled.
const ASK_AGAIN: Duration = Duration::from_millis(20);

pub(crate) struct Once<T> {
    value: OnceLock<T>,
    /// Whether a thread is computing the value.
    running: Mutex<bool>,
    over: Condvar,
}

impl<T> Default for Once<T> {
    fn default() -> Once<T> {
        Once { value: OnceLock::new(), running: Mutex::new(false), over: Condvar::new() }
    }
}

/// Lets the next thread try when it is dropped, also after a panic.
struct Turn<'a, T>(&'a Once<T>);

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        *self.0.running() = false;
        self.0.over.notify_all();
    }
}

impl<T> Once<T> {
    /// Returns the value, computing it where no thread has done so. Where another thread is computing it, this one
    /// waits; where that one is cancelled, one of the waiting threads goes on in its place.
    pub(crate) fn get_or_compute(
        &self,
        cancel: Cancel<'_>,
        compute: impl FnOnce() -> Result<T, Cancelled>,
    ) -> Result<&T, Cancelled> {
        let mut running = self.running();
        while *running && self.value.get().is_none() {
            check(cancel)?;
            running = self.over.wait_timeout(running, ASK_AGAIN).unwrap_or_else(PoisonError::into_inner).0;
        }
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        *running = true;
        drop(running);
        let turn = Turn(self);
        check(cancel)?;
        let value = compute()?;
        let value = self.value.get_or_init(|| value);
        drop(turn);
        Ok(value)
    }

    fn running(&self) -> MutexGuard<'_, bool> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    #[test]
    fn one_thread_computes_and_all_have_it() {
        let (once, computed) = (Once::default(), AtomicU32::new(0));
        let ask = || *once.get_or_compute(NEVER, || Ok(computed.fetch_add(1, Ordering::Relaxed))).unwrap();
        let answers: Vec<u32> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers, [0; 8]);
        assert_eq!(computed.into_inner(), 1);
    }

    /// The one that computes is cancelled while another waits: that one computes it then. One who waits can be
    /// cancelled, too.
    #[test]
    fn who_waits_goes_on_for_one_that_was_cancelled() {
        let (once, began, give_up) = (Once::default(), AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let first = scope.spawn(|| {
                once.get_or_compute(NEVER, || {
                    began.store(true, Ordering::Release);
                    while !give_up.load(Ordering::Acquire) {
                        std::thread::yield_now();
                    }
                    Err(Cancelled)
                })
                .is_err()
            });
            while !began.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            assert!(
                once.get_or_compute(&|| true, || Ok(1)).is_err(),
                "it waits for the first and is cancelled"
            );
            let second = scope.spawn(|| *once.get_or_compute(NEVER, || Ok(2)).unwrap());
            give_up.store(true, Ordering::Release);
            assert!(first.join().unwrap());
            assert_eq!(second.join().unwrap(), 2);
        });
    }

    #[test]
    fn a_panic_locks_nobody_out() {
        let once = Once::default();
        let panic = || once.get_or_compute(NEVER, || panic!("as a test"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panic)).is_err());
        assert_eq!(once.get_or_compute(NEVER, || Ok(3)), Ok(&3));
    }
}
