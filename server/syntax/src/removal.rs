//! Taking statements out of a text without leaving a bare `;`, a blank line or a lost comment behind.

use crate::diagnostic::Edit;
use crate::indent::{end_with_comments, width as column_width};
use crate::lines::{indentation, line_end, next_line, slice};
use text_size::{TextRange, TextSize};

/// Edits that remove the statements at `ranges`, siblings in source order. Neighbours with nothing but `;` and white
/// space between them go in one edit. Comments stay, but for those that end a block of a statement that goes.
pub fn remove_statements(text: &str, ranges: &[TextRange]) -> Vec<Edit> {
    let mut merged: Vec<TextRange> = Vec::new();
    for &range in ranges {
        match merged.last_mut() {
            Some(last) if last.end() <= range.start() && is_separator(text, last.end(), range.start()) => {
                *last = last.cover(range);
            }
            _ => merged.push(range),
        }
    }
    merged
        .into_iter()
        .map(|range| Edit { range: with_separator(text, range), insert: String::new() })
        .collect()
}

fn is_separator(text: &str, start: TextSize, end: TextSize) -> bool {
    slice(text, TextRange::new(start, end)).chars().all(|c| c.is_whitespace() || c == ';')
}

/// The range with what only separated it from its neighbours: its whole lines where nothing else stands on them.
fn with_separator(text: &str, range: TextRange) -> TextRange {
    let before = &text[..usize::from(range.start()).min(text.len())];
    let blanks_before = before.len() - before.trim_end_matches([' ', '\t']).len();
    let begins_line =
        matches!(before.trim_end_matches([' ', '\t']).chars().next_back(), None | Some('\n' | '\r'));

    let after = slice(text, TextRange::new(range.end(), line_end(text, range.end())));
    let rest = after.trim_start_matches([' ', '\t', ';']);
    let width = |s: usize| TextSize::new(u32::try_from(s).unwrap_or(u32::MAX));
    let separator = width(after.len() - rest.len());
    if rest.is_empty() && begins_line {
        let column = column_width(indentation(text, range.start()));
        let has_blocks = slice(text, range).contains(['\n', '\r']);
        let end = if has_blocks { end_with_comments(text, range.end(), column + 1) } else { range.end() };
        return TextRange::new(range.start() - width(blanks_before), next_line(text, end));
    }
    if begins_line || after[..after.len() - rest.len()].contains(';') {
        return TextRange::new(range.start(), range.end() + separator);
    }
    // The last of several on its line: the `;` before it goes too.
    let kept = before.trim_end_matches([' ', '\t', ';']).len();
    if before[kept..].contains(';') { TextRange::new(width(kept), range.end()) } else { range }
}

#[cfg(test)]
mod tests {
    use super::remove_statements;
    use text_size::{TextRange, TextSize};

    #[track_caller]
    fn check(text: &str, words: &[&str], expected: &str) {
        let ranges: Vec<TextRange> = words
            .iter()
            .map(|word| {
                let start = u32::try_from(text.find(word).unwrap()).unwrap();
                TextRange::at(TextSize::new(start), TextSize::of(*word))
            })
            .collect();
        let mut after = text.to_owned();
        for edit in remove_statements(text, &ranges).iter().rev() {
            after.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
        }
        assert_eq!(after, expected);
    }

    #[test]
    fn removes_what_separated_them_too() {
        check("  a()\n  b()\n  c()\n", &["b()"], "  a()\n  c()\n");
        check("  a()\n  b()\n  c()\n  d()\n", &["b()", "c()"], "  a()\n  d()\n");
        check("x: a(); b(); c()\n", &["b()"], "x: a(); c()\n");
        check("x: a(); b(); c()\n", &["b()", "c()"], "x: a()\n");
        check("  a(); b(); c()\n", &["a()", "b()"], "  c()\n");
        check("  a()  # why\n  b()\n  c()", &["a()", "b()"], "  # why\n  c()");
        check("  a()\r\n  b()", &["b()"], "  a()\r\n");
        check("  w:\n    a()\n    # w\n  # all\n  b()\n", &["w:\n    a()"], "  # all\n  b()\n");
    }
}
