//! Comments of other languages: `//`, `--`, `/* */`, and texts in three quotes.

use super::lines::Kind;
use super::{Report, Screen, edit, fix, range};
use crate::codes::syntax::FOREIGN_COMMENT;
use crate::diagnostic::Edit;
use text_size::TextRange;

/// What begins and what ends a comment over several lines.
const BLOCKS: [(&str, &str); 3] = [("\"\"\"", "\"\"\""), ("'''", "'''"), ("/*", "*/")];

impl Screen<'_> {
    /// Makes blanks of them, and comments in the fix. They say nothing that a run could miss.
    pub(super) fn comments(&mut self) {
        let mut at = 0;
        while at < self.lines.len() {
            at = self.block_comment(at).unwrap_or_else(|| {
                if self.lines[at].is_program() {
                    self.line_comment(at);
                }
                at + 1
            });
        }
        self.look_again();
    }

    /// The line after the comment that begins with this line.
    fn block_comment(&mut self, at: usize) -> Option<usize> {
        if !self.lines[at].is_program() {
            return None;
        }
        let content = self.content(at);
        let &(open, close) = BLOCKS.iter().find(|(open, _)| content.starts_with(open))?;
        let inner = self.lines[at].text + open.len();
        // where it is never closed, it ends with its paragraph
        let (last, end) = match self.closing(at, inner, close) {
            Some(closing) => closing,
            None => {
                let last =
                    (at..self.lines.len()).take_while(|n| self.lines[*n].kind != Kind::Blank).last()?;
                (last, self.lines[last].end)
            }
        };
        let edits = (at..=last).filter_map(|n| self.commented(n, n == at, (open, close))).collect();
        let whole = range(self.lines[at].text, end);
        self.comment(open, whole, range(self.lines[at].text, inner), edits);
        let rest = !self.plain[end..self.lines[last].end].trim().is_empty();
        self.lines[at..last + usize::from(!rest)].iter_mut().for_each(|l| l.kind = Kind::Comment);
        Some(last + 1)
    }

    /// The line on which the comment is closed, and where. A text in which one is not is searched once only.
    fn closing(&mut self, at: usize, inner: usize, close: &'static str) -> Option<(usize, usize)> {
        if self.once.contains_key(close) {
            return None;
        }
        let Some(found) = self.plain[inner..].find(close) else {
            self.once.insert(close, 0);
            return None;
        };
        let end = inner + found + close.len();
        let line = at + self.lines[at..].partition_point(|l| l.next < end);
        Some((line.min(self.lines.len() - 1), end))
    }

    /// The line as a comment of ours.
    fn commented(&self, at: usize, first: bool, (open, close): (&str, &str)) -> Option<Edit> {
        let mut content = self.content(at);
        if content.is_empty() {
            return None;
        }
        let whole = range(self.lines[at].text, self.lines[at].text + content.len());
        if first {
            content = content.strip_prefix(open).unwrap_or(content);
        }
        let rest = content.strip_suffix(close).unwrap_or(content).trim();
        let rest = if open == "/*" { rest.trim_start_matches('*').trim_start() } else { rest };
        Some(edit(whole, if rest.is_empty() { "#".to_owned() } else { format!("# {rest}") }))
    }

    fn line_comment(&mut self, at: usize) {
        let content = self.content(at);
        let marker =
            ["//", "--", "/*"].into_iter().filter_map(|m| Some((comment_start(content, m)?, m))).min();
        let Some((from, marker)) = marker else { return };
        let text = content[from + marker.len()..].trim_end_matches("*/").trim();
        let insert = if text.is_empty() { "#".to_owned() } else { format!("# {text}") };
        let start = self.lines[at].text + from;
        let whole = range(start, self.lines[at].text + content.len());
        self.comment(marker, whole, whole, vec![edit(whole, insert)]);
        if from == 0 {
            self.lines[at].kind = Kind::Comment;
        }
    }

    fn comment(&mut self, marker: &str, whole: TextRange, marked: TextRange, edits: Vec<Edit>) {
        self.blank(whole);
        let message = format!("A comment begins with '#' here, not with '{marker}'.");
        let kind = match marker {
            "//" => "//",
            "--" => "--",
            _ => "block comment",
        };
        let report =
            Report { code: &FOREIGN_COMMENT, range: marked, message, fix: fix("Change to '#'", edits) };
        self.report_once(kind, report);
        if let Some(finding) = self.found.last_mut() {
            (finding.diagnostic.slip, finding.whole_line) = (true, false);
        }
    }
}

/// Where on the line a comment begins: at its beginning, or after a blank, outside of quotes and of our own comments.
fn comment_start(content: &str, marker: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, c) in content.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => return None,
            _ => {}
        }
        let behind = &content[at..];
        let apart = at == 0 || content[..at].ends_with([' ', '\t', ';', ')', '{', '}']);
        let after = behind.strip_prefix(marker);
        let dashes = |after: &str| marker != "--" || after.is_empty() || after.starts_with([' ', '\t']);
        if !quoted && apart && after.is_some_and(dashes) {
            return Some(at);
        }
    }
    None
}
