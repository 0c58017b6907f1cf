//! Braces around blocks.

use super::{Report, Screen, edit, fix, range};
use crate::codes::syntax::FOREIGN_BRACES;

impl Screen<'_> {
    /// An opening brace becomes the colon that it stands for, if anything stands before it; all others become blanks.
    /// All braces of a text are reported once.
    pub(super) fn braces(&mut self) {
        for at in 0..self.lines.len() {
            if self.lines[at].is_program() {
                self.braces_of(at);
            }
        }
        self.look_again();
    }

    fn braces_of(&mut self, at: usize) {
        let code = self.content(at).split('#').next().unwrap_or("").trim_end();
        let code = code.strip_suffix(';').filter(|c| c.ends_with('}')).unwrap_or(code).to_owned();
        if !(code.ends_with(['{', '}']) || code.starts_with(['{', '}'])) || code.contains("({") {
            return;
        }
        let start = self.lines[at].text;
        let at_brace = |n: usize| range(start + n, start + n + 1);
        let head = code.trim_start_matches(['}', ' ', '\t']);
        let moved = code.len() - head.len();
        let mut edits = Vec::new();
        if head.trim_matches(['{', ' ', '\t', ';']).is_empty() {
            edits.push(edit(self.whole(at), ""));
            self.blank(range(start, start + code.len()));
        } else {
            // `} else {`
            if moved > 0 && head.is_ascii() {
                edits.push(edit(range(start, start + moved), ""));
                self.write(range(start, start + code.len()), &head.replace('{', ":").replace('}', " "));
            }
            for (n, brace) in code.match_indices(['{', '}']).filter(|(n, _)| *n >= moved) {
                let before = code[..n].trim_end();
                let opens = brace == "{" && before.len() > moved;
                edits.push(edit(range(start + before.len(), start + n + 1), if opens { ":" } else { "" }));
                if moved == 0 {
                    self.write(at_brace(n), if opens { ":" } else { " " });
                }
            }
        }
        let first = code.find(['{', '}']).unwrap_or(0);
        let message = "A block has a ':' before it and is indented: there are no braces.".to_owned();
        let fix = fix("Take the braces away", edits);
        self.report_once("braces", Report { code: &FOREIGN_BRACES, range: at_brace(first), message, fix });
        if let Some(finding) = self.found.last_mut() {
            finding.whole_line = false;
        }
    }
}
