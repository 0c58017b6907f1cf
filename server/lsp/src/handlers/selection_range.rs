//! What 'expand selection' takes in, step by step.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Position, SelectionRange, SelectionRangeParams};

use crate::proto::to_proto;
use crate::request::{RequestContext, Target};

/// The most steps; the widest of more are left out.
const MAX_STEPS: usize = 48;

pub fn selection_range(
    context: &mut RequestContext,
    params: SelectionRangeParams,
) -> Result<Option<Vec<SelectionRange>>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    Ok(Some(params.positions.into_iter().map(|position| at(context, &target, position)).collect()))
}

fn at(context: &RequestContext, target: &Target, position: Position) -> SelectionRange {
    let offset = context.offset(target, position);
    let ranges = ide::selection_ranges(&target.unit.analysis, target.uri(), offset);
    // Each is nested in the next one's JSON, and clients' JSON readers have their limits.
    let outermost_first = ranges.into_iter().take(MAX_STEPS).rev();
    let nested = outermost_first.fold(None, |parent: Option<SelectionRange>, range| {
        let range = to_proto::range(&context.snapshot, &target.document, range);
        Some(SelectionRange { range, parent: parent.map(Box::new) })
    });
    let empty = || {
        let range = to_proto::range(&context.snapshot, &target.document, syntax::TextRange::empty(offset));
        SelectionRange { range, parent: None }
    };
    nested.unwrap_or_else(empty)
}
