//! The state of a session: the open documents, the files read beside them, the settings. It is changed in the order
//! of the client's messages, at once, by the transport's front; everything else works on snapshots.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use recording::messages::{CursorAt, method};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::{
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, MessageType, Position, ProgressToken,
    TextDocumentIdentifier, TextDocumentPositionParams, WorkDoneProgressCancelParams,
};

use crate::state::config::Config;
use crate::state::document::{Document, Key};
use crate::state::event::Event;
use crate::state::files::{Files, Read};
use crate::state::on_disk::OnDisk;
use crate::state::session::Session;
use crate::state::snapshot::Snapshot;
use crate::state::synthesized::Synthesized;
use crate::state::text::Text;
use crate::state::worlds::Worlds;
use crate::workers::Workers;
use assist::notice::Notice;

/// Ends long work on a text that is no longer the document's.
fn supersede(document: Option<&Document>) {
    if let Some(document) = document {
        document.superseded.cancel();
    }
}

/// The session's state, shared between the front and those who work for it.
pub struct GlobalState {
    /// Cancelled at the session's end, and with it all work for it.
    pub over: CancellationToken,
    pub workers: Arc<Workers>,
    pub files: Arc<Files>,
    /// The recorded runs that somebody shows.
    pub worlds: Arc<Worlds>,
    state: Mutex<State>,
    events: mpsc::UnboundedSender<Event>,
}

#[derive(Default)]
struct State {
    started: bool,
    current: Arc<Snapshot>,
    /// Documents that the client has changed in an impossible way: their text is unknown until the client sends all of it.
    /// They count as closed.
    lost: BTreeMap<Key, Arc<Document>>,
    /// The work that the client can cancel, by its progress token.
    progress: Vec<(ProgressToken, CancellationToken)>,
}

impl State {
    fn change(&mut self) -> &mut Snapshot {
        let snapshot = Arc::make_mut(&mut self.current);
        snapshot.revision += 1;
        snapshot.naming = OnceLock::new();
        snapshot
    }
}

impl GlobalState {
    /// Makes the state, and the events, to be taken by whoever acts on them.
    pub fn new() -> (Arc<GlobalState>, mpsc::UnboundedReceiver<Event>) {
        GlobalState::reading(disk::read)
    }

    /// Makes the state with another way to read files.
    pub fn reading(read: Read) -> (Arc<GlobalState>, mpsc::UnboundedReceiver<Event>) {
        let (events, receiver) = mpsc::unbounded_channel();
        let global = GlobalState {
            over: CancellationToken::new(),
            workers: Arc::default(),
            files: Files::new(read, events.clone()),
            worlds: Arc::default(),
            state: Mutex::default(),
            events,
        };
        (Arc::new(global), receiver)
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.state().current)
    }

    /// Whether `initialize` has come.
    pub fn is_started(&self) -> bool {
        self.state().started
    }

    /// Takes `initialize`'s parameters. False where they can't be read, or came before: then nothing has happened.
    pub fn initialize(&self, params: Option<&Value>) -> bool {
        let Some(session) = Session::negotiate(params) else { return false };
        let mut state = self.state();
        if std::mem::replace(&mut state.started, true) {
            return false;
        }
        let options = session.options.get("karel").unwrap_or(&session.options).clone();
        state.change().session = Arc::new(session);
        drop(state);
        self.configure(&options);
        true
    }

    /// Takes a notification, if it is one that changes the state; false otherwise.
    pub fn receive(&self, method: &str, params: Option<&Value>) -> bool {
        match method {
            "textDocument/didOpen" => self.typed(method, params, GlobalState::open),
            "textDocument/didChange" => self.typed(method, params, GlobalState::edit),
            "textDocument/didClose" => self.typed(method, params, GlobalState::close),
            "textDocument/didSave" => self.doubt_files(),
            method::CURSOR => self.typed(method, params, GlobalState::cursor),
            "workspace/didChangeConfiguration" => self.typed(method, params, GlobalState::settings_changed),
            "workspace/didChangeWatchedFiles" => self.typed(method, params, GlobalState::files_changed),
            "window/workDoneProgress/cancel" => self.typed(method, params, GlobalState::cancel_progress),
            _ => return false,
        }
        true
    }

    fn typed<P: DeserializeOwned>(&self, method: &str, params: Option<&Value>, act: fn(&GlobalState, P)) {
        match P::deserialize(params.unwrap_or(&Value::Null)) {
            Ok(params) if self.state().started => act(self, params),
            Ok(_) => tracing::warn!("{method} before initialize is left out"),
            Err(error) => tracing::error!("{method} can't be read: {error}"),
        }
    }

    fn open(&self, params: DidOpenTextDocumentParams) {
        let opened = params.text_document;
        let text = Text::from(opened.text.as_str());
        let document = Document::new(opened.uri, Some(opened.version), &opened.language_id, text);
        self.put(document);
        self.doubt_files();
    }

    /// Has files read again, now that the client gives an occasion, where it doesn't say when they change.
    fn doubt_files(&self) {
        if !self.snapshot().session.supports.register_watched_files {
            self.send(Event::Doubt);
        }
    }

    fn edit(&self, params: DidChangeTextDocumentParams) {
        let key = Key::of(&params.text_document.uri);
        let version = params.text_document.version;
        let whole = params.content_changes.iter().rposition(|change| change.range.is_none());
        let state = self.state();
        let encoding = state.current.session.encoding;
        let document = match (state.current.open.get(&key), state.lost.get(&key), whole) {
            (Some(document), _, _) | (None, Some(document), Some(_)) => Arc::clone(document),
            (None, Some(_), None) => return,
            (None, None, _) => {
                drop(state);
                return self.disagree(&key, "it was changed without having been opened");
            }
        };
        drop(state);
        if document.version.is_some_and(|old| version <= old) {
            tracing::warn!("{}: version {version} follows {:?}", document.uri, document.version);
        }
        // What stood before a full text doesn't matter.
        let changes = params.content_changes.into_iter().skip(whole.unwrap_or(0)).collect();
        match document.changed(version, changes, encoding) {
            Ok(changed) => self.put(changed),
            Err(_) => self.lose(document),
        }
    }

    fn cursor(&self, at: CursorAt) {
        let Ok(uri) = at.uri.parse() else { return };
        let position = Position { line: at.position.line, character: at.position.character };
        let text_document = TextDocumentIdentifier { uri };
        self.worlds.cursor(&self.snapshot(), &TextDocumentPositionParams { text_document, position });
    }

    fn put(&self, document: Document) {
        self.worlds.touch(&document.uri);
        let mut state = self.state();
        let key = document.key.clone();
        state.lost.remove(&key);
        let old = Arc::make_mut(&mut state.change().open).insert(key.clone(), Arc::new(document));
        supersede(old.as_deref());
        drop(state);
        self.send(Event::Changed(key));
    }

    /// The server no longer knows the document's text. Guessing would show mistakes that aren't there.
    fn lose(&self, document: Arc<Document>) {
        let key = document.key.clone();
        let mut state = self.state();
        Arc::make_mut(&mut state.change().open).remove(&key);
        supersede(Some(&document));
        state.lost.insert(key.clone(), document);
        drop(state);
        self.disagree(&key, "a change names a range that ends before it starts");
        self.send(Event::Closed(key));
    }

    fn disagree(&self, key: &Key, why: &str) {
        let name = match key {
            Key::Path(path) => path.display().to_string(),
            Key::Uri(uri) => uri.clone(),
        };
        tracing::error!("{name}: {why}");
        let long =
            format!("The editor and the Karel server disagree about {name}: {why}. Close and reopen it.");
        let short = match name.rsplit('/').next() {
            Some(file) if file.chars().count() <= 24 => {
                format!("{file} is out of step: close and reopen it.")
            }
            _ => "A document is out of step: close and reopen it.".to_owned(),
        };
        let notice = Notice::new(short, long);
        self.send(Event::Message(MessageType::WARNING, notice));
    }

    fn close(&self, params: DidCloseTextDocumentParams) {
        let key = Key::of(&params.text_document.uri);
        let mut state = self.state();
        let was_lost = state.lost.remove(&key).is_some();
        let snapshot = state.change();
        let open = Arc::make_mut(&mut snapshot.open).remove(&key);
        supersede(open.as_deref());
        let was_open = open.is_some();
        // What was read before it was opened is outdated.
        Arc::make_mut(&mut snapshot.files).remove(&key);
        Arc::make_mut(&mut snapshot.synthesized).remove(&key);
        drop(state);
        if was_open {
            self.send(Event::Closed(key));
        } else if !was_lost {
            tracing::warn!("{key:?} was closed without having been opened");
        }
    }

    fn settings_changed(&self, params: DidChangeConfigurationParams) {
        // Clients that answer `workspace/configuration` send nothing, or everything, or only their own part here.
        match params.settings.get("karel") {
            Some(section) if !self.snapshot().session.supports.configure => self.configure(section),
            _ => self.send(Event::AskForSettings),
        }
    }

    /// Takes the section's object as the settings.
    pub fn configure(&self, section: &Value) {
        let (config, warnings) = Config::read(section);
        let mut state = self.state();
        let news = *state.current.config != config;
        if news {
            state.current.analyses.recordings().set_budget(config.recordings);
            state.change().config = Arc::new(config);
        }
        drop(state);
        if news {
            self.send(Event::Configured);
        }
        // Last: who hears of a setting that is wrong may take the others to be in effect.
        for warning in warnings {
            tracing::warn!("{}", warning.in_full());
            self.send(Event::Message(MessageType::WARNING, warning));
        }
    }

    fn files_changed(&self, params: DidChangeWatchedFilesParams) {
        let keys: Vec<Key> = params.changes.iter().map(|change| Key::of(&change.uri)).collect();
        let mut state = self.state();
        let files = Arc::make_mut(&mut state.change().files);
        for key in &keys {
            if let Some(OnDisk::Text(document)) = files.remove(key) {
                supersede(Some(&document));
            }
        }
        drop(state);
        self.files.outdate(&keys);
        self.send(Event::FilesChanged(keys));
    }

    /// Takes what was read from disk. A file that has not changed stays the same document.
    pub fn loaded(&self, files: Vec<(Key, OnDisk)>) {
        let mut state = self.state();
        let is_news = |(key, file): &(Key, OnDisk)| {
            state.current.files.get(key).is_none_or(|known| !known.is_same(file))
        };
        let news: Vec<_> = files.into_iter().filter(is_news).collect();
        if news.is_empty() {
            return;
        }
        let keys = news.iter().map(|(key, _)| key.clone()).collect();
        let known = Arc::make_mut(&mut state.change().files);
        for (key, file) in news {
            if let Some(OnDisk::Text(old)) = known.insert(key, file) {
                supersede(Some(&old));
            }
        }
        drop(state);
        self.send(Event::FilesChanged(keys));
    }

    /// Takes what the last synthesis in the program found.
    pub fn set_synthesized(&self, program: &Key, synthesized: Synthesized) {
        let mut state = self.state();
        Arc::make_mut(&mut state.change().synthesized).insert(program.clone(), synthesized);
        drop(state);
        self.send(Event::Changed(program.clone()));
    }

    /// Lets the client cancel work by the token of its progress.
    pub fn cancel_by(&self, token: ProgressToken, cancel: CancellationToken) {
        let mut state = self.state();
        state.progress.retain(|(_, cancel)| !cancel.is_cancelled());
        state.progress.push((token, cancel));
    }

    pub fn forget_progress(&self, token: &ProgressToken) {
        self.state().progress.retain(|(known, _)| known != token);
    }

    fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        self.state()
            .progress
            .iter()
            .filter(|(known, _)| *known == params.token)
            .for_each(|(_, cancel)| cancel.cancel());
    }

    pub fn send(&self, event: Event) {
        // Nobody listens any more when the session ends.
        let _ = self.events.send(event);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
