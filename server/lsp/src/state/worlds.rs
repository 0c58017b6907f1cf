//! The recorded runs that somebody shows, and who has to hear when they are outdated.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use recording::Recorder;
use recording::messages::{CursorAt, Position, method};
use tower_lsp::lsp_types::{TextDocumentPositionParams, Url};
use world::Pages;

use crate::state::document::Key;
use crate::state::snapshot::Snapshot;
use crate::state::text::Encoding;
use crate::state::unit::Unit;

/// The recorded runs that somebody shows, and who has to hear when they are outdated.
#[derive(Default)]
pub struct Worlds {
    pub recorder: Recorder,
    /// Whether the client itself has asked, and not only a page.
    pub asked_by_client: AtomicBool,
    /// The pages in browsers.
    pub pages: Pages,
    /// The document that the editor last touched.
    touched: Mutex<Option<Url>>,
    /// The unit that was last asked about, by its root.
    asked: Mutex<HashMap<Key, Weak<Unit>>>,
}

impl Worlds {
    /// Notes that the editor does something in the document.
    pub fn touch(&self, uri: &Url) {
        *self.touched.lock().unwrap_or_else(PoisonError::into_inner) = Some(uri.clone());
    }

    /// The document that the editor last touched.
    pub fn touched(&self) -> Option<Url> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells pages where the editor's cursor is.
    pub fn cursor(&self, snapshot: &Snapshot, at: &TextDocumentPositionParams) {
        self.touch(&at.text_document.uri);
        if !self.pages.any() {
            return;
        }
        let Some(document) = snapshot.document_at(&at.text_document.uri) else { return };
        let offset = document.text.offset(at.position, snapshot.session.encoding);
        // Pages have agreed on nothing else.
        let position = document.text.position(offset, Encoding::Utf16);
        let position = Position { line: position.line, character: position.character };
        self.pages.tell(method::CURSOR, &CursorAt { uri: document.uri.to_string(), position });
    }

    /// Notes that somebody was told about the unit.
    pub fn told(&self, unit: &Arc<Unit>) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(unit.root.clone(), Arc::downgrade(unit));
    }

    /// Whether somebody was told about the unit's program as it was before, and not as it is now.
    pub fn is_news(&self, unit: &Arc<Unit>) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get(&unit.root).is_some_and(|last| last.as_ptr() != Arc::as_ptr(unit))
    }

    /// Whether somebody has ever asked about the program.
    pub fn is_followed(&self, root: &Key) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).contains_key(root)
    }
}
