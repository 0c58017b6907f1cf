//! Test fixtures: one text that holds several files and a cursor.
//!
//! ```text
//! //- main.karel
//! def main():
//!     mo$0ve()
//! //- main.kgrid
//! example "a":
//!     ...
//! ```
//! Without a `//-` line the whole text is `main.karel`. The first `.karel` file is the program, `.kgrid` files are its
//! grids. `$0` marks the cursor, a second `$0` the end of a selection; both are taken out.

use crate::analysis::Analysis;
use crate::change::{Change, apply};
use crate::config::Config;
use crate::source::Source;
use syntax::{TextRange, TextSize};

pub(crate) struct Fixture {
    pub analysis: Analysis,
    /// The file with the cursor, else the program, else the first grid.
    pub uri: String,
    /// The selection; empty for a plain cursor, at 0 where there is none.
    pub range: TextRange,
}

impl Fixture {
    pub(crate) fn offset(&self) -> TextSize {
        self.range.start()
    }

    pub(crate) fn source(&self, uri: &str) -> &Source {
        self.analysis.source(uri).expect("a file of the fixture")
    }

    /// The text of each file that `change` touches, after it.
    pub(crate) fn after(&self, change: &Change) -> String {
        let texts = change.files.iter().map(|file| apply(&self.source(&file.uri).text, &file.edits));
        texts.collect::<Vec<_>>().join("//-\n")
    }
}

pub(crate) fn fixture(text: &str) -> Fixture {
    fixture_with(text, Config::default())
}

pub(crate) fn fixture_with(text: &str, config: Config) -> Fixture {
    let (mut program, mut grids, mut cursor) = (None, Vec::new(), None);
    for (name, text) in files(text) {
        let (text, range) = without_cursors(&text);
        let source = Source::new(name, Some(1), text);
        if let Some(range) = range {
            cursor = Some((source.uri.clone(), range));
        }
        if source.uri.ends_with(".karel") && program.is_none() {
            program = Some(source);
        } else {
            grids.push(source);
        }
    }
    let first = program.as_ref().or(grids.first()).expect("a fixture has a file").uri.clone();
    let (uri, range) = cursor.unwrap_or((first, TextRange::default()));
    Fixture { analysis: Analysis::new(program, grids, config), uri, range }
}

fn files(text: &str) -> Vec<(String, String)> {
    if !text.starts_with("//- ") {
        return vec![("main.karel".to_owned(), text.to_owned())];
    }
    let parts = text.split("//- ").filter(|part| !part.is_empty());
    let parts = parts.map(|part| part.split_once('\n').unwrap_or((part, "")));
    parts.map(|(name, text)| (name.trim().to_owned(), text.to_owned())).collect()
}

fn without_cursors(text: &str) -> (String, Option<TextRange>) {
    let mut parts = text.split("$0");
    let mut bare = parts.next().unwrap_or("").to_owned();
    let mut marks = Vec::new();
    for part in parts {
        marks.push(TextSize::of(bare.as_str()));
        bare.push_str(part);
    }
    let range = marks.first().map(|&start| TextRange::new(start, *marks.last().unwrap_or(&start)));
    (bare, range)
}

impl Fixture {
    /// `main.karel:3: 'move()'`, the text on one line.
    pub(crate) fn place(&self, uri: &str, range: TextRange) -> String {
        let source = self.source(uri);
        let line = source.text[..usize::from(range.start())].matches('\n').count() + 1;
        let text = source.slice(range).split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{uri}:{line}: '{text}'")
    }
}
