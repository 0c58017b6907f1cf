//! Worlds and what programs do in them: the one reader and writer of grid text, the one interpreter (used by
//! diagnostics, tests, data generation, search and evaluation alike), recorded runs that can be stepped
//! backwards, the proof of endless loops, differences of worlds, random worlds.
//!
//! A program is lowered once, from the syntax tree ([`lower`]) or by hand ([`CodeBuilder`]), to flat [`Code`]
//! whose instructions carry an opaque [`Origin`]; [`Machine::run`] runs it without allocating per step, and
//! [`record`] keeps every step. Knows no LSP, no tensors and no files.

mod builder;
mod code;
mod difference;
mod grid;
mod ground;
mod loops;
mod lower;
mod machine;
mod record;
pub mod sample;
mod trace;
mod world;

pub use builder::{CodeBuilder, ProcedureId};
pub use code::{Check, Code, Origin};
pub use difference::{Difference, difference};
pub use grid::GridError;
pub use ground::Ground;
pub use lower::{Program, Site, SiteKind, lower, lower_with};
pub use machine::{Limits, Machine, Outcome, StepKind};
pub use record::{Call, Cursor, Place, Recording, Step, Telling, record, tell};
pub use trace::Trace;
pub use world::{Cell, Robot, World};

pub use syntax::ast::{Action, Heading, Test};
