//! `cargo xtask COMMAND`: everything that sets up, builds, checks and installs the project. One file a command;
//! what several commands use (the repository's paths, running a program, tools that tests need) has a file of its
//! own beside them.

mod libtorch;
mod process;
mod repo;

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
}

fn main() -> std::process::ExitCode {
    let outcome = match Args::parse().command {
        Command::Libtorch(args) => libtorch::run(args),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
