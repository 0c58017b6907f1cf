//! A whole server, from the bytes it reads to those it writes.

use std::sync::Arc;
use std::time::Duration;

use recording::messages::method;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tower_lsp::LspService;

use crate::diagnostics::schedule::Scheduler;
use crate::server::Server;
use crate::state::files::Read;
use crate::state::global::GlobalState;
use crate::transport::serve::serve;

/// The longest that the engine may take to end at the end of the session, before it is killed.
const FAREWELL: Duration = Duration::from_millis(300);

#[derive(Debug, Clone)]
pub struct Options {
    /// How long the typing has to pause before the examples are run.
    pub pause: Duration,
    /// How files are read.
    pub read: Read,
    /// Ends the session when it is cancelled, as if the client were gone.
    pub stop: CancellationToken,
}

impl Default for Options {
    fn default() -> Options {
        Options { pause: Duration::from_millis(120), read: disk::read, stop: CancellationToken::new() }
    }
}

/// Serves one client until it says `exit` or is gone. True where it said `shutdown` before. `from` and `to` are used on
/// a thread of their own each, and may wait there.
pub async fn run<R, W>(from: R, to: W, options: Options) -> bool
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (global, events) = GlobalState::reading(options.read);
    let (service, socket) = LspService::build(|client| Server::new(client, Arc::clone(&global)))
        .custom_method(method::RECORDINGS, Server::recordings)
        .custom_method(method::RECORDING, Server::recording)
        .custom_method(method::STEPS, Server::recording_steps)
        .custom_method(method::SEEK, Server::recording_seek)
        .custom_method(method::OCCURRENCES, Server::occurrences)
        .custom_method(method::TEXT, Server::text)
        .custom_method(method::EDIT, Server::edit)
        .custom_method(method::QUESTION, Server::question)
        .custom_method(method::ANSWER, Server::answer)
        .custom_method(method::FIND, Server::find)
        .custom_method(method::CANDIDATES, Server::candidates)
        .custom_method(method::TAKE, Server::take)
        .custom_method("karel/debugText", Server::debug_text)
        .custom_method("karel/debugWork", Server::debug_work)
        .finish();
    let client = service.inner().client().clone();
    let synthesis = Arc::clone(service.inner().synthesis());
    let scheduler = Scheduler::new(Arc::clone(&global), client, Arc::clone(&synthesis), options.pause);
    let scheduler = tokio::spawn(scheduler.run(events));
    let polite = serve(from, to, service, socket, global, options.stop).await;
    scheduler.abort();
    // Twice the time, should the system take its own to end a process.
    let _ = tokio::time::timeout(2 * FAREWELL, synthesis.engine.shutdown(FAREWELL)).await;
    polite
}
