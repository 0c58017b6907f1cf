//! Folding ranges.

use ide::FoldKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::asked::Asked;
use crate::to_proto;

pub fn folding_range(asked: &mut Asked, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
    let Some(about) = asked.about(&params.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let lines_only = asked.snapshot.session.can.line_folding_only;
    let fold = |fold: ide::Fold| {
        let range = to_proto::range(&asked.snapshot, &about.document, fold.range);
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
    Ok(Some(ide::folding(&about.unit.analysis, about.uri()).into_iter().map(fold).collect()))
}
