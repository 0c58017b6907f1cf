//! `karel lsp`: the language server, wherever it is installed.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, bail};
use clap::Args;
use protocol::program::installed;

use crate::Verdict;

/// Start the language server on standard input and output
#[derive(Args)]
pub(crate) struct Lsp {
    /// Passed on to karel-lsp
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    arguments: Vec<OsString>,
}

impl Lsp {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let Some(server) = installed("karel-lsp") else {
            bail!("the language server karel-lsp is neither beside this program nor on PATH; install it");
        };
        let mut command = Command::new(&server);
        command.args(&self.arguments);
        let failed = || format!("can't start {}", server.display());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            // On success this process becomes the server and never returns.
            Err(command.exec()).with_context(failed)
        }
        #[cfg(not(unix))]
        {
            let status = command.status().with_context(failed)?;
            Ok(Verdict::fine_if(status.success()))
        }
    }
}
