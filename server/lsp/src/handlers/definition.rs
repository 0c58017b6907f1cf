//! Where a name is defined, where it is used, and what else of it is on the screen.

use ide::HighlightKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, GotoDefinitionParams,
    GotoDefinitionResponse, Location, ReferenceParams,
};

use crate::asked::Asked;
use crate::to_proto;

pub fn definition(asked: &mut Asked, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
    let place = params.text_document_position_params;
    let Some(about) = asked.about(&place.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let offset = asked.offset(&about, place.position);
    let found = ide::definition(&about.unit.analysis, about.uri(), offset);
    Ok(Some(GotoDefinitionResponse::Array(locations(asked, &found))))
}

pub fn references(asked: &mut Asked, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
    let place = params.text_document_position;
    let Some(about) = asked.about(&place.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let offset = asked.offset(&about, place.position);
    let with_definition = params.context.include_declaration;
    let found = ide::references(&about.unit.analysis, about.uri(), offset, with_definition);
    Ok(Some(locations(asked, &found)))
}

pub fn highlight(
    asked: &mut Asked,
    params: DocumentHighlightParams,
) -> Result<Option<Vec<DocumentHighlight>>> {
    let place = params.text_document_position_params;
    let Some(about) = asked.about(&place.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let offset = asked.offset(&about, place.position);
    let highlight = |found: ide::Highlight| DocumentHighlight {
        range: to_proto::range(&asked.snapshot, &about.document, found.range),
        kind: Some(match found.kind {
            HighlightKind::Text => DocumentHighlightKind::TEXT,
            HighlightKind::Read => DocumentHighlightKind::READ,
            HighlightKind::Write => DocumentHighlightKind::WRITE,
        }),
    };
    Ok(Some(ide::highlight(&about.unit.analysis, about.uri(), offset).into_iter().map(highlight).collect()))
}

fn locations(asked: &Asked, found: &[ide::Location]) -> Vec<Location> {
    found.iter().filter_map(|location| to_proto::location(&asked.snapshot, location)).collect()
}
