//! What a synthesis left open: programs that differ in meaning and all pass. It holds as long as the documents are
//! those that the synthesis was asked about, with the program as it was or with one of the solutions in it.

use std::sync::Arc;

use ide::synthesis::{Ambiguity, Ending};
use tower_lsp::lsp_types::{MessageActionItem, MessageType, Url};

use crate::analyses::Unit;
use crate::document::Document;
use crate::outbox::Outbox;
use crate::synthesis::sentences;
use crate::to_proto;
use crate::workers::Lane;

#[derive(Clone)]
pub struct LeftOpen {
    /// As they were, the program first.
    documents: Vec<Arc<Document>>,
    pub ambiguity: Arc<Ambiguity>,
}

impl LeftOpen {
    pub fn new(unit: &Unit, ambiguity: Ambiguity) -> LeftOpen {
        LeftOpen { documents: unit.documents.clone(), ambiguity: Arc::new(ambiguity) }
    }

    /// The question is about these documents, the program first. Doesn't parse.
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

/// Asks the user at once which answer is right, where there is something to ask. The answer is
/// taken whenever it comes, if this very question is still open then.
pub fn ask(outbox: &Outbox, uri: Url, ambiguity: Arc<Ambiguity>) {
    let Some(deciding) = &ambiguity.deciding else { return };
    let title = |answer: &Ending| format!("{} ({})", deciding.describe(answer), answer.whose());
    let titles: Vec<String> = deciding.answers.iter().map(title).collect();
    let message = sentences::which(ambiguity.programs.len()).short;
    let outbox = outbox.clone();
    // Nobody waits for people.
    tokio::spawn(async move {
        let item =
            |title: &String| MessageActionItem { title: title.clone(), properties: Default::default() };
        let items = titles.iter().map(item).collect();
        let asked = outbox.client().show_message_request(MessageType::INFO, message, Some(items)).await;
        let Some(chosen) = asked.ok().flatten() else { return };
        let Some(number) = titles.iter().position(|title| *title == chosen.title) else { return };
        let snapshot = outbox.shared().snapshot();
        let current = Arc::clone(&snapshot);
        let shared = outbox.shared();
        let answer = shared.workers.run(Lane::Commands, &shared.over, move || {
            let unit = current.unit(current.document_at(&uri)?);
            // Clients keep the buttons of a question after a later synthesis has put another one.
            let is_open = unit.analysis.ambiguity() == Some(&*ambiguity);
            is_open.then(|| ide::synthesis::answers(&unit.analysis).into_iter().nth(number)).flatten()
        });
        match answer.await {
            Ok(Some(answer)) => {
                let edit = to_proto::workspace_edit(&snapshot, &answer.change);
                outbox.apply(answer.title, edit).await;
            }
            Ok(None) => {
                outbox.show(MessageType::WARNING, sentences::CHANGED).await;
            }
            Err(stopped) => tracing::error!("answering the deciding example failed: {stopped:?}"),
        }
    });
}
