//! One request, as a handler sees it: the state at its arrival, and whether the answer is still wanted.

use std::sync::Arc;

use syntax::TextSize;
use tokio_util::sync::CancellationToken;
use tower_lsp::jsonrpc::{Error, ErrorCode};
use tower_lsp::lsp_types::{Position, Url};

use crate::analyses::Unit;
use crate::document::{Document, Key};
use crate::transport::context::Context;
use crate::workspace::{Shared, Snapshot};
use crate::{files, from_proto};

pub struct Asked {
    pub snapshot: Arc<Snapshot>,
    cancel: CancellationToken,
    shared: Arc<Shared>,
}

/// The document that a question is about.
pub struct About {
    pub document: Arc<Document>,
    pub unit: Arc<Unit>,
}

impl Asked {
    pub fn new(context: Context, shared: Arc<Shared>) -> Asked {
        Asked { snapshot: context.snapshot, cancel: context.cancel, shared }
    }

    /// `None` where the client has not opened the document, or the server has lost its text. Reads the files that
    /// belong to it, where nobody has yet: who asks right after opening shall not be told that there are none.
    pub fn about(&mut self, uri: &Url) -> Option<About> {
        let document = Arc::clone(self.snapshot.document_at(uri)?);
        if document.too_large() {
            return None;
        }
        let mut unit = self.snapshot.unit(&document);
        if !unit.unread.is_empty() {
            let files = files::read(&unit.unread);
            let snapshot = Arc::make_mut(&mut self.snapshot);
            Arc::make_mut(&mut snapshot.files).extend(files.iter().cloned());
            self.shared.loaded(files);
            unit = self.snapshot.unit(&document);
        }
        Some(About { document, unit })
    }

    /// The same of a document that may be a file which the client has not opened: it is read for this request only.
    pub fn about_file(&mut self, uri: &Url) -> Option<About> {
        let key = Key::of(uri);
        if key.path().is_some() && !self.snapshot.open.contains_key(&key) {
            let snapshot = Arc::make_mut(&mut self.snapshot);
            Arc::make_mut(&mut snapshot.files).extend(files::read(&[key]));
        }
        self.about(uri)
    }

    pub fn offset(&self, about: &About, position: Position) -> TextSize {
        from_proto::offset(&self.snapshot, &about.document, position)
    }

    pub fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

impl About {
    pub fn uri(&self) -> &str {
        self.document.uri.as_str()
    }
}

/// The client cancelled; it has its answer already.
pub fn cancelled(_: ide::Cancelled) -> Error {
    Error::request_cancelled()
}

/// The text is no longer the one that the question was about.
pub fn content_modified() -> Error {
    Error { message: "The document has changed since; ask again.".into(), ..Error::content_modified() }
}

/// What was asked can't be done; `message` says why, to the user.
pub fn refused(message: impl Into<String>) -> Error {
    // RequestFailed of the protocol.
    Error { code: ErrorCode::ServerError(-32803), message: message.into().into(), data: None }
}
