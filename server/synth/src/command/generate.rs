//! `karel-synth generate`

#![expect(unsafe_code, reason = "a thread's processor time is had from libc alone")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, ValueEnum};
use dataset::generate::check::Check;
use dataset::generate::statistics::Counts;
use dataset::generate::{self, MAX_EXAMPLES, Scratch, Settings};
use flate2::{Compression, write::GzEncoder};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use synth::eval::shard::Shard;
use synth::interrupt::stop_on_ctrl_c;

/// Make up tasks with the statistics of the public dataset
#[derive(Args)]
pub(crate) struct Generate {
    /// How many
    #[arg(long, default_value_t = 1_000)]
    tasks: u64,
    /// Seed of the tasks; equal seeds give equal tasks
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Make part I of N of these tasks; `karel-synth merge` puts the parts together
    #[arg(long, value_name = "I/N", conflicts_with = "check")]
    shard: Option<Shard>,
    /// Examples per task
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=MAX_EXAMPLES as i64))]
    examples: u8,
    /// Threads; the tasks are the same for every number [default: all]
    #[arg(long)]
    threads: Option<usize>,
    /// Make no program that occurs in this file of tasks
    #[arg(long, value_name = "FILE")]
    exclude: Option<PathBuf>,
    /// Write the tasks as JSON lines to this file, compressed where its name ends with `.gz`; `-` for standard
    /// output, which is the default unless `--check` is given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How worlds are written
    #[arg(long, value_enum, default_value = "json")]
    grids: Grids,
    /// Compare the tasks' statistics with those of the dataset, and measure how fast one core makes them
    #[arg(long)]
    check: bool,
    /// Compare with the tasks of this file instead
    #[arg(long, value_name = "FILE", requires = "check")]
    against: Option<PathBuf>,
    /// Print the comparison as JSON
    #[arg(long, requires = "check")]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Grids {
    Json,
    Tensor,
    Both,
}

impl Generate {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let exclude = match &self.exclude {
            Some(path) => generate::exclude_from(path).with_context(|| unreadable(path))?,
            None => Default::default(),
        };
        let settings =
            Settings { seed: self.seed, examples: self.examples.into(), exclude: Arc::new(exclude) };
        let real = self.against.as_deref().map(count_file).transpose()?;
        let stop = match &self.out {
            Some(_) => stop_on_ctrl_c()?,
            None => Arc::default(),
        };
        let mut out = match &self.out {
            Some(path) => Some(Out::create(path)?),
            None if self.check => None,
            None => Some(Out::create(Path::new("-"))?),
        };
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from));
        let range = self.shard.map_or(0..self.tasks, |shard| shard.range(self.tasks, 1));
        let bar = bar(range.end - range.start);
        let (start, mut shown) = (Instant::now(), false);
        let mut counts = Counts::default();
        let stream = generate::stream(settings.clone(), range.start, threads.unwrap_or(1));
        for (index, generated) in range.zip(stream) {
            if stop.load(Ordering::Relaxed) {
                bar.finish_and_clear();
                // Half of the tasks under the name of all would be taken for them.
                drop(out);
                std::process::exit(130);
            }
            if self.check {
                counts.add(&generated.program, &generated.counted(), 1.0);
            }
            if let Some(out) = &mut out {
                let grids = match self.grids {
                    Grids::Json => dataset::Grids::Json,
                    Grids::Tensor => dataset::Grids::Tensor,
                    Grids::Both => dataset::Grids::Both,
                };
                let line = generated.into_task(self.seed, index)?.to_json(grids)?;
                writeln!(out.writer, "{line}").context("the tasks can't be written")?;
            }
            if !shown && start.elapsed() > Duration::from_secs(1) {
                shown = true;
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        out.map_or(Ok(()), Out::finish)?;
        if self.check {
            let check = match &real {
                Some((name, real)) => Check::against(&counts, real, name),
                None => Check::new(&counts),
            };
            self.print(&check, tasks_per_second(&settings, self.tasks))?;
        }
        Ok(())
    }

    fn print(&self, check: &Check, speed: f64) -> anyhow::Result<()> {
        let mut text = if self.json {
            let json =
                json!({ "check": check, "tasks_per_second_per_core": speed, "passed": check.passed() });
            serde_json::to_string_pretty(&json)?
        } else {
            format!("{}\nTasks per second of one core's time: {speed:.0}", check.markdown())
        };
        text.push('\n');
        // Standard output may be carrying the tasks.
        if self.out.as_deref() == Some(Path::new("-")) {
            anstream::eprint!("{text}");
        } else {
            anstream::print!("{text}");
        }
        Ok(())
    }
}

/// How many tasks one thread makes in a second of computing time, which other programs on the machine don't count
/// into; measured for two seconds at most.
fn tasks_per_second(settings: &Settings, tasks: u64) -> f64 {
    let mut scratch = Scratch::default();
    let (start, begun) = (Instant::now(), computing_seconds());
    let mut made = 0;
    while made < tasks.min(20_000) && start.elapsed() < Duration::from_secs(2) {
        generate::task(settings, made, &mut scratch);
        made += 1;
    }
    made as f64 / (computing_seconds() - begun).max(1e-9)
}

/// Time that this thread has had a core for, in seconds.
fn computing_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to `time`, which lives through it.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The statistics of a file, and its name.
fn count_file(path: &Path) -> anyhow::Result<(String, Counts)> {
    let mut counts = Counts::default();
    for task in dataset::read(path).with_context(|| unreadable(path))? {
        let task = task.with_context(|| unreadable(path))?;
        let Some(tokens) = task.compact() else { continue };
        let examples: Vec<_> = task.examples.iter().map(|e| (&e.input, &e.actions[..], &e.output)).collect();
        counts.add(&tokens, &examples, 1.0);
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok((name, counts))
}

fn unreadable(path: &Path) -> String {
    format!("the tasks of {} can't be read", path.display())
}

fn bar(tasks: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(tasks), ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} tasks, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// Where tasks are written to; a file comes to its place when it is whole.
pub(super) struct Out {
    pub(super) writer: Box<dyn Write>,
    /// The unfinished file, and what it will be called.
    rename: Option<(PathBuf, PathBuf)>,
}

impl Out {
    pub(super) fn create(path: &Path) -> anyhow::Result<Out> {
        if path == Path::new("-") {
            return Ok(Out { writer: Box::new(BufWriter::new(io::stdout().lock())), rename: None });
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".part");
        let unfinished = PathBuf::from(unfinished);
        let file =
            File::create(&unfinished).with_context(|| format!("can't write {}", unfinished.display()))?;
        let compressed = path.extension().is_some_and(|extension| extension == "gz");
        let writer: Box<dyn Write> = if compressed {
            Box::new(GzEncoder::new(BufWriter::new(file), Compression::fast()))
        } else {
            Box::new(BufWriter::new(file))
        };
        Ok(Out { writer, rename: Some((unfinished, path.to_owned())) })
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.writer.flush().context("the tasks can't be written")?;
        // Writes the end of compressed data.
        self.writer = Box::new(io::sink());
        if let Some((from, to)) = &self.rename {
            fs::rename(from, to).with_context(|| format!("can't write {}", to.display()))?;
        }
        self.rename = None;
        Ok(())
    }
}

/// What was not finished is removed.
impl Drop for Out {
    fn drop(&mut self) {
        if let Some((unfinished, _)) = &self.rename {
            let _ = fs::remove_file(unfinished);
        }
    }
}
