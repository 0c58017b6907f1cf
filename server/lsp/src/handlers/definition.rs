//! Where a name is defined, where it is used, and what else of it is on the screen.

use ide::HighlightKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, GotoDefinitionParams,
    GotoDefinitionResponse, Location, ReferenceParams,
};

use crate::proto::to_proto;
use crate::request::RequestContext;

pub fn definition(
    context: &mut RequestContext,
    params: GotoDefinitionParams,
) -> Result<Option<GotoDefinitionResponse>> {
    let place = params.text_document_position_params;
    let Some(target) = context.target(&place.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let offset = context.offset(&target, place.position);
    let found = ide::definition(&target.unit.analysis, target.uri(), offset);
    Ok(Some(GotoDefinitionResponse::Array(locations(context, &found))))
}

pub fn references(context: &mut RequestContext, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
    let place = params.text_document_position;
    let Some(target) = context.target(&place.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let offset = context.offset(&target, place.position);
    let with_definition = params.context.include_declaration;
    let found = ide::references(&target.unit.analysis, target.uri(), offset, with_definition);
    Ok(Some(locations(context, &found)))
}

pub fn highlight(
    context: &mut RequestContext,
    params: DocumentHighlightParams,
) -> Result<Option<Vec<DocumentHighlight>>> {
    let place = params.text_document_position_params;
    let Some(target) = context.target(&place.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let offset = context.offset(&target, place.position);
    let highlight = |found: ide::Highlight| DocumentHighlight {
        range: to_proto::range(&context.snapshot, &target.document, found.range),
        kind: Some(match found.kind {
            HighlightKind::Text => DocumentHighlightKind::TEXT,
            HighlightKind::Read => DocumentHighlightKind::READ,
            HighlightKind::Write => DocumentHighlightKind::WRITE,
        }),
    };
    Ok(Some(ide::highlight(&target.unit.analysis, target.uri(), offset).into_iter().map(highlight).collect()))
}

fn locations(context: &RequestContext, found: &[ide::Location]) -> Vec<Location> {
    found.iter().filter_map(|location| to_proto::location(&context.snapshot, location)).collect()
}
