//! Progress of long work, shown by the client, which can cancel it.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::notification::Progress as ProgressNotification;
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::{
    ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressEnd, WorkDoneProgressReport,
};

use crate::client::Client;

/// Work that the client shows. Reports go nowhere where the client shows none.
pub struct Progress {
    /// What is to be shown, in order.
    news: mpsc::UnboundedSender<WorkDoneProgress>,
    shown: JoinHandle<()>,
    /// Whether the token is the request's: then nothing may be sent with it after the request's answer.
    of_request: bool,
}

impl Progress {
    /// Begins to show `title`. With `token` the client has offered to show it; else it is asked to, and the work doesn't
    /// wait for its answer. Cancelling it there cancels `cancel`.
    pub fn begin(
        client: &Client,
        token: Option<ProgressToken>,
        title: &str,
        cancel: &CancellationToken,
    ) -> Progress {
        let (news, to_show) = mpsc::unbounded_channel();
        let of_request = token.is_some();
        let shown = tokio::spawn(show(client.clone(), token, cancel.clone(), to_show));
        let progress = Progress { news, shown, of_request };
        let begin =
            WorkDoneProgressBegin { title: title.into(), cancellable: Some(true), ..Default::default() };
        progress.send(WorkDoneProgress::Begin(begin));
        progress
    }

    pub fn report(&self, message: String) {
        let report =
            WorkDoneProgressReport { cancellable: Some(true), message: Some(message), percentage: None };
        self.send(WorkDoneProgress::Report(report));
    }

    pub async fn end(self, message: String) {
        self.send(WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(message) }));
        if self.of_request {
            drop(self.news);
            if let Err(error) = self.shown.await {
                tracing::error!("showing progress failed: {error}");
            }
        }
    }

    fn send(&self, value: WorkDoneProgress) {
        // Nobody listens where the client shows nothing.
        let _ = self.news.send(value);
    }
}

/// Shows what comes, in order, as soon as there is a token.
async fn show(
    client: Client,
    token: Option<ProgressToken>,
    cancel: CancellationToken,
    mut to_show: mpsc::UnboundedReceiver<WorkDoneProgress>,
) {
    let token = match token {
        Some(token) => token,
        None => match create(&client).await {
            Some(token) => token,
            None => return,
        },
    };
    client.global().cancel_by(token.clone(), cancel);
    while let Some(value) = to_show.recv().await {
        let params = ProgressParams { token: token.clone(), value: ProgressParamsValue::WorkDone(value) };
        client.notify::<ProgressNotification>(params).await;
    }
    client.global().forget_progress(&token);
}

/// Asks the client to show progress; `None` where it can't or doesn't.
async fn create(client: &Client) -> Option<ProgressToken> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    if !client.global().snapshot().session.supports.work_done_progress {
        return None;
    }
    let token = ProgressToken::String(format!("karel/{}", NEXT.fetch_add(1, Ordering::Relaxed)));
    client.ask::<WorkDoneProgressCreate>(WorkDoneProgressCreateParams { token: token.clone() }).await?;
    Some(token)
}
