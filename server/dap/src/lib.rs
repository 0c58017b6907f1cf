//! A debugger for Karel programs over the Debug Adapter Protocol. The program is run once, before anything is shown, and
//! recorded; whatever the user asks for then is a move along the recording. So it is exact, goes backwards as easily as
//! forwards, and jumps over a million steps at once.
//!
//! `DEBUGGING.md` in this crate's folder is what users read: attributes of a launch, conditions, where a run stops.

mod breakpoints;
mod debuggee;
mod expression;
mod inspect;
mod launch;
mod messages;
mod session;
mod statements;
mod timeline;
mod wire;

pub use session::serve;
