//! Token text → procedure, by recursive descent.

use crate::ast::{Action, Condition, Procedure, Statement, Test};
use crate::build;
use std::fmt;
use text_size::{TextRange, TextSize};

/// Statements and conditions nested deeper than this are refused: the dataset's deepest program has 5 levels, and
/// every later pass over the tree is recursive.
pub const MAX_DEPTH: usize = 200;

/// Why a text is not a program of the token dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenError {
    /// Which token is wrong, counted from 0; the number of tokens where the text ends too early.
    pub index: usize,
    /// The wrong token in the text (for a list: in its tokens joined by single blanks); empty at the end of the text.
    pub range: TextRange,
    /// The wrong token; `None` where the text ends too early.
    pub found: Option<String>,
    /// What may stand there instead, in words.
    pub expected: String,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.index + 1;
        match &self.found {
            Some(found) => {
                write!(f, "token {number} is '{}', but {} must stand there", shorten(found), self.expected)
            }
            None => write!(f, "the program ends before token {number}, where {} must stand", self.expected),
        }
    }
}

impl std::error::Error for TokenError {}

/// The first 40 characters: a broken file can hold one word of megabytes.
fn shorten(word: &str) -> String {
    match word.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

/// Reads a whole program; white space of any kind separates tokens. The procedure is called `main`.
///
/// # Errors
/// Fails at the first token that can't stand where it stands.
pub fn parse_tokens(text: &str) -> Result<Procedure, TokenError> {
    let tokens: Vec<(usize, &str)> =
        text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word)).collect();
    Reader { tokens: &tokens, next: 0, end: text.len() }.program()
}

/// Reads a program as [`parse_tokens`] does, given as a list of tokens (the dataset's `program_tokens`).
///
/// # Errors
/// Fails at the first token that can't stand where it stands.
pub fn parse_token_list<T: AsRef<str>>(list: &[T]) -> Result<Procedure, TokenError> {
    let mut tokens = Vec::with_capacity(list.len());
    let mut end = 0;
    for token in list {
        tokens.push((end, token.as_ref()));
        end += token.as_ref().len() + 1;
    }
    Reader { tokens: &tokens, next: 0, end: end.saturating_sub(1) }.program()
}

struct Reader<'a> {
    /// Byte offset and word.
    tokens: &'a [(usize, &'a str)],
    next: usize,
    end: usize,
}

/// What opens a body ends it too: `w(` and `w)`.
struct Brackets {
    open: &'static str,
    close: &'static str,
}

const RUN: Brackets = Brackets { open: "m(", close: "m)" };
const CONDITION: Brackets = Brackets { open: "c(", close: "c)" };
const REPEAT: Brackets = Brackets { open: "r(", close: "r)" };
const WHILE: Brackets = Brackets { open: "w(", close: "w)" };
const IF: Brackets = Brackets { open: "i(", close: "i)" };
const ELSE: Brackets = Brackets { open: "e(", close: "e)" };

const STATEMENT: &str = "an action, 'WHILE', 'REPEAT', 'IF' or 'IFELSE'";

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.next).map(|&(_, word)| word)
    }

    fn error<T>(&self, expected: impl Into<String>) -> Result<T, TokenError> {
        let size = |n: usize| TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
        let range = match self.tokens.get(self.next) {
            Some(&(start, word)) => TextRange::new(size(start), size(start + word.len())),
            None => TextRange::empty(size(self.end)),
        };
        Err(TokenError {
            index: self.next,
            range,
            found: self.peek().map(str::to_owned),
            expected: expected.into(),
        })
    }

    fn expect(&mut self, word: &str) -> Result<(), TokenError> {
        if self.peek() != Some(word) {
            return self.error(format!("'{word}'"));
        }
        self.next += 1;
        Ok(())
    }

    fn program(mut self) -> Result<Procedure, TokenError> {
        self.expect("DEF")?;
        self.expect("run")?;
        let body = self.body(&RUN, 0)?;
        if self.peek().is_some() {
            return self.error("the end of the program");
        }
        Ok(build::procedure("main", body))
    }

    fn body(&mut self, brackets: &Brackets, depth: usize) -> Result<Vec<Statement>, TokenError> {
        self.expect(brackets.open)?;
        let mut statements = Vec::new();
        loop {
            match self.peek() {
                Some(word) if word == brackets.close && !statements.is_empty() => {
                    self.next += 1;
                    return Ok(statements);
                }
                _ => match self.statement(depth)? {
                    Some(statement) => statements.push(statement),
                    None if statements.is_empty() => return self.error(STATEMENT),
                    None => return self.error(format!("'{}', {STATEMENT}", brackets.close)),
                },
            }
        }
    }

    /// `None`, with nothing read, where no statement begins.
    fn statement(&mut self, depth: usize) -> Result<Option<Statement>, TokenError> {
        let Some(word) = self.peek() else { return Ok(None) };
        if let Some(action) = Action::from_name(word) {
            self.next += 1;
            return Ok(Some(build::action(action)));
        }
        if !matches!(word, "WHILE" | "REPEAT" | "IF" | "IFELSE") {
            return Ok(None);
        }
        if depth >= MAX_DEPTH {
            return self.error(format!("a program nested at most {MAX_DEPTH} deep"));
        }
        self.next += 1;
        let inner = depth + 1;
        Ok(Some(match word {
            "WHILE" => build::while_loop(self.condition(inner)?, self.body(&WHILE, inner)?),
            "REPEAT" => build::repeat(self.count()?, self.body(&REPEAT, inner)?),
            "IF" => build::if_then(self.condition(inner)?, self.body(&IF, inner)?),
            _ => {
                let condition = self.condition(inner)?;
                let then = self.body(&IF, inner)?;
                self.expect("ELSE")?;
                build::if_else(condition, then, self.body(&ELSE, inner)?)
            }
        }))
    }

    fn count(&mut self) -> Result<u8, TokenError> {
        let number = self.peek().and_then(|word| word.strip_prefix("R=")).filter(|digits| {
            // `R=+4` and `R=04` are no tokens of the vocabulary.
            digits.bytes().all(|b| b.is_ascii_digit()) && (*digits == "0" || !digits.starts_with('0'))
        });
        match number.and_then(|digits| digits.parse::<u8>().ok()) {
            Some(number) if number <= 19 => {
                self.next += 1;
                Ok(number)
            }
            _ => self.error("a count from 'R=0' to 'R=19'"),
        }
    }

    fn condition(&mut self, depth: usize) -> Result<Condition, TokenError> {
        self.expect(CONDITION.open)?;
        let condition = match self.peek() {
            Some("not") if depth >= MAX_DEPTH => {
                return self.error(format!("a program nested at most {MAX_DEPTH} deep"));
            }
            Some("not") => {
                self.next += 1;
                build::not(self.condition(depth + 1)?)
            }
            word => match word.and_then(Test::from_name) {
                Some(test) => {
                    self.next += 1;
                    build::test(test)
                }
                None => return self.error("a condition such as 'frontIsClear', or 'not'"),
            },
        };
        self.expect(CONDITION.close)?;
        Ok(condition)
    }
}
