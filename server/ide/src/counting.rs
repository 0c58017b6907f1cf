//! How far a run has come, in words. An *action* is what the robot does; a *step* is an action, a look at a condition or
//! a round of a `repeat`. Verdicts and traces number actions; the page, `karel trace --frames` and the debugger number
//! steps. Each number says which of the two it is, so that one is not taken for the other.

use crate::describe::count;
use crate::run::Run;
use runtime::Outcome;

/// `1 action`, `12 actions`
pub fn actions(n: usize) -> String {
    count(n as u64, "action")
}

/// `action 4`: the one after so many.
pub fn action(done: usize) -> String {
    format!("action {}", done + 1)
}

/// `1 step`, `1,000,000 steps`
pub fn steps(n: u64) -> String {
    count(n, "step")
}

/// The steps of a run that took so many ticks: an action that crashes takes its tick, but is no step.
pub fn steps_of(outcome: Outcome, ticks: u64) -> u64 {
    ticks - u64::from(matches!(outcome, Outcome::Crashed { .. }))
}

/// `after 3 actions`; of a long run, whose actions are not known, `after 60,000 steps`.
pub fn after(run: &Run) -> String {
    match run.actions() {
        Some(done) => format!("after {}", actions(done)),
        None => format!("after {}", steps(run.steps())),
    }
}

/// `at action 4`, the one that was tried; of a long run as [`after`].
pub fn at(run: &Run) -> String {
    run.actions().map_or_else(|| after(run), |done| format!("at {}", action(done)))
}
