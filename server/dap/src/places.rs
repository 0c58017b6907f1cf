//! Lines and columns of a text, and the statements that a breakpoint can stand at.

use std::ops::Range;

use runtime::{Origin, Program, SiteKind};
use text_size::{TextRange, TextSize};

/// The lines of a text. Lines and columns are counted from 0 here; columns in UTF-16 units, as the protocol has them.
pub(crate) struct Lines {
    text: String,
    /// The offset of the first byte of each line.
    starts: Vec<usize>,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Lines {
        let mut starts = vec![0];
        let bytes = text.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at + 1);
            }
        }
        Lines { text: text.to_owned(), starts }
    }

    /// The line and the column of an offset.
    pub(crate) fn place(&self, offset: TextSize) -> (u32, u32) {
        let offset = usize::from(offset).min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = self.text.get(self.starts[line]..offset).unwrap_or_default();
        (narrow(line), narrow(before.encode_utf16().count()))
    }

    /// The offset of a place; the end of its line, or of the text, where there is no such place.
    pub(crate) fn offset(&self, line: u32, column: u32) -> TextSize {
        let Some(&start) = self.starts.get(line as usize) else { return size(self.text.len()) };
        let end = self.starts.get(line as usize + 1).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let mut units = 0;
        for (at, character) in text.char_indices() {
            if units >= column as usize {
                return size(start + at);
            }
            units += character.len_utf16();
        }
        size(start + text.len())
    }

    pub(crate) fn slice(&self, range: TextRange) -> &str {
        self.text.get(usize::from(range.start())..usize::from(range.end())).unwrap_or_default()
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn size(offset: usize) -> TextSize {
    TextSize::new(narrow(offset))
}

/// The statements of a program, by where they begin.
pub(crate) struct Statements(Vec<(TextSize, Origin)>);

impl Statements {
    pub(crate) fn of(program: &Program) -> Statements {
        let stands = |kind| !matches!(kind, SiteKind::Missing);
        let sites = program.sites().filter(|(_, site)| stands(site.kind));
        let mut all: Vec<_> = sites.map(|(origin, site)| (site.range.start(), origin)).collect();
        // Of a statement and what stands at its very start the statement comes first: it is the first that is lowered.
        all.sort_by_key(|(start, origin)| (*start, *origin));
        all.dedup_by_key(|(start, _)| *start);
        Statements(all)
    }

    /// The first statement that begins at the offset or after it.
    pub(crate) fn from(&self, offset: TextSize) -> Option<Origin> {
        self.0.get(self.0.partition_point(|(start, _)| *start < offset)).map(|(_, origin)| *origin)
    }

    /// The statements that begin in the range.
    pub(crate) fn within(&self, range: Range<TextSize>) -> impl Iterator<Item = (TextSize, Origin)> {
        let from = self.0.partition_point(|(start, _)| *start < range.start);
        let to = self.0.partition_point(|(start, _)| *start < range.end);
        self.0[from..to.max(from)].iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_every_line_end_and_of_wide_characters() {
        let lines = Lines::of("a\r\nb\u{1F916}c\rd\n");
        for (offset, place) in
            [(0, (0, 0)), (3, (1, 0)), (4, (1, 1)), (8, (1, 3)), (10, (2, 0)), (12, (3, 0))]
        {
            assert_eq!(lines.place(TextSize::new(offset)), place);
            assert_eq!(lines.offset(place.0, place.1), TextSize::new(offset));
        }
        assert_eq!(lines.offset(0, 99), TextSize::new(1), "the end of the line");
        assert_eq!(lines.offset(99, 0), TextSize::new(12), "the end of the text");
        assert_eq!(lines.place(TextSize::new(5)), (1, 0), "within a character");
    }
}
