//! `karel lsp`: the language server, wherever it is installed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};
use clap::Args;

use crate::Verdict;

/// Start the language server on standard input and output
#[derive(Args)]
pub struct Lsp {
    /// Passed on to karel-lsp
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    arguments: Vec<OsString>,
}

impl Lsp {
    pub fn run(&self) -> anyhow::Result<Verdict> {
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

/// A program of ours: beside this one, else on PATH.
pub fn installed(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let own = std::env::current_exe().ok();
    let beside = own.as_deref().and_then(|p| p.parent()).map(|folder| folder.join(&file));
    let path = std::env::var_os("PATH").unwrap_or_default();
    beside
        .into_iter()
        .chain(std::env::split_paths(&path).filter(|p| p.is_absolute()).map(|folder| folder.join(&file)))
        .find(|candidate| candidate.is_file())
}
