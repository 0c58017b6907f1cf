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

#[cfg(test)]
mod tests {
    use super::format_on_type;
    use text_size::TextSize;

    /// The text up to `|` and what is typed there; then its last line.
    #[track_caller]
    fn check(before: &str, typed: char, last_line: &str) {
        let text = format!("{before}{typed}");
        let edit = format_on_type(&text, TextSize::of(&*text), typed, "    ");
        let mut after = text.clone();
        if let Some(edit) = edit {
            after.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
        }
        assert_eq!(after.rsplit(['\n', '\r']).next(), Some(last_line), "{text:?}");
    }

    #[test]
    fn a_new_line_is_as_deep_as_the_one_above_or_one_level_deeper() {
        check("def main():", '\n', "    ");
        check("def main():  # why:", '\n', "    ");
        check("def main():\n    move()  # why:", '\n', "    ");
        check("def main():\n\tmove()\n\tif(b):", '\n', "\t\t");
        check("def main():\n  move()\n\n", '\n', "  ");
        check("", '\n', "");
    }

    #[test]
    fn sections_go_below_their_example() {
        for section in ["input", "output", "trace"] {
            for example in ["example \"a\"", "test \"a\""] {
                check(&format!("{example}:\n{section}"), ':', &format!("    {section}:"));
                check(
                    &format!("{example}:\n  input:\n    >\n        {section}"),
                    ':',
                    &format!("  {section}:"),
                );
            }
            check(&format!("  {section}"), ':', &format!("  {section}:"));
            check(&format!("examples \"a\"\n  {section}"), ':', &format!("  {section}:"));
        }
        check("example \"a\":\n    trace?", ':', "    trace?:");
        check("example \"a\":\n    input:\n        >\n        trace?", ':', "    trace?:");
        check("example \"a\":\n    input:\n        >\n        outputs", ':', "        outputs:");
    }

    #[test]
    fn definitions_go_to_the_first_column() {
        for header in ["def main()", "example \"a\"", "test \"a\""] {
            check(&format!("def f():\n    move()\n    {header}"), ':', &format!("{header}:"));
        }
        check("def f():\n    while(b)", ':', "    while(b):");
    }

    /// Columns are counted, not characters: a tab is as wide as four blanks.
    #[test]
    fn an_else_goes_below_its_if() {
        check("    if(b):\n\t\tmove()\n\telse", ':', "    else:");
        check("\tif(b):\n\t\tmove()\n    else", ':', "\telse:");
        check("  if(a):\n\tif(b):\n\t\tmove()\n    else", ':', "\telse:");
        check("  if(a):\n\tif(b):\n\t\tmove()\n   else", ':', "  else:");
        check("  if(a):\n    if(b):\n      move()\n    else:\n      move()\n    else", ':', "  else:");
        check("  if(a): move()\n  else: move()\n  else", ':', "  else:");
        check("  if(a):\n    move()\n# if(b):\n    else", ':', "  else:");
        check("  if(a):\n    move()\n  move()\n  else", ':', "  else:");
        check("  iffy()\n    else", ':', "    else:");
        check("  if(a):\n    move()\n    elsewhere", ':', "    elsewhere:");
    }
}
