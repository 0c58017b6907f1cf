//! What a program is lowered to: flat instructions with jumps.

use syntax::ast::{Action, Test};

/// Where an instruction comes from. It is opaque to the interpreter; the builder of the code gives it a meaning
/// (for [`crate::lower`], a number of [`crate::Program::site`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Origin(pub u32);

/// A condition in which all `not`s are reduced to one or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Check {
    pub test: Test,
    /// Whether the test must not hold.
    pub negated: bool,
}

impl From<Test> for Check {
    fn from(test: Test) -> Check {
        Check { test, negated: false }
    }
}

impl std::ops::Not for Check {
    type Output = Check;
    fn not(self) -> Check {
        Check { negated: !self.negated, ..self }
    }
}

/// A program ready to run. Built by [`crate::CodeBuilder`] alone, which sees to it that every jump lands inside
/// and every path ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub(crate) ops: Vec<Op>,
    /// One per instruction.
    pub(crate) origins: Vec<Origin>,
    /// The instruction at which a run starts.
    pub(crate) start: u32,
}

/// One instruction. Targets are indices of instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Act(Action),
    /// Head of a `while`: goes on where the check holds, to `exit` where not.
    While {
        check: Check,
        exit: u32,
    },
    /// A new activation of the `while` that follows.
    EnterWhile,
    /// The activation of the `while` before is over.
    LeaveWhile,
    If {
        check: Check,
        otherwise: u32,
    },
    /// A new activation of the `repeat` that follows.
    EnterRepeat {
        count: u8,
    },
    /// Head of a `repeat`: the next round, or to `exit` when none is left.
    Round {
        exit: u32,
    },
    Jump(u32),
    Call(u32),
    /// End of a procedure; of the whole run where none called.
    Return,
    Hole,
    /// Source that is not a statement, condition or count, or calls what is not defined.
    Broken,
}

impl Code {
    /// The number of instructions, which is at least one.
    #[expect(clippy::len_without_is_empty, reason = "code always has its end")]
    pub fn len(&self) -> usize {
        self.ops.len()
    }
}
