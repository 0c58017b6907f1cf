//! One task of the dataset: a program and the examples it was run on.

use std::borrow::Cow;

use runtime::{Action, World};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use syntax::ast::Procedure;

use crate::{compact, program_json, tensor, world_json::WorldJson};

/// A program and its examples: by convention the first five are the specification and the sixth is held out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// 16 hexadecimal digits in the public files.
    pub guid: String,
    /// Which part of the dataset it comes from, where the file says so.
    pub split: Option<String>,
    /// Called `main`; all ranges are empty.
    pub program: Procedure,
    pub examples: Vec<Example>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The trace of the program.
    pub actions: Vec<Action>,
    pub input: World,
    pub output: World,
}

/// How [`Task::to_json`] writes worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grids {
    #[default]
    Json,
    /// 16×18×18 tensors, as the indices of their ones. Worlds of more than 16 rows or columns have none.
    Tensor,
    Both,
}

/// Why a line is no task, or a task has no line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TaskError(pub(crate) String);

impl TaskError {
    pub(crate) fn new(message: impl Into<String>) -> TaskError {
        TaskError(message.into())
    }
}

#[derive(Deserialize)]
#[serde(expecting = "an object with a task's fields")]
struct TaskIn {
    guid: String,
    split: Option<String>,
    program_tokens: Option<Vec<String>>,
    program_json: Option<Value>,
    examples: Vec<ExampleIn>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with an example's fields")]
struct ExampleIn {
    actions: Vec<String>,
    inpgrid_json: Option<WorldJson>,
    outgrid_json: Option<WorldJson>,
    inpgrid_tensor: Option<String>,
    outgrid_tensor: Option<String>,
}

#[derive(Serialize)]
struct TaskOut<'a> {
    guid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<&'a str>,
    program_tokens: Vec<Cow<'static, str>>,
    program_json: Value,
    examples: Vec<ExampleOut>,
}

#[derive(Serialize)]
struct ExampleOut {
    example_index: usize,
    actions: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inpgrid_json: Option<WorldJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outgrid_json: Option<WorldJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inpgrid_tensor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outgrid_tensor: Option<String>,
}

impl Task {
    /// Reads one line of the dataset. Fields it does not know are left aside; the program may be given as tokens, as
    /// JSON or as both, worlds as JSON, as tensors or as both.
    ///
    /// # Errors
    /// Bad JSON, a missing field, a program or world that is none, or two forms of one thing that differ.
    pub fn from_json(line: &[u8]) -> Result<Task, TaskError> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let task: TaskIn = serde_json::from_slice(line).map_err(|e| bad_json(&e))?;
        let program = program(task.program_tokens.as_deref(), task.program_json.as_ref())?;
        let examples =
            (1..).zip(&task.examples).map(|(number, e)| example(number, e)).collect::<Result<_, _>>()?;
        Ok(Task { guid: task.guid, split: task.split, program, examples })
    }

    /// One line of the dataset, without a line end.
    ///
    /// # Errors
    /// Where the program has something that the dataset has no form for (a call, a hole), or a world is too large
    /// for a tensor.
    pub fn to_json(&self, grids: Grids) -> Result<String, TaskError> {
        let program_tokens =
            syntax::tokens::to_tokens(&self.program).map_err(|e| TaskError(e.to_string()))?;
        let json = |world: &World| (grids != Grids::Tensor).then(|| WorldJson::of(world));
        let tensor = |world: &World| match grids {
            Grids::Json => Ok(None),
            Grids::Tensor | Grids::Both => tensor::write(world).map(Some),
        };
        let example = |(example_index, e): (usize, &Example)| {
            Ok(ExampleOut {
                example_index,
                actions: e.actions.iter().map(|a| a.name()).collect(),
                inpgrid_json: json(&e.input),
                outgrid_json: json(&e.output),
                inpgrid_tensor: tensor(&e.input)?,
                outgrid_tensor: tensor(&e.output)?,
            })
        };
        let task = TaskOut {
            guid: &self.guid,
            split: self.split.as_deref(),
            program_tokens,
            program_json: program_json::write(&self.program)?,
            examples: self.examples.iter().enumerate().map(example).collect::<Result<_, TaskError>>()?,
        };
        serde_json::to_string(&task).map_err(|e| TaskError(e.to_string()))
    }

    /// The dataset's tokens, `DEF run m(` to `m)`; none where the program has parts that it has no tokens for.
    pub fn tokens(&self) -> Option<Vec<Cow<'static, str>>> {
        syntax::tokens::to_tokens(&self.program).ok()
    }

    /// The compact tokens, [`compact::EOP`] at the end; none where the program has parts that can't be said in them.
    pub fn compact(&self) -> Option<Vec<u8>> {
        compact::from_statements(&self.program.body.statements).ok()
    }
}

/// The parser's message, of which the line number is left out: it is always 1.
fn bad_json(error: &serde_json::Error) -> TaskError {
    let message = error.to_string().replace(" at line 1 column ", ", at column ");
    let kind = if error.is_data() { "not a task" } else { "bad JSON" };
    TaskError(format!("{kind}: {message}"))
}

fn program(tokens: Option<&[String]>, json: Option<&Value>) -> Result<Procedure, TaskError> {
    let from_tokens = tokens
        .map(|t| syntax::tokens::parse_token_list(t).map_err(|e| TaskError(format!("program_tokens: {e}"))))
        .transpose()?;
    let from_json = json.map(program_json::read).transpose()?;
    match (from_tokens, from_json) {
        (Some(a), Some(b)) if !syntax::shape::same_statements(&a.body.statements, &b.body.statements) => {
            Err(TaskError::new("program_tokens and program_json are different programs"))
        }
        (Some(program), _) | (None, Some(program)) => Ok(program),
        (None, None) => Err(TaskError::new("not a task: missing field `program_tokens` or `program_json`")),
    }
}

fn example(number: usize, example: &ExampleIn) -> Result<Example, TaskError> {
    let within = |what: &str, error: TaskError| TaskError(format!("example {number}, {what}: {}", error.0));
    let actions = example
        .actions
        .iter()
        .map(|name| {
            let unknown = || TaskError(format!("'{}' is no action", name.escape_debug()));
            Action::from_name(name).ok_or_else(unknown)
        })
        .collect::<Result<_, _>>()
        .map_err(|e| within("actions", e))?;
    let world = |what, json: &Option<WorldJson>, tensor: &Option<String>| {
        let json =
            json.as_ref().map(|w| w.world().map_err(|e| within(&format!("{what}_json"), e))).transpose()?;
        let tensor = tensor
            .as_ref()
            .map(|t| tensor::read(t).map_err(|e| within(&format!("{what}_tensor"), e)))
            .transpose()?;
        match (json, tensor) {
            (Some(a), Some(b)) if a != b => Err(TaskError(format!(
                "example {number}: {what}_json and {what}_tensor are different worlds"
            ))),
            (Some(world), _) | (None, Some(world)) => Ok(world),
            (None, None) => Err(TaskError(format!(
                "not a task: example {number} has neither `{what}_json` nor `{what}_tensor`"
            ))),
        }
    };
    Ok(Example {
        actions,
        input: world("inpgrid", &example.inpgrid_json, &example.inpgrid_tensor)?,
        output: world("outgrid", &example.outgrid_json, &example.outgrid_tensor)?,
    })
}
