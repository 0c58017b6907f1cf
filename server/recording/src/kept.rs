//! One recording, with all that its steps and pages are made of.

use std::sync::Arc;

use ide::playback::Playback;
use runtime::Recording;

use crate::messages::Range;
use crate::places::Program;

/// One recording, with all that its steps and pages are made of.
pub struct Kept {
    /// The program that was run, as it was.
    pub program: Arc<dyn Program>,
    pub recording: Arc<Recording>,
    /// What each step is of, by the number of its origin.
    pub(crate) heads: Vec<Head>,
}

/// A statement as a step names it.
pub(crate) struct Head {
    pub range: Range,
    pub text: String,
}

impl Kept {
    /// Takes what was played of an example of the program.
    pub fn new(program: Arc<dyn Program>, played: &Playback) -> Kept {
        let analysis = program.analysis();
        let uri = analysis.program().map(|source| source.uri.clone()).unwrap_or_default();
        let head =
            |head: ide::playback::Head| Head { range: program.range(&uri, head.range), text: head.text };
        let heads = ide::playback::heads(analysis).into_iter().map(head).collect();
        Kept { heads, recording: Arc::clone(&played.recording), program }
    }

    /// The URI of the program.
    pub fn uri(&self) -> &str {
        self.program.analysis().program().map_or("", |source| &source.uri)
    }

    /// Bytes that it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        let worlds = usize::from(self.recording.start.rows()) * usize::from(self.recording.start.cols()) * 2;
        size_of_val(self.recording.steps.as_slice()) + worlds
    }
}
