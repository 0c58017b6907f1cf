//! Finding statements and holes in a tree.

use crate::source::Source;
use syntax::ast::{Block, ConditionKind, CountKind, File, Item, Procedure, Statement, StatementKind};
use syntax::{TextRange, TextSize};

/// What may stand in a hole's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoleKind {
    /// `...`: one or more statements.
    Statements,
    /// `?` as a condition.
    Condition,
    /// `?` as a count.
    Count,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    pub kind: HoleKind,
    pub range: TextRange,
}

/// All holes of the procedures, in source order, of all kinds together: the order in which they are numbered
/// everywhere.
pub fn holes(file: &File) -> Vec<Hole> {
    file.procedures().flat_map(|procedure| procedure.body.walk()).filter_map(own_hole).collect()
}

/// The hole that the statement is, or that its head has.
pub(crate) fn own_hole(statement: &Statement) -> Option<Hole> {
    let (kind, range) = match &statement.kind {
        StatementKind::Hole => (HoleKind::Statements, statement.range),
        StatementKind::Repeat { count, .. } if count.kind == CountKind::Hole => {
            (HoleKind::Count, count.range)
        }
        _ => {
            let (inner, _) = statement.condition()?.innermost();
            (inner.kind == ConditionKind::Hole).then_some((HoleKind::Condition, inner.range))?
        }
    };
    Some(Hole { kind, range })
}

/// The procedure that `offset` stands in.
pub(crate) fn procedure_at(file: &File, offset: TextSize) -> Option<&Procedure> {
    // Of two that touch, the one before the offset.
    let until = file.items.partition_point(|item| item.range().start() <= offset);
    let nearest = file.items[..until].iter().rev().take(2);
    let mut around = nearest.filter_map(|item| match item {
        Item::Procedure(procedure) => Some(procedure),
        _ => None,
    });
    around.rfind(|procedure| procedure.range.contains_inclusive(offset))
}

/// The innermost statement that `offset` stands in, and the block it belongs to.
pub(crate) fn statement_at(file: &File, offset: TextSize) -> Option<(&Block, &Statement)> {
    let mut block = &procedure_at(file, offset)?.body;
    let mut found = None;
    loop {
        let statements = &block.statements;
        // Of two that touch, the one that begins at the offset.
        let until = statements.partition_point(|s| s.range.start() <= offset);
        let last = statements[..until].last();
        let Some(statement) = last.filter(|s| s.range.contains_inclusive(offset)) else {
            return found;
        };
        found = Some((block, statement));
        match statement.blocks().find(|b| !b.statements.is_empty() && b.range.contains_inclusive(offset)) {
            Some(inner) => block = inner,
            None => return found,
        }
    }
}

/// The statement's own line: all of a simple statement, up to the condition or count of a compound one.
pub(crate) fn head_range(statement: &Statement) -> TextRange {
    let end = match (&statement.kind, statement.condition()) {
        (_, Some(condition)) => condition.range.end(),
        (StatementKind::Repeat { count, .. }, _) => count.range.end(),
        _ => statement.range.end(),
    };
    TextRange::new(statement.range.start(), end.max(statement.range.start()))
}

/// The head with the parenthesis that closes it.
pub(crate) fn closed(source: &Source, head: TextRange) -> TextRange {
    let rest = source.slice(TextRange::new(head.end(), source.line_end(head.end()).max(head.end())));
    let open = source.slice(head);
    if rest.starts_with(')') && open.matches('(').count() > open.matches(')').count() {
        return TextRange::new(head.start(), head.end() + TextSize::of(')'));
    }
    head
}

/// `while(frontIsClear())`, without the colon.
pub(crate) fn head_text(statement: &Statement) -> String {
    let head = syntax::print::head(&statement.kind);
    head.strip_suffix(':').map_or(head.clone(), str::to_owned)
}
