//! Traces inferred on a thread of its own, while the training goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvError, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

use super::data::Draft;
use super::inferred::Inferrer;

/// Groups of batches whose traces are inferred at a time: one that is rolled out, and one that waits for it.
const GROUPS: usize = 2;

/// A thread that infers the traces of groups of batches, in their order.
pub struct Beside {
    give: Option<SyncSender<Vec<Receiver<Draft>>>>,
    take: Receiver<Vec<Draft>>,
    /// Groups given and not taken yet.
    under_way: usize,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Beside {
    /// # Errors
    /// Where the system gives no thread.
    pub fn new(inferrer: Inferrer) -> std::io::Result<Beside> {
        let (give, groups) = sync_channel::<Vec<Receiver<Draft>>>(GROUPS);
        let (done, take) = sync_channel(GROUPS);
        let stop = inferrer.stop();
        let work = move || {
            for group in groups {
                // Where a draft has failed, its reason has been said, and nobody gets this group.
                let Ok(mut drafts) = group.iter().map(Receiver::recv).collect::<Result<Vec<_>, _>>() else {
                    return;
                };
                inferrer.infer(&mut drafts);
                if done.send(drafts).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("roll-outs".to_owned()).spawn(work)?;
        Ok(Beside { give: Some(give), take, under_way: 0, stop, thread: Some(thread) })
    }

    /// Whether another group can be given.
    pub fn has_room(&self) -> bool {
        self.under_way < GROUPS
    }

    /// Gives a group of batches, drawn or being drawn.
    ///
    /// # Errors
    /// Where the thread has failed.
    pub fn give(&mut self, group: Vec<Receiver<Draft>>) -> Result<(), RecvError> {
        self.under_way += 1;
        self.give.as_ref().ok_or(RecvError)?.send(group).map_err(|_| RecvError)
    }

    /// The group that was given first, where it is done.
    ///
    /// # Errors
    /// Where the thread has failed.
    pub fn done(&mut self) -> Result<Option<Vec<Draft>>, RecvError> {
        match self.take.try_recv() {
            Ok(drafts) => {
                self.under_way -= 1;
                Ok(Some(drafts))
            }
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(RecvError),
        }
    }

    /// The group that was given first, as soon as it is done.
    ///
    /// # Errors
    /// Where the thread has failed.
    pub fn wait(&mut self) -> Result<Vec<Draft>, RecvError> {
        let drafts = self.take.recv()?;
        self.under_way -= 1;
        Ok(drafts)
    }
}

impl Drop for Beside {
    /// Waits for the thread: what it computes with must not outlive the device.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.give = None;
        // It may stand before a full channel.
        while self.take.recv().is_ok() {}
        if let Some(thread) = self.thread.take() {
            // A panic has been said.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use tch::{Device, Kind};

    use super::*;
    use crate::train::config::Config;
    use crate::train::data::Data;

    const CONFIG: &str = include_str!("../../systems/code-transformer.toml");
    const BATCH: u64 = 2;

    fn data_and_inferrer() -> (Data, Inferrer) {
        let overrides = ["data.batch=2", "traces.trace_model=\"embedded\"", "traces.inferred=0.6"];
        let config = Config::parse(CONFIG, "test", &overrides.map(str::to_owned)).unwrap();
        let inferrer = Inferrer::new(&config.traces, Device::Cpu, Kind::Float).unwrap().unwrap();
        (Data::new(&config).unwrap(), inferrer)
    }

    /// A draft that is ready.
    fn ready(draft: Draft) -> Receiver<Draft> {
        let (give, take) = channel();
        give.send(draft).unwrap();
        take
    }

    #[test]
    fn batches_come_in_their_order_with_the_traces_that_they_get_elsewhere() {
        let (data, inferrer) = data_and_inferrer();
        let drafts = || (0..6).map(|number| data.draft(number * BATCH, None));
        let mut expected: Vec<Draft> = drafts().collect();
        inferrer.infer(&mut expected);
        let mut beside = Beside::new(inferrer).unwrap();
        let mut all = drafts().map(ready);
        let mut found = Vec::new();
        for _ in 0..3 {
            assert!(beside.has_room());
            beside.give(all.by_ref().take(2).collect()).unwrap();
            if !beside.has_room() {
                found.extend(beside.wait().unwrap());
            }
        }
        found.extend(beside.wait().unwrap());
        assert!(beside.done().unwrap().is_none(), "nothing is under way");
        let traces = |drafts: &[Draft]| -> Vec<_> {
            drafts.iter().flat_map(|draft| &draft.samples).map(|sample| sample.task.traces.clone()).collect()
        };
        assert_eq!(found.len(), expected.len());
        assert!(expected.iter().any(|draft| !draft.wishes.is_empty()));
        assert_eq!(traces(&found), traces(&expected));
    }

    #[test]
    fn a_draft_that_failed_is_said_and_nothing_waits_for_ever() {
        let (data, inferrer) = data_and_inferrer();
        let mut beside = Beside::new(inferrer).unwrap();
        let (give, failed) = channel::<Draft>();
        drop(give);
        beside.give(vec![ready(data.draft(0, None)), failed]).unwrap();
        assert!(beside.wait().is_err());
        assert!(beside.done().is_err());
    }

    #[test]
    fn what_is_under_way_is_given_up_at_the_end() {
        let (data, inferrer) = data_and_inferrer();
        let stop = inferrer.stop();
        let mut beside = Beside::new(inferrer).unwrap();
        (0..GROUPS as u64).for_each(|number| {
            beside.give(vec![ready(data.draft(number * BATCH, None))]).unwrap();
        });
        drop(beside);
        assert!(stop.load(Ordering::Relaxed));
    }
}
