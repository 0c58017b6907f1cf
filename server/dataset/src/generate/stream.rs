//! Tasks from several threads, in the order of their numbers.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::{Generated, Scratch, Settings, task};

/// Tasks that a thread makes ahead.
const AHEAD: usize = 64;

/// Endless tasks; its threads end when it is dropped.
pub struct Stream {
    /// One of every thread.
    made: Vec<Receiver<Generated>>,
    turn: usize,
}

/// Tasks number `first`, `first + 1`, and so on, the same ones for every number of threads, of which there is at
/// least one. Each thread makes every so-manieth task, and waits when it is 64 ahead.
pub fn stream(settings: Settings, first: u64, threads: usize) -> Stream {
    let threads = threads.max(1);
    let made = (0..threads).map(|thread| {
        let (give, take) = sync_channel(AHEAD);
        let settings = settings.clone();
        thread::spawn(move || {
            let mut scratch = Scratch::default();
            let mut index = first.wrapping_add(thread as u64);
            while give.send(task(&settings, index, &mut scratch)).is_ok() {
                index = index.wrapping_add(threads as u64);
            }
        });
        take
    });
    Stream { made: made.collect(), turn: 0 }
}

impl Iterator for Stream {
    type Item = Generated;

    fn next(&mut self) -> Option<Generated> {
        let task = self.made[self.turn].recv().ok();
        self.turn = (self.turn + 1) % self.made.len();
        task
    }
}
