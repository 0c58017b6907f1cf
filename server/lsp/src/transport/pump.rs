//! The way out. tower-lsp writes into this; a thread of its own empties it into standard output. A client that reads
//! slowly, or never, therefore can't stop the server from reading.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Bytes that may wait for the client. One that leaves more unread is taken to be gone.
pub const MAX_WAITING: usize = 256 << 20;

/// An `AsyncWrite` that is always ready.
#[derive(Clone)]
pub struct Pump {
    queue: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Arc<AtomicUsize>,
    most: usize,
    /// The client has left more than `most` bytes unread.
    overfull: CancellationToken,
}

/// Shows when the pump has come to its end, and what is still in it.
pub struct Drain {
    waiting: Arc<AtomicUsize>,
    written: watch::Receiver<()>,
    overfull: CancellationToken,
}

impl Pump {
    /// A client that leaves more than `most` bytes unread is given up, [`MAX_WAITING`] in the server.
    pub fn new<W>(mut to: W, most: usize) -> (Pump, Drain)
    where
        W: AsyncWrite + Unpin + Send + 'static,
    {
        let (queue, mut frames) = mpsc::unbounded_channel::<Vec<u8>>();
        let waiting = Arc::new(AtomicUsize::new(0));
        let (progress, written) = watch::channel(());
        let left = Arc::clone(&waiting);
        let overfull = CancellationToken::new();
        let give_up = overfull.clone();
        let empty = async move {
            while let Some(frame) = frames.recv().await {
                let send = async {
                    to.write_all(&frame).await?;
                    if frames.is_empty() { to.flush().await } else { Ok(()) }
                };
                // A client that reads nothing keeps the writer waiting here.
                let sent = tokio::select! {
                    biased;
                    () = give_up.cancelled() => {
                        tracing::error!("the client has left {most} bytes unread: giving up on it");
                        return;
                    }
                    sent = send => sent,
                };
                if let Err(error) = sent {
                    tracing::info!("the client's end is closed: {error}");
                    return;
                }
                left.fetch_sub(frame.len(), Ordering::AcqRel);
                if progress.send(()).is_err() {
                    return;
                }
            }
        };
        std::thread::spawn(move || futures::executor::block_on(empty));
        let pump = Pump { queue, waiting: Arc::clone(&waiting), most, overfull: overfull.clone() };
        (pump, Drain { waiting, written, overfull })
    }

    /// Queues one message. A client that is gone swallows it.
    pub fn send(&self, body: &str) {
        self.push(format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes());
    }

    fn push(&self, bytes: Vec<u8>) {
        let waiting = self.waiting.fetch_add(bytes.len(), Ordering::AcqRel) + bytes.len();
        if waiting > self.most {
            self.overfull.cancel();
            return;
        }
        // The writer's end is reported by `Drain`; here there is nobody left to tell.
        let _ = self.queue.send(bytes);
    }
}

impl Drain {
    /// Resolves when the writer has given up: the client's end is closed, or it reads nothing.
    pub async fn closed(&mut self) {
        while self.news().await {}
    }

    /// Resolves when all that was queued has been written, or can't be.
    pub async fn empty(&mut self) {
        while self.waiting.load(Ordering::Acquire) > 0 {
            if !self.news().await {
                return;
            }
        }
    }

    /// Waits until something more has been written; false where the client was given up meanwhile, which a writer that
    /// waits for it can't see by itself.
    async fn news(&mut self) -> bool {
        tokio::select! {
            biased;
            () = self.overfull.cancelled() => false,
            changed = self.written.changed() => changed.is_ok(),
        }
    }
}

impl AsyncWrite for Pump {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.push(bytes.to_vec());
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_client_that_never_reads_is_given_up() {
        let (client, server) = tokio::io::duplex(1 << 10);
        let (pump, mut drain) = Pump::new(server, 64 << 10);
        for _ in 0..100 {
            pump.send(&"x".repeat(1 << 10));
        }
        // Hangs, and is ended by the test runner, where the writer waits for the client for ever.
        drain.closed().await;
        drain.empty().await;
        drop(client);
    }
}
