//! The lines of a text, and which of them are a program's.

use std::collections::HashSet;

pub(crate) struct Line {
    pub start: usize,
    /// The first character that is not a blank, or the line's end.
    pub text: usize,
    /// The end of the line, without its line end.
    pub end: usize,
    /// Where the next line starts.
    pub next: usize,
    /// The column of `text`, from 0.
    pub column: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Blank,
    Comment,
    /// A line of an example block, of which the header is one.
    Example,
    Program,
}

impl Line {
    pub(crate) fn is_program(&self) -> bool {
        self.kind == Kind::Program
    }

    pub(crate) fn has_text(&self) -> bool {
        matches!(self.kind, Kind::Program | Kind::Example)
    }
}

pub(crate) fn lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let (mut start, mut in_example) = (0, false);
    loop {
        let end =
            bytes[start..].iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(bytes.len(), |n| start + n);
        let next = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { usize::from(end < bytes.len()) };
        let blanks = bytes[start..end].iter().take_while(|b| matches!(b, b' ' | b'\t' | 0x0b | 0x0c)).count();
        let column = bytes[start..start + blanks].iter().fold(0, |column, byte| match byte {
            b'\t' => (column / 4 + 1) * 4,
            0x0c => column,
            _ => column + 1,
        });
        let content = text[start + blanks..end].trim_end();
        in_example = stays_in_example(in_example, content, column);
        let kind = match () {
            () if content.is_empty() => Kind::Blank,
            () if in_example => Kind::Example,
            () if content.starts_with('#') => Kind::Comment,
            () => Kind::Program,
        };
        lines.push(Line { start, text: start + blanks, end, next, column, kind });
        if next == end {
            return lines;
        }
        start = next;
    }
}

/// The letters, digits and `_` that a text begins with.
pub(crate) fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn stays_in_example(in_example: bool, content: &str, column: usize) -> bool {
    let word = first_word(content);
    let rest = content[word.len()..].trim_start();
    match word {
        "example" | "test" | "examples" => in_example && column > 0 || is_example(rest),
        "def" => false,
        "input" | "output" | "trace" => in_example || rest.starts_with(':'),
        _ if !in_example || column > 0 || content.is_empty() => in_example,
        // rows that are not indented, and comments
        _ => content.starts_with('#') || content.split_whitespace().all(is_cell),
    }
}

/// What follows the word `example` is a name, not a sentence.
fn is_example(rest: &str) -> bool {
    let words = rest.split_whitespace().count();
    !rest.starts_with(['(', '=']) && (words < 3 || rest.contains(['"', '“', ':']) || rest.starts_with('\''))
}

fn is_cell(word: &str) -> bool {
    word.chars().count() <= 2 && word.chars().all(|c| c.is_ascii_digit() || ".#^>v<↑→↓←".contains(c))
}

/// The names behind the `def`s of a text.
pub(crate) fn procedures(text: &str) -> HashSet<&str> {
    let mut names = HashSet::new();
    for line in text.split(['\n', '\r']) {
        if let Some(rest) = line.trim_start().strip_prefix("def ") {
            names.insert(first_word(rest.trim_start()));
        }
    }
    names.remove("");
    names
}
