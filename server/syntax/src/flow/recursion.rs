//! K118: procedures that call themselves whichever way they take.

use super::Found;
use crate::ast::{Block, CountKind, File, Procedure, StatementKind};
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::codes::names_flow as codes;
use crate::diagnostic::{Diagnostic, Severity};
use std::collections::{BTreeSet, HashMap};

pub(crate) fn check(file: &File, found: &mut Found<'_>) -> Result<(), Cancelled> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut procedures: Vec<&Procedure> = Vec::new();
    // What is not understood may be anything.
    for procedure in file.procedures().filter(|p| p.broken.is_none() && !p.body.has_broken()) {
        numbers.entry(&procedure.name.text).or_insert_with(|| {
            procedures.push(procedure);
            procedures.len() - 1
        });
    }
    let mut calls = Vec::with_capacity(procedures.len());
    for procedure in &procedures {
        check_cancel(found.cancel)?;
        let names = certain_calls(&procedure.body);
        calls.push(names.into_iter().filter_map(|name| numbers.get(name).copied()).collect());
    }
    for (procedure, _) in procedures.iter().zip(on_cycles(&calls, found.cancel)?).filter(|(_, on)| *on) {
        let name = &procedure.name.text;
        let message = format!("'{name}' always calls itself again, so it never comes to an end.");
        found.push(Diagnostic::new(
            &codes::ENDLESS_RECURSION,
            Severity::Warning,
            procedure.name.range,
            message,
        ));
    }
    Ok(())
}

/// Which nodes of a graph come back to themselves along its edges. Tarjan's algorithm, in time with the edges and
/// without recursion, which a long chain of calls would take too deep.
fn on_cycles(edges: &[Vec<usize>], cancel: Cancel<'_>) -> Result<Vec<bool>, Cancelled> {
    const UNSEEN: usize = usize::MAX;
    /// In a component that is known; greater than the number of any open node.
    const DONE: usize = usize::MAX - 1;
    let mut on_cycle = vec![false; edges.len()];
    // When a node was first seen; of an open one, the earliest that it is known to come back to.
    let mut low = vec![UNSEEN; edges.len()];
    let mut seen = 0;
    // The open nodes in the order in which they were seen, and the way to the present one: each node on it with the
    // number that it was seen with and how many of its edges have been followed.
    let (mut open, mut way): (Vec<usize>, Vec<(usize, usize, usize)>) = (Vec::new(), Vec::new());
    for root in 0..edges.len() {
        if low[root] != UNSEEN {
            continue;
        }
        let mut next = Some(root);
        loop {
            check_cancel(cancel)?;
            if let Some(node) = next.take() {
                low[node] = seen;
                open.push(node);
                way.push((node, seen, 0));
                seen += 1;
            }
            let Some((node, number, followed)) = way.last_mut() else { break };
            let (node, number) = (*node, *number);
            if let Some(&target) = edges[node].get(*followed) {
                *followed += 1;
                on_cycle[node] |= target == node;
                match low[target] {
                    UNSEEN => next = Some(target),
                    DONE => {}
                    earlier => low[node] = low[node].min(earlier),
                }
                continue;
            }
            way.pop();
            if let Some((before, ..)) = way.last() {
                low[*before] = low[*before].min(low[node]);
            }
            if low[node] == number {
                let start = open.iter().rposition(|&other| other == node).unwrap_or(0);
                let several = open.len() - start > 1;
                for member in open.drain(start..) {
                    low[member] = DONE;
                    on_cycle[member] |= several;
                }
            }
        }
    }
    Ok(on_cycle)
}

/// The procedures called on every way through the block (that comes to its end at all).
fn certain_calls(block: &Block) -> BTreeSet<&str> {
    let mut calls = BTreeSet::new();
    for statement in &block.statements {
        match &statement.kind {
            StatementKind::Call(name) => {
                calls.insert(name.text.as_str());
            }
            StatementKind::Repeat { count, body } if matches!(count.kind, CountKind::Number(1..)) => {
                calls.extend(certain_calls(body));
            }
            StatementKind::If { then, otherwise: Some(otherwise), .. } => {
                let other = certain_calls(&otherwise.body);
                calls.extend(certain_calls(then).intersection(&other));
            }
            // A hole or an error may be anything.
            _ => {}
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::on_cycles;
    use crate::cancel::{NEVER, times_asked};
    use proptest::prelude::*;

    /// By following all edges from each node.
    fn by_walking(edges: &[Vec<usize>]) -> Vec<bool> {
        let comes_back = |node: usize| {
            let (mut seen, mut open) = (vec![false; edges.len()], vec![node]);
            while let Some(at) = open.pop() {
                for &next in &edges[at] {
                    if !std::mem::replace(&mut seen[next], true) {
                        open.push(next);
                    }
                }
            }
            seen[node]
        };
        (0..edges.len()).map(comes_back).collect()
    }

    proptest! {
        #[test]
        fn the_same_as_by_walking(edges in (1_usize..12).prop_flat_map(|n| {
            prop::collection::vec(prop::collection::vec(0..n, 0..4), n)
        })) {
            prop_assert_eq!(on_cycles(&edges, NEVER).unwrap(), by_walking(&edges));
        }
    }

    #[test]
    fn takes_time_with_the_edges() {
        let chain = |n: usize| -> Vec<Vec<usize>> {
            (0..n).map(|i| Vec::from_iter((i + 1 < n).then_some(i + 1))).collect()
        };
        let ring = |n: usize| -> Vec<Vec<usize>> { (0..n).map(|i| vec![(i + 1) % n]).collect() };
        let next_ten =
            |n: usize| -> Vec<Vec<usize>> { (0..n).map(|i| (i + 1..n.min(i + 11)).collect()).collect() };
        let all = |n: usize| -> Vec<Vec<usize>> { (0..n / 10).map(|_| (0..n / 10).collect()).collect() };
        let graphs: [&dyn Fn(usize) -> Vec<Vec<usize>>; 4] = [&chain, &ring, &next_ten, &all];
        for graph in graphs {
            let edges = |n: usize| graph(n).iter().map(Vec::len).sum::<usize>() as u64;
            let cost = |n: usize| times_asked(|cancel| drop(on_cycles(&graph(n), cancel)));
            for n in [1_000, 2_000] {
                assert!(cost(n) >= edges(n) && cost(n) <= edges(n) + 3 * n as u64, "{n}: {}", cost(n));
            }
        }
        // Deeper than any stack.
        assert_eq!(on_cycles(&ring(1_000_000), NEVER).unwrap(), vec![true; 1_000_000]);
    }
}
