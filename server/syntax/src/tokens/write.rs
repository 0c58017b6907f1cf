//! Procedure → tokens.

use crate::ast::{Block, Condition, ConditionKind, Count, CountKind, Procedure, Statement, StatementKind};
use std::borrow::Cow;
use std::fmt;
use text_size::TextRange;

/// Why a procedure can't be said in a published dialect: tokens, or braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inexpressible {
    /// The part of the program that the dialect has no tokens for.
    pub range: TextRange,
    pub reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The dialect has one procedure, `run`.
    Call(String),
    /// `...` or `?`
    Hole,
    /// A block without statements.
    Empty,
    /// A syntax error.
    Error,
}

impl fmt::Display for Inexpressible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Call(name) => {
                write!(f, "that form has no procedures of one's own: inline '{name}()' first")
            }
            Reason::Hole => f.write_str("that form has no holes: complete the program first"),
            Reason::Empty => f.write_str("that form has no empty blocks: give every block a statement"),
            Reason::Error => f.write_str("the program has a syntax error: correct it first"),
        }
    }
}

impl std::error::Error for Inexpressible {}

/// The tokens of a program whose whole text is this procedure, `DEF run m(` to `m)`; its name is not looked at.
///
/// # Errors
/// Fails at the first call of a procedure, hole, empty block or syntax error.
pub fn to_tokens(procedure: &Procedure) -> Result<Vec<Cow<'static, str>>, Inexpressible> {
    if let Some(range) = procedure.broken {
        return Err(Inexpressible { range, reason: Reason::Error });
    }
    let mut tokens = vec![Cow::Borrowed("DEF"), Cow::Borrowed("run")];
    body("m(", &procedure.body, "m)", &mut tokens)?;
    Ok(tokens)
}

/// [`to_tokens`] as one line, separated by single blanks.
///
/// # Errors
/// Fails as [`to_tokens`] does.
pub fn to_token_text(procedure: &Procedure) -> Result<String, Inexpressible> {
    Ok(to_tokens(procedure)?.join(" "))
}

type Tokens = Vec<Cow<'static, str>>;

fn body(
    open: &'static str,
    block: &Block,
    close: &'static str,
    tokens: &mut Tokens,
) -> Result<(), Inexpressible> {
    if block.statements.is_empty() {
        return Err(Inexpressible { range: block.range, reason: Reason::Empty });
    }
    tokens.push(open.into());
    for statement in &block.statements {
        self::statement(statement, tokens)?;
    }
    tokens.push(close.into());
    Ok(())
}

fn statement(statement: &Statement, tokens: &mut Tokens) -> Result<(), Inexpressible> {
    let refuse = |reason| Err(Inexpressible { range: statement.range, reason });
    match &statement.kind {
        _ if statement.is_broken() => refuse(Reason::Error),
        StatementKind::Action(action) => {
            tokens.push(action.name().into());
            Ok(())
        }
        StatementKind::While { condition: test, body: block } => {
            tokens.push("WHILE".into());
            condition(test, tokens)?;
            body("w(", block, "w)", tokens)
        }
        StatementKind::Repeat { count: number, body: block } => {
            tokens.push("REPEAT".into());
            tokens.push(count(*number)?);
            body("r(", block, "r)", tokens)
        }
        StatementKind::If { condition: test, then, otherwise } => {
            tokens.push(if otherwise.is_some() { "IFELSE" } else { "IF" }.into());
            condition(test, tokens)?;
            body("i(", then, "i)", tokens)?;
            let Some(otherwise) = otherwise else { return Ok(()) };
            tokens.push("ELSE".into());
            body("e(", &otherwise.body, "e)", tokens)
        }
        StatementKind::Call(name) => refuse(Reason::Call(name.text.clone())),
        StatementKind::Hole => refuse(Reason::Hole),
        StatementKind::Error => refuse(Reason::Error),
    }
}

fn count(count: Count) -> Result<Cow<'static, str>, Inexpressible> {
    match count.kind {
        CountKind::Number(number) => Ok(format!("R={number}").into()),
        CountKind::Hole => Err(Inexpressible { range: count.range, reason: Reason::Hole }),
        CountKind::Missing => Err(Inexpressible { range: count.range, reason: Reason::Error }),
    }
}

fn condition(condition: &Condition, tokens: &mut Tokens) -> Result<(), Inexpressible> {
    tokens.push("c(".into());
    match &condition.kind {
        ConditionKind::Test(test) => tokens.push(test.name().into()),
        ConditionKind::Not(inner) => {
            tokens.push("not".into());
            self::condition(inner, tokens)?;
        }
        ConditionKind::Hole => return Err(Inexpressible { range: condition.range, reason: Reason::Hole }),
        ConditionKind::Missing => {
            return Err(Inexpressible { range: condition.range, reason: Reason::Error });
        }
    }
    tokens.push("c)".into());
    Ok(())
}
