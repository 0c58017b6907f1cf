//! Building code statement by statement, as the lowering, the compact vocabulary and the search do.

use crate::code::{Check, Code, Op, Origin};
use syntax::ast::Action;

/// A procedure of the code being built. Whoever builds the code chooses the numbers; a run starts at number 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProcedureId(pub u32);

impl ProcedureId {
    /// The procedure at which a run starts.
    pub const MAIN: ProcedureId = ProcedureId(0);
}

/// Appends statements to a program. Never fails: what doesn't fit (an `else` without `if`, an `end` too many) is
/// left out, and what is left open is closed by [`CodeBuilder::finish`] with a hole at every open end.
///
/// ```
/// use runtime::{Action, CodeBuilder, Limits, Machine, Outcome, Test, World};
///
/// let mut builder = CodeBuilder::new();
/// builder.begin_while(Test::FrontIsClear.into());
/// builder.action(Action::Move);
/// builder.end();
/// let mut world = World::new(5, 5);
/// let mut machine = Machine::new();
/// assert_eq!(machine.run(&builder.finish(), &mut world, &Limits::DATASET), Outcome::Finished);
/// assert_eq!((world.robot().row, machine.ticks()), (4, 9));
/// ```
#[derive(Debug, Clone, Default)]
pub struct CodeBuilder {
    ops: Vec<Op>,
    origins: Vec<Origin>,
    origin: Origin,
    open: Vec<Open>,
    /// The instruction at which each procedure starts.
    entries: Vec<Option<u32>>,
    /// The instructions that call.
    calls: Vec<u32>,
    /// The check that stands in the place of the condition hole being filled.
    pub(crate) filled_condition: Option<Check>,
    /// The number that stands in the place of the count hole being filled.
    pub(crate) filled_count: Option<u8>,
}

/// An open block.
#[derive(Debug, Clone, Copy)]
enum Open {
    While {
        head: u32,
    },
    Repeat {
        head: u32,
    },
    If {
        head: u32,
    },
    /// `skip` is the jump over the branch.
    Else {
        skip: u32,
    },
}

impl CodeBuilder {
    /// Begins with an empty `main`.
    pub fn new() -> CodeBuilder {
        CodeBuilder { entries: vec![Some(0)], ..CodeBuilder::default() }
    }

    /// Begins with nothing at all: every procedure, `main` too, has to be begun.
    pub fn without_main() -> CodeBuilder {
        CodeBuilder::default()
    }

    /// Begins with an empty `main`, in the buffers of a code that is no longer needed.
    pub fn reuse(code: Code) -> CodeBuilder {
        let Code { mut ops, mut origins, .. } = code;
        ops.clear();
        origins.clear();
        CodeBuilder { ops, origins, ..CodeBuilder::new() }
    }

    /// Sets where the statements that are appended from now on come from.
    pub fn set_origin(&mut self, origin: Origin) {
        self.origin = origin;
    }

    pub fn origin(&self) -> Origin {
        self.origin
    }

    pub fn action(&mut self, action: Action) {
        self.push(Op::Act(action));
    }

    pub fn begin_while(&mut self, check: Check) {
        self.push(Op::EnterWhile);
        let head = self.push(Op::While { check, exit: 0 });
        self.open.push(Open::While { head });
    }

    pub fn begin_repeat(&mut self, count: u8) {
        self.push(Op::EnterRepeat { count });
        let head = self.push(Op::Round { exit: 0 });
        self.open.push(Open::Repeat { head });
    }

    pub fn begin_if(&mut self, check: Check) {
        let head = self.push(Op::If { check, otherwise: 0 });
        self.open.push(Open::If { head });
    }

    /// Ends the first branch of the innermost block, an `if`, and begins its second.
    pub fn begin_else(&mut self) {
        if let Some(Open::If { head }) = self.open.last().copied() {
            let skip = self.push(Op::Jump(0));
            self.aim(head, self.here());
            self.open.pop();
            self.open.push(Open::Else { skip });
        }
    }

    /// Ends the innermost block.
    pub fn end(&mut self) {
        match self.open.pop() {
            Some(Open::While { head }) => {
                self.push_from(head, Op::Jump(head));
                self.aim(head, self.here());
                self.push_from(head, Op::LeaveWhile);
            }
            Some(Open::Repeat { head }) => {
                self.push_from(head, Op::Jump(head));
                self.aim(head, self.here());
            }
            Some(Open::If { head }) => self.aim(head, self.here()),
            Some(Open::Else { skip }) => self.aim(skip, self.here()),
            None => {}
        }
    }

    /// Appends a call; one of a procedure that is never begun stops the run like [`CodeBuilder::broken`].
    pub fn call(&mut self, procedure: ProcedureId) {
        let at = self.push(Op::Call(procedure.0));
        self.calls.push(at);
    }

    /// Appends a place that synthesis is to fill: a run stops there.
    pub fn hole(&mut self) {
        self.push(Op::Hole);
    }

    /// Appends a place where the source is wrong: a run stops there.
    pub fn broken(&mut self) {
        self.push(Op::Broken);
    }

    /// Sets what stands in the place of a condition hole (for the callback of [`crate::lower_with`]).
    pub fn fill_condition(&mut self, check: Check) {
        self.filled_condition = Some(check);
    }

    /// Sets what stands in the place of a count hole (for the callback of [`crate::lower_with`]).
    pub fn fill_count(&mut self, count: u8) {
        self.filled_count = Some(count);
    }

    /// The number of instructions so far.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// The number of open blocks.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the innermost open block is the first branch of an `if`, so that [`CodeBuilder::begin_else`] fits.
    pub fn in_if(&self) -> bool {
        matches!(self.open.last(), Some(Open::If { .. }))
    }

    /// Appends a hole here and at the end of every open block deeper than `depth`, and closes these. A run that
    /// comes to the open end of a prefix stops at one of these holes.
    pub fn hole_at_open_ends(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.hole();
            self.end();
        }
        self.hole();
    }

    /// Ends the current procedure, blocks left open included, and begins another.
    pub fn begin_procedure(&mut self, procedure: ProcedureId) {
        self.end_procedure();
        let index = procedure.0 as usize;
        if self.entries.len() <= index {
            self.entries.resize(index + 1, None);
        }
        self.entries[index] = Some(self.here());
    }

    /// Ends everything that is open, and returns the code.
    pub fn finish(mut self) -> Code {
        self.end_procedure();
        let start = self.entries.first().copied().flatten().unwrap_or_else(|| self.push(Op::Broken));
        for at in self.calls {
            let op = &mut self.ops[at as usize];
            if let Op::Call(procedure) = *op {
                let entry = self.entries.get(procedure as usize).copied().flatten();
                *op = entry.map_or(Op::Broken, Op::Call);
            }
        }
        Code { ops: self.ops, origins: self.origins, start }
    }

    fn end_procedure(&mut self) {
        if !self.open.is_empty() {
            self.hole_at_open_ends(0);
        }
        if !self.entries.is_empty() {
            self.push(Op::Return);
        }
    }

    fn here(&self) -> u32 {
        self.ops.len() as u32
    }

    fn push(&mut self, op: Op) -> u32 {
        let at = self.here();
        self.ops.push(op);
        self.origins.push(self.origin);
        at
    }

    /// Appends an instruction that comes from where the one at `head` does.
    fn push_from(&mut self, head: u32, op: Op) {
        self.ops.push(op);
        self.origins.push(self.origins[head as usize]);
    }

    fn aim(&mut self, at: u32, target: u32) {
        match &mut self.ops[at as usize] {
            Op::While { exit: t, .. } | Op::Round { exit: t } | Op::If { otherwise: t, .. } | Op::Jump(t) => {
                *t = target;
            }
            _ => {}
        }
    }
}
