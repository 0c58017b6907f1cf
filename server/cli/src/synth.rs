//! `karel synth`: has the synthesis engine fill the holes of a program.

mod deciding;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use assist::{Checked, Solution};
use clap::Args;
use ide::synthesis::{self, Goal};
use ide::{Config, NEVER, count};
use owo_colors::OwoColorize;
use protocol::client::{CancellationToken, News};
use protocol::message::{Budget, HeldOut, Outcome, Synthesize};
use protocol::{Engine, EngineError, System};
use serde::Serialize;

use crate::progress::Progress;
use crate::{Interrupted, Verdict, files};

/// Find a program for the examples: fills the holes of a program
///
/// Every program that is shown has been run on every example. Exits with 1 where none was found.
#[derive(Args)]
pub(crate) struct Synth {
    /// The program; its main may be missing, a hole, or have holes
    #[arg(value_name = "PROGRAM")]
    program: PathBuf,
    /// Write the best program into the file
    #[arg(long)]
    write: bool,
    /// Look for a program in the place of a main that has no hole; with --write, put it there
    #[arg(long)]
    replace: bool,
    /// Start the engine with this command, words separated by blanks [default: karel-synth serve]
    #[arg(long, value_name = "COMMAND", env = "KAREL_ENGINE")]
    engine: Option<String>,
    /// Which networks the engine is to use: ours, pipeline or io-code (the paper's, small)
    #[arg(long, value_name = "SYSTEM", default_value = System::default().name())]
    system: System,
    /// Longest time of the search, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = Budget::default().milliseconds)]
    budget: u64,
    /// Most programs to find, no two of the same meaning; with 1 the search does not look for others
    #[arg(long, value_name = "N", default_value_t = Budget::default().candidates)]
    candidates: usize,
    /// Width of the beam
    #[arg(long, value_name = "N", default_value_t = Budget::default().beam)]
    beam: usize,
    /// Print one JSON object: { candidates: [{ program, fills, examples, passed, logProbability, heldOut }], deciding,
    /// outcome }
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    candidates: Vec<Found>,
    /// A world in which the candidates end differently, and how.
    #[serde(skip_serializing_if = "Option::is_none")]
    deciding: Option<deciding::Report>,
    /// What the engine says of the search.
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    /// The whole file with its holes filled.
    program: String,
    fills: Vec<String>,
    passed: usize,
    examples: usize,
    tests_passed: usize,
    tests: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_out: Option<HeldOut>,
    #[serde(skip)]
    score: String,
}

impl Synth {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        if self.write && self.program == Path::new("-") {
            bail!("--write can't write to standard input: name the program's file, or leave --write out");
        }
        let path = files::program_of(&self.program);
        let loaded = files::load_one(&path, &Config::default())?;
        let analysis = &loaded.analysis;
        let program =
            analysis.program().with_context(|| format!("{} is not a program", files::name(&path)))?;
        let holes = ide::holes(program.file());
        let goal = match (analysis.main(), holes.len()) {
            (None, _) => Goal::Program,
            (Some(_), 0) if self.replace => Goal::Program,
            (Some(_), 0) => match synthesis::passes_already(analysis, NEVER).context("cancelled")? {
                Some(fact) => return self.passes_already(&fact),
                None => bail!(
                    "{} has no hole to fill: write ... for statements, or ? for a condition or a number, or have its \
                     main rewritten with --replace",
                    files::name(&path)
                ),
            },
            (Some(_), _) => Goal::Holes,
        };
        let task = synthesis::task(analysis, &goal).map_err(anyhow::Error::msg)?;
        let request = Synthesize {
            specification: assist::specification(&task),
            budget: Budget {
                milliseconds: self.budget,
                candidates: self.candidates.max(1),
                beam: self.beam.max(1),
            },
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let engine = Engine::new(self.command()?);
        let outcome = runtime.block_on(ask(&engine, &request))?;
        let checked = Checked::new(analysis, &task, &outcome, NEVER).context("cancelled")?;
        for reason in &checked.left_out {
            anstream::eprintln!("left out: {reason}");
        }
        let ambiguity = checked.ambiguity;
        let candidates: Vec<Found> = checked.solutions.into_iter().map(Found::from).collect();
        if let (true, Some(best)) = (self.write, candidates.first()) {
            if files::read(&path).ok().as_deref() != Some(&*program.text) {
                bail!("{} has changed meanwhile and stays as it is: synthesize again", files::name(&path));
            }
            files::write(&path, &best.program)?;
        }
        let fine = !candidates.is_empty();
        let deciding = ambiguity.as_ref().and_then(|ambiguity| ambiguity.deciding.as_ref());
        let report = Report { candidates, deciding: deciding.map(deciding::Report::of), outcome };
        let mut out = anstream::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
        } else {
            self.show(&report, &path, &mut out)?;
            ambiguity.iter().try_for_each(|ambiguity| deciding::show(ambiguity, &mut out))?;
        }
        out.flush()?;
        drop(out);
        // The answer is there to be read while the engine ends.
        runtime.block_on(engine.shutdown());
        Ok(Verdict::fine_if(fine))
    }

    /// A program that passes stays as it is unless its replacement is asked for.
    fn passes_already(&self, fact: &str) -> anyhow::Result<Verdict> {
        let mut out = anstream::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::json!({ "candidates": [], "passesAlready": true }))?;
        } else {
            writeln!(out, "{fact} --replace looks for another program.")?;
        }
        Ok(Verdict::fine_if(true))
    }

    /// What starts the engine.
    fn command(&self) -> anyhow::Result<Vec<String>> {
        if let Some(command) = &self.engine {
            return Ok(self.system.served_by(command.split_whitespace().map(str::to_owned).collect()));
        }
        protocol::program::engine().map(|command| self.system.served_by(command)).context(
            "the synthesis engine karel-synth is neither beside this program nor on PATH; \
             install it, or name it with --engine",
        )
    }

    fn show(&self, report: &Report, path: &Path, out: &mut impl Write) -> anyhow::Result<()> {
        let Report { candidates, outcome, .. } = report;
        let seconds = outcome.milliseconds as f64 / 1000.0;
        for (number, found) in (1..).zip(candidates) {
            writeln!(out, "{}", definitions(&found.program).trim_end())?;
            let tests = match found.tests {
                0 => String::new(),
                n => format!(", {}/{n} held-out tests", found.tests_passed),
            };
            let which = if candidates.len() > 1 { format!("program {number}: ") } else { String::new() };
            writeln!(out, "{which}{}{tests}", found.score.green().bold())?;
            if let Some(HeldOut { percent, .. }) = found.held_out {
                writeln!(out, "{}", synthesis::trust(percent).dimmed())?;
            }
            writeln!(out)?;
        }
        let device = &outcome.device;
        let run = count(outcome.programs_run, "program");
        if candidates.is_empty() {
            let (best, all) = (outcome.best_passed, outcome.examples);
            let nothing =
                format!("no program found that passes every example; the best passes {best} of {all}");
            writeln!(out, "{}", nothing.red().bold())?;
        } else if self.write {
            writeln!(out, "written to {}", files::name(path))?;
        }
        let line = format!("{seconds:.2} s on {device}, {run} run");
        writeln!(out, "{}", line.dimmed())?;
        Ok(())
    }
}

/// Asks with a spinner; Ctrl-C cancels.
async fn ask(engine: &Engine, request: &Synthesize) -> anyhow::Result<Outcome> {
    let cancel = CancellationToken::new();
    let on_interrupt = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            on_interrupt.cancel();
        }
    });
    let examples = count(request.specification.examples.len() as u64, "example");
    let progress = Progress::spinner(format!("synthesizing from {examples}"));
    let on_news = |news| {
        if let News::Progress(so_far) = news {
            let seconds = so_far.milliseconds as f64 / 1000.0;
            let run = count(so_far.programs_run, "candidate");
            let found = count(so_far.candidates as u64, "program");
            progress.say(format!("synthesizing from {examples}: {seconds:.1} s, {run} run, {found} found"));
        }
    };
    match engine.synthesize(request, on_news, &cancel).await {
        Err(EngineError::Cancelled) => Err(Interrupted.into()),
        answer => Ok(answer?),
    }
}

impl From<Solution<'_>> for Found {
    fn from(Solution { answer, text, candidate }: Solution<'_>) -> Found {
        Found {
            program: text,
            fills: candidate.fills.clone(),
            passed: answer.passed,
            examples: answer.examples,
            tests_passed: answer.tests_passed,
            tests: answer.tests,
            log_probability: candidate.log_probability,
            held_out: candidate.held_out,
            score: answer.score(),
        }
    }
}

/// The procedures of a file, as they are written.
fn definitions(text: &str) -> String {
    let parse = syntax::parse(text);
    let procedures =
        parse.file.procedures().filter_map(|p| text.get(std::ops::Range::<usize>::from(p.range)));
    procedures.map(str::trim_end).collect::<Vec<_>>().join("\n\n")
}
