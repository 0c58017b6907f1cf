//! `karel explain`: what a diagnostic's code means.

use std::io::Write;

use anyhow::Context;
use clap::Args;
use owo_colors::OwoColorize;
use syntax::codes;

use crate::Verdict;

/// Say what a message's code means, and what to do
#[derive(Args)]
pub(crate) struct Explain {
    /// The code, such as K201
    #[arg(value_name = "CODE")]
    code: String,
}

impl Explain {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let code = codes::find(&self.code.to_uppercase());
        let code = code.with_context(|| {
            format!("there is no code {}: messages have theirs in brackets, as in error[K201]", self.code)
        })?;
        let mut out = anstream::stdout().lock();
        writeln!(out, "{}\n{}", format!("{}: {}", code.code, code.title).bold(), code.explanation)?;
        Ok(Verdict::Fine)
    }
}
