//! The language server. It owns the documents, the files beside them, the schedule of analysis and the engine client;
//! what an editor's question means is answered by `ide`. The only crate that names LSP types.
//!
//! - [`transport`]: from the client's bytes to a handler's call, and back
//! - [`workspace`], [`document`], [`text`], [`config`], [`session`]: the state, changed in order, read as snapshots
//! - [`analyses`], [`files`]: which files belong together, and the analysis of each such unit
//! - [`diagnostics`]: from a keystroke to what the client shows
//! - [`server`], [`asked`], [`handlers`]: one file a feature, between [`from_proto`] and [`to_proto`]
//! - [`synthesis`], [`engine`]: what the engine is asked, and what becomes of its answer
//! - [`workers`], [`log`]: the threads that all of it works on, and the one that says what went wrong
//! - [`outbox`], [`progress`]: what the server says without being asked

pub mod analyses;
pub mod asked;
mod capabilities;
pub mod commands;
pub mod config;
pub mod diagnostics;
mod docs;
pub mod document;
pub mod engine;
pub mod files;
mod from_proto;
pub mod handlers;
pub mod log;
pub mod outbox;
pub mod progress;
pub mod run;
pub mod server;
pub mod session;
pub mod synthesis;
pub mod text;
mod to_proto;
pub mod told;
pub mod transport;
pub mod workers;
pub mod workspace;
