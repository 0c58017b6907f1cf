//! Formatting of the whole document, of a range, and on typing.

use ide::Cancelled;
use syntax::diagnostic::Edit;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    DocumentFormattingParams, DocumentOnTypeFormattingParams, DocumentRangeFormattingParams, TextEdit, Url,
};

use crate::asked::{About, Asked, cancelled};
use crate::{from_proto, to_proto};

pub fn formatting(asked: &mut Asked, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
    answer(asked, &params.text_document.uri, |asked, about| {
        ide::formatting(&about.unit.analysis, about.uri(), &|| asked.cancelled())
    })
}

pub fn range_formatting(
    asked: &mut Asked,
    params: DocumentRangeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    answer(asked, &params.text_document.uri, |asked, about| {
        let range = from_proto::text_range(&asked.snapshot, &about.document, params.range);
        ide::range_formatting(&about.unit.analysis, about.uri(), range, &|| asked.cancelled())
    })
}

/// No editor is set to more blanks a level.
const WIDEST: usize = 16;

pub fn on_type_formatting(
    asked: &mut Asked,
    params: DocumentOnTypeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let place = params.text_document_position;
    let level = match params.options.insert_spaces {
        true => " ".repeat((params.options.tab_size as usize).clamp(1, WIDEST)),
        false => "\t".to_owned(),
    };
    answer(asked, &place.text_document.uri, |asked, about| {
        let offset = asked.offset(about, place.position);
        let Some(typed) = params.ch.chars().next() else { return Ok(None) };
        Ok(Some(ide::on_type_formatting(&about.unit.analysis, about.uri(), offset, typed, &level)))
    })
}

fn answer(
    asked: &mut Asked,
    uri: &Url,
    format: impl FnOnce(&Asked, &About) -> std::result::Result<Option<Vec<Edit>>, Cancelled>,
) -> Result<Option<Vec<TextEdit>>> {
    let Some(about) = asked.about(uri) else { return Ok(None) };
    asked.still_wanted()?;
    let edits = format(asked, &about).map_err(cancelled)?;
    Ok(edits.map(|edits| to_proto::text_edits(&asked.snapshot, &about.document, &edits)))
}
