//! From the protocol's types to `ide`'s plain data.

use syntax::{TextRange, TextSize};
use tower_lsp::lsp_types::{Position, Range};

use crate::state::document::Document;
use crate::state::snapshot::Snapshot;

/// The byte offset of a position, clamped into the text.
pub(crate) fn offset(snapshot: &Snapshot, document: &Document, position: Position) -> TextSize {
    document.text.offset(position, snapshot.session.encoding)
}

/// The byte range of a range, clamped into the text; empty where it ends before it starts.
pub(crate) fn text_range(snapshot: &Snapshot, document: &Document, range: Range) -> TextRange {
    let encoding = snapshot.session.encoding;
    let empty = || TextRange::empty(document.text.offset(range.start, encoding));
    document.text.text_range(range, encoding).unwrap_or_else(empty)
}
