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
use crate::cancel::{Cancel, Cancelled, NEVER, check};
use crate::diagnostic::{Diagnostic, Severity};
use crate::leaves::{Leaf, leaves};
use crate::lines::{line_break, slice};
use crate::parse::{Parse, changed_tree};
use crate::print::INDENT;
use weave::Cloth;

/// The whole text in canonical form; `None` where it has a syntax error (then the tree does not say all that the text
/// does). An empty text stays empty; any other result ends with a line end.
pub fn format(parse: &Parse, text: &str) -> Option<String> {
    format_unless(parse, text, NEVER).ok().flatten()
}

/// Formats as [`format`] does, and can be cancelled.
///
/// # Errors
/// Fails where the work was cancelled.
pub fn format_unless(parse: &Parse, text: &str, cancel: Cancel<'_>) -> Result<Option<String>, Cancelled> {
    if has_syntax_error(&parse.diagnostics) {
        return Ok(None);
    }
    let formatted = format_file(&parse.file, text, cancel)?;
    Ok(has_same_words(parse, text, &formatted, cancel)?.then_some(formatted))
}

/// Whether a text has the words of another. The formatter writes the tree, so that whatever a mistake in the parser
/// kept out of the tree would be lost; it then changes nothing.
fn has_same_words(parse: &Parse, text: &str, formatted: &str, cancel: Cancel<'_>) -> Result<bool, Cancelled> {
    let after = changed_tree(parse, text, formatted, cancel)?;
    let (before, after) = (leaves(&parse.tree), leaves(&after));
    let is_word = |leaf: &&Leaf<'_>| !matches!(leaf.kind, "(" | ")" | ":" | ";");
    let mut before = before.iter().filter(is_word);
    let mut after = after.iter().filter(is_word);
    let same = |a: &Leaf<'_>, b: &Leaf<'_>| {
        // An arrow may be spelled otherwise, and blanks behind a comment go.
        a.kind == b.kind
            && (a.kind == "robot" || slice(text, a.range).trim_end() == slice(formatted, b.range).trim_end())
    };
    loop {
        check(cancel)?;
        match (before.next(), after.next()) {
            (None, None) => return Ok(true),
            (Some(a), Some(b)) if same(a, b) => {}
            _ => return Ok(false),
        }
    }
}

fn has_syntax_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error && d.code.starts_with("K0"))
}

fn format_file(file: &File, text: &str, cancel: Cancel<'_>) -> Result<String, Cancelled> {
    let lines = layout::file(file, text, cancel)?;
    Cloth { text, lines, comments: &file.comments, margin: "", unit: INDENT, line_break: line_break(text) }
        .weave(cancel)
}

#[cfg(test)]
mod tests;
