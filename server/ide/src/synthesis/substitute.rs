//! Puts fills in the places of holes in a tree.

use std::collections::HashMap;
use syntax::TextRange;
use syntax::ast::{Block, Condition, ConditionKind, Count, CountKind, Statement, StatementKind};

/// What stands in the place of a hole.
#[derive(Debug, Clone)]
pub(super) enum Fill {
    Statements(Vec<Statement>),
    Condition(Condition),
    Count(Count),
}

/// Fills by the range of their hole.
pub(super) type Fills = HashMap<TextRange, Fill>;

impl Fill {
    /// Reads what the engine wrote for a hole of the kind.
    ///
    /// # Errors
    /// The text is not what can stand there, or has a hole itself.
    pub(crate) fn read(kind: crate::HoleKind, text: &str) -> Result<Fill, String> {
        let unfit = || format!("The engine's answer '{text}' can't stand in this hole.");
        let program = match kind {
            crate::HoleKind::Statements => {
                format!("def main():\n{}\n", crate::indent::reindented(text, "    ", "    ", "\n"))
            }
            crate::HoleKind::Condition => format!("def main():\n    while({text}):\n        move()\n"),
            crate::HoleKind::Count => format!("def main():\n    repeat({text}):\n        move()\n"),
        };
        let parse = syntax::parse(&program);
        let holes = crate::holes(&parse.file);
        let mut procedures = parse.file.procedures();
        let (Some(main), None) = (procedures.next(), procedures.next()) else { return Err(unfit()) };
        if !parse.diagnostics.is_empty() || !holes.is_empty() || parse.file.items.len() != 1 {
            return Err(unfit());
        }
        match (kind, main.body.statements.as_slice()) {
            (_, []) => Err(unfit()),
            (crate::HoleKind::Statements, statements) => Ok(Fill::Statements(statements.to_vec())),
            (_, [Statement { kind: StatementKind::While { condition, .. }, .. }]) => {
                Ok(Fill::Condition(condition.clone()))
            }
            (_, [Statement { kind: StatementKind::Repeat { count, .. }, .. }]) => Ok(Fill::Count(*count)),
            _ => Err(unfit()),
        }
    }
}

/// The statements with their holes filled; holes without fill stay.
pub(super) fn statements(of: &[Statement], fills: &Fills) -> Vec<Statement> {
    let mut filled = Vec::with_capacity(of.len());
    for statement in of {
        match (&statement.kind, fills.get(&statement.range)) {
            (StatementKind::Hole, Some(Fill::Statements(fill))) => filled.extend(fill.iter().cloned()),
            _ => {
                let kind = kind(&statement.kind, fills);
                filled.push(Statement { range: statement.range, kind, broken: statement.broken });
            }
        }
    }
    filled
}

fn kind(of: &StatementKind, fills: &Fills) -> StatementKind {
    let block =
        |block: &Block| Block { range: block.range, statements: statements(&block.statements, fills) };
    match of {
        StatementKind::While { condition: of, body } => {
            StatementKind::While { condition: condition(of, fills), body: block(body) }
        }
        StatementKind::Repeat { count, body } => {
            let count = match (count.kind, fills.get(&count.range)) {
                (CountKind::Hole, Some(Fill::Count(fill))) => *fill,
                _ => *count,
            };
            StatementKind::Repeat { count, body: block(body) }
        }
        StatementKind::If { condition: of, then, otherwise } => StatementKind::If {
            condition: condition(of, fills),
            then: block(then),
            otherwise: otherwise
                .as_ref()
                .map(|o| syntax::ast::Else { keyword: o.keyword, body: block(&o.body) }),
        },
        other => other.clone(),
    }
}

fn condition(of: &Condition, fills: &Fills) -> Condition {
    match (&of.kind, fills.get(&of.range)) {
        (ConditionKind::Hole, Some(Fill::Condition(fill))) => fill.clone(),
        (ConditionKind::Not(inner), _) => {
            Condition { range: of.range, kind: ConditionKind::Not(Box::new(condition(inner, fills))) }
        }
        _ => of.clone(),
    }
}
