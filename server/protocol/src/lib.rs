//! The protocol between the synthesis engine and its clients: one JSON-RPC 2.0 object a line, on stdio or a socket. Here
//! are the messages, the client that starts, asks, cancels and restarts the engine, and the rule by which programs of the
//! project find each other. The crate knows neither models nor editors.

#![warn(missing_docs)]

pub mod client;
pub mod line;
pub mod message;
pub mod program;
pub mod system;
pub mod wire;

pub use client::{Engine, EngineError};
pub use system::System;
