//! What is wrong with a line that does not hold a task, in plain words. Only lines that could not be read are looked
//! at.

use serde_json::Value;
use serde_json::error::Category;

use crate::error::NO_OBJECT;

const NO_EXAMPLES: &str =
    "a program without examples: there is nothing to compare it with; 'karel import' reads it";

const UNKNOWN: &str = "not a task: it is not written as in the dataset";

/// The kinds of value that fields have.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Truth,
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match self {
            Kind::Text => value.is_string(),
            Kind::Number => value.is_u64(),
            Kind::Truth => value.is_boolean(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Text => "a text",
            Kind::Number => "a whole number",
            Kind::Truth => "true or false",
        }
    }
}

/// The first thing that is wrong, in one sentence without a full stop.
pub(crate) fn why(line: &[u8]) -> String {
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(_) if line.starts_with(b"DEF") => return NO_EXAMPLES.to_owned(),
        Err(_) if !line.starts_with(b"{") => return NO_OBJECT.to_owned(),
        Err(error) if error.classify() == Category::Eof => {
            return "the task is cut off: its end is missing".to_owned();
        }
        Err(error) => return format!("this is no JSON from column {} on", error.column()),
    };
    match &value {
        Value::Array(list) if list.first().is_some_and(|first| first == "DEF") => NO_EXAMPLES.to_owned(),
        Value::String(text) if text.starts_with("DEF") => NO_EXAMPLES.to_owned(),
        Value::Object(_) => task(&value).err().unwrap_or_else(|| UNKNOWN.to_owned()),
        _ => NO_OBJECT.to_owned(),
    }
}

fn task(task: &Value) -> Result<(), String> {
    optional(task, "guid", Kind::Text, "")?;
    optional(task, "split", Kind::Text, "")?;
    match &task["program_tokens"] {
        Value::Null | Value::String(_) => {}
        tokens if is_list_of_texts(tokens) => {}
        _ => return Err("not a task: 'program_tokens' must be a list of tokens, or one text".to_owned()),
    }
    let examples = match &task["examples"] {
        Value::Null => return Err("not a task: 'examples' is missing".to_owned()),
        examples => examples.as_array().ok_or("not a task: 'examples' must be a list")?,
    };
    (1..).zip(examples).try_for_each(|(number, example)| self::example(number, example))
}

fn example(number: usize, example: &Value) -> Result<(), String> {
    let at = format!("example {number}: ");
    if !example.is_object() {
        return Err(format!("not a task: example {number} must be written as {{ … }}"));
    }
    if !example["actions"].is_null() && !is_list_of_texts(&example["actions"]) {
        return Err(format!("{at}'actions' must be a list of names"));
    }
    for tensor in ["inpgrid_tensor", "outgrid_tensor"] {
        optional(example, tensor, Kind::Text, &at)?;
    }
    for name in ["inpgrid_json", "outgrid_json"] {
        let grid = &example[name];
        if grid.is_null() {
            continue;
        }
        if !grid.is_object() {
            return Err(format!("{at}'{name}' must be written as {{ … }}"));
        }
        let at = format!("example {number}, {name}: ");
        for (field, kind) in [
            ("rows", Kind::Number),
            ("cols", Kind::Number),
            ("hero", Kind::Text),
            ("blocked", Kind::Text),
            ("markers", Kind::Text),
        ] {
            if grid[field].is_null() {
                return Err(format!("{at}'{field}' is missing"));
            }
            optional(grid, field, kind, &at)?;
        }
        optional(grid, "crashed", Kind::Truth, &at)?;
    }
    Ok(())
}

fn optional(value: &Value, field: &str, kind: Kind, at: &str) -> Result<(), String> {
    match &value[field] {
        Value::Null => Ok(()),
        value if kind.fits(value) => Ok(()),
        _ => Err(format!("{at}'{field}' must be {}", kind.name())),
    }
}

fn is_list_of_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(Value::is_string))
}
