//! What the synthesis engine and those who ask it say to each other: one JSON-RPC 2.0 object a line, on
//! stdio or a socket. Here are the messages, the client that starts, asks, cancels and restarts the engine, and the
//! rule by which programs of the project find each other.
//! Knows no models and no editors.

pub mod client;
pub mod line;
pub mod message;
pub mod program;
pub mod wire;

pub use client::{Engine, EngineError};
