//! Cancellation. A newer version of a document makes work on the older one worthless; every loop that can be long
//! asks in each of its rounds, and gives up with [`Cancelled`].

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Answers whether the result is no longer wanted. Cheap: it is asked often.
pub type Cancel<'a> = &'a (dyn Fn() -> bool + Sync);

/// The work was given up because its [`Cancel`] said so. Nothing of it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was cancelled; ask again")
    }
}

impl Error for Cancelled {}

/// The check for callers that never cancel, such as the command line and tests.
pub const NEVER: Cancel<'static> = &|| false;

/// Gives up where the work is no longer wanted.
///
/// # Errors
/// [`Cancelled`], where `cancel` says so.
pub fn check(cancel: Cancel<'_>) -> Result<(), Cancelled> {
    if cancel() { Err(Cancelled) } else { Ok(()) }
}

/// How often some work asks its [`Cancel`]. All loops that can be long ask in each round, so this is a measure of the
/// work that does not depend on the machine: tests use it to see how cost grows.
pub fn times_asked(work: impl FnOnce(Cancel<'_>)) -> u64 {
    let asked = AtomicU64::new(0);
    work(&|| {
        asked.fetch_add(1, Ordering::Relaxed);
        false
    });
    asked.into_inner()
}
