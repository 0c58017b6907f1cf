//! The paths of `examples "…"` lines lead to the files they name.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentLink, DocumentLinkParams, Url};

use crate::analyses::resolve;
use crate::asked::Asked;
use crate::to_proto;

pub fn document_link(asked: &mut Asked, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
    let Some(about) = asked.about(&params.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let link = |include: &syntax::ast::Include| {
        let key = resolve(&about.document.key, &include.path.text)?;
        Some(DocumentLink {
            range: to_proto::range(&asked.snapshot, &about.document, include.path.range),
            target: Some(Url::from_file_path(key.path()?).ok()?),
            tooltip: None,
            data: None,
        })
    };
    Ok(Some(about.document.parse().file.includes().filter_map(link).collect()))
}
