//! Diagnostics as text, for the expected results in tests.

use crate::diagnostic::Diagnostic;
use crate::lines::slice;
use text_size::TextRange;

fn place(text: &str, range: TextRange) -> String {
    let before = &text[..usize::from(range.start())];
    let line = before.matches('\n').count() + 1;
    let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1;
    format!("{line}:{column} {:?}", slice(text, range))
}

/// A line for each diagnostic, its related places indented, and the text after its fix.
pub(crate) fn render(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for d in diagnostics {
        let faded = if d.unnecessary { " (faded)" } else { "" };
        out.push_str(&format!(
            "{} {:?}{faded} {}\n    {}\n",
            d.code,
            d.severity,
            place(text, d.range),
            d.message
        ));
        for (range, message) in &d.related {
            out.push_str(&format!("    {} {message}\n", place(text, *range)));
        }
        if let Some(fix) = &d.fix {
            let mut fixed = text.to_owned();
            for edit in fix.edits.iter().rev() {
                fixed.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
            }
            out.push_str(&format!("  {}:\n", fix.title));
            out.extend(fixed.lines().map(|line| format!("  | {line}\n")));
        }
    }
    out
}
