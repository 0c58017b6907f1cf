//! What the checks of an analysis report: as [`syntax::diagnostic::Diagnostic`], with places in other files too.

use crate::source::{Location, Source};
use syntax::TextRange;
use syntax::codes::Code;
use syntax::diagnostic::{Fix, Severity};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// `K001` and so on, see [`syntax::codes`].
    pub code: &'static str,
    pub severity: Severity,
    pub range: TextRange,
    /// One sentence in the learner's terms.
    pub message: String,
    /// Other places that explain this one.
    pub related: Vec<(Location, String)>,
    /// The one right fix that needs no run; those that need one are [`crate::example_actions`].
    pub fix: Option<Fix>,
    /// The text is dead or useless: editors may fade it.
    pub unnecessary: bool,
}

impl Diagnostic {
    /// A diagnostic without related places and without a fix.
    pub fn new(code: &Code, severity: Severity, range: TextRange, message: String) -> Diagnostic {
        let related = Vec::new();
        Diagnostic { code: code.code, severity, range, message, related, fix: None, unnecessary: false }
    }

    pub(crate) fn of_syntax(source: &Source, from: &syntax::diagnostic::Diagnostic) -> Diagnostic {
        let related = from.related.iter().map(|(range, text)| (source.location(*range), text.clone()));
        Diagnostic {
            code: from.code,
            severity: from.severity,
            range: from.range,
            message: from.message.clone(),
            related: related.collect(),
            fix: from.fix.clone(),
            unnecessary: from.unnecessary,
        }
    }
}
