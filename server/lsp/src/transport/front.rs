//! The service that tower-lsp calls, around tower-lsp's own. See the [module](super)'s documentation for why.

use std::any::Any;
use std::collections::HashMap;
use std::future::{Future, ready};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as Task, Poll};

use futures::FutureExt;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::Service;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};

use super::arrival::{Arrival, CURRENT};
use super::parent;
use crate::state::global::GlobalState;

/// How the session ends.
#[derive(Clone, Default)]
pub struct Ending {
    /// Cancelled at `exit`.
    pub exit: CancellationToken,
    /// Cancelled at `shutdown`.
    pub shutdown: CancellationToken,
    /// Cancelled when the process that started the server is gone.
    pub parent_gone: CancellationToken,
}

pub struct Front<S> {
    inner: S,
    global: Arc<GlobalState>,
    running: Arc<Mutex<HashMap<Id, CancellationToken>>>,
    ending: Ending,
}

impl<S> Front<S> {
    pub fn new(inner: S, global: Arc<GlobalState>, ending: Ending) -> Front<S> {
        Front { inner, global, running: Arc::default(), ending }
    }

    fn cancel(&self, params: Option<&Value>) {
        let id = params
            .and_then(|params| params.get("id"))
            .and_then(|id| serde_json::from_value::<Id>(id.clone()).ok());
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = id.and_then(|id| running.get(&id).cloned()) {
            token.cancel();
        }
    }
}

/// What tower-lsp made of a message, or with what it panicked.
type Handled<E> = Result<Result<Option<Response>, E>, Box<dyn Any + Send>>;
type Reply<E> = Pin<Box<dyn Future<Output = Result<Option<Response>, E>> + Send>>;

impl<S> Service<Request> for Front<S>
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Option<Response>;
    type Error = S::Error;
    type Future = Reply<S::Error>;

    fn poll_ready(&mut self, task: &mut Task<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(task)
    }

    /// Takes one message after the other, as the transport calls it. It must never wait.
    fn call(&mut self, request: Request) -> Self::Future {
        let id = request.id().cloned();
        match (self.receive(&request), id) {
            (Received::Request, Some(id)) => self.answer(request, id),
            (Received::ForTowerLsp, None) => self.hand_on(request),
            (Received::Refused(error), Some(id)) => {
                Box::pin(ready(Ok(Some(Response::from_error(id, error)))))
            }
            (received, _) => {
                if let Received::Refused(error) = received {
                    tracing::warn!("left out a message: {error}");
                }
                Box::pin(ready(Ok(None)))
            }
        }
    }
}

/// What became of a message.
enum Received {
    /// A notification that has been acted on, or that means nothing here.
    Done,
    /// A notification that a method of the server acts on.
    ForTowerLsp,
    /// A request, to be answered.
    Request,
    /// Why it is answered with an error, if it wants an answer.
    Refused(Error),
}

impl<S> Front<S>
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    fn receive(&self, request: &Request) -> Received {
        let (method, params, has_id) = (request.method(), request.params(), request.id().is_some());
        match method {
            // Whoever says it wants the server gone, in whatever form.
            "exit" => self.ending.exit.cancel(),
            "initialize" if has_id => return self.initialize(params),
            "shutdown" if has_id => {
                self.ending.shutdown.cancel();
                return Received::Request;
            }
            _ if has_id && method.starts_with("$/") => {
                return Received::Refused(Error::method_not_found());
            }
            _ if has_id && is_notification(method) => {
                let message = format!("`{method}` is a notification, which has no id; it was left out.");
                return Received::Refused(Error { message: message.into(), ..Error::invalid_request() });
            }
            _ if has_id => return Received::Request,
            "$/cancelRequest" => self.cancel(params),
            "initialized" => return Received::ForTowerLsp,
            _ if self.global.receive(method, params) => {}
            // A request without an id: nobody would hear the answer.
            _ => tracing::debug!("{method} without an id is left out"),
        }
        Received::Done
    }

    /// The first one that can be read begins the session; tower-lsp refuses those that can't.
    fn initialize(&self, params: Option<&Value>) -> Received {
        if self.global.is_started() {
            let message = "The server has been initialized already.";
            return Received::Refused(Error { message: message.into(), ..Error::invalid_request() });
        }
        if self.global.initialize(params)
            && let Some(process) = self.global.snapshot().session.parent
        {
            parent::watch(process, self.ending.parent_gone.clone());
        }
        Received::Request
    }

    /// Has the handler run on a task of its own.
    fn spawn(&mut self, request: Request, cancel: CancellationToken) -> JoinHandle<Handled<S::Error>> {
        let handled = AssertUnwindSafe(self.inner.call(without_null_params(request))).catch_unwind();
        let arrival = Arrival { snapshot: self.global.snapshot(), cancel };
        // Never dropped, not even when cancelled: workers end cleanly, and a late answer of the client to a question
        // of ours still finds somebody waiting (tower-lsp panics where it doesn't).
        tokio::spawn(CURRENT.scope(arrival, handled))
    }

    fn hand_on(&mut self, notification: Request) -> Reply<S::Error> {
        let task = self.spawn(notification, self.global.over.child_token());
        Box::pin(async move { task.await.ok().and_then(Result::ok).unwrap_or(Ok(None)) })
    }

    fn answer(&mut self, request: Request, id: Id) -> Reply<S::Error> {
        let cancel = self.global.over.child_token();
        // Half a session is worse than one that nobody wants.
        let can_be_cancelled = request.method() != "initialize";
        let task = self.spawn(request, cancel.clone());
        let running = Arc::clone(&self.running);
        if can_be_cancelled {
            running.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), cancel.clone());
        }
        Box::pin(async move {
            let reply = tokio::select! {
                biased;
                () = cancel.cancelled() => Ok(Some(Response::from_error(id.clone(), Error::request_cancelled()))),
                done = task => match done {
                    Ok(Ok(reply)) => reply,
                    _ => Ok(Some(Response::from_error(id.clone(), panicked()))),
                },
            };
            running.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            reply
        })
    }
}

/// The notifications of the protocol, beside those that begin with `$/`, that a client may send.
fn is_notification(method: &str) -> bool {
    method == "initialized"
        || method == "window/workDoneProgress/cancel"
        || method.starts_with("notebookDocument/did")
        || method.starts_with("textDocument/did")
        || method == "textDocument/willSave"
        || method.starts_with("workspace/did")
}

/// tower-lsp refuses `"params": null` where it expects none; clients send it with `shutdown`.
fn without_null_params(request: Request) -> Request {
    if request.params() != Some(&Value::Null) {
        return request;
    }
    let (method, id, _) = request.into_parts();
    match id {
        Some(id) => Request::build(method).id(id).finish(),
        None => Request::build(method).finish(),
    }
}

/// The error for a request whose handler panicked. The log has the panic's message and place.
fn panicked() -> Error {
    Error {
        message: "The server failed at this request; its log says where.".into(),
        ..Error::internal_error()
    }
}
