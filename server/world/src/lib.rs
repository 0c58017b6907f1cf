//! The page of recorded runs, served to the browsers of this machine's user: at an address that can't be guessed, for
//! one session. Nothing is served but the page and the session's own messages, which a [`Host`] answers.
//! `server/PROTOCOL.md` describes these.

mod guard;
mod host;
mod serve;
mod socket;

pub use host::{Host, Pages};
pub use serve::{Bundle, Served, serve};

/// Opens the address in the user's browser, without waiting for it.
///
/// # Errors
/// There is no browser that can be started.
pub fn open(address: &str) -> std::io::Result<()> {
    open::that_detached(address)
}
