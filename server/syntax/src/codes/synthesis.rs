//! K3xx: what synthesis is to fill, and what keeps it from it.

use super::Code;

/// The codes of this group, in order.
pub const ALL: &[&Code] = &[&HOLE, &CONTRADICTION, &IMPOSSIBLE, &WRONG_INFERRED_TRACE, &AMBIGUOUS];

pub const HOLE: Code = Code {
    code: "K301",
    title: "Hole",
    explanation: "A hole, `...` for statements or `?` for a condition or a number, stands for what is still to be \
                  written. A program with holes is valid; a run stops when it comes to one. Write what is missing, \
                  or let synthesis fill it from the examples.",
};

pub const CONTRADICTION: Code = Code {
    code: "K302",
    title: "Examples contradict each other",
    explanation: "Two examples begin with the same world and ask for different things: another output, another trace, \
                  or a crash in one only. A program does the same in the same world, so none can satisfy both. \
                  Correct or remove one of them.",
};

pub const IMPOSSIBLE: Code = Code {
    code: "K303",
    title: "Example that no program satisfies",
    explanation: "What the example asks for can't be: the output has another size or other walls than the input, a \
                  `crashes` example gives an output, or its `trace:` crashes or does not lead to its output. Correct \
                  the example.",
};

pub const WRONG_INFERRED_TRACE: Code = Code {
    code: "K304",
    title: "Inferred trace is out of date",
    explanation: "The `trace?:` of this example, which was inferred, no longer leads from its input to its output. \
                  It is no constraint, so nothing else changes; remove it, or infer it again.",
};

pub const AMBIGUOUS: Code = Code {
    code: "K305",
    title: "Ambiguous specification",
    explanation: "Synthesis has found programs that all pass every example and yet do different things in other \
                  worlds. The deciding example is a small world in which they do: hover the message to see how each \
                  program leaves it, and say with a quick fix which is right. That adds it to the examples, and takes \
                  a program that ends so. The message goes away as soon as the program or an example changes.",
};
