//! The page of recorded runs in a browser, for editors that have none of their own. It is served from the first time that
//! it is asked for to the session's end.

use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use recording::Failure;
use recording::messages::{
    AnswerParams, ExampleKind, FindParams, One, Position, Reveal, Show, TakeParams, TextDocument, Which,
    method,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::request::ShowDocument;
use tower_lsp::lsp_types::{self, MessageType, ShowDocumentParams, Url};
use world::{Bundle, Host, Served};

use crate::client::Client;
use crate::handlers::recordings::{self, Question};
use crate::request::{RequestContext, content_modified, refused};
use crate::state::global::GlobalState;
use crate::state::text::Encoding;
use crate::synthesis::{Request, Synthesis, actions, which};
use crate::transport::arrival::Arrival;
use crate::workers::{Lane, Stopped};
use assist::notice::Notice;

/// The page of recorded runs in a browser.
pub(crate) struct Browser {
    host: Arc<InServer>,
    served: tokio::sync::Mutex<Option<Served>>,
}

/// What pages ask, answered by the server.
struct InServer {
    global: Arc<GlobalState>,
    client: Client,
    synthesis: Arc<Synthesis>,
    /// What a page that connects is to show.
    shown: Mutex<Option<Show>>,
}

impl Browser {
    pub(crate) fn new(client: Client, global: Arc<GlobalState>, synthesis: Arc<Synthesis>) -> Browser {
        let host = Arc::new(InServer { global, client, synthesis, shown: Mutex::default() });
        Browser { host, served: tokio::sync::Mutex::default() }
    }

    /// Shows the document's runs in the browser, and gives the page's address; without a document, those of the one that
    /// the editor last touched.
    ///
    /// # Errors
    /// There is no document, or no page can be served.
    pub(crate) async fn open(&self, document: Option<Url>, example: Option<One>) -> Result<Value> {
        let worlds = &self.host.global.worlds;
        let Some(uri) = document.or_else(|| worlds.touched()) else {
            return Err(refused("Open a Karel program first, then its world."));
        };
        let show = Show {
            uri: uri.into(),
            editor: true,
            synthesis: false,
            undo: false,
            example: example.map(Which::One),
            step: None,
        };
        *self.host.shown() = Some(show.clone());
        let mut served = self.served.lock().await;
        let address = match &*served {
            Some(served) => served.address.clone(),
            None => {
                let host = Arc::clone(&self.host) as Arc<dyn Host>;
                let started = world::serve(host, worlds.pages.clone(), Bundle::BUILT_IN, 0).await;
                let started = started.map_err(|why| refused(format!("The world can't be served: {why}")))?;
                served.insert(started).address.clone()
            }
        };
        drop(served);
        if worlds.pages.any() {
            worlds.pages.tell(method::SHOW, &show);
        } else {
            self.browse(&address).await?;
        }
        Ok(json!({ "address": address }))
    }

    /// Has the editor open the address in a browser, or does so itself where the editor can't.
    async fn browse(&self, address: &str) -> Result<()> {
        let client = &self.host.client;
        let Ok(uri) = address.parse() else { return Ok(()) };
        if self.host.global.snapshot().session.supports.show_document {
            let params =
                ShowDocumentParams { uri, external: Some(true), take_focus: Some(true), selection: None };
            if client.ask::<ShowDocument>(params).await.is_some_and(|answer| answer.success) {
                return Ok(());
            }
        }
        let own = address.to_owned();
        let opened = tokio::task::spawn_blocking(move || world::open(&own)).await;
        if matches!(opened, Ok(Ok(()))) {
            return Ok(());
        }
        let short = "No browser can be opened; the log has the address.";
        let long = format!("No browser can be opened; the world is at {address} until the session ends.");
        client.log(MessageType::WARNING, &Notice::new(short, long)).await;
        Err(refused(short))
    }
}

impl InServer {
    fn shown(&self) -> std::sync::MutexGuard<'_, Option<Show>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the editor show a place; a page counts in UTF-16 units.
    fn reveal(&self, reveal: Reveal) {
        let snapshot = self.global.snapshot();
        let Ok(uri) = reveal.uri.parse::<Url>() else { return };
        let Some(document) = snapshot.document_at(&uri) else { return };
        if !snapshot.session.supports.show_document {
            return;
        }
        let at = |place: Position| lsp_types::Position { line: place.line, character: place.character };
        let range = lsp_types::Range { start: at(reveal.range.start), end: at(reveal.range.end) };
        let Some(range) = document.text.text_range(range, Encoding::Utf16) else { return };
        let params = ShowDocumentParams {
            uri: document.uri.clone(),
            external: Some(false),
            take_focus: Some(false),
            selection: Some(document.text.range(range, snapshot.session.encoding)),
        };
        let client = self.client.clone();
        tokio::spawn(async move { client.ask::<ShowDocument>(params).await });
    }
}

/// Does the work in the lane of those who show runs.
async fn at_work<T: Send + 'static>(
    global: &GlobalState,
    cancel: &CancellationToken,
    work: impl FnOnce() -> std::result::Result<T, Failure> + Send + 'static,
) -> std::result::Result<T, Failure> {
    match global.workers.run(Lane::Worlds, cancel, work).await {
        Ok(answer) => answer,
        Err(Stopped::Cancelled) => Err(Failure::Cancelled),
        Err(Stopped::Panicked(_)) => {
            Err(Failure::Refused("The server failed at this request; its log says where.".to_owned()))
        }
    }
}

fn read<T: DeserializeOwned>(params: Value) -> std::result::Result<T, Failure> {
    serde_json::from_value(params).map_err(|error| Failure::Params(error.to_string()))
}

fn uri(document: &TextDocument) -> std::result::Result<Url, Failure> {
    document.uri.parse().map_err(|_| Failure::Params("the URI can't be read".to_owned()))
}

fn failure(error: &Error) -> Failure {
    if *error == Error::request_cancelled() || *error == content_modified() {
        return Failure::Cancelled;
    }
    Failure::Refused(error.message.to_string())
}

/// Takes a page's answer to the question which program is meant.
async fn take_answer(client: &Client, params: Value) -> std::result::Result<String, Failure> {
    let params: AnswerParams = read(params)?;
    let uri = uri(&params.text_document)?;
    let taken = which::answer(client, uri, params.version, params.answer).await;
    taken.map(|()| "null".to_owned()).map_err(|error| failure(&error))
}

/// Takes the program that a page has chosen.
async fn take_candidate(client: &Client, params: Value) -> std::result::Result<String, Failure> {
    let params: TakeParams = read(params)?;
    let uri = uri(&params.text_document)?;
    let taken = which::take(client, uri, params.version, params.candidate).await;
    taken.map(|()| "null".to_owned()).map_err(|error| failure(&error))
}

/// Looks for programs, as a page has asked.
async fn find(
    global: &GlobalState,
    synthesis: &Synthesis,
    params: Value,
    cancel: CancellationToken,
) -> std::result::Result<String, Failure> {
    let uri = uri(&read::<FindParams>(params)?.text_document)?;
    let snapshot = global.snapshot();
    let arrival = Arrival { snapshot: Arc::clone(&snapshot), cancel: cancel.clone() };
    let asked = at_work(global, &cancel, move || {
        actions::wherever(&mut RequestContext::new(arrival), uri).map_err(|error| failure(&error))
    });
    let asked = asked.await?;
    let found = synthesis.find(Request { snapshot, cancel, progress: None }, asked).await;
    Ok(json!(found.map_err(|error| failure(&error))?).to_string())
}

impl Host for InServer {
    fn answer(
        &self,
        method: String,
        params: Value,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, std::result::Result<String, Failure>> {
        let client = self.client.clone();
        match method.as_str() {
            method::ANSWER => return async move { take_answer(&client, params).await }.boxed(),
            method::TAKE => return async move { take_candidate(&client, params).await }.boxed(),
            method::FIND => {
                let (global, synthesis) = (Arc::clone(&self.global), Arc::clone(&self.synthesis));
                return async move { find(&global, &synthesis, params, cancel).await }.boxed();
            }
            _ => {}
        }
        let global = Arc::clone(&self.global);
        async move {
            let arrival = Arrival { snapshot: global.snapshot(), cancel: cancel.clone() };
            let worlds = Arc::clone(&global.worlds);
            let mut context = RequestContext::new(arrival);
            if method == method::EDIT {
                let params = (worlds, params, Encoding::Utf16);
                let edit = at_work(&global, &cancel, move || recordings::edit(&mut context, params)).await?;
                if let Some((title, edit)) = edit {
                    let refused = |why: &str| Failure::Refused(why.to_owned());
                    client.apply(title, edit).await.map_err(refused)?;
                }
                return Ok(json!({ "applied": true }).to_string());
            }
            let question = Question { worlds, method, params, encoding: Some(Encoding::Utf16) };
            at_work(&global, &cancel, move || recordings::answer(&mut context, question)).await
        }
        .boxed()
    }

    fn take(&self, method: &str, params: Value) {
        if method == method::REVEAL
            && let Ok(reveal) = serde_json::from_value(params)
        {
            self.reveal(reveal);
        }
    }

    fn first(&self) -> Show {
        let nothing = || Show {
            uri: String::new(),
            editor: true,
            synthesis: false,
            undo: false,
            example: None,
            step: None,
        };
        self.shown().clone().unwrap_or_else(nothing)
    }
}

/// The example that a lens's arguments name.
pub(crate) fn one(uri: &Url, name: String, which: Option<(bool, usize)>) -> One {
    let kind = which.map(|(test, _)| if test { ExampleKind::Test } else { ExampleKind::Example });
    One { name, kind, ordinal: which.map_or(0, |(_, ordinal)| ordinal), uri: Some(uri.to_string()) }
}
