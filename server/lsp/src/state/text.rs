//! The text of a document, and the one place where byte offsets and protocol positions are converted: by the rule of
//! [`syntax::places`], on a rope, which need not be walked through after each key.

use std::sync::Arc;

use ropey::Rope;
use syntax::{TextRange, TextSize};
use tower_lsp::lsp_types::{Position, PositionEncodingKind, Range};

pub use syntax::places::Units as Encoding;

/// UTF-8 where the client offers it, for it needs no conversion; else UTF-16, which every client speaks.
pub fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Encoding {
    let offered = offered.unwrap_or_default();
    if offered.contains(&PositionEncodingKind::UTF8) {
        Encoding::Utf8
    } else if offered.contains(&PositionEncodingKind::UTF32)
        && !offered.contains(&PositionEncodingKind::UTF16)
    {
        Encoding::Utf32
    } else {
        Encoding::Utf16
    }
}

/// The encoding as the protocol names it.
pub fn kind(encoding: Encoding) -> PositionEncodingKind {
    match encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
        Encoding::Utf32 => PositionEncodingKind::UTF32,
    }
}

/// A text, cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Text {
    rope: Rope,
}

impl Text {
    pub fn is_same(&self, other: &Text) -> bool {
        self.rope == other.rope
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text { rope: Rope::from_str(text) }
    }
}

impl Text {
    /// The length in bytes.
    pub fn len(&self) -> usize {
        self.rope.len_bytes()
    }

    pub fn is_empty(&self) -> bool {
        self.rope.len_bytes() == 0
    }

    /// The whole text in one piece.
    pub fn contiguous(&self) -> Arc<str> {
        let mut text = String::with_capacity(self.len());
        self.rope.chunks().for_each(|chunk| text.push_str(chunk));
        text.into()
    }

    pub fn offset(&self, position: Position, encoding: Encoding) -> TextSize {
        let line = position.line as usize;
        if line >= self.rope.len_lines() {
            return size(self.len());
        }
        let start = self.rope.line_to_char(line);
        let end = self.line_end(line);
        let units = position.character as usize;
        let char = match encoding {
            Encoding::Utf32 => start + units.min(end - start),
            Encoding::Utf8 => {
                let first = self.rope.char_to_byte(start);
                let last = self.rope.char_to_byte(end);
                self.rope.byte_to_char(first + units.min(last - first))
            }
            Encoding::Utf16 => {
                let first = self.rope.char_to_utf16_cu(start);
                let last = self.rope.char_to_utf16_cu(end);
                self.rope.utf16_cu_to_char(first + units.min(last - first))
            }
        };
        size(self.rope.char_to_byte(char))
    }

    pub fn position(&self, offset: TextSize, encoding: Encoding) -> Position {
        let byte = usize::from(offset).min(self.len());
        let char = self.rope.byte_to_char(byte);
        let line = self.rope.char_to_line(char);
        let start = self.rope.line_to_char(line);
        let char = char.min(self.line_end(line));
        let units = match encoding {
            Encoding::Utf32 => char - start,
            Encoding::Utf8 => self.rope.char_to_byte(char) - self.rope.char_to_byte(start),
            Encoding::Utf16 => self.rope.char_to_utf16_cu(char) - self.rope.char_to_utf16_cu(start),
        };
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(units) }
    }

    /// The byte range of a range; `None` where it ends before it starts.
    pub fn text_range(&self, range: Range, encoding: Encoding) -> Option<TextRange> {
        let start = self.offset(range.start, encoding);
        let end = self.offset(range.end, encoding);
        (start <= end).then(|| TextRange::new(start, end))
    }

    pub fn range(&self, range: TextRange, encoding: Encoding) -> Range {
        Range { start: self.position(range.start(), encoding), end: self.position(range.end(), encoding) }
    }

    /// Replaces the range. Offsets past the end count as the end, those within a code point as its start.
    pub fn replace(&mut self, range: TextRange, insert: &str) {
        let char = |offset: TextSize| self.rope.byte_to_char(usize::from(offset).min(self.len()));
        let (start, end) = (char(range.start()), char(range.end()));
        self.rope.remove(start..end);
        self.rope.insert(start, insert);
    }

    /// The char index where the line ends, its line end excluded.
    fn line_end(&self, line: usize) -> usize {
        let start = self.rope.line_to_char(line);
        if line + 1 == self.rope.len_lines() {
            return self.rope.len_chars();
        }
        let mut end = self.rope.line_to_char(line + 1);
        if end > start && self.rope.char(end - 1) == '\n' {
            end -= 1;
            if end > start && self.rope.char(end - 1) == '\r' {
                end -= 1;
            }
        } else if end > start {
            end -= 1;
        }
        end
    }
}

/// Messages are limited to far less than 4 GiB, so the cast never cuts anything off.
fn size(bytes: usize) -> TextSize {
    TextSize::new(u32::try_from(bytes).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
