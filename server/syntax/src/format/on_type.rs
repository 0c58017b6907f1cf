//! Formatting while typing: the indentation of a new line, and of a word that closes a block. Looks at lines of text
//! only, since a file that is being typed is seldom free of errors.

use crate::diagnostic::Edit;
use crate::indent::{deeper, width, without_comment};
use crate::lines::{indentation, line_end, line_start, slice};
use text_size::{TextRange, TextSize};

/// The edit for `typed`, which now stands directly before `offset`: after a line end, the new line's indentation; after
/// a `:`, that of an `else`, a section or a definition. `None` where nothing is to change. One level is as in the text;
/// where that has none, `fallback`.
pub fn format_on_type(text: &str, offset: TextSize, typed: char, fallback: &str) -> Option<Edit> {
    let start = line_start(text, offset);
    let wanted = match typed {
        '\n' => after_line_end(text, start, fallback)?,
        ':' => before_colon(text, start, fallback)?,
        _ => return None,
    };
    let current = indentation(text, start);
    let range = TextRange::at(start, TextSize::of(current));
    (current != wanted).then_some(Edit { range, insert: wanted })
}

/// The lines above `start`, nearest first, without blank ones: their indentation and the rest without comment.
fn lines_above(text: &str, start: TextSize) -> impl Iterator<Item = (&str, &str)> {
    text[..usize::from(start)].rsplit(['\n', '\r']).filter(|line| !line.trim().is_empty()).map(|line| {
        let content = line.trim_start_matches([' ', '\t']);
        (&line[..line.len() - content.len()], content)
    })
}

fn after_line_end(text: &str, start: TextSize, fallback: &str) -> Option<String> {
    let (above, content) = lines_above(text, start).next()?;
    if without_comment(content).ends_with(':') {
        return Some(deeper(text, start, above, fallback));
    }
    Some(above.to_owned())
}

fn before_colon(text: &str, start: TextSize, fallback: &str) -> Option<String> {
    let line = slice(text, TextRange::new(start, line_end(text, start))).trim();
    let word = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    match word {
        "else" if line == "else:" => open_if(text, start).map(str::to_owned),
        "input" | "output" | "trace" => lines_above(text, start)
            .find(|(above, content)| {
                above.is_empty()
                    && (starts_with_word(content, "example") || starts_with_word(content, "test"))
            })
            .map(|_| deeper(text, start, "", fallback)),
        "def" | "example" | "test" => Some(String::new()),
        _ => None,
    }
}

/// The indentation of the `if` above the line of `offset` that an `else` on this line, at its indentation or further
/// out, would belong to: the nearest one whose block may still be open and that has no `else` yet.
pub fn open_if(text: &str, offset: TextSize) -> Option<&str> {
    let start = line_start(text, offset);
    let mut limit = width(indentation(text, start));
    let mut paired: Vec<usize> = Vec::new();
    for (above, content) in lines_above(text, start) {
        let column = width(above);
        if column > limit || content.starts_with('#') {
            continue;
        }
        if starts_with_word(content, "else") {
            paired.push(column);
            limit = column;
            continue;
        }
        if starts_with_word(content, "if") && paired.last() != Some(&column) {
            return Some(above);
        }
        paired.retain(|&c| c < column);
        limit = column.checked_sub(1)?;
    }
    None
}

fn starts_with_word(content: &str, word: &str) -> bool {
    content
        .strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}
