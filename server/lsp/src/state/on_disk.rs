//! What a file beside the open documents held when it was read.

use std::sync::Arc;

use crate::state::document::Document;

/// A file beside the open documents, as it was when it was read.
#[derive(Clone)]
pub enum OnDisk {
    Text(Arc<Document>),
    Missing,
    /// It is there and can't be read.
    Unreadable(disk::Unreadable),
}

impl OnDisk {
    /// Whether nothing has changed from the one to the other.
    pub fn is_same(&self, other: &OnDisk) -> bool {
        match (self, other) {
            (OnDisk::Text(a), OnDisk::Text(b)) => Arc::ptr_eq(a, b) || a.text.is_same(&b.text),
            (OnDisk::Missing, OnDisk::Missing) => true,
            (OnDisk::Unreadable(a), OnDisk::Unreadable(b)) => a == b,
            _ => false,
        }
    }
}
