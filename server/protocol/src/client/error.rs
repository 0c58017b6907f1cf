//! What can go wrong between the client and the engine; each message is one sentence for the user.

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The command is empty.
    #[error("no command is set that starts the synthesis engine")]
    NoCommand,
    /// The command could not be run.
    #[error("can't start the synthesis engine `{command}`: {reason}")]
    NotStarted {
        /// The program and its arguments.
        command: String,
        /// What the system says.
        reason: String,
    },
    /// The process ended, or closed its output, before it answered.
    #[error("the synthesis engine ended before it answered ({0})")]
    Died(String),
    /// Nothing came from the process within this number of seconds, and it was stopped.
    #[error("the synthesis engine did not answer within {0} s and was stopped")]
    Silent(u64),
    /// The engine has answered other requests meanwhile, and goes on.
    #[error("the synthesis engine did not answer within {0} s")]
    Slow(u64),
    /// The process wrote this line, which is not a message.
    #[error("the synthesis engine sent something that is not a message: {0}")]
    Garbled(String),
    /// The process died again and again, and is not started for a while.
    #[error("the synthesis engine died {deaths} times in a row; it is tried again in {seconds} s")]
    Resting {
        /// How often it has died since its last answer.
        deaths: u32,
        /// Seconds until it may be started again.
        seconds: u64,
    },
    /// The request would be longer than this number of MiB.
    #[error("the request is longer than {0} MiB")]
    TooLong(usize),
    /// The caller cancelled the request.
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
