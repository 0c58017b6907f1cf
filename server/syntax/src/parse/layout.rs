//! Lines and their indentation, looked up once for the whole text. A line ends with `\n`, `\r\n` or `\r`; a tab goes on
//! to the next multiple of 4. The grammar's scanner counts in the same way.

use super::node::offset;
use crate::diagnostic::Edit;
use text_size::{TextRange, TextSize};

const TAB: u32 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// The line is not indented.
    None,
    Blanks,
    Tabs,
    Mixed,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub start: TextSize,
    /// The first character that is not a blank, or the line's end.
    pub text: TextSize,
    /// The column of `text`, from 0.
    pub column: u32,
    pub style: Style,
    /// Whether the line holds nothing but blanks.
    pub blank: bool,
}

impl Line {
    pub(crate) fn indentation(&self) -> TextRange {
        TextRange::new(self.start, self.text)
    }
}

pub(crate) struct Layout {
    lines: Vec<Line>,
    /// How far the first line that is indented at all is indented, and with what: one level, as far as can be seen in a
    /// text that has mistakes.
    level: (u32, Style),
}

impl Layout {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut lines = vec![];
        let mut at = 0;
        loop {
            let start = at;
            let (mut column, mut blanks, mut tabs) = (0, false, false);
            while let Some(byte @ (b' ' | b'\t' | 0x0b | 0x0c)) = bytes.get(at) {
                match byte {
                    b'\t' => {
                        tabs = true;
                        column = (column / TAB + 1) * TAB;
                    }
                    // has no width
                    0x0c => {}
                    _ => {
                        blanks = true;
                        column += 1;
                    }
                }
                at += 1;
            }
            let style = match (blanks, tabs) {
                (false, false) => Style::None,
                (true, false) => Style::Blanks,
                (false, true) => Style::Tabs,
                (true, true) => Style::Mixed,
            };
            let blank = matches!(bytes.get(at), None | Some(b'\n' | b'\r'));
            lines.push(Line { start: offset(start), text: offset(at), column, style, blank });
            at += bytes[at..].iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len() - at);
            match &bytes[at..] {
                [] => {
                    let level = lines.iter().find(|l| l.column > 0 && !l.blank && l.style != Style::Mixed);
                    let level = level.map_or((TAB, Style::Blanks), |line| (line.column, line.style));
                    return Layout { lines, level };
                }
                [b'\r', b'\n', ..] => at += 2,
                _ => at += 1,
            }
        }
    }

    /// The column one level below a line, and what to indent with there.
    pub(crate) fn below(&self, outer: Line) -> (u32, Style) {
        let (level, style) = self.level;
        (outer.column + level, if outer.style == Style::None { style } else { outer.style })
    }

    pub(crate) fn index(&self, at: TextSize) -> usize {
        self.lines.partition_point(|l| l.start <= at).saturating_sub(1)
    }

    pub(crate) fn line(&self, at: TextSize) -> Line {
        self.lines[self.index(at)]
    }

    /// The column at which the line of `at` begins.
    pub(crate) fn column(&self, at: TextSize) -> u32 {
        self.line(at).column
    }

    /// Whether only blanks stand before `at` on its line.
    pub(crate) fn begins_line(&self, at: TextSize) -> bool {
        at <= self.line(at).text
    }

    pub(crate) fn same_line(&self, a: TextSize, b: TextSize) -> bool {
        self.index(a) == self.index(b)
    }

    /// The lines that a range touches.
    pub(crate) fn lines(&self, range: TextRange) -> &[Line] {
        &self.lines[self.index(range.start())..=self.index(range.end())]
    }

    /// The part of the range from its beginning to the end of its first line's text.
    pub(crate) fn first_line(&self, text: &str, range: TextRange) -> TextRange {
        let text = &text[usize::from(range.start())..usize::from(range.end())];
        let length = text.find(['\n', '\r']).unwrap_or(text.len());
        TextRange::at(range.start(), offset(text[..length].trim_end().len()))
    }

    /// Moves all lines of the range by `by` columns, with tabs where the range's neighbours use them.
    pub(crate) fn shift(&self, range: TextRange, by: i64, style: Style) -> Vec<Edit> {
        let mut edits = vec![];
        for line in self.lines(range).iter().filter(|l| !l.blank) {
            let column = (i64::from(line.column) + by).max(0);
            edits.push(Edit { range: line.indentation(), insert: indentation(column as u32, style) });
        }
        edits
    }
}

/// Blanks or tabs up to a column.
pub(crate) fn indentation(column: u32, style: Style) -> String {
    match style {
        Style::Tabs => "\t".repeat((column / TAB) as usize) + &" ".repeat((column % TAB) as usize),
        _ => " ".repeat(column as usize),
    }
}
