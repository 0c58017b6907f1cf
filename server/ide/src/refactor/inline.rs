//! Inline procedure: one call, or all of them.

use super::Context;
use super::transplant::{block_text, fills_lines, has_error};
use crate::change::{Action, ActionKind};
use crate::quick_fixes::whole_definition;
use crate::source::Source;
use crate::target::{Target, target_at};
use syntax::ast::{Procedure, Statement, StatementKind};
use syntax::diagnostic::Edit;
use syntax::lines::indentation;
use syntax::names::MAIN;
use syntax::print::head;

/// Assist: **Inline call**
///
/// Puts the body of the procedure in the place of the call under the cursor.
pub(super) fn inline_call(context: &Context<'_>) -> Option<Action> {
    let (Target::Procedure(name), range) = target_at(context.source, context.selection.start())? else {
        return None;
    };
    let procedure = inlinable(context, &name)?;
    let call = calls(context.source, &name).into_iter().find(|call| call.range.contains_range(range))?;
    let edit = in_place(context.source, call, procedure)?;
    Some(context.action(
        "inline-call",
        ActionKind::Inline,
        format!("Inline this call of '{name}'"),
        vec![edit],
    ))
}

/// Assist: **Inline procedure**
///
/// Puts the body of the definition under the cursor in the place of every call, and removes the definition.
pub(super) fn inline_everywhere(context: &Context<'_>) -> Option<Action> {
    let source = context.source;
    let (Target::Procedure(name), range) = target_at(source, context.selection.start())? else { return None };
    let procedure = inlinable(context, &name).filter(|p| p.name.range == range)?;
    let calls = calls(source, &name);
    if calls.is_empty() {
        return None;
    }
    let edits: Option<Vec<Edit>> = calls.iter().map(|call| in_place(source, call, procedure)).collect();
    let mut edits = edits?;
    edits.push(Edit { range: whole_definition(source, procedure), insert: String::new() });
    let title = match calls.len() {
        1 => format!("Inline '{name}' into its call"),
        n => format!("Inline '{name}' into its {n} calls"),
    };
    Some(context.action("inline-procedure", ActionKind::Inline, title, edits))
}

/// The procedure that is called so, if its body can stand in place of a call.
fn inlinable<'a>(context: &Context<'a>, name: &str) -> Option<&'a Procedure> {
    context.analysis.program().filter(|program| program.uri == context.source.uri)?;
    let procedure = context.analysis.procedure(name)?;
    let body = &procedure.body;
    let recursive = body.calls().any(|call| call.text == name);
    let fits = name != MAIN && !recursive && !body.statements.is_empty() && !has_error(&body.statements);
    fits.then_some(procedure)
}

fn calls<'a>(source: &'a Source, name: &str) -> Vec<&'a Statement> {
    let statements = source.file().procedures().flat_map(|procedure| procedure.body.walk());
    statements.filter(|statement| statement.callee().is_some_and(|call| call.text == name)).collect()
}

fn in_place(source: &Source, call: &Statement, procedure: &Procedure) -> Option<Edit> {
    let body = &procedure.body.statements;
    if fills_lines(source, call.range) {
        let margin = indentation(&source.text, call.range.start());
        let unit = source.unit(call.range.start(), margin);
        let text = block_text(source, &procedure.body, margin, &unit);
        return Some(Edit { range: call.range, insert: text.get(margin.len()..)?.to_owned() });
    }
    // On a shared line there is room for simple statements only: what follows a header belongs to it.
    let simple = |s: &Statement| {
        matches!(s.kind, StatementKind::Action(_) | StatementKind::Call(_) | StatementKind::Hole)
    };
    let heads: Vec<String> = body.iter().map(|s| head(&s.kind)).collect();
    body.iter().all(simple).then(|| Edit { range: call.range, insert: heads.join("; ") })
}
