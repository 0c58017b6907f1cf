//! Compares what makes the paper's LSTMs begin to learn: trains one of them, tiny, under several starts and optimizers
//! by the project's own trainer, and prints the losses as a Markdown table.
//!
//! ```sh
//! cargo run --release -p karel-synth --example lstm-start -- --system io-trace-lgrl --steps 100,200,400 --seconds 240
//! ```
//!
//! Started again with the same arguments it goes on where it was; with more steps or seconds, it trains on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use clap::Parser;
use runtime::sample::Random;
use serde::{Deserialize, Serialize};
use synth::device::{self, DevicePreference};
use synth::eval::generated_tasks;
use synth::interrupt::stop_on_ctrl_c;
use synth::models::network::{Network, Sample};
use synth::models::registry::{NetworkConfig, Visitor};
use synth::models::weights::{Weights, WeightsError};
use synth::models::{CodeTask, Pair};
use synth::reproduce::TRAINEES;
use synth::train::config::Config;
use synth::train::{Options, Resume, train};
use tch::Device;

/// Compare starts and optimizers of one of the paper's LSTMs, tiny, and print the losses
#[derive(Parser)]
struct Arguments {
    /// Which one
    #[arg(long, value_parser = ["io-code", "io-trace-no-grids", "io-trace-lgrl", "io-trace-presnet", "trace-code-gold"])]
    system: String,
    /// Steps after which the loss is measured
    #[arg(long, value_name = "N,...", value_delimiter = ',', default_value = "100,200,400,800")]
    steps: Vec<u64>,
    /// A row ends after so many seconds of training, wherever it is
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..), default_value_t = 240)]
    seconds: u32,
    /// Seed of the first weights and of the tasks learned from
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Only these rows, by their numbers from 1
    #[arg(long, value_name = "ROW,...", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=6))]
    rows: Vec<u8>,
    /// Put a value in the place of every row's, such as `data.batch=64`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Folder for what is needed to go on [default: runs/lstm-start/SYSTEM-SEED]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "cpu")]
    device: DevicePreference,
    /// Threads of torch; networks as small as these are slower on several
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

/// A row of the table: what it is called, and what is put in the place of the system's configuration.
struct Row {
    optimizer: &'static str,
    start: &'static str,
    overrides: &'static [&'static str],
}

const SGD: &[&str] =
    &["optimizer.kind=sgd", "optimizer.rate=1.0", "optimizer.momentum=0.0", "optimizer.weight_decay=0.0"];

/// "Published" is as the paper's code has it; "changed" is with normalised pair embeddings, orthogonal matrices from
/// state to state, and open forget gates.
const ROWS: [Row; 6] = [
    Row { optimizer: "SGD 1, clipped at 1, as the paper", start: "published", overrides: SGD },
    Row { optimizer: "SGD 1, clipped at 1", start: "steady", overrides: SGD },
    Row {
        optimizer: "AdamW 1e-3",
        start: "published",
        overrides: &["optimizer.kind=adamw", "optimizer.rate=1e-3"],
    },
    Row {
        optimizer: "AdamW 3e-3",
        start: "steady",
        overrides: &["optimizer.kind=adamw", "optimizer.rate=3e-3"],
    },
    Row { optimizer: "Muon 5e-3", start: "published", overrides: &["optimizer.rate=5e-3"] },
    Row { optimizer: "Muon 5e-3", start: "steady", overrides: &["optimizer.rate=5e-3"] },
];

/// What all rows have in common.
const TINY: [&str; 9] = [
    "model.channels=8",
    "model.pair=64",
    "model.embedding=32",
    "model.hidden=64",
    "data.batch=32",
    "schedule.warmup=20",
    "schedule.decay=constant",
    // Ended by this program.
    "schedule.minutes=1e6",
    "evaluation.tasks=0",
];

/// Tasks that the loss is measured on, of a seed that no training has.
const HELD_OUT: usize = 400;
const SEED: u64 = 0x7374_6172_7473;

/// The loss of one network.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Loss {
    /// Nats per prediction.
    right: f64,
    /// The loss where every task has another one's input.
    exchanged: f64,
}

/// What is known of a row.
#[derive(Default, Serialize, Deserialize)]
struct Course {
    /// That it was measured under.
    config: String,
    /// By step.
    losses: BTreeMap<u64, Loss>,
    seconds: f64,
}

fn main() -> anyhow::Result<()> {
    let mut arguments = Arguments::parse();
    arguments.steps.sort_unstable();
    let device = device::open(arguments.device)?;
    device::set_threads(Some(arguments.threads));
    let stop = stop_on_ctrl_c()?;
    let folder = format!("runs/lstm-start/{}-{}", arguments.system, arguments.seed);
    let out = arguments.out.clone().unwrap_or_else(|| folder.into());
    let chosen: Vec<(u8, &Row)> = (1..)
        .zip(&ROWS)
        .filter(|(number, _)| arguments.rows.is_empty() || arguments.rows.contains(number))
        .collect();
    let held_out = Held::new(&arguments.system)?;
    let mut courses = Vec::new();
    for &(number, row) in &chosen {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        anstream::eprintln!("row {number}: {}, {} start", row.optimizer, row.start);
        let course = follow(&arguments, row, &out.join(number.to_string()), &held_out, device, &stop)
            .with_context(|| format!("row {number} could not be trained"))?;
        courses.push((row, course));
    }
    anstream::print!("{}", table(&arguments.steps, &courses));
    if stop.load(Ordering::Relaxed) {
        anstream::eprintln!("stopped; the same command goes on from here");
    }
    Ok(())
}

/// Trains a row from one measurement to the next, as far as it is not done.
fn follow(
    arguments: &Arguments,
    row: &Row,
    folder: &Path,
    held_out: &Held,
    device: Device,
    stop: &AtomicBool,
) -> anyhow::Result<Course> {
    let trainee = TRAINEES.iter().find(|t| t.name == arguments.system).context("no such system")?;
    let mut overrides: Vec<String> = TINY.iter().chain(row.overrides).map(|&o| o.to_owned()).collect();
    overrides.push(format!("model.start={}", row.start));
    overrides.push(format!("seed={}", arguments.seed));
    overrides.extend(arguments.set.iter().cloned());
    let config = Config::parse(trainee.config, trainee.name, &overrides)?;
    let file = folder.join("course.json");
    let before: Course =
        fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let same = before.config == config.text;
    let mut course = if same { before } else { Course { config: config.text.clone(), ..Course::default() } };
    let mut resume = if same { Resume::Auto } else { Resume::Never };
    for &mark in &arguments.steps {
        let reached = course.losses.keys().next_back().copied().unwrap_or(0);
        let left = f64::from(arguments.seconds) - course.seconds;
        if reached >= mark {
            continue;
        }
        if left <= 0.0 || stop.load(Ordering::Relaxed) {
            break;
        }
        let options = Options {
            out: folder.to_owned(),
            minutes: Some(left / 60.0),
            steps: Some(mark - reached),
            resume: std::mem::replace(&mut resume, Resume::Auto),
            from: synth::train::From::Nothing,
            save: synth::train::SAVE,
            pause_above: None,
            after: 0.0,
            keep: synth::train::Keep::Exact,
            device,
            threads: 1,
            show: true,
        };
        let summary = train(&config, &options, stop)?;
        let loss = held_out.loss(&summary.weights, device)?;
        course.losses.insert(summary.progress.step, loss);
        course.seconds = summary.progress.seconds;
        let beside = folder.join("course.json.new");
        fs::write(&beside, serde_json::to_string(&course)?)
            .and_then(|()| fs::rename(&beside, &file))
            .with_context(|| format!("can't write {}", file.display()))?;
    }
    Ok(course)
}

/// Held-out tasks as they are, and with their inputs exchanged.
struct Held {
    right: Vec<Sample>,
    exchanged: Vec<Sample>,
}

impl Held {
    fn new(system: &str) -> anyhow::Result<Held> {
        let sample = |task: dataset::Task| {
            let program = task.compact().unwrap_or_default();
            let examples = task.examples.into_iter().take(synth::eval::SHOWN);
            let (pairs, traces) =
                examples.map(|e| (Pair { start: e.input, goal: e.output }, Some(e.actions))).unzip();
            Sample { task: CodeTask { pairs, traces }, program }
        };
        let right: Vec<Sample> = generated_tasks(SEED, HELD_OUT)?.into_iter().map(sample).collect();
        let mut exchanged = right.clone();
        exchanged.rotate_left(1);
        for (exchanged, right) in exchanged.iter_mut().zip(&right) {
            if system.starts_with("io-trace") {
                // A trace begins in a world of its own, and changes it: only the goal can be another one.
                exchanged.task.traces.clone_from(&right.task.traces);
                let pairs = exchanged.task.pairs.iter_mut().zip(&right.task.pairs);
                pairs.for_each(|(exchanged, right)| exchanged.start.clone_from(&right.start));
            }
            exchanged.program.clone_from(&right.program);
        }
        Ok(Held { right, exchanged })
    }

    /// The loss of the network in a weight file.
    fn loss(&self, file: &Path, device: Device) -> anyhow::Result<Loss> {
        struct On<'a>(Weights<'a>, [&'a [Sample]; 2]);
        impl Visitor for On<'_> {
            type Output = Result<[f64; 2], WeightsError>;

            fn visit<N: Network>(self, config: &N::Config) -> Self::Output {
                let network = N::load(config, self.0)?;
                let mean = |samples: &[Sample]| {
                    let (mut loss, mut count) = (0.0, 0);
                    for samples in samples.chunks(50) {
                        let features = N::features(config, samples, &mut Random::new(0));
                        loss += network.loss(&features).sum.double_value(&[]);
                        count += N::targets(&features);
                    }
                    loss / count.max(1) as f64
                };
                Ok(self.1.map(mean))
            }
        }
        let shown = file.display().to_string();
        let bytes = fs::read(file).with_context(|| format!("can't read {shown}"))?;
        let weights = Weights::parse(&bytes, &shown, device)?;
        let config = NetworkConfig::of_metadata(weights.metadata()).with_context(|| shown.clone())?;
        let _no_grad = tch::no_grad_guard();
        let [right, exchanged] = config.visit(On(weights, [&self.right, &self.exchanged]))?;
        Ok(Loss { right, exchanged })
    }
}

/// A column for each number of steps, and one for where the row ended.
fn table(steps: &[u64], courses: &[(&Row, Course)]) -> String {
    // Rounded, so that there is no minus before nothing.
    let worse = |loss: &Loss| (100.0 * (loss.exchanged - loss.right)).round() / 100.0 + 0.0;
    let cell = |loss: &Loss| format!("{:.2} ({:.2})", loss.right, worse(loss));
    let mut text = String::from("| optimizer, rate | start |");
    // Writing to a string can't fail.
    steps.iter().for_each(|step| _ = write!(text, " {step} steps |"));
    let _ = writeln!(text, " at the end |\n|---|---|{}", "---|".repeat(steps.len() + 1));
    for (row, course) in courses {
        let start = if row.start == "steady" { "changed" } else { row.start };
        let _ = write!(text, "| {} | {start} |", row.optimizer);
        for step in steps {
            let _ = write!(text, " {} |", course.losses.get(step).map_or("–".to_owned(), cell));
        }
        let last = course.losses.last_key_value();
        let end = last.map_or("–".to_owned(), |(step, loss)| {
            format!("{} after {step} steps, {:.0} s", cell(loss), course.seconds)
        });
        let _ = writeln!(text, " {end} |");
    }
    text
}
