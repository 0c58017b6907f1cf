//! Headers: from the keyword to the colon, and the question of what it means if no body follows.

use super::lower::{Lower, insert, remove};
use super::node::{Kind, Node};
use crate::ast::Block;
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use text_size::{TextRange, TextSize};

/// The parts of a header's node.
pub(crate) struct Parts<'t> {
    pub keyword: TextRange,
    /// Names, conditions, counts, strings: what stands between the keyword and the colon and may stand there.
    pub inner: Vec<Node<'t>>,
    /// What may not.
    pub skipped: Vec<Node<'t>>,
    pub colon: bool,
    pub body: Option<Node<'t>>,
    pub alternative: Option<Node<'t>>,
}

/// A header that was read, as messages name it.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub word: String,
    pub keyword: TextRange,
    /// The offset behind the colon, or where it should be.
    pub end: TextSize,
    pub colon: bool,
}

impl<'t> Parts<'t> {
    pub(crate) fn of(node: Node<'t>) -> Self {
        let mut children = node.children().into_iter();
        let keyword = children.next().map_or(TextRange::empty(node.start()), |k| k.range);
        let mut parts =
            Parts { keyword, inner: vec![], skipped: vec![], colon: false, body: None, alternative: None };
        for child in children {
            match child.kind {
                Kind::Colon => parts.colon = true,
                Kind::Unexpected => parts.skipped.push(child),
                Kind::Block | Kind::ExampleBody | Kind::Grid => parts.body = Some(child),
                Kind::Else => parts.alternative = Some(child),
                Kind::Error => {}
                _ => parts.inner.push(child),
            }
        }
        parts
    }

    /// Where the last part ends that is neither colon nor left over.
    pub(crate) fn inner_end(&self) -> TextSize {
        self.inner.last().map_or(self.keyword.end(), |n| n.end())
    }
}

impl Lower<'_> {
    /// Reports what is left over before the colon, or else a missing colon, and makes the header.
    pub(crate) fn header(&mut self, word: &str, node: Node<'_>, parts: &Parts<'_>) -> Header {
        let understood = self.skipped(parts);
        if !understood && !parts.colon && parts.body.is_some() {
            self.colon_too();
        }
        let end = self.header_end(node, parts);
        // an open quote took the colon
        let quote = self.slice(TextRange::new(parts.keyword.start(), end)).contains('"');
        if understood && !parts.colon && parts.body.is_some() && !quote {
            self.missing_colon(word, end);
        }
        Header {
            word: word.to_owned(),
            keyword: parts.keyword,
            end,
            colon: parts.colon || !understood || quote,
        }
    }

    /// The colon is missing behind what was just reported: one fix for both.
    fn colon_too(&mut self) {
        let Some(last) = self.found.last_mut() else { return };
        let (end, Some(fix)) = (last.range.end(), &mut last.fix) else { return };
        fix.edits.push(Edit { range: TextRange::empty(end), insert: ":".to_owned() });
    }

    pub(crate) fn missing_colon(&mut self, word: &str, end: TextSize) {
        let message = format!("A ':' is missing at the end of this '{word}'.");
        self.missing(&codes::MISSING_COLON, end, ":", message);
    }

    fn header_end(&self, node: Node<'_>, parts: &Parts<'_>) -> TextSize {
        let last = parts.inner_end().max(parts.skipped.last().map_or(TextSize::new(0), |n| n.end()));
        if !parts.colon {
            return last;
        }
        let colon = node.children().into_iter().find(|n| n.is(Kind::Colon));
        colon.map_or(last, |colon| colon.end().max(last))
    }

    /// Reports what stands between a header's parts and its colon.
    fn skipped(&mut self, parts: &Parts<'_>) -> bool {
        let (Some(first), Some(last)) = (parts.skipped.first(), parts.skipped.last()) else { return true };
        let range = TextRange::new(first.start(), last.end());
        let text = self.slice(range);
        let unopened = text == ")";
        match parts.inner.last() {
            Some(inner) if unopened && !matches!(inner.kind, Kind::Parenthesized | Kind::Arguments) => {
                let at = if inner.is(Kind::Identifier) { inner.end() } else { inner.start() };
                let fix = insert(at, "(", "Insert '('".to_owned());
                let message = "This ')' has no '(' before it.";
                self.slip(&codes::MISSING_OPENING, range, message).fix = Some(fix);
            }
            Some(inner) if !text.is_empty() && text.bytes().all(|b| b == b')') => {
                let message = "This ')' is one too many.";
                let certain = !inner.is(Kind::Identifier);
                let diagnostic = self.error(&codes::MISSING_OPENING, range, message);
                (diagnostic.fix, diagnostic.slip) = (certain.then(|| remove(range, text)), certain);
            }
            _ => {
                let message = format!("'{}' isn't understood here.", self.quote(range));
                self.error(&codes::UNEXPECTED_TEXT, range, message);
            }
        }
        false
    }

    /// The block of a header. Where there is none, `open` keeps the header for a block that may still come.
    pub(crate) fn body(&mut self, header: Header, body: Option<Node<'_>>) -> Block {
        let empty = Block { range: TextRange::empty(header.end), statements: vec![] };
        let Some(node) = body else {
            self.open = Some(header);
            return empty;
        };
        let block = self.deeper(node.range, |lower| lower.block(&node.children()));
        block.filter(|b| !b.statements.is_empty()).unwrap_or(empty)
    }

    /// The header has no body, and nothing follows that could be meant as one.
    pub(crate) fn empty_body(&mut self, header: &Header) {
        let (word, hole) = (&header.word, if header.colon { " ..." } else { ": ..." });
        let message =
            format!("This '{word}' needs at least one statement; '...' stands for one that you leave open.");
        let title = "Insert a hole '...'".to_owned();
        let range = TextRange::new(header.keyword.start(), header.end);
        self.error(&codes::EMPTY_BODY, range, message).fix = Some(insert(header.end, hole, title));
    }

    /// The header has no body, but what follows at its own depth is meant as one: as a whole (`body`), or it isn't
    /// clear how much of it (`next` is its first statement).
    pub(crate) fn unindented_body(&mut self, header: &Header, next: TextRange, body: Option<TextRange>) {
        if !header.colon {
            self.missing_colon(&header.word, header.end);
        }
        let range = self.layout.first_line(self.text, next);
        let fix = body.map(|body| {
            let outer = self.layout.line(header.keyword.start());
            let inner = self.layout.line(body.start());
            let (column, style) = self.layout.below(outer);
            let by = i64::from(column) - i64::from(inner.column);
            let edits = self.layout.shift(body, by, style);
            Fix { title: format!("Indent the body of '{}'", header.word), edits }
        });
        let message = format!("The body of this '{}' must be indented.", header.word);
        let diagnostic = self.error(&codes::BODY_NOT_INDENTED, range, message);
        (diagnostic.slip, diagnostic.fix) = (fix.is_some(), fix);
    }
}
