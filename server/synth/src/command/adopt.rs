//! `karel-synth adopt`

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use protocol::message::Budget;
use synth::adopt::{Request, adopt};
use synth::device::{self, DevicePreference};
use synth::eval::{SHOWN, read, spread};

/// Put newly trained weights of `ours` in the place of those that the engine carries, if they are better
///
/// Both are evaluated on the same tasks with a plain beam, and the new ones are taken where guided search is better by a
/// paired test (p < 0.05). Then everything that was measured with the old ones is made anew: the reference values, the
/// calibration, the tables of the documents. Stopped and started again, it goes on where it was.
#[derive(Args)]
pub(crate) struct Adopt {
    /// Folders of trained weights, such as runs/trace-policy; a network that is in none of them stays as it is
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Tasks in the public dataset's format, plain or gzip
    #[arg(long, value_name = "FILE")]
    tasks: PathBuf,
    /// Only so many of them, spread evenly over the file [default: all]
    #[arg(long)]
    limit: Option<usize>,
    /// Folder of the results of the comparison, from which a run that was stopped goes on
    #[arg(long, value_name = "DIR", default_value = "runs/adopt")]
    out: PathBuf,
    /// The engine's sources, whose weights and documents are replaced
    #[arg(long, value_name = "DIR", default_value = env!("CARGO_MANIFEST_DIR"), hide_default_value = true)]
    into: PathBuf,
    /// Take the new weights though they are not better
    #[arg(long)]
    anyway: bool,
    /// Width of the beam
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    beam: u32,
    /// Tasks that are asked for as the language server does, spread over the others, for the calibration
    #[arg(long, value_name = "N", default_value_t = 200)]
    served: usize,
    /// Milliseconds that such a request may take
    #[arg(long, value_name = "MS", default_value_t = Budget::default().milliseconds)]
    milliseconds: u64,
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    device: DevicePreference,
    /// CPU threads [default: all]
    #[arg(long)]
    threads: Option<usize>,
}

impl Adopt {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let (tasks, errors) = read(&self.tasks, None)?;
        let file = self.tasks.file_name().unwrap_or(self.tasks.as_os_str()).to_string_lossy().into_owned();
        for error in &errors {
            anstream::eprintln!("{file}, {error}");
        }
        let all = tasks.len();
        let tasks = spread(tasks, self.limit.unwrap_or(all));
        if tasks.is_empty() {
            bail!("{file} holds no task");
        }
        if let Some(number) = tasks.iter().position(|task| task.examples.len() <= SHOWN) {
            bail!("task {} of {file} has no example beyond the {SHOWN} that are shown", number + 1);
        }
        let device = device::open(self.device)?;
        device::set_threads(self.threads);
        let beam = self.beam as usize;
        let request = Request {
            folders: self.folders,
            file,
            spread: tasks.len() < all,
            tasks,
            out: self.out,
            into: self.into,
            anyway: self.anyway,
            beam,
            served: self.served.max(1),
            budget: Budget { milliseconds: self.milliseconds, beam, ..Budget::default() },
            device,
            threads: device::threads(self.threads),
        };
        anstream::print!("{}", adopt(&request)?);
        Ok(())
    }
}
