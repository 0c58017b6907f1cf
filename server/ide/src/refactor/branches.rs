//! Refactorings of an `if`: add and remove its `else`, negate it and swap its branches.

use super::Context;
use super::transplant::{block_lines, block_text, fills_lines, has_comment, has_error, printed};
use crate::change::{Action, ActionKind};
use crate::source::Source;
use crate::statements::statement_at;
use syntax::TextRange;
use syntax::ast::{Block, Condition, ConditionKind, Else, Statement, StatementKind};
use syntax::build::{if_else, negated};
use syntax::diagnostic::Edit;
use syntax::lines::{begins_line, indentation, line_start, next_line};
use syntax::print::print_condition;

/// The `if` on whose header or `else` the cursor stands.
struct If<'a> {
    statement: &'a Statement,
    condition: &'a Condition,
    then: &'a Block,
    otherwise: Option<&'a Else>,
}

fn if_at<'a>(context: &Context<'a>) -> Option<If<'a>> {
    let at = context.selection.start();
    let (_, statement) = statement_at(context.source.file(), at)?;
    let StatementKind::If { condition, then, otherwise } = &statement.kind else { return None };
    Some(If { statement, condition, then, otherwise: otherwise.as_ref() })
}

/// Assist: **Add else**
///
/// Gives an `if` an `else:` with a hole.
pub(super) fn add_else(context: &Context<'_>) -> Option<Action> {
    let source = context.source;
    let If { statement, then, otherwise: None, .. } = if_at(context)? else { return None };
    if then.statements.is_empty() || !fills_lines(source, statement.range) {
        return None;
    }
    let (end, margin) = (source.line_ending(), indentation(&source.text, statement.range.start()));
    let at = source.block_end(then);
    let unit = source.unit(statement.range.start(), margin);
    let insert = format!("{end}{margin}else:{end}{margin}{unit}...");
    let edit = Edit { range: TextRange::empty(at), insert };
    Some(context.action("add-else", ActionKind::Refactor, "Add an 'else' with a hole", vec![edit]))
}

/// Assist: **Remove else**
///
/// Removes an `else` that holds nothing but a hole.
pub(super) fn remove_else(context: &Context<'_>) -> Option<Action> {
    let source = context.source;
    let If { otherwise: Some(otherwise), .. } = if_at(context)? else { return None };
    let empty = otherwise.body.statements.iter().all(|s| matches!(s.kind, StatementKind::Hole));
    let range = TextRange::new(otherwise.keyword.start(), source.block_end(&otherwise.body));
    if !empty || !begins_line(&source.text, range.start()) || has_comment(source, range) {
        return None;
    }
    let whole = TextRange::new(line_start(&source.text, range.start()), next_line(&source.text, range.end()));
    let edit = Edit { range: whole, insert: String::new() };
    Some(context.action(
        "remove-else",
        ActionKind::Refactor,
        "Remove the 'else', which is a hole",
        vec![edit],
    ))
}

/// Assist: **Negate and swap branches**
///
/// `if(b): s else: t` becomes `if(not(b)): t else: s`.
pub(super) fn negate(context: &Context<'_>) -> Option<Action> {
    let source = context.source;
    let If { statement, condition, then, otherwise: Some(otherwise) } = if_at(context)? else { return None };
    let has_gap = !matches!(condition.innermost().0.kind, ConditionKind::Test(_));
    if has_gap || has_error(&then.statements) || has_error(&otherwise.body.statements) {
        return None;
    }
    let (first, second) = (block_lines(source, then), block_lines(source, &otherwise.body));
    let opposite = negated(condition);
    let edits = match (first, second) {
        (Some(first), Some(second)) => {
            let (margin, other) = (margin(source, then), margin(source, &otherwise.body));
            let unit = source.unit(statement.range.start(), margin);
            // The condition's own parentheses, if there are any, stay.
            let written = source.slice(condition.range);
            let insert = print_condition(&opposite);
            let bare =
                !source.slice(TextRange::new(statement.range.start(), condition.range.start())).contains('(');
            let insert = if bare && !written.starts_with('(') { format!("({insert})") } else { insert };
            vec![
                Edit { range: condition.range, insert },
                Edit { range: first, insert: block_text(source, &otherwise.body, margin, &unit) },
                Edit { range: second, insert: block_text(source, then, other, &unit) },
            ]
        }
        _ if fills_lines(source, statement.range) && !has_comment(source, statement.range) => {
            let swapped = if_else(opposite, otherwise.body.statements.clone(), then.statements.clone());
            let margin = indentation(&source.text, statement.range.start());
            let insert = printed(source, &[swapped], margin).get(margin.len()..)?.to_owned();
            vec![Edit { range: statement.range, insert }]
        }
        _ => return None,
    };
    Some(context.action(
        "negate-if",
        ActionKind::Refactor,
        "Negate the condition and swap the branches",
        edits,
    ))
}

fn margin<'a>(source: &'a Source, block: &Block) -> &'a str {
    indentation(&source.text, block.range.start())
}
