//! K118: procedures that call themselves whichever way they take.

use crate::ast::{Block, CountKind, File, Procedure, StatementKind};
use crate::codes::names_flow as codes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::names::diagnostic;
use std::collections::{BTreeSet, HashMap, HashSet};

pub fn check(file: &File, found: &mut Vec<Diagnostic>) {
    let mut certain: HashMap<&str, (&Procedure, BTreeSet<&str>)> = HashMap::new();
    for procedure in file.procedures() {
        certain.entry(&procedure.name.text).or_insert_with(|| (procedure, certain_calls(&procedure.body)));
    }
    for (&name, (procedure, _)) in &certain {
        let mut seen = HashSet::new();
        let mut open = vec![name];
        while let Some(callee) = open.pop() {
            let Some((_, calls)) = certain.get(callee) else { continue };
            open.extend(calls.iter().copied().filter(|call| seen.insert(*call)));
        }
        if seen.contains(name) {
            let message = format!("'{name}' always calls itself again, so it never comes to an end.");
            found.push(diagnostic(
                &codes::ENDLESS_RECURSION,
                Severity::Warning,
                procedure.name.range,
                message,
            ));
        }
    }
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
