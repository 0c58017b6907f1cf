//! Progress bars: on standard error, and only for work that takes longer than a second.

use std::borrow::Cow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;

/// The time after which work gets a bar.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: bool,
}

impl Progress {
    /// Does something with every item, on all cores, and returns the results in the items' order.
    pub(crate) fn over<T: Sync, R: Send>(
        items: &[T],
        what: &'static str,
        work: impl Fn(&T) -> R + Sync,
    ) -> Vec<R> {
        let bar = "{msg} [{bar:32}] {pos}/{len} ({eta} left)";
        let progress = Mutex::new(Progress::new(Some(items.len() as u64), bar, what));
        let done = AtomicU64::new(0);
        let one = |item| {
            let result = work(item);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Ok(mut progress) = progress.lock() {
                progress.set(done);
            }
            result
        };
        items.par_iter().map(one).collect()
    }

    /// A bar over bytes; a spinner where it is not known how many there are.
    pub(crate) fn bytes(total: Option<u64>, what: impl Into<Cow<'static, str>>) -> Progress {
        let template = match total {
            Some(_) => "{msg} [{bar:32}] {binary_bytes}/{binary_total_bytes} ({eta} left)",
            None => "{spinner} {msg} {binary_bytes} ({elapsed})",
        };
        Progress::new(total, template, what)
    }

    /// A spinner that turns by itself, shown at once.
    pub(crate) fn spinner(what: impl Into<Cow<'static, str>>) -> Progress {
        let mut progress = Progress::new(None, "{spinner} {msg} ({elapsed})", what);
        progress.show();
        progress.bar.enable_steady_tick(Duration::from_millis(100));
        progress
    }

    fn new(total: Option<u64>, template: &str, what: impl Into<Cow<'static, str>>) -> Progress {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━━╌"));
        bar.set_message(what);
        Progress { bar, start: Instant::now(), shown: false }
    }

    fn show(&mut self) {
        if !self.shown {
            self.shown = true;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Sets how many steps or bytes are done so far.
    pub(crate) fn set(&mut self, done: u64) {
        self.bar.set_position(done);
        if self.start.elapsed() >= PATIENCE {
            self.show();
        }
    }

    pub(crate) fn say(&self, what: impl Into<Cow<'static, str>>) {
        self.bar.set_message(what);
    }

    /// Does something, such as printing, while the bar is out of the way.
    pub(crate) fn suspend<T>(&self, action: impl FnOnce() -> T) -> T {
        self.bar.suspend(action)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
