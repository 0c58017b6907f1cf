//! Extract procedure.

use super::Context;
use super::transplant::{has_error, moved, statement_end};
use crate::change::{Action, ActionKind};
use crate::quick_fixes::definition_after;
use syntax::ast::StatementKind;
use syntax::diagnostic::Edit;
use syntax::runs::statement_run;
use syntax::{TextRange, lines};

/// Assist: **Extract procedure**
///
/// Makes the selected statements a procedure of their own, called in their place. Rename it at once.
pub(super) fn extract_procedure(context: &Context<'_>) -> Option<Action> {
    let source = context.source;
    if source.slice(context.selection).trim().is_empty() {
        return None;
    }
    let procedure = source.file().procedures().find(|p| p.range.intersect(context.selection).is_some())?;
    if !procedure.range.contains_range(trimmed(context)) {
        return None;
    }
    let run = statement_run(&procedure.body, &source.text, trimmed(context))?;
    let (first, last) = (run.first()?, run.last()?);
    if has_error(run) || matches!(run, [one] if matches!(one.kind, StatementKind::Call(_))) {
        return None;
    }
    let name = free_name(context);
    let range = TextRange::new(first.range.start(), statement_end(source, last));
    let lines = TextRange::new(lines::line_start(&source.text, range.start()), range.end());
    let unit = source.unit(first.range.start(), "");
    let definition = definition_after(source, procedure, &name, &moved(source, lines, &unit, &unit));
    let call = Edit { range, insert: format!("{name}()") };
    let title = format!("Extract into procedure '{name}'");
    // Of an edit at the end of the body and one that inserts there, the call comes first.
    Some(context.action("extract-procedure", ActionKind::Extract, title, vec![call, definition]))
}

/// The selection without blanks at its ends.
fn trimmed(context: &Context<'_>) -> TextRange {
    let text = context.source.slice(context.selection);
    let start =
        context.selection.start() + syntax::TextSize::of(&text[..text.len() - text.trim_start().len()]);
    TextRange::at(start, syntax::TextSize::of(text.trim()))
}

fn free_name(context: &Context<'_>) -> String {
    let names =
        std::iter::once("newProcedure".to_owned()).chain((2_u32..).map(|n| format!("newProcedure{n}")));
    let mut free = names.filter(|name| context.analysis.procedure(name).is_none());
    free.next().unwrap_or_default()
}
