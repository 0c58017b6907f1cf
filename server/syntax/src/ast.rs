//! The typed tree of a file. Permissive: whatever the text, there is a tree; what is missing is said by
//! `Missing`/`Error` variants, never by a panic. Every node carries its range in the source.

use std::fmt;

use serde::{Deserialize, Serialize};
use text_size::TextRange;

/// The deepest nesting of blocks and of `not`s that the parser lets through: much that works on the tree is recursive.
pub const MAX_DEPTH: usize = 100;

/// A whole file, `.karel` or `.kgrid`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    pub items: Vec<Item>,
    /// Every comment, in source order, `#` included, line end excluded.
    pub comments: Vec<Comment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub range: TextRange,
    pub text: String,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Procedure(Procedure),
    Example(Example),
    Include(Include),
    /// Statements at top level, where only definitions and examples may stand (reported by the parser).
    Stray(Block),
}

impl Item {
    pub fn range(&self) -> TextRange {
        match self {
            Item::Procedure(procedure) => procedure.range,
            Item::Example(example) => example.range,
            Item::Include(include) => include.range,
            Item::Stray(block) => block.range,
        }
    }

    /// The statements of a procedure, or those at top level.
    pub fn block(&self) -> Option<&Block> {
        match self {
            Item::Procedure(procedure) => Some(&procedure.body),
            Item::Stray(block) => Some(block),
            Item::Example(_) | Item::Include(_) => None,
        }
    }
}

/// `def NAME(): BLOCK`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// The text from `def` to the end of the body.
    pub range: TextRange,
    pub name: Name,
    pub body: Block,
    /// What is not understood in its first line: a call of it stops before anything is done.
    pub broken: Option<TextRange>,
}

/// An identifier as written; empty where the author left it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub range: TextRange,
    pub text: String,
}

/// The statements after a colon, on the same line or indented below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The text from the first statement to the end of the last; empty, at the end of the header, where there is none.
    pub range: TextRange,
    pub statements: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The statement and its blocks, without the line end.
    pub range: TextRange,
    pub kind: StatementKind,
    /// What is not understood in the statement itself, outside of its blocks: in its condition, count or parentheses,
    /// between its parts, around its `else`. `kind` then is the best guess, for names and colours; a run stops
    /// before the statement, and nothing is concluded from it.
    pub broken: Option<TextRange>,
}

impl Statement {
    pub fn new(range: TextRange, kind: StatementKind) -> Statement {
        Statement { range, kind, broken: None }
    }

    /// The blocks directly in the statement.
    pub fn blocks(&self) -> impl DoubleEndedIterator<Item = &Block> {
        self.kind.blocks()
    }

    /// The condition in the statement's head, if it has one.
    pub fn condition(&self) -> Option<&Condition> {
        match &self.kind {
            StatementKind::While { condition, .. } | StatementKind::If { condition, .. } => Some(condition),
            _ => None,
        }
    }

    /// The name that the statement calls, if it is a call.
    pub fn callee(&self) -> Option<&Name> {
        if let StatementKind::Call(name) = &self.kind { Some(name) } else { None }
    }

    /// Whether something in the statement itself, outside of its blocks, is not understood.
    pub fn is_broken(&self) -> bool {
        self.broken.is_some() || self.kind == StatementKind::Error
    }
}

impl Block {
    /// Every statement of the block and of the blocks in it, see [`walk`].
    pub fn walk(&self) -> impl Iterator<Item = &Statement> {
        walk(&self.statements)
    }

    /// The names that are called anywhere in the block, in source order.
    pub fn calls(&self) -> impl Iterator<Item = &Name> {
        self.walk().filter_map(Statement::callee)
    }

    /// Whether something in the block, however deep, is not understood.
    pub fn has_broken(&self) -> bool {
        self.walk().any(Statement::is_broken)
    }
}

/// The statements and those in their blocks, outer ones first, in source order.
pub fn walk(statements: &[Statement]) -> impl Iterator<Item = &Statement> {
    let mut open = vec![statements.iter()];
    std::iter::from_fn(move || {
        loop {
            if let Some(statement) = open.last_mut()?.next() {
                open.extend(statement.blocks().rev().map(|block| block.statements.iter()));
                return Some(statement);
            }
            open.pop();
        }
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    Action(Action),
    /// Call of a procedure.
    Call(Name),
    While {
        condition: Condition,
        body: Block,
    },
    Repeat {
        count: Count,
        body: Block,
    },
    If {
        condition: Condition,
        then: Block,
        otherwise: Option<Else>,
    },
    /// `...`: stands for one or more statements that synthesis is to find.
    Hole,
    /// Text that is not a statement; the parser has said why.
    Error,
}

impl StatementKind {
    /// The blocks directly in a statement of this kind.
    pub fn blocks(&self) -> impl DoubleEndedIterator<Item = &Block> {
        let blocks = match self {
            StatementKind::While { body, .. } | StatementKind::Repeat { body, .. } => [Some(body), None],
            StatementKind::If { then, otherwise, .. } => [Some(then), otherwise.as_ref().map(|o| &o.body)],
            _ => [None, None],
        };
        blocks.into_iter().flatten()
    }

    /// The blocks directly in a statement of this kind, to be changed.
    pub fn blocks_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Block> {
        let blocks = match self {
            StatementKind::While { body, .. } | StatementKind::Repeat { body, .. } => [Some(body), None],
            StatementKind::If { then, otherwise, .. } => {
                [Some(then), otherwise.as_mut().map(|o| &mut o.body)]
            }
            _ => [None, None],
        };
        blocks.into_iter().flatten()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Else {
    /// The word `else`.
    pub keyword: TextRange,
    pub body: Block,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub range: TextRange,
    pub kind: ConditionKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionKind {
    Test(Test),
    Not(Box<Condition>),
    /// `?`
    Hole,
    /// The condition is left out or not understood; the parser has said why.
    Missing,
}

impl Condition {
    /// What stands within all `not`s, and whether their number is odd.
    pub fn innermost(&self) -> (&Condition, bool) {
        let (mut inner, mut negated) = (self, false);
        while let ConditionKind::Not(next) = &inner.kind {
            (inner, negated) = (next, !negated);
        }
        (inner, negated)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub range: TextRange,
    pub kind: CountKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountKind {
    /// 0..=19; a number out of range is `Missing` after its report.
    Number(u8),
    /// `?`
    Hole,
    Missing,
}

/// The five actions, in the order of the networks' vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum Action {
    Move,
    TurnLeft,
    TurnRight,
    PickMarker,
    PutMarker,
}

impl Action {
    pub const ALL: [Action; 5] =
        [Action::Move, Action::TurnLeft, Action::TurnRight, Action::PickMarker, Action::PutMarker];

    /// As written in programs and in the dataset.
    pub fn name(self) -> &'static str {
        ["move", "turnLeft", "turnRight", "pickMarker", "putMarker"][self as usize]
    }

    pub fn from_name(name: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|a| a.name() == name)
    }
}

/// The five tests of the language, in the order of the networks' vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum Test {
    FrontIsClear,
    LeftIsClear,
    RightIsClear,
    MarkersPresent,
    NoMarkersPresent,
}

impl Test {
    pub const ALL: [Test; 5] = [
        Test::FrontIsClear,
        Test::LeftIsClear,
        Test::RightIsClear,
        Test::MarkersPresent,
        Test::NoMarkersPresent,
    ];

    /// As written in programs and in the dataset.
    pub fn name(self) -> &'static str {
        ["frontIsClear", "leftIsClear", "rightIsClear", "markersPresent", "noMarkersPresent"][self as usize]
    }

    pub fn from_name(name: &str) -> Option<Test> {
        Test::ALL.into_iter().find(|t| t.name() == name)
    }
}

/// An `example` or `test` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The text from the keyword to the end of the last section.
    pub range: TextRange,
    /// The first line, from the keyword to the colon.
    pub header: TextRange,
    pub kind: ExampleKind,
    /// The name's text without quotes, and its range without quotes.
    pub name: Name,
    /// `crashes` stands in the header: the run is expected to crash.
    pub crashes: Option<TextRange>,
    pub input: Option<Grid>,
    pub output: Option<Grid>,
    pub trace: Option<Trace>,
    /// What is not understood anywhere in it: it is not run, and asks for nothing.
    pub broken: Option<TextRange>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExampleKind {
    /// It is shown to the synthesizer.
    Example,
    /// It is held out: only run and reported.
    Test,
}

/// The text of a world. Only shape and cell spelling are judged here; `runtime` makes the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The text from the word `input` or `output` to the end of the last row.
    pub range: TextRange,
    /// The word `input` or `output`.
    pub keyword: TextRange,
    /// The rows as written, the northernmost (top) first.
    pub rows: Vec<GridRow>,
    /// Whether it is well-formed: rows equally long, 1×1 to 100×100, known cells, exactly one robot. Where it is not, the
    /// parser has said why.
    pub valid: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridRow {
    pub range: TextRange,
    pub cells: Vec<GridCell>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridCell {
    pub range: TextRange,
    pub kind: CellKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// 0..=9 markers; `.` is 0.
    Markers(u8),
    Wall,
    Robot {
        heading: Heading,
        markers: u8,
    },
    /// The text is not a cell; the parser has said why.
    Unknown,
}

impl CellKind {
    /// The cell that a word of grid text spells: `.` empty, `#` wall, `1` to `9` markers, the robot `^ > v <` (or
    /// `↑ → ↓ ←`) followed by the number of markers under it, if any.
    pub fn from_text(word: &str) -> CellKind {
        let digit = |text: &str| match text.as_bytes() {
            [digit @ b'1'..=b'9'] => Some(digit - b'0'),
            _ => None,
        };
        let mut rest = word.chars();
        let kind = match (word, rest.next().and_then(Heading::from_arrow), rest.as_str()) {
            (".", ..) => Some(CellKind::Markers(0)),
            ("#", ..) => Some(CellKind::Wall),
            (_, None, _) => digit(word).map(CellKind::Markers),
            (_, Some(heading), "") => Some(CellKind::Robot { heading, markers: 0 }),
            (_, Some(heading), under) => digit(under).map(|markers| CellKind::Robot { heading, markers }),
        };
        kind.unwrap_or(CellKind::Unknown)
    }
}

impl fmt::Display for CellKind {
    /// Writes the canonical spelling of the cell; `?` where it is unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CellKind::Markers(0) => f.write_str("."),
            CellKind::Markers(markers) => write!(f, "{markers}"),
            CellKind::Wall => f.write_str("#"),
            CellKind::Robot { heading, markers: 0 } => write!(f, "{}", heading.arrow()),
            CellKind::Robot { heading, markers } => write!(f, "{}{markers}", heading.arrow()),
            CellKind::Unknown => f.write_str("?"),
        }
    }
}

/// The direction in which the robot looks, clockwise from north, so that turning right adds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum Heading {
    North,
    East,
    South,
    West,
}

impl Heading {
    pub const ALL: [Heading; 4] = [Heading::North, Heading::East, Heading::South, Heading::West];

    /// The heading after this many quarter turns to the right.
    #[inline]
    pub fn turned(self, quarters: u8) -> Heading {
        Heading::ALL[usize::from((self as u8 + quarters) & 3)]
    }

    /// The heading that an arrow of grid text shows.
    pub fn from_arrow(arrow: char) -> Option<Heading> {
        Some(match arrow {
            '^' | '↑' => Heading::North,
            '>' | '→' => Heading::East,
            'v' | '↓' => Heading::South,
            '<' | '←' => Heading::West,
            _ => return None,
        })
    }

    /// The arrow as it is written.
    pub fn arrow(self) -> char {
        ['^', '>', 'v', '<'][self as usize]
    }
}

/// `trace:` (given, part of the specification) or `trace?:` (inferred, shown only).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The text from the word `trace` to the last action.
    pub range: TextRange,
    pub inferred: bool,
    /// Unknown words are reported by the parser and left out.
    pub actions: Vec<(Action, TextRange)>,
    /// Whether no word was left out.
    pub valid: bool,
}

/// `examples "path.kgrid"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    pub range: TextRange,
    /// The path's text and range, without quotes.
    pub path: Name,
}

impl File {
    /// The procedures' bodies and the statements at top level: all places where statements stand.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.items.iter().filter_map(Item::block)
    }

    /// The names that are called anywhere in the file, in source order.
    pub fn calls(&self) -> impl Iterator<Item = &Name> {
        self.blocks().flat_map(Block::calls)
    }

    pub fn procedures(&self) -> impl Iterator<Item = &Procedure> {
        self.items.iter().filter_map(|i| if let Item::Procedure(p) = i { Some(p) } else { None })
    }

    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.items.iter().filter_map(|i| if let Item::Example(e) = i { Some(e) } else { None })
    }

    pub fn includes(&self) -> impl Iterator<Item = &Include> {
        self.items.iter().filter_map(|i| if let Item::Include(e) = i { Some(e) } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, CellKind, Condition, ConditionKind, Heading, Statement, Test};

    #[test]
    fn a_cell_is_read_as_it_is_written() {
        let robots = Heading::ALL.into_iter().flat_map(|heading| {
            let robot = move |markers| CellKind::Robot { heading, markers };
            (0..=9).map(robot)
        });
        for cell in (0..=9).map(CellKind::Markers).chain(robots).chain([CellKind::Wall]) {
            assert_eq!(CellKind::from_text(&cell.to_string()), cell);
        }
        for (arrow, heading) in "↑→↓←".chars().zip(Heading::ALL) {
            assert_eq!(CellKind::from_text(&format!("{arrow}2")), CellKind::Robot { heading, markers: 2 });
        }
        for word in ["", "0", "10", "^0", "^10", "^.", "..", "#1", ".1", "1.", "V", "x", "é", "٣", "?"] {
            assert_eq!(CellKind::from_text(word), CellKind::Unknown, "{word}");
        }
    }

    #[test]
    fn a_walk_goes_through_all_blocks_in_source_order() {
        let text = "def f():\n  a()\n  while(not(not(not(frontIsClear())))):\n    if(?):\n      b()\n      repeat(2):\n        c()\n    else:\n      \
                    d()\n    e()\n  g()\nh()\ndef i():\n  j()\n";
        let file = crate::parse::parse(text).file;
        let called: String = file.calls().map(|name| &*name.text).collect();
        assert_eq!(called, "abcdeghj");
        let body = &file.procedures().next().unwrap().body;
        let starts: Vec<_> = body.walk().map(|statement| statement.range.start()).collect();
        assert!(starts.is_sorted() && starts.len() == 9, "{starts:?}");
        let conditions: Vec<_> =
            body.walk().filter_map(Statement::condition).map(Condition::innermost).collect();
        let kinds: Vec<_> = conditions.iter().map(|(inner, negated)| (&inner.kind, *negated)).collect();
        assert_eq!(kinds, [(&ConditionKind::Test(Test::FrontIsClear), true), (&ConditionKind::Hole, false),]);
        assert!(
            !body.has_broken()
                && crate::parse::parse("def f():\n  if(?):\n    a() 5 apples away\n")
                    .file
                    .blocks()
                    .any(Block::has_broken)
        );
    }

    #[test]
    fn right_turns_go_clockwise() {
        for (number, heading) in (0..).zip(Heading::ALL) {
            let turned = [0, 1, 2, 3, 4].map(|quarters| heading.turned(quarters) as u8);
            assert_eq!(turned, [0, 1, 2, 3, 4].map(|quarters| (number + quarters) % 4));
        }
    }
}
