//! What pages have changed in files, to be undone and done again. A file is written only while it holds the very text
//! that the change was made of: what others have written is never lost.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use recording::Failure;

use crate::files;

/// The bytes of texts that are kept to be undone; the last change is kept however large it is.
const BUDGET: usize = 64 << 20;

/// The changes that were made, and those that were undone.
#[derive(Default)]
pub(super) struct History {
    done: VecDeque<Rewrite>,
    undone: Vec<Rewrite>,
}

/// One change of one file.
#[derive(Clone)]
pub(super) struct Rewrite {
    pub path: PathBuf,
    pub before: Arc<str>,
    pub after: Arc<str>,
}

impl History {
    /// Writes the change. What was undone can't be done again after it.
    ///
    /// # Errors
    /// The file has changed since, or can't be written.
    pub(super) fn change(&mut self, rewrite: Rewrite) -> Result<(), Failure> {
        replace(&rewrite.path, &rewrite.before, &rewrite.after, "draw again")?;
        self.undone.clear();
        self.done.push_back(rewrite);
        let mut bytes: usize = self.done.iter().map(Rewrite::bytes).sum();
        while bytes > BUDGET && self.done.len() > 1 {
            bytes -= self.done.pop_front().as_ref().map_or(0, Rewrite::bytes);
        }
        Ok(())
    }

    /// Takes the last change back.
    ///
    /// # Errors
    /// There is none, the file has changed since, or can't be written.
    pub(super) fn undo(&mut self) -> Result<(), Failure> {
        let last = self.done.back().ok_or_else(|| refused("There is nothing to undo.".to_owned()))?;
        replace(&last.path, &last.after, &last.before, UNDO_THAT)?;
        self.undone.extend(self.done.pop_back());
        Ok(())
    }

    /// Makes the change again that was taken back last.
    ///
    /// # Errors
    /// There is none, the file has changed since, or can't be written.
    pub(super) fn redo(&mut self) -> Result<(), Failure> {
        let last = self.undone.last().ok_or_else(|| refused("There is nothing to redo.".to_owned()))?;
        replace(&last.path, &last.before, &last.after, UNDO_THAT)?;
        self.done.extend(self.undone.pop());
        Ok(())
    }
}

impl Rewrite {
    fn bytes(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

/// What to do where something else was written since.
const UNDO_THAT: &str = "take that back first";

/// Writes `new` where the file still holds `old`; else says what to do.
fn replace(path: &Path, old: &str, new: &str, then: &str) -> Result<(), Failure> {
    let name = files::name(Path::new(path.file_name().unwrap_or(path.as_os_str())));
    let text = disk::read(path).map_err(|why| refused(format!("{name} can't be read: {why}.")))?;
    if text != old {
        return Err(refused(format!("{name} was changed elsewhere meanwhile: {then}.")));
    }
    // The whole chain of causes: that it can't be written, and why not.
    files::write(path, new).map_err(|error| refused(format!("{error:#}.")))
}

fn refused(why: String) -> Failure {
    Failure::Refused(why)
}
