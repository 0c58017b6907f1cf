//! A unit as runs of it are recorded.

use std::sync::Arc;

use ide::Analysis;
use recording::Program;
use recording::messages::{Position, Range};
use syntax::{TextRange, TextSize};
use tower_lsp::lsp_types;

use crate::state::text::Encoding;
use crate::state::unit::Unit;

/// A unit, and how places in it are counted.
pub(crate) struct Recorded {
    pub unit: Arc<Unit>,
    pub encoding: Encoding,
}

impl Program for Recorded {
    fn analysis(&self) -> &Analysis {
        &self.unit.analysis
    }

    fn range(&self, uri: &str, range: TextRange) -> Range {
        let at =
            |position: lsp_types::Position| Position { line: position.line, character: position.character };
        let range = self.unit.document(uri).map(|document| document.text.range(range, self.encoding));
        let range = range.unwrap_or_default();
        Range { start: at(range.start), end: at(range.end) }
    }

    fn offset(&self, uri: &str, position: Position) -> TextSize {
        let position = lsp_types::Position { line: position.line, character: position.character };
        let document = self.unit.document(uri);
        document.map_or_else(TextSize::default, |document| document.text.offset(position, self.encoding))
    }
}
