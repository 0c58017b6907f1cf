//! Changes to files, and the actions that offer them under a title.

use crate::source::Source;
use syntax::diagnostic::Edit;

/// Edits of one file. Disjoint, in source order, all against the version that the analysis saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdits {
    pub uri: String,
    pub edits: Vec<Edit>,
}

/// One change across files, applied as a whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    pub files: Vec<FileEdits>,
}

impl Change {
    pub fn of(source: &Source, mut edits: Vec<Edit>) -> Change {
        edits.sort_by_key(|edit| (edit.range.start(), edit.range.end()));
        Change { files: vec![FileEdits { uri: source.uri.clone(), edits }] }
    }

    /// The file's text after the change.
    pub fn text_of(&self, source: &Source) -> String {
        let edits = self.files.iter().filter(|file| file.uri == source.uri).flat_map(|file| &file.edits);
        apply(&source.text, &edits.cloned().collect::<Vec<_>>())
    }
}

/// The text after `edits`, which must be disjoint and in source order. Edits outside the text are left out.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut result = String::with_capacity(text.len() + edits.iter().map(|e| e.insert.len()).sum::<usize>());
    let mut done = 0;
    for edit in edits {
        let (start, end) = (usize::from(edit.range.start()), usize::from(edit.range.end()));
        if start >= done && text.get(done..start).is_some() && text.is_char_boundary(end) && end <= text.len()
        {
            result.push_str(&text[done..start]);
            result.push_str(&edit.insert);
            done = end;
        }
    }
    result.push_str(&text[done..]);
    result
}

/// What kind of action an editor shows it as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionKind {
    QuickFix,
    /// Changes form, not meaning.
    Refactor,
    /// Makes a procedure of statements.
    Extract,
    /// Puts a procedure's body in the place of its calls.
    Inline,
    /// Mends all that can be mended in one step.
    FixAll,
    /// Changes an example to what the program does.
    Example,
    /// Puts another of the programs that were found in the place of one.
    Solution,
}

/// An action on the text that is offered under a title, an imperative: "Fill in the output of …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Stable name, for key bindings and tests: `fill-in-output`.
    pub id: &'static str,
    pub kind: ActionKind,
    pub title: String,
    /// Code of the diagnostic that it mends, if it mends one.
    pub mends: Option<&'static str>,
    /// The one right fix of that diagnostic.
    pub preferred: bool,
    pub change: Change,
}
