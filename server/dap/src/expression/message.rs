//! Log messages: text with expressions in it.

use super::{Expression, Now};

/// A log message: text, and between braces expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Expression),
}

impl Message {
    /// Reads a log message.
    ///
    /// # Errors
    /// A brace is not closed, or what stands in braces is no expression.
    pub(crate) fn parse(text: &str) -> Result<Message, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once('{') {
            let Some((inside, after)) = from.split_once('}') else {
                return Err("A brace { is not closed by }.".to_owned());
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Value(Expression::parse(inside)?));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Message(parts))
    }

    pub(crate) fn text(&self, now: &Now<'_>) -> String {
        let text = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Value(expression) => expression.value(now).to_string(),
        };
        self.0.iter().map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use runtime::World;

    use super::*;

    #[test]
    fn log_messages() {
        let world = World::parse(">2").unwrap();
        let now = Now { world: &world, step: 7, round: 0, depth: 0 };
        let text = |message| Message::parse(message).map(|message| message.text(&now));
        assert_eq!(text("step {step}: {markers} here").unwrap(), "step 7: 2 here");
        assert_eq!(text("plain").unwrap(), "plain");
        assert!(text("{step").unwrap_err().contains("not closed"));
        assert!(text("{tack}").unwrap_err().contains("not known"));
    }
}
