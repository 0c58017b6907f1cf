//! What a synthesis found. It holds as long as the documents are those that the synthesis was asked about, with the program
//! as it was or with one of the solutions in it.

use std::sync::Arc;

use ide::synthesis::Found;

use crate::state::document::Document;
use crate::state::unit::Unit;

#[derive(Clone)]
pub struct Synthesized {
    /// The documents as they were, the program first.
    documents: Vec<Arc<Document>>,
    pub found: Arc<Found>,
}

impl Synthesized {
    pub fn new(unit: &Unit, found: Arc<Found>) -> Synthesized {
        Synthesized { documents: unit.documents.clone(), found }
    }

    /// Whether the synthesis was about these documents, the program first. It parses nothing.
    pub fn is_about(&self, documents: &[Arc<Document>]) -> bool {
        let same = |(old, new): (&Arc<Document>, &Arc<Document>)| {
            Arc::ptr_eq(old, new) || old.key == new.key && old.contiguous() == new.contiguous()
        };
        let mut pairs = self.documents.iter().zip(documents);
        let program = pairs.next().is_some_and(|(old, new)| {
            same((old, new))
                || old.key == new.key && self.found.programs.iter().any(|text| **text == **new.contiguous())
        });
        program && self.documents.len() == documents.len() && pairs.all(same)
    }
}
