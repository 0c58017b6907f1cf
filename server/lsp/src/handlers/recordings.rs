//! Recorded runs, for those who show them. `server/PROTOCOL.md` describes the requests.

use std::sync::Arc;

use recording::messages::{self, method};
use recording::{Failure, Program, Recorder};
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::Url;
use tower_lsp::lsp_types::notification::Notification;

use crate::proto::recorded::Recorded;
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
        let closed = || Failure::Refused("This document is not open in the Karel server.".to_owned());
        let unit = Arc::clone(&target.as_ref().ok_or_else(closed)?.unit);
        worlds.told(&unit);
        Ok(Arc::new(Recorded { unit, encoding }))
    };
    let recorder: &Recorder = &worlds.recorder;
    recorder.answer(&method, params, &program, &|| context.cancelled())
}

/// The answer as the language server gives it.
pub fn respond(context: &mut RequestContext, question: Question) -> Result<Value> {
    let text = answer(context, question).map_err(|failure| match failure {
        Failure::Cancelled => cancelled(ide::Cancelled),
        failure => {
            Error { code: ErrorCode::from(failure.code()), message: failure.to_string().into(), data: None }
        }
    })?;
    serde_json::from_str(&text).map_err(|_| Error::internal_error())
}
