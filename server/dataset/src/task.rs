//! One task of the dataset: a program and the examples it was run on.

use std::borrow::Cow;

use runtime::{Action, Limits, World};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use syntax::ast::{self, Procedure};

use crate::error::TaskError;
use crate::{compact, program_json, tensor, world_json::WorldJson, wrong};

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

#[derive(Deserialize)]
struct TaskIn {
    #[serde(default)]
    guid: String,
    split: Option<String>,
    program_tokens: Option<TokensIn>,
    program_json: Option<Value>,
    examples: Vec<ExampleIn>,
}

/// A list of tokens, or all of them in one text.
#[derive(Deserialize)]
#[serde(untagged)]
enum TokensIn {
    List(Vec<String>),
    Text(String),
}

#[derive(Deserialize)]
struct ExampleIn {
    actions: Option<Vec<String>>,
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
    /// JSON or as both, worlds as JSON, as tensors or as both. A missing `guid` is empty, and where an example has no
    /// trace it gets the program's own.
    ///
    /// # Errors
    /// Bad JSON, a missing field, a program or world that is none, or two forms of one thing that differ.
    pub fn from_json(line: &[u8]) -> Result<Task, TaskError> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii_start();
        let task: TaskIn = match line.first() {
            Some(b'{') => serde_json::from_slice(line).map_err(|_| TaskError(wrong::why(line)))?,
            _ => return Err(TaskError(wrong::why(line))),
        };
        let program = program(task.program_tokens.as_ref(), task.program_json.as_ref())?;
        let examples = (1..)
            .zip(&task.examples)
            .map(|(number, e)| example(number, e, &program))
            .collect::<Result<_, _>>()?;
        Ok(Task { guid: task.guid, split: task.split, program, examples })
    }

    /// One line of the dataset, without a line end.
    ///
    /// # Errors
    /// Fails where the program has something that the dataset has no form for (a call, a hole), or a world is too large
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

fn program(tokens: Option<&TokensIn>, json: Option<&Value>) -> Result<Procedure, TaskError> {
    let read = |tokens: &TokensIn| match tokens {
        TokensIn::List(list) => syntax::tokens::parse_token_list(list),
        TokensIn::Text(text) => syntax::tokens::parse_tokens(text),
    };
    let from_tokens =
        tokens.map(|t| read(t).map_err(|e| TaskError(format!("program_tokens: {e}")))).transpose()?;
    let from_json = json.map(program_json::read).transpose()?;
    match (from_tokens, from_json) {
        (Some(a), Some(b)) if !syntax::shape::same_statements(&a.body.statements, &b.body.statements) => {
            Err(TaskError::new("program_tokens and program_json are different programs"))
        }
        (Some(program), _) | (None, Some(program)) => Ok(program),
        (None, None) => {
            Err(TaskError::new("not a task: 'program_tokens' is missing, and 'program_json' too"))
        }
    }
}

fn example(number: usize, example: &ExampleIn, program: &Procedure) -> Result<Example, TaskError> {
    let within = |what: &str, error: TaskError| TaskError(format!("example {number}, {what}: {}", error.0));
    let action = |name: &String| {
        let unknown = || TaskError(format!("'{}' is no action", name.escape_debug()));
        Action::from_name(name).ok_or_else(unknown)
    };
    let given = example.actions.as_ref().map(|names| names.iter().map(action).collect::<Result<Vec<_>, _>>());
    let given = given.transpose().map_err(|e| within("actions", e))?;
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
                "not a task: example {number} has neither '{what}_json' nor '{what}_tensor'"
            ))),
        }
    };
    let input = world("inpgrid", &example.inpgrid_json, &example.inpgrid_tensor)?;
    let output = world("outgrid", &example.outgrid_json, &example.outgrid_tensor)?;
    let actions = given.unwrap_or_else(|| trace(program, &input));
    Ok(Example { actions, input, output })
}

/// What the program does on a world.
fn trace(program: &Procedure, input: &World) -> Vec<Action> {
    let file = ast::File { items: vec![ast::Item::Procedure(program.clone())], comments: Vec::new() };
    runtime::record(&runtime::lower(&file).code, input, &Limits::DATASET, &|| false).actions().collect()
}
