//! Recorded runs, as those are given them who show them: the page, editors' plugins, debuggers, scripts. The messages
//! are those that `server/PROTOCOL.md` describes ([`messages`]); a [`Recorder`] answers them from a [`Program`] and keeps
//! the recordings whose steps are asked for later. Knows no socket, no file and no editor.

mod answers;
mod candidates;
mod failure;
mod kept;
pub mod messages;
mod places;
mod question;
mod recorder;

pub use answers::{example_items, first_page, page, world};
pub use failure::Failure;
pub use kept::Kept;
pub use places::{Plain, Program};
pub use recorder::{Programs, Recorder};
