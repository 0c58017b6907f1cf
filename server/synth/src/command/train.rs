//! `karel-synth train`

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use synth::device::{self, DevicePreference};
use synth::interrupt::stop_on_ctrl_c;
use synth::train::background::{PAUSE, apart};
use synth::train::config::{Config, overlay};
use synth::train::{From, Keep, Options, Resume, SAVE, Summary, train};
use tch::Device;

/// Train a network as a configuration says; started again in the same folder, it goes on where it was
#[derive(Args)]
pub(crate) struct Train {
    /// Configuration, as those in server/synth/systems
    #[arg(value_name = "CONFIG.toml")]
    config: PathBuf,
    /// End this run so many minutes after its first step began; the last saving and evaluation come on top [default:
    /// when the configuration's schedule is over]
    #[arg(long, value_parser = positive)]
    minutes: Option<f64>,
    /// End this run after so many steps
    #[arg(long)]
    steps: Option<u64>,
    /// Folder for weights, checkpoint, metrics and curve [default: runs/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where to go on from: `auto` (the output folder, if it holds a checkpoint), `never`, or a folder
    #[arg(long, default_value = "auto", value_name = "auto|never|DIR")]
    resume: String,
    /// Weights to start from, in place of random ones, where there is no checkpoint to go on from: a weight file, or
    /// `embedded` for those that the engine carries
    #[arg(long, value_name = "WEIGHTS|embedded")]
    from: Option<String>,
    /// Weights that this very training has left before its end, to go on from where there is no checkpoint: its steps,
    /// tasks and time go on, and only what the optimizer remembered is lost
    #[arg(long, value_name = "WEIGHTS", conflicts_with = "from")]
    unfinished: Option<PathBuf>,
    #[command(flatten)]
    background: InBackground,
    /// Minutes between two checkpoints [default: 3; 1 with --background]
    #[arg(long, value_name = "MINUTES", value_parser = positive)]
    save: Option<f64>,
    /// Which checkpoints to write
    #[arg(long, value_enum, default_value_t)]
    keep: Keep,
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    device: DevicePreference,
    /// CPU threads [default: all]
    #[arg(long)]
    threads: Option<usize>,
    /// Seed of weights and tasks, in place of the configuration's
    #[arg(long)]
    seed: Option<u64>,
    /// Never train on the programs of this file of tasks
    #[arg(long, value_name = "FILE")]
    exclude: Option<PathBuf>,
    /// Put the values of another file in the place of the configuration's, such as systems/paper-sgd.toml
    #[arg(long = "with", value_name = "FILE.toml")]
    with: Vec<PathBuf>,
    /// Put a value in the place of the configuration's, such as `data.batch=64`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// How a training behaves towards others on the machine.
#[derive(Args)]
pub(crate) struct InBackground {
    /// Give way to everything else on the machine, and pause while it is busy
    #[arg(long)]
    background: bool,
    /// Pause while others use more than so many percent of all cores; 100 for never
    #[arg(long, value_name = "PERCENT", default_value_t = 100.0 * PAUSE, requires = "background",
          value_parser = percent)]
    pause_above: f64,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|n: &f64| (0.0..=100.0).contains(n));
    number.ok_or_else(|| "not a number from 0 to 100".to_owned())
}

impl InBackground {
    /// Goes on in a process of its own that gives way to all others; this one waits for it and ends with it. The first
    /// thing that a command does, while there is one thread.
    pub(crate) fn enter(&self) -> anyhow::Result<()> {
        if self.background
            && let Some(code) = apart().context("can't start a process in the background")?
        {
            std::process::exit(code);
        }
        Ok(())
    }

    /// The share above which to pause.
    pub(crate) fn pause_above(&self) -> Option<f64> {
        self.background.then_some(self.pause_above / 100.0)
    }

    /// Time between two checkpoints: more often where it may be ended at any time.
    pub(crate) fn save(&self, minutes: Option<f64>) -> Duration {
        let usual = if self.background { Duration::from_secs(60) } else { SAVE };
        minutes.map_or(usual, |minutes| Duration::from_secs_f64(60.0 * minutes.min(1e6)))
    }
}

pub(crate) fn positive(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|n: &f64| n.is_finite() && *n > 0.0)
        .ok_or_else(|| "not a number above 0".to_owned())
}

/// The values of all these files, later ones after earlier ones.
pub(crate) fn overlays(files: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    Ok(files.iter().map(|file| overlay(file)).collect::<anyhow::Result<Vec<_>>>()?.concat())
}

/// Torch's threads on the CPU. Beside a device it has next to nothing to compute there, and its threads would only be
/// in the way of those that make up tasks.
pub(crate) fn torch_threads(device: Device, wanted: Option<usize>) -> Option<usize> {
    if device == Device::Cpu { wanted } else { Some(1) }
}

impl Train {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        self.background.enter()?;
        let mut overrides = overlays(&self.with)?;
        overrides.extend(self.set);
        overrides.extend(self.seed.map(|seed| format!("seed={seed}")));
        overrides.extend(self.exclude.map(|file| format!("data.exclude={:?}", file.display().to_string())));
        let config = Config::read(&self.config, &overrides)?;
        let device = device::open(self.device)?;
        device::set_threads(torch_threads(device, self.threads));
        let options = Options {
            out: self.out.unwrap_or_else(|| PathBuf::from("runs").join(&config.name)),
            minutes: self.minutes,
            steps: self.steps,
            resume: match &*self.resume {
                "auto" => Resume::Auto,
                "never" => Resume::Never,
                folder => Resume::From(folder.into()),
            },
            from: match (self.from, self.unfinished) {
                (Some(weights), _) => From::Weights(weights),
                (None, Some(file)) => From::Unfinished(file),
                (None, None) => From::Nothing,
            },
            save: self.background.save(self.save),
            pause_above: self.background.pause_above(),
            after: 0.0,
            keep: self.keep,
            device,
            threads: device::threads(self.threads),
            show: true,
        };
        let stop = stop_on_ctrl_c()?;
        let summary = train(&config, &options, &stop)?;
        tell(&config, &options, &summary);
        Ok(())
    }
}

fn tell(config: &Config, options: &Options, summary: &Summary) {
    let Summary { progress, sums, finished, weights, compact } = summary;
    let total = &sums.total;
    let seconds = total.seconds.max(1e-9);
    let percent = |part: f64| 100.0 * part / seconds;
    anstream::println!(
        "{} on {}: {} steps in {:.0} s, {:.0} samples/s, {:.1}% waiting for data, {:.1}% inferring traces{}",
        config.name,
        device::name(options.device),
        sums.steps,
        total.seconds,
        total.samples as f64 / seconds,
        percent(total.waiting.as_secs_f64()),
        percent(total.inferring.as_secs_f64()),
        if sums.skipped > 0 { format!(", {} steps skipped", sums.skipped) } else { String::new() },
    );
    // The backward pass costs twice what the forward pass does.
    let operations = 3.0 * total.work.flop;
    anstream::println!(
        "{:.2} GFLOP a sample, {:.3} TFLOP/s",
        operations / total.samples.max(1) as f64 / 1e9,
        operations / seconds / 1e12
    );
    anstream::println!(
        "{}: step {}, {} tasks, {:.1} minutes ({:.1} of processors); weights in {}",
        if *finished { "the training is over" } else { "to be continued" },
        progress.step,
        progress.tasks,
        progress.seconds / 60.0,
        progress.processor_seconds / 60.0,
        weights.display()
    );
    for file in compact {
        anstream::println!("compact checkpoint: {}", file.display());
    }
}
