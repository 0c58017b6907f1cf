//! Headers with a word that is none of the language's: `whille(b):`, `ifelse(b):`, `main():`.

use super::header::{Header, Parts};
use super::lower::{Lower, replace};
use super::node::{Kind, Node};
use super::statement::{call_parts, unread};
use crate::ast::{Block, Else, Name, Procedure, Statement, StatementKind, Test};
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use crate::spelling::closest;
use text_size::{TextRange, TextSize};

/// Words of other languages, and ours. Those of which a header can't just be taken over have no fix.
const FOREIGN: &[(&str, &str)] = &[
    ("ifelse", "if"),
    ("until", "while"),
    ("unless", "if"),
    ("for", "repeat"),
    ("loop", "repeat"),
    ("times", "repeat"),
    ("iterate", "repeat"),
    ("otherwise", "else"),
    ("elif", "else"),
    ("elsif", "else"),
    ("elseif", "else"),
    ("define", "def"),
    ("function", "def"),
    ("func", "def"),
    ("fun", "def"),
    ("fn", "def"),
    ("proc", "def"),
    ("procedure", "def"),
    ("sub", "def"),
    ("void", "def"),
];

/// The opposite of what ours asks, or not the same shape.
const NOT_THE_SAME: &[&str] = &["until", "unless", "for", "times", "elif", "elsif", "elseif"];

/// Our word that `word` at the beginning of a header stands for.
fn meant(word: &str) -> Option<&'static str> {
    let lower = if word.len() < 32 { word.to_lowercase() } else { return None };
    let foreign = FOREIGN.iter().find(|(other, _)| *other == lower).map(|&(_, ours)| ours);
    foreign.or_else(|| closest(word, ["while", "repeat", "if", "else", "def"]))
}

/// An unknown header, taken apart.
struct Unknown<'t> {
    word: TextRange,
    /// The parentheses right behind the word.
    arguments: Option<Node<'t>>,
    /// The call that follows the word, and nothing else: the name of what is defined.
    name: Option<(TextRange, Option<Node<'t>>)>,
    /// Whether there is nothing but the word and its parentheses.
    plain: bool,
    /// The offset before the colon.
    end: TextSize,
    header: Header,
    body: Option<Node<'t>>,
}

impl<'t> Unknown<'t> {
    /// `words` stand before `node` on its line: `function` of `function main():`. `node` is an unknown statement, or
    /// a block that is too deep below a line without colon.
    fn of(lower: &Lower<'_>, words: &[Node<'t>], node: Node<'t>) -> Option<Self> {
        let (last, colon, body) = if node.is(Kind::UnknownStatement) {
            let parts = Parts::of(node);
            let arguments = parts.inner.first().copied();
            let colon = node.children().into_iter().find(|n| n.is(Kind::Colon)).map(|n| n.end());
            (Some((parts.keyword, arguments)), colon, parts.body)
        } else {
            (None, None, Some(node))
        };
        let mut calls: Vec<_> = words.iter().filter(|n| n.is(Kind::Call)).map(|n| call_parts(*n)).collect();
        calls.extend(last);
        let &(word, arguments) = calls.first()?;
        let end = match last {
            Some((name, arguments)) => arguments.map_or(name.end(), |a| a.end()),
            None => words.last()?.end(),
        };
        let count = words.len() + usize::from(last.is_some());
        let header = Header {
            word: lower.quote(word),
            keyword: word,
            end: colon.unwrap_or(end),
            colon: colon.is_some(),
        };
        let name = if count == 2 { calls.get(1).copied() } else { None };
        Some(Unknown { word, arguments, name, plain: count == 1, end, header, body })
    }

    fn fix(&self, with: &str) -> Fix {
        let mut fix = replace(self.word, with);
        if !self.header.colon {
            fix.edits.push(Edit { range: TextRange::empty(self.header.end), insert: ":".to_owned() });
        }
        fix
    }

    fn range(&self, body: &Block) -> TextRange {
        TextRange::new(self.word.start(), self.header.end.max(body.range.end()))
    }
}

impl Lower<'_> {
    /// Whether a line that is followed by a deeper block was meant as its header, though the colon is missing too.
    pub(crate) fn is_meant_as_header(&self, line: &[Node<'_>], below: Node<'_>) -> bool {
        let words = line.iter().rposition(|n| !matches!(n.kind, Kind::Call | Kind::Hole | Kind::Unexpected));
        let words = &line[words.map_or(0, |at| at + 1)..];
        below.is(Kind::Overindented)
            && words.first().is_some_and(|n| {
                let word = self.slice(call_parts(*n).0);
                n.is(Kind::Call)
                    && !self.is_known(word)
                    && Test::from_name(word).is_none()
                    && meant(word).is_some()
            })
    }

    pub(crate) fn unknown(&mut self, words: &[Node<'_>], node: Node<'_>, statements: &mut Vec<Statement>) {
        let Some(unknown) = Unknown::of(self, words, node) else {
            // nothing but punctuation before a colon
            let range = words.iter().fold(node.range, |range, n| range.cover(n.range));
            let range = self.layout.first_line(self.text, range);
            self.error(&codes::UNEXPECTED_TEXT, range, "This isn't understood.");
            statements.push(Statement::new(range, StatementKind::Error));
            return;
        };
        let word = self.slice(unknown.word);
        let quoted = self.quote(unknown.word);
        if unknown.plain && (self.is_known(word) || Test::from_name(word).is_some()) {
            self.call_with_colon(&unknown, statements);
            return;
        }
        let Some(ours) = meant(word) else {
            let message =
                format!("Unknown word '{quoted}'; a block begins with 'while', 'repeat', 'if' or 'else'.");
            self.error(&codes::UNKNOWN_WORD, unknown.word, message);
            self.dropped(&unknown, statements);
            return;
        };
        let foreign = NOT_THE_SAME.contains(&word.to_lowercase().as_str());
        let same = unknown.plain && !foreign;
        let message = match (ours, word) {
            (_, "elif" | "elsif" | "elseif") => {
                format!("There is no '{word}'; write 'else:' and an 'if' in its block.")
            }
            ("def", _) => "A procedure can't be defined inside a block.".to_owned(),
            _ if foreign => format!("There is no '{quoted}'; see whether '{ours}' does what you want."),
            _ => format!("Unknown word '{quoted}'; did you mean '{ours}'?"),
        };
        let code = if ours == "def" { &codes::MISPLACED_DEFINITION } else { &codes::UNKNOWN_WORD };
        let complete = (ours == "else") == unknown.arguments.is_none();
        // an `else` below finds only an `if` that begins its line
        let complete = complete && (ours != "if" || self.layout.begins_line(unknown.word.start()));
        let fix = (same && complete && ours != "def").then(|| unknown.fix(ours));
        self.error(code, unknown.word, message).fix = fix;
        let inner = unknown.arguments.filter(|_| same);
        match ours {
            "while" | "if" if inner.is_some() => {
                let condition = self.condition(ours, unknown.word, inner);
                let body = self.body(unknown.header.clone(), unknown.body);
                let range = unknown.range(&body);
                let kind = match ours {
                    "while" => StatementKind::While { condition, body },
                    _ => StatementKind::If { condition, then: body, otherwise: None },
                };
                statements.push(Statement::new(range, kind));
            }
            "repeat" if inner.is_some() => {
                let count = self.count(unknown.word, inner);
                let body = self.body(unknown.header.clone(), unknown.body);
                let range = unknown.range(&body);
                statements.push(Statement::new(range, StatementKind::Repeat { count, body }));
            }
            "else" if same && unknown.arguments.is_none() => {
                let body = self.body(unknown.header.clone(), unknown.body);
                let range = unknown.range(&body);
                match statements.last_mut() {
                    Some(Statement {
                        range: whole,
                        kind: StatementKind::If { otherwise: otherwise @ None, .. },
                        ..
                    }) => {
                        *otherwise = Some(Else { keyword: unknown.word, body });
                        *whole = whole.cover(range);
                    }
                    _ => statements.push(Statement::new(range, unread(unknown.word, body))),
                }
            }
            _ => self.dropped(&unknown, statements),
        }
    }

    /// A header of which nothing can be made; its block is checked all the same.
    fn dropped(&mut self, unknown: &Unknown<'_>, statements: &mut Vec<Statement>) {
        let body = self.body(unknown.header.clone(), unknown.body);
        self.open = None;
        let mut statement = Statement::new(unknown.range(&body), unread(unknown.word, body));
        statement.broken = Some(unknown.word);
        statements.push(statement);
    }

    /// `move():`
    fn call_with_colon(&mut self, unknown: &Unknown<'_>, statements: &mut Vec<Statement>) {
        let colon = self.last_character(unknown.header.end);
        let message = format!("No ':' follows '{}', since it has no block.", self.quote(unknown.word));
        let fix = unknown.body.is_none().then(|| super::lower::remove(colon, ":"));
        self.error(&codes::UNEXPECTED_TEXT, colon, message).fix = fix;
        self.arguments(unknown.word, unknown.arguments);
        let range = TextRange::new(unknown.word.start(), unknown.end);
        let kind = match Test::from_name(self.slice(unknown.word)) {
            Some(_) => StatementKind::Error,
            None => self.call_kind(unknown.word),
        };
        statements.push(Statement::new(range, kind));
        if let Some(body) = unknown.body
            && let Some(block) = self.deeper(body.range, |lower| lower.block(&body.children()))
        {
            statements.extend(block.statements);
        }
    }

    /// At top level: a procedure whose `def` is missing or misspelt. `None` if it isn't meant as one.
    pub(crate) fn unknown_definition(&mut self, words: &[Node<'_>], node: Node<'_>) -> Option<Procedure> {
        let unknown = Unknown::of(self, words, node)?;
        let word = self.slice(unknown.word);
        if self.is_known(word) || Test::from_name(word).is_some() {
            return None;
        }
        let (name, parentheses) = match (meant(word), unknown.name) {
            (Some("def"), Some((name, parentheses))) => {
                let message = format!("Unknown word '{}'; did you mean 'def'?", self.quote(unknown.word));
                self.error(&codes::UNKNOWN_WORD, unknown.word, message).fix = Some(unknown.fix("def"));
                (name, parentheses)
            }
            (None, _) if unknown.plain && unknown.body.is_some() => {
                let message = format!("'def' is missing before '{}'.", self.quote(unknown.word));
                // with its indentation, which a definition can't have
                let range =
                    TextRange::new(self.layout.line(unknown.word.start()).start, unknown.word.start());
                let edits = vec![Edit { range, insert: "def ".to_owned() }];
                let fix = Fix { title: "Insert 'def'".to_owned(), edits };
                self.error(&codes::UNKNOWN_WORD, unknown.word, message).fix = Some(fix);
                (unknown.word, unknown.arguments)
            }
            _ => return None,
        };
        self.parameters(name, parentheses);
        let name = Name { range: name, text: self.slice(name).to_owned() };
        let body = self.body(Header { word: "def".to_owned(), ..unknown.header.clone() }, unknown.body);
        Some(Procedure { range: unknown.range(&body), name, body, broken: None })
    }
}
