//! K0xx: what is not written as the language demands.

use super::Code;

/// The codes of this group, in order.
pub const ALL: &[&Code] = &[
    &MISSING_COLON,
    &MISSING_OPENING,
    &MISSING_CLOSING,
    &MISSING_CALL,
    &MISSING_SEMICOLON,
    &BODY_NOT_INDENTED,
    &WRONG_INDENTATION,
    &EMPTY_BODY,
    &MIXED_INDENTATION,
    &UNKNOWN_WORD,
    &MISSING_CONDITION,
    &MISSING_COUNT,
    &COUNT_OUT_OF_RANGE,
    &UNEXPECTED_TEXT,
    &NO_ARGUMENTS,
    &STRAY_STATEMENT,
    &STRAY_ELSE,
    &MISPLACED_DEFINITION,
    &MISSING_NAME,
    &OPEN_STRING,
    &MISSING_INPUT,
    &DUPLICATE_SECTION,
    &UNKNOWN_SECTION,
    &STRAY_SECTION,
    &CRASH_WITH_OUTPUT,
    &PLAIN_TRACE,
    &NO_ROWS,
    &RAGGED_ROWS,
    &NO_ROBOT,
    &SEVERAL_ROBOTS,
    &UNKNOWN_CELL,
    &TOO_MANY_MARKERS,
    &GRID_TOO_LARGE,
    &ROW_ON_SECTION_LINE,
    &TOO_DEEP,
    &TOO_LONG,
    &FOREIGN_WORD,
    &FOREIGN_COMMENT,
    &FOREIGN_CHARACTER,
    &FOREIGN_BRACES,
    &TOO_MANY,
    &FOREIGN_OPERATOR,
    &BROKEN_LINE,
    &FOREIGN,
];

pub const MISSING_COLON: Code = Code {
    code: "K001",
    title: "Missing `:`",
    explanation: "A line that begins a block, such as `while(frontIsClear()):` or `output:`, ends with a colon; the \
                  block stands behind it or indented below it.",
};

pub const MISSING_OPENING: Code = Code {
    code: "K002",
    title: "Missing `(`",
    explanation: "There is a closing parenthesis without an opening one. Parentheses come in pairs: `move()`, \
                  `while(frontIsClear()):`.",
};

pub const MISSING_CLOSING: Code = Code {
    code: "K003",
    title: "Missing `)`",
    explanation: "An opening parenthesis is never closed. Count them: `while(frontIsClear()):` has two of each.",
};

pub const MISSING_CALL: Code = Code {
    code: "K004",
    title: "Missing `()`",
    explanation: "To make the robot do something, or to ask it something, write parentheses after the name: \
                  `move()`, not `move`. So does a definition: `def main():`.",
};

pub const MISSING_SEMICOLON: Code = Code {
    code: "K005",
    title: "Missing `;`",
    explanation: "Several statements on one line are separated by semicolons: `move(); turnLeft()`. Or give each a \
                  line of its own.",
};

pub const BODY_NOT_INDENTED: Code = Code {
    code: "K006",
    title: "Body not indented",
    explanation: "What belongs to a `def`, a loop, an `if`, an example or a section stands deeper than its first \
                  line, usually by four blanks. That is how Karel knows where the block ends.",
};

pub const WRONG_INDENTATION: Code = Code {
    code: "K007",
    title: "Indentation does not match",
    explanation: "All lines of a block begin in the same column, and an `else` stands right under its `if`. This line \
                  begins between two blocks, or deeper than its neighbours, so it isn't clear where it belongs.",
};

pub const EMPTY_BODY: Code = Code {
    code: "K008",
    title: "Empty body",
    explanation: "A block needs at least one statement. If you don't know yet what to do there, write a hole, `...`, \
                  and let the synthesis fill it.",
};

pub const MIXED_INDENTATION: Code = Code {
    code: "K009",
    title: "Tabs and blanks mixed",
    explanation: "The lines of one block are indented with blanks or with tabs, not with both: they may look alike \
                  on your screen and not on others. The formatter uses four blanks.",
};

pub const UNKNOWN_WORD: Code = Code {
    code: "K010",
    title: "Unknown word",
    explanation: "This word means nothing here. The language knows `def`, `while`, `repeat`, `if`, `else` and `not`; \
                  the actions `move turnLeft turnRight pickMarker putMarker`; and the tests `frontIsClear \
                  leftIsClear rightIsClear markersPresent noMarkersPresent`.",
};

pub const MISSING_CONDITION: Code = Code {
    code: "K012",
    title: "Missing condition",
    explanation: "`while`, `if` and `not` need something that is true or false: one of the five tests, such as \
                  `frontIsClear()`, or `not(...)` of one. Write `?` to have it found by the synthesis.",
};

pub const MISSING_COUNT: Code = Code {
    code: "K013",
    title: "Missing number",
    explanation: "`repeat` needs a whole number, as in `repeat(4):`. There are no variables and no arithmetic. Write \
                  `?` to have the number found by the synthesis.",
};

pub const COUNT_OUT_OF_RANGE: Code = Code {
    code: "K014",
    title: "Number out of range",
    explanation: "A `repeat` does its body 0 to 19 times. For more, put one `repeat` in another: \
                  `repeat(5): repeat(10): move()` moves 50 times.",
};

pub const UNEXPECTED_TEXT: Code = Code {
    code: "K015",
    title: "Text that isn't understood",
    explanation: "This is neither a statement nor a part of one. If it is meant for people, put a `#` before it and \
                  it becomes a comment.",
};

pub const NO_ARGUMENTS: Code = Code {
    code: "K016",
    title: "Nothing between these parentheses",
    explanation: "Actions, tests and procedures take no values. To move three times, write `repeat(3): move()`.",
};

pub const STRAY_STATEMENT: Code = Code {
    code: "K017",
    title: "Statement outside of a procedure",
    explanation: "Every statement belongs to a procedure; a run begins with the one named `main`. Write \
                  `def main():` above and indent the statements.",
};

pub const STRAY_ELSE: Code = Code {
    code: "K018",
    title: "`else` without `if`",
    explanation: "An `else` follows the block of an `if` and stands right under that `if`.",
};

pub const MISPLACED_DEFINITION: Code = Code {
    code: "K019",
    title: "Definition not at the beginning of a line",
    explanation: "Procedures and examples stand side by side in a file: `def`, `example`, `test` and `examples` begin \
                  in the first column, never inside another block.",
};

pub const MISSING_NAME: Code = Code {
    code: "K020",
    title: "Missing name",
    explanation: "A procedure's name is one word: `def turnAround():`. The name of an example and the path of an \
                  example file stand in double quotes: `example \"short row\":`.",
};

pub const OPEN_STRING: Code = Code {
    code: "K021",
    title: "Missing closing quote",
    explanation: "A text in quotes ends on the line on which it begins, with a second `\"`.",
};

pub const MISSING_INPUT: Code = Code {
    code: "K022",
    title: "Example without input",
    explanation: "An example needs an `input:` with the grid that the program starts from. `output:` and `trace:` may \
                  be left out.",
};

pub const DUPLICATE_SECTION: Code = Code {
    code: "K023",
    title: "Section given twice",
    explanation: "An example has one `input:`, at most one `output:` and at most one `trace:`; only the first of them \
                  counts.",
};

pub const UNKNOWN_SECTION: Code = Code {
    code: "K024",
    title: "Unknown section",
    explanation: "The sections of an example are `input:`, `output:`, `trace:` and `trace?:`.",
};

pub const STRAY_SECTION: Code = Code {
    code: "K025",
    title: "Section outside of an example",
    explanation: "`input:`, `output:` and `trace:` stand indented below a line such as `example \"short row\":`.",
};

pub const CRASH_WITH_OUTPUT: Code = Code {
    code: "K026",
    title: "Crash with an output",
    explanation: "An example marked `crashes` expects the run to end in a crash, and then there is no output grid. \
                  Remove one of the two.",
};

pub const PLAIN_TRACE: Code = Code {
    code: "K027",
    title: "A trace is plain words",
    explanation: "A trace lists actions, separated by blanks: `trace: move turnLeft move`. No parentheses, commas or \
                  semicolons.",
};

pub const NO_ROWS: Code = Code {
    code: "K030",
    title: "Missing grid",
    explanation: "Below `input:` and `output:` stand the rows of a grid, indented: `.` is an empty cell, `#` a wall, \
                  `1` to `9` markers, and `^ > v <` the robot.",
};

pub const RAGGED_ROWS: Code = Code {
    code: "K031",
    title: "Rows of different length",
    explanation: "All rows of a grid have the same number of cells, with blanks between them.",
};

pub const NO_ROBOT: Code = Code {
    code: "K032",
    title: "No robot",
    explanation: "A grid has one robot: `^`, `>`, `v` or `<`, by the direction it looks to, and a number behind it if \
                  it stands on markers, as `>3`.",
};

pub const SEVERAL_ROBOTS: Code = Code {
    code: "K033",
    title: "More than one robot",
    explanation: "A grid has one robot. Put `.` or the number of markers into the other cells.",
};

pub const UNKNOWN_CELL: Code = Code {
    code: "K034",
    title: "Unknown cell",
    explanation: "A cell is `.` (empty), `#` (wall), `1` to `9` (markers) or the robot `^ > v <`, with the number of \
                  markers under it if there are any. Cells are separated by blanks; a grid has no comments.",
};

pub const TOO_MANY_MARKERS: Code = Code {
    code: "K035",
    title: "More than 9 markers",
    explanation: "A cell holds at most 9 markers. If two cells were meant, put a blank between them.",
};

pub const GRID_TOO_LARGE: Code = Code {
    code: "K036",
    title: "Grid too large",
    explanation: "A grid has at most 100 rows and 100 columns.",
};

pub const ROW_ON_SECTION_LINE: Code = Code {
    code: "K037",
    title: "Grid on the section's line",
    explanation: "The first row of a grid stands on the line below `input:` or `output:`, indented like the other rows.",
};

pub const TOO_DEEP: Code = Code {
    code: "K040",
    title: "Nested too deeply",
    explanation: "Blocks, and `not`s, can be nested at most 100 deep. Move the inner ones to a procedure.",
};

pub const TOO_LONG: Code =
    Code { code: "K041", title: "File too long", explanation: "Files of more than a gigabyte are not read." };

pub const FOREIGN_WORD: Code = Code {
    code: "K042",
    title: "Word of another language",
    explanation: "Other languages have this word, and Karel does without it: procedures begin with `def`, blocks end \
                  where their indentation ends, and there is nothing to import, to return or to print.",
};

pub const FOREIGN_COMMENT: Code = Code {
    code: "K043",
    title: "Comment of another language",
    explanation: "A comment goes from `#` to the end of its line. There is no other kind; for several lines write a \
                  `#` before each.",
};

pub const FOREIGN_CHARACTER: Code = Code {
    code: "K044",
    title: "Character that only looks right",
    explanation: "Text that comes from a web page or a text processor often has characters that look like blanks, \
                  parentheses or quotes, or like nothing at all, and are others. The fix replaces them.",
};

pub const FOREIGN_BRACES: Code = Code {
    code: "K045",
    title: "Braces around a block",
    explanation: "A block stands behind a colon, or indented below it, and ends where the indentation ends: \
                  `while(frontIsClear()):` and the statements four blanks deeper. There are no `{` and `}`.",
};

pub const TOO_MANY: Code = Code {
    code: "K046",
    title: "Many more mistakes",
    explanation: "The first hundred mistakes of a file are told one by one. Mend some of them, and the others come up.",
};

pub const FOREIGN_OPERATOR: Code = Code {
    code: "K047",
    title: "Operator of another language",
    explanation: "A condition is one test, or `not(...)` of one. It is true or false by itself, so nothing is compared; \
                  to ask for two things put one `if` in another.",
};

pub const BROKEN_LINE: Code = Code {
    code: "K048",
    title: "Line broken in two",
    explanation: "A statement, or the first line of a block up to its colon, stands on one line.",
};

pub const FOREIGN: Code = Code {
    code: "K060",
    title: "A file of another Karel",
    explanation: "The file is recognised as one of another Karel, or of another kind altogether; the message says which. \
                  Programs in the dataset's tokens and with braces, and worlds of Stanford (`.w`), omegaUp and ReKarel \
                  (XML), karel_robot (`.km2`) and those without blanks between their cells are imported with `karel \
                  import FILE`. In this language walls are cells: walls between cells, bags of beepers and colours can't \
                  be imported, and neither can programs in Python, Java, Pascal or JavaScript: write these anew.",
};
