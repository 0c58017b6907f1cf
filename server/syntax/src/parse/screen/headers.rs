//! Headers as other languages write them: their conditions, `elif`, and `for` loops.

use super::lines::first_word;
use super::operators::{Foreign, Why, foreign, ours};
use super::{Report, Screen, edit, fix, range};
use crate::ast::Condition;
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use crate::print::print_condition;
use text_size::TextRange;

/// A header taken apart: where what follows its word stands, and its colon.
struct Header<'a> {
    /// The name by which it is reported.
    word: &'a str,
    /// Where its word ends, in the line's text.
    start: usize,
    /// The condition, without the blanks around it.
    from: usize,
    to: usize,
    colon: bool,
}

fn header(content: &str) -> Header<'_> {
    let word = first_word(content);
    let mut depth = 0_usize;
    let mut end = (content.len(), false);
    for (at, c) in content.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '#' => {
                end = (at, false);
                break;
            }
            ':' if depth == 0 || !content[at..].contains(')') => {
                end = (at, true);
                break;
            }
            _ => {}
        }
    }
    let inner = content[word.len()..end.0.max(word.len())].trim_end();
    let blanks = inner.len() - inner.trim_start().len();
    Header { word, start: word.len(), from: word.len() + blanks, to: word.len() + inner.len(), colon: end.1 }
}

impl Screen<'_> {
    pub(super) fn header(&mut self, at: usize) -> bool {
        let content = self.content(at).to_owned();
        let header = header(&content);
        match header.word {
            "for" | "For" | "FOR" => self.for_loop(at, &content, &header),
            "elif" | "elsif" | "elseif" | "elsIf" | "elseIf" => self.elif(at, &content, &header),
            "while" | "if" if self.condition(at, &content, &header) => true,
            _ => self.do_or_then(at, &content, &header),
        }
    }

    /// `WHILE front-is-clear DO`, `if frontIsClear() then`
    fn do_or_then(&mut self, at: usize, content: &str, header: &Header<'_>) -> bool {
        let Some(word) = ["while", "if"].into_iter().find(|w| header.word.eq_ignore_ascii_case(w)) else {
            return false;
        };
        let text = &content[header.from.min(header.to)..header.to];
        let last = text.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        if text.len() == last.len() || !["do", "then"].iter().any(|w| last.eq_ignore_ascii_case(w)) {
            return false;
        }
        let ours = ours(&text[..text.len() - last.len()]).map(|ours| format!("{word}({ours}):"));
        let message = match &ours {
            Some(ours) => format!("There is no '{last}': write '{ours}'."),
            None => format!("There is no '{last}': a ':' follows the condition."),
        };
        let all = self.part(at, 0, header.to);
        let clear = ours.filter(|_| header.colon || content[header.to..].trim().is_empty());
        let to_colon = self.part(at, 0, header.to + usize::from(header.colon));
        let fix = clear.and_then(|ours| fix(format!("Change to '{ours}'"), vec![edit(to_colon, ours)]));
        self.blank(all);
        self.write(self.part(at, 0, header.start), word);
        self.report(Report {
            code: &codes::FOREIGN_WORD,
            range: self.part(at, header.from, header.to),
            message,
            fix,
        });
        true
    }

    fn part(&self, at: usize, from: usize, to: usize) -> TextRange {
        range(self.lines[at].text + from, self.lines[at].text + to)
    }

    fn condition(&mut self, at: usize, content: &str, header: &Header<'_>) -> bool {
        let text = &content[header.from.min(header.to)..header.to];
        let Some(foreign) = foreign(text) else { return false };
        let whole = self.part(at, header.from, header.to);
        // with the blanks before and, where it is missing, the colon
        let (start, end) = (header.start, if header.colon { header.to } else { content.len() });
        let clear = header.colon || content[header.to..].trim().is_empty();
        let replaced = self.part(at, start, if header.colon { header.to } else { end.min(header.to) });
        let colon = if header.colon { "" } else { ":" };
        let mend = |with: String| {
            clear.then(|| Fix {
                title: format!("Change to '{with}'"),
                edits: vec![edit(replaced, format!("({with}){colon}"))],
            })
        };
        let is_if = header.word == "if";
        let (code, message, fix) = match &foreign.why {
            Why::Comparison(text) => {
                let message = match foreign.ours() {
                    Some(ours) => format!("'{text}' isn't needed: write '{ours}'."),
                    None => format!("'{text}' isn't needed: a test is true or false by itself."),
                };
                (&codes::FOREIGN_OPERATOR, message, foreign.ours().and_then(mend))
            }
            Why::Bang(sign) => {
                let ours = foreign.ours().unwrap_or_else(|| "not(…)".to_owned());
                (
                    &codes::FOREIGN_OPERATOR,
                    format!("There is no '{sign}': write '{ours}'."),
                    foreign.ours().and_then(mend),
                )
            }
            Why::And(word) if is_if => {
                let message = format!("There is no '{word}': put one 'if' in another to ask for two things.");
                (
                    &codes::FOREIGN_OPERATOR,
                    message,
                    self.nested(at, &foreign, replaced, colon).filter(|_| clear),
                )
            }
            Why::And(word) | Why::Or(word) => {
                let message = format!("There is no '{word}': a '{}' asks for one thing only.", header.word);
                (&codes::FOREIGN_OPERATOR, message, None)
            }
            Why::Constant(word) => {
                let message = format!(
                    "'{word}' asks nothing: this '{}' needs a test, such as frontIsClear().",
                    header.word
                );
                (&codes::MISSING_CONDITION, message, mend("?".to_owned()))
            }
            Why::Opposite(word) => {
                let ours = foreign.ours().unwrap_or_default();
                (
                    &codes::UNKNOWN_WORD,
                    format!("There is no test '{word}': write '{ours}'."),
                    foreign.ours().and_then(mend),
                )
            }
            Why::Words(words) => {
                let ours = foreign.ours().unwrap_or_default();
                (
                    &codes::UNKNOWN_WORD,
                    format!("'{words}' is written '{ours}'."),
                    foreign.ours().and_then(mend),
                )
            }
        };
        self.blank(whole);
        self.report(Report { code, range: whole, message, fix });
        true
    }

    /// `if(a): if(b):` says the same as `if a and b:`, where nothing else is to happen otherwise.
    fn nested(&self, at: usize, foreign: &Foreign, replaced: TextRange, colon: &str) -> Option<Fix> {
        if !self.is_reported() {
            return None;
        }
        let all: Vec<String> = foreign.all.as_ref()?.iter().map(|c: &Condition| print_condition(c)).collect();
        let column = self.lines[at].column;
        let next = (at + 1..self.lines.len())
            .find(|n| self.lines[*n].has_text() && self.lines[*n].column <= column)
            .filter(|n| self.lines[*n].column == column);
        let otherwise = next.is_some_and(|n| matches!(first_word(self.content(n)), "else" | "elif"));
        let inline = self.content(at).contains("else");
        let text = all.iter().map(|c| format!("({c})")).collect::<Vec<_>>().join(": if");
        (!otherwise && !inline).then(|| Fix {
            title: "Put one 'if' in another".to_owned(),
            edits: vec![edit(replaced, format!("{text}{colon}"))],
        })
    }

    fn elif(&mut self, at: usize, content: &str, header: &Header<'_>) -> bool {
        let word = self.part(at, 0, header.start);
        let line = &self.lines[at];
        let indentation = self.plain[line.start..line.text].to_owned();
        let step = if indentation.ends_with('\t') { "\t" } else { "    " };
        let line_break = crate::lines::line_break(self.text);
        let insert = format!("else:{line_break}{indentation}{step}if");
        let mut edits = vec![edit(word, insert)];
        // what belongs to it, and to what follows it in the chain, goes one deeper
        let report = self.is_reported();
        for n in (at + 1..self.lines.len()).filter(|_| report) {
            let next = &self.lines[n];
            let in_chain = next.column == line.column
                && ["elif", "else", "elsif", "elseif"].contains(&first_word(self.content(n)));
            if next.has_text() && next.column <= line.column && !in_chain {
                break;
            }
            if next.has_text() {
                edits.push(super::insertion(range(next.start, next.start).start(), step));
            }
        }
        let title = "Change to 'else:' with an 'if' in it".to_owned();
        let fix = report.then_some(Fix { title, edits });
        let message = format!("There is no '{}': write 'else:' and an 'if' in its block.", header.word);
        self.write(word, "if");
        let number = self.report(Report { code: &codes::UNKNOWN_WORD, range: word, message, fix });
        self.found[number].whole_line = false;
        self.condition(at, content, &Header { word: "if", ..*header });
        true
    }

    /// `for i in range(3):`, `for (int i = 0; i < 3; i++):`
    fn for_loop(&mut self, at: usize, content: &str, header: &Header<'_>) -> bool {
        let text = &content[header.from.min(header.to)..header.to];
        let whole = self.part(at, 0, header.to);
        if header.to < "repeat".len()
            || !(header.colon || self.after(at).is_some_and(|l| l.column > self.lines[at].column))
        {
            return false;
        }
        let rounds = python_rounds(text).or_else(|| java_rounds(text));
        let (message, fix) = match rounds {
            Some(n @ 1..=19) => {
                let colon = if header.colon { "" } else { ":" };
                let edits: Vec<Edit> = vec![edit(whole, format!("repeat({n}){colon}"))];
                (
                    format!("There is no 'for': write 'repeat({n}):'."),
                    fix(format!("Change to 'repeat({n})'"), edits),
                )
            }
            _ => (
                "There is no 'for': 'repeat' with a number from 0 to 19 does its body so many times."
                    .to_owned(),
                None,
            ),
        };
        self.write(whole, "repeat");
        self.report(Report { code: &codes::UNKNOWN_WORD, range: whole, message, fix });
        true
    }
}

/// The number of rounds that `i in range(3)` asks for.
fn python_rounds(text: &str) -> Option<u32> {
    let (_, range) = text.split_once("range")?;
    let inner = range.trim().strip_prefix('(')?.strip_suffix(')')?;
    let numbers: Vec<u32> = inner.split(',').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
    match numbers[..] {
        [n] => Some(n),
        [from, to] => to.checked_sub(from),
        _ => None,
    }
}

/// The number of rounds that `(int i = 0; i < 3; i++)` asks for.
fn java_rounds(text: &str) -> Option<u32> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let mut parts = inner.split(';');
    let (start, test, step) = (parts.next()?, parts.next()?, parts.next()?);
    let from: u32 = start.split_once('=')?.1.trim().parse().ok()?;
    let (to, more) = match test.split_once("<=") {
        Some((_, to)) => (to, 1),
        None => (test.split_once('<')?.1, 0),
    };
    let to: u32 = to.trim().parse().ok()?;
    step.contains("++").then(|| (to + more).saturating_sub(from))
}
