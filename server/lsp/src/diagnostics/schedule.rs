//! The analysis actor. It hears of every change, finds the units that are no longer what they were, cancels the work
//! on what they were, and takes each through the tiers: syntax and names at once; the files that belong to it; then,
//! after a short pause in the typing, the runs of the examples.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use ide::{Cancelled, Diagnostic};
use syntax::TextRange;
use syntax::codes::{Code, files as codes};
use syntax::diagnostic::Severity;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::MessageType;

use super::publish::{Publisher, Tier};
use crate::analyses::Unit;
use crate::document::{Document, Key, MAX_ANALYSED};
use crate::files;
use crate::handlers::examples::{self, VerdictsNotification};
use crate::outbox::Outbox;
use crate::synthesis::Synthesis;
use crate::workspace::{Event, Shared, Snapshot};

pub struct Scheduler {
    shared: Arc<Shared>,
    outbox: Outbox,
    synthesis: Arc<Synthesis>,
    publisher: Arc<Publisher>,
    /// How long the typing has to pause before the examples are run.
    pause: Duration,
    running: HashMap<Key, Running>,
}

struct Running {
    unit: Arc<Unit>,
    cancel: CancellationToken,
}

impl Scheduler {
    pub fn new(shared: Arc<Shared>, outbox: Outbox, synthesis: Arc<Synthesis>, pause: Duration) -> Scheduler {
        let publisher = Arc::new(Publisher::new(outbox.client().clone(), Arc::clone(&shared)));
        Scheduler { shared, outbox, synthesis, publisher, pause, running: HashMap::new() }
    }

    /// Runs until nobody can report a change any more.
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

    /// True where units may have changed; adds the documents that have.
    async fn take(&mut self, event: Event, changed: &mut HashSet<Key>) -> bool {
        match event {
            Event::Changed(key) | Event::Closed(key) => {
                changed.insert(key);
                true
            }
            Event::FilesChanged(_) => true,
            Event::Configured => {
                self.outbox.refresh();
                let (synthesis, outbox) = (Arc::clone(&self.synthesis), self.outbox.clone());
                let config = Arc::clone(&self.shared.snapshot().config);
                tokio::spawn(async move { synthesis.engine.tell_presence(&outbox, &config).await });
                true
            }
            Event::AskForSettings => {
                self.outbox.ask_for_settings();
                false
            }
            Event::Message(kind, text) => {
                self.outbox.show(kind, text).await;
                false
            }
        }
    }

    /// Cancels the checks of what these documents belonged to.
    fn give_up(&self, changed: &HashSet<Key>) {
        for running in self.running.values() {
            if running.unit.documents.iter().any(|document| changed.contains(&document.key)) {
                running.cancel.cancel();
            }
        }
    }

    /// Starts the checks of the units that are not what they were.
    async fn refresh(&mut self) {
        let snapshot = self.shared.snapshot();
        let current = Arc::clone(&snapshot);
        // Parses, and parsing takes its time.
        let units = match tokio::task::spawn_blocking(move || current.units()).await {
            Ok(units) => units,
            Err(error) => return tracing::error!("finding what belongs together failed: {error}"),
        };
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
            if known.is_some_and(|known| Arc::ptr_eq(&known.unit, &unit) && !known.cancel.is_cancelled()) {
                continue;
            }
            // Lenses and hints of a document that did not change itself are asked for again only when told.
            let elsewhere = known.is_some_and(|known| {
                let before = |new: &Document| known.unit.document(new.uri.as_str());
                unit.documents.iter().any(|new| before(new).is_some_and(|old| Arc::ptr_eq(old, new)))
            });
            known.iter().for_each(|known| known.cancel.cancel());
            let cancel = CancellationToken::new();
            let check = Check {
                shared: Arc::clone(&self.shared),
                snapshot: Arc::clone(&snapshot),
                publisher: Arc::clone(&self.publisher),
                outbox: self.outbox.clone(),
                unit: Arc::clone(&unit),
                cancel: cancel.clone(),
            };
            tokio::spawn(check.run(self.pause, elsewhere));
            self.running.insert(unit.root.clone(), Running { unit, cancel });
        }
    }
}

/// One unit on its way through the tiers.
#[derive(Clone)]
struct Check {
    shared: Arc<Shared>,
    snapshot: Arc<Snapshot>,
    publisher: Arc<Publisher>,
    outbox: Outbox,
    unit: Arc<Unit>,
    cancel: CancellationToken,
}

impl Check {
    async fn run(self, pause: Duration, refresh: bool) {
        if !self.tier(Tier::Syntax).await {
            return;
        }
        if !self.unit.unread.is_empty() {
            let unread = self.unit.unread.clone();
            if let Ok(files) = tokio::task::spawn_blocking(move || files::read(&unread)).await {
                // The unit is another then, with what was read, and is checked from the start.
                self.shared.loaded(files);
                self.shared.tell(Event::Changed(self.unit.root.clone()));
            }
            return;
        }
        if !self.tier(Tier::Names).await {
            return;
        }
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        if self.tier(Tier::Runtime).await {
            if refresh {
                self.outbox.refresh();
            }
            self.tell_verdicts().await;
        }
    }

    /// Tells a client that shows them how the examples went.
    async fn tell_verdicts(&self) {
        if !self.snapshot.session.can.verdicts {
            return;
        }
        let check = self.clone();
        let verdicts = tokio::task::spawn_blocking(move || {
            examples::verdicts(&check.snapshot, &check.unit, &|| check.cancel.is_cancelled())
        });
        if let Ok(Ok(verdicts)) = verdicts.await
            && !self.cancel.is_cancelled()
        {
            self.outbox.notify::<VerdictsNotification>(verdicts).await;
        }
    }

    /// Computes one tier and hands it over. False: cancelled.
    async fn tier(&self, tier: Tier) -> bool {
        let check = self.clone();
        let found = tokio::task::spawn_blocking(move || check.found(tier)).await;
        match found {
            Ok(Ok(found)) => {
                self.publisher.put(&self.unit, tier, found, &self.cancel).await;
                !self.cancel.is_cancelled()
            }
            Ok(Err(Cancelled)) => false,
            Err(error) => {
                tracing::error!("{tier:?} of {:?} failed: {error}", self.unit.root);
                let message =
                    format!("Checking failed inside the Karel server ({tier:?}); its log says where.");
                self.shared.tell(Event::Message(MessageType::ERROR, message));
                false
            }
        }
    }

    /// What the tier finds in each of the unit's documents.
    fn found(&self, tier: Tier) -> Result<Vec<Vec<Diagnostic>>, Cancelled> {
        let cancel = || self.cancel.is_cancelled();
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
    Diagnostic {
        code: code.code,
        severity: Severity::Error,
        range,
        message,
        related: Vec::new(),
        fix: None,
        unnecessary: false,
    }
}
