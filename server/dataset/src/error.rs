//! What reading and writing tasks fails with.

/// Why a line is not a task, or a task has no line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TaskError(pub(crate) String);

impl TaskError {
    pub(crate) fn new(message: impl Into<String>) -> TaskError {
        TaskError(message.into())
    }
}

/// What is said of anything that is not an object.
pub(crate) const NO_OBJECT: &str =
    "not a task: a task is written as { \"program_tokens\": …, \"examples\": … }";
