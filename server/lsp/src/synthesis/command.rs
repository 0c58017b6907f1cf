//! What becomes of a synthesis action or command: the engine is asked, the client applies the change or shows why there
//! is none, and hears what there is to know about the program.

use std::sync::Arc;

use ide::synthesis::Found;
use recording::messages::Finding;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{CodeAction, MessageType, Url};

use super::actions::{self, At};
use super::question::Question;
use super::{Failure, Request, Solved, Synthesis, passing, which};
use crate::proto::to_proto;
use crate::request::{content_modified, refused};
use assist::notice::Notice;

impl Synthesis {
    /// Answers what the command asks for at a place.
    pub async fn answer(self: &Arc<Self>, request: Request, at: At) -> Result<()> {
        match at {
            At::Ask(question, title) => self.synthesize_and_apply(request, question, &title).await,
            At::Passes(fact, question) => {
                passing::ask(&self.client, self, fact, question).await;
                Ok(())
            }
        }
    }

    async fn synthesize_and_apply(&self, request: Request, question: Question, title: &str) -> Result<()> {
        let solved = match self.solve(&request, &question, title).await {
            Ok(solved) => solved,
            Err(failure) => {
                if let Failure::Notice(notice) = &failure {
                    self.client.log(MessageType::WARNING, notice).await;
                }
                return Err(error(failure));
            }
        };
        if let Some(change) = &solved.change {
            let edit = to_proto::workspace_edit(&request.snapshot, change);
            self.client.apply(label(title, &solved), edit).await.map_err(refused)?;
        }
        self.report(question.uri, solved.note, solved.found).await;
        Ok(())
    }

    /// Looks for programs and changes nothing: they are kept to be looked at.
    ///
    /// # Errors
    /// Says why there is none.
    pub async fn find(&self, request: Request, (question, title): (Question, String)) -> Result<Finding> {
        let solved = self.solve(&request, &question, &title).await.map_err(error)?;
        let programs = solved.found.map_or(0, |found| found.programs.len());
        Ok(Finding { programs, message: solved.note.map(|note| note.in_full().to_owned()) })
    }

    /// The action with its edit, if it is one of synthesis. Where it can't be done the user is shown why and the action has
    /// no edit: some clients would show an error as a failure of the server.
    pub async fn resolve(&self, request: Request, mut action: CodeAction) -> Result<CodeAction> {
        let Some(question) = actions::question(&action) else { return Ok(action) };
        match self.solve(&request, &question, &action.title).await {
            Ok(solved) => {
                let edit = |change| to_proto::workspace_edit(&request.snapshot, change);
                action.edit = solved.change.as_ref().map(edit);
                action.title = label(&action.title, &solved);
                action.data = None;
                action.command = None;
                self.report(question.uri, solved.note, solved.found).await;
                Ok(action)
            }
            Err(Failure::Notice(notice)) => {
                self.client.report(MessageType::WARNING, &notice).await;
                Ok(action)
            }
            Err(failure) => Err(error(failure)),
        }
    }

    /// Shows what there is to say about a program that was found; where others mean something else, asks which is right.
    async fn report(&self, uri: Url, note: Option<Notice>, found: Option<Arc<Found>>) {
        let can_ask = which::can_ask(&self.client);
        let asks = |found: &Arc<Found>| can_ask && !found.beside_own && found.deciding.is_some();
        match (found.filter(asks), note) {
            (Some(found), note) => {
                if let Some(note) = note {
                    self.client.log(MessageType::INFO, &note).await;
                }
                which::ask(&self.client, uri, found).await;
            }
            (None, Some(note)) => self.client.report(MessageType::INFO, &note).await,
            (None, None) => {}
        }
    }
}

fn error(failure: Failure) -> Error {
    match failure {
        Failure::Stale => content_modified(),
        Failure::Cancelled => Error::request_cancelled(),
        Failure::Notice(notice) => refused(notice.short),
    }
}

/// How the client's history calls the change.
fn label(title: &str, solved: &Solved) -> String {
    format!("{title}: {}", solved.score)
}
