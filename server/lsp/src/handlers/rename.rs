//! Renaming of procedures and examples.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{PrepareRenameResponse, RenameParams, TextDocumentPositionParams, WorkspaceEdit};

use crate::asked::{Asked, refused};
use crate::to_proto;

pub fn prepare_rename(
    asked: &mut Asked,
    params: TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>> {
    let Some(about) = asked.about(&params.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let offset = asked.offset(&about, params.position);
    let (range, placeholder) =
        ide::prepare_rename(&about.unit.analysis, about.uri(), offset).map_err(refused)?;
    let range = to_proto::range(&asked.snapshot, &about.document, range);
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
}

pub fn rename(asked: &mut Asked, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
    let place = params.text_document_position;
    let Some(about) = asked.about(&place.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let offset = asked.offset(&about, place.position);
    let change = ide::rename(&about.unit.analysis, about.uri(), offset, &params.new_name).map_err(refused)?;
    Ok(Some(to_proto::workspace_edit(&asked.snapshot, &change)))
}
