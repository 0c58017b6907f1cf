//! Which cached nodes each row of a beam passes through: plain integers, from which the device makes its masks.
//!
//! The prefixes of a task form a tree of nodes, one per token fed. The device keeps the nodes of a task side by side,
//! one *column* each; the rows of a task are its *slots*. Tasks are blocks of equally many columns and slots, padded
//! where a task has fewer. Tasks may join at any step: then their paths are shorter than others'.

use dataset::compact::BEGIN;

use super::super::Row;

/// The rows of the last step.
pub struct Paths {
    /// Tokens fed to each task that still has rows: one block each.
    ages: Vec<usize>,
    /// Columns of a block.
    width: usize,
    /// Per row: its block.
    blocks: Vec<usize>,
    /// Per row: the columns of its nodes, `[rows, length]` flat. In place of what a shorter path lacks its first node
    /// stands several times, or [`NONE`] where it has none yet.
    columns: Vec<i32>,
    /// Tokens fed to the oldest task.
    length: usize,
}

/// A node that is not there yet.
const NONE: i32 = -1;

/// Where everything goes in one step.
#[derive(Debug, PartialEq)]
pub struct Step {
    /// Tasks that have rows.
    pub tasks: usize,
    /// Slots per task.
    pub beam: usize,
    /// Old nodes per task.
    pub kept: usize,
    /// The old nodes, numbered through all blocks: `[tasks, kept]`.
    pub kept_nodes: Vec<i64>,
    /// `[tasks, beam]`
    pub tokens: Vec<i64>,
    /// Tokens before: `[tasks, beam]`
    pub positions: Vec<i64>,
    /// The columns that each slot sees, its own the last: `[tasks, beam, seen_width]`. Padding sees itself.
    pub seen: Vec<i32>,
    pub seen_width: usize,
    /// Rows of each task: its first slots.
    pub rows: Vec<usize>,
    /// Where tasks have ended: the old blocks of those that go on.
    pub going_on: Option<Vec<i64>>,
}

impl Paths {
    /// Before the first step, each task is a row.
    pub fn new(tasks: usize) -> Paths {
        Paths { ages: vec![0; tasks], width: 0, blocks: (0..tasks).collect(), columns: Vec::new(), length: 0 }
    }

    /// More tasks, each a row after those of the last step.
    pub fn join(&mut self, tasks: usize) {
        self.blocks.extend(self.ages.len()..self.ages.len() + tasks);
        self.ages.resize(self.ages.len() + tasks, 0);
        self.columns.resize(self.columns.len() + tasks * self.length, NONE);
    }

    /// Goes on with these rows, which lie together by task, the tasks ascending. Nodes that no row passes through any
    /// more are dropped.
    pub fn step(&mut self, rows: &[Row]) -> Step {
        let groups: Vec<&[Row]> =
            rows.chunk_by(|a, b| self.blocks[a.parent] == self.blocks[b.parent]).collect();
        let old: Vec<usize> = groups.iter().map(|group| self.blocks[group[0].parent]).collect();
        let beam = groups.iter().map(|group| group.len()).max().unwrap_or(0);
        let ages: Vec<usize> = old.iter().map(|&block| self.ages[block]).collect();
        let length = ages.iter().copied().max().unwrap_or(0);
        let seen_width = length + 1;

        // The old columns that rows still pass through, numbered anew as they come.
        let mut columns = vec![0i32; rows.len() * seen_width];
        let mut anew = vec![-1i32; self.width];
        let mut kept: Vec<Vec<usize>> = Vec::with_capacity(groups.len());
        let mut places = columns.chunks_exact_mut(seen_width);
        for group in &groups {
            anew.fill(-1);
            let mut own = Vec::new();
            for (row, path) in group.iter().zip(&mut places) {
                // Where the oldest tasks have ended, the rest needs less.
                let before = &self.columns[row.parent * self.length..][self.length - length..self.length];
                for (place, &column) in path.iter_mut().zip(before) {
                    if column == NONE {
                        *place = NONE;
                        continue;
                    }
                    let number = &mut anew[column as usize];
                    if *number < 0 {
                        *number = own.len() as i32;
                        own.push(column as usize);
                    }
                    *place = *number;
                }
            }
            kept.push(own);
        }
        let most = kept.iter().map(Vec::len).max().unwrap_or(0);

        let slots = groups.len() * beam;
        let mut kept_nodes = Vec::with_capacity(groups.len() * most);
        let mut tokens = vec![i64::from(BEGIN); slots];
        let mut positions = Vec::with_capacity(slots);
        let mut seen = vec![0i32; slots * seen_width];
        let mut paths = columns.chunks_exact_mut(seen_width);
        for (block, group) in groups.iter().enumerate() {
            let base = old[block] * self.width;
            kept_nodes.extend(kept[block].iter().map(|&column| (base + column) as i64));
            kept_nodes.resize((block + 1) * most, 0);
            positions.resize((block + 1) * beam, ages[block] as i64);
            for place in 0..beam {
                let slot = block * beam + place;
                let own = (most + place) as i32;
                let seen = &mut seen[slot * seen_width..][..seen_width];
                if let Some(row) = group.get(place)
                    && let Some(path) = paths.next()
                {
                    tokens[slot] = i64::from(row.token);
                    path[length] = own;
                    path.iter_mut().filter(|column| **column == NONE).for_each(|column| *column = own);
                    seen.copy_from_slice(path);
                } else {
                    seen.fill(own);
                }
            }
        }
        let ended = old.len() != self.ages.len();
        let going_on = ended.then(|| old.iter().map(|&block| block as i64).collect());
        self.blocks = groups.iter().enumerate().flat_map(|(n, g)| std::iter::repeat_n(n, g.len())).collect();
        self.ages = ages.into_iter().map(|age| age + 1).collect();
        self.width = most + beam;
        self.columns = columns;
        self.length = seen_width;
        Step {
            tasks: groups.len(),
            beam,
            kept: most,
            kept_nodes,
            tokens,
            positions,
            seen,
            seen_width,
            rows: groups.iter().map(|group| group.len()).collect(),
            going_on,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(parent: usize, token: u8) -> Row {
        Row { parent, token }
    }

    #[test]
    fn nodes_are_shared_dropped_and_padded() {
        let mut paths = Paths::new(3);
        let first = paths.step(&[row(0, BEGIN), row(1, BEGIN), row(2, BEGIN)]);
        assert_eq!((first.tasks, first.beam, first.kept, &first.seen[..]), (3, 1, 0, &[0, 0, 0][..]));
        assert_eq!(first.going_on, None);
        // The second task ends; the first forks.
        let second = paths.step(&[row(0, 4), row(0, 5), row(2, 6)]);
        assert_eq!((second.tasks, second.beam, second.kept), (2, 2, 1));
        assert_eq!((&second.kept_nodes[..], second.going_on), (&[0, 2][..], Some(vec![0, 2])));
        assert_eq!(second.tokens, [4, 5, 6, i64::from(BEGIN)]);
        // Columns: the begin token, then a slot each; the padding slot sees itself only.
        assert_eq!(second.seen, [0, 1, 0, 2, 0, 1, 2, 2]);
        assert_eq!(second.rows, [2, 1]);
        // Of the first task only the second fork goes on: its sibling's node is dropped.
        let third = paths.step(&[row(1, 7), row(2, 8)]);
        assert_eq!((third.beam, third.kept, &third.kept_nodes[..]), (1, 2, &[0, 2, 3, 4][..]));
        assert_eq!((&third.seen[..], third.going_on), (&[0, 1, 2, 0, 1, 2][..], None));
        assert_eq!(third.positions, [2, 2]);
    }

    #[test]
    fn a_task_joins_and_outlives_another() {
        let mut paths = Paths::new(1);
        paths.step(&[row(0, BEGIN)]);
        paths.step(&[row(0, 4), row(0, 5)]);
        paths.join(1);
        // The newcomer is the row after the two there are.
        let first = paths.step(&[row(0, 6), row(2, BEGIN)]);
        assert_eq!((first.tasks, first.beam, first.kept, first.going_on), (2, 1, 2, None));
        assert_eq!((&first.kept_nodes[..], &first.positions[..]), (&[0, 1, 0, 0][..], &[2, 0][..]));
        assert_eq!(first.seen, [0, 1, 2, 2, 2, 2]);
        let second = paths.step(&[row(0, 7), row(1, 8), row(1, 9)]);
        assert_eq!((second.beam, second.kept, &second.positions[..]), (2, 3, &[3, 3, 1, 1][..]));
        assert_eq!(second.kept_nodes, [0, 1, 2, 5, 0, 0]);
        assert_eq!(second.seen, [0, 1, 2, 3, 4, 4, 4, 4, 0, 0, 0, 3, 0, 0, 0, 4]);
        // Alone, its paths are as long as it is old.
        let third = paths.step(&[row(2, 10)]);
        assert_eq!((third.going_on, third.kept, third.seen_width), (Some(vec![1]), 2, 3));
        assert_eq!((&third.kept_nodes[..], &third.seen[..]), (&[5, 9][..], &[0, 1, 2][..]));
        assert_eq!(third.positions, [2]);
    }
}
