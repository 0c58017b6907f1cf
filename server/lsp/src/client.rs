//! What the server says to the client without being asked.
//!
//! A question to the client runs on a task of its own and is never given up in the middle: tower-lsp panics when the
//! answer to a dropped question comes. Who waits for an answer waits for the task, and may stop waiting.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tower_lsp::Client;
use tower_lsp::lsp_types::notification::Notification;
use tower_lsp::lsp_types::request::{
    ApplyWorkspaceEdit, CodeLensRefresh, InlayHintRefreshRequest, Request, WorkspaceConfiguration,
};
use tower_lsp::lsp_types::{
    ApplyWorkspaceEditParams, ConfigurationItem, ConfigurationParams, MessageType, Registration,
    WorkspaceEdit,
};

use crate::told::Told;
use crate::workspace::Shared;

/// How long a client may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Outbox {
    client: Client,
    shared: Arc<Shared>,
    /// Cancelled when the client has said `initialized`: what is said before that is lost.
    ready: CancellationToken,
    /// A refresh is on its way.
    refreshing: Arc<AtomicBool>,
}

impl Outbox {
    pub fn new(client: Client, shared: Arc<Shared>) -> Outbox {
        Outbox { client, shared, ready: CancellationToken::new(), refreshing: Arc::default() }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The client has said `initialized`.
    pub fn client_is_ready(&self) {
        self.ready.cancel();
    }

    /// Resolves when the client has said `initialized`.
    pub async fn ready(&self) {
        self.ready.cancelled().await;
    }

    /// Shows a sentence to the user, as soon as the client is ready for it.
    pub async fn show(&self, kind: MessageType, text: impl Display) {
        let text = text.to_string();
        if self.ready.is_cancelled() {
            return self.client.show_message(kind, text).await;
        }
        let outbox = self.clone();
        tokio::spawn(async move {
            outbox.ready().await;
            outbox.client.show_message(kind, text).await;
        });
    }

    /// Shows the short form, and logs the long one.
    pub async fn tell(&self, kind: MessageType, told: &Told) {
        self.log(kind, told).await;
        self.show(kind, &told.short).await;
    }

    /// Logs the long form, where there is one, so that who has seen the short one can read on.
    pub async fn log(&self, kind: MessageType, told: &Told) {
        if let Some(long) = &told.long {
            self.client.log_message(kind, long).await;
        }
    }

    pub async fn notify<N: Notification>(&self, params: N::Params) {
        self.client.send_notification::<N>(params).await;
    }

    /// The client's answer; `None` where it refused, can't, or took too long.
    pub async fn ask<R>(&self, params: R::Params) -> Option<R::Result>
    where
        R: Request + 'static,
        R::Params: Send + 'static,
        R::Result: Send + 'static,
    {
        let client = self.client.clone();
        let question = tokio::spawn(async move { client.send_request::<R>(params).await });
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

    /// True where the client applied the edit.
    pub async fn apply(&self, label: String, edit: WorkspaceEdit) -> bool {
        let params = ApplyWorkspaceEditParams { label: Some(label), edit };
        self.ask::<ApplyWorkspaceEdit>(params).await.is_some_and(|answer| answer.applied)
    }

    /// Has the client ask again for lenses and hints. Of many calls at once it sees one.
    pub fn refresh(&self) {
        let can = self.shared.snapshot().session.can;
        if !(can.refresh_lenses || can.refresh_hints) || self.refreshing.swap(true, Ordering::AcqRel) {
            return;
        }
        let outbox = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            outbox.refreshing.store(false, Ordering::Release);
            if can.refresh_lenses {
                outbox.ask::<CodeLensRefresh>(()).await;
            }
            if can.refresh_hints {
                outbox.ask::<InlayHintRefreshRequest>(()).await;
            }
        });
    }

    /// Asks for the settings and takes them, where the client can be asked.
    pub fn ask_for_settings(&self) {
        if !self.shared.snapshot().session.can.configure {
            return;
        }
        let outbox = self.clone();
        tokio::spawn(async move {
            let item = ConfigurationItem { scope_uri: None, section: Some("karel".into()) };
            let answer =
                outbox.ask::<WorkspaceConfiguration>(ConfigurationParams { items: vec![item] }).await;
            match answer.and_then(|answers| answers.into_iter().next()) {
                // A client that has nothing under this name; what came with `initialize` stays.
                Some(section) if !section.is_null() => outbox.shared.configure(&section),
                _ => {}
            }
        });
    }

    /// Registers for what can't be said in `initialize`'s answer.
    pub fn register(&self, registrations: Vec<Registration>) {
        if registrations.is_empty() {
            return;
        }
        let outbox = self.clone();
        tokio::spawn(async move {
            let client = outbox.client.clone();
            if let Err(error) = client.register_capability(registrations).await {
                tracing::warn!("the client refused client/registerCapability: {error}");
            }
        });
    }
}
