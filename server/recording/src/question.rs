//! The question which of several programs is meant, as one that can be seen and played.

use std::sync::Arc;

use ide::synthesis::{Deciding, Ending};
use ide::{Analysis, Cancel, Source};

use crate::answers::{document, world};
use crate::failure::Failure;
use crate::messages::{Answer, ExampleKind, One, Question, RecordingParams, TextDocument, Which};
use crate::places::{Plain, Program};
use crate::recorder::Recorder;

/// The document that the deciding example stands in while it is run; there is no such file.
const DOCUMENT: &str = "karel-question:/deciding.kgrid";

/// The question that the last synthesis has left open; none where nothing is.
///
/// # Errors
/// The work was cancelled.
pub(crate) fn question(
    recorder: &Recorder,
    program: &dyn Program,
    cancel: Cancel<'_>,
) -> Result<Option<Question>, Failure> {
    let analysis = program.analysis();
    let open = analysis.ambiguity().filter(|ambiguity| !ambiguity.beside_own);
    let Some((ambiguity, deciding)) = open.and_then(|all| Some((all, all.deciding.as_ref()?))) else {
        return Ok(None);
    };
    let mut answers = Vec::new();
    for (name, ending) in deciding.lettered() {
        let text = ending.programs.first().and_then(|number| ambiguity.programs.get(number - 1));
        let text = text.map_or("", String::as_str);
        let candidate = candidate(analysis, text, name, deciding, ending);
        let example = One {
            name: name.to_string(),
            kind: Some(ExampleKind::Example),
            ordinal: 0,
            uri: Some(DOCUMENT.to_owned()),
        };
        let params = RecordingParams {
            text_document: TextDocument { uri: DOCUMENT.to_owned() },
            example: Which::One(example),
            count: None,
        };
        answers.push(Answer {
            programs: ending.programs.clone(),
            description: deciding.describe(ending),
            marked: deciding.marked(ending),
            text: text.to_owned(),
            recording: recorder.recording(candidate, &params, cancel)?,
        });
    }
    Ok(Some(Question {
        document: document(analysis),
        programs: ambiguity.programs.len(),
        input: world(&deciding.input),
        answers,
        crashing: deciding.crashing.len(),
        endless: deciding.endless.len(),
    }))
}

/// The program with the text, and the deciding example beside it.
fn candidate(
    analysis: &Analysis,
    text: &str,
    name: char,
    deciding: &Deciding,
    ending: &Ending,
) -> Arc<dyn Program> {
    let rows = |world: &runtime::World| -> String {
        world.to_string().lines().map(|row| format!("        {row}\n")).collect()
    };
    let (input, output) = (rows(&deciding.input), rows(&ending.output));
    let example = format!("example \"{name}\":\n    input:\n{input}    output:\n{output}");
    let uri = analysis.program().map(|source| source.uri.clone()).unwrap_or_default();
    let examples = vec![Source::new(DOCUMENT, None, example)];
    let own = Analysis::new(Some(Source::new(uri, None, text)), examples, analysis.config().clone());
    Arc::new(Plain::new(Arc::new(own)))
}
