//! What the server says to the client without being asked.
//!
//! A request to the client runs on a task of its own and is never dropped half-way: tower-lsp panics when the answer to
//! a dropped request comes. Callers wait for the task, and may stop waiting.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::notification::Notification;
use tower_lsp::lsp_types::request::{
    ApplyWorkspaceEdit, CodeLensRefresh, InlayHintRefreshRequest, Request, WorkspaceConfiguration,
};
use tower_lsp::lsp_types::{
    ApplyWorkspaceEditParams, ConfigurationItem, ConfigurationParams, MessageType, Registration,
    WorkspaceEdit,
};

use crate::state::global::GlobalState;
use assist::notice::Notice;

/// How long a client may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Client {
    raw: tower_lsp::Client,
    global: Arc<GlobalState>,
    /// Cancelled when the client has sent `initialized`: what is sent before that is lost.
    ready: CancellationToken,
    /// Whether a refresh is on its way.
    refreshing: Arc<AtomicBool>,
}

impl Client {
    pub fn new(raw: tower_lsp::Client, global: Arc<GlobalState>) -> Client {
        Client { raw, global, ready: CancellationToken::new(), refreshing: Arc::default() }
    }

    /// tower-lsp's own handle.
    pub fn raw(&self) -> &tower_lsp::Client {
        &self.raw
    }

    pub fn global(&self) -> &Arc<GlobalState> {
        &self.global
    }

    /// Notes that the client has sent `initialized`.
    pub fn set_ready(&self) {
        self.ready.cancel();
    }

    /// Resolves when the client has sent `initialized`.
    pub async fn ready(&self) {
        self.ready.cancelled().await;
    }

    /// Shows a sentence to the user, as soon as the client is ready for it.
    pub async fn show(&self, kind: MessageType, text: impl Display) {
        let text = text.to_string();
        if self.ready.is_cancelled() {
            return self.raw.show_message(kind, text).await;
        }
        let client = self.clone();
        tokio::spawn(async move {
            client.ready().await;
            client.raw.show_message(kind, text).await;
        });
    }

    /// Shows the short form, and logs the long one.
    pub async fn report(&self, kind: MessageType, notice: &Notice) {
        self.log(kind, notice).await;
        self.show(kind, &notice.short).await;
    }

    /// Logs the long form, where there is one, for users who have seen the short one.
    pub async fn log(&self, kind: MessageType, notice: &Notice) {
        if let Some(long) = &notice.long {
            self.raw.log_message(kind, long).await;
        }
    }

    pub async fn notify<N: Notification>(&self, params: N::Params) {
        self.raw.send_notification::<N>(params).await;
    }

    /// The client's answer; `None` where it refused, can't, or took too long.
    pub async fn ask<R>(&self, params: R::Params) -> Option<R::Result>
    where
        R: Request + 'static,
        R::Params: Send + 'static,
        R::Result: Send + 'static,
    {
        let raw = self.raw.clone();
        let question = tokio::spawn(async move { raw.send_request::<R>(params).await });
        match tokio::time::timeout(PATIENCE, question).await {
            Ok(Ok(Ok(answer))) => Some(answer),
            Ok(Ok(Err(error))) => {
                tracing::warn!("the client refused {}: {error}", R::METHOD);
                None
            }
            Ok(Err(error)) => {
                tracing::error!("{} failed: {error}", R::METHOD);
                None
            }
            Err(_) => {
                tracing::warn!("the client has not answered {} for {PATIENCE:?}", R::METHOD);
                None
            }
        }
    }

    /// Has the client apply the edit.
    ///
    /// # Errors
    /// A sentence for the user: it can't, or it refused.
    pub async fn apply(&self, label: String, edit: WorkspaceEdit) -> Result<(), &'static str> {
        if !self.global.snapshot().session.supports.apply_edit {
            return Err("This editor accepts no changes from a server.");
        }
        let params = ApplyWorkspaceEditParams { label: Some(label), edit };
        match self.ask::<ApplyWorkspaceEdit>(params).await {
            Some(answer) if answer.applied => Ok(()),
            _ => Err("The editor rejected the change."),
        }
    }

    /// Has the client ask again for lenses and hints. It gets one request for many calls at once.
    pub fn refresh(&self) {
        let supports = self.global.snapshot().session.supports;
        if !(supports.refresh_lenses || supports.refresh_hints)
            || self.refreshing.swap(true, Ordering::AcqRel)
        {
            return;
        }
        let client = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            client.refreshing.store(false, Ordering::Release);
            if supports.refresh_lenses {
                client.ask::<CodeLensRefresh>(()).await;
            }
            if supports.refresh_hints {
                client.ask::<InlayHintRefreshRequest>(()).await;
            }
        });
    }

    /// Asks for the settings and takes them, where the client can be asked.
    pub fn ask_for_settings(&self) {
        if !self.global.snapshot().session.supports.configure {
            return;
        }
        let client = self.clone();
        tokio::spawn(async move {
            let item = ConfigurationItem { scope_uri: None, section: Some("karel".into()) };
            let answer =
                client.ask::<WorkspaceConfiguration>(ConfigurationParams { items: vec![item] }).await;
            match answer.and_then(|answers| answers.into_iter().next()) {
                // A client that has nothing under this name; what came with `initialize` stays.
                Some(section) if !section.is_null() => client.global.configure(&section),
                _ => {}
            }
        });
    }

    /// Registers for what can't be said in `initialize`'s answer.
    pub fn register(&self, registrations: Vec<Registration>) {
        if registrations.is_empty() {
            return;
        }
        let client = self.clone();
        tokio::spawn(async move {
            if let Err(error) = client.raw.register_capability(registrations).await {
                tracing::warn!("the client refused client/registerCapability: {error}");
            }
        });
    }
}
