//! The dataset's `program_json`: `{"run": [{"type": "repeat", "times": 3, "body": [...]}, ...]}`.

use serde_json::{Map, Value, json};
use syntax::ast::{
    Action, Block, Condition, ConditionKind, CountKind, Procedure, Statement, StatementKind, Test,
};
use syntax::build;

use crate::error::TaskError;

pub(crate) fn read(json: &Value) -> Result<Procedure, TaskError> {
    let statements = statements(json, "run")?;
    Ok(build::procedure("main", statements))
}

fn wrong(message: impl std::fmt::Display) -> TaskError {
    TaskError(format!("program_json: {message}"))
}

fn object(json: &Value) -> Result<&Map<String, Value>, TaskError> {
    json.as_object().ok_or_else(|| wrong("a program, a statement and a condition have to be objects"))
}

fn field<'a>(json: &'a Value, name: &str) -> Result<&'a Value, TaskError> {
    object(json)?.get(name).ok_or_else(|| wrong(format_args!("`{name}` is missing")))
}

fn kind(json: &Value) -> Result<&str, TaskError> {
    field(json, "type")?.as_str().ok_or_else(|| wrong("`type` has to be text"))
}

fn statements(json: &Value, name: &str) -> Result<Vec<Statement>, TaskError> {
    let list =
        field(json, name)?.as_array().ok_or_else(|| wrong(format_args!("`{name}` has to be a list")))?;
    if list.is_empty() {
        return Err(wrong(format_args!("`{name}` is empty; every block needs a statement")));
    }
    list.iter().map(statement).collect()
}

fn statement(json: &Value) -> Result<Statement, TaskError> {
    let condition = || condition(field(json, "condition")?);
    Ok(match kind(json)? {
        "while" => build::while_loop(condition()?, statements(json, "body")?),
        "if" => build::if_then(condition()?, statements(json, "body")?),
        "ifElse" => build::if_else(condition()?, statements(json, "ifBody")?, statements(json, "elseBody")?),
        "repeat" => {
            let times = field(json, "times")?.as_u64().filter(|&n| n <= 19);
            let times = times.ok_or_else(|| wrong("`times` has to be a number from 0 to 19"))?;
            build::repeat(times as u8, statements(json, "body")?)
        }
        name => match Action::from_name(name) {
            Some(action) => build::action(action),
            None => return Err(wrong(format_args!("'{}' is no statement", name.escape_debug()))),
        },
    })
}

fn condition(json: &Value) -> Result<Condition, TaskError> {
    Ok(match kind(json)? {
        "not" => build::not(condition(field(json, "condition")?)?),
        name => match Test::from_name(name) {
            Some(test) => build::test(test),
            None => return Err(wrong(format_args!("'{}' is no condition", name.escape_debug()))),
        },
    })
}

pub(crate) fn write(program: &Procedure) -> Result<Value, TaskError> {
    Ok(json!({ "run": write_block(&program.body)? }))
}

fn write_block(block: &Block) -> Result<Value, TaskError> {
    block.statements.iter().map(write_statement).collect()
}

fn write_statement(statement: &Statement) -> Result<Value, TaskError> {
    Ok(match &statement.kind {
        _ if statement.is_broken() => return Err(wrong("a syntax error has no form")),
        StatementKind::Action(action) => json!({ "type": action.name() }),
        StatementKind::While { condition, body } => {
            json!({ "type": "while", "condition": write_condition(condition)?, "body": write_block(body)? })
        }
        StatementKind::Repeat { count, body } => match count.kind {
            CountKind::Number(times) => {
                json!({ "type": "repeat", "times": times, "body": write_block(body)? })
            }
            CountKind::Hole | CountKind::Missing => {
                return Err(wrong("a count that is not known has no form"));
            }
        },
        StatementKind::If { condition, then, otherwise: None } => {
            json!({ "type": "if", "condition": write_condition(condition)?, "body": write_block(then)? })
        }
        StatementKind::If { condition, then, otherwise: Some(otherwise) } => json!({
            "type": "ifElse",
            "condition": write_condition(condition)?,
            "ifBody": write_block(then)?,
            "elseBody": write_block(&otherwise.body)?,
        }),
        StatementKind::Call(_) | StatementKind::Hole | StatementKind::Error => {
            return Err(wrong("calls, holes and errors have no form"));
        }
    })
}

fn write_condition(condition: &Condition) -> Result<Value, TaskError> {
    Ok(match &condition.kind {
        ConditionKind::Test(test) => json!({ "type": test.name() }),
        ConditionKind::Not(inner) => json!({ "type": "not", "condition": write_condition(inner)? }),
        ConditionKind::Hole | ConditionKind::Missing => {
            return Err(wrong("a condition that is not known has no form"));
        }
    })
}
