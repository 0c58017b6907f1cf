//! Nodes that come from no text: what the token reader, synthesis and the refactorings make. All ranges are empty.

use crate::ast::{
    Action, Block, Condition, ConditionKind, Count, CountKind, Else, Name, Procedure, Statement,
    StatementKind, Test,
};
use text_size::{TextRange, TextSize};

fn nowhere() -> TextRange {
    TextRange::empty(TextSize::new(0))
}

pub fn procedure(name: &str, statements: Vec<Statement>) -> Procedure {
    Procedure { range: nowhere(), name: self::name(name), body: block(statements), broken: None }
}

pub fn name(text: &str) -> Name {
    Name { range: nowhere(), text: text.to_owned() }
}

pub fn block(statements: Vec<Statement>) -> Block {
    Block { range: nowhere(), statements }
}

pub fn statement(kind: StatementKind) -> Statement {
    Statement::new(nowhere(), kind)
}

pub fn action(action: Action) -> Statement {
    statement(StatementKind::Action(action))
}

pub fn call(procedure: &str) -> Statement {
    statement(StatementKind::Call(name(procedure)))
}

/// `...`
pub fn hole() -> Statement {
    statement(StatementKind::Hole)
}

pub fn while_loop(condition: Condition, body: Vec<Statement>) -> Statement {
    statement(StatementKind::While { condition, body: block(body) })
}

/// `count` must be at most 19.
pub fn repeat(count: u8, body: Vec<Statement>) -> Statement {
    statement(StatementKind::Repeat { count: self::count(CountKind::Number(count)), body: block(body) })
}

pub fn if_then(condition: Condition, then: Vec<Statement>) -> Statement {
    statement(StatementKind::If { condition, then: block(then), otherwise: None })
}

pub fn if_else(condition: Condition, then: Vec<Statement>, otherwise: Vec<Statement>) -> Statement {
    let otherwise = Some(Else { keyword: nowhere(), body: block(otherwise) });
    statement(StatementKind::If { condition, then: block(then), otherwise })
}

pub fn condition(kind: ConditionKind) -> Condition {
    Condition { range: nowhere(), kind }
}

pub fn test(test: Test) -> Condition {
    condition(ConditionKind::Test(test))
}

pub fn not(inner: Condition) -> Condition {
    condition(ConditionKind::Not(Box::new(inner)))
}

pub fn count(kind: CountKind) -> Count {
    Count { range: nowhere(), kind }
}

/// The condition that holds exactly when `of` does not, written the shortest way: `not(b)` becomes `b`, and the
/// two marker tests name each other. A hole or a missing condition stays as it is.
pub fn negated(of: &Condition) -> Condition {
    match &of.kind {
        ConditionKind::Test(Test::MarkersPresent) => test(Test::NoMarkersPresent),
        ConditionKind::Test(Test::NoMarkersPresent) => test(Test::MarkersPresent),
        ConditionKind::Test(_) => not(of.clone()),
        ConditionKind::Not(inner) => (**inner).clone(),
        ConditionKind::Hole | ConditionKind::Missing => of.clone(),
    }
}
