//! The recorded runs that somebody shows, and who has to hear when they are outdated.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use recording::Recorder;

use crate::state::document::Key;
use crate::state::unit::Unit;

/// The recorded runs that somebody shows, and who has to hear when they are outdated.
#[derive(Default)]
pub struct Worlds {
    pub recorder: Recorder,
    /// Whether the client itself has asked, and not only a page.
    pub asked_by_client: AtomicBool,
    /// The unit that was last asked about, by its root.
    asked: Mutex<HashMap<Key, Weak<Unit>>>,
}

impl Worlds {
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
