//! The programs of the last synthesis. 'Next solution' replaces one by the next, as long as nobody has changed it.

use std::sync::{Mutex, PoisonError};

use crate::state::document::Key;
use crate::state::snapshot::Snapshot;
use crate::state::unit::Unit;

#[derive(Default)]
pub struct Solutions {
    last: Mutex<Option<Last>>,
}

struct Last {
    program: Key,
    /// The program's file with each solution in it, best first.
    texts: Vec<String>,
}

/// The whole text that comes next, and which it is.
pub struct Next {
    pub text: String,
    pub number: usize,
    pub of: usize,
}

impl Solutions {
    /// The program's file with each solution in it, best first.
    pub fn remember(&self, unit: &Unit, texts: Vec<String>) {
        let last = Last { program: unit.root.clone(), texts };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }

    /// What replaces the solution that is in the program now; after the last comes the first.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn next(&self, snapshot: &Snapshot, program: &Key) -> Result<Next, String> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last.as_ref().filter(|last| last.program == *program);
        let texts = &last.ok_or("Nothing was synthesized in this program yet.")?.texts;
        let document = snapshot.document(program).ok_or("The program is not open.")?;
        let current = document.contiguous();
        let Some(at) = texts.iter().position(|text| **text == **current) else {
            return Err("The program has changed: synthesize it again.".to_owned());
        };
        if texts.len() == 1 {
            return Err("No other program was found that passes all examples.".to_owned());
        }
        let next = (at + 1) % texts.len();
        Ok(Next { text: texts[next].clone(), number: next + 1, of: texts.len() })
    }
}
