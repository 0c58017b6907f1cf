//! One request, as a handler sees it: the state at its arrival, and whether the answer is still wanted.

use std::sync::Arc;

use syntax::TextSize;
use tokio_util::sync::CancellationToken;
use tower_lsp::jsonrpc::{Error, ErrorCode};
use tower_lsp::lsp_types::{Position, Url};

use crate::proto::from_proto;
use crate::state::document::{Document, Key};
use crate::state::snapshot::Snapshot;
use crate::state::unit::Unit;
use crate::transport::arrival::Arrival;

pub struct RequestContext {
    pub snapshot: Arc<Snapshot>,
    cancel: CancellationToken,
    /// The unit that the request is about, whose texts may have changed since.
    unit: Option<Arc<Unit>>,
}

/// The document that a request is about, with its unit.
pub struct Target {
    pub document: Arc<Document>,
    pub unit: Arc<Unit>,
}

impl RequestContext {
    pub fn new(arrival: Arrival) -> RequestContext {
        RequestContext { snapshot: arrival.snapshot, cancel: arrival.cancel, unit: None }
    }

    /// The document and its unit; `None` where the client has not opened it, or the server has lost its text.
    pub fn target(&mut self, uri: &Url) -> Option<Target> {
        let document = Arc::clone(self.snapshot.document_at(uri)?);
        if document.too_large() {
            return None;
        }
        let unit = self.snapshot.unit(&document);
        self.unit = Some(Arc::clone(&unit));
        Some(Target { document, unit })
    }

    /// The files that have to be read before the request can be answered: one that comes right after opening must not find
    /// that there are none. With `afresh` these are all that the client has not opened.
    pub fn files(&self, uri: &Url, afresh: bool) -> Vec<Key> {
        let Some(document) = self.snapshot.document_at(uri) else {
            let key = Key::of(uri);
            return if afresh && key.path().is_some() { vec![key] } else { Vec::new() };
        };
        if document.too_large() {
            return Vec::new();
        }
        let unit = self.snapshot.unit(document);
        let own = (afresh && document.version.is_none()).then(|| document.key.clone());
        own.into_iter().chain(if afresh { unit.beside.clone() } else { unit.unread.clone() }).collect()
    }

    pub fn offset(&self, target: &Target, position: Position) -> TextSize {
        from_proto::offset(&self.snapshot, &target.document, position)
    }

    /// Whether the answer is no longer wanted: the request is cancelled, or a text that it is about has changed.
    pub fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
            || self.unit.iter().any(|unit| unit.documents.iter().any(|d| d.superseded.is_cancelled()))
    }

    /// Lets handlers go on with `?` where the answer is still wanted.
    ///
    /// # Errors
    /// It is not.
    pub fn still_wanted(&self) -> Result<(), Error> {
        if self.cancelled() { Err(content_modified()) } else { Ok(()) }
    }
}

impl Target {
    pub fn uri(&self) -> &str {
        self.document.uri.as_str()
    }
}

/// The error of an answer that is no longer wanted. A client that cancelled has its reply already.
pub fn cancelled(_: ide::Cancelled) -> Error {
    content_modified()
}

/// The error of a request whose text has changed.
pub fn content_modified() -> Error {
    Error { message: "The document has changed since; ask again.".into(), ..Error::content_modified() }
}

/// The error of a request that can't be done; `message` tells the user why.
pub fn refused(message: impl Into<String>) -> Error {
    // RequestFailed of the protocol.
    Error { code: ErrorCode::ServerError(-32803), message: message.into().into(), data: None }
}
