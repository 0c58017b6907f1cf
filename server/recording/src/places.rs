//! A program as it is looked at, and places in its texts.

use std::collections::HashMap;
use std::sync::OnceLock;

use ide::Analysis;
use syntax::{TextRange, TextSize};

use crate::messages::{Position, Range};

/// A program with its examples, and how whoever asks counts places in its texts.
pub trait Program: Send + Sync {
    fn analysis(&self) -> &Analysis;

    /// The range in the file of this URI.
    fn range(&self, uri: &str, range: TextRange) -> Range;

    /// The offset of a position in the file of this URI.
    fn offset(&self, uri: &str, position: Position) -> TextSize;
}

/// A program whose places are counted in UTF-16 units, for those who have agreed on nothing else.
pub struct Plain<A> {
    analysis: A,
    texts: OnceLock<HashMap<String, Utf16>>,
}

impl<A: AsRef<Analysis> + Send + Sync> Plain<A> {
    pub fn new(analysis: A) -> Plain<A> {
        Plain { analysis, texts: OnceLock::new() }
    }

    fn text(&self, uri: &str) -> Option<&Utf16> {
        let texts = || {
            let sources = self.analysis.as_ref().sources();
            sources.map(|source| (source.uri.clone(), Utf16::of(&source.text))).collect()
        };
        self.texts.get_or_init(texts).get(uri)
    }

    fn source(&self, uri: &str) -> &str {
        self.analysis.as_ref().source(uri).map_or("", |source| &source.text)
    }
}

impl<A: AsRef<Analysis> + Send + Sync> Program for Plain<A> {
    fn analysis(&self) -> &Analysis {
        self.analysis.as_ref()
    }

    fn range(&self, uri: &str, range: TextRange) -> Range {
        let at = |offset| self.text(uri).map(|text| text.position(self.source(uri), offset));
        let nowhere = Position { line: 0, character: 0 };
        Range { start: at(range.start()).unwrap_or(nowhere), end: at(range.end()).unwrap_or(nowhere) }
    }

    fn offset(&self, uri: &str, position: Position) -> TextSize {
        self.text(uri).map_or(TextSize::new(0), |text| text.offset(self.source(uri), position))
    }
}

/// The lines of a text, for positions that count UTF-16 units.
#[derive(Debug, Clone)]
pub struct Utf16 {
    /// Where each line begins.
    starts: Vec<TextSize>,
}

impl Utf16 {
    pub fn of(text: &str) -> Utf16 {
        let mut starts = vec![TextSize::new(0)];
        let end = TextSize::of(text);
        loop {
            let last = starts[starts.len() - 1];
            let next = syntax::lines::next_line(text, last);
            // Without a line end there is no line after it.
            if next == syntax::lines::line_end(text, last) || next > end {
                return Utf16 { starts };
            }
            starts.push(next);
        }
    }

    /// The position of an offset; what lies within a line end is the line's end.
    pub fn position(&self, text: &str, offset: TextSize) -> Position {
        let offset = syntax::lines::clamped(text, offset);
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts[line];
        let end = offset.min(syntax::lines::line_end(text, start));
        let before = syntax::lines::slice(text, TextRange::new(start, end));
        Position { line: number(line), character: number(before.encode_utf16().count()) }
    }

    /// The offset of a position, which is clamped into the text.
    pub fn offset(&self, text: &str, position: Position) -> TextSize {
        let Some(&start) = self.starts.get(position.line as usize) else { return TextSize::of(text) };
        let line = syntax::lines::slice(text, TextRange::new(start, syntax::lines::line_end(text, start)));
        let (mut units, mut at) = (0, start);
        for character in line.chars() {
            units += character.len_utf16();
            if units > position.character as usize {
                break;
            }
            at += TextSize::of(character);
        }
        at
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_count_utf_16_units() {
        let text = "a\r\nä😀b\rc\n";
        let lines = Utf16::of(text);
        let at = |line, character| Position { line, character };
        let offset = |part: &str| TextSize::new(u32::try_from(text.find(part).unwrap()).unwrap());
        for (part, position) in
            [("a", at(0, 0)), ("ä", at(1, 0)), ("😀", at(1, 1)), ("b", at(1, 3)), ("c", at(2, 0))]
        {
            assert_eq!(lines.position(text, offset(part)), position, "{part}");
            assert_eq!(lines.offset(text, position), offset(part), "{part}");
        }
        assert_eq!(lines.position(text, TextSize::of(text)), at(3, 0));
        assert_eq!(lines.position(text, TextSize::new(2)), at(0, 1), "within a line end");
        assert_eq!(lines.offset(text, at(1, 2)), offset("😀"), "within a character");
        assert_eq!(lines.offset(text, at(0, 9)), TextSize::new(1));
        assert_eq!(lines.offset(text, at(9, 0)), TextSize::of(text));
        assert_eq!(Utf16::of("").position("", TextSize::new(0)), at(0, 0));
    }
}
