//! Inferring the trace of an example: what the engine is asked, and the `trace?:` line of its answer.

use super::task::Prompt;
use crate::analysis::Analysis;
use crate::change::Change;
use crate::example_actions::trace_edit;
use syntax::ast::Action;

/// The example of that number in the analysis.
///
/// # Errors
/// A sentence that says why its trace can't be inferred.
pub fn trace_prompt(analysis: &Analysis, case: usize) -> Result<Prompt, String> {
    let case = analysis.cases().nth(case).ok_or("The example is no longer there: ask again.")?;
    if case.example.crashes.is_some() {
        return Err("A run that crashes has no output to infer a trace from.".to_owned());
    }
    if case.output().is_none() {
        return Err("Give the example an input and an output first.".to_owned());
    }
    Prompt::of(case).ok_or("Give the example an input and an output first.".to_owned())
}

/// The change that writes `actions` as the example's inferred trace. They are carried out first.
///
/// # Errors
/// A sentence: the actions do not lead from the input to the output, or the example has a trace of the author's.
pub fn trace_change(analysis: &Analysis, case: usize, actions: &[Action]) -> Result<Change, String> {
    let case = analysis.cases().nth(case).ok_or("The example is no longer there; ask again.")?;
    if case.example.trace.as_ref().is_some_and(|trace| !trace.inferred) {
        return Err("The example has a trace of its own already.".to_owned());
    }
    let (Some(input), Some(output)) = (case.input(), case.output()) else {
        return Err("Give the example an input and an output first.".to_owned());
    };
    let mut world = input.clone();
    if !actions.iter().all(|action| world.act(*action)) || world != *output {
        return Err("The inferred trace misses the output: ask again.".to_owned());
    }
    Ok(Change::of(case.source, vec![trace_edit(case, "trace?:", actions.iter().copied())]))
}
