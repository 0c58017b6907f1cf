//! The question which of several programs is meant, put to the user at once after a synthesis.

use std::sync::Arc;

use ide::synthesis::{Ambiguity, Ending};
use tower_lsp::lsp_types::{MessageActionItem, MessageType, Url};

use crate::client::Client;
use crate::proto::to_proto;
use crate::synthesis::sentences;
use crate::workers::Lane;

/// Asks the user at once which answer is right, where there is something to ask. The answer is
/// taken whenever it comes, if this very question is still open then.
pub fn ask(client: &Client, uri: Url, ambiguity: Arc<Ambiguity>) {
    let Some(deciding) = &ambiguity.deciding else { return };
    let title = |answer: &Ending| format!("{} ({})", deciding.describe(answer), answer.whose());
    let titles: Vec<String> = deciding.answers.iter().map(title).collect();
    let message = sentences::which(ambiguity.programs.len()).short;
    let client = client.clone();
    // Nobody waits for people.
    tokio::spawn(async move {
        let item =
            |title: &String| MessageActionItem { title: title.clone(), properties: Default::default() };
        let items = titles.iter().map(item).collect();
        let asked = client.raw().show_message_request(MessageType::INFO, message, Some(items)).await;
        let Some(chosen) = asked.ok().flatten() else { return };
        let Some(number) = titles.iter().position(|title| *title == chosen.title) else { return };
        let snapshot = client.global().snapshot();
        let current = Arc::clone(&snapshot);
        let global = client.global();
        let answer = global.workers.run(Lane::Commands, &global.over, move || {
            let unit = current.unit(current.document_at(&uri)?);
            // Clients keep the buttons of a question after a later synthesis has put another one.
            let is_open = unit.analysis.ambiguity() == Some(&*ambiguity);
            is_open.then(|| ide::synthesis::answers(&unit.analysis).into_iter().nth(number)).flatten()
        });
        match answer.await {
            Ok(Some(answer)) => {
                let edit = to_proto::workspace_edit(&snapshot, &answer.change);
                if let Err(why) = client.apply(answer.title, edit).await {
                    tracing::warn!("answering the deciding example: {why}");
                }
            }
            Ok(None) => {
                client.show(MessageType::WARNING, sentences::CHANGED).await;
            }
            Err(stopped) => tracing::error!("answering the deciding example failed: {stopped:?}"),
        }
    });
}
