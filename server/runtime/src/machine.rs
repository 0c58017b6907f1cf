//! The interpreter.

use syntax::ast::Action;

use crate::code::{Check, Code, Op, Origin};
use crate::ground::Ground;
use crate::loops::LoopProof;
use crate::world::World;

/// When to stop a run that does not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The number of ticks that are allowed: one per action, per condition evaluated, per round of a `repeat`. The next
    /// one stops the run. The number of calls has the same limit.
    pub ticks: u64,
    /// The number of calls that may be active at one time.
    pub call_depth: u32,
    /// Whether endless loops are proved as soon as a `while` repeats itself, which costs a little at each of its
    /// rounds.
    pub prove_loops: bool,
}

impl Limits {
    /// The limits of the public dataset, for evaluation.
    pub const DATASET: Limits = Limits { ticks: 200, call_depth: 1_000, prove_loops: false };
    /// The limits for candidates that are offered to a user.
    pub const SERVING: Limits = Limits { ticks: 10_000, call_depth: 1_000, prove_loops: false };
    /// The limits for programs that are run while they are written.
    pub const EDITOR: Limits = Limits { ticks: 1_000_000, call_depth: 1_000, prove_loops: true };
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// `main` came to its end.
    Finished,
    /// The action could not be carried out; the world is as it was before it.
    Crashed { action: Action, origin: Origin },
    /// The limit of ticks, or of calls, was reached at this instruction.
    OutOfTicks { origin: Origin },
    /// This `while` repeats itself for ever: proved.
    EndlessLoop { origin: Origin },
    /// This call is one too deep.
    TooDeep { origin: Origin },
    /// The run came to a hole.
    Hole { origin: Origin },
    /// The run came to source that has an error, or to a call of what is not defined.
    Broken { origin: Origin },
    /// The caller asked to stop.
    Cancelled,
}

impl Outcome {
    /// The place in the program where the run stopped, unless it finished or was cancelled.
    pub fn origin(self) -> Option<Origin> {
        match self {
            Outcome::Finished | Outcome::Cancelled => None,
            Outcome::Crashed { origin, .. }
            | Outcome::OutOfTicks { origin }
            | Outcome::EndlessLoop { origin }
            | Outcome::TooDeep { origin }
            | Outcome::Hole { origin }
            | Outcome::Broken { origin } => Some(origin),
        }
    }
}

/// What a step of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    Action(Action),
    /// A `while` or an `if` evaluated its condition; `result` is that of the whole condition, negation included.
    Test {
        check: Check,
        result: bool,
    },
    /// A round of a `repeat` begins, after `done` of `count`.
    Round {
        done: u8,
        count: u8,
    },
}

/// Something that sees every step of a run, and the world before it.
pub(crate) trait Observer<G> {
    fn step(&mut self, origin: Origin, kind: StepKind, depth: usize, world: &G);

    /// A procedure is called from `depth` active calls: no step, and no tick. Who wants no origin pays for none.
    #[inline(always)]
    fn call(&mut self, _origin: impl FnOnce() -> Origin, _depth: usize) {}
}

/// Nothing is observed.
impl<G> Observer<G> for () {
    #[inline(always)]
    fn step(&mut self, _: Origin, _: StepKind, _: usize, _: &G) {}
}

/// Runs programs. Keep one and reuse it: its buffers stay, so that a run allocates nothing once they have grown.
#[derive(Debug, Default)]
pub struct Machine {
    ticks: u64,
    /// The instruction at which each active call goes on.
    calls: Vec<u32>,
    /// The rounds that each active `repeat` has done, and those that it has to do.
    rounds: Vec<(u8, u8)>,
    proof: LoopProof,
}

/// At most this many ticks, and this many calls, pass between two checks whether to stop, so that a run
/// stops well within a millisecond.
const CANCEL_INTERVAL: u64 = 1 << 14;

impl Machine {
    pub fn new() -> Machine {
        Machine::default()
    }

    /// Runs the code from its start on the world, which is left as the run left it.
    pub fn run(&mut self, code: &Code, world: &mut World, limits: &Limits) -> Outcome {
        self.run_cancellable(code, world, limits, &|| false)
    }

    /// Runs the code as [`Machine::run`] does, and stops soon after `cancelled` returns true.
    pub fn run_cancellable(
        &mut self,
        code: &Code,
        world: &mut World,
        limits: &Limits,
        cancelled: &dyn Fn() -> bool,
    ) -> Outcome {
        self.run_observed(code, world, limits, cancelled, &mut ())
    }

    /// The number of calls that were active where the last run stopped.
    pub(crate) fn depth(&self) -> usize {
        self.calls.len()
    }

    /// Ticks that the last run took: one per action, per condition evaluated, per round of a `repeat`.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    pub(crate) fn run_observed<G: Ground>(
        &mut self,
        code: &Code,
        world: &mut G,
        limits: &Limits,
        cancelled: &dyn Fn() -> bool,
        observer: &mut impl Observer<G>,
    ) -> Outcome {
        if limits.prove_loops {
            self.steps::<true, G>(code, world, limits, cancelled, observer)
        } else {
            self.steps::<false, G>(code, world, limits, cancelled, observer)
        }
    }

    fn steps<const PROVE: bool, G: Ground>(
        &mut self,
        code: &Code,
        world: &mut G,
        limits: &Limits,
        cancelled: &dyn Fn() -> bool,
        observer: &mut impl Observer<G>,
    ) -> Outcome {
        self.calls.clear();
        self.rounds.clear();
        self.proof.reset();
        let mut calls_left = limits.ticks;
        let mut pc = code.start as usize;
        let mut ticks = 0;
        // The limit, or an earlier tick at which to ask whether to stop.
        let mut pause = limits.ticks.min(CANCEL_INTERVAL);
        let outcome = loop {
            let origin = || code.origins[pc];
            macro_rules! tick {
                () => {
                    if ticks == pause {
                        if ticks == limits.ticks {
                            break Outcome::OutOfTicks { origin: origin() };
                        }
                        if cancelled() {
                            break Outcome::Cancelled;
                        }
                        pause = limits.ticks.min(ticks + CANCEL_INTERVAL);
                    }
                    ticks += 1;
                };
            }
            match code.ops[pc] {
                Op::Act(action) => {
                    tick!();
                    let depth = self.calls.len();
                    if !world.act_after(action, |world| {
                        observer.step(origin(), StepKind::Action(action), depth, world);
                    }) {
                        break Outcome::Crashed { action, origin: origin() };
                    }
                    if PROVE {
                        match action {
                            Action::PutMarker => self.proof.marker(world, 1),
                            Action::PickMarker => self.proof.marker(world, -1),
                            _ => {}
                        }
                    }
                    pc += 1;
                }
                Op::While { check, exit } => {
                    if PROVE && self.proof.visit(world) {
                        break Outcome::EndlessLoop { origin: origin() };
                    }
                    tick!();
                    let result = world.holds(check.test) != check.negated;
                    observer.step(origin(), StepKind::Test { check, result }, self.calls.len(), world);
                    pc = if result { pc + 1 } else { exit as usize };
                }
                Op::If { check, otherwise } => {
                    tick!();
                    let result = world.holds(check.test) != check.negated;
                    observer.step(origin(), StepKind::Test { check, result }, self.calls.len(), world);
                    pc = if result { pc + 1 } else { otherwise as usize };
                }
                Op::Round { exit } => match self.rounds.last_mut() {
                    Some((done, count)) if *done < *count => {
                        tick!();
                        let kind = StepKind::Round { done: *done, count: *count };
                        *done += 1;
                        observer.step(origin(), kind, self.calls.len(), world);
                        pc += 1;
                    }
                    _ => {
                        self.rounds.pop();
                        pc = exit as usize;
                    }
                },
                Op::Jump(target) => pc = target as usize,
                Op::EnterRepeat { count } => {
                    self.rounds.push((0, count));
                    pc += 1;
                }
                Op::EnterWhile => {
                    if PROVE {
                        self.proof.enter(world);
                    }
                    pc += 1;
                }
                Op::LeaveWhile => {
                    if PROVE {
                        self.proof.leave();
                    }
                    pc += 1;
                }
                Op::Call(target) => {
                    if self.calls.len() >= limits.call_depth as usize {
                        break Outcome::TooDeep { origin: origin() };
                    }
                    if calls_left == 0 {
                        break Outcome::OutOfTicks { origin: origin() };
                    }
                    calls_left -= 1;
                    if calls_left.is_multiple_of(CANCEL_INTERVAL) && cancelled() {
                        break Outcome::Cancelled;
                    }
                    observer.call(origin, self.calls.len());
                    self.calls.push(pc as u32 + 1);
                    pc = target as usize;
                }
                Op::Return => match self.calls.pop() {
                    Some(back) => pc = back as usize,
                    None => break Outcome::Finished,
                },
                Op::Hole => break Outcome::Hole { origin: origin() },
                Op::Broken => break Outcome::Broken { origin: origin() },
            }
        };
        self.ticks = ticks;
        outcome
    }
}
