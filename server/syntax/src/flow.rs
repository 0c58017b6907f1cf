//! K110–K119: what the order of statements alone says, in every world. Everything reported here holds whatever the
//! examples are; what depends on a world is left to the runs. Three parts: rules that look at neighbours (here), facts
//! that follow from tests and actions on the way ([`facts`], [`walk`]), and procedures that always call themselves
//! ([`recursion`]).

mod facts;
mod recursion;
mod walk;

use crate::ast::{
    Action, Block, Condition, ConditionKind, Count, CountKind, File, Item, StatementKind, Test,
};
use crate::build::negated;
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::codes::names_flow as codes;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::print::print_condition;
use crate::removal::remove_statements;

/// What has been found so far, and whether more is wanted.
struct Found<'a> {
    list: Vec<Diagnostic>,
    cancel: Cancel<'a>,
}

impl Found<'_> {
    fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }
}

/// The flow diagnostics of a file, in source order.
///
/// # Errors
/// Fails where the work was cancelled.
pub fn check(file: &File, text: &str, cancel: Cancel<'_>) -> Result<Vec<Diagnostic>, Cancelled> {
    let mut found = Found { list: Vec::new(), cancel };
    for item in &file.items {
        let (Item::Procedure(crate::ast::Procedure { body, .. }) | Item::Stray(body)) = item else {
            continue;
        };
        neighbours(body, text, &mut found);
        walk::check(body, &mut found);
        // The walks end early then; what they found is not all there is.
        check_cancel(cancel)?;
    }
    recursion::check(file, &mut found)?;
    found.list.sort_by_key(|d| (d.range.start(), d.range.end()));
    Ok(found.list)
}

/// Rules that need only a statement and the next one.
fn neighbours(block: &Block, text: &str, found: &mut Found<'_>) {
    undone_turns(block, text, found);
    for statement in &block.statements {
        if (found.cancel)() {
            return;
        }
        if statement.broken.is_none() {
            statement.condition().into_iter().for_each(|condition| negations(condition, found));
            if let StatementKind::Repeat { count: Count { kind: CountKind::Number(0), range }, .. } =
                statement.kind
            {
                let message = "The body of 'repeat(0)' is never run.";
                found.push(Diagnostic::new(&codes::REPEAT_ZERO, Severity::Warning, range, message));
            }
        }
        statement.blocks().for_each(|inner| neighbours(inner, text, found));
    }
}

fn undone_turns(block: &Block, text: &str, found: &mut Found<'_>) {
    let mut statements = &block.statements[..];
    while let [first, rest @ ..] = statements {
        statements = rest;
        let [second, after @ ..] = rest else { return };
        use Action::{TurnLeft, TurnRight};
        use StatementKind::Action as A;
        if first.broken.is_some() || second.broken.is_some() {
            continue;
        }
        if !matches!((&first.kind, &second.kind), (A(TurnLeft), A(TurnRight)) | (A(TurnRight), A(TurnLeft))) {
            continue;
        }
        statements = after;
        let message = "These two turns undo each other.".to_owned();
        let range = first.range.cover(second.range);
        let mut undone = Diagnostic::new(&codes::TURN_UNDONE, Severity::Warning, range, message);
        undone.unnecessary = true;
        // Without them the block would be empty, and what to do then is the author's choice.
        if block.statements.len() > 2 {
            let edits = remove_statements(text, &[first.range, second.range]);
            undone.fix = Some(Fix { title: "Remove both turns".to_owned(), edits });
        }
        found.push(undone);
    }
}

fn negations(condition: &Condition, found: &mut Found<'_>) {
    let ConditionKind::Not(inner) = &condition.kind else { return };
    let replace = |by: &Condition| {
        let insert = print_condition(by);
        let title = format!("Change to '{insert}'");
        Some(Fix { title, edits: vec![Edit { range: condition.range, insert }] })
    };
    match &inner.kind {
        ConditionKind::Not(innermost) => {
            let message = "Two 'not's cancel each other.".to_owned();
            let mut double = Diagnostic::new(&codes::DOUBLE_NOT, Severity::Hint, condition.range, message);
            // What is missing can't be printed as the author means it.
            if innermost.innermost().0.kind != ConditionKind::Missing {
                double.fix = replace(innermost);
            }
            found.push(double);
            negations(innermost, found);
        }
        ConditionKind::Test(Test::MarkersPresent | Test::NoMarkersPresent) => {
            let short = negated(inner);
            let message = format!("This is the same as '{}'.", print_condition(&short));
            let mut long = Diagnostic::new(&codes::NEGATED_MARKERS, Severity::Hint, condition.range, message);
            long.fix = replace(&short);
            found.push(long);
        }
        ConditionKind::Test(_) | ConditionKind::Hole | ConditionKind::Missing => {}
    }
}

#[cfg(test)]
mod tests;
