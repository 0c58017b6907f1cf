//! The proof that a loop is endless: within one activation of a `while`, its head sees a world that it has
//! already seen in that activation. All else that the run depends on (calls, counters of the blocks around) is
//! then the same too, and the run repeats itself for ever.
//!
//! Brent's algorithm, with a mark per active `while` instead of saved worlds: a mark holds the robot, a sum over
//! the cells that distinguishes worlds quickly, and the place in a journal of marker changes. Two worlds of one
//! run are equal exactly when the robot is in the same state and the changes between them cancel out cell by
//! cell, so the journal decides, and the sum only says when to ask it.

use crate::ground::Ground;

#[derive(Debug, Default)]
pub(crate) struct LoopProof {
    active: Vec<Activation>,
    /// Places where markers changed while a `while` was active: `place + 1`, negative where one was picked.
    journal: Vec<i32>,
    /// The sum of the changes to each cell times a number of its own, wrapping.
    sum: u64,
    /// Scratch memory for the net change of each cell; all of it is zero between uses.
    net: Vec<i32>,
}

#[derive(Debug, Clone, Copy)]
struct Activation {
    mark: Mark,
    /// The number of visits of the head for which the mark is to stay.
    power: u32,
    /// The number of visits since the mark was set; 0 before the first.
    since: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    place: u16,
    heading: u8,
    sum: u64,
    journal: usize,
}

/// The number of visits for which the first mark stays: most endless loops of beginners come round again sooner, and
/// are then proved at the first repetition.
const FIRST_POWER: u32 = 16;

impl LoopProof {
    pub(crate) fn reset(&mut self) {
        self.active.clear();
        self.journal.clear();
        self.sum = 0;
    }

    pub(crate) fn enter(&mut self, world: &impl Ground) {
        if self.active.is_empty() {
            self.journal.clear();
        }
        let mark = self.mark(world);
        self.active.push(Activation { mark, power: FIRST_POWER, since: 0 });
    }

    pub(crate) fn leave(&mut self) {
        self.active.pop();
    }

    /// Notes that a marker was put (`change` 1) or picked (-1) where the robot stands.
    #[inline]
    pub(crate) fn marker(&mut self, world: &impl Ground, change: i32) {
        if self.active.is_empty() {
            return;
        }
        self.journal.push((i32::from(world.place()) + 1) * change);
        self.sum = self.sum.wrapping_add(weight(world.place()).wrapping_mul(change as u64));
    }

    /// Notes that the head of the innermost active `while` is reached in this world. Returns true where it has been
    /// reached in this world before.
    #[inline]
    pub(crate) fn visit(&mut self, world: &impl Ground) -> bool {
        let now = self.mark(world);
        let Some(top) = self.active.last_mut() else { return false };
        if top.since > 0 {
            let Activation { mark, .. } = *top;
            if (mark.place, mark.heading, mark.sum) == (now.place, now.heading, now.sum)
                && cancels_out(&self.journal[mark.journal..], &mut self.net)
            {
                return true;
            }
            if top.since == top.power {
                *top = Activation { mark: now, power: top.power.saturating_mul(2), since: 0 };
            }
        }
        top.since += 1;
        false
    }

    fn mark(&self, world: &impl Ground) -> Mark {
        Mark {
            place: world.place(),
            heading: world.heading() as u8,
            sum: self.sum,
            journal: self.journal.len(),
        }
    }
}

/// Whether the changes leave every cell as it was.
fn cancels_out(changes: &[i32], net: &mut Vec<i32>) -> bool {
    let cells = changes.iter().map(|change| change.unsigned_abs() as usize).max().unwrap_or_default();
    if net.len() < cells {
        net.resize(cells, 0);
    }
    for &change in changes {
        net[change.unsigned_abs() as usize - 1] += change.signum();
    }
    let mut zero = true;
    for &change in changes {
        zero &= std::mem::take(&mut net[change.unsigned_abs() as usize - 1]) == 0;
    }
    zero
}

/// A number for each cell, without pattern (the finalizer of SplitMix64).
fn weight(place: u16) -> u64 {
    crate::sample::scrambled(u64::from(place).wrapping_add(0x9e37_79b9_7f4a_7c15))
}
