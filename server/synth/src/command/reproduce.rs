//! `karel-synth reproduce`

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use synth::device::{self, DevicePreference};
use synth::eval::shard::Shard;
use synth::eval::{generated_tasks, read, spread};
use synth::interrupt::stop_on_ctrl_c;
use synth::reproduce::{Request, Scale, Tasks, reproduce};

use super::train::InBackground;

/// Train every system and fill the paper's Tables 1 to 4, this project's figures beside the paper's
///
/// Started again, it goes on where it was: networks that are trained and rows that are evaluated are kept.
#[derive(Args)]
pub(crate) struct Reproduce {
    /// Tasks to evaluate on, in the public dataset's format [default: generated ones]
    #[arg(long, value_name = "FILE")]
    tasks: Option<PathBuf>,
    /// Only so many tasks [default: all of the file, 500 generated ones, 4 with --quick]
    #[arg(long)]
    limit: Option<usize>,
    /// Folder for networks, figures and tables [default: runs/reproduce, runs/reproduce-small, runs/reproduce-quick]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How large the networks are, and how long they are trained
    #[arg(long, value_enum, default_value_t)]
    scale: Scale,
    /// Folder of finished weights, NAME.safetensors, that need not be trained again [default: that of this repository]
    #[arg(long, value_name = "DIR")]
    finished: Option<PathBuf>,
    /// Train what is not trained yet, and leave the tables for another time
    #[arg(long)]
    only_train: bool,
    /// Evaluate part I of N of the tasks only, for one of several machines with the same folder; networks must be trained.
    /// Without it, parts that are there are put together
    #[arg(long, value_name = "I/N", conflicts_with = "only_train")]
    shard: Option<Shard>,
    #[command(flatten)]
    background: InBackground,
    /// Small networks and a few steps: shows in minutes that everything works, and nothing else
    #[arg(long)]
    quick: bool,
    /// Only these rows, or the rows of these networks
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Trained weights of a network, in place of training it
    #[arg(long, value_name = "NAME=FILE")]
    weights: Vec<String>,
    /// Minutes of training for each network [default: its configuration's]
    #[arg(long, value_parser = super::train::positive)]
    minutes: Option<f64>,
    /// Put the values of another file in the place of the configurations', such as systems/paper-sgd.toml
    #[arg(long = "with", value_name = "FILE.toml")]
    with: Vec<PathBuf>,
    /// Put a value in the place of the configurations', such as `data.exclude=FILE`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Width of the beam over programs [default: 50, 4 with --quick]
    #[arg(long)]
    beam: Option<usize>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    device: DevicePreference,
    /// CPU threads [default: all]
    #[arg(long)]
    threads: Option<usize>,
}

/// Where the repository keeps finished weights, in a folder for each scale.
const FINISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/weights");

/// Seed of the generated tasks, which no training has.
const SEED: u64 = 0x7461_626c_6573;

impl Reproduce {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        self.background.enter()?;
        let tasks = self.tasks()?;
        let weights = self
            .weights
            .iter()
            .map(|item| {
                let pair =
                    item.split_once('=').with_context(|| format!("`--weights {item}` is no NAME=FILE"))?;
                Ok((pair.0.to_owned(), PathBuf::from(pair.1)))
            })
            .collect::<anyhow::Result<_>>()?;
        let device = device::open(self.device)?;
        device::set_threads(super::train::torch_threads(device, self.threads));
        let folder = match (self.quick, self.scale) {
            (true, _) => "runs/reproduce-quick",
            (false, Scale::Full) => "runs/reproduce",
            (false, Scale::Small) => "runs/reproduce-small",
        };
        let request = Request {
            out: self.out.unwrap_or_else(|| folder.into()),
            only: self.only,
            weights,
            finished: Some(self.finished.unwrap_or_else(|| Path::new(FINISHED).join(self.scale.name()))),
            scale: self.scale,
            pause_above: self.background.pause_above(),
            save: self.background.save(None),
            only_train: self.only_train,
            shard: self.shard,
            minutes: self.minutes,
            overrides: [super::train::overlays(&self.with)?, self.set].concat(),
            quick: self.quick,
            beam: self.beam.unwrap_or(if self.quick { 4 } else { 50 }).max(1),
            trace_beam: if self.quick { 2 } else { 10 },
            device,
            threads: device::threads(self.threads),
        };
        let stop = stop_on_ctrl_c()?;
        let text = reproduce(&request, &tasks, &stop)?;
        anstream::print!("{text}");
        Ok(())
    }

    fn tasks(&self) -> anyhow::Result<Tasks> {
        let Some(file) = &self.tasks else {
            let count = self.limit.unwrap_or(if self.quick { 4 } else { 500 });
            let tasks = generated_tasks(SEED, count)?;
            return Ok(Tasks { name: format!("the project's generator, seed {SEED}"), tasks, spread: false });
        };
        let (tasks, errors) = read(file, None)?;
        let all = tasks.len();
        let tasks = spread(tasks, self.limit.unwrap_or(all));
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        for error in &errors {
            anstream::eprintln!("{name}, {error}");
        }
        if tasks.is_empty() {
            bail!("{name} holds no tasks");
        }
        Ok(Tasks { spread: tasks.len() < all, name, tasks })
    }
}
