//! Procedure → text with braces.

use crate::ast::{Block, Condition, ConditionKind, CountKind, Procedure, Statement, StatementKind};
use crate::tokens::{Inexpressible, Reason};

/// The text of a program that is this procedure alone, as `def run()`; its name is not looked at.
///
/// # Errors
/// Fails at the first call of a procedure, hole, empty block or syntax error.
pub fn to_curly_text(procedure: &Procedure) -> Result<String, Inexpressible> {
    let mut text = "def run() {\n".to_owned();
    block(&procedure.body, 1, &mut text)?;
    text.push_str("}\n");
    Ok(text)
}

fn block(block: &Block, level: usize, text: &mut String) -> Result<(), Inexpressible> {
    if block.statements.is_empty() {
        return Err(Inexpressible { range: block.range, reason: Reason::Empty });
    }
    for (number, statement) in block.statements.iter().enumerate() {
        if number > 0 {
            text.push_str(";\n");
        }
        self::statement(statement, level, text)?;
    }
    text.push('\n');
    Ok(())
}

fn statement(statement: &Statement, level: usize, text: &mut String) -> Result<(), Inexpressible> {
    let refuse = |reason| Err(Inexpressible { range: statement.range, reason });
    let indent = "  ".repeat(level);
    let nested = |head: String, inner: &Block, text: &mut String| {
        text.push_str(&format!("{indent}{head} {{\n"));
        block(inner, level + 1, text)?;
        text.push_str(&format!("{indent}}}"));
        Ok(())
    };
    match &statement.kind {
        StatementKind::Action(action) => {
            text.push_str(&format!("{indent}{}()", snake(action.name())));
            Ok(())
        }
        StatementKind::While { condition: c, body } => {
            nested(format!("while({})", condition(c)?), body, text)
        }
        StatementKind::Repeat { count, body } => match count.kind {
            CountKind::Number(number) => nested(format!("repeat({number})"), body, text),
            CountKind::Hole => refuse(Reason::Hole),
            CountKind::Missing => refuse(Reason::Error),
        },
        StatementKind::If { condition: c, then, otherwise: None } => {
            nested(format!("if({})", condition(c)?), then, text)
        }
        StatementKind::If { condition: c, then, otherwise: Some(otherwise) } => {
            nested(format!("ifelse({})", condition(c)?), then, text)?;
            text.push('\n');
            nested("else".to_owned(), &otherwise.body, text)
        }
        StatementKind::Call(name) => refuse(Reason::Call(name.text.clone())),
        StatementKind::Hole => refuse(Reason::Hole),
        StatementKind::Error => refuse(Reason::Error),
    }
}

/// The dialect has at most one `not`: two of them are none.
fn condition(of: &Condition) -> Result<String, Inexpressible> {
    match &of.kind {
        ConditionKind::Test(test) => Ok(format!("{}()", snake(test.name()))),
        ConditionKind::Not(inner) => match &inner.kind {
            ConditionKind::Not(same) => condition(same),
            _ => Ok(format!("not {}", condition(inner)?)),
        },
        ConditionKind::Hole => Err(Inexpressible { range: of.range, reason: Reason::Hole }),
        ConditionKind::Missing => Err(Inexpressible { range: of.range, reason: Reason::Error }),
    }
}

/// `putMarker` as `put_marker`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
