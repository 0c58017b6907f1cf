//! The small language of conditions, log messages, watches and hovers. `DEBUGGING.md` tells users about it.

mod evaluation;
mod lexer;
mod message;
mod parser;

use runtime::{Heading, World};

use self::evaluation::Node;
pub(crate) use self::evaluation::{markers, place};
pub(crate) use self::message::Message;

/// What an expression is about: the run at one moment.
pub(crate) struct Now<'a> {
    pub world: &'a World,
    pub step: u64,
    /// The round of the innermost loop; 0 outside of loops.
    pub round: u32,
    pub depth: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Number,
    Truth,
    Heading,
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Number(i64),
    Truth(bool),
    Heading(Heading),
    Text(String),
}

/// An expression whose types fit, so that nothing can go wrong when it is evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    node: Node,
    pub of: Type,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// It can't be understood: a sentence that says what is wrong.
    pub(crate) fn parse(text: &str) -> Result<Expression, String> {
        parser::parse(text)
    }

    /// Reads an expression that is true or false.
    ///
    /// # Errors
    /// It can't be understood, or is something else.
    pub(crate) fn condition(text: &str) -> Result<Expression, String> {
        let expression = Expression::parse(text)?;
        match expression.of {
            Type::Truth => Ok(expression),
            of => {
                Err(format!("\"{}\" is {}, no condition. Write for instance {EXAMPLE}.", text.trim(), of.a()))
            }
        }
    }

    pub(crate) fn value(&self, now: &Now<'_>) -> Value {
        self.node.value(now)
    }

    pub(crate) fn holds(&self, now: &Now<'_>) -> bool {
        self.value(now) == Value::Truth(true)
    }
}

const HEADINGS: [(&str, Heading); 4] =
    [("north", Heading::North), ("east", Heading::East), ("south", Heading::South), ("west", Heading::West)];

/// A condition, for messages about what is none.
const EXAMPLE: &str = "\"markers > 0 and robot.heading == east\"";

impl Type {
    fn a(self) -> &'static str {
        match self {
            Type::Number => "a number",
            Type::Truth => "true or false",
            Type::Heading => "a direction",
            Type::Text => "a text",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Type::Number => "number",
            Type::Truth => "truth",
            Type::Heading => "direction",
            Type::Text => "text",
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Truth(truth) => write!(f, "{truth}"),
            Value::Heading(heading) => f.write_str(HEADINGS[*heading as usize].0),
            Value::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        let world = World::parse(". 3 .\n# >2 .").unwrap();
        let now = Now { world: &world, step: 7, round: 2, depth: 1 };
        match Expression::parse(text) {
            Ok(expression) => expression.value(&now).to_string(),
            Err(message) => message,
        }
    }

    #[test]
    fn values() {
        for (text, expected) in [
            ("robot.row", "2"),
            ("robot.col", "2"),
            ("robot", "row 2, column 2, facing east"),
            ("robot.heading == east and markers = 2", "true"),
            ("robot.heading != east || step >= 7 && round % 2 == 0", "true"),
            ("not(frontIsClear()) or rightIsClear", "false"),
            ("!leftIsClear()", "false"),
            ("markersPresent() and not noMarkersPresent()", "true"),
            ("cell(1, robot.column) - 1", "2"),
            ("wall(2, 1)", "true"),
            ("wall(99, 1) and wall(0, 0) and cell(99, 99) == 0", "true"),
            ("1 + 2 - 4 < depth", "true"),
            ("world", ". 3  .\n# >2 ."),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, expected) in [
            ("markers >", "The end is missing."),
            ("markers 3", "\"3\" is not expected here."),
            ("(markers", "\")\" is missing."),
            ("markers == east", "A number can't be compared with a direction."),
            ("markers and true", "\"and\" takes true or false, and this is a number."),
            ("round % 0", "After % a number from 1 on is expected."),
            ("9999999999999999999", "9999999999999999999 is too large."),
            ("marker ; 3", "\";\" has no meaning here."),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
        assert!(value("beepers").starts_with("\"beepers\" is not known."));
        assert!(value("").starts_with("There is nothing to look at."));
        assert_eq!(value(&"(".repeat(900)), "There are too many parentheses.");
        assert!(Expression::condition("markers").unwrap_err().contains("is a number, no condition"));
    }
}
