//! `workspace/executeCommand`. `editors/README.md` has the commands, their arguments and results.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::Url;

use crate::docs;
use crate::request::{RequestContext, Target, cancelled, refused};

/// The argument of that number.
pub fn argument<T: DeserializeOwned>(arguments: &[Value], number: usize, name: &str) -> Result<T> {
    let value = arguments.get(number).cloned().unwrap_or_default();
    let wrong =
        |error| Error::invalid_params(format!("argument {}, the {name}, can't be read: {error}", number + 1));
    serde_json::from_value(value).map_err(wrong)
}

/// Which of the examples of one name is meant; without it the first one.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Which {
    pub test: bool,
    pub ordinal: usize,
}

/// The example's run, as Markdown.
pub fn show_trace(
    context: &mut RequestContext,
    (uri, name, which): (Url, String, Option<Which>),
) -> Result<Value> {
    let target = target(context, &uri)?;
    let analysis = &target.unit.analysis;
    let is_meant = |listed: &ide::ListedExample| {
        which.is_none_or(|which| (listed.test, listed.ordinal) == (which.test, which.ordinal))
    };
    let named = |uri: Option<&str>| {
        let mut listed = analysis.cases().zip(ide::examples(analysis));
        let found = listed.find(|(case, listed)| {
            listed.name == name && uri.is_none_or(|uri| case.source.uri == uri) && is_meant(listed)
        });
        found.map(|(case, _)| case)
    };
    // The one in this very document first.
    let case = named(Some(target.uri())).or_else(|| named(None));
    let gone = || refused(format!("There is no example \"{}\" in this program.", ide::clipped(&name)));
    let case = case.ok_or_else(gone)?;
    let report = ide::example_report(analysis, case, &|| context.cancelled()).map_err(cancelled)?;
    Ok(Value::String(report))
}

/// The programs that a new file may begin as.
pub fn templates() -> Value {
    let template = |t: &ide::templates::Template| json!({ "name": t.name, "title": t.title, "description": t.description, "text": t.text });
    ide::templates::TEMPLATES.iter().map(template).collect()
}

/// What there is to read about the diagnostics' code, in Markdown.
pub fn explain(code: &str) -> Result<Value> {
    let unknown = || refused(format!("There is no explanation of the code {code}."));
    docs::explanation(code).map(Value::from).ok_or_else(unknown)
}

fn target(context: &mut RequestContext, uri: &Url) -> Result<Target> {
    context.target(uri).ok_or_else(|| refused("This document is not open in the Karel server."))
}
