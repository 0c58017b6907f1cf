//! `karel completions`: what a shell needs to complete the command line.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{Karel, Verdict};

/// Print completions for a shell, to be put where it looks for them
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Karel::command(), "karel", &mut script);
        anstream::stdout().lock().write_all(&script)?;
        Ok(Verdict::Fine)
    }
}
