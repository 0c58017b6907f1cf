//! Why a question has no answer.

use std::fmt;

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// There is no request of this name.
    Unknown(String),
    /// The parameters can't be read.
    Params(String),
    /// It can't be done, for this reason, which is a sentence for people.
    Refused(String),
    /// No recording of this number is kept.
    Gone,
    /// The answer is no longer wanted, or the text has changed.
    Cancelled,
}

impl Failure {
    /// The code in an answer by JSON-RPC.
    pub fn code(&self) -> i64 {
        match self {
            Failure::Unknown(_) => -32601,
            Failure::Params(_) => -32602,
            Failure::Refused(_) => -32803,
            Failure::Gone | Failure::Cancelled => -32801,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unknown(method) => write!(f, "There is no request `{method}`."),
            Failure::Params(why) => write!(f, "The parameters can't be read: {why}"),
            Failure::Refused(why) => f.write_str(why),
            Failure::Gone => f.write_str("This recording is no longer kept; ask for it again."),
            Failure::Cancelled => f.write_str("The program has changed since; ask again."),
        }
    }
}

impl std::error::Error for Failure {}

impl From<ide::Cancelled> for Failure {
    fn from(_: ide::Cancelled) -> Failure {
        Failure::Cancelled
    }
}
