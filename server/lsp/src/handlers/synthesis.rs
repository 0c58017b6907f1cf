//! The synthesis actions. They are listed at once, and the engine is asked when one is chosen: by
//! `codeAction/resolve`, or by the command, for clients that don't resolve.

use ide::synthesis::{Goal, SynthesisAction};
use serde_json::{Value, json};
use syntax::TextRange;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{CodeAction, CodeActionDisabled, CodeActionKind, Command, Position, Url};

use crate::asked::{About, Asked, cancelled, content_modified, refused};
use crate::synthesis::question::Question;
use crate::synthesis::{Failure, Request, Solved, Synthesis};
use crate::{commands, engine, to_proto};

/// Above all kinds of synthesis, and of traces.
pub const KINDS: [CodeActionKind; 4] = [
    CodeActionKind::new("refactor.karel.synthesize.program"),
    CodeActionKind::new("refactor.karel.synthesize.hole"),
    CodeActionKind::new("refactor.karel.synthesize.complete"),
    CodeActionKind::new("refactor.karel.inferTrace"),
];

fn kind(goal: &Goal) -> CodeActionKind {
    let [program, hole, complete, trace] = KINDS;
    match goal {
        Goal::Program => program,
        Goal::Holes => hole,
        Goal::Complete(_) => complete,
        Goal::Trace(_) => trace,
    }
}

fn offered(asked: &Asked, about: &About, range: TextRange) -> Result<Vec<SynthesisAction>> {
    let engine = engine::command(&asked.snapshot.config).err();
    let cancel = || asked.cancelled();
    ide::synthesis::actions(&about.unit.analysis, about.uri(), range, engine.as_deref(), &cancel)
        .map_err(cancelled)
}

/// The actions for the selection, without edits.
pub fn actions(
    asked: &Asked,
    about: &About,
    range: TextRange,
    wanted: impl Fn(&CodeActionKind) -> bool,
) -> Result<Vec<CodeAction>> {
    let can = asked.snapshot.session.can;
    let action = |offer: SynthesisAction| {
        let kind = kind(&offer.goal);
        if !wanted(&kind) || offer.disabled.is_some() && !can.disabled_actions {
            return None;
        }
        let question = json!(Question::new(&about.document.uri, &about.unit, offer.goal));
        let by_command = offer.disabled.is_none() && !can.resolve_action_edit;
        Some(CodeAction {
            command: by_command.then(|| Command {
                title: offer.title.clone(),
                command: commands::SYNTHESIZE.to_owned(),
                arguments: Some(vec![json!(about.uri()), Value::Null, question.clone()]),
            }),
            title: offer.title,
            kind: Some(kind),
            data: Some(question),
            disabled: offer.disabled.map(|reason| CodeActionDisabled { reason }),
            ..CodeAction::default()
        })
    };
    Ok(offered(asked, about, range)?.into_iter().filter_map(action).collect())
}

/// The question that an action carries, if it carries one.
pub fn question(action: &CodeAction) -> Option<Question> {
    serde_json::from_value(action.data.clone()?).ok()
}

/// What the command asks for at a place: its hole, else the program.
///
/// # Errors
/// Says why nothing can be synthesized there.
pub fn at_position(
    asked: &mut Asked,
    (uri, position, trace): (Url, Position, bool),
) -> Result<(Question, String)> {
    let about = asked.about(&uri).ok_or_else(content_modified)?;
    let range = TextRange::empty(asked.offset(&about, position));
    let mut offers = offered(asked, &about, range)?;
    offers.retain(|offer| matches!(offer.goal, Goal::Trace(_)) == trace);
    // What is enabled first; of that what is most particular to the place.
    offers.sort_by_key(|offer| {
        let particular = match offer.goal {
            Goal::Holes => 0,
            Goal::Program | Goal::Trace(_) => 1,
            Goal::Complete(_) => 2,
        };
        (offer.disabled.is_some(), particular)
    });
    let nothing = if trace { "There is no example here." } else { "There is nothing to synthesize here." };
    let offer = offers.into_iter().next().ok_or_else(|| refused(nothing))?;
    if let Some(reason) = offer.disabled {
        return Err(refused(reason));
    }
    Ok((Question::new(&about.document.uri, &about.unit, offer.goal), offer.title))
}

/// What became of an action.
pub enum Resolved {
    /// It is none of synthesis.
    Unchanged(CodeAction),
    /// With its edit; about the document.
    Done(CodeAction, Url, Solved),
    /// Why it can't be done, for the user. The action has no edit: an error would be shown by some clients as a
    /// failure of the server.
    Told(CodeAction, String),
}

/// The action with its edit.
pub async fn resolve(synthesis: &Synthesis, request: Request, mut action: CodeAction) -> Result<Resolved> {
    let Some(question) = question(&action) else { return Ok(Resolved::Unchanged(action)) };
    match synthesis.solve(&request, &question, &action.title).await {
        Ok(solved) => {
            action.edit = Some(to_proto::workspace_edit(&request.snapshot, &solved.change));
            action.title = label(&action.title, &solved);
            action.data = None;
            action.command = None;
            Ok(Resolved::Done(action, question.uri, solved))
        }
        Err(Failure::Told(message)) => Ok(Resolved::Told(action, message)),
        Err(failure) => Err(error(failure)),
    }
}

pub fn error(failure: Failure) -> Error {
    match failure {
        Failure::Stale => content_modified(),
        Failure::Cancelled => Error::request_cancelled(),
        Failure::Told(message) => refused(message),
    }
}

/// How the client's history calls the change.
pub fn label(title: &str, solved: &Solved) -> String {
    format!("{title}: {}", solved.score)
}
