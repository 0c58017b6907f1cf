//! Lines of a text by byte offset. A line ends with `\n`, `\r\n` or `\r`, as in the language server protocol.

use text_size::{TextRange, TextSize};

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

fn at(offset: usize) -> TextSize {
    TextSize::new(u32::try_from(offset).unwrap_or(u32::MAX))
}

/// The largest character boundary at or before the offset, and inside the text.
fn clamp(text: &str, offset: TextSize) -> usize {
    let mut offset = usize::from(offset).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The offset, or the nearest before it that is one of the text and between two characters.
pub fn clamped(text: &str, offset: TextSize) -> TextSize {
    at(clamp(text, offset))
}

/// The range with both ends [`clamped`].
pub fn clamped_range(text: &str, range: TextRange) -> TextRange {
    TextRange::new(clamped(text, range.start()), clamped(text, range.end()))
}

/// Where the line of `offset` begins.
pub fn line_start(text: &str, offset: TextSize) -> TextSize {
    let offset = clamp(text, offset);
    at(text[..offset].rfind(is_line_end).map_or(0, |end| end + 1))
}

/// Where the line of `offset` ends, its line end excluded.
pub fn line_end(text: &str, offset: TextSize) -> TextSize {
    let offset = clamp(text, offset);
    at(text[offset..].find(is_line_end).map_or(text.len(), |end| offset + end))
}

/// Where the line after that of `offset` begins; the end of the text after the last line.
pub fn next_line(text: &str, offset: TextSize) -> TextSize {
    let end = usize::from(line_end(text, offset));
    let rest = &text[end..];
    at(end + if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) })
}

/// The blanks and tabs that the line of `offset` begins with.
pub fn indentation(text: &str, offset: TextSize) -> &str {
    let line = &text[usize::from(line_start(text, offset))..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The text of a range; empty where the range is not inside the text.
pub fn slice(text: &str, range: TextRange) -> &str {
    text.get(usize::from(range.start())..usize::from(range.end())).unwrap_or("")
}

/// Whether only blanks stand before `offset` on its line.
pub fn begins_line(text: &str, offset: TextSize) -> bool {
    let start = line_start(text, offset);
    slice(text, TextRange::new(start, at(clamp(text, offset)))).trim().is_empty()
}

/// The line end that the text uses, by its first one.
pub fn line_break(text: &str) -> &'static str {
    match text.find(is_line_end).map(|end| &text[end..]) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_line_end() {
        let text = "a\r\n  b\rc";
        assert_eq!(line_start(text, at(6)), at(3));
        assert_eq!(line_end(text, at(3)), at(6));
        assert_eq!(next_line(text, at(0)), at(3));
        assert_eq!(next_line(text, at(4)), at(7));
        assert_eq!(next_line(text, at(8)), at(8));
        assert_eq!(indentation(text, at(5)), "  ");
        assert!(begins_line(text, at(5)) && !begins_line(text, at(6)));
        assert_eq!(line_break(text), "\r\n");
    }
}
