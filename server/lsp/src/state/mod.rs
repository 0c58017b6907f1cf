//! The state of a session. It knows no feature: what a feature keeps here is plain data.
//!
//! - [`text`], [`document`], [`on_disk`]: one document, as the client has it or as it was read
//! - [`session`], [`config`]: what was agreed on with the client, and the settings
//! - [`unit`], [`synthesized`], [`token_cache`], [`worlds`]: what is computed from documents and kept
//! - [`snapshot`], [`analyses`]: all of it at one moment, and which documents belong together then
//! - [`event`], [`files`]: what has happened, and the reading of files
//! - [`global`]: the state that the client's messages change

pub mod analyses;
pub mod config;
pub mod document;
pub mod event;
pub mod files;
pub mod global;
pub mod on_disk;
pub mod session;
pub mod snapshot;
pub mod synthesized;
pub mod text;
pub mod token_cache;
pub mod unit;
pub mod worlds;
