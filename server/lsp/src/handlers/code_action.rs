//! What can be done at the cursor: fixes of what is wrong there, changes of form, changes of examples, synthesis.

use ide::{Action, ActionKind};
use syntax::TextRange;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, Diagnostic,
    NumberOrString, Range,
};

use crate::proto::{from_proto, to_proto};
use crate::request::{RequestContext, Target, cancelled};
use crate::synthesis::actions;

/// Changes of examples to what the program does.
const EXAMPLE: CodeActionKind = CodeActionKind::new("refactor.karel.example");
/// All fixes of the document at once.
const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.karel");

/// All that there are here, but those of synthesis.
pub const KINDS: [CodeActionKind; 6] = [
    CodeActionKind::QUICKFIX,
    CodeActionKind::REFACTOR,
    CodeActionKind::REFACTOR_EXTRACT,
    CodeActionKind::REFACTOR_INLINE,
    EXAMPLE,
    FIX_ALL,
];

pub fn code_action(
    context: &mut RequestContext,
    params: CodeActionParams,
) -> Result<Option<CodeActionResponse>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let range = from_proto::text_range(&context.snapshot, &target.document, params.range);
    let wanted = Wanted(params.context.only);
    let (analysis, uri) = (&target.unit.analysis, target.uri());
    let cancel = || context.cancelled();
    let marked = with_marked(context, &target, &params.context.diagnostics, params.range);
    let mut found = ide::quick_fixes(analysis, uri, marked, &cancel).map_err(cancelled)?;
    found.extend(ide::synthesis::question(analysis, uri, range));
    found.extend(ide::synthesis::solutions(analysis, uri, range));
    // Whoever looks from the top finds what changes the program before what changes what is asked of it.
    let mut rest = ide::example_actions(analysis, uri, range, &cancel).map_err(cancelled)?;
    context.still_wanted()?;
    rest.extend(ide::refactorings(analysis, uri, range));
    // Editors show it in no menu; they ask for it by its kind.
    if wanted.0.is_some() && wanted.kind(&FIX_ALL) {
        rest.extend(ide::fix_all(analysis, uri, &cancel).map_err(cancelled)?);
    }
    let shown: &[Diagnostic] = &params.context.diagnostics;
    let actions = |found: Vec<Action>| {
        let found = found.into_iter().filter(|action| wanted.kind(&kind(action.kind)));
        found.map(|action| protocol_action(context, shown, action)).collect::<Vec<CodeAction>>()
    };
    let (mut actions, rest) = (actions(found), actions(rest));
    actions.extend(actions::offered_at(context, &target, range, shown, |kind| wanted.kind(kind))?);
    actions.extend(rest);
    Ok(Some(actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()))
}

/// The selection, and on its lines what the client says is marked there: an editor that asks with the cursor alone
/// names what its user sees marked on the line, and means it.
fn with_marked(
    context: &RequestContext,
    target: &Target,
    shown: &[Diagnostic],
    selection: Range,
) -> TextRange {
    let on_its_lines =
        |at: &Range| at.start.line <= selection.end.line && selection.start.line <= at.end.line;
    let marked = shown.iter().map(|diagnostic| diagnostic.range).filter(on_its_lines);
    let range = |range| from_proto::text_range(&context.snapshot, &target.document, range);
    marked.fold(range(selection), |all, at| all.cover(range(at)))
}

/// The kinds that the client asked for; all, where it named none.
struct Wanted(Option<Vec<CodeActionKind>>);

impl Wanted {
    /// `refactor` covers `refactor.karel.synthesize`.
    fn kind(&self, kind: &CodeActionKind) -> bool {
        let covers = |wanted: &CodeActionKind| match kind.as_str().strip_prefix(wanted.as_str()) {
            Some(rest) => rest.is_empty() || rest.starts_with('.') || wanted.as_str().is_empty(),
            None => false,
        };
        self.0.as_ref().is_none_or(|kinds| kinds.iter().any(covers))
    }
}

fn kind(kind: ActionKind) -> CodeActionKind {
    match kind {
        ActionKind::QuickFix => CodeActionKind::QUICKFIX,
        ActionKind::Refactor => CodeActionKind::REFACTOR,
        ActionKind::Extract => CodeActionKind::REFACTOR_EXTRACT,
        ActionKind::Inline => CodeActionKind::REFACTOR_INLINE,
        ActionKind::FixAll => FIX_ALL,
        ActionKind::Example => EXAMPLE,
        ActionKind::Solution => actions::SOLUTION,
    }
}

/// An action with its edit, and those of the shown diagnostics that it mends.
fn protocol_action(context: &RequestContext, shown: &[Diagnostic], action: Action) -> CodeAction {
    let supports = context.snapshot.session.supports;
    let mends = |diagnostic: &&Diagnostic| match (&diagnostic.code, action.mends) {
        (Some(NumberOrString::String(code)), Some(mends)) => code == mends,
        _ => false,
    };
    let diagnostics: Vec<Diagnostic> = shown.iter().filter(mends).cloned().collect();
    CodeAction {
        title: action.title,
        kind: Some(kind(action.kind)),
        diagnostics: (!diagnostics.is_empty()).then_some(diagnostics),
        edit: Some(to_proto::workspace_edit(&context.snapshot, &action.change)),
        is_preferred: (action.preferred && supports.preferred_actions).then_some(true),
        ..CodeAction::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_cover_those_below_them() {
        let wanted = |only: &'static str| Wanted(Some(vec![CodeActionKind::from(only)]));
        let synthesize = CodeActionKind::new("refactor.karel.synthesize.program");
        assert!(Wanted(None).kind(&synthesize));
        assert!(wanted("").kind(&synthesize));
        assert!(wanted("refactor").kind(&synthesize));
        assert!(wanted("refactor.karel.synthesize").kind(&synthesize));
        assert!(!wanted("refactor.kar").kind(&synthesize));
        assert!(!wanted("quickfix").kind(&synthesize));
    }
}
