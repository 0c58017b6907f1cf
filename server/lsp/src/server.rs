//! tower-lsp's trait: each method sends its question to a worker, to the handler of its name.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use recording::messages::{AnswerParams, FindParams, Finding, TakeParams, TextDocument, method};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;

use crate::capabilities::{capabilities, registrations};
use crate::client::Client;
use crate::commands;
use crate::handlers::recordings::Question;
use crate::handlers::{
    self,
    command::{Which, argument},
};
use crate::pages::{self, Browser};
use crate::request::{RequestContext, content_modified, refused};
use crate::state::document::{Document, Key};
use crate::state::global::GlobalState;
use crate::state::snapshot::Snapshot;
use crate::synthesis::actions::{self, At};
use crate::synthesis::{Request, Synthesis, which};
use crate::transport::arrival::{self, Arrival};
use crate::workers::{Lane, Stopped};

pub struct Server {
    client: Client,
    global: Arc<GlobalState>,
    synthesis: Arc<Synthesis>,
    browser: Browser,
    /// The last completions and signatures of each document that were asked for.
    last: Mutex<HashMap<(Key, &'static str), Last>>,
}

/// A request that is answered for an older text, too.
struct Last {
    document: Arc<Document>,
    /// Cancelled when it is asked again.
    asked_again: CancellationToken,
}

type Handler<P, R> = fn(&mut RequestContext, P) -> Result<R>;

impl Server {
    pub fn new(raw: tower_lsp::Client, global: Arc<GlobalState>) -> Server {
        let client = Client::new(raw, Arc::clone(&global));
        let synthesis = Arc::new(Synthesis::new(client.clone()));
        let browser = Browser::new(client.clone(), Arc::clone(&global), Arc::clone(&synthesis));
        Server { synthesis, browser, client, global, last: Mutex::default() }
    }

    pub fn synthesis(&self) -> &Arc<Synthesis> {
        &self.synthesis
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Has a worker answer a request about the document's text. The request is given up once the text has changed, as the
    /// answer would be about places that are no longer there.
    async fn work<P, R>(&self, lane: Lane, uri: Url, params: P, handler: Handler<P, R>) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let arrival = arrival::current().ok_or_else(Error::internal_error)?;
        let superseded = match arrival.snapshot.document_at(&uri) {
            Some(document) => document.superseded.clone(),
            None => CancellationToken::new(),
        };
        self.work_until(superseded, arrival, lane, Some(uri), params, handler).await
    }

    /// Answers what clients go on using as the user types, and don't ask for again with every key: the request is given
    /// up only where the client does ask again.
    async fn work_while_typing<P, R>(
        &self,
        kind: &'static str,
        uri: Url,
        params: P,
        handler: Handler<P, R>,
    ) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let arrival = arrival::current().ok_or_else(Error::internal_error)?;
        let asked_again = CancellationToken::new();
        if let Some(document) = arrival.snapshot.document_at(&uri).cloned() {
            let key = (document.key.clone(), kind);
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.retain(|(key, _), _| arrival.snapshot.open.contains_key(key));
            let before = last.insert(key, Last { document, asked_again: asked_again.clone() });
            if let Some(before) = before.filter(|before| before.document.superseded.is_cancelled()) {
                before.asked_again.cancel();
            }
        }
        self.work_until(asked_again, arrival, Lane::Keys, Some(uri), params, handler).await
    }

    /// Has a worker answer, after all files that the answer needs have been read; gives up at `outdated`.
    async fn work_until<P, R>(
        &self,
        outdated: CancellationToken,
        mut arrival: Arrival,
        lane: Lane,
        uri: Option<Url>,
        mut params: P,
        handler: Handler<P, R>,
    ) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let cancel = arrival.cancel.child_token();
        arrival.cancel = cancel.clone();
        let with_files = uri.filter(|_| matches!(lane, Lane::Sight | Lane::Commands | Lane::Worlds));
        let answer = async {
            let mut read = Vec::new();
            loop {
                let (context, uri, done) = (arrival.clone(), with_files.clone(), read.clone());
                let work = move || {
                    let mut context = RequestContext::new(context);
                    let mut unread = match &uri {
                        Some(uri) => context.files(uri, lane == Lane::Commands),
                        None => Vec::new(),
                    };
                    unread.retain(|key| !done.contains(key));
                    if unread.is_empty() { Ok(handler(&mut context, params)) } else { Err((unread, params)) }
                };
                match self.global.workers.run(lane, &cancel, work).await? {
                    Ok(answer) => return Ok(answer),
                    Err((unread, not_yet)) => {
                        read.extend(unread.iter().cloned());
                        self.read(&mut arrival.snapshot, with_files.as_ref(), unread).await;
                        params = not_yet;
                    }
                }
            }
        };
        // In this order: the client hears why. A panic goes on, to the transport's fence.
        tokio::select! {
            biased;
            () = outdated.cancelled() => {
                cancel.cancel();
                Err(content_modified())
            }
            answer = answer => match answer {
                Ok(answer) => answer,
                Err(Stopped::Cancelled) => Err(Error::request_cancelled()),
                Err(Stopped::Panicked(panic)) => std::panic::resume_unwind(panic),
            },
        }
    }

    /// Reads the files into the request's snapshot, and into the session's state where they belong to an open document.
    /// Other files are not kept: there may be very many.
    async fn read(&self, snapshot: &mut Arc<Snapshot>, uri: Option<&Url>, keys: Vec<Key>) {
        let mut files = self.global.files.read(keys).await;
        if uri.is_some_and(|uri| snapshot.open.contains_key(&Key::of(uri))) {
            self.global.loaded(files.clone());
            // Who has the same documents shares what is found out about them.
            let known = self.global.snapshot();
            for (key, file) in &mut files {
                if let Some(known) = known.files.get(key).filter(|known| known.is_same(file)) {
                    *file = known.clone();
                }
            }
        }
        let snapshot = Arc::make_mut(snapshot);
        Arc::make_mut(&mut snapshot.files).extend(files);
    }
}

#[tower_lsp::async_trait]
impl LanguageServer for Server {
    async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
        // The transport's front has read the parameters already.
        let session = Arc::clone(&self.global.snapshot().session);
        Ok(InitializeResult {
            capabilities: capabilities(&session),
            server_info: Some(ServerInfo {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.client.set_ready();
        let session = Arc::clone(&self.global.snapshot().session);
        self.client.register(registrations(&session));
        self.client.ask_for_settings();
        self.synthesis.engine.announce_presence(&self.client, &self.global.snapshot().config).await;
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let uri = params.text_document_position_params.text_document.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::hover::hover).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let uri = params.text_document_position.text_document.uri.clone();
        self.work_while_typing("completion", uri, params, handlers::completion::completion).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        let uri = params.text_document_position_params.text_document.uri.clone();
        self.work_while_typing("signature", uri, params, handlers::signature_help::signature_help).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Text, uri, params, handlers::formatting::formatting).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Text, uri, params, handlers::formatting::range_formatting).await
    }

    async fn on_type_formatting(
        &self,
        params: DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        let uri = params.text_document_position.text_document.uri.clone();
        self.work(Lane::Keys, uri, params, handlers::formatting::on_type_formatting).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Text, uri, params, handlers::document_link::document_link).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::code_action::code_action).await
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        self.synthesis.resolve(arrived(None)?, action).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        let arguments = params.arguments;
        if params.command == commands::TEMPLATES {
            return Ok(Some(handlers::command::templates()));
        }
        if params.command == commands::EXPLAIN {
            let code: String = argument(&arguments, 0, "code")?;
            return handlers::command::explain(&code).map(Some);
        }
        if params.command == commands::OPEN_WORLD {
            let uri: Option<Url> = argument(&arguments, 0, "document's URI")?;
            let name: Option<String> = argument(&arguments, 1, "example's name")?;
            let which: Option<Which> = argument(&arguments, 2, "kind and ordinal")?;
            let which = which.map(|which| (which.test, which.ordinal));
            let example = uri.as_ref().zip(name).map(|(uri, name)| pages::one(uri, name, which));
            return self.browser.open(uri, example).await.map(Some);
        }
        let progress = params.work_done_progress_params.work_done_token;
        let uri: Url = argument(&arguments, 0, "document's URI")?;
        match params.command.as_str() {
            commands::SYNTHESIZE | commands::INFER_TRACE => {
                let trace = params.command == commands::INFER_TRACE;
                let at = match arguments.get(2) {
                    Some(question) if !question.is_null() => {
                        At::Ask(argument(&arguments, 2, "question")?, "Synthesize".to_owned())
                    }
                    _ => {
                        let position = argument(&arguments, 1, "position")?;
                        let params = (uri.clone(), position, trace);
                        self.work(Lane::Commands, uri, params, actions::at_position).await?
                    }
                };
                self.synthesis.answer(arrived(progress)?, at).await.map(|()| None)
            }
            commands::SHOW_TRACE => {
                let name = argument(&arguments, 1, "example's name")?;
                let which = argument(&arguments, 2, "kind and ordinal")?;
                let params = (uri.clone(), name, which);
                self.work(Lane::Commands, uri, params, handlers::command::show_trace).await.map(Some)
            }
            commands::RUN_EXAMPLES => {
                self.work(Lane::Commands, uri.clone(), uri, handlers::examples::run).await.map(Some)
            }
            commands::COVERAGE => {
                self.work(Lane::Commands, uri.clone(), uri, handlers::examples::coverage).await.map(Some)
            }
            commands::EXAMPLES => {
                self.work(Lane::Commands, uri.clone(), uri, handlers::examples::list).await.map(Some)
            }
            commands::NEXT_SOLUTION => {
                let (label, edit) =
                    self.work(Lane::Commands, uri.clone(), uri, actions::next_solution).await?;
                self.client.apply(label, edit).await.map(|()| None).map_err(refused)
            }
            unknown => Err(Error::invalid_params(format!("there is no command `{unknown}`"))),
        }
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let uri = params.text_document_position_params.text_document.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::definition::definition).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let uri = params.text_document_position.text_document.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::definition::references).await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let at = &params.text_document_position_params;
        let uri = at.text_document.uri.clone();
        // Editors ask for it where the cursor is.
        self.global.worlds.cursor(&self.global.snapshot(), at);
        self.work(Lane::Keys, uri, params, handlers::definition::highlight).await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::rename::prepare_rename).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let uri = params.text_document_position.text_document.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::rename::rename).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Text, uri, params, handlers::symbols::document_symbol).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
        let arrival = arrival::current().ok_or_else(Error::internal_error)?;
        let (never, handler) = (CancellationToken::new(), handlers::symbols::workspace_symbol);
        self.work_until(never, arrival, Lane::Sight, None, params, handler).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Text, uri, params, handlers::folding::folding_range).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Keys, uri, params, handlers::selection_range::selection_range).await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Text, uri, params, handlers::semantic_tokens::full).await
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Text, uri, params, handlers::semantic_tokens::delta).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Text, uri, params, handlers::semantic_tokens::range).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let uri = params.text_document_position_params.text_document.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::call_hierarchy::prepare).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let uri = params.item.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::call_hierarchy::incoming).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let uri = params.item.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::call_hierarchy::outgoing).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::code_lens::code_lens).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let uri = params.text_document.uri.clone();
        self.work(Lane::Sight, uri, params, handlers::inlay_hint::inlay_hint).await
    }
}

/// The URI of the document that a request is about.
fn uri(document: &TextDocument) -> Result<Url> {
    document.uri.parse().map_err(|_| Error::invalid_params("the URI can't be read"))
}

/// The request that this task answers, as synthesis takes it.
fn arrived(progress: Option<ProgressToken>) -> Result<Request> {
    let Arrival { snapshot, cancel } = arrival::current().ok_or_else(Error::internal_error)?;
    Ok(Request { snapshot, cancel, progress })
}

/// Requests about recorded runs, as `server/PROTOCOL.md` describes them.
impl Server {
    pub async fn recordings(&self, params: Value) -> Result<Value> {
        self.recorded(method::RECORDINGS, params).await
    }

    pub async fn recording(&self, params: Value) -> Result<Value> {
        self.recorded(method::RECORDING, params).await
    }

    pub async fn recording_steps(&self, params: Value) -> Result<Value> {
        self.recorded(method::STEPS, params).await
    }

    pub async fn recording_seek(&self, params: Value) -> Result<Value> {
        self.recorded(method::SEEK, params).await
    }

    pub async fn occurrences(&self, params: Value) -> Result<Value> {
        self.recorded(method::OCCURRENCES, params).await
    }

    pub async fn text(&self, params: Value) -> Result<Value> {
        self.recorded(method::TEXT, params).await
    }

    pub async fn edit(&self, params: Value) -> Result<Value> {
        let uri = params["textDocument"]["uri"].as_str().and_then(|uri| uri.parse().ok());
        let missing = || Error::invalid_params("the document's URI is missing");
        let uri: Url = uri.ok_or_else(missing)?;
        let worlds = Arc::clone(&self.global.worlds);
        let params = (worlds, params, self.global.snapshot().session.encoding);
        let edit = self.work(Lane::Worlds, uri, params, handlers::recordings::respond_with_edit).await?;
        if let Some((title, edit)) = edit {
            self.client.apply(title, edit).await.map_err(refused)?;
        }
        Ok(serde_json::json!({ "applied": true }))
    }

    pub async fn question(&self, params: Value) -> Result<Value> {
        self.recorded(method::QUESTION, params).await
    }

    /// Takes an answer to the question which program is meant: an edit, which the client applies.
    pub async fn answer(&self, params: AnswerParams) -> Result<()> {
        which::answer(&self.client, uri(&params.text_document)?, params.version, params.answer).await
    }

    /// Looks for programs, for somebody who wants to see them before one is taken.
    pub async fn find(&self, params: FindParams) -> Result<Finding> {
        let uri = uri(&params.text_document)?;
        let asked = self.work(Lane::Commands, uri.clone(), uri, actions::wherever).await?;
        self.synthesis.find(arrived(None)?, asked).await
    }

    pub async fn candidates(&self, params: Value) -> Result<Value> {
        self.recorded(method::CANDIDATES, params).await
    }

    /// Takes one of the programs that were found: an edit, which the client applies.
    pub async fn take(&self, params: TakeParams) -> Result<()> {
        which::take(&self.client, uri(&params.text_document)?, params.version, params.candidate).await
    }

    async fn recorded(&self, method: &'static str, params: Value) -> Result<Value> {
        let worlds = Arc::clone(&self.global.worlds);
        worlds.asked_by_client.store(true, Ordering::Relaxed);
        let uri = params["textDocument"]["uri"].as_str().and_then(|uri| uri.parse().ok());
        let question = Question { worlds, method: method.to_owned(), params, encoding: None };
        match uri {
            Some(uri) => self.work(Lane::Worlds, uri, question, handlers::recordings::respond).await,
            // About a recording that is kept, whatever has become of the text.
            None => {
                let arrival = arrival::current().ok_or_else(Error::internal_error)?;
                let (never, handler) = (CancellationToken::new(), handlers::recordings::respond);
                self.work_until(never, arrival, Lane::Worlds, None, question, handler).await
            }
        }
    }
}

/// Requests beyond the protocol, for tests.
impl Server {
    /// The document's text as the server has it, for tests of synchronisation; null where it has none.
    pub async fn debug_text(&self, params: TextDocumentIdentifier) -> Result<Option<String>> {
        let arrival = arrival::current().ok_or_else(Error::internal_error)?;
        let document = arrival.snapshot.open.get(&Key::of(&params.uri));
        Ok(document.map(|document| document.text.contiguous().to_string()))
    }

    /// How many pieces of work were begun since the start, for tests that count what is left out.
    pub async fn debug_work(&self) -> Result<usize> {
        Ok(self.global.workers.begun())
    }
}
