//! Programs that pass, for a page that has no editor beside it: the engine is asked, and what it finds is kept for as long
//! as the files are those that it was asked about, with one of the programs in them or as they were.

use std::sync::{Arc, Mutex};

use assist::notice::Notice;
use assist::{Checked, sentences};
use ide::synthesis::{self, Found};
use ide::{Analysis, NEVER};
use protocol::message::{Budget, Synthesize};
use protocol::{Engine, EngineError};
use recording::Failure;
use recording::messages::Finding;
use tokio::task::block_in_place;
use tokio_util::sync::CancellationToken;

use super::lock;

/// The synthesis of the program that is shown.
pub(super) struct Synthesis {
    /// Absent where no engine is installed.
    engine: Option<Engine>,
    last: Mutex<Option<Last>>,
}

/// What was found, and the texts that it was found for, the program first.
struct Last {
    texts: Vec<(String, Arc<str>)>,
    found: Arc<Found>,
}

impl Synthesis {
    /// The engine is started by this command, as soon as it is asked.
    pub(super) fn new(command: Option<Vec<String>>) -> Synthesis {
        Synthesis { engine: command.map(Engine::new), last: Mutex::default() }
    }

    pub(super) fn can_find(&self) -> bool {
        self.engine.is_some()
    }

    /// Adds what was found last, if it was found for these texts.
    pub(super) fn with_found(&self, analysis: Analysis) -> Analysis {
        let last = lock(&self.last);
        let found = last.as_ref().filter(|last| last.is_about(&analysis)).map(|last| Arc::clone(&last.found));
        analysis.with_found(found)
    }

    /// Looks for programs. They are kept, and nothing is changed.
    ///
    /// # Errors
    /// There is nothing to look for, nothing passes, the engine fails, or the search was given up.
    pub(super) async fn find(
        &self,
        analysis: &Analysis,
        cancel: &CancellationToken,
    ) -> Result<Finding, Failure> {
        let engine =
            self.engine.as_ref().ok_or_else(|| refused("There is no engine: install karel-synth."))?;
        let task = block_in_place(|| {
            let goal = synthesis::goal(analysis, &|| cancel.is_cancelled())?;
            synthesis::task(analysis, &goal).map_err(Failure::Refused)
        })?;
        let request = Synthesize { specification: assist::specification(&task), budget: Budget::default() };
        let outcome = engine.synthesize(&request, |_| (), cancel).await.map_err(|error| match error {
            EngineError::Cancelled => Failure::Cancelled,
            error => refused(Notice::from(&error).in_full()),
        })?;
        let checked = block_in_place(|| Checked::new(analysis, &task, &outcome, NEVER))?;
        let first = checked.solutions.first();
        let note =
            first.and_then(|first| sentences::note_beside(&outcome, &first.answer, first.candidate.held_out));
        let Some(found) = checked.found(analysis, &task.goal) else {
            let (best, all) = (outcome.best_passed, outcome.examples);
            return Err(refused(format!("Nothing passes every example: the best passes {best} of {all}.")));
        };
        let programs = found.programs.len();
        let message = note.map(|note| note.in_full().to_owned());
        *lock(&self.last) = Some(Last { texts: texts(analysis), found: Arc::new(found) });
        Ok(Finding { programs, message })
    }

    /// Ends the engine.
    pub(super) async fn end(&self) {
        if let Some(engine) = &self.engine {
            engine.shutdown().await;
        }
    }
}

impl Last {
    fn is_about(&self, analysis: &Analysis) -> bool {
        let now = texts(analysis);
        let (Some((was, beside)), Some((is, others))) = (self.texts.split_first(), now.split_first()) else {
            return false;
        };
        let is_one = || was.0 == is.0 && self.found.programs.iter().any(|text| **text == *is.1);
        (was == is || is_one()) && beside == others
    }
}

/// The texts of the program and its example files, by their URIs.
pub(super) fn texts(analysis: &Analysis) -> Vec<(String, Arc<str>)> {
    analysis.sources().map(|source| (source.uri.clone(), Arc::clone(&source.text))).collect()
}

fn refused(why: impl Into<String>) -> Failure {
    Failure::Refused(why.into())
}
