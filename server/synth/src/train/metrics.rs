//! What is known of a training: JSON lines, a curve, and a bar on the terminal.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

use super::checkpoint::Progress;
use super::curve;
use super::evaluation::Figures;
use crate::models::Work;

/// One line of `metrics.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Line {
    Training(Training),
    Evaluation(Evaluated),
}

/// The steps since the line before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Since the training began.
    pub step: u64,
    pub tasks: u64,
    pub samples: u64,
    pub seconds: f64,
    /// Nats per prediction, and the share of right ones.
    pub loss: f64,
    pub accuracy: f64,
    pub rate: f64,
    /// Mean length of the gradients before clipping, of the steps where it is finite.
    pub gradient: f64,
    /// Steps left out because a gradient was not finite.
    pub skipped: u64,
    pub samples_per_second: f64,
    /// Shares of the time in which the device waited for data, and inferred traces.
    pub waiting: f64,
    pub inferring: f64,
    /// Share of the inferred traces that lead nowhere.
    pub unknown: f64,
    /// Lines of the file that held no usable task.
    pub refused: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluated {
    pub step: u64,
    pub samples: u64,
    pub seconds: f64,
    /// In percent.
    pub figures: Figures,
}

/// What one step adds.
#[derive(Debug, Clone, Default)]
pub struct Step {
    pub samples: usize,
    pub targets: usize,
    /// Sum of the cross-entropies.
    pub loss: f64,
    pub correct: i64,
    pub rate: f64,
    pub gradient: f64,
    pub seconds: f64,
    pub waiting: Duration,
    pub inferring: Duration,
    pub inferred: usize,
    pub unknown: usize,
    pub refused: usize,
    /// The operations of the forward passes.
    pub work: Work,
}

/// Sums of steps.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    pub steps: u64,
    pub skipped: u64,
    /// The sum of the steps; its rate is the last one's.
    pub total: Step,
}

impl Sums {
    fn add(&mut self, step: &Step) {
        self.steps += 1;
        let total = &mut self.total;
        total.samples += step.samples;
        total.targets += step.targets;
        total.loss += step.loss;
        total.correct += step.correct;
        total.rate = step.rate;
        if step.gradient.is_finite() {
            total.gradient += step.gradient;
        } else {
            self.skipped += 1;
        }
        total.seconds += step.seconds;
        total.waiting += step.waiting;
        total.inferring += step.inferring;
        total.inferred += step.inferred;
        total.unknown += step.unknown;
        total.refused += step.refused;
        total.work += step.work;
    }

    fn line(&self, progress: &Progress) -> Training {
        let Sums { steps, skipped, total } = self;
        let of = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        Training {
            step: progress.step,
            tasks: progress.tasks,
            samples: progress.samples,
            seconds: progress.seconds,
            loss: of(total.loss, total.targets as f64),
            accuracy: of(total.correct as f64, total.targets as f64),
            rate: total.rate,
            gradient: of(total.gradient, (steps - skipped) as f64),
            skipped: *skipped,
            samples_per_second: of(total.samples as f64, total.seconds),
            waiting: of(total.waiting.as_secs_f64(), total.seconds),
            inferring: of(total.inferring.as_secs_f64(), total.seconds),
            unknown: of(total.unknown as f64, total.inferred as f64),
            refused: total.refused as u64,
        }
    }
}

/// Time between two lines.
const PERIOD: Duration = Duration::from_secs(1);
/// Time between two lines where the output is not a terminal.
const SPOKEN: Duration = Duration::from_secs(60);

/// Time until the first of them.
const FIRST: Duration = Duration::from_secs(20);

/// How much of a run is done, and how long the rest will take.
#[derive(Debug, Clone, Copy, Default)]
pub struct Left {
    /// 0 to 1.
    pub share: f64,
    /// What this training still takes, if that can be estimated.
    pub this: Option<Duration>,
    /// What this training and those that come after it still take.
    pub all: Option<Duration>,
}

/// The file of a training's lines, in its folder.
const FILE: &str = "metrics.jsonl";

/// What is known of the training in this folder; nothing where there is none.
pub fn read(folder: &Path) -> Vec<Line> {
    let Ok(file) = File::open(folder.join(FILE)) else { return Vec::new() };
    let lines = BufReader::new(file).lines().map_while(Result::ok);
    lines.filter_map(|line| serde_json::from_str(&line).ok()).collect()
}

/// Where all of it goes.
pub struct Log {
    lines: Vec<Line>,
    file: File,
    curve: PathBuf,
    title: String,
    bar: ProgressBar,
    show: bool,
    /// Steps since the last line, and since this run began.
    since: Sums,
    pub run: Sums,
    written: Instant,
    spoken: Instant,
}

impl Log {
    /// Goes on in `folder` after step number `step`: what was written of later ones is forgotten.
    ///
    /// # Errors
    /// Where the files can't be written.
    pub fn open(folder: &Path, title: &str, step: u64, show: bool) -> anyhow::Result<Log> {
        let path = folder.join(FILE);
        let mut lines = read(folder);
        lines.retain(|line| match line {
            Line::Training(line) => line.step <= step,
            Line::Evaluation(line) => line.step <= step,
        });
        let can = || format!("can't write {}", path.display());
        let beside = folder.join("metrics.jsonl.new");
        let mut file = File::create(&beside).with_context(can)?;
        for line in &lines {
            writeln!(file, "{}", serde_json::to_string(line)?).with_context(can)?;
        }
        fs::rename(&beside, &path).with_context(can)?;
        let bar = if show { ProgressBar::new(1000) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {msg}") {
            bar.set_style(style);
        }
        let now = Instant::now();
        Ok(Log {
            lines,
            file,
            curve: folder.join("curve.svg"),
            title: title.to_owned(),
            bar,
            show,
            since: Sums::default(),
            run: Sums::default(),
            written: now,
            // The first line soon: it says whether something is wrong.
            spoken: now.checked_sub(SPOKEN.saturating_sub(FIRST)).unwrap_or(now),
        })
    }

    /// Says what is being done now, where that takes a while.
    pub fn doing(&self, what: &'static str) {
        self.bar.set_message(what);
        self.bar.tick();
        if self.bar.is_hidden() {
            self.say(&format!("{}: {what}", self.title));
        }
    }

    /// Says something that stays.
    fn say(&self, text: &str) {
        if !self.show {
            return;
        }
        self.bar.suspend(|| anstream::eprintln!("{text}"));
    }

    /// One more step, after which so much of the run is left.
    ///
    /// # Errors
    /// Where the metrics can't be written.
    pub fn step(&mut self, progress: &Progress, step: &Step, left: &Left) -> anyhow::Result<()> {
        self.since.add(step);
        self.run.add(step);
        if self.written.elapsed() < PERIOD {
            return Ok(());
        }
        let line = self.write(progress)?;
        let time = |time: Option<Duration>, what: &str| {
            time.map_or(String::new(), |time| format!(", {} {what}", indicatif::HumanDuration(time)))
        };
        let left_over = time(left.this, "left") + &time(left.all, "for everything");
        self.bar.set_position((left.share.clamp(0.0, 1.0) * 1000.0) as u64);
        self.bar.set_message(format!(
            "step {}, loss {:.3}, {:.1}% right, {:.0} samples/s, waits {:.0}%{left_over}",
            line.step,
            line.loss,
            100.0 * line.accuracy,
            line.samples_per_second,
            100.0 * line.waiting
        ));
        if self.bar.is_hidden() && self.spoken.elapsed() >= SPOKEN {
            self.spoken = Instant::now();
            self.say(&format!("{}: {}", self.title, self.bar.message()));
        }
        Ok(())
    }

    fn write(&mut self, progress: &Progress) -> anyhow::Result<Training> {
        let line = std::mem::take(&mut self.since).line(progress);
        self.append(Line::Training(line.clone()))?;
        self.written = Instant::now();
        Ok(line)
    }

    fn append(&mut self, line: Line) -> anyhow::Result<()> {
        let text = serde_json::to_string(&line)?;
        writeln!(self.file, "{text}").context("can't write metrics.jsonl")?;
        self.lines.push(line);
        Ok(())
    }

    /// Writes what was measured, and the curve.
    ///
    /// # Errors
    /// Where the files can't be written.
    pub fn evaluated(&mut self, progress: &Progress, figures: Figures) -> anyhow::Result<()> {
        let Progress { step, samples, seconds, .. } = *progress;
        let all: Vec<String> =
            figures.iter().map(|(name, percent)| format!("{name} {percent:.1}%")).collect();
        self.say(&format!("step {step}: {}", all.join(", ")));
        self.append(Line::Evaluation(Evaluated { step, samples, seconds, figures }))?;
        self.draw()
    }

    /// Writes the last line and the curve.
    ///
    /// # Errors
    /// Where the files can't be written.
    pub fn finish(&mut self, progress: &Progress) -> anyhow::Result<()> {
        if self.since.steps > 0 {
            self.write(progress)?;
        }
        self.bar.finish_and_clear();
        self.draw()
    }

    fn draw(&self) -> anyhow::Result<()> {
        let svg = curve::draw(&self.title, &self.lines)?;
        let beside = self.curve.with_extension("svg.new");
        fs::write(&beside, svg)
            .and_then(|()| fs::rename(&beside, &self.curve))
            .with_context(|| format!("can't write {}", self.curve.display()))
    }
}
