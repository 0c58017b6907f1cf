//! Grids: shape and spelling of the cells. `runtime` makes worlds of them.

use super::header::{Header, Parts};
use super::layout::indentation;
use super::lower::{Lower, replace};
use super::node::{Kind, Node};
use crate::ast::{CellKind, Grid, GridCell, GridRow, Heading};
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use text_size::TextRange;

/// The most rows, and the most columns.
const LARGEST: usize = 100;

impl Lower<'_> {
    /// An `input:` or `output:` section, or one that was meant so.
    pub(crate) fn grid_section(&mut self, node: Node<'_>, word: &str) -> Grid {
        let parts = Parts::of(node);
        let colon = node.children().into_iter().find(|n| n.is(Kind::Colon)).map(|n| n.end());
        if let Some((first, last)) = parts.skipped.first().zip(parts.skipped.last()) {
            let range = TextRange::new(first.start(), last.end());
            let message = format!("'{}' isn't understood here.", self.quote(range));
            self.error(&codes::UNEXPECTED_TEXT, range, message);
        } else {
            self.section_colon(&parts, parts.keyword.end());
        }
        let Some(body) = parts.body else {
            let range = TextRange::new(parts.keyword.start(), colon.unwrap_or(parts.keyword.end()));
            let message = format!("This '{word}:' needs the rows of a grid on the lines below it.");
            self.error(&codes::NO_ROWS, range, message);
            return Grid { range, keyword: parts.keyword, rows: vec![], valid: false };
        };
        let outer = self.layout.line(node.start());
        if self.layout.same_line(parts.keyword.start(), body.start()) {
            self.row_on_section_line(body, word);
        } else if self.layout.column(body.start()) <= outer.column && self.layout.begins_line(body.start()) {
            let header = Header {
                word: word.to_owned(),
                keyword: parts.keyword,
                end: colon.unwrap_or(parts.keyword.end()),
                colon: true,
            };
            self.unindented_body(&header, body.range, Some(body.range));
            let rows = body.children();
            let (column, style) = self.layout.below(outer);
            let edits = rows.iter().map(|row| {
                let range = self.layout.line(row.start()).indentation();
                Edit { range, insert: indentation(column, style) }
            });
            let edits = edits.collect();
            if let Some(fix) = self.found.last_mut().and_then(|d| d.fix.as_mut()) {
                fix.edits = edits;
            }
        } else {
            let rows: Vec<TextRange> = body.children().iter().map(|n| n.range).collect();
            self.check_columns(&rows, "the first row");
        }
        self.grid(parts.keyword, body)
    }

    fn row_on_section_line(&mut self, body: Node<'_>, word: &str) {
        let rows = body.children();
        let first = rows.first().map_or(body.range, |n| n.range);
        let outer = self.layout.line(body.start());
        let (column, style) = match rows.get(1) {
            Some(row) => (self.layout.column(row.start()), self.layout.line(row.start()).style),
            None => self.layout.below(outer),
        };
        let line = format!("{}{}", crate::lines::line_break(self.text), indentation(column, style));
        let before = &self.text[..usize::from(first.start())];
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        let edit = Edit {
            range: TextRange::new(first.start() - super::node::offset(blanks), first.start()),
            insert: line,
        };
        let fix = Fix { title: "Put the row on its own line".to_owned(), edits: vec![edit] };
        let message = format!("The first row of the grid stands on the line below '{word}:'.");
        self.slip(&codes::ROW_ON_SECTION_LINE, first, message).fix = Some(fix);
    }

    pub(crate) fn grid(&mut self, keyword: TextRange, node: Node<'_>) -> Grid {
        let rows: Vec<GridRow> = node
            .children()
            .into_iter()
            .filter(|n| n.is(Kind::Row))
            .map(|row| {
                let cells = row.children().into_iter().map(|n| self.cell(n)).collect();
                GridRow { range: row.range, cells }
            })
            .collect();
        let end = rows.last().map_or(node.range, |r| r.range).end();
        let mut grid = Grid { range: TextRange::new(keyword.start(), end), keyword, rows, valid: false };
        let before = self.found.len();
        self.check_cells(&grid);
        self.check_robots(&grid);
        self.check_shape(&grid);
        grid.valid = self.found.len() == before && !grid.rows.is_empty();
        grid
    }

    fn cell(&self, node: Node<'_>) -> GridCell {
        GridCell { range: node.range, kind: CellKind::from_text(self.slice(node.range)) }
    }

    /// At most one message for a row, and one for all cells that only lack the blanks between them.
    fn check_cells(&mut self, grid: &Grid) {
        let mut joined: Option<usize> = None;
        // the number of cells when all blanks are there
        let width = |row: &GridRow| {
            let cells = |c: &GridCell| match c.kind {
                CellKind::Unknown => spaced(self.slice(c.range)).map_or(1, |s| s.split(' ').count()),
                _ => 1,
            };
            row.cells.iter().map(cells).sum::<usize>()
        };
        let widths: Vec<usize> = grid.rows.iter().map(width).collect();
        let even = widths.iter().all(|w| *w == widths[0]);
        let is_robot = |c: &GridCell| matches!(c.kind, CellKind::Robot { .. });
        let robot = grid.rows.iter().any(|r| r.cells.iter().any(is_robot));
        for row in &grid.rows {
            let mut unknown = row.cells.iter().filter(|c| c.kind == CellKind::Unknown).map(|c| c.range);
            let Some(first) = unknown.next() else { continue };
            let text = self.slice(first);
            let joinable =
                |c: &GridCell| c.kind != CellKind::Unknown || spaced(self.slice(c.range)).is_some();
            if let Some(spaced) = spaced(text).filter(|_| row.cells.iter().all(joinable)) {
                let mut edits = vec![Edit { range: first, insert: spaced }];
                for range in unknown {
                    edits.extend(self::spaced(self.slice(range)).map(|insert| Edit { range, insert }));
                }
                if let Some(at) = joined {
                    if let Some(fix) = &mut self.found[at].fix {
                        fix.edits.extend(edits);
                    }
                } else {
                    let fix = Fix { title: "Insert blanks between the cells".to_owned(), edits };
                    joined = Some(self.found.len());
                    let message = "Cells must have blanks between them.";
                    self.error(&codes::UNKNOWN_CELL, first, message).fix = even.then_some(fix);
                }
                continue;
            }
            let digits = text.strip_prefix(|c| Heading::from_arrow(c).is_some()).unwrap_or(text);
            let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            if number && digits.bytes().any(|b| b != b'0') && !digits.starts_with('0') {
                let message = format!("A cell holds at most 9 markers, not {}.", digits_quoted(digits));
                self.error(&codes::TOO_MANY_MARKERS, first, message);
                continue;
            }
            let last = unknown.next_back();
            let comment = row.cells.first().is_some_and(|c| c.kind == CellKind::Wall) && last.is_some();
            let quoted = self.quote(first);
            let message = if comment {
                "A grid has no comments, a '#' in it is a wall; move this line out of the grid.".to_owned()
            } else {
                format!("'{quoted}' isn't a cell: those are . # 1 to 9 and the robot ^ > v <")
            };
            let range = last.map_or(first, |last| first.cover(last));
            let fix = match digits {
                "0" if last.is_none() && text.len() == 1 => Some(replace(first, ".")),
                "0" if last.is_none() && !robot => Some(replace(first, &text[..text.len() - 1])),
                _ if text == "V" && !robot => Some(replace(first, "v")),
                _ => None,
            };
            self.error(&codes::UNKNOWN_CELL, range, message).fix = fix;
        }
    }

    fn check_robots(&mut self, grid: &Grid) {
        let cells = || grid.rows.iter().flat_map(|r| &r.cells);
        let mut robots = cells().filter(|c| matches!(c.kind, CellKind::Robot { .. })).map(|c| c.range);
        match (robots.next(), robots.next()) {
            (Some(first), Some(second)) => {
                let message = "A grid has one robot only, and this is another one.";
                let diagnostic = self.error(&codes::SEVERAL_ROBOTS, second, message);
                diagnostic.related.push((first, "The first one is here.".to_owned()));
            }
            (None, _) => {
                // a cell that isn't understood may be meant as the robot
                let other = |c: &GridCell| {
                    self.slice(c.range).bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'#'))
                };
                if cells().all(|c| c.kind != CellKind::Unknown || other(c)) {
                    let range = if grid.keyword.is_empty() {
                        self.layout.first_line(self.text, grid.range)
                    } else {
                        grid.keyword
                    };
                    let message = "There is no robot in this grid: put ^ > v or < into one cell.";
                    self.error(&codes::NO_ROBOT, range, message);
                }
            }
            _ => {}
        }
    }

    fn check_shape(&mut self, grid: &Grid) {
        let rows = &grid.rows;
        if let (Some(first), Some(last)) = (rows.get(LARGEST), rows.last()) {
            let message = format!("This grid has {} rows; at most {LARGEST} are possible.", rows.len());
            let range = first.range.cover(last.range);
            let range = self.layout.first_line(self.text, range);
            self.error(&codes::GRID_TOO_LARGE, range, message);
        }
        let wide = rows.iter().find(|r| r.cells.len() > LARGEST);
        if let Some(row) = wide {
            let count = row.cells.len();
            let range = TextRange::new(row.cells[LARGEST].range.start(), row.range.end());
            let message = format!("This row has {count} columns; at most {LARGEST} are possible.");
            self.error(&codes::GRID_TOO_LARGE, range, message);
        }
        let Some(usual) = usual_width(rows) else { return };
        for row in rows {
            let count = row.cells.len();
            // that a row is too long for any grid has been said; that its cells are joined too
            let joined = row.cells.iter().any(|c| c.kind == CellKind::Unknown);
            if count != usual && !joined && (count <= LARGEST || usual <= LARGEST && wide.is_none()) {
                let cells = if count == 1 { "cell" } else { "cells" };
                let message = format!("This row has {count} {cells}, and others in the grid have {usual}.");
                let diagnostic = self.error(&codes::RAGGED_ROWS, row.range, message);
                if let Some(other) = rows.iter().find(|r| r.cells.len() == usual) {
                    diagnostic.related.push((other.range, format!("A row of {usual}.")));
                }
            }
        }
    }
}

/// The width that most rows have; of equally frequent ones the first.
fn usual_width(rows: &[GridRow]) -> Option<usize> {
    let mut counts: Vec<(usize, usize)> = vec![];
    for row in rows {
        let width = row.cells.len();
        match counts.iter().position(|(w, _)| *w == width) {
            Some(at) => counts[at].1 += 1,
            // more widths than this are no grid at all
            None if counts.len() < LARGEST => counts.push((width, 1)),
            None => {}
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(width, _)| width)
}

/// `..>3#` as `. . >3 #`, if it is nothing but cells and not just a number.
fn spaced(text: &str) -> Option<String> {
    if text.len() > 4096 || text.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut cells: Vec<String> = vec![];
    let mut robot = false;
    for c in text.chars() {
        match c {
            '1'..='9' if robot => cells.last_mut()?.push(c),
            '.' | '#' | '1'..='9' => cells.push(c.to_string()),
            _ => {
                Heading::from_arrow(c)?;
                cells.push(c.to_string());
            }
        }
        robot = Heading::from_arrow(c).is_some();
    }
    // a robot on two figures' worth of markers is another mistake
    let number = cells.len() == 2
        && Heading::from_arrow(text.chars().next()?).is_some()
        && text.ends_with(|c: char| c.is_ascii_digit());
    (cells.len() > 1 && !number).then(|| cells.join(" "))
}

fn digits_quoted(digits: &str) -> &str {
    if digits.len() > 10 { "so many" } else { digits }
}
