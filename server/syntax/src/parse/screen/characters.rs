//! Characters that look like blanks, or like nothing, or like other characters.

use super::{Finding, Report, Screen, edit, range};
use crate::codes::syntax::FOREIGN_CHARACTER;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use std::borrow::Cow;

/// The name of a character that is taken for a blank, or for nothing (`false`).
fn blank(c: char) -> Option<(&'static str, bool)> {
    Some(match c {
        '\u{a0}' => ("no-break space", true),
        '\u{202f}' => ("narrow no-break space", true),
        '\u{3000}' => ("full-width space", true),
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' => ("wide or narrow space", true),
        '\u{200b}' => ("zero-width space", false),
        '\u{200c}' | '\u{200d}' | '\u{2060}' => ("zero-width joiner", false),
        '\u{ad}' => ("soft hyphen", false),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            ("direction mark", false)
        }
        '\u{feff}' => ("byte order mark", false),
        _ => return None,
    })
}

pub(crate) struct Blanks<'a> {
    pub text: Cow<'a, str>,
    pub found: Vec<Finding>,
}

/// Replaces what is taken for a blank by one, and what is taken for nothing by form feeds, which have no width.
/// One finding for each sort in the text.
pub(crate) fn blanks(text: &str) -> Blanks<'_> {
    if text.is_ascii() {
        return Blanks { text: Cow::Borrowed(text), found: Vec::new() };
    }
    let mut plain = text.as_bytes().to_vec();
    let mut found: Vec<(&str, Finding)> = Vec::new();
    // in a name or a comment they do no harm
    let (mut quoted, mut comment, mut first) = (false, false, true);
    let mut before = None;
    for (at, c) in text.char_indices() {
        match c {
            '\n' | '\r' => (quoted, comment, first) = (false, false, true),
            '"' if !comment => quoted = !quoted,
            '#' if !quoted => {
                // in a row of a grid it is a wall
                let rest = text[at + 1..].split(['\n', '\r']).next().unwrap_or("");
                let grid =
                    rest.trim_start().is_empty() || rest.split_whitespace().all(|w| w.chars().count() <= 2);
                comment = !grid || first && rest.trim_start().is_empty();
            }
            _ => {}
        }
        let sort = blank(c).filter(|_| !(quoted || comment || at == 0 && c == '\u{feff}'));
        if at == 0 && c == '\u{feff}' {
            plain[..c.len_utf8()].fill(0x0c);
        }
        if let Some((name, wide)) = sort {
            plain[at..at + c.len_utf8()].fill(0x0c);
            if wide {
                plain[at] = b' ';
            }
            let whole = range(at, at + c.len_utf8());
            let next = text[at + c.len_utf8()..].chars().next();
            let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let in_word = !wide && letter(before) && letter(next);
            let replacement = if wide { " " } else { "" };
            note(&mut found, name, edit(whole, replacement), in_word);
        }
        first &= c.is_whitespace();
        before = Some(c);
    }
    let text = String::from_utf8(plain).map_or(Cow::Borrowed(text), Cow::Owned);
    Blanks { text, found: found.into_iter().map(|(_, finding)| finding).collect() }
}

fn note<'a>(found: &mut Vec<(&'a str, Finding)>, name: &'a str, edit: Edit, in_word: bool) {
    let range = edit.range;
    let report = found.iter_mut().find(|(of, finding)| *of == name && !finding.hidden);
    let first = report.is_none();
    if let Some((_, finding)) = report {
        if let Some(fix) = &mut finding.diagnostic.fix {
            fix.edits.push(edit.clone());
            fix.title = format!("Replace all {} of them", fix.edits.len());
        }
        if !in_word {
            return;
        }
    }
    let blank = if edit.insert.is_empty() { "take it out" } else { "write a plain blank" };
    let title =
        if edit.insert.is_empty() { format!("Remove the {name}") } else { "Replace by a blank".to_owned() };
    let message = format!("Here stands a {name}, which can't be seen: {blank}.");
    let mut diagnostic = Diagnostic::new(&FOREIGN_CHARACTER, Severity::Error, range, message);
    (diagnostic.fix, diagnostic.slip) = (Some(Fix { title, edits: vec![edit] }), !in_word);
    found.push((name, Finding { diagnostic, hidden: !first, whole_line: in_word }));
}

/// The plain character that a full-width one or a typographic quote stands for.
fn plain(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        '“' | '”' | '„' | '«' | '»' => Some('"'),
        '‘' | '’' | '‚' => Some('\''),
        _ => None,
    }
}

impl Screen<'_> {
    /// Full-width characters and typographic quotes in a statement.
    pub(super) fn wide(&mut self, at: usize) -> bool {
        let content = self.content(at);
        let code = content.split('#').next().unwrap_or("");
        let start = self.lines[at].text;
        let wide = code.char_indices().filter_map(|(n, c)| Some((start + n, c, plain(c)?)));
        let wide: Vec<(usize, char, char)> = wide.collect();
        let Some(&(first, c, with)) = wide.first() else { return false };
        // a sentence with quotes in it is prose
        if wide.iter().all(|(_, _, plain)| matches!(plain, '"' | '\'')) && self.is_prose(at) {
            return false;
        }
        let edits = wide.iter().map(|&(n, c, plain)| edit(range(n, n + c.len_utf8()), plain)).collect();
        let sort = if matches!(with, '"' | '\'') { "typographic" } else { "full-width" };
        for &(n, c, _) in wide.iter().filter(|(_, c, _)| !c.is_alphanumeric()) {
            self.blank(range(n, n + c.len_utf8()));
        }
        let report = Report {
            code: &FOREIGN_CHARACTER,
            range: range(first, first + c.len_utf8()),
            message: format!("'{c}' is a {sort} character: write the plain '{with}'."),
            fix: super::fix("Replace by plain characters", edits),
        };
        self.report_once("wide", report);
        true
    }
}
