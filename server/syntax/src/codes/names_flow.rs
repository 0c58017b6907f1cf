//! K1xx: names and flow. What needs the whole file, but no run.

use super::Code;

/// The codes of this group, in order.
pub const ALL: &[&Code] = &[
    &UNDEFINED_PROCEDURE,
    &UNUSED_PROCEDURE,
    &DUPLICATE_PROCEDURE,
    &DUPLICATE_EXAMPLE,
    &NO_MAIN,
    &BUILT_IN_NAME,
    &UNREACHABLE,
    &REPEAT_ZERO,
    &TURN_UNDONE,
    &ALWAYS_FALSE,
    &ALWAYS_TRUE,
    &LOOP_NEVER_ENDS,
    &DOUBLE_NOT,
    &NEGATED_MARKERS,
    &ENDLESS_RECURSION,
    &CERTAIN_CRASH,
];

pub const UNDEFINED_PROCEDURE: Code = Code {
    code: "K101",
    title: "Undefined procedure",
    explanation: "The program calls a procedure that neither Karel nor this file defines. Check the spelling, or \
                  define it: `def turnAround():` and its statements below.",
};

pub const UNUSED_PROCEDURE: Code = Code {
    code: "K102",
    title: "Unused procedure",
    explanation: "A run begins with `main`, and nothing that `main` does ever calls this procedure. Call it, or \
                  remove it.",
};

pub const DUPLICATE_PROCEDURE: Code = Code {
    code: "K103",
    title: "Procedure defined twice",
    explanation: "Two procedures of one file have the same name, so a call can't tell them apart; the first one is \
                  called. Rename or remove one of them.",
};

pub const DUPLICATE_EXAMPLE: Code = Code {
    code: "K104",
    title: "Example name used twice",
    explanation: "Results are reported by the example's name, so every example and test of a program needs a name \
                  of its own.",
};

pub const NO_MAIN: Code = Code {
    code: "K105",
    title: "No main",
    explanation: "Examples run the procedure `main`, and this file has none. Write `def main():`, with `...` as its \
                  body if you want it synthesized.",
};

pub const BUILT_IN_NAME: Code = Code {
    code: "K106",
    title: "Name of a built-in",
    explanation: "The name already belongs to one of Karel's own actions or conditions, and a call of it means \
                  that one, never this procedure. Choose another name.",
};

pub const UNREACHABLE: Code = Code {
    code: "K110",
    title: "Unreachable statement",
    explanation: "A loop before this statement never ends once it has begun, and it always begins, so the statement \
                  is never run, whatever the world.",
};

pub const REPEAT_ZERO: Code = Code {
    code: "K111",
    title: "Repeat of zero rounds",
    explanation: "`repeat(0)` runs its body no time at all. Give the number of rounds, or remove the loop.",
};

pub const TURN_UNDONE: Code = Code {
    code: "K112",
    title: "Turn undone by the next",
    explanation: "A left turn followed at once by a right turn, or the other way round, leaves the robot as it was.",
};

pub const ALWAYS_FALSE: Code = Code {
    code: "K113",
    title: "Condition always false",
    explanation: "Whenever the robot comes here, an earlier test or action has already settled that this condition \
                  does not hold, in every world: its body is never run.",
};

pub const ALWAYS_TRUE: Code = Code {
    code: "K114",
    title: "Condition always true",
    explanation: "Whenever the robot comes here, an earlier test or action has already settled that this condition \
                  holds, in every world: the test decides nothing.",
};

pub const LOOP_NEVER_ENDS: Code = Code {
    code: "K115",
    title: "Loop that can't end",
    explanation: "After every round of this loop its condition holds again, in every world, so once it has begun \
                  only a crash can end it. Its body must do something that can change the condition, such as `move()` \
                  for `frontIsClear()` or `pickMarker()` for `markersPresent()`.",
};

pub const DOUBLE_NOT: Code =
    Code { code: "K116", title: "Double negation", explanation: "`not(not(b))` means `b`." };

pub const NEGATED_MARKERS: Code = Code {
    code: "K117",
    title: "Negated marker test",
    explanation: "The two marker tests are each other's opposite: `not(markersPresent())` is `noMarkersPresent()`, \
                  and the other way round. The public dataset, and so what synthesis writes, has only the short form.",
};

pub const ENDLESS_RECURSION: Code = Code {
    code: "K118",
    title: "Endless recursion",
    explanation: "Whichever way this procedure takes, it calls itself again, directly or through others, so a call \
                  of it never comes back. Put the call inside an `if` that stops at some time.",
};

pub const CERTAIN_CRASH: Code = Code {
    code: "K119",
    title: "Certain crash",
    explanation: "Whenever the robot comes here, an earlier test or action has already settled that this action is \
                  impossible: a wall ahead, no marker to pick, or nine markers on the cell already.",
};
