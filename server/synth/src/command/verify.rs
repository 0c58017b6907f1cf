//! `karel-synth verify`

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;
use synth::device;
use synth::eval::read;
use synth::eval::verify;
use tch::Device;

use super::Computation;

/// See that the networks compute here what they should: as a reference did, and on a device as on the CPU
#[derive(Args)]
pub(crate) struct Verify {
    /// Tasks of the reference
    #[arg(long, value_name = "FILE", requires = "vectors")]
    tasks: Option<PathBuf>,
    /// What the reference has found for them (server/synth/tests/fixtures/vectors.json for the starting weights)
    #[arg(long, value_name = "FILE", requires = "tasks")]
    vectors: Option<PathBuf>,
    /// Width of the beam that is compared
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    beam: u16,
    #[command(flatten)]
    computation: Computation,
}

impl Verify {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let (device, models) = self.computation.open()?;
        let (name, beam) = (device::name(device), self.beam.into());
        if let (Some(file), Some(vectors)) = (&self.tasks, &self.vectors) {
            let start = Instant::now();
            let (tasks, errors) = read(file, None)?;
            if let Some(error) = errors.first() {
                bail!("{}, {error}", file.display());
            }
            let vectors =
                fs::read_to_string(vectors).with_context(|| format!("can't read {}", vectors.display()))?;
            let count = verify::against_reference(&models, &tasks, &vectors, beam)?;
            anstream::println!(
                "{name}: as the reference on {count} tasks ({:.1} s)",
                start.elapsed().as_secs_f64()
            );
        }
        if device != Device::Cpu {
            let start = Instant::now();
            let cpu = self.computation.models_on(Device::Cpu)?;
            let count = verify::against_cpu(&models, &cpu, beam)?;
            anstream::println!(
                "{name}: as the CPU on {count} made-up tasks ({:.1} s)",
                start.elapsed().as_secs_f64()
            );
        }
        Ok(())
    }
}
