//! Conditions as other languages write them: `!a`, `a == true`, `a and b`, `frontIsBlocked()`, `front is clear`.

use crate::ast::{Condition, Test};
use crate::build::{negated, test};
use crate::print::print_condition;
use crate::spelling::closest;

/// A condition that is written in another way, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign {
    /// What is said of it: the first thing that is foreign.
    pub why: Why,
    /// The tests that must all hold; none where that can't be said.
    pub all: Option<Vec<Condition>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// `== True`
    Comparison(String),
    /// `!`
    Bang(String),
    /// `and`
    And(String),
    /// `or`
    Or(String),
    /// `True` alone: always or never.
    Constant(String),
    /// A test that ours is the opposite of.
    Opposite(String),
    /// `front is clear`
    Words(String),
}

/// Opposites of tests, without case and `_`.
const OPPOSITES: &[(&str, Test)] = &[
    ("frontisblocked", Test::FrontIsClear),
    ("leftisblocked", Test::LeftIsClear),
    ("rightisblocked", Test::RightIsClear),
    ("frontblocked", Test::FrontIsClear),
    ("leftblocked", Test::LeftIsClear),
    ("rightblocked", Test::RightIsClear),
    ("frontisnotclear", Test::FrontIsClear),
    ("leftisnotclear", Test::LeftIsClear),
    ("rightisnotclear", Test::RightIsClear),
    ("frontiswall", Test::FrontIsClear),
    ("wallinfront", Test::FrontIsClear),
    ("wallahead", Test::FrontIsClear),
    ("iswallahead", Test::FrontIsClear),
    ("isfrontblocked", Test::FrontIsClear),
    ("isleftblocked", Test::LeftIsClear),
    ("isrightblocked", Test::RightIsClear),
    ("wallonleft", Test::LeftIsClear),
    ("wallonright", Test::RightIsClear),
];

/// Other names of ours.
const NAMES: &[(&str, Test)] = &[
    ("frontclear", Test::FrontIsClear),
    ("leftclear", Test::LeftIsClear),
    ("rightclear", Test::RightIsClear),
    ("isfrontclear", Test::FrontIsClear),
    ("isleftclear", Test::LeftIsClear),
    ("isrightclear", Test::RightIsClear),
    ("nexttoabeeper", Test::MarkersPresent),
    ("notnexttoabeeper", Test::NoMarkersPresent),
    ("nexttobeeper", Test::MarkersPresent),
    ("onbeeper", Test::MarkersPresent),
    ("beeperspresent", Test::MarkersPresent),
    ("nobeeperspresent", Test::NoMarkersPresent),
    ("ismarkerpresent", Test::MarkersPresent),
    ("aremarkerspresent", Test::MarkersPresent),
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Sign(&'a str),
}

fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    const SIGNS: [&str; 16] =
        ["===", "!==", "==", "!=", "<>", "&&", "||", "(", ")", "!", "&", "|", "=", "?", "~", "¬"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            rest = rest[sign.len()..].trim_start();
            continue;
        }
        // a hyphen belongs to a word between letters
        let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let end = rest.find(|c| !letter(c)).unwrap_or(rest.len());
        if end == 0 || tokens.len() > 60 {
            return None;
        }
        tokens.push(Token::Word(&rest[..end]));
        rest = rest[end..].trim_start();
    }
    Some(tokens)
}

/// What a condition means that is not written as ours; `None` where it is ours, or not understood at all.
pub(crate) fn foreign(text: &str) -> Option<Foreign> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, at: 0, why: None, all: true, depth: 0 };
    let conditions = reader.any();
    let why = reader.why?;
    // a sign or a word that is foreign is reported even where the rest isn't understood
    let whole = reader.at == tokens.len();
    let strong =
        matches!(why, Why::And(_) | Why::Or(_) | Why::Bang(_) | Why::Comparison(_) | Why::Constant(_));
    (whole || strong).then_some(Foreign { why, all: conditions.filter(|_| whole && reader.all) })
}

/// A condition of one test as it is written here, however it is written.
pub(crate) fn ours(text: &str) -> Option<String> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, at: 0, why: None, all: true, depth: 0 };
    let read = reader.any().filter(|_| reader.at == tokens.len())?;
    if let [one] = &read[..] { Some(print_condition(one)) } else { None }
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    why: Option<Why>,
    /// No `or` stands in it.
    all: bool,
    depth: usize,
}

type Read = Option<Vec<Condition>>;

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at)
    }

    /// Keeps the reason to report: an `and` or `or` before all others, else the first.
    fn because(&mut self, why: Why) {
        let joined = |why: &Why| matches!(why, Why::And(_) | Why::Or(_));
        if self.why.as_ref().is_none_or(|old| joined(&why) && !joined(old)) {
            self.why = Some(why);
        }
    }

    fn any(&mut self) -> Read {
        let mut read = self.one();
        while let Some(sign) = self.joined() {
            self.at += 1;
            if matches!(sign.to_lowercase().as_str(), "or" | "||" | "|") {
                self.because(Why::Or(sign.to_owned()));
                self.all = false;
            } else {
                self.because(Why::And(sign.to_owned()));
            }
            let more = self.one();
            read = read.zip(more).map(|(mut read, more)| {
                read.extend(more);
                read
            });
        }
        read
    }

    fn joined(&self) -> Option<&'a str> {
        match self.peek()? {
            Token::Sign(sign @ ("&&" | "||" | "&" | "|")) => Some(sign),
            Token::Word(word) if matches!(word.to_lowercase().as_str(), "and" | "or") => Some(word),
            _ => None,
        }
    }

    fn one(&mut self) -> Read {
        self.depth += 1;
        let mut read = if self.depth > 50 { None } else { self.negation() };
        self.depth -= 1;
        // `== True`
        while let Some(comparison) = self.comparison() {
            let (text, same, count) = comparison;
            self.at += count;
            self.because(Why::Comparison(text));
            if !same {
                read = read.and_then(not);
            }
        }
        read
    }

    fn comparison(&self) -> Option<(String, bool, usize)> {
        let (sign, mut same) = match self.peek()? {
            Token::Sign(sign @ ("==" | "===" | "=")) => (*sign, true),
            Token::Sign(sign @ ("!=" | "!==" | "<>")) => (*sign, false),
            Token::Word("is") => ("is", true),
            _ => return None,
        };
        let Token::Word(value) = self.tokens.get(self.at + 1)? else { return None };
        let lower = value.to_lowercase();
        same ^= match lower.as_str() {
            "true" | "1" => false,
            "false" | "0" => true,
            _ => return None,
        };
        Some((format!("{sign} {value}"), same, 2))
    }

    fn negation(&mut self) -> Read {
        match self.peek()? {
            Token::Sign(sign @ ("!" | "~" | "¬")) => {
                self.at += 1;
                self.because(Why::Bang((*sign).to_owned()));
                self.negation_of()
            }
            Token::Word(word) if word.eq_ignore_ascii_case("not") => {
                self.at += 1;
                self.negation_of()
            }
            Token::Sign("(") => {
                self.at += 1;
                let read = self.any();
                if self.peek() == Some(&Token::Sign(")")) {
                    self.at += 1;
                }
                read
            }
            Token::Word(_) => self.words(),
            Token::Sign(_) => None,
        }
    }

    fn negation_of(&mut self) -> Read {
        self.depth += 1;
        let read = if self.depth > 50 { None } else { self.negation() };
        self.depth -= 1;
        read.and_then(not)
    }

    /// A test in one word or several.
    fn words(&mut self) -> Read {
        let from = self.at;
        let mut joined = String::new();
        while let Some(Token::Word(word)) = self.peek() {
            if self.at > from && (self.joined().is_some() || self.comparison().is_some()) {
                break;
            }
            joined.extend(word.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase));
            self.at += 1;
        }
        let Some(Token::Word(first)) = self.tokens.get(from) else { return None };
        let (several, called) = (self.at - from > 1, self.called());
        if !several && matches!(joined.as_str(), "true" | "false" | "1" | "0") && !called {
            self.because(Why::Constant((*first).to_owned()));
            return None;
        }
        let find =
            |table: &[(&str, Test)]| table.iter().find(|(name, _)| *name == joined).map(|(_, test)| *test);
        if let Some(opposite) = find(OPPOSITES) {
            self.because(if several {
                Why::Words(self.text(from))
            } else {
                Why::Opposite((*first).to_owned())
            });
            return Some(vec![negated(&test(opposite))]);
        }
        let ours = Test::ALL.into_iter().find(|t| t.name().to_lowercase() == joined);
        let read = ours.or_else(|| find(NAMES));
        if read.is_some() && (several || first.contains('-')) {
            self.because(Why::Words(self.text(from)));
        }
        let near =
            || closest(first, Test::ALL.map(Test::name)).filter(|_| !several).and_then(Test::from_name);
        read.or_else(near).map(|read| vec![test(read)])
    }

    fn text(&self, from: usize) -> String {
        let words = self.tokens[from..self.at].iter();
        let words: Vec<&str> =
            words.filter_map(|t| if let Token::Word(word) = t { Some(*word) } else { None }).collect();
        words.join(" ")
    }

    /// Goes over `()`.
    fn called(&mut self) -> bool {
        let called = self.tokens[self.at..].starts_with(&[Token::Sign("("), Token::Sign(")")]);
        self.at += if called { 2 } else { 0 };
        called
    }
}

fn not(read: Vec<Condition>) -> Read {
    match &read[..] {
        [one] => Some(vec![negated(one)]),
        _ => None,
    }
}

impl Foreign {
    /// As it is written here, if one condition is enough for it.
    pub(crate) fn ours(&self) -> Option<String> {
        match self.all.as_deref()? {
            [one] => Some(print_condition(one)),
            _ => None,
        }
    }
}
