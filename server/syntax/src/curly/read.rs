//! Text with braces → procedures, by recursive descent.

use std::fmt;

use text_size::{TextRange, TextSize};

use crate::ast::MAX_DEPTH;
use crate::ast::{Action, Condition, Procedure, Statement, Test};
use crate::build;

/// Why a text is not a program with braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurlyError {
    /// The word that can't stand there; empty at the end of the text.
    pub range: TextRange,
    message: String,
}

impl fmt::Display for CurlyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CurlyError {}

/// Reads a whole program. All ranges of the tree are empty.
///
/// # Errors
/// Fails at the first word that can't stand where it stands.
pub fn parse_curly(text: &str) -> Result<Vec<Procedure>, CurlyError> {
    let words = words(text)?;
    Reader { words: &words, next: 0, end: text.len() }.program()
}

fn range(start: usize, end: usize) -> TextRange {
    let size = |n| TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
    TextRange::new(size(start), size(end))
}

/// Words with their offsets: names, numbers, single other characters; comments are left out.
fn words(text: &str) -> Result<Vec<(usize, &str)>, CurlyError> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let until = |end: Option<usize>| end.unwrap_or(rest.len());
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        at += if first.is_whitespace() {
            first.len_utf8()
        } else if first == '#' || rest.starts_with("//") {
            until(rest.find('\n'))
        } else if rest.starts_with("/*") {
            let Some(end) = rest.find("*/") else {
                let message = "the comment that begins here is never closed".to_owned();
                return Err(CurlyError { range: range(at, at + 2), message });
            };
            end + 2
        } else {
            let length = if is_word(first) { until(rest.find(|c| !is_word(c))) } else { first.len_utf8() };
            words.push((at, &rest[..length]));
            length
        };
    }
    Ok(words)
}

struct Reader<'a> {
    words: &'a [(usize, &'a str)],
    next: usize,
    end: usize,
}

/// `put_marker` and `putMarker` are one name.
fn same_name(word: &str, name: &str) -> bool {
    let letters = |text: &str| text.replace('_', "").to_ascii_lowercase();
    letters(word) == letters(name)
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).map(|&(_, word)| word)
    }

    fn error<T>(&self, expected: &str) -> Result<T, CurlyError> {
        let (range, message) = match self.words.get(self.next) {
            Some(&(start, word)) => {
                let shown: String = word.chars().take(40).collect();
                (range(start, start + word.len()), format!("'{shown}' {expected}"))
            }
            None => (range(self.end, self.end), format!("the program ends {expected}")),
        };
        Err(CurlyError { range, message })
    }

    fn accept(&mut self, word: &str) -> bool {
        let is = self.peek() == Some(word);
        self.next += usize::from(is);
        is
    }

    fn expect(&mut self, word: &str) -> Result<(), CurlyError> {
        if self.accept(word) { Ok(()) } else { self.error(&format!("where '{word}' must stand")) }
    }

    fn name(&mut self) -> Result<&'a str, CurlyError> {
        match self.peek() {
            Some(word) if word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') => {
                self.next += 1;
                Ok(word)
            }
            _ => self.error("where a name must stand"),
        }
    }

    fn program(mut self) -> Result<Vec<Procedure>, CurlyError> {
        let mut procedures: Vec<Procedure> = Vec::new();
        while procedures.is_empty() || self.peek().is_some() {
            self.expect("def")?;
            let name = self.name()?;
            let name = if name == "run" { "main" } else { name };
            if procedures.iter().any(|p| p.name.text == name) {
                self.next -= 1;
                return self.error("a second time: this is another program");
            }
            self.expect("(")?;
            self.expect(")")?;
            procedures.push(build::procedure(name, self.block(0)?));
        }
        Ok(procedures)
    }

    fn block(&mut self, depth: usize) -> Result<Vec<Statement>, CurlyError> {
        self.expect("{")?;
        let mut statements = Vec::new();
        loop {
            if self.accept(";") {
                continue;
            }
            match self.peek() {
                Some("}") if statements.is_empty() => {
                    return self.error("where a statement must stand: a block can't be empty here");
                }
                Some("}") => {
                    self.next += 1;
                    return Ok(statements);
                }
                Some(_) => statements.push(self.statement(depth)?),
                None => return self.error("where a statement or '}' must stand"),
            }
        }
    }

    fn statement(&mut self, depth: usize) -> Result<Statement, CurlyError> {
        if depth >= MAX_DEPTH {
            return self.error(&format!("where a program nested at most {MAX_DEPTH} deep must end"));
        }
        let word = self.name()?;
        self.expect("(")?;
        match word {
            "while" => {
                let condition = self.condition_to_the_end()?;
                Ok(build::while_loop(condition, self.block(depth + 1)?))
            }
            "repeat" => {
                let number = self.peek().and_then(|word| word.parse::<u8>().ok()).filter(|n| *n <= 19);
                let Some(number) = number else {
                    return self.error("where a number from 0 to 19 must stand");
                };
                self.next += 1;
                self.expect(")")?;
                Ok(build::repeat(number, self.block(depth + 1)?))
            }
            "if" | "ifelse" => {
                let condition = self.condition_to_the_end()?;
                let then = self.block(depth + 1)?;
                if word == "ifelse" || self.peek() == Some("else") {
                    self.expect("else")?;
                    return Ok(build::if_else(condition, then, self.block(depth + 1)?));
                }
                Ok(build::if_then(condition, then))
            }
            _ => {
                self.expect(")")?;
                let action = Action::ALL.into_iter().find(|action| same_name(word, action.name()));
                Ok(action.map_or_else(|| build::call(word), build::action))
            }
        }
    }

    /// Reads a condition and the `)` behind it.
    fn condition_to_the_end(&mut self) -> Result<Condition, CurlyError> {
        let condition = self.condition(0)?;
        self.expect(")")?;
        Ok(condition)
    }

    fn condition(&mut self, depth: usize) -> Result<Condition, CurlyError> {
        if depth >= MAX_DEPTH {
            return self.error(&format!("where a condition nested at most {MAX_DEPTH} deep must end"));
        }
        if self.accept("not") || self.accept("!") {
            return Ok(build::not(self.condition(depth + 1)?));
        }
        if self.accept("(") {
            let inner = self.condition(depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let test =
            self.peek().and_then(|word| Test::ALL.into_iter().find(|test| same_name(word, test.name())));
        let Some(test) = test else { return self.error("where a test such as 'front_is_clear' must stand") };
        self.next += 1;
        self.expect("(")?;
        self.expect(")")?;
        Ok(build::test(test))
    }
}
