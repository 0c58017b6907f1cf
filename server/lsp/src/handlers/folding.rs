//! Folding ranges.

use ide::FoldKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::proto::to_proto;
use crate::request::RequestContext;

pub fn folding_range(
    context: &mut RequestContext,
    params: FoldingRangeParams,
) -> Result<Option<Vec<FoldingRange>>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let lines_only = context.snapshot.session.supports.line_folding_only;
    let fold = |fold: ide::Fold| {
        let range = to_proto::range(&context.snapshot, &target.document, fold.range);
        // Without characters a fold begins at the end of its first line.
        FoldingRange {
            start_line: range.start.line,
            start_character: None,
            end_line: range.end.line,
            end_character: (!lines_only).then_some(range.end.character),
            kind: Some(match fold.kind {
                FoldKind::Block => FoldingRangeKind::Region,
                FoldKind::Comment => FoldingRangeKind::Comment,
                FoldKind::Includes => FoldingRangeKind::Imports,
            }),
            collapsed_text: None,
        }
    };
    Ok(Some(ide::folding(&target.unit.analysis, target.uri()).into_iter().map(fold).collect()))
}
