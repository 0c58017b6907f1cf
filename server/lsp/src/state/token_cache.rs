//! The last semantic tokens of each document, by which the next ones can be sent as a difference.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tower_lsp::lsp_types::SemanticToken;

use crate::state::document::Key;

#[derive(Clone, Default)]
pub struct TokenCache(Arc<Mutex<HashMap<Key, Tokens>>>);

/// One answer.
pub struct Tokens {
    pub id: String,
    pub tokens: Vec<SemanticToken>,
}

impl TokenCache {
    /// Keeps the answer about the document and gives the one before; forgets documents that are not open.
    pub fn replace(&self, key: &Key, tokens: Tokens, is_open: impl Fn(&Key) -> bool) -> Option<Tokens> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.insert(key.clone(), tokens);
        kept.retain(|key, _| is_open(key));
        before
    }
}
