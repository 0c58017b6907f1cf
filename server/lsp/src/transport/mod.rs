//! Everything between the client's bytes and a handler's call. tower-lsp 0.20.0 reads, runs handlers and writes on
//! one task, four at a time; it starves, reorders, and hangs at `exit` (`tests/it/probes.rs` holds a test for each
//! fault). So its concurrency, cancellation and exit are not used:
//!
//! - [`intake`] reads frames, on a thread of its own, and passes on only those that tower-lsp can't trip over;
//! - [`front`] is the service that tower-lsp calls: it applies text sync at once and in order, gives every request
//!   the snapshot of its arrival and a cancellation token, runs it on a task of its own, and fences panics;
//! - [`pump`] takes what is to be written without ever making tower-lsp wait, and writes it on a thread of its own;
//! - [`serve`](mod@serve) puts them together and decides when the session is over, for which it has [`parent`] watch
//!   the client's process;
//! - [`blocking`] gives the two threads standard input and output.

pub mod arrival;
pub mod blocking;
pub mod front;
pub mod intake;
pub mod parent;
pub mod pump;
pub mod serve;
