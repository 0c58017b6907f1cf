//! `karel dap`: the debugger, for an editor.

use clap::Args;

use crate::Verdict;

/// Start the debugger on standard input and output, for editors that speak the Debug Adapter Protocol
#[derive(Args)]
pub(crate) struct Dap {}

impl Dap {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        ::dap::serve(std::io::stdin(), std::io::stdout())?;
        Ok(Verdict::Fine)
    }
}
