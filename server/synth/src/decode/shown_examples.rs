//! Which examples a network reads where there are more, or fewer, than it was made for.

use runtime::Action;

use crate::decode::traces::Traces;
use crate::models::{CodeTask, Pair};

/// Picks as many examples as `count` allows: all where that is possible, those whose traces differ most where there
/// are too many (in their order), and each again in turn where there are too few. Empty for no examples.
pub fn choose(pairs: &[Pair], traces: &Traces, count: &std::ops::RangeInclusive<usize>) -> CodeTask {
    let mut picked: Vec<usize> = if pairs.len() > *count.end() {
        most_different(traces, *count.end())
    } else {
        (0..pairs.len()).collect()
    };
    let distinct = picked.len();
    for turn in 0..count.start().saturating_sub(distinct) {
        if let Some(&again) = picked.get(turn % distinct.max(1)) {
            picked.push(again);
        }
    }
    CodeTask {
        pairs: picked.iter().map(|&i| pairs[i].clone()).collect(),
        traces: picked.iter().map(|&i| traces[i].clone()).collect(),
    }
}

/// Starts with the longest trace and adds, one by one, the one that is farthest from all that are there. Examples
/// without a trace come last.
fn most_different(traces: &Traces, count: usize) -> Vec<usize> {
    let mut picked: Vec<usize> = Vec::with_capacity(count);
    while picked.len() < count {
        let worth = |&candidate: &usize| {
            let Some(trace) = &traces[candidate] else { return (false, 0, 0) };
            let known = picked.iter().filter_map(|&other| traces[other].as_deref());
            let nearest = known.map(|other| distance(trace, other)).min().unwrap_or(usize::MAX);
            (true, nearest, trace.len())
        };
        // Of equals the first.
        let rest = (0..traces.len()).rev().filter(|i| !picked.contains(i));
        let Some(next) = rest.max_by_key(worth) else { break };
        picked.push(next);
    }
    picked.sort_unstable();
    picked
}

/// Actions to insert, delete or replace.
fn distance(a: &[Action], b: &[Action]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::World;

    fn pair(rows: u8) -> Pair {
        Pair { start: World::new(rows, 3), goal: World::new(rows, 3) }
    }

    fn rows(task: &CodeTask) -> Vec<u8> {
        task.pairs.iter().map(|p| p.start.rows()).collect()
    }

    #[test]
    fn fewer_are_repeated_in_turn() {
        let task = choose(&[pair(2), pair(3)], &vec![None, None], &(5..=5));
        assert_eq!(rows(&task), [2, 3, 2, 3, 2]);
        assert!(choose(&[], &vec![], &(5..=5)).pairs.is_empty());
    }

    #[test]
    fn of_more_those_that_differ_are_taken() {
        use Action::{Move, TurnLeft};
        let traces =
            vec![Some(vec![Move]), Some(vec![Move]), Some(vec![Move; 4]), None, Some(vec![TurnLeft; 3])];
        let pairs: Vec<Pair> = (2..7).map(pair).collect();
        assert_eq!(rows(&choose(&pairs, &traces, &(3..=3))), [2, 4, 6]);
        assert_eq!(rows(&choose(&pairs, &traces, &(1..=10))), [2, 3, 4, 5, 6]);
    }

    #[test]
    fn distances() {
        use Action::{Move, PutMarker, TurnLeft};
        assert_eq!(distance(&[], &[Move, Move]), 2);
        assert_eq!(distance(&[Move, TurnLeft, Move], &[Move, Move]), 1);
        assert_eq!(distance(&[Move, TurnLeft], &[PutMarker, Move]), 2);
    }
}
