//! Light records of runs: what the networks learn from, without the places and worlds that a
//! [`crate::Recording`] keeps.

use syntax::ast::Action;

use crate::code::{Code, Origin};
use crate::machine::{Limits, Machine, Observer, Outcome};
use crate::record::StepKind;
use crate::world::World;

/// What a run did. Keep one and reuse it: its buffers stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The actions carried out, in order.
    pub actions: Vec<Action>,
    /// Condition bits ([`World::condition_bits`]) of each state: before every action, and at the end.
    pub conditions: Vec<u8>,
    /// Which ways the run took at the instructions whose [`Origin`] is below 32: bit `2 * origin + 1` where a
    /// condition held or a round began, bit `2 * origin` where a condition did not hold.
    pub ways: u64,
}

impl Machine {
    /// Runs the code on the world, which is left as the run left it, and keeps its trace.
    pub fn trace(&mut self, code: &Code, world: &mut World, limits: &Limits, trace: &mut Trace) -> Outcome {
        trace.actions.clear();
        trace.conditions.clear();
        trace.ways = 0;
        let outcome = self.run_observed(code, world, limits, &|| false, trace);
        trace.conditions.push(world.condition_bits());
        outcome
    }
}

impl Observer for Trace {
    #[inline]
    fn step(&mut self, Origin(origin): Origin, kind: StepKind, _: usize, world: &World) {
        let taken = match kind {
            StepKind::Action(action) => {
                self.actions.push(action);
                self.conditions.push(world.condition_bits());
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
