//! A program that passes is not replaced unasked: the user is shown that it passes, and other programs are looked for at
//! the press of a button.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::{MessageActionItem, MessageType};

use super::question::Question;
use super::{Failure, Request, Synthesis};
use crate::client::Client;

const LOOK: &str = "Look for other programs";

/// Shows `fact`, and where the client shows buttons, answers the question if the button is pressed, on a task of its own.
pub async fn ask(client: &Client, synthesis: &Arc<Synthesis>, fact: String, question: Question) {
    if !client.global().snapshot().session.supports.message_actions {
        return client.show(MessageType::INFO, fact).await;
    }
    let (client, synthesis) = (client.clone(), Arc::clone(synthesis));
    tokio::spawn(async move {
        let look = MessageActionItem { title: LOOK.to_owned(), properties: Default::default() };
        let asked = client.raw().show_message_request(MessageType::INFO, fact, Some(vec![look]));
        if asked.await.ok().flatten().is_none() {
            return;
        }
        let snapshot = client.global().snapshot();
        let request = Request { snapshot, cancel: CancellationToken::new(), progress: None };
        match synthesis.solve(&request, &question, LOOK).await {
            Ok(solved) => {
                if let Some(note) = solved.note {
                    client.report(MessageType::INFO, &note).await;
                }
            }
            Err(Failure::Notice(notice)) => client.report(MessageType::WARNING, &notice).await,
            Err(Failure::Stale) => client.show(MessageType::WARNING, assist::sentences::CHANGED).await,
            Err(Failure::Cancelled) => {}
        }
    });
}
