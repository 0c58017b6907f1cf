//! Documents that hold measured tables: what stands between two comments is replaced, and the rest is left alone.

use anyhow::Context;

/// The text with `new` in the place of what stands between `<!-- adopt: NAME -->` and `<!-- adopt: end -->`.
///
/// # Errors
/// Where the document has no such place.
pub(super) fn with_section(text: &str, name: &str, new: &str) -> anyhow::Result<String> {
    const END: &str = "<!-- adopt: end -->";
    let begin = format!("<!-- adopt: {name} -->");
    let (before, rest) = text.split_once(&begin).with_context(|| format!("there is no `{begin}`"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("no `{END}` follows `{begin}`"))?;
    Ok(format!("{before}{begin}\n\n{}\n\n{END}{after}", new.trim()))
}

/// The table with `row` in the place of the row that begins with the same cell.
///
/// # Errors
/// Where the table has no such row.
pub(super) fn with_row(text: &str, row: &str) -> anyhow::Result<String> {
    let first = |line: &str| line.split('|').nth(1).map(|cell| cell.trim().to_owned());
    let wanted = first(row);
    let place = text.lines().position(|line| line.starts_with('|') && first(line) == wanted);
    let place = place.with_context(|| format!("there is no row of {}", wanted.unwrap_or_default()))?;
    let lines = text.lines().enumerate().map(|(number, line)| if number == place { row } else { line });
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_comments_is_replaced() {
        let text = "a\n<!-- adopt: x -->\n\nold\n\n<!-- adopt: end -->\nb\n<!-- adopt: y -->\nold\n<!-- adopt: end -->\n";
        let new = with_section(text, "x", "new\n").unwrap();
        assert_eq!(new, text.replacen("old", "new", 1));
        assert_eq!(with_section(&new, "x", "new").unwrap(), new);
        assert!(with_section(text, "z", "").unwrap_err().to_string().contains("adopt: z"));
    }

    #[test]
    fn a_row_is_found_by_its_first_cell() {
        let text = "words\n| a | 1 |\n|---|---|\n| `b` | 2 |\nend\n";
        assert_eq!(with_row(text, "| `b` | 3 |").unwrap(), text.replace('2', "3"));
        assert!(with_row(text, "| `c` | 3 |").is_err());
    }
}
