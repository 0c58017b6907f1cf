//! The programs that the last synthesis found, each with its run of an example, to be looked at before one is taken.

use std::sync::Arc;

use ide::{Analysis, Cancel, Source};

use crate::answers::{document, example_items};
use crate::failure::Failure;
use crate::messages::{Candidate, Candidates, CandidatesParams, ExampleKind, RecordingParams, Verdict};
use crate::places::{Plain, Program};
use crate::recorder::Recorder;

/// The programs of the last synthesis; none where it found nothing for these very texts.
///
/// # Errors
/// There is no such example, or the work was cancelled.
pub(crate) fn candidates(
    recorder: &Recorder,
    program: &dyn Program,
    params: &CandidatesParams,
    cancel: Cancel<'_>,
) -> Result<Option<Candidates>, Failure> {
    let analysis = program.analysis();
    let (Some(found), Some(current)) = (analysis.found(), analysis.program()) else { return Ok(None) };
    let candidate = |text: &String| {
        let candidate = with_text(analysis, current, text);
        let items = example_items(&*candidate, |_| true, cancel)?;
        let seen = items.iter().filter(|item| item.kind == ExampleKind::Example && item.verdict.is_some());
        let recording = params.example.as_ref().map(|example| {
            let (text_document, example) = (params.text_document.clone(), example.clone());
            let params = RecordingParams { text_document, example, count: params.count };
            recorder.recording(Arc::clone(&candidate), &params, cancel)
        });
        Ok(Candidate {
            text: text.clone(),
            is_current: **text == *current.text,
            examples: seen.clone().count(),
            passed: seen.filter(|item| item.verdict == Some(Verdict::Passes)).count(),
            recording: recording.transpose()?,
        })
    };
    let candidates = found.programs.iter().map(candidate).collect::<Result<_, Failure>>()?;
    Ok(Some(Candidates { document: document(analysis), candidates, beside_own: found.beside_own }))
}

/// The program with this text in place of its own.
fn with_text(analysis: &Analysis, current: &Source, text: &str) -> Arc<dyn Program> {
    let source = Source::new(current.uri.clone(), current.version, text);
    let own = Analysis::new(Some(source), analysis.grids().to_vec(), analysis.config().clone());
    Arc::new(Plain::new(Arc::new(own)))
}
