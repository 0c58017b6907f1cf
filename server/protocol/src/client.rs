//! The client: starts the engine as a child process at the first request, asks it, cancels, restarts it with
//! back-off after it died, and ends it when it has been idle for long.

mod connection;
mod error;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
pub use tokio_util::sync::CancellationToken;

use crate::message::{Candidate, InferTraces, InferredTraces, Outcome, Progress, Status, Synthesize};
use connection::Connection;
pub use error::EngineError;

/// When the client gives up on the engine or lets it go.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The time for an answer on top of the request's own budget, start and loading of the weights included. An engine
    /// that sends nothing at all for this long is stopped.
    pub answer: Duration,
    /// An engine that gets no request for this long is ended.
    pub idle: Duration,
    /// The pause before the second restart in a row; it doubles with each further one, up to a minute.
    pub pause: Duration,
    /// How long an engine may take to end after it was asked to, or after its output has ended. It is killed then.
    pub farewell: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            answer: Duration::from_secs(30),
            idle: Duration::from_secs(600),
            pause: Duration::from_millis(500),
            farewell: Duration::from_secs(2),
        }
    }
}

/// What the engine reports about a request before its answer.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// A candidate has been verified.
    Found(Candidate),
    /// How far the request has come.
    Progress(Progress),
}

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A synthesis engine: the command that starts it, and the running process while there is one. Clones use the same
/// process. It needs a tokio runtime.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    command: Vec<String>,
    patience: Patience,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connection: Option<Arc<Connection>>,
    /// How often the process has died since the last answer.
    deaths: u32,
    last_death: Option<Instant>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(connection) = &self.state.get_mut().connection {
            connection.kill();
        }
    }
}

impl Engine {
    /// `command` is the program and its arguments, such as `["karel-synth", "serve"]` or
    /// `["ssh", "gpu-box", "karel-synth", "serve"]`. Nothing is started yet.
    pub fn new(command: Vec<String>) -> Engine {
        Engine::with_patience(command, Patience::default())
    }

    /// An engine with limits of its own, as tests need them. Nothing is started yet.
    pub fn with_patience(command: Vec<String>, patience: Patience) -> Engine {
        Engine { shared: Arc::new(Shared { command, patience, state: Mutex::default() }) }
    }

    /// Searches for programs; `on_news` gets each as soon as it is verified, and the progress. Cancelling the token, or
    /// dropping the future, cancels the request in the engine.
    pub async fn synthesize(
        &self,
        params: &Synthesize,
        mut on_news: impl FnMut(News) + Send,
        cancel: &CancellationToken,
    ) -> Result<Outcome, EngineError> {
        let budget = Duration::from_millis(params.budget.milliseconds);
        self.ask("synthesize", params, budget, &mut on_news, cancel).await
    }

    /// Infers the traces of examples.
    pub async fn traces(
        &self,
        params: &InferTraces,
        cancel: &CancellationToken,
    ) -> Result<InferredTraces, EngineError> {
        let budget = Duration::from_millis(params.milliseconds);
        self.ask("traces", params, budget, &mut |_| (), cancel).await
    }

    /// Version, device and models; starts the engine where it is not running.
    pub async fn status(&self) -> Result<Status, EngineError> {
        self.ask("status", (), Duration::ZERO, &mut |_| (), &CancellationToken::new()).await
    }

    /// Whether the process is there now, without starting it.
    pub async fn is_running(&self) -> bool {
        self.shared.state.lock().await.connection.as_ref().is_some_and(|c| c.is_open())
    }

    /// Ends the engine; the next request starts it again. It is asked to end, and killed where it has not done so in
    /// time ([`Patience::farewell`]), or where this future is dropped.
    pub async fn shutdown(&self) {
        self.shutdown_within(self.shared.patience.farewell).await;
    }

    /// Ends the engine as [`Engine::shutdown`] does, and kills it where it has not ended `within` that time.
    pub async fn shutdown_within(&self, within: Duration) {
        let connection = self.shared.state.lock().await.connection.take();
        if let Some(connection) = connection {
            connection.close(within).await;
        }
    }

    async fn ask<R: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
        budget: Duration,
        on_news: &mut (dyn FnMut(News) + Send),
        cancel: &CancellationToken,
    ) -> Result<R, EngineError> {
        let within = budget.saturating_add(self.shared.patience.answer);
        let answer = async {
            let mut connection = self.connect().await?;
            let mut value = connection.ask(method, &params, within, on_news).await;
            if connection.was_closed() && matches!(&value, Err(error) if error.is_death()) {
                // It was let go in the very moment it was asked.
                connection = self.connect().await?;
                value = connection.ask(method, &params, within, on_news).await;
            }
            // Any answer, a refusal too, shows that the engine lives.
            if !matches!(&value, Err(error) if error.is_death()) {
                self.shared.state.lock().await.deaths = 0;
            }
            let value = value?;
            serde_json::from_value(value)
                .map_err(|e| EngineError::Garbled(format!("the answer to `{method}`: {e}")))
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(EngineError::Cancelled),
            answer = answer => answer,
        }
    }

    /// The running engine, started now where there is none.
    async fn connect(&self) -> Result<Arc<Connection>, EngineError> {
        let mut state = self.shared.state.lock().await;
        if let Some(connection) = state.connection.clone() {
            if connection.is_open() {
                return Ok(connection);
            }
            if !connection.was_closed() {
                state.deaths += 1;
                state.last_death = Some(connection.ended_at().unwrap_or_else(Instant::now));
            }
            state.connection = None;
        }
        if let Some(last) = state.last_death {
            let pause = pause_after(state.deaths, self.shared.patience.pause);
            let left = pause.saturating_sub(last.elapsed());
            if left > Duration::from_secs(1) {
                return Err(EngineError::Resting { deaths: state.deaths, seconds: left.as_secs() + 1 });
            }
            tokio::time::sleep(left).await;
        }
        let connection = Connection::open(&self.shared.command, self.shared.patience)?;
        state.connection = Some(connection.clone());
        Ok(connection)
    }
}

/// The pause before an engine that died this many times in a row is started again: none after the first time, `first`
/// after the second, twice as long after each further one, a minute at the most.
fn pause_after(deaths: u32, first: Duration) -> Duration {
    match deaths {
        0 | 1 => Duration::ZERO,
        _ => first.saturating_mul(1 << (deaths - 2).min(16)).min(LONGEST_PAUSE),
    }
}
