//! What 'expand selection' takes in, step by step.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Position, SelectionRange, SelectionRangeParams};

use crate::asked::{About, Asked};
use crate::to_proto;

/// The widest of more steps than this are left out.
const MAX_STEPS: usize = 48;

pub fn selection_range(
    asked: &mut Asked,
    params: SelectionRangeParams,
) -> Result<Option<Vec<SelectionRange>>> {
    let Some(about) = asked.about(&params.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    Ok(Some(params.positions.into_iter().map(|position| at(asked, &about, position)).collect()))
}

fn at(asked: &Asked, about: &About, position: Position) -> SelectionRange {
    let offset = asked.offset(about, position);
    let ranges = ide::selection_ranges(&about.unit.analysis, about.uri(), offset);
    // Each is nested in the next one's JSON, and clients' JSON readers have their limits.
    let outermost_first = ranges.into_iter().take(MAX_STEPS).rev();
    let nested = outermost_first.fold(None, |parent: Option<SelectionRange>, range| {
        let range = to_proto::range(&asked.snapshot, &about.document, range);
        Some(SelectionRange { range, parent: parent.map(Box::new) })
    });
    let empty = || {
        let range = to_proto::range(&asked.snapshot, &about.document, syntax::TextRange::empty(offset));
        SelectionRange { range, parent: None }
    };
    nested.unwrap_or_else(empty)
}
