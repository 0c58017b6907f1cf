//! What can go wrong between the client and the engine; each message is one sentence for the user.

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    #[error("no command is set that starts the synthesis engine")]
    NoCommand,
    #[error("can't start the synthesis engine `{command}`: {reason}")]
    NotStarted { command: String, reason: String },
    /// The process ended, or closed its output, before it answered.
    #[error("the synthesis engine ended before it answered ({0})")]
    Died(String),
    #[error("the synthesis engine did not answer within {0} s and was stopped")]
    Silent(u64),
    /// The engine has answered other requests meanwhile, and goes on.
    #[error("the synthesis engine did not answer within {0} s")]
    Slow(u64),
    #[error("the synthesis engine sent something that is no message: {0}")]
    Garbled(String),
    #[error("the synthesis engine died {deaths} times in a row; it is tried again in {seconds} s")]
    Resting { deaths: u32, seconds: u64 },
    #[error("the request is longer than {0} MiB")]
    TooLong(usize),
    #[error("cancelled")]
    Cancelled,
    /// The engine can't use the request; its own sentence says why.
    #[error("{0}")]
    Refused(String),
    /// The engine failed at this request and lives on.
    #[error("the synthesis engine failed: {0}")]
    Failed(String),
}

impl EngineError {
    /// Whether the process is gone because of it.
    pub(super) fn is_death(&self) -> bool {
        use EngineError::{Died, Garbled, NotStarted, Silent};
        matches!(self, Died(_) | Silent(_) | Garbled(_) | NotStarted { .. })
    }
}
