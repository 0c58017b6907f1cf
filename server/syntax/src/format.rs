//! The formatter: the paper's notation, four blanks a level, one statement a line, aligned grids, one blank line
//! between definitions and at most one inside them. Keeps every comment. Formatting twice changes nothing more, and
//! never the meaning.

mod layout;
mod on_type;
mod range;
mod weave;

pub use on_type::{format_on_type, open_if};
pub use range::format_range;

use crate::ast::File;
use crate::diagnostic::{Diagnostic, Severity};
use crate::leaves::{Leaf, leaves};
use crate::lines::{line_break, slice};
use crate::parse::Parse;
use crate::print::INDENT;
use weave::Cloth;

/// The whole text in canonical form; `None` where it has a syntax error (then the tree does not say all that the text
/// does). An empty text stays empty; any other result ends with a line end.
pub fn format(parse: &Parse, text: &str) -> Option<String> {
    if has_syntax_error(&parse.diagnostics) {
        return None;
    }
    let formatted = format_file(&parse.file, text);
    has_same_words(parse, text, &formatted).then_some(formatted)
}

/// Whether a text has the words of another. The formatter writes the tree, so that whatever a mistake in the parser
/// kept out of the tree would be lost: then it had better do nothing.
fn has_same_words(parse: &Parse, text: &str, formatted: &str) -> bool {
    let after = crate::parse::parse(formatted);
    let (before, after) = (leaves(&parse.tree), leaves(&after.tree));
    let is_word = |leaf: &&Leaf<'_>| !matches!(leaf.kind, "(" | ")" | ":" | ";");
    let mut before = before.iter().filter(is_word);
    let mut after = after.iter().filter(is_word);
    let same = |a: &Leaf<'_>, b: &Leaf<'_>| {
        // An arrow may be spelled otherwise, and blanks behind a comment go.
        a.kind == b.kind
            && (a.kind == "robot" || slice(text, a.range).trim_end() == slice(formatted, b.range).trim_end())
    };
    loop {
        match (before.next(), after.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if same(a, b) => {}
            _ => return false,
        }
    }
}

fn has_syntax_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error && d.code.starts_with("K0"))
}

fn format_file(file: &File, text: &str) -> String {
    let lines = layout::file(file, text);
    Cloth { text, lines, comments: &file.comments, margin: "", unit: INDENT, line_break: line_break(text) }
        .weave()
}

#[cfg(test)]
mod tests;
