//! The question which of several programs is meant, put to the user at once after a synthesis.

use std::sync::Arc;
use std::time::Duration;

use futures::future::select_all;
use ide::synthesis::Found;
use ide::{Action, Analysis};
use recording::messages::{QuestionAsked, method};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::notification::Notification;
use tower_lsp::lsp_types::{MessageActionItem, MessageType, Url};

use crate::client::Client;
use crate::proto::to_proto;
use crate::request::refused;
use crate::workers::Lane;
use assist::sentences;

/// `karel/questionAsked`
enum QuestionAskedNotification {}

impl Notification for QuestionAskedNotification {
    type Params = QuestionAsked;
    const METHOD: &'static str = method::QUESTION_ASKED;
}

/// The button of an answer that is none of the endings.
const NONE: &str = "None of these";

/// Whether this client's user can be asked.
pub fn can_ask(client: &Client) -> bool {
    let snapshot = client.global().snapshot();
    let supports = snapshot.session.supports;
    snapshot.config.synthesis_ask && supports.apply_edit && (supports.message_actions || supports.question)
}

/// Asks the user at once which answer is right, where there is something to ask. The answer is
/// taken whenever it comes, if this very question is still open then.
pub async fn ask(client: &Client, uri: Url, found: Arc<Found>) {
    let Some(deciding) = &found.deciding else { return };
    if client.global().snapshot().session.supports.question {
        let asked = QuestionAsked { uri: uri.into(), programs: found.programs.len() };
        return client.notify::<QuestionAskedNotification>(asked).await;
    }
    let letters = deciding.lettered().map(|(letter, _)| letter.to_string());
    let titles: Vec<String> = letters.chain([NONE.to_owned()]).collect();
    let message = sentences::which(found.programs.len(), deciding).in_full().to_owned();
    let client = client.clone();
    // Nobody waits for people.
    tokio::spawn(async move {
        let item =
            |title: &String| MessageActionItem { title: title.clone(), properties: Default::default() };
        let items = titles.iter().map(item).collect();
        let asked = client.raw().show_message_request(MessageType::INFO, message, Some(items)).await;
        let Some(chosen) = asked.ok().flatten() else { return };
        let Some(number) = titles.iter().position(|title| *title == chosen.title) else { return };
        if let Err(why) = take_answer(&client, &uri, &found, number).await {
            client.show(MessageType::WARNING, why).await;
        }
    });
}

/// How often the answer is tried on a text that changes meanwhile, and how long it is waited for that change.
const TRIES: usize = 3;
const CHANGE: Duration = Duration::from_secs(5);

/// Takes the answer of that number to this very question. A client that asks in a window that nothing passes applies the
/// synthesis only after the answer, and refuses the answer's edit as that of an older text: then it is made anew.
async fn take_answer(
    client: &Client,
    uri: &Url,
    found: &Arc<Found>,
    number: usize,
) -> std::result::Result<(), &'static str> {
    let mut refused = sentences::CHANGED;
    for _ in 0..TRIES {
        let snapshot = client.global().snapshot();
        let (current, uri, found) = (Arc::clone(&snapshot), uri.clone(), Arc::clone(found));
        let global = client.global();
        let answer = global.workers.run(Lane::Commands, &global.over, move || {
            let unit = current.unit(current.document_at(&uri)?);
            // Clients keep the buttons of a question after a later synthesis has put another one.
            let is_open = unit.analysis.ambiguity() == Some(&*found);
            let action = ide::synthesis::answers(&unit.analysis).into_iter().nth(number);
            action.filter(|_| is_open).map(|action| (unit, action))
        });
        let Some((unit, action)) = answer.await.ok().flatten() else { return Err(sentences::CHANGED) };
        match client.apply(action.title, to_proto::workspace_edit(&snapshot, &action.change)).await {
            Ok(()) => return Ok(()),
            Err(why) => refused = why,
        }
        let changed = select_all(unit.documents.iter().map(|d| Box::pin(d.superseded.cancelled())));
        if tokio::time::timeout(CHANGE, changed).await.is_err() {
            return Err(refused);
        }
    }
    Err(refused)
}

/// Takes the answer of that number to the question that the document of that version has; with none the example is added
/// without an output.
///
/// # Errors
/// The question is not open any more, or the client refuses the edit.
pub async fn answer(client: &Client, uri: Url, version: Option<i32>, number: Option<usize>) -> Result<()> {
    act(client, uri, version, move |analysis| ide::synthesis::chosen_answer(analysis, number)).await
}

/// Puts the program of that number, from 0, of those that the last synthesis found into the document of that version.
///
/// # Errors
/// There is no such program any more, or the client refuses the edit.
pub async fn take(client: &Client, uri: Url, version: Option<i32>, number: usize) -> Result<()> {
    act(client, uri, version, move |analysis| ide::synthesis::solution(analysis, number)).await
}

/// Has the client apply the action that there is in the document, if it is still of that version.
async fn act(
    client: &Client,
    uri: Url,
    version: Option<i32>,
    action: impl FnOnce(&Analysis) -> Option<Action> + Send + 'static,
) -> Result<()> {
    let snapshot = client.global().snapshot();
    let current = Arc::clone(&snapshot);
    let global = client.global();
    let action = global.workers.run(Lane::Commands, &global.over, move || {
        let document = current.document_at(&uri).filter(|document| document.version == version)?;
        action(&current.unit(document).analysis)
    });
    let Some(action) = action.await.ok().flatten() else { return Err(refused(sentences::CHANGED)) };
    let edit = to_proto::workspace_edit(&snapshot, &action.change);
    client.apply(action.title, edit).await.map_err(refused)
}
