//! A message for the user: short enough to be seen whole in every editor, and in full for the log.

use protocol::client::EngineError;

/// The short form is shown, in at most [`SHORT`] characters: first the fact, then what to do. The long form, where there
/// is more to say, goes to the log that the editor shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub short: String,
    pub long: Option<String>,
}

/// The most characters of a short form: VS Code cuts longer messages.
pub const SHORT: usize = 55;

impl Notice {
    pub fn new(short: impl Into<String>, long: impl Into<String>) -> Notice {
        Notice { short: short.into(), long: Some(long.into()) }
    }

    pub fn in_full(&self) -> &str {
        self.long.as_ref().unwrap_or(&self.short)
    }
}

impl From<String> for Notice {
    fn from(short: String) -> Notice {
        Notice { short, long: None }
    }
}

impl From<&str> for Notice {
    fn from(short: &str) -> Notice {
        Notice::from(short.to_owned())
    }
}

impl From<&EngineError> for Notice {
    fn from(error: &EngineError) -> Notice {
        let short = match error {
            EngineError::NoCommand | EngineError::NotStarted { .. } => {
                "The engine does not start: the log says why."
            }
            EngineError::Died(_) => "The engine ended early: ask again.",
            EngineError::Silent(_) => "The engine was stopped, it was silent: ask again.",
            EngineError::Garbled(_) => "The engine can't be understood: install it again.",
            EngineError::Resting { seconds, .. } => {
                return Notice::new(
                    format!("The engine keeps ending: ask again in {seconds} s."),
                    sentence(error),
                );
            }
            EngineError::TooLong(_) => "The examples are too large: use smaller ones.",
            EngineError::Cancelled => "The synthesis was cancelled.",
            EngineError::Refused(_) => "The engine can't use this: the log says why.",
            EngineError::Failed(_) => "The engine failed at this: the log says where.",
            #[allow(unreachable_patterns, reason = "kinds may be added")]
            _ => "The engine gave no answer: the log says why.",
        };
        Notice::new(short, sentence(error))
    }
}

/// The text as a sentence, with a capital and a full stop.
fn sentence(text: &dyn std::fmt::Display) -> String {
    let text = text.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_engine_says_is_short_whatever_it_is() {
        let long = "a reason that is much longer than what any editor shows of a message".to_owned();
        for error in [
            EngineError::NoCommand,
            EngineError::NotStarted { command: long.clone(), reason: long.clone() },
            EngineError::Died(long.clone()),
            EngineError::Silent(86_400),
            EngineError::Garbled(long.clone()),
            EngineError::Resting { deaths: 1000, seconds: 86_400 },
            EngineError::TooLong(1000),
            EngineError::Cancelled,
            EngineError::Refused(long.clone()),
            EngineError::Failed(long),
        ] {
            let notice = Notice::from(&error);
            assert!(notice.short.chars().count() <= SHORT, "{}", notice.short);
            assert!(
                notice.in_full().ends_with('.') && notice.in_full().starts_with(char::is_uppercase),
                "{notice:?}"
            );
        }
        assert_eq!(sentence(&""), ".");
    }
}
