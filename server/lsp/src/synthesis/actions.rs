//! The synthesis actions. They are listed at once, and the engine is asked when one is chosen: by
//! `codeAction/resolve`, or by the command, for clients that don't resolve.

use ide::synthesis::{Goal, SynthesisAction};
use serde_json::{Value, json};
use syntax::TextRange;
use syntax::codes::running;
use syntax::codes::synthesis::HOLE;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{
    CodeAction, CodeActionDisabled, CodeActionKind, Command, Diagnostic, NumberOrString, Position, Url,
};

use crate::asked::{About, Asked, cancelled, content_modified, refused};
use crate::synthesis::question::Question;
use crate::synthesis::{Failure, Request, Solved, Synthesis};
use crate::told::Told;
use crate::{commands, engine, to_proto};

/// Above all kinds of synthesis, and of traces.
pub const KINDS: [CodeActionKind; 6] = [
    CodeActionKind::new("refactor.karel.synthesize.program"),
    CodeActionKind::new("refactor.karel.synthesize.others"),
    SOLUTION,
    CodeActionKind::new("refactor.karel.synthesize.hole"),
    CodeActionKind::new("refactor.karel.synthesize.complete"),
    CodeActionKind::new("refactor.karel.inferTrace"),
];

/// Another of the programs that were found.
pub const SOLUTION: CodeActionKind = CodeActionKind::new("refactor.karel.synthesize.solution");

fn kind(goal: &Goal) -> CodeActionKind {
    let [program, others, _, hole, complete, trace] = KINDS;
    match goal {
        Goal::Program => program,
        Goal::Others => others,
        Goal::Hole(_) | Goal::Holes => hole,
        Goal::Complete(_) => complete,
        Goal::Trace(_) => trace,
    }
}

fn offered(asked: &Asked, about: &About, range: TextRange) -> Result<Vec<SynthesisAction>> {
    let engine = engine::command(&asked.snapshot.config).err().map(|told| told.short);
    let cancel = || asked.cancelled();
    ide::synthesis::actions(&about.unit.analysis, about.uri(), range, engine.as_deref(), &cancel)
        .map_err(cancelled)
}

/// The actions for the selection, without edits. What fills a hole, or changes a program that fails, is a quick fix of
/// what is `shown` there for who asks for fixes or for anything, and else what it is by itself.
pub fn actions(
    asked: &Asked,
    about: &About,
    range: TextRange,
    shown: &[Diagnostic],
    wanted: impl Fn(&CodeActionKind) -> bool,
) -> Result<Vec<CodeAction>> {
    let can = asked.snapshot.session.can;
    let action = |offer: SynthesisAction| {
        let fix = offer.fix && offer.disabled.is_none() && wanted(&CodeActionKind::QUICKFIX);
        let kind = if fix { CodeActionKind::QUICKFIX } else { kind(&offer.goal) };
        let reported = |d: &&Diagnostic| match &d.code {
            Some(NumberOrString::String(code)) => FIXED.contains(&code.as_str()),
            _ => false,
        };
        let diagnostics: Vec<Diagnostic> = shown.iter().filter(reported).filter(|_| fix).cloned().collect();
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
            diagnostics: (!diagnostics.is_empty()).then_some(diagnostics),
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

/// Diagnostics that a synthesis mends: a hole, and examples that fail.
const FIXED: [&str; 9] = [
    HOLE.code,
    running::CRASH.code,
    running::WRONG_RESULT.code,
    running::ENDLESS_LOOP.code,
    running::TICK_LIMIT.code,
    running::TOO_DEEP.code,
    running::OTHER_TRACE.code,
    running::DID_NOT_CRASH.code,
    running::TEST_FAILED.code,
];

/// What the command asks for at a place.
pub enum At {
    /// Of its hole, else the program, under this title.
    Ask(Question, String),
    /// The program passes: the sentence that says so, and the question that is put only if the user wants it.
    Passes(String, Question),
}

/// # Errors
/// Says why nothing can be synthesized there.
pub fn at_position(asked: &mut Asked, (uri, position, trace): (Url, Position, bool)) -> Result<At> {
    let about = asked.about(&uri).ok_or_else(content_modified)?;
    let range = TextRange::empty(asked.offset(&about, position));
    let mut offers = offered(asked, &about, range)?;
    offers.retain(|offer| matches!(offer.goal, Goal::Trace(_)) == trace);
    // What is enabled first; of that what is most particular to the place.
    offers.sort_by_key(|offer| {
        let particular = match offer.goal {
            Goal::Hole(_) => 0,
            Goal::Holes => 1,
            Goal::Program | Goal::Others | Goal::Trace(_) => 2,
            Goal::Complete(_) => 3,
        };
        (offer.disabled.is_some(), particular)
    });
    let enabled = offers.first().is_some_and(|offer| offer.disabled.is_none() && offer.goal != Goal::Others);
    if !trace && !enabled {
        let analysis = &about.unit.analysis;
        let fact = ide::synthesis::passes_already(analysis, &|| asked.cancelled()).map_err(cancelled)?;
        if let Some(fact) = fact {
            let question = Question::new(&about.document.uri, &about.unit, Goal::Others);
            return Ok(At::Passes(fact, question));
        }
    }
    let nothing = if trace { "There is no example here." } else { "There is nothing to synthesize here." };
    let offer = offers.into_iter().next().ok_or_else(|| refused(nothing))?;
    if let Some(reason) = offer.disabled {
        return Err(refused(reason));
    }
    Ok(At::Ask(Question::new(&about.document.uri, &about.unit, offer.goal), offer.title))
}

/// What became of an action.
pub enum Resolved {
    /// It is none of synthesis.
    Unchanged(CodeAction),
    /// With its edit; about the document.
    Done(CodeAction, Url, Solved),
    /// Why it can't be done, for the user. The action has no edit: an error would be shown by some clients as a
    /// failure of the server.
    Told(CodeAction, Told),
}

/// The action with its edit.
pub async fn resolve(synthesis: &Synthesis, request: Request, mut action: CodeAction) -> Result<Resolved> {
    let Some(question) = question(&action) else { return Ok(Resolved::Unchanged(action)) };
    match synthesis.solve(&request, &question, &action.title).await {
        Ok(solved) => {
            let edit = |change| to_proto::workspace_edit(&request.snapshot, change);
            action.edit = solved.change.as_ref().map(edit);
            action.title = label(&action.title, &solved);
            action.data = None;
            action.command = None;
            Ok(Resolved::Done(action, question.uri, solved))
        }
        Err(Failure::Told(told)) => Ok(Resolved::Told(action, told)),
        Err(failure) => Err(error(failure)),
    }
}

pub fn error(failure: Failure) -> Error {
    match failure {
        Failure::Stale => content_modified(),
        Failure::Cancelled => Error::request_cancelled(),
        Failure::Told(told) => refused(told.short),
    }
}

/// How the client's history calls the change.
pub fn label(title: &str, solved: &Solved) -> String {
    format!("{title}: {}", solved.score)
}
