//! The three programs that the project is made of.

use anyhow::Result;

use crate::{libtorch, process};

/// What users run: the command line, the language server, the synthesis engine. Package and program share a name.
pub const PROGRAMS: [&str; 3] = ["karel", "karel-lsp", "karel-synth"];

/// Builds them in the release profile. libtorch is got first: the engine's crate needs it.
pub fn build() -> Result<()> {
    libtorch::find_or_get()?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--release"]);
    process::run(cargo.args(PROGRAMS.map(|program| format!("--package={program}"))))
}
