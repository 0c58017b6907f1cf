//! What a handler knows about the request it answers. tower-lsp's handlers have fixed signatures, so this reaches
//! them through the task.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::state::snapshot::Snapshot;

#[derive(Clone)]
pub struct Arrival {
    /// The state at the request's arrival: what the client meant when it asked.
    pub snapshot: Arc<Snapshot>,
    /// Cancelled when the client cancels the request.
    pub cancel: CancellationToken,
}

tokio::task_local! {
    pub(super) static CURRENT: Arrival;
}

/// The arrival of the request that this task answers. `None` outside a request.
pub fn current() -> Option<Arrival> {
    CURRENT.try_with(Arrival::clone).ok()
}
