//! The service that tower-lsp calls, around tower-lsp's own. See the [module](super)'s documentation for why.

use std::collections::HashMap;
use std::future::{Future, ready};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as Task, Poll};

use futures::FutureExt;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::Service;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};

use super::context::{CURRENT, Context};
use crate::workspace::Shared;

/// How the session ends.
#[derive(Clone, Default)]
pub struct Ending {
    /// Cancelled at `exit`.
    pub exit: CancellationToken,
    /// Cancelled at `shutdown`.
    pub shutdown: CancellationToken,
}

pub struct Front<S> {
    inner: S,
    shared: Arc<Shared>,
    running: Arc<Mutex<HashMap<Id, CancellationToken>>>,
    ending: Ending,
}

impl<S> Front<S> {
    pub fn new(inner: S, shared: Arc<Shared>, ending: Ending) -> Front<S> {
        Front { inner, shared, running: Arc::default(), ending }
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

    /// Called by the transport for one message after the other. Must never wait.
    fn call(&mut self, request: Request) -> Self::Future {
        match request.method() {
            "$/cancelRequest" => {
                self.cancel(request.params());
                return Box::pin(ready(Ok(None)));
            }
            "exit" => {
                self.ending.exit.cancel();
                return Box::pin(ready(Ok(None)));
            }
            "shutdown" => self.ending.shutdown.cancel(),
            "initialize" => self.shared.initialize(request.params()),
            method if self.shared.receive(method, request.params()) => return Box::pin(ready(Ok(None))),
            _ => {}
        }

        let request = without_null_params(request);
        let id = request.id().cloned();
        let cancel = CancellationToken::new();
        let handled = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        let context = Context { snapshot: self.shared.snapshot(), cancel: cancel.clone() };
        // Never dropped, not even when cancelled: workers end cleanly, and a late answer of the client to a question
        // of ours still finds somebody waiting (tower-lsp panics where it doesn't).
        let task = tokio::spawn(CURRENT.scope(context, handled));
        let Some(id) = id else {
            return Box::pin(async move { task.await.ok().and_then(Result::ok).unwrap_or(Ok(None)) });
        };
        let running = Arc::clone(&self.running);
        running.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), cancel.clone());
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
