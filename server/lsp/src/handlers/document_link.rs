//! The paths of `examples "…"` lines lead to the files they name.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentLink, DocumentLinkParams, Url};

use crate::proto::to_proto;
use crate::request::RequestContext;
use crate::state::analyses::resolve;

pub fn document_link(
    context: &mut RequestContext,
    params: DocumentLinkParams,
) -> Result<Option<Vec<DocumentLink>>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let link = |include: &syntax::ast::Include| {
        let key = resolve(&target.document.key, &include.path.text)?;
        Some(DocumentLink {
            range: to_proto::range(&context.snapshot, &target.document, include.path.range),
            target: Some(Url::from_file_path(key.path()?).ok()?),
            tooltip: None,
            data: None,
        })
    };
    Ok(Some(target.document.parse().file.includes().filter_map(link).collect()))
}
