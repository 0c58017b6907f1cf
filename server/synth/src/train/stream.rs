//! Batches, ready in time: tasks are drawn and features made on threads of their own, some batches ahead; traces are
//! inferred in between, for several batches at a time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvError, sync_channel};
use std::time::{Duration, Instant};

use anyhow::Context;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::data::{Batch, Data, Draft};
use super::file::Line;
use super::inferred::Inferrer;
use crate::models::network::Network;

/// Batches drawn ahead of those whose traces are inferred next.
const AHEAD: usize = 3;
/// Least number of batches whose features are being made, or are made, before one is given out.
const READY: usize = 2;

/// Endless batches in their order.
pub struct Stream<N: Network> {
    threads: ThreadPool,
    network: Arc<N::Config>,
    data: Arc<Data>,
    /// Where there is a file.
    lines: Option<Receiver<Vec<Line>>>,
    inferrer: Option<Inferrer>,
    /// Batches under way: whose traces are still to be inferred, and whose features are being made.
    drafts: VecDeque<Receiver<Draft>>,
    ready: VecDeque<Receiver<Batch<N::Features>>>,
    /// Number of the first task of the next draft.
    next: u64,
    /// Time spent waiting for the threads, and inferring traces.
    pub waited: Duration,
    pub inferring: Duration,
}

impl<N: Network> Stream<N> {
    /// Begins with task number `first`, on this many threads.
    ///
    /// # Errors
    /// Where the system gives no threads.
    pub fn new(
        network: N::Config,
        data: Data,
        lines: Option<Receiver<Vec<Line>>>,
        inferrer: Option<Inferrer>,
        first: u64,
        threads: usize,
    ) -> anyhow::Result<Stream<N>> {
        let threads = ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .thread_name(|number| format!("data-{number}"))
            .build()
            .context("can't start the threads that prepare the data")?;
        Ok(Stream {
            threads,
            network: Arc::new(network),
            data: Arc::new(data),
            lines,
            inferrer,
            drafts: VecDeque::new(),
            ready: VecDeque::new(),
            next: first,
            waited: Duration::ZERO,
            inferring: Duration::ZERO,
        })
    }

    /// The next batch.
    ///
    /// # Errors
    /// Where the file holds nothing that can be learned from.
    pub fn next_batch(&mut self) -> anyhow::Result<Batch<N::Features>> {
        let start = Instant::now();
        let inferring = self.inferring;
        let batch = self.advance().with_context(|| match &self.lines {
            Some(_) => "the file of tasks holds none, or can't be read any more",
            None => "a thread that prepares tasks has failed; its reason stands above",
        });
        self.waited += start.elapsed().saturating_sub(self.inferring.saturating_sub(inferring));
        batch
    }

    fn advance(&mut self) -> Result<Batch<N::Features>, RecvError> {
        let group = self.inferrer.as_ref().map_or(1, |inferrer| inferrer.group(self.data.batch()));
        loop {
            while self.drafts.len() < group + AHEAD {
                let lines = self.lines.as_ref().map(Receiver::recv).transpose()?;
                let (data, first) = (Arc::clone(&self.data), self.next);
                self.next += data.batch();
                self.drafts.push_back(self.spawn(move || data.draft(first, lines)));
            }
            if self.ready.len() >= READY {
                break;
            }
            let drafts = self.drafts.drain(..group);
            let mut drafts = drafts.map(|draft| draft.recv()).collect::<Result<Vec<_>, _>>()?;
            if let Some(inferrer) = &self.inferrer {
                let start = Instant::now();
                inferrer.infer(&mut drafts);
                self.inferring += start.elapsed();
            }
            for draft in drafts {
                let (data, network) = (Arc::clone(&self.data), Arc::clone(&self.network));
                let ready = self.spawn(move || data.finish::<N>(&network, draft));
                self.ready.push_back(ready);
            }
        }
        self.ready.pop_front().ok_or(RecvError)?.recv()
    }

    fn spawn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
        let (give, take) = sync_channel(1);
        self.threads.spawn_fifo(move || {
            // Nobody may want it any more.
            let _ = give.send(work());
        });
        take
    }
}
