//! A program with its example files and the analysis of them, and the cache of these.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ide::synthesis::Found;
use ide::{Analysis, Recordings};

use crate::state::config::Config;
use crate::state::document::{Document, Key};

/// One program with its example files; without a program, one example file.
pub struct Unit {
    /// The key of the program; without one, of the example file.
    pub root: Key,
    pub analysis: Analysis,
    /// The root first, then the example files.
    pub documents: Vec<Arc<Document>>,
    /// Files that belong to it and have not been read yet.
    pub unread: Vec<Key>,
    /// All files that belong to it, or would if they were there, and that the client has not opened.
    pub beside: Vec<Key>,
    pub(super) config: Arc<Config>,
    /// The indices of the documents by key, and by URI.
    pub(super) by_key: HashMap<Key, usize>,
    pub(super) by_uri: HashMap<String, usize>,
}

/// The latest unit of each root, and the room that their recorded runs share.
#[derive(Clone)]
pub(crate) struct Analyses {
    kept: Arc<Mutex<HashMap<Key, Kept>>>,
    pub(super) recordings: Arc<Recordings>,
}

impl Default for Analyses {
    fn default() -> Analyses {
        Analyses { kept: Arc::default(), recordings: Arc::new(Recordings::new(Recordings::BUDGET)) }
    }
}

impl Analyses {
    pub(crate) fn recordings(&self) -> &Recordings {
        &self.recordings
    }

    pub(super) fn kept(&self) -> MutexGuard<'_, HashMap<Key, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Kept {
    pub(super) revision: u64,
    pub(super) unit: Arc<Unit>,
}

impl Unit {
    pub fn document(&self, uri: &str) -> Option<&Arc<Document>> {
        self.documents.get(*self.by_uri.get(uri)?)
    }

    pub fn includes(&self, key: &Key) -> bool {
        self.by_key.contains_key(key)
    }

    pub(super) fn is_made_of(&self, files: &Files, config: &Arc<Config>) -> bool {
        Arc::ptr_eq(&self.config, config)
            && self.unread == files.unread
            && same(self.analysis.found(), files.found.as_deref())
            && self.documents.len() == files.documents.len()
            && self.documents.iter().zip(&files.documents).all(|(a, b)| Arc::ptr_eq(a, b))
    }
}

fn same(a: Option<&Found>, b: Option<&Found>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => std::ptr::eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// What a unit is made of.
pub(super) struct Files {
    pub(super) documents: Vec<Arc<Document>>,
    pub(super) unread: Vec<Key>,
    pub(super) beside: Vec<Key>,
    /// What a synthesis from these very documents found.
    pub(super) found: Option<Arc<Found>>,
}
