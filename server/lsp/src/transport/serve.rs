//! One session, from the first byte to the last.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tower_lsp::{ClientSocket, LanguageServer, LspService, Server};

use super::front::{Ending, Front};
use super::intake;
use super::pump::{MAX_WAITING, Pump};
use crate::state::global::GlobalState;

/// How long the client may take to read what is left after `exit`, and requests to end after the client's end closed.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until `exit`, until the client is gone, or until `stop`. True where `shutdown` came before. `from` and `to`
/// are used on a thread of their own each, and may wait there.
pub async fn serve<R, W, L>(
    from: R,
    to: W,
    service: LspService<L>,
    socket: ClientSocket,
    global: Arc<GlobalState>,
    stop: CancellationToken,
) -> bool
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
    L: LanguageServer,
{
    let ending = Ending::default();
    let (pump, mut drain) = Pump::new(to, MAX_WAITING);
    let (admitted, input) = tokio::io::duplex(64 << 10);
    let (tell, closed) = oneshot::channel();
    let intake = intake::run(BufReader::new(from), admitted, pump.clone());
    std::thread::spawn(move || drop(tell.send(futures::executor::block_on(intake))));
    let front = Front::new(service, Arc::clone(&global), ending.clone());
    // Far more than any client has open at a time: tower-lsp's own limit would stop the reader.
    let server = Server::new(input, pump, socket).concurrency_level(1 << 16).serve(front);
    let client_gone = async {
        if let Ok(Err(error)) = closed.await {
            tracing::info!("the client's end is closed: {error}");
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = server => {}
        () = client_gone => {}
        () = drain.closed() => {}
        () = ending.exit.cancelled() => {}
        () = ending.parent_gone.cancelled() => {}
        () = stop.cancelled() => {}
    }
    global.over.cancel();
    let _ = tokio::time::timeout(GRACE, drain.empty()).await;
    ending.shutdown.is_cancelled()
}
