//! Why synthesis can't run: first the fact, then what to do. One sentence each, of at most [`SHORT`]
//! characters: editors cut what is longer.

use crate::analysis::{Analysis, Case};
use crate::describe::clipped;
use crate::diagnostics::{contradictions, impossible};
use crate::source::Source;
use syntax::TextSize;
use syntax::diagnostic::Severity;

/// This many characters of a message are seen in every editor.
#[cfg(test)]
pub(super) const SHORT: usize = 55;

fn quoted(case: Case<'_>) -> String {
    match case.example.name.text.as_str() {
        "" => "An example".to_owned(),
        name => format!("\"{}\"", clipped(name)),
    }
}

/// The examples that the engine is given: all but tests, and but those that ask for nothing.
pub(crate) fn given(analysis: &Analysis) -> impl Iterator<Item = Case<'_>> {
    analysis
        .shown_cases()
        .filter(|case| case.input().is_some() && (case.output().is_some() || case.example.crashes.is_some()))
}

/// Why nothing can be synthesized in the program, and what to do: the engine, or the program and its examples.
pub(crate) fn no_synthesis(analysis: &Analysis) -> Option<String> {
    analysis.config().no_engine.clone().or_else(|| obstacle(analysis))
}

/// What keeps the engine from any work on the program and its examples.
pub(super) fn obstacle(analysis: &Analysis) -> Option<String> {
    analysis.program().and_then(|program| mistake(analysis, program)).or_else(|| unfit_examples(analysis))
}

/// The first syntax error or undefined name of the program.
fn mistake(analysis: &Analysis, program: &Source) -> Option<String> {
    let line = |offset: TextSize| {
        let before = program.text.get(..usize::from(offset)).unwrap_or("");
        before.matches('\n').count() + 1
    };
    let errors = || program.parse.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    if let Some(error) = errors().find(|d| !d.slip).or_else(|| errors().next()) {
        let what = if error.slip { "has a mistake" } else { "isn't understood" };
        return Some(format!("Line {} {what}: mend it first.", line(error.range.start())));
    }
    let mut calls = program.file().procedures().flat_map(|procedure| procedure.body.calls());
    let name = calls.find(|name| analysis.procedure(&name.text).is_none())?;
    Some(format!("Line {} calls '{}': define it first.", line(name.range.start()), clipped(&name.text)))
}

fn unfit_examples(analysis: &Analysis) -> Option<String> {
    for source in analysis.grids() {
        if let Some(error) = source.parse.diagnostics.iter().find(|d| d.severity == Severity::Error) {
            let name = source.uri.rsplit('/').next().unwrap_or(&source.uri);
            let line =
                source.text.get(..usize::from(error.range.start())).unwrap_or("").matches('\n').count() + 1;
            return Some(format!("{} has a mistake in line {line}: mend it.", clipped(name)));
        }
    }
    if given(analysis).next().is_none() {
        return Some("Add an example block with input and output first.".to_owned());
    }
    let contradictions = contradictions(analysis.shown_cases(), crate::cancel::NEVER).unwrap_or_default();
    if let Some(first) = contradictions.first() {
        let (later, earlier) = (quoted(first.case), quoted(first.other));
        return Some(format!("{earlier} contradicts {later}: change one."));
    }
    if let Some(case) = given(analysis).find(|case| impossible(*case)) {
        return Some(format!("{} contradicts itself: change it.", quoted(case)));
    }
    None
}
