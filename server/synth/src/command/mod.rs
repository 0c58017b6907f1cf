//! The subcommands.

mod ablate;
mod adopt;
mod bench;
mod eval;
mod generate;
mod merge;
mod reproduce;
mod serve;
mod train;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use protocol::System;
use synth::device::{self, DevicePreference};
use synth::models::{LoadError, Models};
use tch::Device;

/// Writes Karel programs from examples: networks propose, the interpreter judges.
#[derive(Parser)]
#[command(name = "karel-synth", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Eval(eval::Eval),
    Reproduce(reproduce::Reproduce),
    Generate(generate::Generate),
    Merge(merge::Merge),
    Ablate(ablate::Ablate),
    Adopt(adopt::Adopt),
    Bench(bench::Bench),
    Train(train::Train),
    Verify(verify::Verify),
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        // What only prints ends quietly where nobody reads on; long work and the server go on without a reader.
        if !matches!(self.command, Command::Serve(_) | Command::Train(_) | Command::Reproduce(_)) {
            synth::interrupt::end_with_the_reader();
        }
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Eval(eval) => eval.run(),
            Command::Reproduce(reproduce) => reproduce.run(),
            Command::Generate(generate) => generate.run(),
            Command::Merge(merge) => merge.run(),
            Command::Ablate(ablate) => ablate.run(),
            Command::Adopt(adopt) => adopt.run(),
            Command::Bench(bench) => bench.run(),
            Command::Train(train) => train.run(),
            Command::Verify(verify) => verify.run(),
        }
    }
}

/// The options of every command that uses the networks.
#[derive(Args)]
pub(crate) struct Computation {
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    device: DevicePreference,
    /// CPU threads [default: all]
    #[arg(long)]
    threads: Option<usize>,
    /// Which networks to use of those that the engine carries: ours, pipeline or io-code (the paper's, small)
    #[arg(long, value_name = "SYSTEM", default_value = System::default().name())]
    system: System,
    /// Folder of weight files to use instead of those that the engine carries
    #[arg(long, value_name = "DIR", conflicts_with = "system")]
    models: Option<PathBuf>,
}

impl Computation {
    /// Opens the device and loads the networks; the first call of torch.
    fn open(&self) -> anyhow::Result<(Device, Models)> {
        let device = device::open(self.device)?;
        device::set_threads(self.threads);
        Ok((device, self.models_on(device)?))
    }

    fn models_on(&self, device: Device) -> Result<Models, LoadError> {
        match &self.models {
            Some(folder) => Models::from_folder(folder, device),
            None => Models::of_system(self.system, device),
        }
    }

    /// These settings as arguments for another engine.
    fn arguments(&self) -> Vec<OsString> {
        let device = self.device.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default();
        let mut arguments = vec!["--device".into(), device.into()];
        if let Some(threads) = self.threads {
            arguments.extend(["--threads".into(), threads.to_string().into()]);
        }
        match &self.models {
            Some(models) => arguments.extend(["--models".into(), models.into()]),
            None => arguments.extend(["--system".into(), self.system.name().into()]),
        }
        arguments
    }

    fn threads(&self) -> usize {
        device::threads(self.threads)
    }
}
