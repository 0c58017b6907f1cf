//! `karel-synth reproduce`: trains what is not trained yet, evaluates what is not evaluated yet, and puts the figures
//! into the paper's four tables, beside the paper's own.

mod evaluated;
mod paper;
mod plan;
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use dataset::{Grids, Task};
use serde::{Deserialize, Serialize};
use tch::Device;

use crate::eval::Report;
use crate::eval::shard::Shard;
use crate::models::carried;
use crate::models::weights::Weights;
use crate::train::config::Config;
use crate::train::pieces::crc;
use crate::train::start::is_of;
use crate::train::{From, Keep, Options, Resume, curve, metrics, train};
pub use plan::{ROWS, Row, Scale, TRAINEES, Trainee};

/// How the tables are to be made.
#[derive(Debug, Clone)]
pub struct Request {
    pub out: PathBuf,
    /// Names of [`TRAINEES`] and [`ROWS`] to do; all where it is empty.
    pub only: Vec<String>,
    /// Trained weights in place of those that would be trained, by the network's name.
    pub weights: Vec<(String, PathBuf)>,
    /// Folder of weights, `NAME.safetensors`, that are taken where they are of the sizes asked for; unfinished ones are
    /// trained further.
    pub finished: Option<PathBuf>,
    pub scale: Scale,
    /// Pauses a training while others use more than this share of the cores.
    pub pause_above: Option<f64>,
    /// Time between two checkpoints of a training.
    pub save: Duration,
    /// Trains only, and evaluates another time.
    pub only_train: bool,
    /// Evaluates this part of the tasks only, and trains nothing; a run of the whole puts the parts together.
    pub shard: Option<Shard>,
    /// Minutes of training for each network, in place of its configuration's.
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
    /// Minutes that all cores together spent on training.
    #[serde(default)]
    pub processor_minutes: Option<f64>,
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

/// Does what is not done yet, and writes `tables.md` and `tables.json` after each row, `curves.svg` at the end. Gives the tables as Markdown.
///
/// # Errors
/// Where a name is unknown, a network can't be trained, or a file can't be read or written. What was done is kept.
pub fn reproduce(request: &Request, tasks: &Tasks, stop: &AtomicBool) -> anyhow::Result<String> {
    check_names(request)?;
    fs::create_dir_all(&request.out)
        .with_context(|| format!("can't make the folder {}", request.out.display()))?;
    let wanted: Vec<&Row> = ROWS.iter().filter(|row| wanted(request, row)).collect();
    let needed = |name: &str| wanted.iter().any(|row| row.networks().any(|network| network == name));
    let mut files: BTreeMap<&str, PathBuf> = BTreeMap::new();
    let mut rows: Vec<Evaluated> = Vec::new();
    let mut text = tables::markdown(&rows, tasks);
    let trainees: Vec<&Trainee> = TRAINEES.iter().filter(|trainee| needed(trainee.name)).collect();
    for (place, trainee) in trainees.iter().enumerate() {
        let after = trainees[place + 1..].iter().map(|later| processor_minutes(request, later)).sum();
        files.insert(trainee.name, weights(request, trainee, &files, after, stop)?);
        if stop.load(Ordering::Relaxed) {
            bail!("stopped; the same command goes on from here");
        }
        let ready = |row: &&&Row| row.networks().all(|name| files.contains_key(name));
        let new = |row: &&&Row| rows.iter().all(|evaluated| evaluated.row != row.name);
        let now: Vec<&Row> = wanted.iter().filter(ready).filter(new).copied().collect();
        for row in now.into_iter().filter(|_| !request.only_train) {
            let of: Vec<PathBuf> = row.networks().map(|name| files[name].clone()).collect();
            let Some(done) = evaluated::evaluated(request, row, &of, tasks)? else { continue };
            rows.push(done);
            text = tables::markdown(&rows, tasks);
            let json = serde_json::to_string_pretty(&tables::json(&rows))?;
            for (name, content) in [("tables.md", &text), ("tables.json", &json)] {
                let file = request.out.join(name);
                fs::write(&file, content).with_context(|| format!("can't write {}", file.display()))?;
            }
            if stop.load(Ordering::Relaxed) {
                bail!("stopped; the same command goes on from here");
            }
        }
    }
    draw_curves(request)?;
    Ok(match request.shard {
        Some(Shard { number, count }) => {
            format!("part {number} of {count} is evaluated; without --shard all parts are put together\n")
        }
        None => text,
    })
}

/// Writes how the networks have learned, `curves.svg`, as far as the course of their training is here.
fn draw_curves(request: &Request) -> anyhow::Result<()> {
    let course =
        |trainee: &Trainee| (trainee.name.to_owned(), metrics::read(&request.out.join(trainee.name)));
    let courses: Vec<_> = TRAINEES.iter().map(course).filter(|(_, lines)| !lines.is_empty()).collect();
    if courses.is_empty() {
        return Ok(());
    }
    let file = request.out.join("curves.svg");
    let svg = curve::compare(&format!("the networks, {} scale", request.scale.name()), &courses)?;
    fs::write(&file, svg).with_context(|| format!("can't write {}", file.display()))
}

/// Whether the row is asked for, itself or by one of its networks.
fn wanted(request: &Request, row: &Row) -> bool {
    let mut names = row.networks().chain([row.name]);
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

/// The configuration of a network; its trace model is among `files`.
fn config(request: &Request, trainee: &Trainee, files: &BTreeMap<&str, PathBuf>) -> anyhow::Result<Config> {
    let name = trainee.name;
    let mut overrides = request.scale.overrides(name)?;
    if request.quick {
        let network = Config::parse(trainee.config, name, &[])?.model;
        overrides.extend(plan::QUICK.iter().chain(plan::quick_sizes(network.name())).map(|&o| o.to_owned()));
    }
    overrides.extend(request.minutes.map(|minutes| format!("schedule.minutes={minutes:?}")));
    overrides.extend(request.overrides.iter().cloned());
    if let Some(file) = trainee.trace_model.and_then(|of| files.get(of)) {
        overrides.push(format!("traces.trace_model={:?}", file.display().to_string()));
    }
    Config::parse(trainee.config, name, &overrides)
}

/// The processor time that a network's training is to take, where its configuration tells.
fn processor_minutes(request: &Request, trainee: &Trainee) -> f64 {
    let config = config(request, trainee, &BTreeMap::new()).ok();
    config.and_then(|config| config.schedule.processor_minutes).unwrap_or(0.0)
}

/// The weight file of a network: given, carried, finished before, or trained now. `after` are the processor minutes of
/// the networks that come after it.
fn weights(
    request: &Request,
    trainee: &Trainee,
    files: &BTreeMap<&str, PathBuf>,
    after: f64,
    stop: &AtomicBool,
) -> anyhow::Result<PathBuf> {
    let name = trainee.name;
    if let Some((_, file)) = request.weights.iter().find(|(given, _)| given == name) {
        return Ok(file.clone());
    }
    let config = config(request, trainee, files)?;
    let out = request.out.join(name);
    let (file, done) = (out.join(format!("{name}.safetensors")), out.join("done"));
    if request.scale == Scale::Small && plan::is_ours(name) && !request.quick {
        let (bytes, _) = carried::read(carried::EMBEDDED, config.model.name())?;
        fs::create_dir_all(&out).with_context(|| format!("can't make the folder {}", out.display()))?;
        fs::write(&file, bytes).with_context(|| format!("can't write {}", file.display()))?;
        return Ok(file);
    }
    // The configuration stands in the mark, so that another one is trained anew, or goes on.
    if fs::read_to_string(&done).is_ok_and(|mark| mark == config.text) && file.exists() {
        return Ok(file);
    }
    let finished = request.finished.as_ref().map(|folder| folder.join(format!("{name}.safetensors")));
    let finished = finished.filter(|_| !request.quick);
    let from = match finished.map(|file| (kept(&file, &config), file)) {
        Some((Some(Kept::Finished), file)) => return Ok(file),
        Some((Some(Kept::Unfinished), file)) => From::Unfinished(file),
        _ => From::Nothing,
    };
    if request.shard.is_some() {
        bail!("{name} is not trained yet: train it first, without --shard (`--only {name} --only-train`)");
    }
    anstream::eprintln!("training {name}");
    let options = Options {
        out,
        minutes: None,
        steps: None,
        resume: Resume::Auto,
        from,
        save: request.save,
        pause_above: request.pause_above,
        after,
        keep: Keep::Exact,
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

/// How far weights that were kept have been trained.
enum Kept {
    Finished,
    Unfinished,
}

/// What the file holds of this very training, if it does.
fn kept(file: &Path, config: &Config) -> Option<Kept> {
    let bytes = fs::read(file).ok()?;
    let weights = Weights::parse(&bytes, "weights", Device::Cpu).ok()?;
    let word = |key: &str| weights.metadata().get(key).map(String::as_str);
    let minutes = word("trained_processor_minutes").and_then(|text| text.parse::<f64>().ok());
    // It may have come to the end of a shorter training.
    let is_enough = match (minutes, config.schedule.processor_minutes) {
        (Some(minutes), Some(due)) => minutes >= due,
        _ => true,
    };
    let is_finished = word("trained_finished") == Some("yes") && is_enough;
    is_of(&weights, config).then_some(if is_finished { Kept::Finished } else { Kept::Unfinished })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_weights_are_finished_for_as_long_a_training_only() {
        let config = |minutes: &str| {
            let trainee = TRAINEES.iter().find(|trainee| trainee.name == "io-trace-lgrl").unwrap();
            let mut overrides = Scale::Small.overrides(trainee.name).unwrap();
            overrides.push(format!("schedule.processor_minutes={minutes}"));
            Config::parse(trainee.config, trainee.name, &overrides).unwrap()
        };
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("weights/small/io-trace-lgrl.safetensors");
        assert!(matches!(kept(&file, &config("45.0")), Some(Kept::Finished)));
        assert!(matches!(kept(&file, &config("180.0")), Some(Kept::Unfinished)));
        assert!(kept(Path::new("nowhere"), &config("45.0")).is_none());
    }
}
