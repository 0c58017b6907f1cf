//! The examples of a document and how each goes: the result of commands, and a notification after every change.
//! `editors/README.md` describes both.

use std::sync::Arc;

use ide::{ExampleOutcome, ListedExample};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::Url;
use tower_lsp::lsp_types::notification::Notification;

use crate::proto::to_proto;
use crate::request::{RequestContext, Target, cancelled, refused};
use crate::state::snapshot::Snapshot;
use crate::state::unit::Unit;

/// `karel/verdicts`
pub enum VerdictsNotification {}

impl Notification for VerdictsNotification {
    type Params = Value;
    const METHOD: &'static str = "karel/verdicts";
}

/// The examples of the document, which may be a file that is not open. Nothing is run.
pub fn list(context: &mut RequestContext, uri: Url) -> Result<Value> {
    let target = target(context, &uri)?;
    let own = ide::examples(&target.unit.analysis).into_iter().filter(|e| e.location.uri == target.uri());
    let examples: Vec<Value> =
        own.filter_map(|example| listed(&context.snapshot, &target.unit, &example)).collect();
    forget(context, &target);
    Ok(json!({ "examples": examples }))
}

/// Runs all examples of the document's unit, and says how each went.
pub fn run(context: &mut RequestContext, uri: Url) -> Result<Value> {
    let target = target(context, &uri)?;
    let examples = results(&context.snapshot, &target.unit, &|| context.cancelled()).map_err(cancelled);
    forget(context, &target);
    let examples = examples?;
    let passed = examples.iter().filter(|example| example["passed"] == true).count();
    Ok(json!({ "passed": passed, "total": examples.len(), "examples": examples }))
}

/// How often the examples of the document's unit carry out each statement of its program.
pub fn coverage(context: &mut RequestContext, uri: Url) -> Result<Value> {
    let target = target(context, &uri)?;
    let counted = ide::coverage(&target.unit.analysis, &|| context.cancelled()).map_err(cancelled);
    forget(context, &target);
    let (unit, counted) = (&target.unit, counted?);
    let program = unit.analysis.program().and_then(|program| unit.document(&program.uri));
    let Some(document) = program else { return Ok(json!({ "statements": [] })) };
    let range = |range| to_proto::range(&context.snapshot, document, range);
    let way = |way: &ide::Way| json!({ "name": way.name, "range": range(way.range), "times": way.times });
    let statement = |counted: &ide::StatementCount| {
        let ways: Vec<Value> = counted.ways.iter().map(way).collect();
        json!({
            "range": range(counted.head),
            "block": range(counted.range),
            "times": counted.times,
            "examples": counted.examples,
            "ways": ways,
        })
    };
    let statements: Vec<Value> = counted.iter().map(statement).collect();
    Ok(json!({ "uri": document.uri.as_str(), "version": document.version, "statements": statements }))
}

/// The parameters of [`VerdictsNotification`] for a unit: its documents whose lenses show this very unit.
pub fn verdicts(
    snapshot: &Snapshot,
    unit: &Unit,
    cancel: ide::Cancel<'_>,
) -> std::result::Result<Value, ide::Cancelled> {
    let own = unit.documents.iter().filter(|document| snapshot.unit(document).root == unit.root);
    let own: Vec<_> = own.filter(|document| !document.too_large()).collect();
    let is_own = |example: &Value| own.iter().any(|document| example["uri"] == document.uri.as_str());
    let mut examples = results(snapshot, unit, cancel)?;
    examples.retain(is_own);
    let documents: Vec<Value> = own
        .iter()
        .map(|document| json!({ "uri": document.uri.as_str(), "version": document.version }))
        .collect();
    Ok(json!({ "documents": documents, "examples": examples }))
}

fn results(
    snapshot: &Snapshot,
    unit: &Unit,
    cancel: ide::Cancel<'_>,
) -> std::result::Result<Vec<Value>, ide::Cancelled> {
    let results = ide::example_results(&unit.analysis, cancel)?.into_iter();
    let with_outcome = |result: ide::ExampleResult| {
        let mut example = listed(snapshot, unit, &result.example)?;
        example["passed"] = json!(result.outcome == ExampleOutcome::Passes);
        example["verdict"] = json!(match result.outcome {
            ExampleOutcome::Passes => "passes",
            ExampleOutcome::Fails => "fails",
            ExampleOutcome::Undecided => "undecided",
        });
        example["message"] = json!(result.message);
        if let Some(ends) = result.ends {
            example["expected"] = json!(ends.expected);
            example["actual"] = json!(ends.actual);
        }
        Some(example)
    };
    Ok(results.filter_map(with_outcome).collect())
}

fn listed(snapshot: &Snapshot, unit: &Unit, example: &ListedExample) -> Option<Value> {
    let document = unit.document(&example.location.uri)?;
    Some(json!({
        "uri": document.uri.as_str(),
        "range": to_proto::range(snapshot, document, example.location.range),
        "block": to_proto::range(snapshot, document, example.block),
        "name": example.name,
        "test": example.test,
        "ordinal": example.ordinal,
    }))
}

fn target(context: &mut RequestContext, uri: &Url) -> Result<Target> {
    let too_large_or_gone = || refused("This file can't be read, or is too large.");
    context.target(uri).ok_or_else(too_large_or_gone)
}

/// Drops the analysis of files that are not open: there may be very many.
fn forget(context: &RequestContext, target: &Target) {
    let is_open =
        |document: &Arc<crate::state::document::Document>| context.snapshot.open.contains_key(&document.key);
    if !target.unit.documents.iter().any(is_open) {
        context.snapshot.forget_unit(&target.unit.root);
    }
}
