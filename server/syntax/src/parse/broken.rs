//! What is not understood makes broken what it stands in: the innermost statement, the procedure if it stands in its
//! first line, the example. Runs stop there, and no later check concludes anything from it.

use crate::ast::{Block, Example, File, Item, Procedure, Statement, StatementKind};
use text_size::{TextRange, TextSize};

/// Marks what a mistake at `range` breaks. What stands between two things breaks both: it may belong to either.
pub(crate) fn mark(file: &mut File, range: TextRange) {
    let after = file.items.partition_point(|item| extent(item).start() <= range.start());
    let (before, after) = file.items.split_at_mut(after);
    let Some(inside) = before.last_mut() else {
        after.first_mut().into_iter().for_each(|next| first(next, range));
        return;
    };
    if range.start() < extent(inside).end() || extent(inside).is_empty() {
        return item(inside, range);
    }
    match inside {
        Item::Procedure(procedure) => end(&mut procedure.body, range),
        inside => item(inside, range),
    }
    after.first_mut().into_iter().for_each(|next| first(next, range));
}

fn extent(item: &Item) -> TextRange {
    match item {
        Item::Procedure(procedure) => procedure.range,
        Item::Example(example) => example.range,
        Item::Include(include) => include.range,
        Item::Stray(block) => block.range,
    }
}

fn item(item: &mut Item, range: TextRange) {
    match item {
        Item::Procedure(procedure) if range.start() < procedure.body.range.start() => {
            first_line(procedure, range);
        }
        Item::Procedure(procedure) if procedure.body.statements.is_empty() => first_line(procedure, range),
        Item::Procedure(Procedure { body, .. }) | Item::Stray(body) => block(body, range),
        Item::Example(Example { broken, .. }) => _ = broken.get_or_insert(range),
        Item::Include(_) => {}
    }
}

/// What stands before the item, on its line.
fn first(next: &mut Item, range: TextRange) {
    match next {
        Item::Procedure(procedure) => first_line(procedure, range),
        next => item(next, range),
    }
}

fn first_line(procedure: &mut Procedure, range: TextRange) {
    procedure.broken.get_or_insert(range);
}

/// What follows the block may belong to it: a run does not get past its end.
fn end(block: &mut Block, range: TextRange) {
    if block.statements.last().is_none_or(|s| s.kind != StatementKind::Error) {
        let mut stop = Statement::new(TextRange::empty(block.range.end()), StatementKind::Error);
        stop.broken = Some(range);
        block.statements.push(stop);
    }
}

fn block(block: &mut Block, range: TextRange) {
    let after = block.statements.partition_point(|s| s.range.start() <= range.start());
    let (before, after) = block.statements.split_at_mut(after);
    match (before.last_mut(), after.first_mut()) {
        (Some(inside), _) if range.start() < inside.range.end() => statement(inside, range),
        // such as a wrong indentation
        (_, Some(next)) if range.end() == next.range.start() => next.broken = next.broken.or(Some(range)),
        (Some(only), _) | (None, Some(only)) => only.broken = only.broken.or(Some(range)),
        (None, None) => {}
    }
}

fn statement(statement: &mut Statement, range: TextRange) {
    let holds = |at: TextSize, block: &Block| {
        !block.statements.is_empty() && block.range.start() <= at && at < block.range.end()
    };
    let inner = statement.kind.blocks_mut().find(|block| holds(range.start(), block));
    match inner {
        Some(inner) => block(inner, range),
        None => statement.broken = statement.broken.or(Some(range)),
    }
}
