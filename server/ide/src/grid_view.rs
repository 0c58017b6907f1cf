//! Worlds as they are shown in a hover: panels beside each other, differing cells in brackets.

use runtime::World;

/// A titled block of lines.
pub(crate) struct Panel {
    title: String,
    lines: Vec<String>,
}

/// Panels stand beside each other as long as they fit in this many columns.
const WIDTH: usize = 78;
const GAP: &str = "   ";

impl Panel {
    /// `marked` cells (row 0 the southernmost, as in `World`) are put in brackets.
    pub(crate) fn new(title: &str, world: &World, marked: &[(u8, u8)]) -> Panel {
        let text = world.to_string();
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|c| rows.iter().filter_map(|r| r.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0))
            .collect();
        let is_marked = |row: usize, col: usize| {
            marked.iter().any(|&(r, c)| usize::from(r) + row + 1 == rows.len() && usize::from(c) == col)
        };
        let mut lines = Vec::with_capacity(rows.len());
        for (r, row) in rows.iter().enumerate() {
            let mut line = String::new();
            for (c, cell) in row.iter().enumerate() {
                let before = c > 0 && is_marked(r, c - 1);
                line.push(match (before, is_marked(r, c)) {
                    (true, true) => '|',
                    (true, false) => ']',
                    (false, true) => '[',
                    (false, false) => ' ',
                });
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', widths[c].saturating_sub(cell.chars().count())));
            }
            line.push(if !row.is_empty() && is_marked(r, row.len() - 1) { ']' } else { ' ' });
            lines.push(line);
        }
        Panel { title: title.to_owned(), lines }
    }

    fn width(&self) -> usize {
        self.lines
            .iter()
            .map(|l| l.chars().count())
            .chain([self.title.chars().count() + 1])
            .max()
            .unwrap_or(0)
    }
}

/// [`beside`] as a fenced block of Markdown.
pub(crate) fn fenced(panels: &[Panel]) -> String {
    format!("```text\n{}```\n", beside(panels))
}

/// The panels as lines of text: in one row where they fit, else one below the other.
pub(crate) fn beside(panels: &[Panel]) -> String {
    let width: usize = panels.iter().map(|p| p.width() + GAP.len()).sum();
    let mut text = String::new();
    let groups = panels.chunks(if width <= WIDTH { panels.len().max(1) } else { 1 });
    for (i, group) in groups.enumerate() {
        if i > 0 {
            text.push('\n');
        }
        let height = group.iter().map(|p| p.lines.len()).max().unwrap_or(0);
        row(&mut text, group.iter().map(|p| (format!(" {}", p.title), p.width())));
        for n in 0..height {
            row(&mut text, group.iter().map(|p| (p.lines.get(n).cloned().unwrap_or_default(), p.width())));
        }
    }
    text
}

fn row(text: &mut String, cells: impl Iterator<Item = (String, usize)>) {
    let mut line = String::new();
    for (i, (cell, width)) in cells.enumerate() {
        if i > 0 {
            line.push_str(GAP);
        }
        line.push_str(&cell);
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.chars().count())));
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn panels_stand_beside_each_other_with_marked_cells() {
        let before = World::parse("1 . .\n> . #").unwrap();
        let after = World::parse("1 2 .\n. >3 #").unwrap();
        let panels =
            [Panel::new("before", &before, &[]), Panel::new("after", &after, &[(0, 0), (0, 1), (1, 2)])];
        expect![[r#"
            ```text
             before    after
             1 . .     1 2 [.]
             > . #    [.|>3]#
            ```
        "#]]
        .assert_eq(&fenced(&panels));
    }

    #[test]
    fn wide_worlds_stand_below_each_other() {
        let world = World::parse(&format!("> {}", ". ".repeat(29))).unwrap();
        let text = fenced(&[Panel::new("before", &world, &[]), Panel::new("after", &world, &[(0, 29)])]);
        assert_eq!(text.lines().count(), 7, "{text}");
    }
}
