//! What a synthesis action or command asks for. It travels with the action as JSON, and says for which texts it was
//! put, so that it is not answered for others.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use ide::synthesis::Goal;
use serde::{Deserialize, Serialize};
use syntax::TextSize;
use tower_lsp::lsp_types::Url;

use crate::state::document::Document;
use crate::state::snapshot::Snapshot;
use crate::state::unit::Unit;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The document that the action was asked in.
    pub uri: Url,
    /// The documents of its unit, and the fingerprints of their texts: what is read from disk has no version, and a
    /// version may come again when a document is opened again.
    texts: Vec<(String, u64)>,
    #[serde(with = "Wire")]
    pub goal: Goal,
}

/// [`Goal`] as JSON.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Wire {
    Program,
    Others,
    OneHole(u32),
    Hole,
    Complete(u32),
    Trace(usize),
}

impl Wire {
    fn serialize<S: serde::Serializer>(goal: &Goal, to: S) -> Result<S::Ok, S::Error> {
        let wire = match goal {
            Goal::Program => Wire::Program,
            Goal::Others => Wire::Others,
            Goal::Hole(offset) => Wire::OneHole((*offset).into()),
            Goal::Holes => Wire::Hole,
            Goal::Complete(offset) => Wire::Complete((*offset).into()),
            Goal::Trace(case) => Wire::Trace(*case),
        };
        Serialize::serialize(&wire, to)
    }

    fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Goal, D::Error> {
        Ok(match <Wire as Deserialize>::deserialize(from)? {
            Wire::Program => Goal::Program,
            Wire::Others => Goal::Others,
            Wire::OneHole(offset) => Goal::Hole(TextSize::new(offset)),
            Wire::Hole => Goal::Holes,
            Wire::Complete(offset) => Goal::Complete(TextSize::new(offset)),
            Wire::Trace(case) => Goal::Trace(case),
        })
    }
}

impl Question {
    pub fn new(uri: &Url, unit: &Unit, goal: Goal) -> Question {
        Question { uri: uri.clone(), texts: texts(unit), goal }
    }

    /// The unit that the question is about; `None` where it is no longer as it was.
    pub fn unit(&self, snapshot: &Snapshot) -> Option<Arc<Unit>> {
        let unit = snapshot.unit(snapshot.document_at(&self.uri)?);
        (texts(&unit) == self.texts).then_some(unit)
    }

    /// Whether the documents are still what they were when the question was put. It parses nothing.
    pub fn is_fresh(&self, snapshot: &Snapshot) -> bool {
        self.texts.iter().all(|(uri, text)| {
            let document = uri.parse().ok().and_then(|uri: Url| snapshot.document_at(&uri));
            document.is_some_and(|document| fingerprint(document) == *text)
        })
    }
}

fn texts(unit: &Unit) -> Vec<(String, u64)> {
    unit.documents.iter().map(|document| (document.uri.to_string(), fingerprint(document))).collect()
}

/// A hash of the text with 53 bits: editors written in JavaScript keep no more of a number.
fn fingerprint(document: &Document) -> u64 {
    let mut hasher = DefaultHasher::new();
    document.contiguous().hash(&mut hasher);
    hasher.finish() >> 11
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_travel_as_json() {
        let at = TextSize::new(7);
        for goal in
            [Goal::Program, Goal::Others, Goal::Hole(at), Goal::Holes, Goal::Complete(at), Goal::Trace(2)]
        {
            let question = Question {
                uri: "file:///a.karel".parse().unwrap(),
                texts: vec![("file:///a.karel".into(), 3), ("file:///a.kgrid".into(), (1 << 53) - 1)],
                goal,
            };
            let json = serde_json::to_value(&question).unwrap();
            assert_eq!(serde_json::from_value::<Question>(json).unwrap(), question);
        }
    }
}
