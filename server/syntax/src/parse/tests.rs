//! `mistakes`: one beginner's mistake, one message. `trees`: what the typed tree says. `properties`: any text.

mod foreign;
mod grids;
mod mistakes;
mod properties;

use super::{Parse, parse};
use crate::diagnostic::{Diagnostic, Fix};
use expect_test::Expect;
use std::fmt::Write;

/// The text after a fix.
fn apply(text: &str, fix: &Fix) -> String {
    let mut text = text.to_owned();
    for edit in fix.edits.iter().rev() {
        text.replace_range(usize::from(edit.range.start())..usize::from(edit.range.end()), &edit.insert);
    }
    text
}

fn show_diagnostic(text: &str, diagnostic: &Diagnostic, out: &mut String) {
    let range = diagnostic.range;
    let start = usize::from(range.start());
    let line = text[..start].matches('\n').count() + 1;
    let column = start - text[..start].rfind('\n').map_or(0, |at| at + 1) + 1;
    let length = usize::from(range.len());
    writeln!(out, "{} {line}:{column}+{length} {}", diagnostic.code, diagnostic.message).unwrap();
    for (range, message) in &diagnostic.related {
        writeln!(out, "  {:?} {message}", &text[usize::from(range.start())..usize::from(range.end())])
            .unwrap();
    }
    if let Some(fix) = &diagnostic.fix {
        writeln!(out, "  fix: {}", fix.title).unwrap();
    }
}

/// The diagnostics of a text; and if every one of them has a fix, the text after all of them, one after the other.
fn check(text: &str, expect: Expect) {
    let mut out = String::new();
    let Parse { diagnostics, tree, .. } = parse(text);
    assert!(!tree.root_node().has_error(), "{}", tree.root_node().to_sexp());
    for diagnostic in &diagnostics {
        show_diagnostic(text, diagnostic, &mut out);
        check_fix(text, diagnostic);
    }
    let mut fixed = text.to_owned();
    while let Some(fix) = parse(&fixed).diagnostics.into_iter().find_map(|d| d.fix) {
        fixed = apply(&fixed, &fix);
    }
    if fixed != text {
        writeln!(out, "----\n{}", fixed.trim_end()).unwrap();
    }
    expect.assert_eq(&out);
}

/// A fix removes its diagnostic and adds none.
fn check_fix(text: &str, diagnostic: &Diagnostic) {
    let Some(fix) = &diagnostic.fix else { return };
    let fixed = apply(text, fix);
    let codes = |text: &str| {
        let mut codes: Vec<_> = parse(text).diagnostics.iter().map(|d| d.code).collect();
        codes.sort_unstable();
        codes
    };
    let mut expected = codes(text);
    let at = expected.iter().position(|c| *c == diagnostic.code).unwrap();
    expected.remove(at);
    let left = codes(&fixed);
    // a fix may solve more than its own diagnostic
    let added = left.iter().any(|c| count(&left, c) > count(&expected, c));
    assert!(!added, "{}: {:?}\n{text}\n----\n{fixed}\n{left:?}", diagnostic.code, fix);
}

fn count(codes: &[&str], code: &str) -> usize {
    codes.iter().filter(|c| **c == code).count()
}
