//! Synthesis, from a code action or a command to a change that every example has been run on.
//!
//! - [`left_open`]: where programs that differ in meaning pass, the question which is right
//! - [`passing`]: what is said instead where all examples pass already
//! - [`question`]: what travels with a code action, so that it can be answered when it is chosen
//! - [`sentences`]: what the user is told
//! - [`solutions`]: the programs of the last answer, for 'next solution'

pub mod left_open;
pub mod passing;
pub mod question;
pub mod sentences;
pub mod solutions;

use std::sync::Arc;

use futures::future::select_all;
use ide::synthesis::{Ambiguity, Answer, Goal, Task};
use protocol::client::{Engine, EngineError, News};
use protocol::message;
use tokio_util::sync::CancellationToken;
use tower_lsp::lsp_types::ProgressToken;

use crate::analyses::Unit;
use crate::engine::{Slot, State, Status};
use crate::outbox::Outbox;
use crate::progress::Progress;
use crate::told::Told;
use crate::workers::{Lane, Stopped};
use crate::workspace::Snapshot;
use left_open::LeftOpen;
use question::Question;
use solutions::Solutions;

/// What the engine is asked for, and asked with.
pub struct Synthesis {
    outbox: Outbox,
    pub engine: Slot,
    pub solutions: Solutions,
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
    /// None where programs were looked for only to be looked at.
    pub change: Option<ide::Change>,
    /// `5/5 examples`; of a trace how long it is.
    pub score: String,
    /// What the user should know besides.
    pub note: Option<Told>,
    /// Set where other programs pass, too, and mean something else.
    pub ambiguity: Option<Arc<Ambiguity>>,
}

#[derive(Debug)]
pub enum Failure {
    /// A document has changed since the question was put.
    Stale,
    Cancelled,
    /// What happened, for the user.
    Told(Told),
}

impl Synthesis {
    pub fn new(outbox: Outbox) -> Synthesis {
        Synthesis { outbox, engine: Slot::default(), solutions: Solutions::default() }
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
        let engine = self.engine.engine(&request.snapshot.config).map_err(Failure::Told)?;
        let state = if engine.is_running().await { State::Busy } else { State::Starting };
        self.tell(state, String::new(), format!("{title}…")).await;
        let progress = Progress::begin(&self.outbox, request.progress.clone(), title, &request.cancel);
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
            std::future::pending::<()>().await
        };
        let solved = tokio::select! { biased; () = watch => Err(Failure::Stale), solved = solve => solved };
        let solved = match solved {
            Err(Failure::Cancelled) if !request.cancel.is_cancelled() => Err(Failure::Stale),
            solved => solved,
        };
        let solved = solved.and_then(|solved| match question.is_fresh(&self.outbox.shared().snapshot()) {
            true => Ok(solved),
            false => Err(Failure::Stale),
        });
        let end = match &solved {
            Ok(solved) => solved.score.clone(),
            Err(Failure::Told(told)) => told.short.clone(),
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
                .map_err(told)?
        };
        let budget = message::Budget {
            milliseconds: request.snapshot.config.synthesis_budget,
            ..message::Budget::default()
        };
        let params = message::Synthesize { specification: specification(&task), budget };
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
        let task_goal = task.goal.clone();
        let (offered, checked, cancel) = (outcome.clone(), Arc::clone(unit), request.cancel.clone());
        let checked = self.in_worker(&request.cancel, move || {
            let stop = || cancel.is_cancelled();
            Checked::new(&checked, &task, &offered, &stop).map_err(|_| Failure::Cancelled)
        });
        let others = task_goal == Goal::Others;
        let Checked { answers, texts, ambiguity } = checked.await??;
        if others && !answers.is_empty() {
            return Ok(self.show_others(unit, texts, ambiguity));
        }
        let Some((first, held_out)) = answers.first() else {
            return Err(Failure::Told(sentences::nothing_passes(outcome)));
        };
        self.solutions.remember(unit, texts);
        let left_open = ambiguity.map(|ambiguity| LeftOpen::new(unit, ambiguity));
        let ambiguity = left_open.as_ref().map(|left_open| Arc::clone(&left_open.ambiguity));
        self.outbox.shared().leave_open(&unit.root, left_open);
        Ok(Solved {
            change: Some(first.change.clone()),
            score: first.score(),
            note: sentences::note(outcome, first, *held_out, ambiguity.as_deref()),
            ambiguity,
        })
    }

    /// Keeps the programs, the user's own before them, to be looked at.
    fn show_others(&self, unit: &Arc<Unit>, texts: Vec<String>, ambiguity: Option<Ambiguity>) -> Solved {
        let own = unit.analysis.program().map(|program| program.text.to_string()).unwrap_or_default();
        let programs = match &ambiguity {
            Some(ambiguity) => ambiguity.programs.clone(),
            None => {
                std::iter::once(own.clone()).chain(texts.into_iter().filter(|text| *text != own)).collect()
            }
        };
        let others = programs.len().saturating_sub(1);
        if others > 0 {
            self.solutions.remember(unit, programs.clone());
            let deciding = ambiguity.and_then(|ambiguity| ambiguity.deciding);
            let beside = Ambiguity { programs, deciding, beside_own: true };
            self.outbox.shared().leave_open(&unit.root, Some(LeftOpen::new(unit, beside)));
        }
        let score = sentences::other_programs(others);
        Solved { change: None, score, note: Some(sentences::others(others)), ambiguity: None }
    }

    async fn infer_trace(
        &self,
        request: &Request,
        unit: &Arc<Unit>,
        engine: &Engine,
        case: usize,
    ) -> Result<Solved, Failure> {
        let prompt = ide::synthesis::trace_prompt(&unit.analysis, case).map_err(told)?;
        let name = prompt.name.clone();
        let milliseconds = request.snapshot.config.synthesis_budget;
        let params = message::InferTraces { examples: vec![example(&prompt)], milliseconds };
        let inferred = engine.traces(&params, &request.cancel).await;
        let inferred = self.heard(inferred, |_| String::new()).await?;
        let trace = inferred.traces.into_iter().next().flatten();
        let trace = trace.ok_or_else(|| Failure::Told(sentences::no_trace(&name)))?;
        let actions: Option<Vec<_>> = trace.iter().map(|name| syntax::ast::Action::from_name(name)).collect();
        let unknown = || Failure::Told("The engine named an unknown action: update it.".into());
        let actions = actions.ok_or_else(unknown)?;
        let change = ide::synthesis::trace_change(&unit.analysis, case, &actions).map_err(told)?;
        Ok(Solved {
            change: Some(change),
            score: sentences::length(actions.len()),
            note: None,
            ambiguity: None,
        })
    }

    /// Passes the engine's answer on, and tells the client how the engine is.
    async fn heard<T>(
        &self,
        answer: Result<T, EngineError>,
        device: impl Fn(&T) -> String,
    ) -> Result<T, Failure> {
        match answer {
            Ok(answer) => {
                self.tell(State::Ready, device(&answer), "The synthesis engine is ready.".to_owned()).await;
                Ok(answer)
            }
            Err(EngineError::Cancelled) => {
                self.tell(State::Ready, String::new(), "The synthesis was cancelled.".to_owned()).await;
                Err(Failure::Cancelled)
            }
            Err(EngineError::Refused(reason)) => {
                self.tell(State::Ready, String::new(), "The synthesis engine is ready.".to_owned()).await;
                Err(Failure::Told(Told::from(&EngineError::Refused(reason))))
            }
            Err(error) => {
                let told = Told::from(&error);
                self.tell(State::Error, String::new(), told.in_full().to_owned()).await;
                Err(Failure::Told(told))
            }
        }
    }

    async fn in_worker<T: Send + 'static>(
        &self,
        cancel: &CancellationToken,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let workers = &self.outbox.shared().workers;
        workers.run(Lane::Commands, cancel, work).await.map_err(|stopped| match stopped {
            Stopped::Cancelled => Failure::Cancelled,
            Stopped::Panicked(_) => Failure::Told("The server failed at this: its log says where.".into()),
        })
    }

    async fn tell(&self, state: State, engine: String, message: String) {
        self.engine.tell(&self.outbox, Status { state, engine, message }).await;
    }
}

/// What is left of the engine's answer after every candidate has been run once more.
struct Checked {
    /// Those that pass all examples, the best first, and how far that can be trusted.
    answers: Vec<(Answer, Option<message::HeldOut>)>,
    /// The program's file with each of them in it.
    texts: Vec<String>,
    ambiguity: Option<Ambiguity>,
}

impl Checked {
    fn new(
        unit: &Unit,
        task: &Task,
        outcome: &message::Outcome,
        stop: ide::Cancel<'_>,
    ) -> Result<Checked, ide::Cancelled> {
        let analysis = &unit.analysis;
        let (mut answers, mut texts) = (Vec::new(), Vec::new());
        for candidate in &outcome.candidates {
            match ide::synthesis::answer(analysis, task, &candidate.fills, stop)? {
                Ok(answer) if answer.passes_all() => {
                    texts.extend(analysis.program().map(|program| answer.change.text_of(program)));
                    answers.push((answer, candidate.held_out));
                }
                Ok(answer) => {
                    tracing::error!("the engine offered a program that passes only {}", answer.score())
                }
                Err(reason) => tracing::error!("the engine offered no program: {reason}"),
            }
        }
        // Beside the user's own program, all that pass are told apart.
        let mut programs = texts.clone();
        if let (Goal::Others, Some(own)) = (&task.goal, analysis.program()) {
            programs.retain(|text| **text != *own.text);
            programs.insert(0, own.text.to_string());
        }
        let ambiguity = match &outcome.deciding {
            _ if !outcome.ambiguous || texts.len() < 2 => None,
            deciding => {
                let input = deciding.as_ref().map(|deciding| &*deciding.input);
                Some(Ambiguity::new(programs, input, analysis.config(), stop)?)
            }
        };
        Ok(Checked { answers, texts, ambiguity })
    }
}

fn specification(task: &Task) -> message::Specification {
    message::Specification {
        program: task.program.clone(),
        examples: task.examples.iter().map(example).collect(),
    }
}

fn example(prompt: &ide::synthesis::Prompt) -> message::Example {
    let names =
        |actions: &Vec<syntax::ast::Action>| actions.iter().map(|action| action.name().to_owned()).collect();
    message::Example {
        name: prompt.name.clone(),
        input: prompt.input.clone(),
        output: prompt.output.clone(),
        crashes: prompt.crashes,
        trace: prompt.trace.as_ref().map(names),
    }
}

fn told(sentence: String) -> Failure {
    Failure::Told(sentence.into())
}
