//! What an editor asks about a program and its examples, as plain functions of a snapshot ([`Analysis`]): one file a
//! feature. Offsets are bytes, results are plain data. No LSP, no I/O, no clocks, no globals; every loop that can be
//! long asks its [`Cancel`].

mod analysis;
mod cancel;
mod cells;
mod change;
mod code_lens;
mod config;
mod coverage;
mod describe;
pub mod diagnostics;
mod example_actions;
#[cfg(test)]
mod fixture;
mod grid_view;
mod hover;
mod inlay_hints;
pub mod reason;
mod results;
mod run;
mod source;
mod statements;
pub mod synthesis;
mod verdict;
mod walk;
pub mod words;

pub use analysis::{Analysis, Case};
pub use cancel::{Cancel, Cancelled, NEVER};
pub use change::{Action, ActionKind, Change, FileEdits, apply};
pub use code_lens::{Lens, LensCommand, code_lens};
pub use config::Config;
pub use coverage::{StatementCount, coverage};
pub use diagnostics::Diagnostic;
pub use example_actions::{example_actions, fill_in_outputs};
pub use hover::{Hover, example_report, hover, trace_text};
pub use inlay_hints::{InlayHint, inlay_hints};
pub use results::{ExampleResult, example_results};
pub use run::Run;
pub use source::{Location, Source};
pub use statements::{Hole, HoleKind, holes};
pub use verdict::{Failure, TraceDifference, Verdict};
