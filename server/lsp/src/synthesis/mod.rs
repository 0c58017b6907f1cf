//! Synthesis, from a code action or a command to a change that every example has been run on.
//!
//! - [`actions`]: what is offered at a place
//! - [`command`]: what becomes of an action that is chosen, and of a command
//! - [`question`]: what travels with a code action, so that it can be answered when it is chosen
//! - [`passing`], [`which`]: what the user is asked: whether to look for other programs, and which of several is right
//! - [`progress`]: what the user reads meanwhile; what they read at the end is in `assist`
//! - [`engine`]: the engine's process, and its state as the client shows it

pub mod actions;
pub mod command;
pub mod engine;
pub mod passing;
pub mod progress;
pub mod question;
pub mod which;

use std::sync::Arc;

use assist::Checked;
use futures::future::select_all;
use ide::synthesis::{Found, Goal, Task};
use protocol::client::{Engine, EngineError, News};
use protocol::message;
use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::ProgressToken;

use crate::client::Client;
use crate::state::snapshot::Snapshot;
use crate::state::synthesized::Synthesized;
use crate::state::unit::Unit;
use crate::synthesis::engine::{EngineSlot, State, Status};
use crate::synthesis::progress::Progress;
use crate::workers::{Lane, Stopped};
use assist::notice::Notice;
use assist::sentences;
use question::Question;

/// The synthesis of a session, and its engine.
pub struct Synthesis {
    client: Client,
    pub engine: EngineSlot,
}

/// One request: the state at its arrival, its token, and where the client wants to see progress.
#[derive(Clone)]
pub struct Request {
    pub snapshot: Arc<Snapshot>,
    pub cancel: CancellationToken,
    pub progress: Option<ProgressToken>,
}

/// A change to be applied.
#[derive(Debug)]
pub struct Solved {
    /// The change; none where programs were looked for only to be shown.
    pub change: Option<ide::Change>,
    /// `5/5 examples`; for a trace its length.
    pub score: String,
    /// What the user should know besides.
    pub note: Option<Notice>,
    /// What was found; none for a trace.
    pub found: Option<Arc<Found>>,
}

#[derive(Debug)]
pub enum Failure {
    /// A document has changed since the question was put.
    Stale,
    Cancelled,
    /// What happened, for the user.
    Notice(Notice),
}

impl Synthesis {
    pub fn new(client: Client) -> Synthesis {
        Synthesis { client, engine: EngineSlot::default() }
    }

    /// Asks the engine, and makes a change of its answer.
    pub async fn solve(
        &self,
        request: &Request,
        question: &Question,
        title: &str,
    ) -> Result<Solved, Failure> {
        let snapshot = Arc::clone(&request.snapshot);
        let asked = question.clone();
        let unit =
            self.in_worker(&request.cancel, move || asked.unit(&snapshot)).await?.ok_or(Failure::Stale)?;
        let engine = self.engine.engine(&request.snapshot.config).map_err(Failure::Notice)?;
        let state = if engine.is_running().await { State::Busy } else { State::Starting };
        self.announce(state, String::new(), format!("{title}…")).await;
        let progress = Progress::begin(&self.client, request.progress.clone(), title, &request.cancel);
        // Ends with the request, and with the first change of a document that it is about.
        let wanted = Request { cancel: request.cancel.child_token(), ..request.clone() };
        let superseded = select_all(unit.documents.iter().map(|d| Box::pin(d.superseded.cancelled())));
        let solve = async {
            match &question.goal {
                Goal::Trace(case) => self.infer_trace(&wanted, &unit, &engine, *case).await,
                goal => self.synthesize(&wanted, &unit, &engine, goal, &progress).await,
            }
        };
        let watch = async {
            superseded.await;
            wanted.cancel.cancel();
            std::future::pending::<()>().await;
        };
        let solved = tokio::select! { biased; () = watch => Err(Failure::Stale), solved = solve => solved };
        let solved = match solved {
            Err(Failure::Cancelled) if !request.cancel.is_cancelled() => Err(Failure::Stale),
            solved => solved,
        };
        let solved = solved.and_then(|solved| match question.is_fresh(&self.client.global().snapshot()) {
            true => Ok(solved),
            false => Err(Failure::Stale),
        });
        let end = match &solved {
            Ok(solved) => solved.score.clone(),
            Err(Failure::Notice(notice)) => notice.short.clone(),
            Err(Failure::Cancelled) => "cancelled".to_owned(),
            Err(Failure::Stale) => "the document has changed since".to_owned(),
        };
        progress.end(end).await;
        solved
    }

    async fn synthesize(
        &self,
        request: &Request,
        unit: &Arc<Unit>,
        engine: &Engine,
        goal: &Goal,
        progress: &Progress,
    ) -> Result<Solved, Failure> {
        let task = {
            let (unit, goal) = (Arc::clone(unit), goal.clone());
            self.in_worker(&request.cancel, move || ide::synthesis::task(&unit.analysis, &goal))
                .await?
                .map_err(explained)?
        };
        let budget = message::Budget {
            milliseconds: request.snapshot.config.synthesis_budget,
            ..message::Budget::default()
        };
        let params = message::Synthesize { specification: assist::specification(&task), budget };
        let examples = params.specification.examples.len();
        let on_news = |news| {
            if let News::Progress(so_far) = news {
                progress.report(sentences::so_far(&so_far, examples));
            }
        };
        let outcome = engine.synthesize(&params, on_news, &request.cancel).await;
        let outcome = self.heard(outcome, |outcome| outcome.device.clone()).await?;
        self.check(request, unit, task, &outcome).await
    }

    /// Runs what the engine found once more, on the very documents that are about to change.
    async fn check(
        &self,
        request: &Request,
        unit: &Arc<Unit>,
        task: Task,
        outcome: &message::Outcome,
    ) -> Result<Solved, Failure> {
        let others = task.goal == Goal::Others;
        let (offered, own, cancel) = (outcome.clone(), Arc::clone(unit), request.cancel.clone());
        let checked = self.in_worker(&request.cancel, move || {
            let checked = Checked::new(&own.analysis, &task, &offered, &|| cancel.is_cancelled())?;
            for reason in &checked.left_out {
                tracing::error!("a program is left out: {reason}");
            }
            let first = checked.solutions.first();
            let first = first.map(|first| (first.answer.clone(), first.candidate.held_out));
            Ok(first.zip(checked.found(&own.analysis, &task.goal)))
        });
        let checked: Result<_, ide::Cancelled> = checked.await?;
        let Some(((first, held_out), found)) = checked.map_err(|_| Failure::Cancelled)? else {
            return Err(Failure::Notice(sentences::nothing_passes(outcome)));
        };
        // It is kept for as long as the documents are about it.
        let found = Arc::new(found);
        self.client.global().set_synthesized(&unit.root, Synthesized::new(unit, Arc::clone(&found)));
        if others {
            let others = found.programs.len() - 1;
            let (score, note) = (sentences::other_programs(others), sentences::others(others));
            return Ok(Solved { change: None, score, note: Some(note), found: Some(found) });
        }
        let note = sentences::note(outcome, &first, held_out, &found);
        Ok(Solved { score: first.score(), note, change: Some(first.change), found: Some(found) })
    }

    async fn infer_trace(
        &self,
        request: &Request,
        unit: &Arc<Unit>,
        engine: &Engine,
        case: usize,
    ) -> Result<Solved, Failure> {
        let prompt = ide::synthesis::trace_prompt(&unit.analysis, case).map_err(explained)?;
        let name = prompt.name.clone();
        let milliseconds = request.snapshot.config.synthesis_budget;
        let params = message::InferTraces { examples: vec![assist::example(&prompt)], milliseconds };
        let inferred = engine.traces(&params, &request.cancel).await;
        let inferred = self.heard(inferred, |_| String::new()).await?;
        let trace = inferred.traces.into_iter().next().flatten();
        let trace = trace.ok_or_else(|| Failure::Notice(sentences::no_trace(&name)))?;
        let actions: Option<Vec<_>> = trace.iter().map(|name| syntax::ast::Action::from_name(name)).collect();
        let unknown = || Failure::Notice("The engine named an unknown action: update it.".into());
        let actions = actions.ok_or_else(unknown)?;
        let change = ide::synthesis::trace_change(&unit.analysis, case, &actions).map_err(explained)?;
        Ok(Solved { change: Some(change), score: sentences::length(actions.len()), note: None, found: None })
    }

    /// Passes the engine's answer on, and sends the engine's status to the client.
    async fn heard<T>(
        &self,
        answer: Result<T, EngineError>,
        device: impl Fn(&T) -> String,
    ) -> Result<T, Failure> {
        match answer {
            Ok(answer) => {
                self.announce(State::Ready, device(&answer), "The synthesis engine is ready.".to_owned())
                    .await;
                Ok(answer)
            }
            Err(EngineError::Cancelled) => {
                self.announce(State::Ready, String::new(), "The synthesis was cancelled.".to_owned()).await;
                Err(Failure::Cancelled)
            }
            Err(EngineError::Refused(reason)) => {
                self.announce(State::Ready, String::new(), "The synthesis engine is ready.".to_owned()).await;
                Err(Failure::Notice(Notice::from(&EngineError::Refused(reason))))
            }
            Err(error) => {
                let notice = Notice::from(&error);
                self.announce(State::Error, String::new(), notice.in_full().to_owned()).await;
                Err(Failure::Notice(notice))
            }
        }
    }

    async fn in_worker<T: Send + 'static>(
        &self,
        cancel: &CancellationToken,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let workers = &self.client.global().workers;
        workers.run(Lane::Commands, cancel, work).await.map_err(|stopped| match stopped {
            Stopped::Cancelled => Failure::Cancelled,
            Stopped::Panicked(_) => Failure::Notice("The server failed at this: its log says where.".into()),
        })
    }

    async fn announce(&self, state: State, engine: String, message: String) {
        self.engine.announce(&self.client, Status { state, engine, message }).await;
    }
}

fn explained(sentence: String) -> Failure {
    Failure::Notice(sentence.into())
}
