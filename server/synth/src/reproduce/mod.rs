//! `karel-synth reproduce`: trains what is not trained yet, evaluates what is not evaluated yet, and puts the figures
//! into the paper's four tables, beside the paper's own.

mod paper;
mod plan;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, bail};
use dataset::{Grids, Task};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use tch::Device;

use crate::device;
use crate::eval::{Conditions, Report, SHOWN, Settings, evaluate};
use crate::grammar::Rules;
use crate::models::Models;
use crate::models::weights::{Sizes, Weights};
use crate::traces::Mask;
use crate::train::config::Config;
use crate::train::{Options, Resume, SAVE, train};
pub use plan::{ROWS, Row, TRAINEES, Trainee};

/// How the tables are to be made.
#[derive(Debug, Clone)]
pub struct Request {
    pub out: PathBuf,
    /// Names of [`TRAINEES`] and [`ROWS`] to do; all where it is empty.
    pub only: Vec<String>,
    /// Trained weights in place of those that would be trained, by the network's name.
    pub weights: Vec<(String, PathBuf)>,
    /// Of each network, in place of its configuration's.
    pub minutes: Option<f64>,
    /// Values in the place of the configurations' own.
    pub overrides: Vec<String>,
    /// Small networks, a few steps.
    pub quick: bool,
    pub beam: usize,
    pub trace_beam: usize,
    pub device: Device,
    pub threads: usize,
}

/// The tasks to evaluate on.
pub struct Tasks {
    /// As the tables name them.
    pub name: String,
    pub tasks: Vec<Task>,
    /// Taken evenly from a longer file.
    pub spread: bool,
}

impl Tasks {
    /// Tells them from others of the same name and number.
    fn mark(&self) -> String {
        let json = |task: &Task| task.to_json(Grids::Json).unwrap_or_default();
        format!("{:08x}", crc(self.tasks.iter().map(json).collect::<String>().as_bytes()))
    }
}

/// A network, trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    pub name: String,
    pub minutes: Option<f64>,
    /// Tasks taken from the stream.
    pub tasks: Option<u64>,
    /// Whether programs of a file were left out.
    pub excluded: Option<String>,
    /// What the file was, so that another one is evaluated anew.
    mark: String,
}

/// A row of the tables, evaluated.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Evaluated {
    pub row: String,
    pub networks: Vec<Trained>,
    /// What the tasks were, so that others are evaluated anew.
    tasks: String,
    pub report: Report,
}

/// Does what is not done yet, and writes `tables.md` and `tables.json` after each row. Gives the tables as Markdown.
///
/// # Errors
/// Where a name is unknown, a network can't be trained, or a file can't be read or written. What was done is kept.
pub fn reproduce(request: &Request, tasks: &Tasks, stop: &AtomicBool) -> anyhow::Result<String> {
    check_names(request)?;
    fs::create_dir_all(&request.out)
        .with_context(|| format!("can't make the folder {}", request.out.display()))?;
    let mut rows = Vec::new();
    let mut text = tables::markdown(&rows, tasks);
    for row in ROWS.iter().filter(|row| wanted(request, row)) {
        let mut files = Vec::new();
        for name in row.trace.iter().chain(&row.code) {
            files.push(weights(request, name, stop)?);
        }
        if stop.load(Ordering::Relaxed) {
            bail!("stopped; the same command goes on from here");
        }
        rows.push(evaluated(request, row, &files, tasks)?);
        text = tables::markdown(&rows, tasks);
        let json = serde_json::to_string_pretty(&tables::json(&rows))?;
        for (name, content) in [("tables.md", &text), ("tables.json", &json)] {
            let file = request.out.join(name);
            fs::write(&file, content).with_context(|| format!("can't write {}", file.display()))?;
        }
    }
    Ok(text)
}

/// Whether the row is asked for, itself or by one of its networks.
fn wanted(request: &Request, row: &Row) -> bool {
    let mut names = row.trace.iter().chain(&row.code).chain([&row.name]);
    request.only.is_empty() || names.any(|name| request.only.iter().any(|only| only == name))
}

fn check_names(request: &Request) -> anyhow::Result<()> {
    let networks = || TRAINEES.iter().map(|t| t.name);
    for name in &request.only {
        if !networks().chain(ROWS.iter().map(|r| r.name)).any(|known| known == name) {
            let rows: Vec<_> = ROWS.iter().map(|r| r.name).collect();
            bail!("there is no `{name}` in the tables: `--only` takes {}", rows.join(", "));
        }
    }
    for (name, _) in &request.weights {
        if !networks().any(|known| known == name) {
            bail!(
                "there is no network `{name}`: `--weights` takes {}",
                networks().collect::<Vec<_>>().join(", ")
            );
        }
    }
    Ok(())
}

/// The weight file of a network: given, trained before, or trained now.
fn weights(request: &Request, name: &str, stop: &AtomicBool) -> anyhow::Result<PathBuf> {
    if let Some((_, file)) = request.weights.iter().find(|(given, _)| given == name) {
        return Ok(file.clone());
    }
    let trainee = TRAINEES.iter().find(|t| t.name == name).with_context(|| format!("no network {name}"))?;
    let mut overrides = Vec::new();
    if request.quick {
        let sizes = Config::parse(trainee.config, name, &[])?.model;
        overrides.extend(plan::QUICK.iter().chain(plan::quick_sizes(sizes.model())).map(|&o| o.to_owned()));
    }
    overrides.extend(request.minutes.map(|minutes| format!("schedule.minutes={minutes:?}")));
    overrides.extend(request.overrides.iter().cloned());
    if let Some(of) = trainee.trace_model {
        let file = weights(request, of, stop)?;
        overrides.push(format!("traces.trace_model={:?}", file.display().to_string()));
    }
    let config = Config::parse(trainee.config, name, &overrides)?;
    let out = request.out.join(name);
    let (file, done) = (out.join(format!("{name}.safetensors")), out.join("done"));
    // The configuration stands in the mark, so that another one is trained anew, or goes on.
    if fs::read_to_string(&done).is_ok_and(|mark| mark == config.text) && file.exists() {
        return Ok(file);
    }
    anstream::eprintln!("training {name}");
    let options = Options {
        out,
        minutes: None,
        steps: None,
        resume: Resume::Auto,
        from: None,
        save: SAVE,
        pause_above: None,
        compact: false,
        device: request.device,
        threads: request.threads,
        show: true,
    };
    let summary = train(&config, &options, stop).with_context(|| format!("{name} could not be trained"))?;
    if summary.finished {
        fs::write(&done, &config.text).with_context(|| format!("can't write {}", done.display()))?;
    }
    Ok(summary.weights)
}

/// The row's figures: those of an earlier run where nothing has changed since.
fn evaluated(request: &Request, row: &Row, files: &[PathBuf], tasks: &Tasks) -> anyhow::Result<Evaluated> {
    let networks = files.iter().map(|file| trained(file)).collect::<anyhow::Result<Vec<_>>>()?;
    let settings = Settings {
        shown: SHOWN,
        beam: request.beam,
        traces: row.traces,
        // Table 3 is of the traces.
        trace_beam: if row.code.is_none() || row.name == "ours" { request.trace_beam } else { 1 },
        plain: row.code.is_some(),
        pruned: row.code.is_some(),
        mask: Mask::Possible,
        retries: true,
        batch: if request.device == Device::Cpu { 8 } else { 64 },
        workers: if request.device == Device::Cpu { request.threads } else { 2 },
        seed: 0,
        // The paper's beams know no such rules.
        rules: if row.code == Some("code-transformer") { Rules::Dataset } else { Rules::Any },
    };
    let file = request.out.join(format!("{}.json", row.name));
    let before = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Evaluated>(&bytes).ok());
    let conditions = Conditions {
        file: tasks.name.clone(),
        tasks: tasks.tasks.len(),
        lines_refused: 0,
        spread: tasks.spread,
        examples: SHOWN,
        beam: settings.beam,
        traces: settings.traces,
        trace_beam: settings.trace_beam,
        mask: settings.mask,
        retries: settings.retries,
        seed: settings.seed,
        rules: settings.rules,
        batch: settings.batch,
        workers: settings.workers,
        device: device::name(request.device),
        models: networks.iter().map(|n| n.name.clone()).collect(),
        excluded: networks.last().and_then(|n| n.excluded.clone()),
        seconds: 0.0,
        tasks_per_second: 0.0,
    };
    if let Some(before) = before {
        let timeless = Conditions { seconds: 0.0, tasks_per_second: 0.0, ..before.report.conditions.clone() };
        if before.networks == networks && before.tasks == tasks.mark() && timeless == conditions {
            return Ok(before);
        }
    }
    let models = Models::from_files(files, request.device)?;
    let bar = ProgressBar::new(tasks.tasks.len() as u64);
    let template = format!("evaluating {} {{bar:40}} {{pos}}/{{len}} tasks, {{eta}} left", row.name);
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    let start = Instant::now();
    let results = evaluate(&models, request.device, &tasks.tasks, &settings, &|n| bar.inc(n));
    bar.finish_and_clear();
    let seconds = start.elapsed().as_secs_f64();
    let tasks_per_second = tasks.tasks.len() as f64 / seconds.max(1e-9);
    let conditions = Conditions { seconds, tasks_per_second, ..conditions };
    let report = Report::new(conditions, &[(SHOWN, results)]);
    let evaluated = Evaluated { row: row.name.to_owned(), networks, tasks: tasks.mark(), report };
    let json = serde_json::to_string_pretty(&evaluated)?;
    fs::write(&file, json).with_context(|| format!("can't write {}", file.display()))?;
    Ok(evaluated)
}

/// What a weight file says of its training.
fn trained(file: &Path) -> anyhow::Result<Trained> {
    let shown = file.display().to_string();
    let bytes = fs::read(file).with_context(|| format!("can't read {shown}"))?;
    let weights = Weights::parse(&bytes, &shown, Device::Cpu)?;
    let Sizes(words) = weights.sizes();
    let number = |key: &str| words.get(key).and_then(|text| text.parse::<f64>().ok());
    Ok(Trained {
        name: words.get("trained").cloned().unwrap_or_else(|| weights.model().to_owned()),
        minutes: number("trained_minutes"),
        tasks: number("trained_tasks").map(|n| n as u64),
        excluded: words.get("excluded").cloned(),
        mark: format!("{:08x}", crc(&bytes)),
    })
}

/// A checksum that tells files apart.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
