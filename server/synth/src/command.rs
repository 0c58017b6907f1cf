//! The subcommands.

mod eval;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use synth::device::{self, Choice};
use synth::models::Models;
use tch::Device;

/// Writes Karel programs from examples: networks propose, the interpreter judges.
#[derive(Parser)]
#[command(name = "karel-synth", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Eval(eval::Eval),
}

impl Arguments {
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Eval(eval) => eval.run(),
        }
    }
}

/// What every command that uses the networks can be told.
#[derive(Args)]
pub struct Computation {
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    device: Choice,
    /// CPU threads [default: all]
    #[arg(long)]
    threads: Option<usize>,
    /// Folder of weight files to use instead of those that the engine carries
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
}

impl Computation {
    /// Opens the device and loads the networks; the first call of torch.
    fn open(&self) -> anyhow::Result<(Device, Models)> {
        let device = device::open(self.device)?;
        device::set_threads(self.threads);
        Ok((device, Models::load(self.models.as_deref(), device)?))
    }

    fn threads(&self) -> usize {
        let available = std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or(available).max(1)
    }
}
