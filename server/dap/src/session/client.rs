//! Files, lines and columns as the client names them.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use text_size::TextRange;

use super::Session;
use crate::debuggee::Debuggee;

impl<W: Write> Session<W> {
    pub(super) fn put_range(&self, object: &mut Value, debuggee: &Debuggee, range: TextRange) {
        let (line, column) = debuggee.place(range.start());
        let (end_line, end_column) = debuggee.place(range.end());
        object["line"] = json!(self.line_to(line));
        object["column"] = json!(self.column_to(column));
        object["endLine"] = json!(self.line_to(end_line));
        object["endColumn"] = json!(self.column_to(end_column));
    }

    /// A file as the client names it.
    pub(super) fn source(&self, path: &str) -> Value {
        let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
        let uri = match self.client.path_format.as_str() {
            "uri" => url::Url::from_file_path(path).ok().map(String::from),
            _ => None,
        };
        json!({ "name": name, "path": uri.unwrap_or(path.to_owned()) })
    }

    /// The path of a file as the client names it.
    pub(super) fn local(&self, path: &str) -> String {
        let url = if path.starts_with("file:") { url::Url::parse(path).ok() } else { None };
        let file = url.and_then(|url| url.to_file_path().ok());
        file.map_or(path.to_owned(), |file| file.display().to_string())
    }

    pub(super) fn line_from(&self, line: u32) -> u32 {
        line.saturating_sub(self.client.lines_start_at1.into())
    }

    pub(super) fn column_from(&self, column: u32) -> u32 {
        column.saturating_sub(self.client.columns_start_at1.into())
    }

    pub(super) fn line_to(&self, line: u32) -> u32 {
        line.saturating_add(self.client.lines_start_at1.into())
    }

    pub(super) fn column_to(&self, column: u32) -> u32 {
        column.saturating_add(self.client.columns_start_at1.into())
    }
}
