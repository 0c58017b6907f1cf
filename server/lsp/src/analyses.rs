//! Which files belong together, and the analysis of each such unit: one program with its example files, or an example
//! file of its own. An analysis is kept until one of its files changes, and shared by all who ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ide::synthesis::Ambiguity;
use ide::{Analysis, Source};

use crate::config::Config;
use crate::document::{Document, Key};
use crate::workspace::{OnDisk, Snapshot};

/// One program with its example files; without a program, one example file.
pub struct Unit {
    /// The program; without one, the example file.
    pub root: Key,
    pub analysis: Analysis,
    /// The root first, then the example files.
    pub documents: Vec<Arc<Document>>,
    /// Files that belong to it and have not been read yet.
    pub unread: Vec<Key>,
    config: Arc<Config>,
}

/// The latest unit of each root.
#[derive(Clone, Default)]
pub(crate) struct Analyses(Arc<Mutex<HashMap<Key, Kept>>>);

struct Kept {
    revision: u64,
    unit: Arc<Unit>,
}

impl Unit {
    pub fn document(&self, uri: &str) -> Option<&Arc<Document>> {
        self.documents.iter().find(|document| document.uri.as_str() == uri)
    }

    pub fn includes(&self, key: &Key) -> bool {
        self.documents.iter().any(|document| document.key == *key)
    }

    fn is_made_of(&self, files: &Files, config: &Arc<Config>) -> bool {
        Arc::ptr_eq(&self.config, config)
            && self.unread == files.unread
            && same(self.analysis.ambiguity(), files.ambiguity.as_deref())
            && self.documents.len() == files.documents.len()
            && self.documents.iter().zip(&files.documents).all(|(a, b)| Arc::ptr_eq(a, b))
    }
}

fn same(a: Option<&Ambiguity>, b: Option<&Ambiguity>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => std::ptr::eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// What a unit is made of.
struct Files {
    documents: Vec<Arc<Document>>,
    unread: Vec<Key>,
    /// Of a synthesis from these very documents.
    ambiguity: Option<Arc<Ambiguity>>,
}

impl Snapshot {
    /// The unit that answers questions about the document: of an example file the program of its name, else the
    /// first open program that names it, else itself. Parses what is not parsed yet.
    pub fn unit(&self, document: &Arc<Document>) -> Arc<Unit> {
        if document.grid_file {
            let program = sibling(&document.key, "karel").and_then(|key| self.document(&key).cloned());
            let mut naming = self.open.values().filter(|open| !open.grid_file);
            let program = program
                .filter(|program| self.files_of(program).documents.iter().any(|d| d.key == document.key))
                .or_else(|| naming.find(|open| self.names(open, &document.key)).cloned());
            if let Some(program) = program {
                return self.unit_of(&program);
            }
        }
        self.unit_of(document)
    }

    /// The units of all open documents, each once.
    pub fn units(&self) -> Vec<Arc<Unit>> {
        let mut units: Vec<Arc<Unit>> = Vec::new();
        for document in self.open.values() {
            let unit = self.unit(document);
            if units.iter().all(|known| known.root != unit.root) {
                units.push(unit);
            }
        }
        units
    }

    fn unit_of(&self, root: &Arc<Document>) -> Arc<Unit> {
        let files = self.files_of(root);
        let mut kept = self.analyses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.get(&root.key)
            && kept.unit.is_made_of(&files, &self.config)
        {
            return Arc::clone(&kept.unit);
        }
        let mut sources = files.documents.iter().map(|document| source(document));
        let program = if root.grid_file { None } else { sources.next() };
        let analysis = Analysis::new(program, sources.collect(), self.config.for_analysis())
            .with_ambiguity(files.ambiguity);
        let unit = Arc::new(Unit {
            root: root.key.clone(),
            analysis,
            documents: files.documents,
            unread: files.unread,
            config: Arc::clone(&self.config),
        });
        // A request that came before the last change doesn't push out what is newer.
        if kept.get(&root.key).is_none_or(|kept| kept.revision <= self.revision) {
            kept.insert(root.key.clone(), Kept { revision: self.revision, unit: Arc::clone(&unit) });
        }
        unit
    }

    fn files_of(&self, root: &Arc<Document>) -> Files {
        let mut files = Files { documents: vec![Arc::clone(root)], unread: Vec::new(), ambiguity: None };
        let related =
            if root.grid_file { sibling(&root.key, "karel").into_iter().collect() } else { named(root) };
        for key in related {
            match (self.document(&key), self.files.get(&key)) {
                (Some(document), _) if !root.grid_file => files.documents.push(Arc::clone(document)),
                (None, None) if key.path().is_some() => files.unread.push(key),
                _ => {}
            }
        }
        let left_open = self.left_open.get(&root.key).filter(|question| question.is_about(&files.documents));
        files.ambiguity = left_open.map(|question| Arc::clone(&question.ambiguity));
        files
    }

    fn names(&self, program: &Arc<Document>, grid: &Key) -> bool {
        named(program).contains(grid)
    }

    /// The included files that are not there or can't be read: the range of the path, and what is wrong.
    pub fn broken_includes(&self, program: &Document) -> Vec<(syntax::TextRange, String)> {
        let broken = |include: &syntax::ast::Include| {
            let text = &include.path.text;
            let key = match disk::included(program.key.path()?, text) {
                Ok(path) => Key::Path(path),
                Err(why) => return Some(disk::broken_include(text, &why)),
            };
            match self.files.get(&key) {
                _ if self.open.contains_key(&key) => None,
                Some(OnDisk::Missing) => Some(disk::broken_include(text, &disk::Unreadable::Missing)),
                Some(OnDisk::Unreadable(why)) => Some(disk::broken_include(text, why)),
                _ => None,
            }
        };
        let includes = program.parse().file.includes();
        includes.filter_map(|include| Some((include.path.range, broken(include)?))).collect()
    }

    pub fn forget_unit(&self, root: &Key) {
        self.analyses.0.lock().unwrap_or_else(PoisonError::into_inner).remove(root);
    }
}

/// The example files of a program: the one of its name, then those it includes, each once.
fn named(program: &Document) -> Vec<Key> {
    let mut keys: Vec<Key> = sibling(&program.key, "kgrid").into_iter().collect();
    for include in program.parse().file.includes() {
        let key = resolve(&program.key, &include.path.text);
        keys.extend(key.filter(|key| *key != program.key && !keys.contains(key)));
    }
    keys
}

/// The file that an include's path names, seen from the program.
pub fn resolve(program: &Key, path: &str) -> Option<Key> {
    disk::included(program.path()?, path).ok().map(Key::Path)
}

fn sibling(key: &Key, extension: &str) -> Option<Key> {
    Some(Key::Path(key.path()?.with_extension(extension)))
}

fn source(document: &Document) -> Source {
    Source {
        uri: document.uri.to_string(),
        version: document.version,
        text: Arc::clone(document.contiguous()),
        parse: Arc::clone(document.parse()),
    }
}
