//! What the checks found, by who found it; merged for the client. The latest wins. What a check found in an older text
//! stays until the check has looked at the newer one, moved along with the text around it, so that messages neither
//! flicker nor stand at the wrong place.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use ide::Diagnostic;
use syntax::{TextRange, TextSize};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tower_lsp::Client;

use crate::docs;
use crate::proto::to_proto;
use crate::state::document::{Document, Key};
use crate::state::global::GlobalState;
use crate::state::snapshot::Snapshot;
use crate::state::unit::Unit;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    Syntax,
    Names,
    Runtime,
}

pub struct Publisher {
    client: Client,
    global: Arc<GlobalState>,
    shown: Mutex<HashMap<Key, Shown>>,
}

/// One document's diagnostics.
struct Shown {
    document: Arc<Document>,
    /// What was found, by the unit's root and the tier: an example file may belong to two programs.
    found: HashMap<(Key, Tier), Vec<Diagnostic>>,
}

impl Publisher {
    pub fn new(client: Client, global: Arc<GlobalState>) -> Publisher {
        Publisher { client, global, shown: Mutex::default() }
    }

    /// Takes what one tier found in the unit's documents, and sends what is new. What a cancelled check found is left out.
    /// Where a text has changed since, what was found moves along with it; but what runs have shown is left out: it is
    /// outdated with the program, also in an example file that has not changed.
    pub async fn put(
        &self,
        unit: &Unit,
        tier: Tier,
        found: Vec<Vec<Diagnostic>>,
        cancel: &CancellationToken,
    ) {
        let mut shown = self.shown.lock().await;
        let snapshot = self.global.snapshot();
        let is_current = |document: &Arc<Document>| {
            snapshot.document(&document.key).is_some_and(|current| Arc::ptr_eq(current, document))
        };
        if cancel.is_cancelled() || tier == Tier::Runtime && !unit.documents.iter().all(is_current) {
            return;
        }
        for (looked_at, mut found) in unit.documents.iter().zip(found) {
            let Some(document) = snapshot.document(&looked_at.key) else { continue };
            if !Arc::ptr_eq(looked_at, document) {
                Moved::between(looked_at.contiguous(), document.contiguous()).carry(&mut found);
            }
            let entry = shown
                .entry(document.key.clone())
                .or_insert_with(|| Shown { document: Arc::clone(document), found: HashMap::new() });
            let fresh = entry.found.is_empty() || !Arc::ptr_eq(&entry.document, document);
            if !Arc::ptr_eq(&entry.document, document) {
                let moved = Moved::between(entry.document.contiguous(), document.contiguous());
                entry.found.values_mut().for_each(|found| moved.carry(found));
                entry.document = Arc::clone(document);
            }
            let before = entry.found.insert((unit.root.clone(), tier), found.clone());
            // The last tier is always sent: then the client knows that this version is done.
            if fresh || tier == Tier::Runtime || before.unwrap_or_default() != found {
                self.send(&snapshot, entry).await;
            }
        }
    }

    /// Takes back what was found in units that are gone, and in documents that left theirs.
    pub async fn retain(&self, units: &[Arc<Unit>]) {
        let mut shown = self.shown.lock().await;
        let snapshot = self.global.snapshot();
        let by_root: HashMap<&Key, &Arc<Unit>> = units.iter().map(|unit| (&unit.root, unit)).collect();
        for (key, entry) in shown.iter_mut() {
            let before = entry.found.len();
            let belongs = |root: &Key| by_root.get(root).is_some_and(|unit| unit.includes(key));
            entry.found.retain(|(root, _), _| belongs(root));
            if let Some(current) = snapshot.document(key)
                && current.version.is_none()
            {
                entry.document = Arc::clone(current);
            }
            if entry.found.len() < before {
                self.send(&snapshot, entry).await;
            }
        }
        shown.retain(|_, entry| !entry.found.is_empty());
    }

    async fn send(&self, snapshot: &Snapshot, shown: &Shown) {
        let mut keys: Vec<_> = shown.found.keys().collect();
        keys.sort_by_key(|(root, tier)| (*tier, root));
        let merged = merged(keys.into_iter().flat_map(|key| &shown.found[key]));
        let document = &shown.document;
        let page = if snapshot.session.supports.code_description { docs::page_url() } else { None };
        let diagnostics = merged.iter().map(|found| to_proto::diagnostic(snapshot, document, found, page));
        let version = snapshot.open.get(&document.key).and(document.version);
        self.client.publish_diagnostics(document.uri.clone(), diagnostics.collect(), version).await;
    }
}

/// The diagnostics in order, each once: a file that belongs to two programs has the same mistakes in both.
fn merged<'a, T: Eq + Hash>(found: impl Iterator<Item = &'a T>) -> Vec<&'a T> {
    let mut known = HashSet::new();
    found.filter(|found| known.insert(*found)).collect()
}

/// How one change has moved the text before and after it.
struct Moved {
    /// Up to this offset nothing moved.
    prefix: TextSize,
    /// From this offset of the old text on, all moved by the same amount.
    suffix: TextSize,
    by: i64,
}

impl Moved {
    fn between(old: &str, new: &str) -> Moved {
        let same = |(a, b): &(u8, u8)| a == b;
        let prefix = old.bytes().zip(new.bytes()).take_while(same).count();
        let longest = old.len().min(new.len()) - prefix;
        let suffix = old.bytes().rev().zip(new.bytes().rev()).take(longest).take_while(same).count();
        let size = |n: usize| TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
        Moved {
            prefix: size(prefix),
            suffix: size(old.len() - suffix),
            by: new.len() as i64 - old.len() as i64,
        }
    }

    /// Drops what stood at the change, and what can't be carried along: fixes, and places in this document.
    fn carry(&self, found: &mut Vec<Diagnostic>) {
        found.retain_mut(|diagnostic| {
            diagnostic.fix = None;
            diagnostic.related.clear();
            self.range(diagnostic.range).map(|range| diagnostic.range = range).is_some()
        });
    }

    fn range(&self, range: TextRange) -> Option<TextRange> {
        if range.end() <= self.prefix {
            return Some(range);
        }
        let shift = |at: TextSize| u32::try_from(i64::from(u32::from(at)) + self.by).ok().map(TextSize::new);
        if range.start() < self.suffix {
            return None;
        }
        Some(TextRange::new(shift(range.start())?, shift(range.end())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        static COMPARED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }

    /// Counts how often two are compared.
    #[derive(Debug, Eq)]
    struct Counted(u32);

    impl PartialEq for Counted {
        fn eq(&self, other: &Counted) -> bool {
            COMPARED.set(COMPARED.get() + 1);
            self.0 == other.0
        }
    }

    impl Hash for Counted {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }

    #[test]
    fn merging_takes_time_with_what_is_merged() {
        for n in [10_000, 20_000] {
            let found: Vec<Counted> = (0..n).chain(n / 2..n).map(Counted).collect();
            COMPARED.set(0);
            let merged: Vec<u32> = merged(found.iter()).into_iter().map(|found| found.0).collect();
            assert_eq!(merged, (0..n).collect::<Vec<_>>());
            // Each that was there already once, and some whose hashes are alike in part.
            assert!((n / 2..2 * n).contains(&COMPARED.get()), "{}", COMPARED.get());
        }
    }

    #[test]
    fn ranges_move_with_the_text_around_a_change() {
        let old = "aa\nbb\ncc\n";
        let new = "aa\nbbbbb\ncc\n";
        let moved = Moved::between(old, new);
        let range = |start: u32, end: u32| TextRange::new(start.into(), end.into());
        assert_eq!(moved.range(range(0, 2)), Some(range(0, 2)));
        assert_eq!(moved.range(range(6, 8)), Some(range(9, 11)));
        let gone = Moved::between(old, "aa\ncc\n");
        assert_eq!(gone.range(range(3, 5)), None);
        assert_eq!(gone.range(range(6, 8)), Some(range(3, 5)));
        assert_eq!(Moved::between("", "").range(range(0, 0)), Some(range(0, 0)));
    }

    /// A server that answers nothing, for its client.
    struct Silent(Client);

    #[tower_lsp::async_trait]
    impl tower_lsp::LanguageServer for Silent {
        async fn initialize(
            &self,
            _: tower_lsp::lsp_types::InitializeParams,
        ) -> tower_lsp::jsonrpc::Result<tower_lsp::lsp_types::InitializeResult> {
            Ok(Default::default())
        }

        async fn shutdown(&self) -> tower_lsp::jsonrpc::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_an_outdated_check_found_is_not_shown() {
        let (global, _events) = GlobalState::new();
        let (service, _socket) = tower_lsp::LspService::new(Silent);
        let publisher = Publisher::new(service.inner().0.clone(), Arc::clone(&global));
        let open = |name: &str, version: i32, text: &str| {
            let uri = format!("file:///nowhere/{name}");
            let document =
                serde_json::json!({ "uri": uri, "languageId": "", "version": version, "text": text });
            let params = serde_json::json!({ "textDocument": document });
            assert!(global.receive("textDocument/didOpen", Some(&params)));
        };
        let unit = || {
            let snapshot = global.snapshot();
            let program = Key::of(&"file:///nowhere/a.karel".parse().unwrap());
            snapshot.unit(&snapshot.open[&program])
        };
        let found = || {
            let found = ide::diagnostics::syntax(&unit().analysis, "file:///nowhere/a.kgrid");
            assert_eq!(found.len(), 1);
            vec![Vec::new(), found]
        };
        let grid = Key::of(&"file:///nowhere/a.kgrid".parse().unwrap());
        assert!(global.initialize(Some(&serde_json::json!({ "capabilities": {} }))));
        open("a.kgrid", 1, "example \"a\"\n    input:\n        >\n");
        open("a.karel", 1, "def main(): move()\n");
        let (outdated, cancel) = (unit(), CancellationToken::new());
        open("a.karel", 2, "def main(): turnLeft()\n");
        publisher.put(&outdated, Tier::Runtime, found(), &cancel).await;
        assert!(!publisher.shown.lock().await.contains_key(&grid), "of another program");
        cancel.cancel();
        publisher.put(&unit(), Tier::Runtime, found(), &cancel).await;
        assert!(!publisher.shown.lock().await.contains_key(&grid), "cancelled");
        publisher.put(&unit(), Tier::Runtime, found(), &CancellationToken::new()).await;
        assert_eq!(publisher.shown.lock().await[&grid].found.len(), 1);
    }
}
