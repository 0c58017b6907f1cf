//! Which cached nodes each slot of a beam passes through: plain integers, from which the device makes its masks.
//!
//! The prefixes of a task form a tree of nodes, one per token fed. The device keeps the nodes of a task side by side,
//! one *column* each. Tasks are blocks of equally many columns, padded where a task has fewer. Tasks may join at any
//! step: then their paths are shorter than others'.

use super::super::step_decoder::Step;

/// The slots of the last step.
pub(crate) struct Paths {
    /// Columns of a block.
    width: usize,
    /// The columns of each slot's nodes, `[slots, length]` flat. In place of what a shorter path lacks its first node
    /// stands several times, or [`NONE`] where it has none yet.
    columns: Vec<i32>,
    /// Tokens fed to the oldest task.
    length: usize,
}

/// A node that is not there yet.
const NONE: i32 = -1;

/// Where the nodes of one step lie.
#[derive(Debug, PartialEq)]
pub(crate) struct Nodes {
    /// Old nodes per task.
    pub kept: i64,
    /// The old nodes, numbered through all blocks of the step before: `[tasks, kept]`.
    pub old: Vec<i64>,
    /// The columns that each slot sees, its own the last: `[tasks, slots, seen_width]`. Padding sees itself.
    pub seen: Vec<i32>,
    pub seen_width: i64,
}

impl Paths {
    /// Before the first step there are no nodes.
    pub(crate) fn new() -> Paths {
        Paths { width: 0, columns: Vec::new(), length: 0 }
    }

    /// Adds tasks, each with a slot after those of the last step.
    pub(crate) fn join(&mut self, tasks: usize) {
        self.columns.resize(self.columns.len() + tasks * self.length, NONE);
    }

    /// Goes on with the slots of this step. Nodes that no slot passes through any more are dropped.
    pub(crate) fn step(&mut self, step: &Step) -> Nodes {
        let (tasks, slots) = (step.tasks as usize, step.slots as usize);
        let length = step.ages.iter().copied().max().unwrap_or(0) as usize;
        let seen_width = length + 1;
        // The old columns that rows still pass through, numbered anew as they come.
        let mut columns = vec![0i32; tasks * slots * seen_width];
        let mut kept: Vec<Vec<usize>> = Vec::with_capacity(tasks);
        for block in 0..tasks {
            let mut anew = vec![NONE; self.width];
            let mut own = Vec::new();
            for slot in (0..step.rows[block]).map(|row| block * slots + row) {
                // Where the oldest tasks have ended, the rest needs less.
                let before = &self.columns[step.parents[slot] as usize * self.length..][..self.length];
                let path = &mut columns[slot * seen_width..][..length];
                for (place, &column) in path.iter_mut().zip(&before[self.length - length..]) {
                    if column == NONE {
                        *place = NONE;
                        continue;
                    }
                    let number = &mut anew[column as usize];
                    if *number == NONE {
                        *number = own.len() as i32;
                        own.push(column as usize);
                    }
                    *place = *number;
                }
            }
            kept.push(own);
        }
        let most = kept.iter().map(Vec::len).max().unwrap_or(0);
        let mut old = Vec::with_capacity(tasks * most);
        for (block, kept) in kept.iter().enumerate() {
            let base = step.blocks[block] as usize * self.width;
            old.extend(kept.iter().map(|&column| (base + column) as i64));
            old.resize((block + 1) * most, 0);
        }
        for (slot, path) in columns.chunks_exact_mut(seen_width).enumerate() {
            let own = (most + slot % slots) as i32;
            path[length] = own;
            match step.is_padding(slot / slots, slot % slots) {
                true => path.fill(own),
                false => path.iter_mut().filter(|column| **column == NONE).for_each(|column| *column = own),
            }
        }
        (self.width, self.length) = (most + slots, seen_width);
        self.columns.clone_from(&columns);
        Nodes { kept: most as i64, old, seen: columns, seen_width: seen_width as i64 }
    }
}

#[cfg(test)]
mod tests {
    use dataset::compact::BEGIN;

    use super::super::super::Row;
    use super::super::super::step_decoder::Slots;
    use super::*;

    fn row(parent: usize, token: u8) -> Row {
        Row { parent, token }
    }

    #[test]
    fn nodes_are_shared_dropped_and_padded() {
        let (mut slots, mut paths) = (Slots::new(3), Paths::new());
        let mut step = |rows: &[Row]| paths.step(&slots.step(rows));
        let first = step(&[row(0, BEGIN), row(1, BEGIN), row(2, BEGIN)]);
        assert_eq!((first.kept, &first.seen[..]), (0, &[0, 0, 0][..]));
        // The second task ends; the first forks.
        let second = step(&[row(0, 4), row(0, 5), row(2, 6)]);
        assert_eq!((second.kept, &second.old[..]), (1, &[0, 2][..]));
        // Columns: the begin token, then a slot each; the padding slot sees itself only.
        assert_eq!(second.seen, [0, 1, 0, 2, 0, 1, 2, 2]);
        // Of the first task only the second fork goes on: its sibling's node is dropped.
        let third = step(&[row(1, 7), row(2, 8)]);
        assert_eq!((third.kept, &third.old[..]), (2, &[0, 2, 3, 4][..]));
        assert_eq!(third.seen, [0, 1, 2, 0, 1, 2]);
    }

    #[test]
    fn a_task_joins_and_outlives_another() {
        let (mut slots, mut paths) = (Slots::new(1), Paths::new());
        paths.step(&slots.step(&[row(0, BEGIN)]));
        paths.step(&slots.step(&[row(0, 4), row(0, 5)]));
        slots.join(1);
        paths.join(1);
        // The newcomer is the row after the two there are.
        let first = paths.step(&slots.step(&[row(0, 6), row(2, BEGIN)]));
        assert_eq!((first.kept, &first.old[..]), (2, &[0, 1, 0, 0][..]));
        assert_eq!(first.seen, [0, 1, 2, 2, 2, 2]);
        let second = paths.step(&slots.step(&[row(0, 7), row(1, 8), row(1, 9)]));
        assert_eq!((second.kept, &second.old[..]), (3, &[0, 1, 2, 5, 0, 0][..]));
        assert_eq!(second.seen, [0, 1, 2, 3, 4, 4, 4, 4, 0, 0, 0, 3, 0, 0, 0, 4]);
        // Alone, its paths are as long as it is old.
        let third = paths.step(&slots.step(&[row(2, 10)]));
        assert_eq!((third.kept, third.seen_width), (2, 3));
        assert_eq!((&third.old[..], &third.seen[..]), (&[5, 9][..], &[0, 1, 2][..]));
    }
}
