//! What may stand at the cursor. A snippet goes only to clients that know snippets.

use ide::CompletionKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CompletionItem, CompletionItemKind, CompletionParams, CompletionResponse, CompletionTextEdit,
    Documentation, InsertTextFormat, InsertTextMode, TextEdit,
};

use crate::proto::to_proto;
use crate::request::RequestContext;

pub fn completion(
    context: &mut RequestContext,
    params: CompletionParams,
) -> Result<Option<CompletionResponse>> {
    let place = params.text_document_position;
    let Some(target) = context.target(&place.text_document.uri) else { return Ok(None) };
    let offset = context.offset(&target, place.position);
    let supports = context.snapshot.session.supports;
    let item = |found: ide::Completion| {
        let snippet = found.snippet.filter(|_| supports.snippets);
        let format = if snippet.is_some() { InsertTextFormat::SNIPPET } else { InsertTextFormat::PLAIN_TEXT };
        let range = to_proto::range(&context.snapshot, &target.document, found.replace);
        let documentation = found
            .documentation
            .map(|text| Documentation::MarkupContent(to_proto::markup(text, supports.markdown_completion)));
        CompletionItem {
            kind: Some(kind(found.kind)),
            // What the client compares with what was typed: all of what is replaced.
            filter_text: Some(found.label.clone()),
            label: found.label,
            detail: found.detail,
            documentation,
            sort_text: Some(found.sort),
            insert_text_format: Some(format),
            insert_text_mode: Some(InsertTextMode::ADJUST_INDENTATION),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit {
                range,
                new_text: snippet.unwrap_or(found.insert),
            })),
            ..CompletionItem::default()
        }
    };
    let found = ide::completion(&target.unit.analysis, target.uri(), offset);
    Ok(Some(CompletionResponse::Array(found.into_iter().map(item).collect())))
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Action | CompletionKind::Procedure => CompletionItemKind::FUNCTION,
        CompletionKind::Condition => CompletionItemKind::PROPERTY,
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
        CompletionKind::Snippet => CompletionItemKind::SNIPPET,
        CompletionKind::Number => CompletionItemKind::VALUE,
        CompletionKind::Cell => CompletionItemKind::CONSTANT,
        CompletionKind::Hole => CompletionItemKind::EVENT,
    }
}
