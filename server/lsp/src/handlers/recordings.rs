//! Recorded runs, for those who show them. `server/PROTOCOL.md` describes the requests.

use std::sync::Arc;

use recording::messages::{self, EditParams, method};
use recording::{Failure, Program, Recorder};
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::notification::Notification;
use tower_lsp::lsp_types::{Url, WorkspaceEdit};

use crate::proto::recorded::Recorded;
use crate::proto::to_proto;
use crate::request::{RequestContext, cancelled};
use crate::state::text::Encoding;
use crate::state::worlds::Worlds;

/// `karel/recordingsOutdated`
pub enum OutdatedNotification {}

impl Notification for OutdatedNotification {
    type Params = messages::Outdated;
    const METHOD: &'static str = method::OUTDATED;
}

/// A question about recordings: its method, its parameters, and how whoever asks counts places.
pub struct Question {
    pub worlds: Arc<Worlds>,
    pub method: String,
    pub params: Value,
    /// Absent for what was agreed on with the client.
    pub encoding: Option<Encoding>,
}

/// The answer as JSON text.
pub fn answer(context: &mut RequestContext, question: Question) -> std::result::Result<String, Failure> {
    let Question { worlds, method, params, encoding } = question;
    let encoding = encoding.unwrap_or(context.snapshot.session.encoding);
    // The one program that the question is about, found first: the context then sees when it changes.
    let uri = params["textDocument"]["uri"].as_str().and_then(|uri| uri.parse().ok());
    let target = uri.and_then(|uri: Url| context.target(&uri));
    let program = |_: &str| -> std::result::Result<Arc<dyn Program>, Failure> {
        let unit = Arc::clone(&target.as_ref().ok_or_else(closed)?.unit);
        worlds.told(&unit);
        Ok(Arc::new(Recorded { unit, encoding }))
    };
    let recorder: &Recorder = &worlds.recorder;
    recorder.answer(&method, params, &program, &|| context.cancelled())
}

/// What `karel/edit` asks for: the title of the undo step, and the edit of the texts as they are now; none where nothing
/// changes.
pub(crate) fn edit(
    context: &mut RequestContext,
    (worlds, params, encoding): (Arc<Worlds>, Value, Encoding),
) -> std::result::Result<Option<(String, WorkspaceEdit)>, Failure> {
    let params: EditParams =
        serde_json::from_value(params).map_err(|error| Failure::Params(error.to_string()))?;
    let target = params.text_document.uri.parse().ok().and_then(|uri: Url| context.target(&uri));
    let unit = target.ok_or_else(closed)?.unit;
    let program = Recorded { unit, encoding };
    let (title, change) = worlds.recorder.edit(&program, &params, &|| context.cancelled())?;
    if change.files.iter().all(|file| file.edits.is_empty()) {
        return Ok(None);
    }
    Ok(Some((title.to_owned(), to_proto::workspace_edit(&context.snapshot, &change))))
}

/// [`edit`] as the language server answers it.
pub(crate) fn respond_with_edit(
    context: &mut RequestContext,
    params: (Arc<Worlds>, Value, Encoding),
) -> Result<Option<(String, WorkspaceEdit)>> {
    edit(context, params).map_err(error)
}

fn closed() -> Failure {
    Failure::Refused("This document is not open in the Karel server.".to_owned())
}

fn error(failure: Failure) -> Error {
    match failure {
        Failure::Cancelled => cancelled(ide::Cancelled),
        failure => {
            Error { code: ErrorCode::from(failure.code()), message: failure.to_string().into(), data: None }
        }
    }
}

/// The answer as the language server gives it.
pub fn respond(context: &mut RequestContext, question: Question) -> Result<Value> {
    let text = answer(context, question).map_err(error)?;
    serde_json::from_str(&text).map_err(|_| Error::internal_error())
}
