//! What clients ask: the arguments of the requests that this adapter answers, as the Debug Adapter Protocol 1.68 has
//! them. Only what is looked at is named here, and what a client adds is ignored; the crates of the protocol's types are
//! strict about words that they don't know.

use serde::Deserialize;
use serde_json::Value;

/// A message from the client.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    #[serde(default)]
    pub seq: i64,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub command: String,
    #[serde(default)]
    pub arguments: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Initialize {
    pub lines_start_at1: bool,
    pub columns_start_at1: bool,
    /// `path` or `uri`.
    pub path_format: String,
}

impl Default for Initialize {
    fn default() -> Initialize {
        Initialize { lines_start_at1: true, columns_start_at1: true, path_format: "path".to_owned() }
    }
}

/// The attributes of a launch; `DEBUGGING.md` describes them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Launch {
    pub program: Option<String>,
    pub example: Option<Wanted>,
    pub stop_on_entry: bool,
    pub no_debug: bool,
    pub max_ticks: Option<u64>,
}

/// Which example is to be run.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Wanted {
    /// The number, counted from 1.
    Number(u64),
    Name(String),
    /// The example, told from all others as the language server tells it.
    Exactly {
        name: String,
        #[serde(default)]
        test: bool,
        /// How many of the same kind and name stand above it in its file.
        #[serde(default)]
        ordinal: usize,
        /// The file that it stands in, where that is not the program.
        #[serde(default)]
        file: Option<String>,
    },
}

/// `restart`: the launch, where it has changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Restart {
    pub arguments: Option<Launch>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Source {
    pub path: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetBreakpoints {
    pub source: Source,
    #[serde(default)]
    pub breakpoints: Option<Vec<SourceBreakpoint>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceBreakpoint {
    pub line: u32,
    #[serde(default)]
    pub column: Option<u32>,
    #[serde(default)]
    pub condition: Option<String>,
    #[serde(default)]
    pub hit_condition: Option<String>,
    #[serde(default)]
    pub log_message: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SetExceptionBreakpoints {
    pub filters: Vec<String>,
}

/// `breakpointLocations` and `gotoTargets`: lines of a source.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Locations {
    pub source: Source,
    pub line: u32,
    #[serde(default)]
    pub end_line: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Goto {
    pub target_id: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StepBack {
    pub granularity: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct StackTrace {
    pub start_frame: Option<usize>,
    pub levels: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Frame {
    pub frame_id: usize,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Variables {
    pub variables_reference: usize,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evaluate {
    pub expression: String,
    #[serde(default)]
    pub frame_id: Option<usize>,
    #[serde(default)]
    pub context: Option<String>,
}
