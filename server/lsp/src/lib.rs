//! The language server. It owns the documents, the files beside them, the schedule of analysis and the engine client;
//! what an editor's question means is answered by `ide`. It is the only crate that names LSP types.
//!
//! A module uses only those above it in this list:
//!
//! - [`commands`], [`docs`], [`log`], [`workers`]: names, texts and threads
//! - [`state`]: the documents, files, settings and analyses, changed in order and read as snapshots
//! - [`proto`]: between the protocol's types and `ide`'s plain data
//! - [`transport`]: from the client's bytes to a handler's call, and back
//! - [`client`]: what the server says and asks without being asked
//! - [`request`]: one request, as a handler sees it
//! - [`synthesis`]: what the engine is asked, and what becomes of its answer
//! - [`handlers`]: one file a feature
//! - [`pages`]: the page of recorded runs in a browser
//! - [`diagnostics`]: from a keystroke to what the client shows
//! - [`capabilities`], [`server`], [`run`]: tower-lsp's trait, and the whole put together

mod capabilities;
pub mod client;
pub mod commands;
pub mod diagnostics;
mod docs;
pub mod handlers;
pub mod log;
mod pages;
mod proto;
pub mod request;
pub mod run;
pub mod server;
pub mod state;
pub mod synthesis;
pub mod transport;
pub mod workers;
