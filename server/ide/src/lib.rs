//! What an editor asks about a program and its examples, as plain functions of a snapshot ([`Analysis`]): one file a
//! feature. Offsets are bytes, results are plain data. No LSP, no I/O, no clocks, no globals; every loop that can be
//! long asks its [`Cancel`].

mod analysis;
mod call_hierarchy;
mod cells;
mod change;
mod code_lens;
mod completion;
mod config;
pub mod counting;
mod coverage;
mod definition;
mod describe;
mod diagnostic;
pub mod diagnostics;
pub mod drawing;
mod example_actions;
#[cfg(test)]
mod fixture;
mod folding;
mod formatting;
mod found;
mod grid_view;
mod hover;
mod indent;
mod inlay_hints;
mod literal;
mod once;
mod paste_as;
pub mod playback;
mod quick_fixes;
pub mod reason;
mod recordings;
mod refactor;
mod rename;
mod results;
mod run;
mod score;
mod selection_ranges;
mod semantic_tokens;
mod signature_help;
mod source;
mod statements;
mod symbols;
pub mod synthesis;
mod tally;
mod target;
pub mod templates;
mod verdict;
mod walk;
pub mod words;

use syntax::cancel;

pub use analysis::{Analysis, Case};
pub use call_hierarchy::{CallItem, Calls, incoming_calls, outgoing_calls, prepare_call_hierarchy};
pub use change::{Action, ActionKind, Change, FileEdits, apply};
pub use code_lens::{Lens, LensCommand, code_lens};
pub use completion::{COMPLETION_TRIGGERS, Completion, CompletionKind, completion};
pub use config::Config;
pub use coverage::{StatementCount, Way, coverage};
pub use definition::{Highlight, HighlightKind, definition, highlight, references};
pub use describe::{clipped, count};
pub use diagnostics::Diagnostic;
pub use example_actions::{example_actions, fill_in_outputs};
pub use folding::{Fold, FoldKind, folding};
pub use formatting::{FORMAT_TRIGGERS, formatting, on_type_formatting, range_formatting};
pub use hover::{Hover, example_report, hover, trace_text};
pub use inlay_hints::{InlayHint, inlay_hints};
pub use quick_fixes::{fix_all, quick_fixes};
pub use recordings::Recordings;
pub use refactor::refactorings;
pub use rename::{prepare_rename, rename};
pub use results::{
    Ends, ExampleOutcome, ExampleResult, ListedExample, example_result, example_results, examples,
};
pub use run::Run;
pub use selection_ranges::selection_ranges;
pub use semantic_tokens::{Token, TokenKind, semantic_tokens};
pub use signature_help::{SIGNATURE_TRIGGERS, Signature, signature_help};
pub use source::{Location, Source};
pub use statements::{Hole, HoleKind, holes};
pub use symbols::{Symbol, SymbolKind, WorkspaceSymbol, document_symbols, workspace_symbols};
pub use syntax::cancel::{Cancel, Cancelled, NEVER};
pub use verdict::{Failure, TraceDifference, Verdict};
