//! A program as it is looked at, and places in its texts.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use ide::Analysis;
use syntax::places::{Lines, Place, Units};
use syntax::{TextRange, TextSize};

use crate::messages::{Position, Range};

/// A program with its examples, and how whoever asks counts places in its texts.
pub trait Program: Send + Sync {
    fn analysis(&self) -> &Analysis;

    /// The range in the file of this URI.
    fn range(&self, uri: &str, range: TextRange) -> Range;

    /// The offset of a position in the file of this URI.
    fn offset(&self, uri: &str, position: Position) -> TextSize;
}

/// A program whose places are counted in UTF-16 units, for those who have agreed on nothing else.
pub struct Plain<A> {
    analysis: A,
    texts: OnceLock<HashMap<String, Lines>>,
}

impl<A: AsRef<Analysis> + Send + Sync> Plain<A> {
    pub fn new(analysis: A) -> Plain<A> {
        Plain { analysis, texts: OnceLock::new() }
    }

    fn text(&self, uri: &str) -> Option<&Lines> {
        let texts = || {
            let sources = self.analysis.as_ref().sources();
            sources.map(|source| (source.uri.clone(), Lines::of(Arc::clone(&source.text)))).collect()
        };
        self.texts.get_or_init(texts).get(uri)
    }
}

impl<A: AsRef<Analysis> + Send + Sync> Program for Plain<A> {
    fn analysis(&self) -> &Analysis {
        self.analysis.as_ref()
    }

    fn range(&self, uri: &str, range: TextRange) -> Range {
        let at = |offset| self.text(uri).map(|text| position(text.place(offset, Units::Utf16)));
        let nowhere = Position { line: 0, character: 0 };
        Range { start: at(range.start()).unwrap_or(nowhere), end: at(range.end()).unwrap_or(nowhere) }
    }

    fn offset(&self, uri: &str, Position { line, character: column }: Position) -> TextSize {
        let place = Place { line, column };
        self.text(uri).map_or(TextSize::new(0), |text| text.offset(place, Units::Utf16))
    }
}

/// A position as messages have it, in UTF-16 units.
fn position(Place { line, column: character }: Place) -> Position {
    Position { line, character }
}
