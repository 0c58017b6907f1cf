//! Light records of runs: what the networks learn from, without the places and worlds that a
//! [`crate::Recording`] keeps.

use syntax::ast::Action;

use crate::code::{Code, Origin};
use crate::ground::Ground;
use crate::machine::{Limits, Machine, Observer, Outcome, StepKind};

/// What a run did. Keep one and reuse it: its buffer stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The actions carried out, in order.
    pub actions: Vec<Action>,
    /// Which ways the run took at the instructions whose [`Origin`] is below 32: bit `2 * origin + 1` where a
    /// condition held or a round began, bit `2 * origin` where a condition did not hold.
    pub ways: u64,
}

impl Machine {
    /// Runs the code on the world, which is left as the run left it, and keeps its trace.
    pub fn trace(
        &mut self,
        code: &Code,
        world: &mut impl Ground,
        limits: &Limits,
        trace: &mut Trace,
    ) -> Outcome {
        trace.actions.clear();
        trace.ways = 0;
        self.run_observed(code, world, limits, &|| false, trace)
    }
}

impl<G> Observer<G> for Trace {
    #[inline]
    fn step(&mut self, Origin(origin): Origin, kind: StepKind, _: usize, _: &G) {
        let taken = match kind {
            StepKind::Action(action) => {
                self.actions.push(action);
                return;
            }
            StepKind::Test { result, .. } => result,
            StepKind::Round { .. } => true,
        };
        if origin < 32 {
            self.ways |= 1 << (2 * origin + u32::from(taken));
        }
    }
}
