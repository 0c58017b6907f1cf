//! One recording, with all that its steps and pages are made of.

use std::sync::Arc;

use ide::playback::Playback;
use runtime::{Recording, Step};

use crate::messages::Range;
use crate::places::Program;

/// Steps that are counted through to know how many actions come before one.
const A_STRETCH: usize = 4_096;

/// One recording, with all that its steps and pages are made of.
pub struct Kept {
    /// The program that was run, as it was.
    pub program: Arc<dyn Program>,
    pub recording: Arc<Recording>,
    /// The actions before every [`A_STRETCH`]th step.
    actions: Vec<usize>,
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
        let mut done = 0;
        let stretches = played.recording.steps.chunks(A_STRETCH).map(|steps| {
            let before = done;
            done += actions(steps);
            before
        });
        let actions = stretches.collect();
        Kept { heads, actions, recording: Arc::clone(&played.recording), program }
    }

    /// How many actions are carried out before the step.
    pub(crate) fn actions_before(&self, step: usize) -> usize {
        let stretch = (step / A_STRETCH).min(self.actions.len().saturating_sub(1));
        let before = self.actions.get(stretch).copied().unwrap_or(0);
        before + actions(&self.recording.steps[stretch * A_STRETCH..step])
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

fn actions(steps: &[Step]) -> usize {
    steps.iter().filter(|step| step.action().is_some()).count()
}
