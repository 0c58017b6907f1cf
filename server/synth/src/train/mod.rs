//! Training: one loop for every network, endless fresh tasks, exact resume.
//!
//! | module | what lives there |
//! |---|---|
//! | [`config`] | what decides the outcome, as TOML |
//! | [`start`] | first weights that are those of a finished network |
//! | [`background`] | giving way to everything else on the machine |
//! | [`data`], [`file`], [`stream`] | which task is learned when, and having it ready in time |
//! | [`inferred`], [`beside`] | traces found as training goes, on a device on a thread of their own |
//! | [`optimizer`], [`schedule`], [`ema`] | what becomes of the gradients |
//! | [`checkpoint`], [`pieces`] | a training on disk, and in pieces that travel |
//! | [`evaluation`], [`metrics`], [`curve`] | what is known of it |

pub mod background;
pub mod beside;
pub mod checkpoint;
pub mod config;
pub mod curve;
pub mod data;
pub mod ema;
pub mod evaluation;
pub mod file;
pub mod inferred;
pub mod metrics;
pub mod optimizer;
pub mod pieces;
pub mod schedule;
pub mod start;
pub mod stream;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tch::{Device, Kind, Tensor};

use crate::models::network::Network;
use crate::models::parameters::Parameters;
use crate::models::registry::Visitor;
use crate::models::trace_policy::TracePolicy;
use crate::models::weights::Weights;
use crate::models::{Work, carried, counted};
use background::{Background, processor_seconds};
use checkpoint::{Progress, Saved};
use config::Config;
use data::{Batch, Data};
use ema::Ema;
use evaluation::Evaluation;
use inferred::Inferrer;
use metrics::{Left, Log, Step, Sums};
use optimizer::Optimizer;
use stream::Stream;

/// How a training is run; none of it has a bearing on the weights.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder for weights, checkpoint, metrics and curve.
    pub out: PathBuf,
    /// Ends this run, not the training, so many minutes after its first step began, or after so many steps.
    pub minutes: Option<f64>,
    pub steps: Option<u64>,
    pub resume: Resume,
    /// What there is to start from where there is no checkpoint to go on from.
    pub from: From,
    /// Time between two checkpoints.
    pub save: Duration,
    /// Pauses while others use more than this share of all cores.
    pub pause_above: Option<f64>,
    /// Processor minutes of other trainings that come after this one, for what is said of the time left.
    pub after: f64,
    /// Which checkpoints are written.
    pub keep: Keep,
    pub device: Device,
    /// Threads that prepare the data.
    pub threads: usize,
    /// Shows a bar.
    pub show: bool,
}

/// Where a training starts that has no checkpoint to go on from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum From {
    /// Random weights.
    #[default]
    Nothing,
    /// The weights of a finished network: a file, or `embedded`. It is a new training.
    Weights(String),
    /// The weights of this very training, saved before its end. Its steps, tasks and time go on; only what the optimizer
    /// remembered is lost.
    Unfinished(PathBuf),
}

/// Which checkpoints a training writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Keep {
    /// The exact one: everything, bit for bit
    #[default]
    Exact,
    /// The compact one, in pieces of at most 15 MB, and the weights each time
    Compact,
    /// Both
    Both,
}

/// Where a training goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resume {
    /// The checkpoint of the output folder that came farther, the exact or the compact one; from the start if there is
    /// none.
    Auto,
    /// From the start.
    Never,
    /// The checkpoint of this folder.
    From(PathBuf),
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Summary {
    /// How far the whole training has come.
    pub progress: Progress,
    /// The sums over this run.
    pub sums: Sums,
    /// Whether the training has come to its end.
    pub finished: bool,
    pub weights: PathBuf,
    pub compact: Vec<PathBuf>,
}

/// Time between two checkpoints, if nothing else is wished.
pub const SAVE: Duration = Duration::from_secs(180);
/// This many steps in a row without a finite gradient end the training.
const DIVERGED: u32 = 100;

/// Trains the network that the configuration names, until the training's end, this run's limit, or `stop`. What there
/// is by then has been saved.
///
/// # Errors
/// Where the network is unknown, the configuration does not fit it, or files can't be read or written.
pub fn train(config: &Config, options: &Options, stop: &AtomicBool) -> anyhow::Result<Summary> {
    struct Train<'a>(&'a Config, &'a Options, &'a AtomicBool);
    impl Visitor for Train<'_> {
        type Output = anyhow::Result<Summary>;

        fn visit<N: Network>(self, network: &N::Config) -> Self::Output {
            Run::<N>::begin(self.0, network.clone(), self.1)?.run(self.2)
        }
    }
    config.model.visit(Train(config, options, stop))
}

struct Run<'a, N: Network> {
    config: &'a Config,
    network: N::Config,
    options: &'a Options,
    /// What is computed in.
    kind: Kind,
    progress: Progress,
    parameters: Parameters,
    optimizer: Optimizer,
    ema: Option<Ema>,
    stream: Stream<N>,
    evaluation: Evaluation,
    log: Log,
    /// When this run's first step began.
    started: Instant,
    /// What had been done by then: the share of the whole training, and its processor seconds.
    begun: (f64, f64),
    background: Option<Background>,
}

impl<'a, N: Network> Run<'a, N> {
    fn begin(config: &'a Config, network: N::Config, options: &'a Options) -> anyhow::Result<Run<'a, N>> {
        let (out, device) = (&options.out, options.device);
        fs::create_dir_all(out).with_context(|| format!("can't make the folder {}", out.display()))?;
        let kind = config.arithmetic.kind(device);
        let mut parameters = Parameters::new(device, config.seed);
        let mut optimizer = Optimizer::new(&config.optimizer);
        let mut ema = (config.ema > 0.0).then(|| Ema::new(config.ema));
        let mut progress = Progress { seed: config.seed, ..Progress::default() };
        if let Some(saved) = saved(options)? {
            if saved.network != config.model {
                bail!("the checkpoint is of a network of other sizes: remove it, or choose another `--out`");
            }
            if saved.progress.seed != config.seed {
                bail!(
                    "the checkpoint is of seed {}: remove it, or choose another `--out`",
                    saved.progress.seed
                );
            }
            saved.restore(&mut parameters, &mut optimizer, ema.as_mut());
            progress = saved.progress;
        } else {
            match &options.from {
                From::Nothing => {}
                From::Weights(of) => start::from_weights::<N>(of, &network, &mut parameters)?,
                From::Unfinished(file) => {
                    progress = start::from_unfinished::<N>(file, config, &network, &mut parameters)?;
                }
            }
        }
        progress.config.clone_from(&config.text);
        // Makes what weights there are none of yet, and refuses what doesn't fit.
        N::load(&network, Weights::training(&mut parameters, kind))?;
        let data = Data::new(config)?;
        let lines = match &config.data.file {
            Some(file) => {
                let (seed, shuffle, batch) = (config.seed, config.data.shuffle, config.data.batch);
                let reading = file::Reading { file: file.clone(), seed, shuffle, batch };
                let lines = file::batches(reading, progress.tasks);
                Some(lines.with_context(|| format!("can't read {}", file.display()))?)
            }
            None => None,
        };
        let inferrer = Inferrer::new(&config.traces, device, kind)?;
        let stream = Stream::new(network.clone(), data, lines, inferrer, progress.tasks, options.threads)?;
        let log = Log::open(out, &config.name, progress.step, options.show)?;
        log.doing("making up tasks to evaluate on");
        let evaluation = Evaluation::new(config, device, kind)?;
        log.doing("drawing the first tasks");
        Ok(Run {
            config,
            network,
            options,
            kind,
            progress,
            parameters,
            optimizer,
            ema,
            stream,
            evaluation,
            log,
            started: Instant::now(),
            begun: (0.0, 0.0),
            background: options.pause_above.map(Background::new),
        })
    }

    fn run(mut self, stop: &AtomicBool) -> anyhow::Result<Summary> {
        // Not before: a run must come farther, however long its preparations take.
        self.started = Instant::now();
        self.begun = (self.config.schedule.progress(self.progress.spent()), self.progress.processor_seconds);
        let first = self.progress.step;
        let (mut saved, mut measured, mut diverged) = (Instant::now(), self.progress.seconds, 0);
        while !self.finished() && !self.ended(first) && !stop.load(Ordering::Relaxed) {
            if let Some(background) = &mut self.background {
                background.give_way(stop, &|| self.log.doing("paused, as the machine is busy"));
            }
            let step = self.step()?;
            diverged = if step.gradient.is_finite() { 0 } else { diverged + 1 };
            if diverged == DIVERGED {
                bail!(
                    "nothing was learned in {DIVERGED} steps: the gradients are not finite (lower \
                     `optimizer.rate`), or no task of the file can be used"
                );
            }
            let left = self.left(first, step.seconds);
            self.log.step(&self.progress, &step, &left)?;
            if self.progress.seconds - measured >= 60.0 * self.config.evaluation.minutes && !self.finished() {
                self.evaluate(stop)?;
                measured = self.progress.seconds;
            }
            if saved.elapsed() >= self.options.save {
                if !self.save()?.is_empty() {
                    self.export()?;
                }
                saved = Instant::now();
            }
        }
        let compact = self.save()?;
        let weights = self.export()?;
        self.evaluate(stop)?;
        self.log.finish(&self.progress)?;
        let finished = self.finished();
        Ok(Summary { progress: self.progress, sums: self.log.run, finished, weights, compact })
    }

    /// One step: predict, learn from the gradients, count.
    fn step(&mut self) -> anyhow::Result<Step> {
        let (start, processor) = (Instant::now(), processor_seconds());
        let (waited, inferring) = (self.stream.waited, self.stream.inferring);
        let Batch { features, samples, inferred, unknown, refused } = self.stream.next_batch()?;
        let targets: usize = features.iter().map(N::targets).sum();
        let mut loss = Tensor::zeros([2], (Kind::Double, self.options.device));
        let mut work = Work::default();
        self.parameters.zero_grad();
        for features in &features {
            let network = N::load(&self.network, Weights::training(&mut self.parameters, self.kind))?;
            let (found, counted) = counted(|| network.loss(features));
            work += counted;
            (&found.sum / targets as f64).backward();
            loss += Tensor::stack(
                &[found.sum.detach().to_kind(Kind::Double), found.correct.to_kind(Kind::Double)],
                0,
            );
        }
        let (spent, schedule) = (self.progress.spent(), &self.config.schedule);
        let rate = schedule.rate(self.config.optimizer.rate, spent.steps, schedule.progress(spent));
        let gradient = if targets > 0 { self.optimizer.step(&mut self.parameters, rate) } else { f64::NAN };
        if let Some(ema) = &mut self.ema {
            ema.update(&self.parameters);
        }
        // Waits for the device: what is counted below has been done.
        let (loss, correct) = (loss.double_value(&[0]), loss.int64_value(&[1]));
        self.progress.step += 1;
        self.progress.tasks += self.config.data.batch as u64;
        self.progress.samples += samples as u64;
        self.progress.seconds += start.elapsed().as_secs_f64();
        self.progress.processor_seconds += processor_seconds() - processor;
        Ok(Step {
            samples,
            targets,
            loss,
            correct,
            rate,
            gradient,
            seconds: start.elapsed().as_secs_f64(),
            waiting: self.stream.waited.saturating_sub(waited),
            inferring: self.stream.inferring.saturating_sub(inferring),
            inferred,
            unknown,
            refused,
            work,
        })
    }

    /// Whether the whole training is done.
    fn finished(&self) -> bool {
        self.config.schedule.progress(self.progress.spent()) >= 1.0
    }

    /// Whether this run has come to its limit. In the shortest time there is one step.
    fn ended(&self, first: u64) -> bool {
        let minutes = self.started.elapsed().as_secs_f64() / 60.0;
        self.options.minutes.is_some_and(|limit| self.progress.step > first && minutes >= limit)
            || self.options.steps.is_some_and(|limit| self.progress.step - first >= limit)
    }

    /// How much of this run is done, and how long the rest will take; `more` seconds are not logged yet.
    fn left(&self, first: u64, more: f64) -> Left {
        let elapsed = self.started.elapsed().as_secs_f64();
        let minutes = self.options.minutes.map_or(0.0, |limit| elapsed / (60.0 * limit).max(1e-9));
        let steps = (self.progress.step - first) as f64;
        let of_steps = self.options.steps.map_or(0.0, |limit| steps / limit.max(1) as f64);
        let schedule = self.config.schedule.progress(self.progress.spent());
        // What the clock has taken for what was trained in this run, pauses included.
        let per_share = |now: f64, before: f64| (now - before > 0.0).then(|| elapsed / (now - before));
        let share = minutes.max(of_steps).max(schedule);
        let trained = self.log.run.total.seconds + more;
        let left = [
            (minutes > 0.0).then(|| elapsed * (1.0 / minutes - 1.0)),
            (of_steps > 0.0).then(|| trained * (1.0 / of_steps - 1.0)),
            per_share(schedule, self.begun.0).map(|seconds| seconds * (1.0 - schedule)),
        ];
        let left = left.into_iter().flatten().filter(|left| left.is_finite()).reduce(f64::min);
        let rate = per_share(self.progress.processor_seconds, self.begun.1);
        let after = rate.filter(|_| self.options.after > 0.0).map(|rate| 60.0 * self.options.after * rate);
        let time = |seconds: f64| Duration::from_secs_f64(seconds.clamp(0.0, 1e9));
        Left { share, this: left.map(time), all: left.zip(after).map(|(this, after)| time(this + after)) }
    }

    fn training(&self) -> checkpoint::Training<'_> {
        checkpoint::Training {
            progress: &self.progress,
            network: &self.config.model,
            parameters: &self.parameters,
            optimizer: &self.optimizer,
            ema: self.ema.as_ref(),
        }
    }

    /// Writes the checkpoints, and gives the files of the compact one.
    fn save(&self) -> anyhow::Result<Vec<PathBuf>> {
        let (training, out, keep) = (self.training(), &self.options.out, self.options.keep);
        if keep != Keep::Compact {
            training.save(&out.join(CHECKPOINT))?;
        }
        Ok(if keep == Keep::Exact { Vec::new() } else { training.save_compact(out)? })
    }

    /// The weights to use: their average if there is one.
    fn best(&self) -> Parameters {
        let mut best = Parameters::new(self.options.device, self.config.seed);
        match &self.ema {
            Some(ema) if ema.updates() > 0 => ema.iter().for_each(|(name, value)| best.set(name, value)),
            _ => self.parameters.iter().for_each(|(name, value)| best.set(name, value)),
        }
        best
    }

    fn evaluate(&mut self, stop: &AtomicBool) -> anyhow::Result<()> {
        self.log.doing("evaluating");
        let mut best = self.best();
        let network = N::load(&self.network, Weights::training(&mut best, self.kind))?;
        match self.evaluation.measure(network.model(), &|| stop.load(Ordering::Relaxed)) {
            Some(figures) if !figures.is_empty() => self.log.evaluated(&self.progress, figures),
            _ => Ok(()),
        }
    }

    /// Writes what `--models` loads: the weights, and the trace model that they were trained with.
    fn export(&self) -> anyhow::Result<PathBuf> {
        let Config { name, model, data, traces, .. } = self.config;
        let mut metadata = model.metadata();
        let tasks = match &data.file {
            Some(file) => format!("{}", file.file_name().unwrap_or_default().display()),
            None => format!("generator {}", env!("CARGO_PKG_VERSION")),
        };
        for (key, value) in [
            ("trained", name.clone()),
            ("trained_finished", if self.finished() { "yes" } else { "no" }.to_owned()),
            ("trained_seed", self.config.seed.to_string()),
            ("trained_on", tasks),
            ("trained_tasks", self.progress.tasks.to_string()),
            ("trained_steps", self.progress.step.to_string()),
            ("trained_minutes", format!("{:.4}", self.progress.seconds / 60.0)),
            ("trained_processor_minutes", format!("{:.4}", self.progress.processor_seconds / 60.0)),
            ("excluded", if data.exclude.is_some() { "yes" } else { "no" }.to_owned()),
        ] {
            metadata.insert(key.to_owned(), value);
        }
        let file = self.options.out.join(format!("{name}.safetensors"));
        checkpoint::save_weights(&file, self.best().iter(), &metadata)?;
        if let Some(of) = &traces.trace_model {
            let (bytes, _) = carried::read(of, TracePolicy::NAME)?;
            checkpoint::write(&self.options.out.join("trace-model.safetensors"), &bytes)?;
        }
        Ok(file)
    }
}

/// The folder of the exact checkpoint.
const CHECKPOINT: &str = "checkpoint";

/// The checkpoint to go on from.
fn saved(options: &Options) -> anyhow::Result<Option<Saved>> {
    let folder = match &options.resume {
        Resume::Never => return Ok(None),
        Resume::Auto => &options.out,
        Resume::From(folder) => folder,
    };
    let exact = Saved::read(&folder.join(CHECKPOINT))?;
    let compact = Saved::read_compact(folder)?;
    let farthest = match (exact, compact) {
        (Some(exact), Some(compact)) if compact.progress.step > exact.progress.step => Some(compact),
        (exact, compact) => exact.or(compact),
    };
    if farthest.is_none() && options.resume != Resume::Auto {
        bail!("{} holds no checkpoint to resume from", folder.display());
    }
    Ok(farthest)
}
