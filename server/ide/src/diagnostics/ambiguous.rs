//! K305: the examples allow programs that differ in meaning, as the last synthesis has seen.

use super::{Diagnostic, title};
use crate::analysis::Analysis;
use crate::describe::example;
use crate::synthesis::given;
use syntax::TextRange;
use syntax::codes::synthesis;
use syntax::diagnostic::Severity;

/// Where in the program it is said: at what was synthesized, or is to be.
pub(crate) fn place(analysis: &Analysis) -> Option<TextRange> {
    analysis.ambiguity().and_then(|_| crate::synthesis::place(analysis))
}

pub(super) fn check(analysis: &Analysis, found: &mut Vec<Diagnostic>) {
    let ambiguity = analysis.ambiguity().filter(|all| !all.beside_own);
    let (Some(ambiguity), Some(range)) = (ambiguity, place(analysis)) else { return };
    let how = match &ambiguity.deciding {
        None => "one more example has to tell them apart".to_owned(),
        Some(deciding) => {
            let told: Vec<String> =
                deciding.lettered().map(|(letter, answer)| deciding.tell(letter, answer)).collect();
            let mut told = vec![told.join("; or ")];
            told.extend(deciding.unanswered());
            format!("in the world of the deciding example, {}", told.join("; "))
        }
    };
    let programs = ambiguity.programs.len();
    let message = format!("The examples allow {programs} programs that differ in meaning: {how}.");
    let mut diagnostic = Diagnostic::new(&synthesis::AMBIGUOUS, Severity::Information, range, message);
    let last = given(analysis).last();
    diagnostic.related.extend(
        last.map(|case| (title(&case), format!("an example after {} would decide", example(case.example)))),
    );
    found.push(diagnostic);
}
