//! Recorded runs, as many as there is room for. A recording can be made again at any time, so the ones not used for
//! longest go where there is no more room; what verdicts, lenses and counts need of a run is kept apart
//! ([`crate::Run`], [`crate::tally`]) and stays.

use runtime::{Recording, Step};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The recordings of all analyses that share the room: those of one server.
pub struct Recordings {
    kept: Mutex<Kept>,
    made: AtomicU64,
}

struct Kept {
    /// Bytes that all recordings together may take.
    budget: usize,
    bytes: usize,
    /// A counter that grows with every use and every new holder.
    clock: u64,
    /// The recordings, by the analysis that they belong to and the number of the example there. An analysis that is not
    /// among the holders has given up its part.
    holders: HashMap<u64, HashMap<usize, Slot>>,
    /// The recordings by the time of their last use.
    uses: BTreeMap<u64, (u64, usize)>,
}

struct Slot {
    recording: Arc<Recording>,
    bytes: usize,
    used: u64,
}

impl Recordings {
    /// The budget in bytes, where no other is asked for.
    pub const BUDGET: usize = 256 << 20;

    /// Room for `budget` bytes; with 0 every recording is made again when it is needed.
    pub fn new(budget: usize) -> Recordings {
        let (holders, uses) = (HashMap::new(), BTreeMap::new());
        Recordings {
            kept: Mutex::new(Kept { budget, bytes: 0, clock: 0, holders, uses }),
            made: AtomicU64::new(0),
        }
    }

    /// Makes more room, or less: then what was not used for longest goes at once.
    pub fn set_budget(&self, bytes: usize) {
        let mut kept = self.kept();
        kept.budget = bytes;
        kept.make_room();
    }

    /// Bytes that the recordings kept take now; never more than the budget.
    pub fn bytes(&self) -> usize {
        self.kept().bytes
    }

    /// How many recordings have been made since the start, again or for the first time.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn make_room(&mut self) {
        while self.bytes > self.budget
            && let Some((_, (holder, example))) = self.uses.pop_first()
        {
            let slot = self.holders.get_mut(&holder).and_then(|slots| slots.remove(&example));
            self.bytes -= slot.map_or(0, |slot| slot.bytes);
        }
    }

    fn give_up(&mut self, holder: u64) {
        for slot in self.holders.remove(&holder).into_iter().flat_map(HashMap::into_values) {
            self.uses.remove(&slot.used);
            self.bytes -= slot.bytes;
        }
    }
}

/// One analysis's part of the room; given up with it.
pub(crate) struct Share {
    all: Arc<Recordings>,
    holder: u64,
}

impl Share {
    pub(crate) fn of(all: Arc<Recordings>) -> Share {
        let mut kept = all.kept();
        let holder = kept.tick();
        kept.holders.insert(holder, HashMap::new());
        drop(kept);
        Share { all, holder }
    }

    pub(crate) fn get(&self, example: usize) -> Option<Arc<Recording>> {
        let mut kept = self.all.kept();
        let now = kept.tick();
        let slot = kept.holders.get_mut(&self.holder)?.get_mut(&example)?;
        let before = std::mem::replace(&mut slot.used, now);
        let recording = Arc::clone(&slot.recording);
        kept.uses.remove(&before);
        kept.uses.insert(now, (self.holder, example));
        Some(recording)
    }

    /// Counts a recording as made, and keeps it where there is room and this part has not been given up.
    pub(crate) fn keep(&self, example: usize, mut recording: Recording) -> Arc<Recording> {
        self.all.made.fetch_add(1, Ordering::Relaxed);
        recording.steps.shrink_to_fit();
        let bytes = bytes(&recording);
        let recording = Arc::new(recording);
        let mut kept = self.all.kept();
        let used = kept.tick();
        if bytes > kept.budget {
            return recording;
        }
        let Some(slots) = kept.holders.get_mut(&self.holder) else { return recording };
        let slot = Slot { recording: Arc::clone(&recording), bytes, used };
        let before = slots.insert(example, slot);
        kept.bytes += bytes;
        kept.uses.insert(used, (self.holder, example));
        if let Some(before) = before {
            kept.bytes -= before.bytes;
            kept.uses.remove(&before.used);
        }
        kept.make_room();
        recording
    }

    /// Gives up all recordings of this part, and keeps none from now on.
    pub(crate) fn give_up(&self) {
        self.all.kept().give_up(self.holder);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_up();
    }
}

fn bytes(recording: &Recording) -> usize {
    let cells = |world: &runtime::World| (usize::from(world.rows()) + 2) * (usize::from(world.cols()) + 2);
    size_of::<Recording>()
        + recording.steps.capacity() * size_of::<Step>()
        + cells(&recording.start)
        + cells(&recording.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(steps: usize) -> Recording {
        let text = format!("def main():\n{}", "    turnLeft()\n".repeat(steps));
        let program = runtime::lower(&syntax::parse(&text).file);
        let world = runtime::World::new(1, 1);
        let mut recording = runtime::record(&program.code, &world, &runtime::Limits::EDITOR, &|| false);
        recording.steps.shrink_to_fit();
        recording
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let one = bytes(&recording(100));
        let all = Arc::new(Recordings::new(3 * one));
        let (a, b) = (Share::of(Arc::clone(&all)), Share::of(Arc::clone(&all)));
        a.keep(0, recording(100));
        b.keep(0, recording(100));
        a.keep(1, recording(100));
        assert_eq!(all.bytes(), 3 * one);
        assert!(a.get(0).is_some());
        b.keep(1, recording(100));
        assert_eq!(all.bytes(), 3 * one);
        assert!(b.get(0).is_none(), "of whichever analysis");
        assert!(a.get(0).is_some() && a.get(1).is_some() && b.get(1).is_some());
        // The same again takes no more room.
        b.keep(1, recording(100));
        assert_eq!(all.bytes(), 3 * one);
        // Too large for any room: it is there for who made it.
        assert_eq!(a.keep(2, recording(1_000)).steps.len(), 1_000);
        assert_eq!(all.bytes(), 3 * one);
        assert_eq!(all.made(), 6);
        all.set_budget(one);
        assert_eq!(all.bytes(), one);
        assert!(b.get(1).is_some());
    }

    #[test]
    fn a_part_that_was_given_up_takes_no_room() {
        let all = Arc::new(Recordings::new(Recordings::BUDGET));
        let (a, b) = (Share::of(Arc::clone(&all)), Share::of(Arc::clone(&all)));
        a.keep(0, recording(10));
        b.keep(0, recording(10));
        let both = all.bytes();
        a.give_up();
        assert_eq!(all.bytes(), both / 2);
        assert_eq!(a.keep(1, recording(10)).steps.len(), 10);
        assert!(a.get(1).is_none());
        drop(b);
        assert_eq!(all.bytes(), 0);
    }
}
