//! `cargo xtask COMMAND`: everything that sets up, builds, checks and installs the project. One file a command;
//! what several commands use (the repository's paths, running a program, tools that tests need) has a file of its
//! own beside them.

mod demo;
mod files;
mod grammar;
mod install;
mod libtorch;
mod lsp_client;
mod mutants;
mod pack;
mod process;
mod programs;
mod repo;
mod target;
mod test;
mod tools;
mod vsix;

use clap::{Parser, Subcommand};

/// Sets up, builds, tests and installs Karel by example.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find libtorch 2.11, or get it from the pinned wheels, into the folder `libtorch`.
    Libtorch(libtorch::Args),
    /// Generate the parser from the grammar, and run the grammar's corpus.
    Grammar(grammar::Args),
    /// Run every test there is, end to end ones in real editors included.
    Test(test::Args),
    /// Synthesize a program from the examples of a file, through the language server, and run it on them.
    Demo(demo::Args),
    /// Install the programs, their libtorch and the Neovim plugin.
    Install(install::Args),
    /// Package the VS Code extension.
    Vsix(vsix::Args),
    /// Make a folder that trains and measures on a machine with Python's torch 2.11, such as a GPU lent for minutes.
    Pack(pack::Args),
    /// Break the editors' plugins in many small ways, and see that their tests notice each.
    Mutants(mutants::Args),
}

fn main() -> std::process::ExitCode {
    let outcome = match Args::parse().command {
        Command::Libtorch(args) => libtorch::run(args),
        Command::Grammar(args) => grammar::run(args),
        Command::Test(args) => test::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Install(args) => install::run(args),
        Command::Vsix(args) => vsix::run(args),
        Command::Pack(args) => pack::run(args),
        Command::Mutants(args) => mutants::run(args),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
