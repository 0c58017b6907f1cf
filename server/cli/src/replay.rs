//! `karel replay`: runs the program of every task of a dataset file on every example, and compares what it does with
//! what the file says.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail};
use clap::Args;
use dataset::{Example, Lines, Task};
use owo_colors::OwoColorize;
use rayon::prelude::*;
use runtime::{Difference, Limits, Outcome, Recording, World, difference, lower, record};
use serde::Serialize;
use syntax::ast;

use ide::counting;

use crate::Verdict;
use crate::progress::Progress;

/// Run every task of a dataset file, and compare outputs and traces with the file
///
/// Reads the public Karel dataset's JSON lines, or an array of such tasks: plain, compressed, or from standard input. A
/// line that can't be used is reported with its number, and the rest is still read. Where a task has no traces, only its
/// outputs are compared. Exits with 1 where something differs, and where nothing was replayed.
#[derive(Args)]
pub(crate) struct Replay {
    /// Tasks as JSON lines, .jsonl or .jsonl.gz; - for standard input
    #[arg(required = true, value_name = "TASKS")]
    files: Vec<PathBuf>,
    /// Print one JSON object: { tasks, pairs, agree, problems: [{ file, line, example, message }] }
    #[arg(long)]
    json: bool,
}

/// Lines that are run together; problems are printed in the order of the lines.
const CHUNK: usize = 512;

#[derive(Default, Serialize)]
struct Report {
    tasks: usize,
    /// Examples run.
    pairs: u64,
    /// Examples whose output and trace are those of the file.
    agree: u64,
    problems: Vec<Problem>,
    #[serde(skip)]
    bad_lines: usize,
}

#[derive(Serialize)]
struct Problem {
    file: String,
    line: u64,
    /// Counted from 1; none where the line as a whole can't be used.
    example: Option<usize>,
    message: String,
}

impl Replay {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let mut report = Report::default();
        for file in &self.files {
            self.replay(file, &mut report)?;
        }
        // Where nothing was run, nothing agrees.
        let fine = report.pairs > 0 && report.agree == report.pairs && report.bad_lines == 0;
        let mut out = anstream::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
            return Ok(Verdict::fine_if(fine));
        }
        let Report { tasks, pairs, agree, bad_lines, .. } = report;
        let summary = format!("{agree} of {pairs} pairs agree ({})", ide::count(tasks as u64, "task"));
        if fine {
            writeln!(out, "{}", summary.green().bold())?;
        } else if pairs == 0 && bad_lines == 0 {
            writeln!(out, "{}", "nothing was replayed: there is no task with examples".red().bold())?;
        } else {
            let plural = if bad_lines == 1 { "line" } else { "lines" };
            let bad =
                if bad_lines == 0 { String::new() } else { format!("; {bad_lines} {plural} can't be used") };
            writeln!(out, "{}", format!("{summary}{bad}").red().bold())?;
        }
        Ok(Verdict::fine_if(fine))
    }

    fn replay(&self, path: &Path, report: &mut Report) -> anyhow::Result<()> {
        let name =
            if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
        let (source, size): (Box<dyn Read + Send>, Option<u64>) = if path == Path::new("-") {
            (Box::new(io::stdin()), None)
        } else {
            let file = File::open(path).with_context(|| format!("can't open {name}"))?;
            let metadata = file.metadata().with_context(|| format!("can't read {name}"))?;
            if metadata.is_dir() {
                bail!("{name} is a folder: name the file with the tasks");
            }
            let mut head = Vec::new();
            // A pipe can't be read twice.
            if metadata.is_file() {
                (&file).take(8).read_to_end(&mut head).with_context(|| format!("can't read {name}"))?;
                (&file).rewind().with_context(|| format!("can't read {name}"))?;
            }
            match disk::binary_kind(&head) {
                Some(kind) if !head.starts_with(&[0x1f, 0x8b]) => {
                    bail!("{name} is {kind}: tasks are read as JSON lines, plain or compressed");
                }
                _ => {}
            }
            (Box::new(file), metadata.is_file().then_some(metadata.len()))
        };
        let mut progress = Progress::bytes(size, format!("replaying {name}"));
        let done = Arc::new(AtomicU64::new(0));
        let counted = Counted { source, done: done.clone() };
        let mut lines = Lines::new(counted).with_context(|| format!("can't read {name}"))?;
        let mut said = Said::default();
        loop {
            let chunk: Vec<_> = lines.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                drop(progress);
                return if self.json { Ok(()) } else { Ok(said.sum_up(&name)?) };
            }
            let results: Vec<_> = chunk
                .into_par_iter()
                .map(|(line, bytes)| (line, bytes.and_then(|bytes| task(&bytes))))
                .collect();
            let mut problems = Vec::new();
            for (line, result) in results {
                let mut problem = |example, message| {
                    problems.push(Problem { file: name.clone(), line, example, message });
                };
                match result {
                    Err(message) => {
                        report.bad_lines += 1;
                        problem(None, message);
                    }
                    Ok(examples) => {
                        report.tasks += 1;
                        for (number, disagreement) in (1..).zip(examples) {
                            report.pairs += 1;
                            match disagreement {
                                None => report.agree += 1,
                                Some(message) => problem(Some(number), message),
                            }
                        }
                    }
                }
            }
            if self.json {
                report.problems.extend(problems);
            } else {
                progress.suspend(|| said.print(&problems))?;
            }
            progress.set(done.load(Ordering::Relaxed));
        }
    }
}

/// This many messages of one kind are printed; the others are counted.
const OF_A_KIND: u64 = 5;

/// The problems of a file that have been printed.
#[derive(Default)]
struct Said {
    /// The kinds in the order in which they came, each with how many there were, and where the first one was.
    kinds: Vec<(String, u64, u64)>,
}

impl Said {
    fn print(&mut self, problems: &[Problem]) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        for Problem { file, line, example, message } in problems {
            let kind = kind(message);
            let number = match self.kinds.iter_mut().find(|(known, ..)| *known == kind) {
                Some((_, number, _)) => {
                    *number += 1;
                    *number
                }
                None => {
                    self.kinds.push((kind, 1, *line));
                    1
                }
            };
            if number <= OF_A_KIND {
                let example = example.map_or(String::new(), |n| format!("example {n}: "));
                writeln!(out, "{} line {line}: {example}{message}", format!("{file}:").bold())?;
            }
        }
        Ok(())
    }

    fn sum_up(&self, file: &str) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        for (_, number, line) in &self.kinds {
            if *number > OF_A_KIND {
                let more = with_commas(number - OF_A_KIND);
                writeln!(out, "{} and {more} more like line {line}", format!("{file}:").bold())?;
            }
        }
        Ok(())
    }
}

/// The message without its numbers and what it quotes, shortened: those that are alike have the same.
fn kind(message: &str) -> String {
    let mut kind = String::new();
    for (number, part) in message.split('\'').enumerate() {
        if number % 2 == 0 {
            kind.extend(part.chars().filter(|c| !c.is_ascii_digit()));
        }
    }
    kind.chars().take(24).collect()
}

/// `2,183`
fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|g| str::from_utf8(g).ok()).collect();
    groups.join(",")
}

/// Runs one line's task: per example what disagrees, if anything.
fn task(line: &[u8]) -> Result<Vec<Option<String>>, String> {
    let task = Task::from_json(line).map_err(|e| e.to_string())?;
    let file = ast::File { items: vec![ast::Item::Procedure(task.program.clone())], comments: Vec::new() };
    let code = lower(&file).code;
    let run = |example: &Example| {
        let recording = record(&code, &example.input, &Limits::DATASET, &|| false);
        disagreement(example, &recording)
    };
    Ok(task.examples.iter().map(run).collect())
}

/// The first thing in which the run is not what the file says.
fn disagreement(example: &Example, run: &Recording) -> Option<String> {
    let done = run.actions().count();
    match run.outcome {
        Outcome::Finished => {}
        Outcome::Crashed { action, .. } => {
            let at = place(run.end.robot().row, run.end.robot().col);
            return Some(format!(
                "wrong run: {}() crashes at {} in {at}",
                action.name(),
                counting::action(done)
            ));
        }
        Outcome::OutOfTicks { .. } => {
            return Some(format!(
                "wrong run: not over after {}, the dataset's limit",
                counting::steps(run.ticks)
            ));
        }
        other => return Some(format!("wrong run: it ended as {other:?}")),
    }
    let differs = difference(&example.output, &run.end);
    if !differs.is_empty() {
        return Some(format!("wrong output: {}", differences(&differs, &example.output, &run.end)));
    }
    let mut given = example.actions.iter().copied();
    let mut ran = run.actions();
    let mut number = 0;
    loop {
        number += 1;
        match (given.next(), ran.next()) {
            (None, None) => return None,
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => {
                return Some(format!(
                    "wrong trace: action {number} is {} in the file, but {} in the run",
                    a.name(),
                    b.name()
                ));
            }
            (Some(a), None) => {
                return Some(format!(
                    "wrong trace: the run ends before action {number}, {} in the file",
                    a.name()
                ));
            }
            (None, Some(b)) => {
                return Some(format!(
                    "wrong trace: the file ends before action {number}, {} in the run",
                    b.name()
                ));
            }
        }
    }
}

/// A cell as the dataset counts it: row 0 is the southernmost.
fn place(row: u8, col: u8) -> String {
    format!("cell {row}:{col}")
}

fn differences(differs: &Difference, expected: &World, actual: &World) -> String {
    if differs.size {
        let size = |w: &World| format!("{}x{}", w.rows(), w.cols());
        return format!("the world is {} in the file, but {} in the run", size(expected), size(actual));
    }
    let mut parts = Vec::new();
    if let Some((file, run)) = differs.robot {
        let text = |r: runtime::Robot| format!("{}:{} {:?}", r.row, r.col, r.heading).to_lowercase();
        parts.push(format!("the robot is at {} in the file, but at {} in the run", text(file), text(run)));
    }
    if let Some(&(row, col)) = differs.cells.first() {
        let text = |w: &World| match w.cell(row, col) {
            runtime::Cell::Wall => "a wall".to_owned(),
            runtime::Cell::Markers(n) => format!("{n} markers"),
        };
        let more = differs.cells.len() - 1;
        let more = if more == 0 { String::new() } else { format!(" (and {more} more cells differ)") };
        let at = place(row, col);
        parts.push(format!(
            "{at} holds {} in the file, but {} in the run{more}",
            text(expected),
            text(actual)
        ));
    }
    parts.join("; ")
}

/// Counts what is read of the file itself, compressed or not.
struct Counted {
    source: Box<dyn Read + Send>,
    done: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(buffer)?;
        self.done.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
