//! Lines and columns of a text, for whoever counts places so: editors, debuggers, messages. Both are counted from 0.
//!
//! Every offset has a place and every place an offset, by one rule: what lies within a character is its start, what lies
//! within a line end, or past it, is the end of its line, and what lies past the text is its end.

use std::sync::Arc;

use text_size::{TextRange, TextSize};

use crate::lines;

/// What columns count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Units {
    Utf8,
    /// What protocols count where nothing else was agreed on.
    #[default]
    Utf16,
    /// Code points.
    Utf32,
}

impl Units {
    /// How many units `text` takes.
    pub fn of(self, text: &str) -> u32 {
        number(match self {
            Units::Utf8 => text.len(),
            Units::Utf16 => text.encode_utf16().count(),
            Units::Utf32 => text.chars().count(),
        })
    }

    fn of_char(self, character: char) -> usize {
        match self {
            Units::Utf8 => character.len_utf8(),
            Units::Utf16 => character.len_utf16(),
            Units::Utf32 => 1,
        }
    }
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// A text that knows where its lines begin.
#[derive(Debug, Clone)]
pub struct Lines {
    text: Arc<str>,
    starts: Vec<TextSize>,
}

impl Lines {
    pub fn of(text: impl Into<Arc<str>>) -> Lines {
        let text = text.into();
        let mut starts = vec![TextSize::new(0)];
        let bytes = text.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
                starts.push(TextSize::new(number(at + 1)));
            }
        }
        Lines { text, starts }
    }

    /// The place of an offset.
    pub fn place(&self, offset: TextSize, units: Units) -> Place {
        let offset = lines::clamped(&self.text, offset);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let start = self.starts[line];
        let end = offset.min(lines::line_end(&self.text, start));
        Place { line: number(line), column: units.of(self.slice(TextRange::new(start, end))) }
    }

    /// The offset of a place.
    pub fn offset(&self, place: Place, units: Units) -> TextSize {
        let Some(&start) = self.starts.get(place.line as usize) else { return TextSize::of(&*self.text) };
        let line = self.slice(TextRange::new(start, lines::line_end(&self.text, start)));
        let (mut column, mut at) = (0, start);
        for character in line.chars() {
            column += units.of_char(character);
            if column > place.column as usize {
                break;
            }
            at += TextSize::of(character);
        }
        at
    }

    /// The text of a range; empty where the range is not inside the text.
    pub fn slice(&self, range: TextRange) -> &str {
        lines::slice(&self.text, range)
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNITS: [Units; 3] = [Units::Utf8, Units::Utf16, Units::Utf32];

    fn at(line: u32, column: u32) -> Place {
        Place { line, column }
    }

    #[test]
    fn every_offset_and_every_place_has_the_other_by_one_rule() {
        let text = "a\r\nä😀b\rc\n";
        let lines = Lines::of(text);
        for (offset, place) in
            [(0, at(0, 0)), (3, at(1, 0)), (5, at(1, 1)), (9, at(1, 3)), (11, at(2, 0)), (13, at(3, 0))]
        {
            let offset = TextSize::new(offset);
            assert_eq!(lines.place(offset, Units::Utf16), place);
            assert_eq!(lines.offset(place, Units::Utf16), offset);
        }
        assert_eq!(lines.place(TextSize::new(9), Units::Utf8), at(1, 6));
        assert_eq!(lines.place(TextSize::new(9), Units::Utf32), at(1, 2));
        for units in UNITS {
            assert_eq!(lines.place(TextSize::new(2), units), at(0, 1), "within a line end");
            let within = lines.place(TextSize::new(7), units);
            assert_eq!(within, lines.place(TextSize::new(5), units), "within a character");
            assert_eq!(lines.place(TextSize::new(99), units), at(3, 0), "past the text");
            assert_eq!(lines.offset(at(0, 9), units), TextSize::new(1), "past a line");
            assert_eq!(lines.offset(at(9, 0), units), TextSize::of(text), "past the last line");
            assert_eq!(Lines::of("").place(TextSize::new(0), units), at(0, 0));
        }
        assert_eq!(lines.offset(at(1, 2), Units::Utf16), TextSize::new(5), "within a surrogate pair");
        assert_eq!(lines.offset(at(1, 1), Units::Utf8), TextSize::new(3), "within a character's bytes");
    }

    /// A second implementation, as plain as can be: walks the text from its start.
    fn plain_offset(text: &str, place: Place, units: Units) -> usize {
        let mut start = 0;
        for _ in 0..place.line {
            let Some(end) = text[start..].find(['\n', '\r']) else { return text.len() };
            start += end + if text[start + end..].starts_with("\r\n") { 2 } else { 1 };
        }
        let mut left = place.column;
        for (at, character) in text[start..].char_indices() {
            let wide = units.of(character.encode_utf8(&mut [0; 4]));
            if matches!(character, '\n' | '\r') || wide > left {
                return start + at;
            }
            left -= wide;
        }
        text.len()
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece =
            prop::sample::select(vec!["a", "b(", "\n", "\r\n", "\r", "\t", "🤖", "é\u{301}", "\u{2028}"]);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_place_is_where_the_plain_walk_says(text in texts(), line in 0..20u32, column in 0..20u32) {
            let lines = Lines::of(&*text);
            for units in UNITS {
                let offset = usize::from(lines.offset(at(line, column), units));
                prop_assert_eq!(offset, plain_offset(&text, at(line, column), units));
            }
        }

        #[test]
        fn the_way_there_and_back_leads_to_the_start_of_what_the_offset_is_in(text in texts(), offset in 0..99u32) {
            let lines = Lines::of(&*text);
            let mut start = usize::from(lines::clamped(&text, TextSize::new(offset)));
            if text[..start].ends_with('\r') && text[start..].starts_with('\n') {
                start -= 1;
            }
            for units in UNITS {
                let back = lines.offset(lines.place(TextSize::new(offset), units), units);
                prop_assert_eq!(usize::from(back), start);
            }
        }
    }
}
