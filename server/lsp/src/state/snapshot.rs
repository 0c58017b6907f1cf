//! The state at one moment, on which requests and checks work while the session goes on.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use tower_lsp::lsp_types::Url;

use crate::state::config::Config;
use crate::state::document::{Document, Key};
use crate::state::on_disk::OnDisk;
use crate::state::session::Session;
use crate::state::synthesized::Synthesized;
use crate::state::token_cache::TokenCache;
use crate::state::unit::Analyses;

/// The state at one moment. What it says never changes; the caches in it are shared with the snapshots that follow.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// A number that grows with every change.
    pub revision: u64,
    pub session: Arc<Session>,
    pub config: Arc<Config>,
    /// The documents that the client has open.
    pub open: Arc<BTreeMap<Key, Arc<Document>>>,
    /// The files read from disk. Where a document is open, that counts instead.
    pub files: Arc<BTreeMap<Key, OnDisk>>,
    /// What the last synthesis in each program left open, by the program.
    pub(crate) synthesized: Arc<BTreeMap<Key, Synthesized>>,
    pub(crate) analyses: Analyses,
    /// The first open program that names each example file; filled in by [`crate::state::analyses`].
    pub(crate) naming: OnceLock<HashMap<Key, Arc<Document>>>,
    pub(crate) tokens: TokenCache,
}

impl Snapshot {
    /// The document as the client has it, else as it is on disk if it was read.
    pub fn document(&self, key: &Key) -> Option<&Arc<Document>> {
        self.open.get(key).or_else(|| match self.files.get(key) {
            Some(OnDisk::Text(document)) => Some(document),
            _ => None,
        })
    }

    pub fn document_at(&self, uri: &Url) -> Option<&Arc<Document>> {
        self.document(&Key::of(uri))
    }
}
