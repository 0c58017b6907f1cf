//! Equality that ignores where things stand: the same program, whatever its layout.

use crate::ast::{Block, Condition, ConditionKind, Statement, StatementKind};

/// Whether two sequences are the same program text up to layout and comments. What is broken equals nothing, not even
/// itself, since the tree does not say what stands there.
pub fn same_statements(a: &[Statement], b: &[Statement]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_statement(a, b))
}

fn same_blocks(a: &Block, b: &Block) -> bool {
    same_statements(&a.statements, &b.statements)
}

/// Whether two statements are the same, as [`same_statements`] means it.
pub fn same_statement(a: &Statement, b: &Statement) -> bool {
    use StatementKind as S;
    if a.broken.is_some() || b.broken.is_some() {
        return false;
    }
    match (&a.kind, &b.kind) {
        (S::Action(a), S::Action(b)) => a == b,
        (S::Call(a), S::Call(b)) => a.text == b.text,
        (S::While { condition, body }, S::While { condition: c, body: b }) => {
            same_condition(condition, c) && same_blocks(body, b)
        }
        (S::Repeat { count, body }, S::Repeat { count: c, body: b }) => {
            count.kind == c.kind && same_blocks(body, b)
        }
        (S::If { condition, then, otherwise }, S::If { condition: c, then: t, otherwise: o }) => {
            same_condition(condition, c)
                && same_blocks(then, t)
                && match (otherwise, o) {
                    (Some(a), Some(b)) => same_blocks(&a.body, &b.body),
                    (None, None) => true,
                    _ => false,
                }
        }
        (S::Hole, S::Hole) => true,
        _ => false,
    }
}

/// Whether two conditions have the same words in the same order: `not(not(b))` is not `b`.
pub fn same_condition(a: &Condition, b: &Condition) -> bool {
    match (&a.kind, &b.kind) {
        (ConditionKind::Test(a), ConditionKind::Test(b)) => a == b,
        (ConditionKind::Not(a), ConditionKind::Not(b)) => same_condition(a, b),
        (ConditionKind::Hole, ConditionKind::Hole) => true,
        _ => false,
    }
}
