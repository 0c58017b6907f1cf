//! From cells of a world to their text in a grid.

use runtime::{Difference, World};
use syntax::TextRange;
use syntax::ast::Grid;

/// Cells as (row, column) with row 0 the southernmost, as in `World`.
pub(crate) type Place = (u8, u8);

/// The text of a cell; none outside the grid.
pub(crate) fn range(grid: &Grid, (row, col): Place) -> Option<TextRange> {
    let from_top = grid.rows.len().checked_sub(usize::from(row) + 1)?;
    Some(grid.rows.get(from_top)?.cells.get(usize::from(col))?.range)
}

/// The cells that differ, those where the robots stand included, from the top left, each once.
pub(crate) fn differing(difference: &Difference) -> Vec<Place> {
    let mut cells = difference.cells.clone();
    if let Some((expected, found)) = difference.robot {
        cells.extend([(expected.row, expected.col), (found.row, found.col)]);
    }
    cells.sort_by_key(|&(row, col)| (std::cmp::Reverse(row), col));
    cells.dedup();
    cells
}

/// What to point at in the expected grid: the first differing cell and those that follow it in its row without a gap;
/// the keyword where the sizes differ.
pub(crate) fn pointed(grid: &Grid, difference: &Difference) -> TextRange {
    let cells = differing(difference);
    let mut run = cells.iter().enumerate().take_while(|(i, cell)| {
        let (row, col) = cells[0];
        cell.0 == row && usize::from(cell.1) == usize::from(col) + i
    });
    let first = run.next().and_then(|(_, cell)| range(grid, *cell));
    let last = run.last().and_then(|(_, cell)| range(grid, *cell));
    match (difference.size, first) {
        (false, Some(first)) => first.cover(last.unwrap_or(first)),
        _ => grid.keyword,
    }
}

/// Cells that are wall in one world only; the worlds must be equally large.
pub(crate) fn walls_that_differ(a: &World, b: &World) -> Vec<Place> {
    let mut difference = runtime::difference(a, b);
    difference.cells.retain(|&(row, col)| {
        let is_wall = |world: &World| world.cell(row, col) == runtime::Cell::Wall;
        is_wall(a) != is_wall(b)
    });
    difference.cells
}
