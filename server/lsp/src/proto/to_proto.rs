//! From `ide`'s plain data to the protocol's types.

use tower_lsp::lsp_types::{
    CodeDescription, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    DocumentChangeOperation, DocumentChanges, Location, MarkupContent, MarkupKind, NumberOrString, OneOf,
    OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit, TextEdit, Url, WorkspaceEdit,
};

use syntax::TextRange;
use syntax::diagnostic::{Edit, Severity};

use crate::state::document::Document;
use crate::state::snapshot::Snapshot;

pub(crate) fn range(snapshot: &Snapshot, document: &Document, range: TextRange) -> Range {
    document.text.range(range, snapshot.session.encoding)
}

/// The place as the client knows it; `None` where the file is not known.
pub(crate) fn location(snapshot: &Snapshot, location: &ide::Location) -> Option<Location> {
    let uri: Url = location.uri.parse().ok()?;
    let document = snapshot.document_at(&uri)?;
    Some(Location { uri, range: range(snapshot, document, location.range) })
}

pub(crate) fn text_edit(snapshot: &Snapshot, document: &Document, edit: &Edit) -> TextEdit {
    TextEdit { range: range(snapshot, document, edit.range), new_text: edit.insert.clone() }
}

pub(crate) fn text_edits(snapshot: &Snapshot, document: &Document, edits: &[Edit]) -> Vec<TextEdit> {
    edits.iter().map(|edit| text_edit(snapshot, document, edit)).collect()
}

/// The change as the client applies it, with the versions of the documents it is made for where the client takes them.
pub(crate) fn workspace_edit(snapshot: &Snapshot, change: &ide::Change) -> WorkspaceEdit {
    let files = change.files.iter().filter_map(|file| {
        let uri: Url = file.uri.parse().ok()?;
        let document = snapshot.document_at(&uri)?;
        Some((document, text_edits(snapshot, document, &file.edits)))
    });
    if !snapshot.session.supports.document_changes {
        let changes = files.map(|(document, edits)| (document.uri.clone(), edits)).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let operations = files.map(|(document, edits)| {
        let text_document =
            OptionalVersionedTextDocumentIdentifier { uri: document.uri.clone(), version: document.version };
        let edits = edits.into_iter().map(OneOf::Left).collect();
        DocumentChangeOperation::Edit(TextDocumentEdit { text_document, edits })
    });
    WorkspaceEdit {
        document_changes: Some(DocumentChanges::Operations(operations.collect())),
        ..WorkspaceEdit::default()
    }
}

pub(crate) fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Information => DiagnosticSeverity::INFORMATION,
        Severity::Hint => DiagnosticSeverity::HINT,
    }
}

/// The diagnostic as the client shows it, with a link to its code's heading on `page`.
pub(crate) fn diagnostic(
    snapshot: &Snapshot,
    document: &Document,
    found: &ide::Diagnostic,
    page: Option<&Url>,
) -> tower_lsp::lsp_types::Diagnostic {
    let supports = snapshot.session.supports;
    let related: Vec<DiagnosticRelatedInformation> = found
        .related
        .iter()
        .filter(|_| supports.related_information)
        .filter_map(|(at, message)| {
            Some(DiagnosticRelatedInformation { location: location(snapshot, at)?, message: message.clone() })
        })
        .collect();
    tower_lsp::lsp_types::Diagnostic {
        range: range(snapshot, document, found.range),
        severity: Some(severity(found.severity)),
        code: Some(NumberOrString::String(found.code.to_owned())),
        code_description: page.map(|page| {
            let mut href = page.clone();
            href.set_fragment(Some(&found.code.to_ascii_lowercase()));
            CodeDescription { href }
        }),
        source: Some("karel".to_owned()),
        message: found.message.clone(),
        related_information: (!related.is_empty()).then_some(related),
        tags: (found.unnecessary && supports.unnecessary_tag).then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}

/// The text as Markdown, or without its marks where the client has no renderer.
pub(crate) fn markup(markdown: String, rendered: bool) -> MarkupContent {
    if rendered {
        return MarkupContent { kind: MarkupKind::Markdown, value: markdown };
    }
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in markdown.lines() {
        match line.starts_with("```") {
            true => fenced = !fenced,
            false if fenced => lines.push(line.to_owned()),
            false => lines.push(plain(line)),
        }
    }
    MarkupContent { kind: MarkupKind::PlainText, value: lines.join("\n") }
}

/// A line of Markdown without its marks.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.replace("**", "");
    // What is escaped is no mark.
    while let Some(at) = rest.find(['\\', '`']) {
        text.push_str(&rest[..at]);
        let escaped = rest[at..].strip_prefix('\\').and_then(|rest| rest.chars().next());
        let escaped = escaped.filter(char::is_ascii_punctuation);
        let length = if rest.as_bytes()[at] == b'`' { 1 } else { 1 + escaped.map_or(0, char::len_utf8) };
        match escaped {
            Some(char) => text.push(char),
            None if rest.as_bytes()[at] == b'\\' => text.push('\\'),
            None => {}
        }
        rest.drain(..at + length);
    }
    text + &rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_a_renderer_has_no_marks() {
        let shown = |markdown: &str| markup(markdown.to_owned(), false).value;
        assert_eq!(shown("**Example \"a\\*\\*\\`b\\_\"** ✓"), "Example \"a**`b_\" ✓");
        assert_eq!(shown("`move()` \\ x\n```text\n> . \\*\n```\n**end**"), "move() \\ x\n> . \\*\nend");
    }
}
