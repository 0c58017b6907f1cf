//! What the cursor stands on, for features that follow names.

use crate::analysis::Analysis;
use crate::source::{Location, Source};
use syntax::ast::{Block, Item, Name};
use syntax::{TextRange, TextSize};

/// A name that is defined somewhere and used somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A procedure of the program, by its name; it need not be defined.
    Procedure(String),
    /// An example or test block, by its name.
    Example(String),
    /// The path of an `examples "…"` line.
    Path(String),
}

/// The name at the offset and its range in the file `uri`.
pub(crate) fn target_at(source: &Source, offset: TextSize) -> Option<(Target, TextRange)> {
    let at = |name: &&Name| name.range.contains_inclusive(offset) && !name.range.is_empty();
    for item in &source.file().items {
        let body = match item {
            Item::Procedure(p) => {
                if at(&&p.name) {
                    return Some((Target::Procedure(p.name.text.clone()), p.name.range));
                }
                &p.body
            }
            Item::Stray(block) => block,
            Item::Example(e) if at(&&e.name) => {
                return Some((Target::Example(e.name.text.clone()), e.name.range));
            }
            Item::Include(i) if at(&&i.path) => {
                return Some((Target::Path(i.path.text.clone()), i.path.range));
            }
            Item::Example(_) | Item::Include(_) => continue,
        };
        if let Some(name) = body.calls().find(at) {
            return Some((Target::Procedure(name.text.clone()), name.range));
        }
    }
    None
}

/// A place where a target's name stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Occurrence {
    pub location: Location,
    pub definition: bool,
}

/// All places of the analysis where the name stands, in the order of files and text.
pub(crate) fn occurrences(analysis: &Analysis, target: &Target) -> Vec<Occurrence> {
    let mut found = Vec::new();
    for source in analysis.sources() {
        let mut add =
            |range, definition| found.push(Occurrence { location: source.location(range), definition });
        for item in &source.file().items {
            match (item, target) {
                (Item::Procedure(p), Target::Procedure(name)) if p.name.text == *name => {
                    add(p.name.range, true);
                }
                (Item::Example(e), Target::Example(name)) if e.name.text == *name => add(e.name.range, true),
                (Item::Include(i), Target::Path(path)) if i.path.text == *path => add(i.path.range, false),
                _ => {}
            }
            if let Target::Procedure(name) = target {
                let calls = item.block().into_iter().flat_map(Block::calls);
                calls.filter(|call| call.text == *name).for_each(|call| add(call.range, false));
            }
        }
    }
    found
}
