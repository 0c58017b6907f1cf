//! What the words of the language mean, in a sentence or two. For hovers and completion.

/// Every word with its help, in Markdown without headings.
pub const WORDS: &[(&str, &str)] = &[
    ("move", "The robot goes one cell ahead. It **crashes** if a wall or the edge of the world is there."),
    ("turnLeft", "The robot turns a quarter to the left, in place. Never fails."),
    ("turnRight", "The robot turns a quarter to the right, in place. Never fails."),
    ("pickMarker", "The robot picks one marker from its cell. It **crashes** if there is none."),
    ("putMarker", "The robot puts one marker on its cell. It **crashes** if nine are there already."),
    ("frontIsClear", "Holds if the cell ahead is neither wall nor outside the world."),
    ("leftIsClear", "Holds if the cell to the robot's left is neither wall nor outside the world."),
    ("rightIsClear", "Holds if the cell to the robot's right is neither wall nor outside the world."),
    ("markersPresent", "Holds if at least one marker is on the robot's cell."),
    ("noMarkersPresent", "Holds if no marker is on the robot's cell."),
    ("def", "Defines a procedure: `def turnAround(): turnLeft(); turnLeft()`. A run begins with `main`."),
    ("while", "Tests the condition before each round, and runs its body as long as it holds."),
    ("repeat", "Runs its body so many times, 0 to 19."),
    ("if", "Runs its body if the condition holds, else what stands under `else:`, if anything."),
    ("else", "Is run where the condition of its `if` does not hold."),
    ("not", "Holds where the condition in it does not."),
    (
        "example",
        "A world before and after. It is run as you type, and it is what synthesis works from. \
         `example \"name\" crashes:` expects a crash instead of an output.",
    ),
    ("test", "Like an example, but held out: it is run and reported, and never shown to synthesis."),
    ("examples", "Names a file of examples that belongs to this program: `examples \"more.kgrid\"`."),
    ("crashes", "The run of this example is expected to crash."),
    (
        "input",
        "The world before the run. North is on top; `.` is an empty cell, `#` a wall, `1` to `9` markers, `^ > v <` \
         the robot, with the markers under it: `>3`.",
    ),
    ("output", "The world that the run has to leave. Without it nothing is checked."),
    (
        "trace",
        "The actions of the run. `trace:` is part of what the example asks for; `trace?:` was inferred and is no \
         constraint until you take the `?` away.",
    ),
    ("...", "A hole: one or more statements still to be written. A run stops here; synthesis can fill it."),
    ("?", "A hole: a condition or a number still to be written. A run stops here; synthesis can fill it."),
];

/// The help of a word, if it is one of the language's.
pub fn help(word: &str) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, help)| *help)
}
