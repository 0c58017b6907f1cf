//! Answers the requests about recordings, and keeps those whose steps are asked for later.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ide::Cancel;
use ide::drawing::{self, Drawn};
use ide::playback;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answers::{A_PAGE, MOST_OF_A_PAGE, document, example_items, first_page, kind, page, world_from};
use crate::candidates::candidates;
use crate::failure::Failure;
use crate::kept::Kept;
use crate::messages::{
    CandidatesParams, Change, EditParams, ExampleKind, Occurrences, OccurrencesParams, One, Outdated, Page,
    QuestionParams, Recording, RecordingParams, Recordings, RecordingsParams, SeekParams, Sought,
    StepsParams, Text, TextParams, Which, WorldOf, method,
};
use crate::places::Program;
use crate::question::question;

/// The most examples of one list.
const A_LIST: usize = 200;
/// The most recordings that are kept, and bytes that they may take.
const MOST_KEPT: usize = 64;
const BUDGET: usize = 256 << 20;

/// Gives the program of the document of a URI.
pub type Programs<'a> = dyn Fn(&str) -> Result<Arc<dyn Program>, Failure> + 'a;

/// The recordings that were asked for, each by its id; the ones not used for longest go first.
pub struct Recorder {
    /// What tells the ids of this process from all others'.
    prefix: String,
    kept: Mutex<Library>,
}

#[derive(Default)]
struct Library {
    /// Grows with every recording and every use of one.
    clock: u64,
    recordings: HashMap<String, Slot>,
    bytes: usize,
}

struct Slot {
    kept: Arc<Kept>,
    used: u64,
    /// Whether it has been said that it is of an older text.
    outdated: bool,
}

impl Default for Recorder {
    fn default() -> Recorder {
        // The state is random, and so is the hash of anything.
        let prefix = format!("{:016x}", RandomState::new().hash_one(0));
        Recorder { prefix, kept: Mutex::default() }
    }
}

impl Recorder {
    /// Answers the request of that name with JSON text. `program` gives the program of a document.
    ///
    /// # Errors
    /// There is no such request, or it has no answer.
    pub fn answer(
        &self,
        method: &str,
        params: Value,
        program: &Programs<'_>,
        cancel: Cancel<'_>,
    ) -> Result<String, Failure> {
        match method {
            method::RECORDINGS => {
                let params: RecordingsParams = read(params)?;
                written(&self.recordings(&*program(&params.text_document.uri)?, &params, cancel)?)
            }
            method::RECORDING => {
                let params: RecordingParams = read(params)?;
                written(&self.recording(program(&params.text_document.uri)?, &params, cancel)?)
            }
            method::STEPS => written(&self.steps(&read(params)?)?),
            method::SEEK => written(&self.seek(&read(params)?)?),
            method::OCCURRENCES => written(&self.occurrences(&read(params)?, cancel)?),
            method::TEXT => {
                let params: TextParams = read(params)?;
                written(&self.text(&*program(&params.text_document.uri)?, &params)?)
            }
            method::QUESTION => {
                let params: QuestionParams = read(params)?;
                written(&question(self, &*program(&params.text_document.uri)?, cancel)?)
            }
            method::CANDIDATES => {
                let params: CandidatesParams = read(params)?;
                written(&candidates(self, &*program(&params.text_document.uri)?, &params, cancel)?)
            }
            _ => Err(Failure::Unknown(method.to_owned())),
        }
    }

    /// Answers `karel/recordings`.
    ///
    /// # Errors
    /// The work was cancelled.
    pub fn recordings(
        &self,
        program: &dyn Program,
        params: &RecordingsParams,
        cancel: Cancel<'_>,
    ) -> Result<Recordings, Failure> {
        let from = params.from;
        let to = from.saturating_add(params.count.unwrap_or(A_LIST).min(A_LIST));
        let examples = example_items(program, |case| (from..to).contains(&case.index), cancel)?;
        let analysis = program.analysis();
        Ok(Recordings { document: document(analysis), total: analysis.cases().count(), examples })
    }

    /// Answers `karel/recording`, and keeps the recording.
    ///
    /// # Errors
    /// There is no such example, it can't be run, or the work was cancelled.
    pub fn recording(
        &self,
        program: Arc<dyn Program>,
        params: &RecordingParams,
        cancel: Cancel<'_>,
    ) -> Result<Recording, Failure> {
        let analysis = program.analysis();
        let index = find(&*program, &params.text_document.uri, &params.example)?;
        let case = analysis.cases().nth(index).ok_or(Failure::Gone)?;
        let Some(played) = playback::playback(analysis, case, cancel)? else {
            let why = match (analysis.program(), analysis.main(), case.input()) {
                (None, ..) => "There is no program beside these examples to run.",
                (_, None, _) => "There is no main to run: begin one with def main():",
                (_, _, None) => "This example has no input world that can be read.",
                _ => "This example can't be run.",
            };
            return Err(Failure::Refused(why.to_owned()));
        };
        let example = example_items(&*program, |case| case.index == index, cancel)?.remove(0);
        let kept = Arc::new(Kept::new(Arc::clone(&program), &played));
        let count = params.count.unwrap_or(A_PAGE).min(MOST_OF_A_PAGE);
        let id = self.keep(Arc::clone(&kept));
        Ok(first_page(id, &kept, &played, Some(example), count))
    }

    /// Answers `karel/recordingSteps`.
    ///
    /// # Errors
    /// The recording is not kept.
    pub fn steps(&self, params: &StepsParams) -> Result<Page, Failure> {
        let kept = self.get(&params.id)?;
        Ok(page(&kept, params.from, params.count.unwrap_or(A_PAGE).min(MOST_OF_A_PAGE)))
    }

    /// Answers `karel/recordingSeek`.
    ///
    /// # Errors
    /// The recording is not kept.
    pub fn seek(&self, params: &SeekParams) -> Result<Sought, Failure> {
        let kept = self.get(&params.id)?;
        let steps = &kept.recording.steps;
        let is_wanted = |number: &usize| {
            let step = &steps[*number];
            params.depth.is_none_or(|depth| step.depth <= depth)
                && params.kind.is_none_or(|wanted| kind(step) == wanted)
        };
        let step = if params.backwards {
            (0..params.from.min(steps.len())).rev().find(is_wanted)
        } else {
            (params.from.saturating_add(1)..steps.len()).find(is_wanted)
        };
        Ok(Sought { step })
    }

    /// Answers `karel/occurrences`.
    ///
    /// # Errors
    /// The recording is not kept, or the work was cancelled.
    pub fn occurrences(
        &self,
        params: &OccurrencesParams,
        cancel: Cancel<'_>,
    ) -> Result<Occurrences, Failure> {
        let kept = self.get(&params.id)?;
        let (analysis, uri) = (kept.program.analysis(), kept.uri());
        let offset = kept.program.offset(uri, params.position);
        let Some(found) = playback::occurrences(analysis, &kept.recording, offset, cancel)? else {
            return Ok(Occurrences { range: None, total: 0, from: 0, steps: Vec::new() });
        };
        let total = found.steps.len();
        let from = params.from.min(total);
        let to = from.saturating_add(params.count.unwrap_or(A_PAGE).min(A_PAGE)).min(total);
        let steps = found.steps[from..to].to_vec();
        Ok(Occurrences { range: Some(kept.program.range(uri, found.range)), total, from, steps })
    }

    /// Answers `karel/text`.
    ///
    /// # Errors
    /// The document is none of the program's.
    pub fn text(&self, program: &dyn Program, params: &TextParams) -> Result<Text, Failure> {
        let uri = &params.text_document.uri;
        let source = program.analysis().source(uri);
        let source =
            source.ok_or_else(|| Failure::Refused("This file is not part of the program.".to_owned()))?;
        let document = crate::messages::Document { uri: source.uri.clone(), version: source.version };
        Ok(Text { document, text: source.text.to_string() })
    }

    /// What `karel/edit` changes in the texts, under the title of the undo step.
    ///
    /// # Errors
    /// It can't be done, or the program has changed.
    pub fn edit(
        &self,
        program: &dyn Program,
        params: &EditParams,
        cancel: Cancel<'_>,
    ) -> Result<(&'static str, ide::Change), Failure> {
        let analysis = program.analysis();
        if params.version.is_some_and(|version| Some(version) != document(analysis).version) {
            return Err(Failure::Cancelled);
        }
        let uri = &params.text_document.uri;
        let index = params.example.as_ref().map(|example| find(program, uri, example)).transpose()?;
        let case = index.map(|index| analysis.cases().nth(index).ok_or(Failure::Gone)).transpose()?;
        if params.change == Change::New {
            let elsewhere = || Failure::Refused("This file is not part of the program.".to_owned());
            let source = analysis.source(uri).ok_or_else(elsewhere)?;
            return Ok(("New example", drawing::added(analysis, source, case)));
        }
        let case = case.ok_or_else(|| Failure::Params("the example is missing".to_owned()))?;
        let (title, drawn) = match &params.change {
            Change::World { of: WorldOf::Input, world } => {
                ("Draw the input", Drawn::World(drawing::Which::Input, world_from(world)?))
            }
            Change::World { of: WorldOf::Output, world } => {
                ("Draw the output", Drawn::World(drawing::Which::Output, world_from(world)?))
            }
            Change::RunOutput => ("Fill the output by running", Drawn::RunOutput),
            Change::Copy | Change::New => ("Copy the example", Drawn::Copy),
            Change::Test => ("Make it a test", Drawn::Kind(syntax::ast::ExampleKind::Test)),
            Change::Example => ("Make it an example", Drawn::Kind(syntax::ast::ExampleKind::Example)),
        };
        let change = drawing::draw(analysis, case, &drawn, cancel)?.map_err(Failure::Refused)?;
        Ok((title, change))
    }

    /// What to tell after the program's texts have changed. Each recording is named once.
    pub fn outdated(&self, program: &dyn Program) -> Outdated {
        let document = document(program.analysis());
        let mut library = self.library();
        let mut ids = Vec::new();
        for (id, slot) in &mut library.recordings {
            let is_old = !std::ptr::addr_eq(slot.kept.program.analysis(), program.analysis());
            if slot.kept.uri() == document.uri && is_old && !slot.outdated {
                slot.outdated = true;
                ids.push(id.clone());
            }
        }
        ids.sort_unstable();
        Outdated { uri: document.uri, version: document.version, ids }
    }

    /// The recording of that id.
    ///
    /// # Errors
    /// It is not kept.
    pub fn get(&self, id: &str) -> Result<Arc<Kept>, Failure> {
        let mut library = self.library();
        library.clock += 1;
        let now = library.clock;
        let slot = library.recordings.get_mut(id).ok_or(Failure::Gone)?;
        slot.used = now;
        Ok(Arc::clone(&slot.kept))
    }

    fn keep(&self, kept: Arc<Kept>) -> String {
        let mut library = self.library();
        library.clock += 1;
        let now = library.clock;
        let id = format!("{}-{now}", self.prefix);
        library.bytes += kept.bytes();
        library.recordings.insert(id.clone(), Slot { kept, used: now, outdated: false });
        while library.recordings.len() > MOST_KEPT || library.bytes > BUDGET && library.recordings.len() > 1 {
            let oldest = library.recordings.iter().min_by_key(|(_, slot)| slot.used);
            let Some(oldest) = oldest.map(|(id, _)| id.clone()) else { break };
            if let Some(slot) = library.recordings.remove(&oldest) {
                library.bytes -= slot.kept.bytes();
            }
        }
        id
    }

    fn library(&self) -> MutexGuard<'_, Library> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params).map_err(|error| Failure::Params(error.to_string()))
}

fn written<T: Serialize>(answer: &T) -> Result<String, Failure> {
    serde_json::to_string(answer).map_err(|error| Failure::Refused(error.to_string()))
}

/// The number of the example that is meant, seen from the document.
fn find(program: &dyn Program, asked: &str, which: &Which) -> Result<usize, Failure> {
    let analysis = program.analysis();
    let one = match which {
        Which::Number(number) => {
            let found = analysis.cases().nth(*number).map(|case| case.index);
            let gone = || Failure::Refused(format!("There is no example number {}.", number + 1));
            return found.ok_or_else(gone);
        }
        Which::Name(name) => &One { name: name.clone(), kind: None, ordinal: 0, uri: None },
        Which::One(one) => one,
    };
    let named = |uri: Option<&str>| {
        let is_meant = |listed: &ide::ListedExample| {
            let kind = one.kind.is_none_or(|kind| listed.test == (kind == ExampleKind::Test));
            let place = uri.is_none_or(|uri| listed.location.uri == uri);
            listed.name == one.name && kind && place && listed.ordinal == one.ordinal
        };
        ide::examples(analysis).iter().position(is_meant)
    };
    let found = match &one.uri {
        Some(uri) => named(Some(uri)),
        None => named(Some(asked)).or_else(|| named(None)),
    };
    let gone =
        || Failure::Refused(format!("There is no example \"{}\" in this program.", ide::clipped(&one.name)));
    found.ok_or_else(gone)
}
