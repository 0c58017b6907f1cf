//! Formatting of the whole document, of a range, and on typing.

use ide::Cancelled;
use syntax::diagnostic::Edit;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    DocumentFormattingParams, DocumentOnTypeFormattingParams, DocumentRangeFormattingParams, TextEdit, Url,
};

use crate::proto::{from_proto, to_proto};
use crate::request::{RequestContext, Target, cancelled};

pub fn formatting(
    context: &mut RequestContext,
    params: DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    answer(context, &params.text_document.uri, |context, target| {
        ide::formatting(&target.unit.analysis, target.uri(), &|| context.cancelled())
    })
}

pub fn range_formatting(
    context: &mut RequestContext,
    params: DocumentRangeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    answer(context, &params.text_document.uri, |context, target| {
        let range = from_proto::text_range(&context.snapshot, &target.document, params.range);
        ide::range_formatting(&target.unit.analysis, target.uri(), range, &|| context.cancelled())
    })
}

/// The most blanks a level that are taken from an editor.
const WIDEST: usize = 16;

pub fn on_type_formatting(
    context: &mut RequestContext,
    params: DocumentOnTypeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let place = params.text_document_position;
    let level = match params.options.insert_spaces {
        true => " ".repeat((params.options.tab_size as usize).clamp(1, WIDEST)),
        false => "\t".to_owned(),
    };
    answer(context, &place.text_document.uri, |context, target| {
        let offset = context.offset(target, place.position);
        let Some(typed) = params.ch.chars().next() else { return Ok(None) };
        Ok(Some(ide::on_type_formatting(&target.unit.analysis, target.uri(), offset, typed, &level)))
    })
}

fn answer(
    context: &mut RequestContext,
    uri: &Url,
    format: impl FnOnce(&RequestContext, &Target) -> std::result::Result<Option<Vec<Edit>>, Cancelled>,
) -> Result<Option<Vec<TextEdit>>> {
    let Some(target) = context.target(uri) else { return Ok(None) };
    context.still_wanted()?;
    let edits = format(context, &target).map_err(cancelled)?;
    Ok(edits.map(|edits| to_proto::text_edits(&context.snapshot, &target.document, &edits)))
}
