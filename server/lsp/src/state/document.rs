//! One document: its text as the client has it, and what is computed from that, once, when first asked for.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use syntax::Parse;
use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::{TextDocumentContentChangeEvent, Url};

use crate::state::text::{Encoding, Text};

/// A larger document, in bytes, is kept in step with the client and not analysed.
pub const MAX_ANALYSED: usize = disk::MAX_BYTES;

/// What tells documents apart. Clients escape URIs differently, so files go by their path. Whatever else has a path, such
/// as the committed text `git:/a.karel`, is a document of its own.
#[derive(Debug, Clone, Eq)]
pub enum Key {
    Path(PathBuf),
    /// No file: `untitled:Untitled-1`, or part of one: `vscode-notebook-cell:/notes.ipynb#cell`.
    Uri(String),
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        #[cfg(test)]
        COMPARED.with(|compared| compared.set(compared.get() + 1));
        match (self, other) {
            (Key::Path(a), Key::Path(b)) => a.cmp(b),
            (Key::Uri(a), Key::Uri(b)) => a.cmp(b),
            (Key::Path(_), Key::Uri(_)) => Ordering::Less,
            (Key::Uri(_), Key::Path(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Key::Path(path) => path.hash(state),
            Key::Uri(uri) => uri.hash(state),
        }
    }
}

#[cfg(test)]
thread_local! {
    static COMPARED: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// How often this thread has compared two keys: a measure of work that does not depend on the machine.
#[cfg(test)]
pub fn keys_compared() -> u64 {
    COMPARED.get()
}

impl Key {
    pub fn of(uri: &Url) -> Key {
        let is_file = uri.scheme() == "file" && uri.query().is_none() && uri.fragment().is_none();
        match uri.to_file_path() {
            Ok(path) if is_file => Key::Path(path),
            _ => Key::Uri(uri.to_string()),
        }
    }

    pub fn path(&self) -> Option<&Path> {
        match self {
            Key::Path(path) => Some(path),
            Key::Uri(_) => None,
        }
    }
}

pub struct Document {
    pub key: Key,
    /// The URI as the client spelled it.
    pub uri: Url,
    /// The client's version; `None` for what was read from disk.
    pub version: Option<i32>,
    /// Whether it holds example blocks only.
    pub grid_file: bool,
    pub text: Text,
    /// Cancelled when the document has another text, so that long work on this one ends.
    pub superseded: CancellationToken,
    /// The files that belong to a program by its name and its text; filled in by [`crate::state::analyses`].
    pub(crate) named: OnceLock<Vec<Key>>,
    contiguous: OnceLock<Arc<str>>,
    parse: OnceLock<Arc<Parse>>,
    /// The text before the last change, by whose tree a long text is parsed sooner.
    before: Mutex<Option<Parsed>>,
}

/// A text and its tree.
#[derive(Clone)]
struct Parsed {
    text: Arc<str>,
    parse: Arc<Parse>,
}

/// A change that can't have been made to the text that the server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impossible;

impl Document {
    pub fn new(uri: Url, version: Option<i32>, language: &str, text: Text) -> Document {
        let key = Key::of(&uri);
        let grid_file = language == "karelgrid" || disk::is_example_file(Path::new(uri.path()));
        Document {
            key,
            uri,
            version,
            grid_file,
            text,
            superseded: CancellationToken::new(),
            named: OnceLock::new(),
            contiguous: OnceLock::new(),
            parse: OnceLock::new(),
            before: Mutex::default(),
        }
    }

    /// The document after the client's changes, each made to the result of the one before.
    pub fn changed(
        &self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Result<Document, Impossible> {
        let mut text = self.text.clone();
        for change in changes {
            match change.range {
                Some(range) => {
                    text.replace(text.text_range(range, encoding).ok_or(Impossible)?, &change.text);
                }
                None => text = Text::from(change.text.as_str()),
            }
        }
        Ok(Document {
            key: self.key.clone(),
            uri: self.uri.clone(),
            version: Some(version),
            grid_file: self.grid_file,
            text,
            superseded: CancellationToken::new(),
            named: OnceLock::new(),
            contiguous: OnceLock::new(),
            parse: OnceLock::new(),
            before: Mutex::new(self.parsed()),
        })
    }

    /// The latest text that has been parsed, of this one and those before it.
    fn parsed(&self) -> Option<Parsed> {
        match (self.contiguous.get(), self.parse.get()) {
            (Some(text), Some(parse)) => Some(Parsed { text: Arc::clone(text), parse: Arc::clone(parse) }),
            _ => self.before().clone(),
        }
    }

    fn before(&self) -> MutexGuard<'_, Option<Parsed>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn too_large(&self) -> bool {
        self.text.len() > MAX_ANALYSED
    }

    pub fn contiguous(&self) -> &Arc<str> {
        self.contiguous.get_or_init(|| if self.too_large() { "".into() } else { self.text.contiguous() })
    }

    /// The tree, parsed at the first call, which is never made on the transport's task.
    pub fn parse(&self) -> &Arc<Parse> {
        self.parse.get_or_init(|| {
            let text = self.contiguous();
            // Not locked while parsing: the transport's task may want it.
            let before = self.before().clone();
            let parse = match before {
                Some(before) => syntax::parse::reparse(&before.parse, &before.text, text),
                None => syntax::parse(text),
            };
            *self.before() = None;
            Arc::new(parse)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(uri: &str) -> Key {
        Key::of(&uri.parse().unwrap())
    }

    #[cfg(unix)]
    #[test]
    fn only_files_go_by_their_path() {
        let path = Key::Path("/a b/m.karel".into());
        for uri in [
            "file:///a%20b/m.karel",
            "file:///a b/m.karel",
            "file:/a%20b/%6d.karel",
            "file://localhost/a b/x/../m.karel",
        ] {
            assert_eq!(key(uri), path, "{uri}");
        }
        let mut others = vec![path];
        for uri in [
            "file:///a%20b/m.karel?",
            "file:///a%20b/m.karel?ref=HEAD",
            "file:///a%20b/m.karel#L1",
            "file://server/a%20b/m.karel",
            "git:/a%20b/m.karel",
            "git:/a%20b/m.karel?HEAD",
            "git:/a%20b/m.karel?~",
            "git:///a%20b/m.karel",
            "untitled:/a%20b/m.karel",
            "untitled:Untitled-1",
            "vscode-notebook-cell:/a%20b/m.karel#1",
            "vscode-notebook-cell:/a%20b/m.karel#2",
            "vscode-remote://ssh-remote+box/a%20b/m.karel",
            "https://localhost/a%20b/m.karel",
            "output:m.karel",
        ] {
            let key = key(uri);
            assert!(key.path().is_none(), "{uri}");
            assert!(!others.contains(&key), "{uri}");
            others.push(key);
        }
    }

    #[test]
    fn example_files_are_told_by_the_end_of_their_path() {
        let is_grid = |uri: &str| Document::new(uri.parse().unwrap(), None, "", Text::default()).grid_file;
        for uri in ["file:///m.kgrid", "git:/m.kgrid?HEAD", "untitled:m.kgrid", "file:///m.kgrid#x"] {
            assert!(is_grid(uri), "{uri}");
        }
        for uri in
            ["file:///m.karel", "git:/m.karel?m.kgrid", "untitled:Untitled-1", "file:///m.karel#m.kgrid"]
        {
            assert!(!is_grid(uri), "{uri}");
        }
    }
}
