//! Batches, ready in time: tasks are drawn and features made on threads of their own, some batches ahead; traces are
//! inferred for several batches at a time, on a device beside the training, on the CPU in between.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvError, sync_channel};
use std::time::{Duration, Instant};

use anyhow::Context;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::beside::Beside;
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
    inferring_by: By,
    /// Batches whose traces are inferred together.
    group: usize,
    /// Batches under way: whose traces are still to be inferred, and whose features are being made.
    drafts: VecDeque<Receiver<Draft>>,
    ready: VecDeque<Receiver<Batch<N::Features>>>,
    /// Number of the first task of the next draft.
    next: u64,
    /// Time spent waiting for the threads, and inferring traces.
    pub waited: Duration,
    pub inferring: Duration,
}

/// Who infers traces.
enum By {
    /// Nobody: none are wished for.
    Nobody,
    /// The thread that trains, in between.
    Trainer(Inferrer),
    Beside(Beside),
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
        let group = inferrer.as_ref().map_or(1, |inferrer| inferrer.group(data.batch()));
        let inferring_by = match inferrer {
            None => By::Nobody,
            Some(inferrer) if inferrer.is_beside() => {
                By::Beside(Beside::new(inferrer).context("can't start the thread that infers traces")?)
            }
            Some(inferrer) => By::Trainer(inferrer),
        };
        Ok(Stream {
            threads,
            network: Arc::new(network),
            data: Arc::new(data),
            lines,
            inferring_by,
            group,
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
        loop {
            self.draw()?;
            let Some(drafts) = self.inferred()? else { break };
            for draft in drafts {
                let (data, network) = (Arc::clone(&self.data), Arc::clone(&self.network));
                let ready = self.spawn(move || data.finish::<N>(&network, draft));
                self.ready.push_back(ready);
            }
        }
        self.ready.pop_front().ok_or(RecvError)?.recv()
    }

    /// Has batches drawn ahead.
    fn draw(&mut self) -> Result<(), RecvError> {
        while self.drafts.len() < self.group + AHEAD {
            let lines = self.lines.as_ref().map(Receiver::recv).transpose()?;
            let (data, first) = (Arc::clone(&self.data), self.next);
            self.next += data.batch();
            self.drafts.push_back(self.spawn(move || data.draft(first, lines)));
        }
        Ok(())
    }

    /// The next batches with their traces; none where enough are ready, and no more are done beside.
    fn inferred(&mut self) -> Result<Option<Vec<Draft>>, RecvError> {
        let enough = self.ready.len() >= READY;
        if let By::Beside(beside) = &mut self.inferring_by {
            if beside.has_room() {
                beside.give(self.drafts.drain(..self.group).collect())?;
            }
            if enough {
                // What is done lies here, ready to be learned from; but not more than one group ahead.
                return if self.ready.len() < self.group { beside.done() } else { Ok(None) };
            }
            let start = Instant::now();
            let drafts = beside.wait();
            self.inferring += start.elapsed();
            return drafts.map(Some);
        }
        if enough {
            return Ok(None);
        }
        let drafts = self.drafts.drain(..self.group).map(|draft| draft.recv());
        let mut drafts = drafts.collect::<Result<Vec<_>, _>>()?;
        if let By::Trainer(inferrer) = &self.inferring_by {
            let start = Instant::now();
            inferrer.infer(&mut drafts);
            self.inferring += start.elapsed();
        }
        Ok(Some(drafts))
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
