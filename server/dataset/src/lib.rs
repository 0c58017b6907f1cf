//! The public Karel dataset and what models read of it.
//!
//! - [`Task`]: a program and its examples; [`Tasks`] reads them from JSON lines (plain or compressed), one
//!   [`LineError`] for each line that can't be used; [`Task::to_json`] writes one.
//! - [`compact`]: programs in the networks' vocabulary.
//! - [`features`]: worlds as plain arrays.
//! - [`view`]: what networks are shown of worlds that they don't know the size of.
//! - [`generate`]: made-up tasks with the dataset's statistics.
//!
//! Knows no tensors of any library, and no LSP.

pub mod compact;
mod error;
pub mod features;
pub mod generate;
mod lines;
mod program_json;
mod task;
mod tensor;
pub mod view;
mod world_json;
mod wrong;

pub use error::TaskError;
pub use lines::{LineError, Lines, MAX_LINE, Tasks, read};
pub use task::{Example, Grids, Task};
