//! K2xx: what the runs of the examples show.

use super::Code;

/// The codes of this group, in order.
pub const ALL: &[&Code] = &[
    &CRASH,
    &WRONG_RESULT,
    &ENDLESS_LOOP,
    &TICK_LIMIT,
    &TOO_DEEP,
    &OTHER_TRACE,
    &TEST_FAILED,
    &DID_NOT_CRASH,
    &NEVER_REACHED,
    &NO_OUTPUT,
];

pub const CRASH: Code = Code {
    code: "K201",
    title: "Crash",
    explanation: "In an example the robot could not do what the program says here: `move()` with a wall or the edge \
                  of the world ahead, `pickMarker()` on a cell without markers, or `putMarker()` on a cell that \
                  holds nine. The run stops there and the example fails. Test before you act, for instance with \
                  `if(frontIsClear()):`. Steps are counted in actions, from 1.",
};

pub const WRONG_RESULT: Code = Code {
    code: "K202",
    title: "Wrong result",
    explanation: "The program came to its end on this example, but the world it leaves is not the output that the \
                  example gives: a number of markers, or the robot's cell or direction, differs. Hover the example \
                  to see both worlds. Correct the program; or, where the program is right, take the quick fix that \
                  updates the output.",
};

pub const ENDLESS_LOOP: Code = Code {
    code: "K203",
    title: "Endless loop",
    explanation: "In an example this loop comes back to a world that it has already seen, so it repeats itself for \
                  ever; this is proved, not guessed from the time it takes. Its body must bring the robot nearer to \
                  a world in which the condition no longer holds.",
};

pub const TICK_LIMIT: Code = Code {
    code: "K204",
    title: "Limit of steps reached",
    explanation: "The run of an example was stopped because it took more steps than allowed: each action, each \
                  condition evaluated and each round of a `repeat` is one. It may be endless or only long; the \
                  limit is the setting `karel.run.maxTicks`.",
};

pub const TOO_DEEP: Code = Code {
    code: "K205",
    title: "Recursion too deep",
    explanation: "In an example more than 1,000 calls were active at one time: a procedure calls itself, directly or \
                  through others, and does not stop in time. Put the call inside an `if` whose condition fails at \
                  last.",
};

pub const OTHER_TRACE: Code = Code {
    code: "K206",
    title: "Other trace than given",
    explanation: "The example gives a `trace:`, and the program's actions are not those. A given trace is part of \
                  what the example asks for. Correct the program, or take the quick fix that writes the program's \
                  own trace.",
};

pub const TEST_FAILED: Code = Code {
    code: "K207",
    title: "Test failed",
    explanation: "The program does not do what this held-out `test` block asks for. Tests are never shown to \
                  synthesis: one that fails where all examples pass says that the examples leave too much open.",
};

pub const DID_NOT_CRASH: Code = Code {
    code: "K208",
    title: "Expected a crash",
    explanation: "The example says `crashes`, but the program comes to its end on it. Correct the program, or take \
                  the quick fix that expects what the program does.",
};

pub const NEVER_REACHED: Code = Code {
    code: "K209",
    title: "No example comes here",
    explanation: "All examples run to their end, and none of them ever runs these statements. So nothing says \
                  whether they are right, and synthesis would not know that they are wanted: the specification is \
                  weak here. Add an example that takes this way, or remove the statements.",
};

pub const NO_OUTPUT: Code = Code {
    code: "K210",
    title: "Example without output",
    explanation: "The example has an input and no `output:`, so it can be run but not checked, and synthesis leaves \
                  it out. The quick fix fills in what the program does; read it before you rely on it.",
};
