//! What stands under the pointer.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams};

use crate::proto::to_proto;
use crate::request::{RequestContext, cancelled};

pub fn hover(context: &mut RequestContext, params: HoverParams) -> Result<Option<Hover>> {
    let place = params.text_document_position_params;
    let Some(target) = context.target(&place.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let offset = context.offset(&target, place.position);
    let hover = ide::hover(&target.unit.analysis, target.uri(), offset, &|| context.cancelled())
        .map_err(cancelled)?;
    Ok(hover.map(|hover| Hover {
        contents: HoverContents::Markup(to_proto::markup(
            hover.markdown,
            context.snapshot.session.supports.markdown_hover,
        )),
        range: Some(to_proto::range(&context.snapshot, &target.document, hover.range)),
    }))
}
