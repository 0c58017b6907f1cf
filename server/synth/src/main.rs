//! The command line of the engine.

mod command;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match command::Arguments::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("karel-synth: {error:#}");
            ExitCode::FAILURE
        }
    }
}
