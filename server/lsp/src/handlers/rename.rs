//! Renaming of procedures and examples.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{PrepareRenameResponse, RenameParams, TextDocumentPositionParams, WorkspaceEdit};

use crate::proto::to_proto;
use crate::request::{RequestContext, refused};

pub fn prepare_rename(
    context: &mut RequestContext,
    params: TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let offset = context.offset(&target, params.position);
    let (range, placeholder) =
        ide::prepare_rename(&target.unit.analysis, target.uri(), offset).map_err(refused)?;
    let range = to_proto::range(&context.snapshot, &target.document, range);
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
}

pub fn rename(context: &mut RequestContext, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
    let place = params.text_document_position;
    let Some(target) = context.target(&place.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let offset = context.offset(&target, place.position);
    let change =
        ide::rename(&target.unit.analysis, target.uri(), offset, &params.new_name).map_err(refused)?;
    Ok(Some(to_proto::workspace_edit(&context.snapshot, &change)))
}
