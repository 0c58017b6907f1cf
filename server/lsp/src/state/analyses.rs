//! Which files belong together, and the analysis of each such unit: one program with its example files, or an example
//! file of its own. An analysis is kept until one of its files changes, and shared by all who ask.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ide::{Analysis, Source};

use crate::state::document::{Document, Key};
use crate::state::on_disk::OnDisk;
use crate::state::snapshot::Snapshot;
use crate::state::unit::{Files, Kept, Unit};

impl Snapshot {
    /// The unit that answers questions about the document: of an example file the program of its name, else the
    /// first open program that names it, else itself. Parses what is not parsed yet.
    pub fn unit(&self, document: &Arc<Document>) -> Arc<Unit> {
        self.unit_of(self.root_of(document))
    }

    fn root_of<'a>(&'a self, document: &'a Arc<Document>) -> &'a Arc<Document> {
        if !document.grid_file {
            return document;
        }
        let sibling = sibling(&document.key, "karel").and_then(|key| self.document(&key));
        let program = sibling.filter(|program| named(program).contains(&document.key));
        program.or_else(|| self.naming().get(&document.key)).unwrap_or(document)
    }

    /// The first open program that names each example file.
    fn naming(&self) -> &HashMap<Key, Arc<Document>> {
        self.naming.get_or_init(|| {
            let mut naming = HashMap::new();
            for program in self.open.values().filter(|open| !open.grid_file) {
                for grid in named(program) {
                    naming.entry(grid.clone()).or_insert_with(|| Arc::clone(program));
                }
            }
            naming
        })
    }

    /// The units of all open documents, each once.
    pub fn units(&self) -> Vec<Arc<Unit>> {
        let mut known = HashSet::new();
        let roots = self.open.values().map(|document| self.root_of(document));
        roots.filter(|root| known.insert(&root.key)).map(|root| self.unit_of(root)).collect()
    }

    fn unit_of(&self, root: &Arc<Document>) -> Arc<Unit> {
        let files = self.files_of(root);
        let known = |kept: &HashMap<Key, Kept>| {
            let kept = kept.get(&root.key).filter(|kept| kept.unit.is_made_of(&files, &self.config));
            kept.map(|kept| Arc::clone(&kept.unit))
        };
        if let Some(unit) = known(&self.analyses.kept()) {
            return unit;
        }
        // Parses, while others may ask for other units.
        let unit = self.made_of(root, &files);
        let mut kept = self.analyses.kept();
        if let Some(unit) = known(&kept) {
            return unit;
        }
        // A request that came before the last change doesn't push out what is newer.
        if kept.get(&root.key).is_some_and(|kept| kept.revision > self.revision) {
            unit.analysis.supersede();
            return unit;
        }
        let latest = Kept { revision: self.revision, unit: Arc::clone(&unit) };
        if let Some(old) = kept.insert(root.key.clone(), latest) {
            old.unit.analysis.supersede();
        }
        unit
    }

    fn made_of(&self, root: &Arc<Document>, files: &Files) -> Arc<Unit> {
        let mut sources = files.documents.iter().map(|document| source(document));
        let program = if root.grid_file { None } else { sources.next() };
        let analysis = Analysis::new(program, sources.collect(), self.config.for_analysis())
            .with_recordings(&self.analyses.recordings)
            .with_found(files.found.clone());
        let documents = || files.documents.iter().enumerate();
        Arc::new(Unit {
            root: root.key.clone(),
            analysis,
            documents: files.documents.clone(),
            unread: files.unread.clone(),
            beside: files.beside.clone(),
            config: Arc::clone(&self.config),
            by_key: documents().map(|(number, document)| (document.key.clone(), number)).collect(),
            by_uri: documents().map(|(number, document)| (document.uri.to_string(), number)).collect(),
        })
    }

    fn files_of(&self, root: &Arc<Document>) -> Files {
        let mut files =
            Files { documents: vec![Arc::clone(root)], unread: Vec::new(), beside: Vec::new(), found: None };
        let program = sibling(&root.key, "karel");
        for key in if root.grid_file { program.as_slice() } else { named(root) } {
            if key.path().is_some() && !self.open.contains_key(key) {
                files.beside.push(key.clone());
            }
            match (self.document(key), self.files.get(key)) {
                (Some(document), _) if !root.grid_file => files.documents.push(Arc::clone(document)),
                (None, None) if key.path().is_some() => files.unread.push(key.clone()),
                _ => {}
            }
        }
        let last = self.synthesized.get(&root.key).filter(|last| last.is_about(&files.documents));
        files.found = last.map(|last| Arc::clone(&last.found));
        files
    }

    /// The example files that are not there or can't be read: the range of the path, or the beginning for the file of the
    /// program's name, and what is wrong.
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
        let beside = sibling(&program.key, "kgrid").and_then(|key| {
            let Some(OnDisk::Unreadable(why)) = self.files.get(&key) else { return None };
            let name = key.path()?.file_name()?.to_string_lossy().into_owned();
            let open = self.open.contains_key(&key);
            (!open).then(|| (syntax::TextRange::default(), disk::broken_include(&name, why)))
        });
        let includes = program.parse().file.includes();
        let named = includes.filter_map(|include| Some((include.path.range, broken(include)?)));
        beside.into_iter().chain(named).collect()
    }

    pub fn forget_unit(&self, root: &Key) {
        if let Some(gone) = self.analyses.kept().remove(root) {
            gone.unit.analysis.supersede();
        }
    }
}

/// The example files of a program: the one of its name, then those it includes, each once.
fn named(program: &Document) -> &[Key] {
    program.named.get_or_init(|| {
        let Some(path) = program.key.path() else { return Vec::new() };
        let lines = program.parse().file.includes().map(|include| &*include.path.text);
        disk::example_files(path, lines).into_iter().map(Key::Path).collect()
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::document::keys_compared;
    use crate::state::global::GlobalState;

    fn opened(files: impl Iterator<Item = (String, String)>) -> Arc<GlobalState> {
        let (global, _events) = GlobalState::new();
        let options = serde_json::json!({ "capabilities": {} });
        global.initialize(Some(&options));
        for (name, text) in files {
            let uri = format!("file:///nowhere/{name}");
            let document = serde_json::json!({ "uri": uri, "languageId": "", "version": 1, "text": text });
            global.receive("textDocument/didOpen", Some(&serde_json::json!({ "textDocument": document })));
        }
        global
    }

    const GRID: &str = "example \"a\":\n    input:\n        >\n";

    /// The cost is n log n comparisons of keys, however many documents are open and whichever names which.
    #[test]
    fn cost_grows_with_the_documents() {
        type Files = fn(usize) -> Vec<(String, String)>;
        let kinds: [(&str, Files); 4] = [
            ("programs", |n| {
                (0..n).map(|i| (format!("{i}.karel"), "def main(): move()\n".to_owned())).collect()
            }),
            ("example files", |n| (0..n).map(|i| (format!("{i}.kgrid"), GRID.to_owned())).collect()),
            ("example files, each included by another program", |n| {
                let program = |i| (format!("p{i}.karel"), format!("examples \"{i}.kgrid\"\n"));
                (0..n).flat_map(|i| [program(i), (format!("{i}.kgrid"), GRID.to_owned())]).collect()
            }),
            ("example files, all included by one program", |n| {
                let includes: String = (0..n).map(|i| format!("examples \"{i}.kgrid\"\n")).collect();
                let grids = (0..n).map(|i| (format!("{i}.kgrid"), GRID.to_owned()));
                grids.chain([("all.karel".to_owned(), includes)]).collect()
            }),
        ];
        for (what, files) in kinds {
            let cost = |n: usize| {
                let global = opened(files(n).into_iter());
                let snapshot = global.snapshot();
                let before = keys_compared();
                let units = snapshot.units();
                for unit in &units {
                    assert!(unit.documents.iter().all(|document| unit.includes(&document.key)));
                }
                keys_compared() - before
            };
            let (once, twice) = (cost(200), cost(400));
            assert!(once >= 200 && 10 * twice <= 24 * once, "{what}: {once}, {twice}");
        }
    }

    #[test]
    fn what_is_superseded_gives_up_its_recordings() {
        let text = format!("def main(): turnLeft()\n{GRID}");
        let global = opened([("a.karel".to_owned(), text.clone())].into_iter());
        let unit = || global.snapshot().unit(global.snapshot().open.values().next().unwrap());
        let run = |unit: &Unit| {
            let case = unit.analysis.cases().next().unwrap();
            unit.analysis.verdict(case, ide::NEVER).unwrap();
        };
        let bytes = || global.snapshot().analyses.recordings().bytes();
        let old = unit();
        run(&old);
        let one = bytes();
        assert!(one > 0);
        let change = serde_json::json!({
            "textDocument": { "uri": "file:///nowhere/a.karel", "version": 2 },
            "contentChanges": [{ "text": text + "# more\n" }],
        });
        let before = global.snapshot();
        global.receive("textDocument/didChange", Some(&change));
        let new = unit();
        assert_eq!(bytes(), 0, "though {} is still held", old.root.path().unwrap().display());
        run(&new);
        assert_eq!(bytes(), one);
        // Who asked before the change has an analysis of the text of that time, which keeps nothing.
        let late = before.unit(before.open.values().next().unwrap());
        run(&late);
        assert_eq!(bytes(), one);
        global.configure(&serde_json::json!({ "run": { "memory": 0 } }));
        assert_eq!(bytes(), 0);
    }
}
