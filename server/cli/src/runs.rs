//! Running one program on examples or on a world of one's own: what `run` and `trace` share.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use ide::{Analysis, Case, Config, NEVER, Verdict, counting};
use runtime::{Action, Limits, Outcome, Program, Recording, record};
use serde::Serialize;

use crate::findings::Place;
use crate::{files, import};

/// What to run.
#[derive(Args)]
pub(crate) struct Select {
    /// The program
    #[arg(value_name = "PROGRAM")]
    program: PathBuf,
    /// Only the example or test of this name; without it and --grid, all of them
    #[arg(long, short, value_name = "NAME")]
    example: Option<String>,
    /// Start with the world in this file, written as in an example; - for standard input
    #[arg(long, short, value_name = "FILE", conflicts_with = "example")]
    grid: Option<PathBuf>,
    /// Steps (actions, conditions, rounds) after which a run is stopped
    #[arg(long, value_name = "N", default_value_t = Config::default().max_ticks)]
    max_ticks: u64,
}

/// One run.
pub(crate) struct Run<'a> {
    pub analysis: &'a Arc<Analysis>,
    pub program: &'a Program,
    /// `example "short row"`, or the file of the grid.
    pub title: String,
    /// The example's name; none for a grid.
    pub name: Option<String>,
    pub recording: Recording,
    pub case: Option<Case<'a>>,
    pub verdict: Option<Verdict>,
}

impl Select {
    /// Runs what is selected and hands the runs to `each`, one by one.
    ///
    /// # Errors
    /// There is nothing that can be run, or `each` has failed.
    pub(crate) fn run(&self, mut each: impl FnMut(Run<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let config = Config { max_ticks: self.max_ticks, ..Config::default() };
        let limits = Limits { ticks: self.max_ticks, ..Limits::EDITOR };
        let stdin = PathBuf::from("-");
        if self.program == stdin && self.grid.as_ref() == Some(&stdin) {
            bail!(
                "the program and the world can't both be read from standard input: name a file for one of them"
            );
        }
        let path = files::program_of(&self.program);
        let loaded = files::load_one(&path, &config)?;
        let analysis = &loaded.analysis;
        let name = files::name(&path);
        if let Some(message) = import::foreign(analysis) {
            bail!("{name}: {message}");
        }
        let program = analysis.lowered().with_context(|| format!("there is no main in {name}"))?;
        if let Some(grid) = &self.grid {
            let title = files::name(grid);
            let text = files::read(grid).map_err(|why| anyhow!("{title} can't be read: {why}"))?;
            let world = import::world(&text).with_context(|| title.clone())?;
            let recording = record(&program.code, &world, &limits, &|| false);
            return each(Run { analysis, program, title, name: None, recording, case: None, verdict: None });
        }
        let mut found = 0;
        for case in analysis.cases() {
            let example = &case.example.name.text;
            if self.example.as_ref().is_some_and(|wanted| wanted != example) {
                continue;
            }
            let kind = if case.is_test() { "test" } else { "example" };
            let title = format!("{kind} \"{example}\"");
            let Some(world) = case.input() else {
                if self.example.is_some() {
                    bail!("{title} has no input that can be read; see why with karel check");
                }
                continue;
            };
            found += 1;
            let recording = record(&program.code, world, &limits, &|| false);
            let verdict = analysis.verdict(case, NEVER).ok().cloned();
            let name = Some(example.clone());
            each(Run { analysis, program, title, name, recording, case: Some(case), verdict })?;
        }
        match (&self.example, found) {
            (Some(wanted), 0) => bail!("{name} has no example and no test named \"{wanted}\""),
            (None, 0) => bail!("{name} has no example with an input; give a world with --grid"),
            _ => Ok(()),
        }
    }
}

impl Run<'_> {
    /// The run ended as it should: as the example says, or where nothing says so, not by an accident.
    pub(crate) fn is_fine(&self) -> bool {
        match &self.verdict {
            Some(verdict) => matches!(verdict, Verdict::Passes | Verdict::NoOutput),
            None => self.recording.outcome == Outcome::Finished,
        }
    }

    /// The line of the program that a step or an outcome is about.
    pub(crate) fn line(&self, origin: runtime::Origin) -> Option<usize> {
        let range = self.program.range(origin)?;
        self.analysis.program().map(|source| Place::of(source, range.start()).line)
    }

    /// How the run ended, in a sentence without a full stop.
    pub(crate) fn ending(&self) -> String {
        let Recording { outcome, ticks, .. } = &self.recording;
        let actions = self.recording.actions().count();
        let after = counting::actions(actions);
        let steps = counting::steps(counting::steps_of(*outcome, *ticks));
        let line =
            outcome.origin().and_then(|o| self.line(o)).map_or(String::new(), |n| format!(" in line {n}"));
        match outcome {
            Outcome::Finished => format!("finished after {after}, {steps}"),
            Outcome::Crashed { action, .. } => {
                let why = match action {
                    Action::Move => "a wall is ahead",
                    Action::PickMarker => "there is no marker to pick",
                    Action::PutMarker => "there are nine markers already",
                    Action::TurnLeft | Action::TurnRight => "it can't be done",
                };
                format!("crashed{line}: {}() at {}, {why}", action.name(), counting::action(actions))
            }
            Outcome::OutOfTicks { .. } => format!("stopped{line} after {steps}, the limit"),
            Outcome::EndlessLoop { .. } => {
                format!("stopped after {steps}: the loop{line} is endless, it sees a world again")
            }
            Outcome::TooDeep { .. } => format!("stopped: the call{line} is more than 1,000 calls deep"),
            Outcome::Hole { .. } => format!("stopped at the hole{line} after {after}"),
            Outcome::Broken { .. } => format!("stopped at a mistake{line}; see it with karel check"),
            Outcome::Cancelled => "cancelled".to_owned(),
        }
    }
}

/// One word for an outcome, for scripts.
pub(crate) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Finished => "finished",
        Outcome::Crashed { .. } => "crashed",
        Outcome::OutOfTicks { .. } => "outOfTicks",
        Outcome::EndlessLoop { .. } => "endlessLoop",
        Outcome::TooDeep { .. } => "tooDeep",
        Outcome::Hole { .. } => "hole",
        Outcome::Broken { .. } => "mistake",
        Outcome::Cancelled => "cancelled",
    }
}

/// What both commands say of a run in JSON.
#[derive(Serialize)]
pub(crate) struct Json {
    /// Absent for a grid.
    pub example: Option<String>,
    pub outcome: &'static str,
    /// The line of the program where the run stopped before its end.
    pub line: Option<usize>,
    pub ticks: u64,
    /// Whether it did what the example says; absent where nothing says so.
    pub passes: Option<bool>,
    pub message: String,
}

impl Json {
    pub(crate) fn of(run: &Run<'_>) -> Json {
        let outcome = run.recording.outcome;
        let passes = match run.verdict {
            None | Some(Verdict::NoOutput | Verdict::NotRun) => None,
            Some(ref verdict) => Some(verdict.passes()),
        };
        Json {
            example: run.name.clone(),
            outcome: word(outcome),
            line: outcome.origin().and_then(|o| run.line(o)),
            ticks: run.recording.ticks,
            passes,
            message: run.ending(),
        }
    }
}
