//! Line breaks between parentheses, and before a colon.

use super::{Report, Screen, edit, fix, lines, range};
use crate::codes::syntax::BROKEN_LINE;

/// At most this many lines are searched for the closing parenthesis.
const MOST: usize = 6;

/// Where a new line begins for certain.
const HEADERS: [&str; 5] = ["while", "repeat", "if", "else", "def"];

impl Screen<'_> {
    /// Joins the lines, since it is certain where the line goes on.
    pub(super) fn breaks(&mut self) {
        let mut at = 0;
        while at < self.lines.len() {
            match self.goes_on_to(at) {
                Some(last) => {
                    self.join(at, last);
                    at = last + 1;
                }
                None => at += 1,
            }
        }
        self.look_again();
        self.lines = lines::lines(&self.plain);
    }

    /// The last line of those that the parentheses which are open at the end of this one go on over.
    fn goes_on_to(&self, at: usize) -> Option<usize> {
        if !self.lines[at].is_program() {
            return None;
        }
        let mut open = balance(self.code(at))?;
        if self.code(at).contains(':') {
            return None;
        }
        let header = HEADERS.contains(&lines::first_word(self.content(at)));
        for next in at + 1..self.lines.len().min(at + MOST) {
            let code = self.code(next);
            let ends = !self.lines[next].is_program() || HEADERS.contains(&lines::first_word(code));
            if open == 0 {
                return (header && !self.code(at).contains(':') && code.starts_with(':') && next == at + 1)
                    .then_some(next);
            }
            // a string ends with its line: joined to the next, it would swallow what stands there
            if ends || self.code(next - 1).contains('"') {
                return None;
            }
            open = balance_from(open, code)?;
            if open == 0 {
                return Some(next);
            }
        }
        None
    }

    /// The line without a comment of ours.
    fn code(&self, at: usize) -> &str {
        self.content(at).split('#').next().unwrap_or("").trim_end()
    }

    fn join(&mut self, first: usize, last: usize) {
        let mut edits = Vec::new();
        for at in first..last {
            let (before, after) = (self.code(at), self.content(at + 1));
            let tight = before.ends_with('(') || after.starts_with([')', ':', '(']);
            let end = self.lines[at].text + before.len();
            let next = self.lines[at + 1].text;
            edits.push(edit(range(end, next), if tight { "" } else { " " }));
            let plain = &self.plain;
            let mask = self.mask.get_or_insert_with(|| plain.as_bytes().to_vec());
            mask[end..next].fill(b' ');
        }
        let start = self.lines[first].text;
        let code = self.code(first);
        let open = code.rfind('(').unwrap_or(0);
        let report = Report {
            code: &BROKEN_LINE,
            range: range(start + open, start + code.len()),
            message: "This goes on in the next line: write it on one line.".to_owned(),
            fix: fix("Join the lines", edits),
        };
        let number = self.report(report);
        (self.found[number].diagnostic.slip, self.found[number].whole_line) = (true, false);
    }
}

/// How many parentheses are open at the end; `None` where one closes that was not opened.
fn balance(code: &str) -> Option<usize> {
    balance_from(0, code)
}

fn balance_from(open: usize, code: &str) -> Option<usize> {
    code.bytes().try_fold(open, |open, byte| match byte {
        b'(' => Some(open + 1),
        b')' => open.checked_sub(1),
        _ => Some(open),
    })
}
