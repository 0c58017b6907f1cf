//! Lines that are no program at all: notes without a `#`, and text of any other kind.

use super::lines::{Kind, first_word};
use super::{Report, Screen, fix, insertion, range};
use crate::ast::Action;
use crate::codes::syntax::UNEXPECTED_TEXT;
use crate::diagnostic::Edit;
use crate::spelling::closest;

const KEYWORDS: [&str; 9] = ["while", "repeat", "if", "else", "def", "not", "example", "examples", "test"];
const HEADERS: [&str; 5] = ["while", "repeat", "if", "else", "def"];

impl Screen<'_> {
    /// Takes out the line and those right below it that are prose too: one finding, and a `#` before each in the fix.
    pub(super) fn prose(&mut self, at: usize) -> bool {
        if !self.is_prose(at) {
            return false;
        }
        let mut last = at;
        let column = self.lines[at].column;
        let like = |l: &super::Line| l.kind == Kind::Program && l.column == column;
        while self.lines.get(last + 1).is_some_and(like) && self.is_prose(last + 1) {
            last += 1;
        }
        let lines = at..=last;
        let mut edits: Vec<Edit> = lines.clone().map(|n| insertion(self.range(n).start(), "# ")).collect();
        if self.alone(at, last) {
            let line = &self.lines[at];
            let indentation = &self.plain[line.start..line.text];
            let hole = format!("{}{indentation}...", crate::lines::line_break(self.text));
            edits.push(insertion(self.range(last).end(), hole));
        }
        // what stands below it, or a header above, may lose its block or its header with it
        let below = self.after(last).is_some_and(|l| l.column > column);
        let margin = below && self.before(at).is_some_and(|l| l.column > column);
        let header =
            self.before(at).is_some_and(|l| l.column >= column && self.plain[..l.end].ends_with(':'));
        let clear = !header && (!below || margin);
        let whole = range(self.lines[at].text, usize::from(self.range(last).end()));
        let (message, title) = match last - at + 1 {
            1 => (
                format!("'{}' isn't understood: put a '#' before it if it is a note.", self.short(at)),
                "Make it a comment".to_owned(),
            ),
            n => (
                format!("These {n} lines aren't understood: put a '#' before each if they are notes."),
                format!("Make {n} comments"),
            ),
        };
        self.report(Report {
            code: &UNEXPECTED_TEXT,
            range: whole,
            message,
            fix: fix(title, edits).filter(|_| clear),
        });
        for n in lines {
            let range = self.range(n);
            let column = self.lines[n].column;
            let around = |l: Option<&super::Line>| l.is_some_and(|l| l.column > column);
            // a note at the margin ends no block
            if around(self.before(n)) && around(self.after(n)) {
                self.blank(range);
            } else {
                self.take_out(range);
            }
            if n > at {
                let mut diagnostic = self.found[self.found.len() - 1].diagnostic.clone();
                (diagnostic.range, diagnostic.fix) = (range, None);
                self.found.push(super::Finding { diagnostic, hidden: true, whole_line: true });
            }
        }
        self.lines[at + 1..=last].iter_mut().for_each(|l| l.kind = Kind::Comment);
        true
    }

    fn short(&self, at: usize) -> String {
        const MOST: usize = 40;
        let content = self.content(at);
        match content.char_indices().nth(MOST) {
            Some((end, _)) => format!("{}…", &content[..end]),
            None => content.to_owned(),
        }
    }

    /// Its first word begins no statement, or what follows that word shows that it doesn't.
    pub(super) fn is_prose(&self, at: usize) -> bool {
        let content = self.content(at).split('#').next().unwrap_or("").trim_end();
        let word = first_word(content);
        let rest = content[word.len()..].trim_start();
        let header =
            content.ends_with(':') && self.after(at).is_some_and(|l| l.column > self.lines[at].column);
        if word.is_empty() {
            return !header
                && !content.starts_with(['(', ')', ';', ':', '?', '.', '#', '"'])
                && !content.is_empty()
                || content.starts_with('"') && !header;
        }
        if rest.is_empty() || rest.starts_with(['(', ';', ')']) {
            return false;
        }
        if KEYWORDS.contains(&word) {
            return self.is_sentence(at, content);
        }
        if let Some(tail) = rest.strip_prefix(':').map(str::trim_start) {
            return !tail.is_empty() && !self.begins_statement(tail);
        }
        let deeper = self.after(at).is_some_and(|l| l.column > self.lines[at].column);
        if header || closest(word, HEADERS).is_some() && (content.ends_with(':') || deeper) {
            return false;
        }
        let known = self.is_known(word);
        if known || self.is_near(word) {
            let plain = !content.contains(['(', ')', ';', ':']);
            let words = content.split_whitespace();
            return plain
                && rest.starts_with(char::is_alphanumeric)
                && !words.into_iter().all(|w| self.is_known(w));
        }
        true
    }

    /// `while the robot can walk it moves`
    fn is_sentence(&self, at: usize, content: &str) -> bool {
        let words = content.split_whitespace().count();
        let next = content.split_whitespace().nth(1).unwrap_or("");
        let deeper = self.after(at).is_some_and(|l| l.column > self.lines[at].column);
        words >= 4
            && !content.contains(['(', '"', ':', '=', '!', '&', '|'])
            && !deeper
            && next.starts_with(char::is_alphabetic)
            && next != "not"
            && closest(next, crate::ast::Test::ALL.map(crate::ast::Test::name)).is_none()
    }

    fn begins_statement(&self, text: &str) -> bool {
        let word = first_word(text);
        let rest = text[word.len()..].trim_start();
        text.starts_with("...")
            || text.starts_with('#')
            || rest.starts_with('(')
            || KEYWORDS.contains(&word)
            || self.is_known(word)
    }

    fn is_known(&self, word: &str) -> bool {
        Action::from_name(word).is_some() || self.procedures.contains(word)
    }

    fn is_near(&self, word: &str) -> bool {
        closest(word, Action::ALL.map(Action::name)).is_some()
    }
}
