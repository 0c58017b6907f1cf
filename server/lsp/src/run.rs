//! A whole server, from the bytes it reads to those it writes.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tower_lsp::LspService;

use crate::diagnostics::schedule::Scheduler;
use crate::server::Server;
use crate::transport::serve::serve;
use crate::workspace::Shared;

/// How long the engine may take to end at the end of the session. It is killed then.
const FAREWELL: Duration = Duration::from_millis(300);

#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How long the typing has to pause before the examples are run.
    pub pause: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options { pause: Duration::from_millis(120) }
    }
}

/// Serves one client until it says `exit` or is gone. True where it said `shutdown` before.
pub async fn run<R, W>(from: R, to: W, options: Options) -> bool
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (shared, events) = Shared::new();
    let (service, socket) = LspService::build(|client| Server::new(client, Arc::clone(&shared)))
        .custom_method("karel/debugText", Server::debug_text)
        .finish();
    let outbox = service.inner().outbox().clone();
    let synthesis = Arc::clone(service.inner().synthesis());
    let scheduler = Scheduler::new(Arc::clone(&shared), outbox, Arc::clone(&synthesis), options.pause);
    let scheduler = tokio::spawn(scheduler.run(events));
    let polite = serve(from, to, service, socket, shared).await;
    scheduler.abort();
    // Twice the time, should the system take its own to end a process.
    let _ = tokio::time::timeout(2 * FAREWELL, synthesis.engine.shutdown(FAREWELL)).await;
    polite
}
