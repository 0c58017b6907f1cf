//! Passes and counts beside the program.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{InlayHint, InlayHintLabel, InlayHintParams, InlayHintTooltip};

use crate::asked::{Asked, cancelled};
use crate::{from_proto, to_proto};

pub fn inlay_hint(asked: &mut Asked, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
    let Some(about) = asked.about(&params.text_document.uri) else { return Ok(None) };
    let range = from_proto::text_range(&asked.snapshot, &about.document, params.range);
    let hints = ide::inlay_hints(&about.unit.analysis, about.uri(), range, &|| asked.cancelled());
    let hint = |hint: ide::InlayHint| InlayHint {
        position: about.document.text.position(hint.offset, asked.snapshot.session.encoding),
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
