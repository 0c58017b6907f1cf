//! Text → tree → typed AST with ranges; the diagnostics that need no run; formatter; token dialect.
//! Knows no worlds and no LSP.

#[cfg(test)]
mod arbitrary;
pub mod ast;
pub mod build;
pub mod cancel;
pub mod codes;
pub mod curly;
pub mod diagnostic;
#[cfg(test)]
mod fixture;
pub mod flow;
pub mod foreign;
pub mod format;
pub mod indent;
pub mod leaves;
pub mod lines;
pub mod names;
pub mod parse;
pub mod places;
pub mod print;
pub mod removal;
pub mod runs;
pub mod shape;
pub mod spelling;
pub mod tokens;

pub use parse::{Parse, parse};
pub use text_size::{TextRange, TextSize};
