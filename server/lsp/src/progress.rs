//! Progress of long work, shown by the client, which can cancel it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::notification::Progress as ProgressNotification;
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::{
    ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressEnd, WorkDoneProgressReport,
};

use crate::outbox::Outbox;

const PATIENCE: Duration = Duration::from_secs(2);

/// Work that the client shows. Reports go nowhere where the client shows none.
pub struct Progress {
    outbox: Outbox,
    token: Option<ProgressToken>,
}

impl Progress {
    /// Begins to show `title`. With `token` the client has offered to show it; else it is asked to. Cancelling it
    /// there cancels `cancel`.
    pub async fn begin(
        outbox: &Outbox,
        token: Option<ProgressToken>,
        title: &str,
        cancel: &CancellationToken,
    ) -> Progress {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let token = match token {
            Some(token) => Some(token),
            None if outbox.shared().snapshot().session.can.work_done_progress => {
                let number = NEXT.fetch_add(1, Ordering::Relaxed);
                let token = ProgressToken::String(format!("karel/{number}"));
                let params = WorkDoneProgressCreateParams { token: token.clone() };
                // The work doesn't wait for a client that is slow to show it.
                let created =
                    tokio::time::timeout(PATIENCE, outbox.ask::<WorkDoneProgressCreate>(params)).await;
                created.ok().flatten().map(|()| token)
            }
            None => None,
        };
        if let Some(token) = &token {
            outbox.shared().cancel_by(token.clone(), cancel.clone());
        }
        let progress = Progress { outbox: outbox.clone(), token };
        let begin =
            WorkDoneProgressBegin { title: title.into(), cancellable: Some(true), ..Default::default() };
        progress.send(WorkDoneProgress::Begin(begin)).await;
        progress
    }

    pub async fn report(&self, message: String) {
        let report =
            WorkDoneProgressReport { cancellable: Some(true), message: Some(message), percentage: None };
        self.send(WorkDoneProgress::Report(report)).await;
    }

    pub async fn end(self, message: String) {
        self.send(WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(message) })).await;
        if let Some(token) = &self.token {
            self.outbox.shared().forget_progress(token);
        }
    }

    async fn send(&self, value: WorkDoneProgress) {
        if let Some(token) = self.token.clone() {
            let params = ProgressParams { token, value: ProgressParamsValue::WorkDone(value) };
            self.outbox.notify::<ProgressNotification>(params).await;
        }
    }
}
