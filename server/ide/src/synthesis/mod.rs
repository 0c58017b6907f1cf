//! Synthesis as the editor sees it: which actions there are at a place, or why not ([`actions`]); what the engine is
//! asked ([`task`]); the change that its answer makes, run on every example before it is offered ([`answer`]); and,
//! where programs that differ in meaning pass ([`Found`]), the actions that decide ([`question`]). Nothing here
//! talks to the engine.

mod actions;
mod complete;
mod edit;
mod one_hole;
mod question;
mod reasons;
mod solutions;
mod substitute;
mod task;
#[cfg(test)]
mod tests;
mod trace;
mod trust;

pub use crate::found::{Deciding, Ending, Found};
pub(crate) use actions::at_hole;
pub use actions::{SynthesisAction, actions, passes_already};
pub use edit::{Answer, answer};
pub use question::{answers, chosen_answer, question};
pub(crate) use reasons::{given, no_synthesis};
pub(crate) use solutions::current_solution;
pub use solutions::{next_solution, solution, solutions};
pub use task::{Prompt, Task, task};
pub use trace::{trace_change, trace_prompt};
pub use trust::{measured, trust};

use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled};
use crate::statements;
use syntax::{TextRange, TextSize};

/// What is asked for where a program is wanted and no place is named: what fills its holes, others than a `main` that passes,
/// or a `main`.
///
/// # Errors
/// The work was cancelled.
pub fn goal(analysis: &Analysis, cancel: Cancel<'_>) -> Result<Goal, Cancelled> {
    let holes = analysis.program().is_some_and(|program| !statements::holes(program.file()).is_empty());
    Ok(match (analysis.main(), holes) {
        (Some(_), true) => Goal::Holes,
        (Some(_), false) if passes_already(analysis, cancel)?.is_some() => Goal::Others,
        _ => Goal::Program,
    })
}

/// Where in the program something is synthesized, where no place is asked for: the first hole, else the name of `main`.
pub fn place(analysis: &Analysis) -> Option<TextRange> {
    let hole = statements::holes(analysis.program()?.file()).first().map(|hole| hole.range);
    hole.or_else(|| analysis.main().map(|main| main.name.range))
}

/// What is asked for. Plain, so that it can travel with a code action and come back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Goal {
    /// Find a `main`: a new one, or one in place of the body of the present one.
    Program,
    /// Find other programs than the `main` that passes all examples, to look at.
    Others,
    /// Fill the hole that begins at the offset of the program; the others stay.
    Hole(TextSize),
    /// Fill all holes of the program, which may be only one.
    Holes,
    /// Find statements that go after what stands at the offset of the program.
    Complete(TextSize),
    /// Infer the trace of the example of this number in the analysis.
    Trace(usize),
}

impl Goal {
    /// The last word of the action's kind: `refactor.karel.synthesize.program`.
    pub fn id(&self) -> &'static str {
        match self {
            Goal::Program => "program",
            Goal::Others => "others",
            Goal::Hole(_) | Goal::Holes => "hole",
            Goal::Complete(_) => "complete",
            Goal::Trace(_) => "trace",
        }
    }
}
