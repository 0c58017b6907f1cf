//! Text → tree-sitter tree → typed tree, with every K0xx diagnostic.
//!
//! The grammar takes everything; what is wrong is found here, on the way to the typed tree, by looking at what is
//! missing, left over, or in the wrong column. One mistake gives one message, and what follows is still checked.

mod broken;
mod example;
mod expression;
mod file;
mod grid;
mod header;
mod indentation;
mod layout;
mod lower;
mod node;
mod screen;
mod statement;
mod trace;
mod unknown;

use crate::ast;
use crate::cancel::{Cancel, Cancelled, NEVER};
use crate::codes::syntax::TOO_LONG;
use crate::diagnostic::{Diagnostic, Severity};
use crate::foreign;
use screen::Screened;
use std::borrow::Cow;
use std::ops::ControlFlow;
use text_size::{TextRange, TextSize};
use tree_sitter::{InputEdit, ParseOptions, ParseState, Parser, Point, Tree};

/// Longer texts are parsed anew only in the part that changed. Shorter ones take a millisecond or two anyway.
const INCREMENTAL_FROM: usize = 64 * 1024;

/// Longer texts are not parsed at all.
const MAX_LENGTH: usize = 1 << 30;

/// A parsed text.
#[derive(Debug, Clone)]
pub struct Parse {
    pub file: ast::File,
    /// `K0xx`, in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// For the next [`reparse`]. Byte offsets only: its rows count `\n` alone.
    pub tree: Tree,
}

/// Parses a text. Never fails: what is wrong is in the diagnostics.
pub fn parse(text: &str) -> Parse {
    let screened = screened(text);
    let tree = tree(&screened.text, None);
    lower(text, screened, tree)
}

/// Parses the text into which `old_text` was changed; gives what [`parse`] gives, sooner if the text is long.
pub fn reparse(old: &Parse, old_text: &str, text: &str) -> Parse {
    if text.len() < INCREMENTAL_FROM {
        return parse(text);
    }
    reparse_part(old, old_text, text)
}

fn reparse_part(old: &Parse, old_text: &str, text: &str) -> Parse {
    let mut edited = old.tree.clone();
    let screened = screened(text);
    edited.edit(&change(&self::screened(old_text).text, &screened.text));
    let part = tree(&screened.text, Some(&edited));
    // A tree that was repaired after an error depends on how the parser came to it.
    if part.root_node().has_error() { parse(text) } else { lower(text, screened, part) }
}

fn screened(text: &str) -> Screened<'_> {
    if text.len() > MAX_LENGTH {
        return Screened { text: Cow::Borrowed(""), found: Vec::new() };
    }
    let screened = screen::screen(text);
    // A generated lexer takes NUL for the end of the text.
    let nul = screened.text.contains('\0').then(|| Cow::Owned(screened.text.replace('\0', "\u{1}")));
    Screened { text: nul.unwrap_or(screened.text), found: screened.found }
}

fn lower(text: &str, screened: Screened<'_>, tree: Tree) -> Parse {
    if text.len() > MAX_LENGTH {
        let diagnostic = Diagnostic {
            code: TOO_LONG.code,
            severity: Severity::Error,
            range: TextRange::empty(TextSize::new(0)),
            message: "This file is longer than a gigabyte and was not read.".to_owned(),
            related: vec![],
            fix: None,
            unnecessary: false,
            slip: false,
        };
        return Parse { file: ast::File::default(), diagnostics: vec![diagnostic], tree };
    }
    if let Some((kind, range)) = foreign::recognise(text) {
        let diagnostics = vec![foreign::diagnostic(text, kind, range)];
        return Parse { file: ast::File::default(), diagnostics, tree };
    }
    let (file, diagnostics) = lower::file(text, screened, &tree);
    Parse { file, diagnostics, tree }
}

fn tree(text: &str, old: Option<&Tree>) -> Tree {
    tree_unless(text, old, NEVER).expect("nobody cancels")
}

/// The bare tree of the text into which `old_text` was changed.
///
/// # Errors
/// Fails where the work was cancelled.
pub(crate) fn changed_tree(
    old: &Parse,
    old_text: &str,
    text: &str,
    cancel: Cancel<'_>,
) -> Result<Tree, Cancelled> {
    let text = screened(text).text;
    let mut edited = old.tree.clone();
    edited.edit(&change(&screened(old_text).text, &text));
    let part = tree_unless(&text, Some(&edited), cancel)?;
    // As for `reparse`.
    if part.root_node().has_error() { tree_unless(&text, None, cancel) } else { Ok(part) }
}

/// The tree of a screened text, from an older tree where there is one.
fn tree_unless(text: &str, old: Option<&Tree>, cancel: Cancel<'_>) -> Result<Tree, Cancelled> {
    let bytes = text.as_bytes();
    let mut parser = Parser::new();
    // Can fail only if the grammar was built for another version of the library, which a test excludes.
    parser.set_language(&tree_sitter_karel::LANGUAGE.into()).expect("the grammar fits the library");
    let mut asked =
        |_: &ParseState| if cancel() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let options = ParseOptions::new().progress_callback(&mut asked);
    let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or(&[]), old, Some(options));
    tree.ok_or(Cancelled)
}

/// The one part in which two texts differ.
fn change(old: &str, new: &str) -> InputEdit {
    let (a, b) = (old.as_bytes(), new.as_bytes());
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_end, new_end) = (a.len() - end, b.len() - end);
    InputEdit {
        start_byte: start,
        old_end_byte: old_end,
        new_end_byte: new_end,
        start_position: point(a, start),
        old_end_position: point(a, old_end),
        new_end_position: point(b, new_end),
    }
}

/// tree-sitter's own idea of a position: rows end with `\n` alone, columns are bytes.
fn point(text: &[u8], at: usize) -> Point {
    let before = &text[..at];
    let row = before.iter().filter(|b| **b == b'\n').count();
    let column = before.iter().rev().take_while(|b| **b != b'\n').count();
    Point { row, column }
}

#[cfg(test)]
mod tests;
