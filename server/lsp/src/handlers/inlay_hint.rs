//! Passes and counts beside the program.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{InlayHint, InlayHintLabel, InlayHintParams, InlayHintTooltip};

use crate::proto::{from_proto, to_proto};
use crate::request::{RequestContext, cancelled};

pub fn inlay_hint(context: &mut RequestContext, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    let range = from_proto::text_range(&context.snapshot, &target.document, params.range);
    let hints = ide::inlay_hints(&target.unit.analysis, target.uri(), range, &|| context.cancelled());
    let hint = |hint: ide::InlayHint| InlayHint {
        position: target.document.text.position(hint.offset, context.snapshot.session.encoding),
        label: InlayHintLabel::String(hint.label),
        kind: None,
        text_edits: None,
        tooltip: Some(InlayHintTooltip::MarkupContent(to_proto::markup(hint.tooltip, true))),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    };
    Ok(Some(hints.map_err(cancelled)?.into_iter().map(hint).collect()))
}
