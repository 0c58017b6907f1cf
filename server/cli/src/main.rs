//! `karel`: what the editor does, on the command line. One file a command; what several of them need is in `files`
//! (finding and reading programs), `runs` (running one), `worlds` (grids on a terminal), `findings` (diagnostics on a terminal) and
//! `progress`.
//!
//! Exit codes: 0 all is well; 1 something was found or failed, a file among others that can't be read; 2 the command could
//! not be carried out, or a path that it names is not there; 130 it was ended by Ctrl-C.

mod check;
mod completions;
mod dap;
mod explain;
mod export;
mod files;
mod findings;
mod fmt;
mod formats;
mod import;

mod lsp;
mod new;
mod progress;
mod replay;
mod run;
mod runs;
mod synth;
mod test;
mod trace;
mod world;
mod worlds;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use owo_colors::OwoColorize;

/// Karel the robot: check, format, run, test and synthesize programs.
#[derive(Parser)]
#[command(name = "karel", version, propagate_version = true, arg_required_else_help = true)]
struct Karel {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    New(new::New),
    Check(check::Check),
    Fmt(fmt::Fmt),
    Run(run::Run),
    Trace(trace::Trace),
    World(world::World),
    Test(test::Test),
    Synth(synth::Synth),
    Import(import::Import),
    Export(export::Export),
    Replay(replay::Replay),
    Explain(explain::Explain),
    Completions(completions::Completions),
    Lsp(lsp::Lsp),
    Dap(dap::Dap),
}

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Fine,
    /// Something was found, or failed.
    Findings,
    /// A part of what was asked could not be done, which has been reported.
    Failed,
}

impl Verdict {
    fn fine_if(fine: bool) -> Verdict {
        if fine { Verdict::Fine } else { Verdict::Findings }
    }
}

/// Ctrl-C: the command ends as it was asked to.
#[derive(Debug)]
struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cancelled; nothing was changed")
    }
}

impl std::error::Error for Interrupted {}

fn main() -> ExitCode {
    let result = match Karel::parse().command {
        Command::New(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Fmt(command) => command.run(),
        Command::Run(command) => command.run(),
        Command::Trace(command) => command.run(),
        Command::World(command) => command.run(),
        Command::Test(command) => command.run(),
        Command::Synth(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Replay(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Lsp(command) => command.run(),
        Command::Dap(command) => command.run(),
    };
    match result {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Findings) => ExitCode::from(1),
        Ok(Verdict::Failed) => ExitCode::from(2),
        Err(error) if error.is::<Interrupted>() => {
            anstream::eprintln!("{error}");
            ExitCode::from(130)
        }
        // Whoever reads the output has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("{} {error:#}", "error:".red().bold());
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
