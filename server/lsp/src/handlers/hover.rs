//! What stands under the pointer.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams};

use crate::asked::{Asked, cancelled};
use crate::to_proto;

pub fn hover(asked: &mut Asked, params: HoverParams) -> Result<Option<Hover>> {
    let place = params.text_document_position_params;
    let Some(about) = asked.about(&place.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let offset = asked.offset(&about, place.position);
    let hover =
        ide::hover(&about.unit.analysis, about.uri(), offset, &|| asked.cancelled()).map_err(cancelled)?;
    Ok(hover.map(|hover| Hover {
        contents: HoverContents::Markup(to_proto::markup(
            hover.markdown,
            asked.snapshot.session.can.markdown_hover,
        )),
        range: Some(to_proto::range(&asked.snapshot, &about.document, hover.range)),
    }))
}
