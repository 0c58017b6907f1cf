//! What every check of the language reports: a stable code, an exact range, one plain sentence, and a fix
//! where there is one right fix. Used by all tiers (`K0xx` to `K3xx`), whichever crate finds them.

use crate::codes::Code;
use text_size::TextRange;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// `K001` and so on; the list with explanations is `server/DIAGNOSTICS.md`.
    pub code: &'static str,
    pub severity: Severity,
    pub range: TextRange,
    /// One sentence in the learner's terms.
    pub message: String,
    /// Other places that explain this one, in the same file.
    pub related: Vec<(TextRange, String)>,
    /// The one right fix, if there is one.
    pub fix: Option<Fix>,
    /// The range is dead or useless text: editors may fade it.
    pub unnecessary: bool,
    /// A slip of the pen: what was meant is certain all the same, and a run goes on past it.
    pub slip: bool,
}

impl Diagnostic {
    /// A diagnostic without related places and without a fix.
    pub fn new(code: &Code, severity: Severity, range: TextRange, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code: code.code,
            severity,
            range,
            message: message.into(),
            related: vec![],
            fix: None,
            unnecessary: false,
            slip: false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Information,
    Hint,
}

/// A change to the text under a title, as an imperative: "Insert ':'".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fix {
    pub title: String,
    /// Disjoint, in source order, all against the same text.
    pub edits: Vec<Edit>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    pub range: TextRange,
    pub insert: String,
}
