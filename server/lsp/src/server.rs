//! tower-lsp's trait: each method sends its question to a worker thread, to the handler of its name.

use std::sync::Arc;

use ide::synthesis::Ambiguity;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

use crate::asked::{Asked, content_modified, refused};
use crate::capabilities::{capabilities, registrations};
use crate::commands;
use crate::handlers::synthesis::{At, Resolved};
use crate::handlers::{self, command::argument};
use crate::outbox::Outbox;
use crate::synthesis::question::Question;
use crate::synthesis::{Failure, Request, Synthesis, left_open, passing};
use crate::to_proto;
use crate::told::Told;
use crate::transport::context::{self, Context};
use crate::workspace::Shared;

pub struct Server {
    outbox: Outbox,
    shared: Arc<Shared>,
    synthesis: Arc<Synthesis>,
    /// Bounds how many of [`Server::work_for_text`] run at a time.
    for_texts: Arc<Semaphore>,
}

/// A hover, the lenses and the hints of as many documents as one sees at a time; far fewer than there are threads.
const FOR_TEXTS: usize = 16;

type Handler<P, R> = fn(&mut Asked, P) -> Result<R>;

impl Server {
    pub fn new(client: Client, shared: Arc<Shared>) -> Server {
        let outbox = Outbox::new(client, Arc::clone(&shared));
        let synthesis = Arc::new(Synthesis::new(outbox.clone()));
        Server { synthesis, outbox, shared, for_texts: Arc::new(Semaphore::new(FOR_TEXTS)) }
    }

    pub fn synthesis(&self) -> &Arc<Synthesis> {
        &self.synthesis
    }

    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Has a worker thread answer.
    async fn work<P, R>(&self, params: P, handler: Handler<P, R>) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let context = context::current().ok_or_else(Error::internal_error)?;
        self.work_in(context, None, params, handler).await
    }

    /// The same for what editors ask again by themselves as the text changes: worth nothing for a text that is no
    /// longer the document's, and never so many at a time that other questions wait for them.
    async fn work_for_text<P, R>(&self, uri: Url, params: P, handler: Handler<P, R>) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let context = context::current().ok_or_else(Error::internal_error)?;
        let Some(document) = context.snapshot.document_at(&uri).cloned() else {
            return self.work_in(context, None, params, handler).await;
        };
        let cancel = context.cancel.child_token();
        let context = Context { cancel: cancel.clone(), ..context };
        let answer = async {
            let worker = Arc::clone(&self.for_texts).acquire_owned().await.ok();
            self.work_in(context, worker, params, handler).await
        };
        tokio::select! {
            biased;
            () = document.superseded.cancelled() => {
                cancel.cancel();
                Err(content_modified())
            }
            () = cancel.cancelled() => Err(Error::request_cancelled()),
            answer = answer => answer,
        }
    }

    /// `worker` is given back when the work is really over: a cancelled request has its answer sooner.
    async fn work_in<P, R>(
        &self,
        context: Context,
        worker: Option<OwnedSemaphorePermit>,
        params: P,
        handler: Handler<P, R>,
    ) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let work = move || {
            let _worker = worker;
            handler(&mut Asked::new(context, shared), params)
        };
        // A panic goes on here, to the transport's fence.
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::internal_error()),
        })
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
        self.work_for_text(uri, params, handlers::hover::hover).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        self.work(params, handlers::completion::completion).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        self.work(params, handlers::signature_help::signature_help).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.work(params, handlers::formatting::formatting).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.work(params, handlers::formatting::range_formatting).await
    }

    async fn on_type_formatting(
        &self,
        params: DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        self.work(params, handlers::formatting::on_type_formatting).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.work(params, handlers::document_link::document_link).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        self.work(params, handlers::code_action::code_action).await
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
                        match self.work((uri, position, trace), handlers::synthesis::at_position).await? {
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
                self.work((uri, name, which), handlers::command::show_trace).await.map(Some)
            }
            commands::RUN_EXAMPLES => self.work(uri, handlers::examples::run).await.map(Some),
            commands::EXAMPLES => self.work(uri, handlers::examples::list).await.map(Some),
            commands::NEXT_SOLUTION => {
                let params = (uri, Arc::clone(&self.synthesis));
                let (edit, label) = self
                    .work(params, |asked, (uri, synthesis)| {
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
        self.work(params, handlers::definition::definition).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        self.work(params, handlers::definition::references).await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        self.work(params, handlers::definition::highlight).await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        self.work(params, handlers::rename::prepare_rename).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        self.work(params, handlers::rename::rename).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.work(params, handlers::symbols::document_symbol).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
        self.work(params, handlers::symbols::workspace_symbol).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.work(params, handlers::folding::folding_range).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        self.work(params, handlers::selection_range::selection_range).await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        self.work(params, handlers::semantic_tokens::full).await
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        self.work(params, handlers::semantic_tokens::delta).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        self.work(params, handlers::semantic_tokens::range).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        self.work(params, handlers::call_hierarchy::prepare).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        self.work(params, handlers::call_hierarchy::incoming).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        self.work(params, handlers::call_hierarchy::outgoing).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let uri = params.text_document.uri.clone();
        self.work_for_text(uri, params, handlers::code_lens::code_lens).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let uri = params.text_document.uri.clone();
        self.work_for_text(uri, params, handlers::inlay_hint::inlay_hint).await
    }
}

/// Beyond the protocol.
impl Server {
    /// The document's text as the server has it, for tests of synchronisation; null where it has none.
    pub async fn debug_text(&self, params: TextDocumentIdentifier) -> Result<Option<String>> {
        self.work(params, |asked, params| {
            Ok(asked
                .snapshot
                .open
                .get(&crate::document::Key::of(&params.uri))
                .map(|document| document.text.contiguous().to_string()))
        })
        .await
    }
}
