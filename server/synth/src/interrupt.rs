//! Ctrl-C as a wish to stop, so that what there is by then can be saved; and a reader who has seen enough.

#![expect(unsafe_code, reason = "the signal of a closed pipe is set by libc alone")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

/// What Ctrl-C sets; the second one ends the process, clean or not. Call it once.
///
/// # Errors
/// Where the system does not tell of Ctrl-C.
pub fn stop_on_ctrl_c() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .context("can't listen for Ctrl-C")?;
    Ok(stop)
}

/// Has the process end, without a word, when it writes to a pipe that nobody reads any more, as other programs do.
pub fn end_with_the_reader() {
    // SAFETY: the default action replaces that of ignoring, which the standard library has set; no handler runs.
    #[cfg(unix)]
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}
