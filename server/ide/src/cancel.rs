//! Cancellation. A newer version of a document makes work on the older one worthless; every function that can be
//! long asks now and then, and gives up with [`Cancelled`].

use std::error::Error;
use std::fmt;

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

/// For callers that never cancel, such as the command line and tests.
pub const NEVER: Cancel<'static> = &|| false;

pub(crate) fn check(cancel: Cancel<'_>) -> Result<(), Cancelled> {
    if cancel() { Err(Cancelled) } else { Ok(()) }
}
