//! First lines of procedures as other languages write them.

use super::lines::first_word;
use super::{Report, Screen, edit, fix, range};
use crate::codes::syntax as codes;

/// What stands before a procedure's name elsewhere.
const MODIFIERS: &[&str] = &[
    "public",
    "private",
    "protected",
    "static",
    "final",
    "void",
    "function",
    "func",
    "fun",
    "proc",
    "procedure",
    "sub",
    "define",
    "method",
    "task",
    "to",
    "int",
    "boolean",
    "async",
    "DEFINE",
    "Sub",
    "Function",
    "procedimiento",
    "nueva",
];

impl Screen<'_> {
    /// `function main():`, `public void run():`, `define turn as`
    pub(super) fn definition(&mut self, at: usize) -> bool {
        let content = self.content(at).split('#').next().unwrap_or("").trim_end().to_owned();
        let (mut rest, mut modifiers) = (content.as_str(), 0);
        while let Some(word) = Some(first_word(rest)).filter(|w| MODIFIERS.contains(w)) {
            let behind = &rest[word.len()..];
            if !behind.starts_with([' ', '\t']) {
                break;
            }
            (rest, modifiers) = (behind.trim_start(), modifiers + 1);
        }
        let name = first_word(rest);
        let behind = rest[name.len()..].trim_start();
        let (parentheses, end) = match behind.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some((inner, end)) => (Some(inner.trim()), end.trim_start()),
            None => (None, behind),
        };
        let has_colon = end.starts_with(':');
        if modifiers == 0
            || name.is_empty()
            || !(has_colon || end.is_empty() || end.eq_ignore_ascii_case("as"))
        {
            return false;
        }
        let deeper = self.after(at).is_some_and(|l| l.column > self.lines[at].column);
        if parentheses.is_none() && !has_colon && !deeper && end.is_empty() {
            return false;
        }
        let start = self.lines[at].text;
        let name_at = start + content.len() - rest.len();
        let end_at = start + content.len() - end.len();
        let words = content[..content.len() - rest.len()].trim_end();
        if words.len() < 3 {
            return false;
        }
        let none = parentheses.unwrap_or("").is_empty();
        let clear = none && self.lines[at].column == 0 && !has_inline(end);
        let header = format!("def {name}():");
        let (message, fix) = if none {
            let edits = vec![edit(
                range(start, if has_colon { end_at + 1 } else { start + content.len() }),
                header.as_str(),
            )];
            let message = format!("A procedure begins with 'def', not with '{words}': write '{header}'.");
            (message, clear.then(|| fix(format!("Change to '{header}'"), edits)).flatten())
        } else {
            (format!("A procedure begins with 'def' and takes no values: write '{header}'."), None)
        };
        let range_of_words = range(start, start + words.len());
        self.write(range_of_words, "def");
        if !has_colon {
            self.blank(range(end_at, start + content.len()));
        }
        if let (false, Some(open), Some(close)) = (none, rest.find('('), rest.find(')')) {
            self.blank(range(name_at + open + 1, name_at + close));
        }
        self.report(Report { code: &codes::FOREIGN_WORD, range: range_of_words, message, fix });
        true
    }
}

fn has_inline(end: &str) -> bool {
    end.strip_prefix(':').is_some_and(|rest| !rest.trim().is_empty())
}
