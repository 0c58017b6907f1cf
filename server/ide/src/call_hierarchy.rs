//! Call hierarchy of procedures.

use crate::analysis::Analysis;
use crate::target::{Target, target_at};
use std::collections::HashMap;
use syntax::TextRange;
use syntax::TextSize;
use syntax::ast::Procedure;

/// A procedure of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallItem {
    pub name: String,
    pub uri: String,
    pub range: TextRange,
    /// Its name.
    pub selection: TextRange,
}

/// A caller or a callee, and the calls, which stand in the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    pub item: CallItem,
    pub ranges: Vec<TextRange>,
}

/// Feature: **Call hierarchy**
///
/// Finds the procedure whose name or call is at the offset: the start for asking what calls it and what it calls.
pub fn prepare_call_hierarchy(analysis: &Analysis, uri: &str, offset: TextSize) -> Option<CallItem> {
    let (Target::Procedure(name), _) = target_at(analysis.source(uri)?, offset)? else { return None };
    Some(item(analysis, analysis.procedure(&name)?))
}

fn item(analysis: &Analysis, procedure: &Procedure) -> CallItem {
    let uri = analysis.program().map_or_else(String::new, |source| source.uri.clone());
    CallItem {
        name: procedure.name.text.clone(),
        uri,
        range: procedure.range,
        selection: procedure.name.range,
    }
}

/// The procedures that call `name`, in source order.
pub fn incoming_calls(analysis: &Analysis, name: &str) -> Vec<Calls> {
    let Some(program) = analysis.program() else { return Vec::new() };
    let calls = program.file().procedures().map(|procedure| {
        let ranges = procedure.body.calls().filter(|call| call.text == name).map(|call| call.range).collect();
        Calls { item: item(analysis, procedure), ranges }
    });
    calls.filter(|calls| !calls.ranges.is_empty()).collect()
}

/// The procedures that `name` calls, in the order of their first calls.
pub fn outgoing_calls(analysis: &Analysis, name: &str) -> Vec<Calls> {
    let mut found: Vec<Calls> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let Some(procedure) = analysis.procedure(name) else { return found };
    for call in procedure.body.calls() {
        if let Some(&number) = known.get(call.text.as_str()) {
            found[number].ranges.push(call.range);
        } else if let Some(callee) = analysis.procedure(&call.text) {
            known.insert(&call.text, found.len());
            found.push(Calls { item: item(analysis, callee), ranges: vec![call.range] });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Calls, incoming_calls, outgoing_calls, prepare_call_hierarchy};
    use crate::fixture::fixture;

    #[test]
    fn both_ways() {
        let f = fixture("def main(): f(); g(); f()\ndef f(): g$0(); move()\ndef g(): turnLeft()\n");
        let item = prepare_call_hierarchy(&f.analysis, &f.uri, f.offset()).unwrap();
        assert_eq!((item.name.as_str(), item.uri.as_str()), ("g", "main.karel"));
        let show = |calls: Vec<Calls>| {
            calls.iter().map(|c| format!("{} {}", c.item.name, c.ranges.len())).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(show(incoming_calls(&f.analysis, "g")), "main 1, f 1");
        assert_eq!(show(outgoing_calls(&f.analysis, "main")), "f 2, g 1");
        assert_eq!(show(outgoing_calls(&f.analysis, "g")), "");
    }
}
