//! What a synthesis left open: programs that differ in meaning and all pass. It holds as long as the documents are
//! those that the synthesis was asked about, with the program as it was or with one of the solutions in it.

use std::sync::Arc;

use ide::synthesis::Ambiguity;

use crate::state::document::Document;
use crate::state::unit::Unit;

#[derive(Clone)]
pub struct OpenAmbiguity {
    /// The documents as they were, the program first.
    documents: Vec<Arc<Document>>,
    pub ambiguity: Arc<Ambiguity>,
}

impl OpenAmbiguity {
    pub fn new(unit: &Unit, ambiguity: Ambiguity) -> OpenAmbiguity {
        OpenAmbiguity { documents: unit.documents.clone(), ambiguity: Arc::new(ambiguity) }
    }

    /// Whether the question is about these documents, the program first. It parses nothing.
    pub fn is_about(&self, documents: &[Arc<Document>]) -> bool {
        let same = |(old, new): (&Arc<Document>, &Arc<Document>)| {
            Arc::ptr_eq(old, new) || old.key == new.key && old.contiguous() == new.contiguous()
        };
        let mut pairs = self.documents.iter().zip(documents);
        let program = pairs.next().is_some_and(|(old, new)| {
            same((old, new))
                || old.key == new.key
                    && self.ambiguity.programs.iter().any(|text| **text == **new.contiguous())
        });
        program && self.documents.len() == documents.len() && pairs.all(same)
    }
}
