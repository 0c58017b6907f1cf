//! One file as it was at one moment, and places in it.

use std::sync::Arc;
use syntax::{Parse, TextRange, TextSize, ast, lines};

/// A file's text and its tree. Cloning shares both.
#[derive(Clone)]
pub struct Source {
    pub uri: String,
    /// The editor's version of the document; absent for a file read from disk.
    pub version: Option<i32>,
    pub text: Arc<str>,
    pub parse: Arc<Parse>,
}

impl Source {
    /// Parses `text`.
    pub fn new(uri: impl Into<String>, version: Option<i32>, text: impl Into<Arc<str>>) -> Source {
        let text = text.into();
        let parse = Arc::new(syntax::parse(&text));
        Source { uri: uri.into(), version, text, parse }
    }

    pub fn file(&self) -> &ast::File {
        &self.parse.file
    }

    /// The comments that end at the offset or before it, the nearest first.
    pub(crate) fn comments_before(&self, offset: TextSize) -> impl Iterator<Item = &ast::Comment> {
        let comments = &self.file().comments;
        let until = comments.partition_point(|comment| comment.range.end() <= offset);
        comments[..until].iter().rev()
    }

    pub fn location(&self, range: TextRange) -> Location {
        Location { uri: self.uri.clone(), range }
    }

    /// The text of `range`; empty where the range is not one of this text.
    pub fn slice(&self, range: TextRange) -> &str {
        lines::slice(&self.text, range)
    }

    /// The offset of the first byte of the line that holds `offset`.
    pub fn line_start(&self, offset: TextSize) -> TextSize {
        lines::line_start(&self.text, offset)
    }

    /// The offset of the end of the line that holds `offset`, before its line end.
    pub fn line_end(&self, offset: TextSize) -> TextSize {
        lines::line_end(&self.text, offset)
    }

    /// The blanks that the line of `offset` begins with.
    pub fn indent(&self, offset: TextSize) -> &str {
        lines::indentation(&self.text, offset)
    }

    /// Whether nothing but blanks stands before `offset` on its line.
    pub fn begins_line(&self, offset: TextSize) -> bool {
        lines::begins_line(&self.text, offset)
    }

    /// The line end that the text uses.
    pub fn line_ending(&self) -> &'static str {
        lines::line_break(&self.text)
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    pub uri: String,
    /// The range in bytes of the file's text.
    pub range: TextRange,
}
