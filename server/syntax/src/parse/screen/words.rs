//! Statements of other languages that consist of a word, and what stands around their blocks.

use super::lines::first_word;
use super::{Report, Screen, edit, fix, range};
use crate::codes::syntax as codes;
use crate::diagnostic::Fix;
use text_size::TextRange;

/// What the fix makes of a line.
#[derive(Clone, Copy)]
enum Mend {
    /// Takes it away.
    Remove,
    /// Makes a comment of it.
    Comment,
    Nothing,
}

struct Word {
    /// One message in a file is enough.
    once: Option<&'static str>,
    message: String,
    mend: Mend,
}

/// The words that end a block elsewhere, and those that may follow them.
const ENDS: &[&str] = &[
    "end",
    "begin",
    "endif",
    "endwhile",
    "endfor",
    "fin",
    "inicio",
    "inicia",
    "done",
    "fi",
    "od",
    "ende",
    "then",
    "fin_mientras",
];
const NOTHING: &[&str] = &["turnoff", "turn_off", "apagate", "halt", "stop", "exit", "quit"];
const SHOWN: &[&str] = &["print", "println", "printf", "puts", "echo", "console", "system", "say", "alert"];
const OUTSIDE: &[&str] = &["import", "from", "package", "using", "include", "require", "usa"];

/// A statement of another language, `text` being all that stands there.
fn foreign(text: &str) -> Option<Word> {
    let text = text.trim_end_matches(';').trim_end();
    let word = first_word(text);
    let rest = text[word.len()..].trim();
    let bare = rest.is_empty() || rest == "()";
    let lower = if word.len() < 20 { word.to_lowercase() } else { return None };
    let is = |words: &[&str]| words.contains(&lower.as_str());
    let of = |once, message: String, mend| Some(Word { once, message, mend });
    match lower.as_str() {
        "pass" | "skip" | "nop" if bare => of(
            None,
            format!("There is no '{word}': leave it out, or write '...' for what is still open."),
            Mend::Remove,
        ),
        "break" | "continue" if bare => of(
            None,
            format!("There is no '{word}': a loop ends when its condition no longer holds."),
            Mend::Nothing,
        ),
        "return" if !rest.starts_with('(') || rest == "()" => of(
            None,
            "There is no 'return': a procedure ends behind its last statement.".to_owned(),
            Mend::Nothing,
        ),
        _ if is(SHOWN) && rest.starts_with(['(', '"', '\'', '.']) && !bare => {
            of(None, format!("There is no '{word}': what Karel does is seen in its world."), Mend::Comment)
        }
        _ if is(NOTHING) && bare => of(
            Some("turnoff"),
            format!("'{word}' isn't needed: a run ends behind the last statement of 'main'."),
            Mend::Remove,
        ),
        _ if is(OUTSIDE) && rest.starts_with(|c: char| c.is_alphabetic() || "\"'.<{".contains(c)) => of(
            Some("import"),
            format!("'{word}' isn't needed: Karel's own words are always there."),
            Mend::Remove,
        ),
        _ if is(ENDS)
            && (bare || rest.len() < 12 && rest.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.'))
            || hyphened(text, &lower) =>
        {
            of(
                Some("end"),
                format!("'{text}' isn't needed: a block ends where its indentation ends."),
                Mend::Remove,
            )
        }
        _ if has_class(text) => of(
            Some("class"),
            "There are no classes: procedures stand in the first column, each with its 'def'.".to_owned(),
            Mend::Nothing,
        ),
        "true" | "false" if bare => {
            of(None, format!("'{word}' does nothing by itself: it isn't a statement."), Mend::Nothing)
        }
        _ => None,
    }
}

/// `BEGINNING-OF-PROGRAM`, `iniciar-programa`, `termina-ejecucion`
fn hyphened(text: &str, lower: &str) -> bool {
    ["begin", "beginning", "end", "iniciar", "finalizar", "inicia", "termina"].contains(&lower)
        && text[lower.len()..].starts_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// `public class Foo extends Bar`
fn has_class(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let before = words.by_ref().take_while(|w| *w != "class").collect::<Vec<_>>();
    let modifiers = ["public", "private", "final", "abstract", "static", "export", "data", "internal"];
    before.iter().all(|w| modifiers.contains(w))
        && text.split_whitespace().nth(before.len()) == Some("class")
        && words.next().is_some_and(|name| name.starts_with(char::is_alphabetic))
}

impl Screen<'_> {
    /// A line that is such a statement, or a header with one behind its colon.
    pub(super) fn word(&mut self, at: usize) -> bool {
        let content = self.content(at);
        let first = first_word(content);
        if self.procedures.contains(first) {
            return false;
        }
        let text = content.split('#').next().unwrap_or("").trim_end();
        if let Some(word) = foreign(text) {
            let whole = range(self.lines[at].text, self.lines[at].text + text.len());
            let fix = self.mend(at, whole, word.mend);
            let report = Report { code: &codes::FOREIGN_WORD, range: whole, message: word.message, fix };
            self.take_out(whole);
            match word.once {
                Some(kind) => {
                    // on its own at the margin it is no statement that a run could miss
                    if matches!(word.mend, Mend::Remove) {
                        self.blank(whole);
                    }
                    self.report_once(kind, report);
                }
                None => _ = self.report(report),
            }
            return true;
        }
        self.word_behind_colon(at)
    }

    fn word_behind_colon(&mut self, at: usize) -> bool {
        let content = self.content(at);
        let Some((head, tail)) = content.split_once(':') else { return false };
        let tail = tail.split('#').next().unwrap_or("");
        let text = tail.trim();
        let headers = ["while", "repeat", "if", "else", "def"];
        let Some(word) = foreign(text).filter(|_| headers.contains(&first_word(head))) else { return false };
        if self.procedures.contains(first_word(text)) {
            return false;
        }
        let start = self.lines[at].text + head.len() + 1 + (tail.len() - tail.trim_start().len());
        let whole = range(start, start + text.len());
        let fix = matches!(word.mend, Mend::Remove)
            .then(|| Fix { title: "Change to '...'".to_owned(), edits: vec![edit(whole, "...")] });
        self.take_out(whole);
        let number =
            self.report(Report { code: &codes::FOREIGN_WORD, range: whole, message: word.message, fix });
        self.found[number].whole_line = false;
        true
    }

    fn mend(&self, at: usize, whole: TextRange, mend: Mend) -> Option<Fix> {
        match mend {
            Mend::Nothing => None,
            _ if self.alone(at, at) => fix("Change to '...'", vec![edit(whole, "...")]),
            Mend::Remove => fix("Remove this line", vec![edit(self.whole(at), "")]),
            Mend::Comment => fix("Make it a comment", vec![super::insertion(whole.start(), "# ")]),
        }
    }

    /// `if __name__ == "__main__":` with the call below it.
    pub(super) fn main_guard(&mut self, at: usize) -> bool {
        let content = self.content(at);
        if !content.starts_with("if") || !content.contains("__name__") {
            return false;
        }
        let column = self.lines[at].column;
        let deeper = |l: &super::Line| !l.has_text() || l.column > column;
        let last = at + self.lines[at + 1..].iter().take_while(|l| deeper(l)).count();
        let last = (at..=last).rev().find(|n| self.lines[*n].has_text()).unwrap_or(at);
        let whole = range(self.lines[at].text, self.lines[last].end);
        let removed = range(self.lines[at].start, self.lines[last].next);
        self.blank(whole);
        self.lines[at + 1..=last].iter_mut().for_each(|l| l.kind = super::lines::Kind::Comment);
        self.report(Report {
            code: &codes::FOREIGN_WORD,
            range: self.range(at),
            message: "This isn't needed: a run begins with 'main' by itself.".to_owned(),
            fix: fix("Remove it", vec![edit(removed, "")]),
        });
        true
    }
}
