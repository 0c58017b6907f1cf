//! Worlds on a terminal: coloured, side by side, with marked cells.

use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use runtime::{Cell, World};

/// The most characters in a line: wider worlds are shown one below the other.
const WIDEST: usize = 100;
const GAP: &str = "    ";

/// A world under a title, with cells that are to stand out.
pub(crate) struct Panel<'a> {
    pub title: &'a str,
    pub world: &'a World,
    /// (row, column)
    pub marked: &'a [(u8, u8)],
}

/// Writes panels side by side, or one below the other where they are too wide; every line begins with `indent`.
pub(crate) fn write(out: &mut impl Write, indent: &str, panels: &[Panel<'_>]) -> io::Result<()> {
    let widths: Vec<usize> = panels.iter().map(|p| width(p.world).max(p.title.chars().count())).collect();
    let total = indent.len() + widths.iter().sum::<usize>() + GAP.len() * panels.len().saturating_sub(1);
    if total > WIDEST && panels.len() > 1 {
        return panels.iter().try_for_each(|panel| write(out, indent, std::slice::from_ref(panel)));
    }
    let grids: Vec<Vec<String>> = panels.iter().map(|p| lines(p.world, p.marked)).collect();
    let height = grids.iter().map(Vec::len).max().unwrap_or(0);
    if panels.iter().any(|p| !p.title.is_empty()) {
        let titles = panels
            .iter()
            .zip(&widths)
            .map(|(p, w)| (p.title.dimmed().to_string(), p.title.chars().count(), *w));
        write_line(out, indent, titles)?;
    }
    for row in 0..height {
        let cells = panels.iter().zip(&grids).zip(&widths).map(|((panel, grid), w)| match grid.get(row) {
            Some(line) => (line.clone(), width(panel.world), *w),
            None => (String::new(), 0, *w),
        });
        write_line(out, indent, cells)?;
    }
    Ok(())
}

/// Parts with their own width and the width that they are to fill; nothing follows the last one.
fn write_line(
    out: &mut impl Write,
    indent: &str,
    parts: impl Iterator<Item = (String, usize, usize)>,
) -> io::Result<()> {
    let mut line = indent.to_owned();
    let mut missing = 0;
    for (number, (text, own, full)) in parts.enumerate() {
        if number > 0 {
            line.push_str(&" ".repeat(missing));
            line.push_str(GAP);
        }
        line.push_str(&text);
        missing = full.saturating_sub(own);
    }
    writeln!(out, "{}", line.trim_end())
}

/// The characters in a row.
fn width(world: &World) -> usize {
    usize::from(world.cols()) * 2 - 1 + usize::from(robot_is_wide(world))
}

fn robot_is_wide(world: &World) -> bool {
    let robot = world.robot();
    world.cell(robot.row, robot.col) != Cell::Markers(0)
}

/// The rows from the north, all of [`width`], coloured.
fn lines(world: &World, marked: &[(u8, u8)]) -> Vec<String> {
    let robot = world.robot();
    let wide = robot_is_wide(world).then_some(robot.col);
    let mut lines = Vec::new();
    for row in (0..world.rows()).rev() {
        let mut line = String::new();
        for col in 0..world.cols() {
            let here = (row, col) == (robot.row, robot.col);
            let (mut text, style) = match world.cell(row, col) {
                Cell::Wall => ("#".to_owned(), Style::new().dimmed()),
                Cell::Markers(0) if here => (String::new(), Style::new().cyan().bold()),
                Cell::Markers(0) => (".".to_owned(), Style::new().dimmed()),
                Cell::Markers(n) if here => (n.to_string(), Style::new().cyan().bold()),
                Cell::Markers(n) => (n.to_string(), Style::new().yellow()),
            };
            if here {
                text.insert_str(0, ["^", ">", "v", "<"][robot.heading as usize]);
            }
            let style =
                if marked.contains(&(row, col)) { Style::new().red().bold().reversed() } else { style };
            let filled = if wide == Some(col) { 2 } else { 1 };
            if col > 0 {
                line.push(' ');
            }
            line.push_str(&text.style(style).to_string());
            line.push_str(&" ".repeat(filled - text.len().min(filled)));
        }
        lines.push(line);
    }
    lines
}
