//! What may stand at the cursor. Looks at lines of text: a file that is being typed is seldom free of errors.

use crate::source::Source;
use syntax::leaves::leaves;
use syntax::lines;
use syntax::{TextRange, TextSize};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The cursor is at the margin: definitions and examples fit.
    TopLevel,
    /// The cursor is in a body. With `after_if`, an `else` may stand here.
    Statement {
        after_if: bool,
    },
    Condition,
    Count,
    /// The cursor is in an example, where a section begins.
    Section,
    /// The cursor is after an example's name.
    Header,
    Cell,
    /// The cursor is in a trace: an action fits.
    Trace,
    /// Nothing is known to fit.
    Nowhere,
}

pub(super) struct Cursor<'a> {
    pub offset: TextSize,
    /// The word that was begun, with what follows of it after the cursor.
    pub word: TextRange,
    /// The line up to the word.
    pub before: &'a str,
    /// Whether a `(` follows the word already.
    pub called: bool,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl<'a> Cursor<'a> {
    pub(crate) fn at(source: &'a Source, offset: TextSize) -> Option<Cursor<'a>> {
        let start = lines::line_start(&source.text, offset);
        let line = source.slice(TextRange::new(start, offset));
        let rest = source.slice(TextRange::new(offset, lines::line_end(&source.text, offset)));
        if start + TextSize::of(line) != offset {
            return None;
        }
        let before = line.trim_end_matches(is_word);
        let after = rest.trim_start_matches(is_word);
        let word =
            TextRange::new(start + TextSize::of(before), offset + TextSize::of(rest) - TextSize::of(after));
        Some(Cursor { offset, word, before, called: after.starts_with('(') })
    }

    /// The part of the word before the cursor.
    pub(crate) fn begun<'s>(&self, source: &'s Source) -> &'s str {
        source.slice(TextRange::new(self.word.start(), self.offset))
    }
}

pub(super) fn place_at(source: &Source, cursor: &Cursor<'_>) -> Place {
    if in_text(source, cursor.offset) {
        return Place::Nowhere;
    }
    let head = cursor.before.trim_start();
    let margin = head.len() == cursor.before.len();
    if margin && head.is_empty() {
        return Place::TopLevel;
    }
    if margin && matches!(first_word(head), "example" | "test") {
        let named = head.trim_end().ends_with('"') && head.matches('"').count() == 2;
        return if named { Place::Header } else { Place::Nowhere };
    }
    if !margin && in_example(source, cursor) {
        return place_in_example(source, cursor, head);
    }
    let inside = if margin { first_word(head) == "def" } else { in_block(source, cursor, head) };
    if inside { place_in_body(source, cursor, head) } else { Place::Nowhere }
}

/// Whether the offset is in a comment or a string.
fn in_text(source: &Source, offset: TextSize) -> bool {
    leaves(&source.parse.tree).iter().any(|leaf| match leaf.kind {
        "comment" => leaf.range.start() < offset && offset <= leaf.range.end(),
        "string" => leaf.range.start() < offset && offset < leaf.range.end(),
        _ => false,
    })
}

fn first_word(text: &str) -> &str {
    text.split(|c| !is_word(c)).next().unwrap_or("")
}

/// The lines above the cursor's, nearest first, without blank ones and comments: indentation and content.
fn lines_above<'a>(source: &'a Source, cursor: &Cursor<'_>) -> impl Iterator<Item = (usize, &'a str)> {
    let start = lines::line_start(&source.text, cursor.offset);
    let above = source.slice(TextRange::up_to(start));
    above.rsplit(['\n', '\r']).filter_map(|line| {
        let content = line.trim_start_matches([' ', '\t']);
        (!content.trim().is_empty()).then_some((line.len() - content.len(), content))
    })
}

fn in_example(source: &Source, cursor: &Cursor<'_>) -> bool {
    let head =
        lines_above(source, cursor).find(|(indent, content)| *indent == 0 && !content.starts_with('#'));
    head.is_some_and(|(_, content)| matches!(first_word(content), "example" | "test"))
}

/// The line stands in a procedure's block: the nearest line above that is indented less begins one and says no more
/// than that, or is still being written.
fn in_block(source: &Source, cursor: &Cursor<'_>, head: &str) -> bool {
    let indent = cursor.before.len() - head.len();
    let opens = |content: &str| {
        let content = content.split('#').next().unwrap_or("").trim_end();
        matches!(first_word(content), "def" | "while" | "repeat" | "if" | "else")
            && (content.ends_with(':') || !content.contains(':'))
    };
    lines_above(source, cursor)
        .filter(|(_, content)| !content.starts_with('#'))
        .find(|(column, _)| *column < indent)
        .is_some_and(|(_, content)| opens(content))
}

fn place_in_example(source: &Source, cursor: &Cursor<'_>, head: &str) -> Place {
    let section = |content: &str| match first_word(content) {
        "input" | "output" => Some(Place::Cell),
        "trace" => Some(Place::Trace),
        _ => None,
    };
    if head.contains(':') {
        // Only actions stand on the line of their section.
        return section(head).filter(|place| *place == Place::Trace).unwrap_or(Place::Nowhere);
    }
    let indent = cursor.before.len() - head.len();
    // A row may have fewer blanks before it than it should; its section has fewer for certain.
    let above = lines_above(source, cursor)
        .take_while(|(column, _)| *column > 0)
        .find(|(column, _)| *column < indent);
    match above.and_then(|(_, content)| section(content)) {
        Some(place) => place,
        None if head.is_empty() => Place::Section,
        None => Place::Nowhere,
    }
}

fn place_in_body(source: &Source, cursor: &Cursor<'_>, head: &str) -> Place {
    let part = head.rsplit([':', ';']).next().unwrap_or("").trim_start();
    if part.is_empty() {
        let after_if = head.is_empty() && syntax::format::open_if(&source.text, cursor.offset).is_some();
        return Place::Statement { after_if };
    }
    let word = first_word(part);
    let rest = &part[word.len()..];
    match word {
        "while" | "if" if opens_condition(rest) => Place::Condition,
        "repeat" if rest.chars().all(|c| c == '(' || c == ' ') => Place::Count,
        _ => Place::Nowhere,
    }
}

/// Whether nothing but parentheses, blanks and `not` stands between the keyword and the cursor.
fn opens_condition(rest: &str) -> bool {
    rest.split(['(', ' ', '\t']).all(|part| part.is_empty() || part == "not") && !rest.is_empty()
}
