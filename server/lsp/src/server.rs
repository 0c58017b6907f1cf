//! tower-lsp's trait: each method sends its question to a worker, to the handler of its name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ide::synthesis::Ambiguity;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

use crate::asked::{Asked, content_modified, refused};
use crate::capabilities::{capabilities, registrations};
use crate::commands;
use crate::document::{Document, Key};
use crate::handlers::synthesis::{At, Resolved};
use crate::handlers::{self, command::argument};
use crate::outbox::Outbox;
use crate::synthesis::question::Question;
use crate::synthesis::{Failure, Request, Synthesis, left_open, passing};
use crate::to_proto;
use crate::told::Told;
use crate::transport::context::{self, Context};
use crate::workers::{Lane, Stopped};
use crate::workspace::{Shared, Snapshot};

pub struct Server {
    outbox: Outbox,
    shared: Arc<Shared>,
    synthesis: Arc<Synthesis>,
    /// The last completions and signatures of each document that were asked for.
    last: Mutex<HashMap<(Key, &'static str), Last>>,
}

/// A question that is answered for an older text, too.
struct Last {
    document: Arc<Document>,
    /// Cancelled when it is asked again.
    asked_again: CancellationToken,
}

type Handler<P, R> = fn(&mut Asked, P) -> Result<R>;

impl Server {
    pub fn new(client: Client, shared: Arc<Shared>) -> Server {
        let outbox = Outbox::new(client, Arc::clone(&shared));
        let synthesis = Arc::new(Synthesis::new(outbox.clone()));
        Server { synthesis, outbox, shared, last: Mutex::default() }
    }

    pub fn synthesis(&self) -> &Arc<Synthesis> {
        &self.synthesis
    }

    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Has a worker answer what is asked about the document's text. Once the text has changed the answer would be about
    /// places that are no longer there: the question is given up.
    async fn work<P, R>(&self, lane: Lane, uri: Url, params: P, handler: Handler<P, R>) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let context = context::current().ok_or_else(Error::internal_error)?;
        let superseded = match context.snapshot.document_at(&uri) {
            Some(document) => document.superseded.clone(),
            None => CancellationToken::new(),
        };
        self.work_until(superseded, context, lane, Some(uri), params, handler).await
    }

    /// The same for what clients go on using as the user types, and don't ask again for every key: given up only where
    /// the client does ask again.
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
        let context = context::current().ok_or_else(Error::internal_error)?;
        let asked_again = CancellationToken::new();
        if let Some(document) = context.snapshot.document_at(&uri).cloned() {
            let key = (document.key.clone(), kind);
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.retain(|(key, _), _| context.snapshot.open.contains_key(key));
            let before = last.insert(key, Last { document, asked_again: asked_again.clone() });
            if let Some(before) = before.filter(|before| before.document.superseded.is_cancelled()) {
                before.asked_again.cancel();
            }
        }
        self.work_until(asked_again, context, Lane::Keys, Some(uri), params, handler).await
    }

    /// Has a worker answer, with all files that it takes; until `outdated`.
    async fn work_until<P, R>(
        &self,
        outdated: CancellationToken,
        mut context: Context,
        lane: Lane,
        uri: Option<Url>,
        mut params: P,
        handler: Handler<P, R>,
    ) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let cancel = context.cancel.child_token();
        context.cancel = cancel.clone();
        let with_files = uri.filter(|_| matches!(lane, Lane::Sight | Lane::Commands));
        let answer = async {
            let mut read = Vec::new();
            loop {
                let (asked, uri, done) = (context.clone(), with_files.clone(), read.clone());
                let work = move || {
                    let mut asked = Asked::new(asked);
                    let mut unread = match &uri {
                        Some(uri) => asked.files(uri, lane == Lane::Commands),
                        None => Vec::new(),
                    };
                    unread.retain(|key| !done.contains(key));
                    if unread.is_empty() { Ok(handler(&mut asked, params)) } else { Err((unread, params)) }
                };
                match self.shared.workers.run(lane, &cancel, work).await? {
                    Ok(answer) => return Ok(answer),
                    Err((unread, not_yet)) => {
                        read.extend(unread.iter().cloned());
                        self.read(&mut context.snapshot, with_files.as_ref(), unread).await;
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

    /// Takes the files into the request's state; into that of all where they belong to a document that is open. What is
    /// only looked at for once is not kept: there may be very many.
    async fn read(&self, snapshot: &mut Arc<Snapshot>, uri: Option<&Url>, keys: Vec<Key>) {
        let mut files = self.shared.files.read(keys).await;
        if uri.is_some_and(|uri| snapshot.open.contains_key(&Key::of(uri))) {
            self.shared.loaded(files.clone());
            // Who has the same documents shares what is found out about them.
            let known = self.shared.snapshot();
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

impl Server {
    /// Synthesizes, and has the client apply the change.
    async fn synthesize(
        &self,
        question: Question,
        title: String,
        progress: Option<ProgressToken>,
    ) -> Result<()> {
        let context = context::current().ok_or_else(Error::internal_error)?;
        let request = Request { snapshot: context.snapshot, cancel: context.cancel, progress };
        let solved = match self.synthesis.solve(&request, &question, &title).await {
            Ok(solved) => solved,
            Err(failure) => {
                if let Failure::Told(told) = &failure {
                    self.outbox.log(MessageType::WARNING, told).await;
                }
                return Err(handlers::synthesis::error(failure));
            }
        };
        if let Some(change) = &solved.change {
            let edit = to_proto::workspace_edit(&request.snapshot, change);
            self.apply(handlers::synthesis::label(&title, &solved), edit).await?;
        }
        self.tell(question.uri, solved.note, solved.ambiguity).await;
        Ok(())
    }

    /// Says what there is to say about a program that was found; where others mean something else, asks which is right.
    async fn tell(&self, uri: Url, note: Option<Told>, ambiguity: Option<Arc<Ambiguity>>) {
        let snapshot = self.shared.snapshot();
        let can_ask = snapshot.config.synthesis_ask
            && snapshot.session.can.message_actions
            && snapshot.session.can.apply_edit;
        match (ambiguity.filter(|ambiguity| can_ask && ambiguity.deciding.is_some()), note) {
            (Some(ambiguity), note) => {
                if let Some(note) = note {
                    self.outbox.log(MessageType::INFO, &note).await;
                }
                left_open::ask(&self.outbox, uri, ambiguity);
            }
            (None, Some(note)) => self.outbox.tell(MessageType::INFO, &note).await,
            (None, None) => {}
        }
    }

    async fn apply(&self, label: String, edit: WorkspaceEdit) -> Result<()> {
        if !self.shared.snapshot().session.can.apply_edit {
            return Err(refused("This editor lets no server change a document."));
        }
        match self.outbox.apply(label, edit).await {
            true => Ok(()),
            false => Err(refused("The editor did not apply the change.")),
        }
    }
}

#[tower_lsp::async_trait]
impl LanguageServer for Server {
    async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
        // The transport's front has read the parameters already.
        let session = Arc::clone(&self.shared.snapshot().session);
        Ok(InitializeResult {
            capabilities: capabilities(&session),
            server_info: Some(ServerInfo {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.outbox.client_is_ready();
        let session = Arc::clone(&self.shared.snapshot().session);
        self.outbox.register(registrations(&session));
        self.outbox.ask_for_settings();
        self.synthesis.engine.tell_presence(&self.outbox, &self.shared.snapshot().config).await;
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
        let context = context::current().ok_or_else(Error::internal_error)?;
        let request = Request { snapshot: context.snapshot, cancel: context.cancel, progress: None };
        match handlers::synthesis::resolve(&self.synthesis, request, action).await? {
            Resolved::Unchanged(action) => Ok(action),
            Resolved::Done(action, uri, solved) => {
                self.tell(uri, solved.note, solved.ambiguity).await;
                Ok(action)
            }
            Resolved::Told(action, reason) => {
                self.outbox.tell(MessageType::WARNING, &reason).await;
                Ok(action)
            }
        }
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
        let progress = params.work_done_progress_params.work_done_token;
        let uri: Url = argument(&arguments, 0, "document's URI")?;
        match params.command.as_str() {
            commands::SYNTHESIZE | commands::INFER_TRACE => {
                let trace = params.command == commands::INFER_TRACE;
                let (question, title) = match arguments.get(2) {
                    Some(question) if !question.is_null() => {
                        (argument(&arguments, 2, "question")?, "Synthesize".to_owned())
                    }
                    _ => {
                        let position = argument(&arguments, 1, "position")?;
                        let params = (uri.clone(), position, trace);
                        let found = self.work(Lane::Commands, uri, params, handlers::synthesis::at_position);
                        match found.await? {
                            At::Ask(question, title) => (question, title),
                            At::Passes(fact, question) => {
                                passing::told(&self.outbox, &self.synthesis, fact, question).await;
                                return Ok(None);
                            }
                        }
                    }
                };
                self.synthesize(question, title, progress).await.map(|()| None)
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
            commands::EXAMPLES => {
                self.work(Lane::Commands, uri.clone(), uri, handlers::examples::list).await.map(Some)
            }
            commands::NEXT_SOLUTION => {
                let params = (uri.clone(), Arc::clone(&self.synthesis));
                let (edit, label) = self
                    .work(Lane::Commands, uri, params, |asked, (uri, synthesis)| {
                        let (change, label) =
                            handlers::command::next_solution(asked, &uri, &synthesis.solutions)?;
                        Ok((to_proto::workspace_edit(&asked.snapshot, &change), label))
                    })
                    .await?;
                self.apply(label, edit).await.map(|()| None)
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
        let uri = params.text_document_position_params.text_document.uri.clone();
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
        let context = context::current().ok_or_else(Error::internal_error)?;
        let (never, handler) = (CancellationToken::new(), handlers::symbols::workspace_symbol);
        self.work_until(never, context, Lane::Sight, None, params, handler).await
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

/// Beyond the protocol.
impl Server {
    /// The document's text as the server has it, for tests of synchronisation; null where it has none.
    pub async fn debug_text(&self, params: TextDocumentIdentifier) -> Result<Option<String>> {
        let context = context::current().ok_or_else(Error::internal_error)?;
        let document = context.snapshot.open.get(&Key::of(&params.uri));
        Ok(document.map(|document| document.text.contiguous().to_string()))
    }

    /// How many pieces of work were begun since the start, for tests of what is not.
    pub async fn debug_work(&self) -> Result<usize> {
        Ok(self.shared.workers.begun())
    }
}
