//! Diagnostics, from a keystroke to what the client shows.
//!
//! - [`schedule`]: which units have changed, and the tiers of checks that each then goes through
//! - [`publish`]: what each check found in each document, merged and sent with the document's version

pub mod publish;
pub mod schedule;
