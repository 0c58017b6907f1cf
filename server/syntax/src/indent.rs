//! The file's own indentation, looked at in its lines: what one level is, and which comments end a block. Of lines
//! only, since a file that is being typed is seldom free of errors.

use crate::lines::{begins_line, indentation, line_end, line_start, next_line, slice};
use crate::print::INDENT;
use text_size::{TextRange, TextSize};

/// The indentation of a line one level below one that begins with `margin`, at `offset`: `margin` and, of the levels
/// that the text has, the one nearest to `offset` that does not mix tabs and blanks with it. Where the text has none,
/// one level is `fallback` (what the editor is set to, or four blanks).
pub fn deeper(text: &str, offset: TextSize, margin: &str, fallback: &str) -> String {
    format!("{margin}{}", unit(text, offset, margin, fallback))
}

/// What [`deeper`] adds to the margin.
pub fn unit(text: &str, offset: TextSize, margin: &str, fallback: &str) -> String {
    let found = nearest(text, offset, |unit| fits(margin, unit));
    let unit = found.or_else(|| Some(fallback).filter(|unit| !unit.is_empty() && fits(margin, unit)));
    unit.unwrap_or(if margin.ends_with('\t') { "\t" } else { INDENT }).to_owned()
}

/// Below `margin` a level of `unit` mixes nothing.
fn fits(margin: &str, unit: &str) -> bool {
    let only = |text: &str, blank: char| text.chars().all(|c| c == blank);
    only(margin, ' ') && only(unit, ' ') || only(margin, '\t') && only(unit, '\t')
}

/// The level that `fits`, of the last header before `offset` in the definition or example around it; else of another
/// header of that; else of the nearest one before it; else of the first one after it.
fn nearest(text: &str, offset: TextSize, fits: impl Fn(&str) -> bool) -> Option<&str> {
    let mut header: Option<(&str, bool)> = None;
    let (mut before, mut after): (Option<Level>, Option<Level>) = (None, None);
    // Definitions and examples are counted, from 0 for what is before the first.
    let (mut item, mut here) = (0_usize, 0);
    for line in lines(text) {
        let content = line.text.trim_start_matches([' ', '\t']);
        let indent = &line.text[..line.text.len() - content.len()];
        let code = without_comment(content);
        if indent.is_empty() && !content.trim().is_empty() {
            item += 1;
        }
        if line.start <= offset {
            here = item;
        }
        if code.is_empty() {
            continue;
        }
        if let Some((outer, true)) = header
            && let Some(unit) = indent.strip_prefix(outer).filter(|unit| !unit.is_empty() && fits(unit))
        {
            let level = Level { unit, item };
            if line.start <= offset {
                before = Some(level);
            } else if after.as_ref().is_none_or(|first| first.item != here && item == here) {
                after = Some(level);
            }
        }
        header = Some((indent, code.ends_with(':')));
    }
    let around = |level: &Option<Level<'_>>| level.as_ref().is_some_and(|level| level.item == here);
    let level = if !around(&before) && around(&after) { after } else { before.or(after) };
    level.map(|level| level.unit)
}

struct Level<'a> {
    unit: &'a str,
    item: usize,
}

struct Line<'a> {
    start: TextSize,
    text: &'a str,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split_inclusive(['\n', '\r']).scan(TextSize::new(0), |start, line| {
        let this = Line { start: *start, text: line };
        *start += TextSize::of(line);
        Some(this)
    })
}

/// A line's code without its comment and the blanks at its end. A `#` in quotes begins none.
pub fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let comment = line.char_indices().find(|&(_, c)| {
        quoted ^= c == '"';
        c == '#' && !quoted
    });
    comment.map_or(line, |(at, _)| &line[..at]).trim_end()
}

/// How wide an indentation is, a tab going on to the next multiple of four, as the parser counts.
pub fn width(indentation: &str) -> usize {
    indentation.chars().fold(0, |column, c| if c == '\t' { (column / 4 + 1) * 4 } else { column + 1 })
}

/// Where a block ends whose last code ends at `end`: behind the comments below it, on lines of their own and at least
/// as far to the right as `column`, that nothing but blank lines separates from it. The end of a line, before its line
/// end.
pub fn end_with_comments(text: &str, end: TextSize, column: usize) -> TextSize {
    let mut last = line_end(text, end);
    let mut at = last;
    loop {
        let next = next_line(text, at);
        if next == at || next == line_start(text, at) || usize::from(next) >= text.len() {
            return last;
        }
        let line = slice(text, TextRange::new(next, line_end(text, next)));
        let content = line.trim_start_matches([' ', '\t']);
        at = line_end(text, next);
        if content.starts_with('#') && width(indentation(text, next)) >= column {
            last = at;
        } else if !content.trim().is_empty() {
            return last;
        }
    }
}

/// The column in which the line of `offset` begins, if only blanks stand before `offset` on it.
pub fn own_column(text: &str, offset: TextSize) -> Option<usize> {
    begins_line(text, offset).then(|| width(indentation(text, offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(at: usize) -> TextSize {
        TextSize::try_from(at).unwrap()
    }

    #[test]
    fn a_level_is_that_of_the_definition_around() {
        let text = "def a():\n  move()\ndef b():\n\tif(frontIsClear()):\n\n# c\ndef d(): move()\n\ndef e():\n   move()\n";
        let of = |word: &str, margin: &str| unit(text, size(text.find(word).unwrap()), margin, "    ");
        assert_eq!(of("move", ""), "  ");
        assert_eq!(of("if", "\t"), "\t");
        assert_eq!(of("if", "    "), "  ", "no tabs below blanks");
        assert_eq!(of("# c", ""), "\t", "of the one before");
        assert_eq!(of("def e", ""), "   ");
        assert_eq!(unit("", size(0), "", "\t"), "\t");
        assert_eq!(unit("def a():\n", size(9), "\t", "  "), "\t");
        assert_eq!(unit("def a():\n", size(9), " ", "\t"), "    ");
        assert_eq!(unit("example \"a #:\":\n  input:\n", size(30), "", "    "), "  ");
    }

    #[test]
    fn a_tab_goes_on_to_the_next_multiple_of_four() {
        for (indentation, columns) in
            [("", 0), ("  ", 2), ("\t", 4), ("   \t", 4), ("    \t", 8), ("\t\t ", 9)]
        {
            assert_eq!(width(indentation), columns, "{indentation:?}");
        }
    }

    #[test]
    fn the_last_comments_of_a_block_end_it() {
        let text = "def a():\n    if(x):\n        move()\n\n        # inner\n    # outer\n# next\ndef b():\n";
        let end = |word: &str, column| {
            let end = end_with_comments(text, size(text.find("move()").unwrap() + 6), column);
            assert_eq!(end, size(text.find(word).unwrap() + word.len()), "{column}");
        };
        end("# inner", 8);
        end("# outer", 4);
        end("# next", 0);
        end("move()", 9);
        assert_eq!(end_with_comments("move()\r\n  # c", size(6), 2), size(13));
        assert_eq!(end_with_comments("move()\r  # c\r", size(6), 2), size(12));
        assert_eq!(end_with_comments("", size(0), 0), size(0));
    }
}
