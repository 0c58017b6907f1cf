//! The synthesis engine, as the server knows it: which command starts it, or why it can't be asked; and what the
//! client is told of its state.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use protocol::client::Engine;
use protocol::program;
use serde::{Deserialize, Serialize};
use tower_lsp::lsp_types::notification::Notification;

use crate::config::Config;
use crate::outbox::Outbox;
use crate::told::Told;

/// The engine's program where the settings name none.
const PROGRAM: &str = "karel-synth";

/// `karel/status`, as `editors/README.md` has it.
pub enum StatusNotification {}

impl Notification for StatusNotification {
    type Params = Status;
    const METHOD: &'static str = "karel/status";
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub state: State,
    /// What runs: `cpu`, `cuda:0`; empty if nothing does.
    pub engine: String,
    /// A sentence for people.
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

const NOT_INSTALLED: &str = "The engine karel-synth is missing: install it.";
const NO_PROGRAM: &str = "karel.engine.command names no program: correct it.";

/// The command that starts the engine.
///
/// # Errors
/// A sentence that says why there is none, and what to do.
pub fn command(config: &Config) -> Result<Vec<String>, Told> {
    if let Some((program, arguments)) = config.engine_command.split_first() {
        let found = program::find(Path::new(program));
        let missing = || {
            let long = format!("The setting `karel.engine.command` names `{program}`, which is not there.");
            Told::new(NO_PROGRAM, long)
        };
        let found = found.ok_or_else(missing)?.to_string_lossy().into_owned();
        return Ok([vec![found], arguments.to_vec()].concat());
    }
    match program::installed(PROGRAM) {
        Some(path) => Ok(vec![path.to_string_lossy().into_owned(), "serve".to_owned()]),
        None => Err(Told::new(
            NOT_INSTALLED,
            format!(
                "The synthesis engine `{PROGRAM}` is neither beside the language server nor on PATH; install it, or set \
                 `karel.engine.command`."
            ),
        )),
    }
}

/// The engine of the command in the settings, made when first asked for and kept while the command stays the same.
#[derive(Default)]
pub struct Slot {
    current: Mutex<Option<(Vec<String>, Engine)>>,
    /// Locked while it is told, so that the client hears in the order in which things were.
    told: tokio::sync::Mutex<Option<Status>>,
}

impl Slot {
    /// Nothing is started yet. An engine of another command is ended.
    ///
    /// # Errors
    /// As [`command`].
    pub fn engine(&self, config: &Config) -> Result<Engine, Told> {
        let command = command(config)?;
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

    /// Ends the engine, if one runs: politely where it ends `within` that time.
    pub async fn shutdown(&self, within: Duration) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((_, engine)) = current {
            engine.shutdown_within(within).await;
        }
    }

    /// Tells the client, if it is news. An engine that goes on runs where it ran, which not every answer says.
    pub async fn tell(&self, outbox: &Outbox, mut status: Status) {
        let mut told = self.told.lock().await;
        if status.engine.is_empty() && matches!(status.state, State::Busy | State::Ready) {
            status.engine = told.as_ref().map(|told| told.engine.clone()).unwrap_or_default();
        }
        if told.as_ref() != Some(&status) {
            *told = Some(status.clone());
            outbox.notify::<StatusNotification>(status).await;
        }
    }

    /// Tells whether there is an engine at all, unless it is known to run. Nothing before the client is ready.
    pub async fn tell_presence(&self, outbox: &Outbox, config: &Config) {
        outbox.ready().await;
        let mut told = self.told.lock().await;
        let status = match command(config) {
            Ok(_) if told.as_ref().is_some_and(|told| told.state != State::Absent) => return,
            Ok(_) => {
                let message = "The synthesis engine starts when it is first needed.".to_owned();
                Status { state: State::Ready, engine: String::new(), message }
            }
            Err(told) => {
                let message = told.in_full().to_owned();
                Status { state: State::Absent, engine: String::new(), message }
            }
        };
        if told.as_ref() != Some(&status) {
            *told = Some(status.clone());
            outbox.notify::<StatusNotification>(status).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_not_there_is_named() {
        let config = Config { engine_command: vec!["no-such-engine-at-all".into()], ..Config::default() };
        let reason = command(&config).unwrap_err();
        assert!(reason.in_full().contains("no-such-engine-at-all"), "{reason:?}");
        for short in [NOT_INSTALLED, NO_PROGRAM] {
            assert!(short.len() <= crate::told::SHORT, "{short}");
        }
        let here = std::env::current_exe().unwrap().to_string_lossy().into_owned();
        let config = Config { engine_command: vec![here.clone(), "serve".into()], ..Config::default() };
        assert_eq!(command(&config), Ok(vec![here, "serve".into()]));
    }
}
