//! One session, from the first byte to the last.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tower_lsp::{ClientSocket, LanguageServer, LspService, Server};

use super::front::{Ending, Front};
use super::intake;
use super::pump::{MAX_WAITING, Pump};
use crate::workspace::Shared;

/// How long the client may take to read what is left after `exit`, and requests to end after the client's end closed.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until `exit`, or until the client is gone. True where `shutdown` came before.
pub async fn serve<R, W, L>(
    from: R,
    to: W,
    service: LspService<L>,
    socket: ClientSocket,
    shared: Arc<Shared>,
) -> bool
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
    L: LanguageServer,
{
    let ending = Ending::default();
    let (pump, mut drain) = Pump::new(to, MAX_WAITING);
    let (admitted, input) = tokio::io::duplex(64 << 10);
    let reader = tokio::spawn(intake::run(BufReader::new(from), admitted, pump.clone()));
    let front = Front::new(service, shared, ending.clone());
    // Far more than any client has open at a time: tower-lsp's own limit would stop the reader.
    let server = Server::new(input, pump, socket).concurrency_level(1 << 16).serve(front);
    let client_gone = async {
        if let Ok(Err(error)) = reader.await {
            tracing::info!("the client's end is closed: {error}");
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = server => {}
        () = client_gone => {}
        () = drain.closed() => {}
        () = ending.exit.cancelled() => {}
    }
    let _ = tokio::time::timeout(GRACE, drain.empty()).await;
    ending.shutdown.is_cancelled()
}
