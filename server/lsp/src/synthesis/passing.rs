//! A program that passes is not replaced unasked: that it passes is said, and other programs are looked for if the user
//! wants to see them.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::{MessageActionItem, MessageType};

use super::question::Question;
use super::{Failure, Request, Synthesis};
use crate::outbox::Outbox;

const LOOK: &str = "Look for other programs";

/// Says `fact`, and where the client shows buttons, puts the question if the button is pressed. Nobody waits for it.
pub async fn told(outbox: &Outbox, synthesis: &Arc<Synthesis>, fact: String, question: Question) {
    if !outbox.shared().snapshot().session.can.message_actions {
        return outbox.show(MessageType::INFO, fact).await;
    }
    let (outbox, synthesis) = (outbox.clone(), Arc::clone(synthesis));
    tokio::spawn(async move {
        let look = MessageActionItem { title: LOOK.to_owned(), properties: Default::default() };
        let asked = outbox.client().show_message_request(MessageType::INFO, fact, Some(vec![look]));
        if asked.await.ok().flatten().is_none() {
            return;
        }
        let snapshot = outbox.shared().snapshot();
        let request = Request { snapshot, cancel: CancellationToken::new(), progress: None };
        match synthesis.solve(&request, &question, LOOK).await {
            Ok(solved) => {
                if let Some(note) = solved.note {
                    outbox.tell(MessageType::INFO, &note).await;
                }
            }
            Err(Failure::Told(told)) => outbox.tell(MessageType::WARNING, &told).await,
            Err(Failure::Stale) => outbox.show(MessageType::WARNING, super::sentences::CHANGED).await,
            Err(Failure::Cancelled) => {}
        }
    });
}
