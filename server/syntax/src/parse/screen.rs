//! Before a text is parsed, what is not of the language is taken out of it: invisible characters, comments, braces and
//! words of other languages, prose. Each is reported once, with its own message, in place of all that the parser would
//! say of such a line. What is taken out becomes blanks, or a `$` where a statement would stand, so that every byte
//! keeps its place and the lines around keep their blocks.

mod braces;
mod breaks;
mod characters;
mod comments;
mod definitions;
mod headers;
mod lines;
mod operators;
mod prose;
mod words;

use crate::codes::Code;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use lines::Line;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use text_size::{TextRange, TextSize};

/// Something that was taken out, or found beside.
pub(crate) struct Finding {
    pub diagnostic: Diagnostic,
    /// Another finding of its kind is reported instead: this one only breaks what it stands in.
    pub hidden: bool,
    /// What the parser says of the line, it says of what is left of it.
    pub whole_line: bool,
}

/// A text without what is not of the language.
pub(crate) struct Screened<'a> {
    /// A text as long as the original, with the same character boundaries.
    pub text: Cow<'a, str>,
    /// What was found, in source order of the lines, by kind.
    pub found: Vec<Finding>,
}

/// What is common to the passes over the lines.
struct Screen<'a> {
    text: &'a str,
    /// The text with invisible characters as blanks.
    plain: Cow<'a, str>,
    lines: Vec<Line>,
    /// The names of the procedures that the text defines.
    procedures: HashSet<&'a str>,
    /// Where a word is cut by a character that can't be seen: its line says nothing more.
    cut: Vec<usize>,
    mask: Option<Vec<u8>>,
    found: Vec<Finding>,
    /// The number in `found` of the finding that stands for all of its kind.
    once: HashMap<&'static str, usize>,
}

/// The text as the parser is to see it. Time and memory grow with its length.
pub(crate) fn screen(text: &str) -> Screened<'_> {
    let characters = characters::blanks(text);
    let cut =
        characters.found.iter().filter(|f| f.whole_line).map(|f| usize::from(f.diagnostic.range.start()));
    let mut screen = Screen {
        text,
        lines: lines::lines(&characters.text),
        procedures: lines::procedures(text),
        plain: characters.text,
        cut: cut.collect(),
        mask: None,
        found: characters.found,
        once: HashMap::new(),
    };
    screen.comments();
    screen.breaks();
    screen.braces();
    for at in 0..screen.lines.len() {
        if screen.lines[at].is_program() {
            screen.line(at);
        }
    }
    let text = match screen.mask {
        // only whole characters were replaced, by plain ones
        Some(mask) => Cow::Owned(String::from_utf8(mask).unwrap_or_else(|_| text.to_owned())),
        None => screen.plain,
    };
    Screened { text, found: screen.found }
}

/// A finding's parts; most have a fix.
struct Report {
    code: &'static Code,
    range: TextRange,
    message: String,
    fix: Option<Fix>,
}

impl Screen<'_> {
    fn line(&mut self, at: usize) {
        let line = &self.lines[at];
        let cut = self.cut.partition_point(|cut| *cut < line.start);
        let _ = self.cut.get(cut).is_some_and(|cut| *cut < line.end)
            || self.wide(at)
            || self.main_guard(at)
            || self.word(at)
            || self.definition(at)
            || self.header(at)
            || self.prose(at);
    }

    /// The line's text without its indentation and the blanks at its end.
    fn content(&self, at: usize) -> &str {
        let line = &self.lines[at];
        self.plain[line.text..line.end].trim_end()
    }

    fn range(&self, at: usize) -> TextRange {
        let start = self.lines[at].text;
        range(start, start + self.content(at).len())
    }

    /// The line with its line end.
    fn whole(&self, at: usize) -> TextRange {
        range(self.lines[at].start, self.lines[at].next)
    }

    /// The nearest line with text before, and the one behind.
    fn before(&self, at: usize) -> Option<&Line> {
        self.lines[..at].iter().rev().find(|l| l.has_text())
    }

    fn after(&self, at: usize) -> Option<&Line> {
        self.lines[at + 1..].iter().find(|l| l.has_text())
    }

    /// The lines `first..=last` are the only ones of their block, which would be empty without them.
    fn alone(&self, first: usize, last: usize) -> bool {
        let column = self.lines[first].column;
        column > 0
            && self.before(first).is_some_and(|l| l.column < column)
            && self.after(last).is_none_or(|l| l.column < column)
    }

    /// Lets the passes that follow see the text without what was taken out of it so far.
    fn look_again(&mut self) {
        if let Some(plain) = self.mask.clone().and_then(|mask| String::from_utf8(mask).ok()) {
            self.plain = Cow::Owned(plain);
        }
    }

    /// Blanks in place of the range.
    fn blank(&mut self, range: TextRange) {
        let plain = &self.plain;
        let mask = self.mask.get_or_insert_with(|| plain.as_bytes().to_vec());
        for byte in &mut mask[usize::from(range.start())..usize::from(range.end())] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    /// A word of the language in place of the range, at its beginning; the range is as long at least, and plain there.
    fn write(&mut self, range: TextRange, word: &str) {
        self.blank(range);
        let start = usize::from(range.start());
        if let Some(mask) = &mut self.mask {
            mask[start..start + word.len()].copy_from_slice(word.as_bytes());
        }
    }

    /// Takes a statement out: the parser finds one that it doesn't understand.
    fn take_out(&mut self, range: TextRange) {
        let first = self.plain[usize::from(range.start())..].chars().next().map_or(1, char::len_utf8);
        self.write(range, &"$".repeat(first));
    }

    /// Whether what is found now may be among the first, which are reported with their fixes.
    fn is_reported(&self) -> bool {
        self.found.len() < super::lower::MOST
    }

    fn report(&mut self, report: Report) -> usize {
        let Report { code, range, message, fix } = report;
        let diagnostic = Diagnostic { fix, ..Diagnostic::new(code, Severity::Error, range, message) };
        self.found.push(Finding { diagnostic, hidden: false, whole_line: true });
        self.found.len() - 1
    }

    /// Reports a mistake of which one message in a file is enough: the first one's fix then mends all of them.
    fn report_once(&mut self, kind: &'static str, report: Report) {
        let fix = report.fix.clone();
        let number = self.report(report);
        let Some(&first) = self.once.get(kind) else {
            self.once.insert(kind, number);
            return;
        };
        self.found[number].hidden = true;
        let all = &mut self.found[first].diagnostic.fix;
        match (&mut *all, fix) {
            (Some(all), Some(fix)) => all.edits.extend(fix.edits),
            _ => *all = None,
        }
    }
}

fn range(start: usize, end: usize) -> TextRange {
    TextRange::new(super::node::offset(start), super::node::offset(end))
}

fn fix(title: impl Into<String>, edits: Vec<Edit>) -> Option<Fix> {
    Some(Fix { title: title.into(), edits })
}

fn edit(range: TextRange, insert: impl Into<String>) -> Edit {
    Edit { range, insert: insert.into() }
}

fn insertion(at: TextSize, insert: impl Into<String>) -> Edit {
    edit(TextRange::empty(at), insert)
}
