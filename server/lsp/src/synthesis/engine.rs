//! The synthesis engine, as the server knows it, and the state of it that the client shows.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use protocol::client::Engine;
use serde::{Deserialize, Serialize};
use tower_lsp::lsp_types::notification::Notification;

use crate::client::Client;
use crate::state::config::Config;
use assist::notice::Notice;

/// `karel/status`, as `editors/README.md` has it.
pub enum StatusNotification {}

impl Notification for StatusNotification {
    type Params = Status;
    const METHOD: &'static str = "karel/status";
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub state: State,
    /// The device that the engine runs on, `cpu` or `cuda:0`; empty where none runs.
    pub engine: String,
    /// A sentence for the user.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Starting,
    Ready,
    Busy,
    Absent,
    Error,
}

/// The engine of the command in the settings, made when first asked for and kept while the command stays the same.
#[derive(Default)]
pub struct EngineSlot {
    current: Mutex<Option<(Vec<String>, Engine)>>,
    /// The last status that was sent, locked while one is sent, so that statuses arrive in order.
    announced: tokio::sync::Mutex<Option<Status>>,
}

impl EngineSlot {
    /// The engine, which is not started yet. An engine of another command is ended.
    ///
    /// # Errors
    /// There is no engine to start, for the reasons of [`Config::engine`].
    pub fn engine(&self, config: &Config) -> Result<Engine, Notice> {
        let command = config.engine()?;
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, engine)) = current.as_ref()
            && *known == command
        {
            return Ok(engine.clone());
        }
        let engine = Engine::new(command.clone());
        *current = Some((command, engine.clone()));
        Ok(engine)
    }

    /// Ends the engine, if one runs; it is killed where it has not ended `within` that time.
    pub async fn shutdown(&self, within: Duration) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((_, engine)) = current {
            engine.shutdown_within(within).await;
        }
    }

    /// Sends the status, if it is new. Not every answer names the device: an engine that goes on keeps the one it had.
    pub async fn announce(&self, client: &Client, mut status: Status) {
        let mut announced = self.announced.lock().await;
        if status.engine.is_empty() && matches!(status.state, State::Busy | State::Ready) {
            status.engine = announced.as_ref().map(|announced| announced.engine.clone()).unwrap_or_default();
        }
        if announced.as_ref() != Some(&status) {
            *announced = Some(status.clone());
            client.notify::<StatusNotification>(status).await;
        }
    }

    /// Sends whether there is an engine at all, unless one is known to run, as soon as the client is ready.
    pub async fn announce_presence(&self, client: &Client, config: &Config) {
        client.ready().await;
        let mut announced = self.announced.lock().await;
        let status = match config.engine() {
            Ok(_) if announced.as_ref().is_some_and(|announced| announced.state != State::Absent) => return,
            Ok(_) => {
                let message = "The synthesis engine starts when it is first needed.".to_owned();
                Status { state: State::Ready, engine: String::new(), message }
            }
            Err(notice) => {
                let message = notice.in_full().to_owned();
                Status { state: State::Absent, engine: String::new(), message }
            }
        };
        if announced.as_ref() != Some(&status) {
            *announced = Some(status.clone());
            client.notify::<StatusNotification>(status).await;
        }
    }
}
