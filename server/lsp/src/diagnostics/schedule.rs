//! The analysis actor. It hears of every change, finds the units that are no longer what they were, and takes each
//! through the tiers: syntax and names at once; the files that belong to it; then, after a short pause in the typing,
//! the runs of the examples. A change ends the runs. A look at the text that has begun goes on to its end, and the next
//! one is at what the text is by then: who types without a pause sees something, too, and texts in between cost nothing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ide::{Cancelled, Diagnostic};
use recording::messages::method;
use syntax::TextRange;
use syntax::codes::{Code, files as codes};
use syntax::diagnostic::Severity;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::MessageType;

use super::publish::{Publisher, Tier};
use crate::client::Client;
use crate::handlers::examples::{self, VerdictsNotification};
use crate::handlers::recordings::OutdatedNotification;
use crate::proto::recorded::Recorded;
use crate::state::document::{Document, Key, MAX_ANALYSED};
use crate::state::event::Event;
use crate::state::global::GlobalState;
use crate::state::snapshot::Snapshot;
use crate::state::unit::Unit;
use crate::synthesis::Synthesis;
use crate::workers::{Lane, Stopped};
use assist::notice::Notice;

pub struct Scheduler {
    global: Arc<GlobalState>,
    client: Client,
    synthesis: Arc<Synthesis>,
    publisher: Arc<Publisher>,
    /// How long the typing has to pause before the examples are run.
    pause: Duration,
    running: HashMap<Key, Running>,
}

struct Running {
    unit: Arc<Unit>,
    /// Cancelled when the unit is gone.
    cancel: CancellationToken,
    /// Cancelled when the unit is no longer what it was.
    outdated: CancellationToken,
    /// Whether all tiers but the runs are through.
    looked: Arc<AtomicBool>,
}

impl Scheduler {
    pub fn new(
        global: Arc<GlobalState>,
        client: Client,
        synthesis: Arc<Synthesis>,
        pause: Duration,
    ) -> Scheduler {
        let publisher = Arc::new(Publisher::new(client.raw().clone(), Arc::clone(&global)));
        Scheduler { global, client, synthesis, publisher, pause, running: HashMap::new() }
    }

    /// Runs until the last sender of events is gone.
    pub async fn run(mut self, mut events: mpsc::UnboundedReceiver<Event>) {
        let mut batch = Vec::new();
        // What has queued up meanwhile is one change.
        while events.recv_many(&mut batch, usize::MAX).await > 0 {
            let (mut stale, mut changed) = (false, HashSet::new());
            for event in batch.drain(..) {
                stale |= self.take(event, &mut changed).await;
            }
            if stale {
                self.give_up(&changed);
                self.refresh().await;
            }
        }
    }

    /// Acts on an event; true where units may have changed. Adds the documents that have changed.
    async fn take(&mut self, event: Event, changed: &mut HashSet<Key>) -> bool {
        match event {
            Event::Changed(key) | Event::Closed(key) => {
                changed.insert(key);
                true
            }
            Event::FilesChanged(_) | Event::Checked => true,
            Event::Read(files) => {
                self.global.loaded(files);
                false
            }
            Event::Doubt => {
                let global = Arc::clone(&self.global);
                let known = global.snapshot().files.keys().cloned().collect();
                tokio::spawn(async move { global.loaded(global.files.read(known).await) });
                false
            }
            Event::Configured => {
                self.client.refresh();
                let (synthesis, client) = (Arc::clone(&self.synthesis), self.client.clone());
                let config = Arc::clone(&self.global.snapshot().config);
                tokio::spawn(async move { synthesis.engine.announce_presence(&client, &config).await });
                true
            }
            Event::AskForSettings => {
                self.client.ask_for_settings();
                false
            }
            Event::Message(kind, notice) => {
                self.client.report(kind, &notice).await;
                false
            }
        }
    }

    /// Cancels the checks of what these documents belonged to.
    fn give_up(&self, changed: &HashSet<Key>) {
        for running in self.running.values() {
            if running.unit.documents.iter().any(|document| changed.contains(&document.key)) {
                running.outdated.cancel();
            }
        }
    }

    /// Starts the checks of the units that are not what they were.
    async fn refresh(&mut self) {
        let snapshot = self.global.snapshot();
        let current = Arc::clone(&snapshot);
        // Parses, and parsing takes its time.
        let work = move || current.units();
        let Ok(units) = self.global.workers.run(Lane::Checks, &self.global.over, work).await else { return };
        let roots: HashSet<&Key> = units.iter().map(|unit| &unit.root).collect();
        self.running.retain(|root, running| {
            let lives = roots.contains(root);
            if !lives {
                running.cancel.cancel();
                snapshot.forget_unit(root);
            }
            lives
        });
        self.publisher.retain(&units).await;
        for unit in units {
            let known = self.running.get(&unit.root);
            if let Some(known) = known {
                if Arc::ptr_eq(&known.unit, &unit) && !known.outdated.is_cancelled() {
                    continue;
                }
                known.outdated.cancel();
                if !known.looked.load(Ordering::SeqCst) {
                    // Says so when it has, and then it is this one's turn, or a newer one's.
                    continue;
                }
            }
            // Lenses and hints of a document that did not change itself are asked for again only when told.
            let elsewhere = known.is_some_and(|known| {
                let before = |new: &Document| known.unit.document(new.uri.as_str());
                unit.documents.iter().any(|new| before(new).is_some_and(|old| Arc::ptr_eq(old, new)))
            });
            let cancel = self.global.over.child_token();
            let outdated = cancel.child_token();
            let looked = Arc::new(AtomicBool::new(false));
            let check = Check {
                global: Arc::clone(&self.global),
                snapshot: Arc::clone(&snapshot),
                publisher: Arc::clone(&self.publisher),
                client: self.client.clone(),
                unit: Arc::clone(&unit),
                cancel: cancel.clone(),
                outdated: outdated.clone(),
                looked: Arc::clone(&looked),
            };
            tokio::spawn(check.run(self.pause, elsewhere));
            self.running.insert(unit.root.clone(), Running { unit, cancel, outdated, looked });
        }
    }
}

/// One unit on its way through the tiers.
#[derive(Clone)]
struct Check {
    global: Arc<GlobalState>,
    snapshot: Arc<Snapshot>,
    publisher: Arc<Publisher>,
    client: Client,
    unit: Arc<Unit>,
    cancel: CancellationToken,
    outdated: CancellationToken,
    looked: Arc<AtomicBool>,
}

impl Check {
    async fn run(self, pause: Duration, refresh: bool) {
        let all_well = self.look().await;
        // In this order: either the actor sees that this has ended, or this one sees that it is outdated.
        self.looked.store(true, Ordering::SeqCst);
        if self.outdated.is_cancelled() {
            return self.global.send(Event::Checked);
        }
        if !all_well {
            return;
        }
        tokio::select! {
            biased;
            () = self.outdated.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        self.tell_outdated().await;
        if self.tier(Tier::Runtime, Lane::Examples, &self.outdated).await {
            if refresh {
                self.client.refresh();
            }
            self.send_verdicts().await;
        }
    }

    /// Looks for mistakes without running anything; false where there is nothing to run, or not yet.
    async fn look(&self) -> bool {
        if !self.tier(Tier::Syntax, Lane::Checks, &self.cancel).await {
            return false;
        }
        if !self.unit.unread.is_empty() {
            // The unit is another then, with what was read, and is checked from the start.
            self.global.loaded(self.global.files.read(self.unit.unread.clone()).await);
            return false;
        }
        self.tier(Tier::Names, Lane::Checks, &self.cancel).await
    }

    /// Tells those who show runs of the program that it is another now.
    async fn tell_outdated(&self) {
        let worlds = &self.global.worlds;
        if !worlds.is_followed(&self.unit.root) {
            return;
        }
        let (unit, encoding) = (Arc::clone(&self.unit), self.snapshot.session.encoding);
        let outdated = worlds.recorder.outdated(&Recorded { unit, encoding });
        if !worlds.is_news(&self.unit) && outdated.ids.is_empty() {
            return;
        }
        worlds.told(&self.unit);
        worlds.pages.tell(method::OUTDATED, &outdated);
        if worlds.asked_by_client.load(Ordering::Relaxed) {
            self.client.notify::<OutdatedNotification>(outdated).await;
        }
    }

    /// Sends how the examples went to a client that shows it.
    async fn send_verdicts(&self) {
        if !self.snapshot.session.supports.verdicts {
            return;
        }
        let check = self.clone();
        let verdicts = self.global.workers.run(Lane::Examples, &self.outdated, move || {
            examples::verdicts(&check.snapshot, &check.unit, &|| check.outdated.is_cancelled())
        });
        if let Ok(Ok(verdicts)) = verdicts.await {
            self.client.notify::<VerdictsNotification>(verdicts).await;
        }
    }

    /// Computes one tier and hands it over; false where it was cancelled.
    async fn tier(&self, tier: Tier, lane: Lane, cancel: &CancellationToken) -> bool {
        let (check, asked) = (self.clone(), cancel.clone());
        let found = self.global.workers.run(lane, cancel, move || check.found(tier, &asked)).await;
        match found {
            Ok(Ok(found)) => {
                self.publisher.put(&self.unit, tier, found, cancel).await;
                !cancel.is_cancelled()
            }
            Ok(Err(Cancelled)) | Err(Stopped::Cancelled) => false,
            Err(Stopped::Panicked(_)) => {
                tracing::error!("{tier:?} of {:?} failed", self.unit.root);
                let long = format!("Checking failed inside the Karel server ({tier:?}); its log says where.");
                let notice = Notice::new("The check failed: the log says where.", long);
                self.global.send(Event::Message(MessageType::ERROR, notice));
                false
            }
        }
    }

    /// What the tier finds in each of the unit's documents.
    fn found(&self, tier: Tier, cancel: &CancellationToken) -> Result<Vec<Vec<Diagnostic>>, Cancelled> {
        let cancel = || cancel.is_cancelled();
        let analysis = &self.unit.analysis;
        self.unit
            .documents
            .iter()
            .map(|document| match tier {
                _ if cancel() => Err(Cancelled),
                _ if document.too_large() => Ok(too_large(tier)),
                Tier::Syntax => {
                    let mut found = ide::diagnostics::syntax(analysis, document.uri.as_str());
                    found.extend(self.broken_includes(document));
                    Ok(found)
                }
                Tier::Names => ide::diagnostics::names(analysis, document.uri.as_str(), &cancel),
                Tier::Runtime => ide::diagnostics::runtime(analysis, document.uri.as_str(), &cancel),
            })
            .collect()
    }
}

impl Check {
    fn broken_includes(&self, document: &Document) -> Vec<Diagnostic> {
        if document.grid_file {
            return Vec::new();
        }
        let broken = self.snapshot.broken_includes(document).into_iter();
        broken.map(|(range, message)| error(&codes::UNREADABLE_EXAMPLES, range, message)).collect()
    }
}

fn too_large(tier: Tier) -> Vec<Diagnostic> {
    let limit = MAX_ANALYSED >> 20;
    let message = format!("This file is larger than {limit} MiB and is not looked at; split it.");
    let found = error(&codes::TOO_LARGE, TextRange::default(), message);
    if tier == Tier::Syntax { vec![found] } else { Vec::new() }
}

fn error(code: &Code, range: TextRange, message: String) -> Diagnostic {
    Diagnostic::new(code, Severity::Error, range, message)
}
