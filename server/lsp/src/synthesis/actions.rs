//! The synthesis actions. They are listed at once, and the engine is asked when one is chosen: by
//! `codeAction/resolve`, or by the command, for clients that don't resolve.

use ide::synthesis::{Goal, SynthesisAction};
use serde_json::{Value, json};
use syntax::TextRange;
use syntax::codes::running;
use syntax::codes::synthesis::HOLE;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionDisabled, CodeActionKind, Command, Diagnostic, NumberOrString, Position, Url,
    WorkspaceEdit,
};

use crate::commands;
use crate::proto::to_proto;
use crate::request::{RequestContext, Target, cancelled, content_modified, refused};
use crate::synthesis::question::Question;

/// The kinds of the actions of synthesis and of traces.
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

fn offered(context: &RequestContext, target: &Target, range: TextRange) -> Result<Vec<SynthesisAction>> {
    let engine = context.snapshot.config.engine().err().map(|notice| notice.short);
    let cancel = || context.cancelled();
    ide::synthesis::actions(&target.unit.analysis, target.uri(), range, engine.as_deref(), &cancel)
        .map_err(cancelled)
}

/// The actions for the selection, without edits. An action that fills a hole, or changes a program that fails, is a quick
/// fix of the diagnostics `shown` there where the client wants quick fixes, and else has its own kind.
pub fn offered_at(
    context: &RequestContext,
    target: &Target,
    range: TextRange,
    shown: &[Diagnostic],
    wanted: impl Fn(&CodeActionKind) -> bool,
) -> Result<Vec<CodeAction>> {
    let supports = context.snapshot.session.supports;
    let action = |offer: SynthesisAction| {
        let fix = offer.fix && offer.disabled.is_none() && wanted(&CodeActionKind::QUICKFIX);
        let kind = if fix { CodeActionKind::QUICKFIX } else { kind(&offer.goal) };
        let reported = |d: &&Diagnostic| match &d.code {
            Some(NumberOrString::String(code)) => FIXED.contains(&code.as_str()),
            _ => false,
        };
        let diagnostics: Vec<Diagnostic> = shown.iter().filter(reported).filter(|_| fix).cloned().collect();
        if !wanted(&kind) || offer.disabled.is_some() && !supports.disabled_actions {
            return None;
        }
        let question = json!(Question::new(&target.document.uri, &target.unit, offer.goal));
        let by_command = offer.disabled.is_none() && !supports.resolve_action_edit;
        Some(CodeAction {
            command: by_command.then(|| Command {
                title: offer.title.clone(),
                command: commands::SYNTHESIZE.to_owned(),
                arguments: Some(vec![json!(target.uri()), Value::Null, question.clone()]),
            }),
            title: offer.title,
            kind: Some(kind),
            diagnostics: (!diagnostics.is_empty()).then_some(diagnostics),
            data: Some(question),
            disabled: offer.disabled.map(|reason| CodeActionDisabled { reason }),
            ..CodeAction::default()
        })
    };
    Ok(offered(context, target, range)?.into_iter().filter_map(action).collect())
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
    /// The question about its hole, else about the program, and the title of the work.
    Ask(Question, String),
    /// The program passes: the sentence that says so, and the question that is put only if the user wants it.
    Passes(String, Question),
}

/// # Errors
/// Says why nothing can be synthesized there.
pub fn at_position(
    context: &mut RequestContext,
    (uri, position, trace): (Url, Position, bool),
) -> Result<At> {
    let target = context.target(&uri).ok_or_else(content_modified)?;
    let range = TextRange::empty(context.offset(&target, position));
    let mut offers = offered(context, &target, range)?;
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
        let analysis = &target.unit.analysis;
        let fact = ide::synthesis::passes_already(analysis, &|| context.cancelled()).map_err(cancelled)?;
        if let Some(fact) = fact {
            let question = Question::new(&target.document.uri, &target.unit, Goal::Others);
            return Ok(At::Passes(fact, question));
        }
    }
    let nothing = if trace { "There is no example here." } else { "There is nothing to synthesize here." };
    let offer = offers.into_iter().next().ok_or_else(|| refused(nothing))?;
    if let Some(reason) = offer.disabled {
        return Err(refused(reason));
    }
    Ok(At::Ask(Question::new(&target.document.uri, &target.unit, offer.goal), offer.title))
}

/// What is asked for where the program is to be found, wherever the user is.
///
/// # Errors
/// Says why nothing can be synthesized in this program.
pub fn wherever(context: &mut RequestContext, uri: Url) -> Result<(Question, String)> {
    let target = context.target(&uri).ok_or_else(content_modified)?;
    let goal = ide::synthesis::goal(&target.unit.analysis, &|| context.cancelled()).map_err(cancelled)?;
    let title = if goal == Goal::Others { "Look for other programs" } else { "Look for programs" };
    Ok((Question::new(&target.document.uri, &target.unit, goal), title.to_owned()))
}

/// The change from the solution in the program to the next one, and how the client's history calls it.
pub fn next_solution(context: &mut RequestContext, uri: Url) -> Result<(String, WorkspaceEdit)> {
    let not_open = || refused("This document is not open in the Karel server.");
    let target = context.target(&uri).ok_or_else(not_open)?;
    let action = ide::synthesis::next_solution(&target.unit.analysis).map_err(refused)?;
    Ok((action.title, to_proto::workspace_edit(&context.snapshot, &action.change)))
}
