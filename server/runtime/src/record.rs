//! Recorded runs: every step is kept, so that a run can be shown, and stepped forwards and backwards.

use syntax::ast::Action;

use crate::code::{Code, Origin};
use crate::machine::{Limits, Machine, Observer, Outcome, StepKind};
use crate::world::{Robot, World};

/// A run, step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The world before the first step.
    pub start: World,
    /// What was done, in order. An action that crashed is not among the steps (see `outcome`), though it cost a tick.
    pub steps: Vec<Step>,
    pub outcome: Outcome,
    pub ticks: u64,
    /// The world after the last step.
    pub end: World,
}

/// One action, one condition evaluated, or one round begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The instruction: an action, a `while`, an `if` or a `repeat`.
    pub origin: Origin,
    pub kind: StepKind,
    /// The robot before the step.
    pub robot: Robot,
    /// The change of the number of markers where the robot stood: 1, 0 or -1.
    pub marker_change: i8,
    /// The condition bits before the step ([`World::condition_bits`]).
    pub conditions: u8,
    /// The number of active calls: 0 in `main`.
    pub depth: u16,
}

/// Runs the code on a copy of the world and keeps every step.
pub fn record(code: &Code, world: &World, limits: &Limits, cancelled: &dyn Fn() -> bool) -> Recording {
    let mut machine = Machine::new();
    let (mut end, mut steps) = (world.clone(), Vec::new());
    let outcome = machine.run_observed(code, &mut end, limits, cancelled, &mut steps);
    Recording { start: world.clone(), steps, outcome, ticks: machine.ticks(), end }
}

/// A run, step by step, with its calls: what a debugger needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    pub recording: Recording,
    /// The procedures called, in order.
    pub calls: Vec<Call>,
    /// The number of calls that were active where the run stopped.
    pub depth: u16,
}

/// One call of a procedure, which is no step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The instruction.
    pub origin: Origin,
    /// The number of steps before it.
    pub at: u32,
    /// The number of calls that were active when it was made.
    pub depth: u16,
}

/// Runs the code as [`record`] does and keeps the calls, too.
pub fn tell(code: &Code, world: &World, limits: &Limits, cancelled: &dyn Fn() -> bool) -> Telling {
    let mut machine = Machine::new();
    let (mut end, mut told) = (world.clone(), WithCalls::default());
    let outcome = machine.run_observed(code, &mut end, limits, cancelled, &mut told);
    let WithCalls { steps, calls } = told;
    let recording = Recording { start: world.clone(), steps, outcome, ticks: machine.ticks(), end };
    Telling { recording, calls, depth: narrow(machine.depth()) }
}

#[derive(Default)]
struct WithCalls {
    steps: Vec<Step>,
    calls: Vec<Call>,
}

impl Observer<World> for WithCalls {
    fn step(&mut self, origin: Origin, kind: StepKind, depth: usize, world: &World) {
        self.steps.step(origin, kind, depth, world);
    }

    fn call(&mut self, origin: impl FnOnce() -> Origin, depth: usize) {
        let at = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        self.calls.push(Call { origin: origin(), at, depth: narrow(depth) });
    }
}

fn narrow(depth: usize) -> u16 {
    u16::try_from(depth).unwrap_or(u16::MAX)
}

impl Observer<World> for Vec<Step> {
    fn step(&mut self, origin: Origin, kind: StepKind, depth: usize, world: &World) {
        let marker_change = match kind {
            StepKind::Action(Action::PutMarker) => 1,
            StepKind::Action(Action::PickMarker) => -1,
            _ => 0,
        };
        let depth = narrow(depth);
        let (robot, conditions) = (world.robot(), world.condition_bits());
        self.push(Step { origin, kind, robot, marker_change, conditions, depth });
    }
}

impl Recording {
    /// The world before step `n`; where there are no more than `n` steps, the world at the end. Its cost grows with the
    /// distance to the nearer end of the run; to walk along it, use [`Recording::cursor`].
    pub fn world_at(&self, n: usize) -> World {
        let mut cursor = self.cursor();
        cursor.seek(n);
        cursor.place.world
    }

    /// The actions carried out, in order: the run's trace.
    pub fn actions(&self) -> impl Iterator<Item = Action> {
        self.steps.iter().filter_map(Step::action)
    }

    /// A place in the run to be moved along it, at the start.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor { recording: self, place: self.place() }
    }

    /// The same for whoever keeps the recording elsewhere.
    pub fn place(&self) -> Place {
        Place { at: 0, world: self.start.clone() }
    }
}

impl Step {
    /// The action, if the step is one.
    pub fn action(&self) -> Option<Action> {
        match self.kind {
            StepKind::Action(action) => Some(action),
            _ => None,
        }
    }
}

/// A place between two steps of a recording and the world there.
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    recording: &'a Recording,
    place: Place,
}

/// A [`Cursor`] that does not hold its recording: it is to be given the one that has made it.
#[derive(Debug, Clone)]
pub struct Place {
    at: usize,
    world: World,
}

impl<'a> Cursor<'a> {
    /// The number of steps before the cursor.
    pub fn position(&self) -> usize {
        self.place.at
    }

    /// The world at this place.
    pub fn world(&self) -> &World {
        &self.place.world
    }

    /// Moves over the next step and returns it; `None` at the end.
    pub fn forward(&mut self) -> Option<&'a Step> {
        self.place.forward(self.recording)
    }

    /// Moves back over the step before and returns it; `None` at the start.
    pub fn back(&mut self) -> Option<&'a Step> {
        self.place.back(self.recording)
    }

    /// Moves to before step `n`, or to the end where there are fewer, from wherever is nearest.
    pub fn seek(&mut self, n: usize) {
        self.place.seek(self.recording, n);
    }
}

impl Place {
    /// The number of steps before this place.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The world at this place.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Moves over the next step and returns it; `None` at the end.
    pub fn forward<'a>(&mut self, recording: &'a Recording) -> Option<&'a Step> {
        let step = recording.steps.get(self.at)?;
        if let StepKind::Action(action) = step.kind {
            let done = self.world.act(action);
            debug_assert!(done, "it was done when it was recorded");
        }
        self.at += 1;
        Some(step)
    }

    /// Moves back over the step before and returns it; `None` at the start.
    pub fn back<'a>(&mut self, recording: &'a Recording) -> Option<&'a Step> {
        let step = recording.steps.get(self.at.checked_sub(1)?)?;
        self.world.restore(step.robot, step.marker_change);
        self.at -= 1;
        Some(step)
    }

    /// Moves to before step `n`, or to the end where there are fewer, from wherever is nearest.
    pub fn seek(&mut self, recording: &Recording, n: usize) {
        let last = recording.steps.len();
        let n = n.min(last);
        let from_here = self.at.abs_diff(n);
        if n < from_here {
            self.world.clone_from(&recording.start);
            self.at = 0;
        } else if last - n < from_here {
            self.world.clone_from(&recording.end);
            self.at = last;
        }
        while self.at < n {
            self.forward(recording);
        }
        while self.at > n {
            self.back(recording);
        }
    }
}
