//! What there is to count in a program, read off its compact tokens.

use crate::compact::{ACT, ELSE, END, EOP, IF, IFELSE, REPEAT, WHILE};

/// Kinds of blocks: the program itself, then the bodies of `if`, `if` with `else`, `while`, `repeat`.
pub(crate) const BLOCKS: usize = 5;
/// Kinds of statements: the five actions in the order of [`runtime::Action::ALL`], `if`, `if` with `else`, `while`,
/// `repeat`.
pub(crate) const STATEMENTS: usize = 9;
/// The first kind of statement that has a body; the body of statement `k` is of block kind `k - CONTROL + 1`.
pub(crate) const CONTROL: usize = 5;

/// The kind of statement that a token begins; none for tokens that end something.
pub(crate) fn statement(token: u8) -> Option<usize> {
    Some(match token {
        ACT..IF => usize::from(token - ACT),
        IF..IFELSE => CONTROL,
        IFELSE..WHILE => CONTROL + 1,
        WHILE..REPEAT => CONTROL + 2,
        REPEAT.. => CONTROL + 3,
        _ => return None,
    })
}

/// The condition of a token that has one, as index of [`crate::compact::CONDITIONS`].
pub(crate) fn condition(token: u8) -> Option<usize> {
    (IF..REPEAT).contains(&token).then(|| usize::from(token - IF) % 8)
}

/// A whole program in a few numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// Tokens of the dataset's own vocabulary, `DEF run m(` and `m)` included.
    pub length: usize,
    /// Bit 0: has `if`; bit 1: has loops. The paper's control-flow slices.
    pub slice: usize,
    /// Control constructs.
    pub constructs: usize,
    /// Deepest nesting of control constructs.
    pub depth: usize,
    /// Bits of [`runtime::Trace::ways`] that runs together take where every body and both ways of every `if` are
    /// executed; of programs of more than 32 constructs, the first 32.
    pub ways: u64,
    /// Some construct tests a condition, so that traces may differ.
    pub tests: bool,
}

impl Shape {
    pub fn of(tokens: &[u8]) -> Shape {
        let mut shape = Shape { length: 4, ..Shape::default() };
        let mut depth = 0;
        for &token in tokens {
            match token {
                EOP => break,
                END => depth = usize::saturating_sub(depth, 1),
                ELSE => {}
                ACT..IF => shape.length += 1,
                _ => {
                    depth += 1;
                    shape.depth = shape.depth.max(depth);
                    // `if` and `while` need the way in; `if`, the way past it as well.
                    let (length, slice, ways) = match token {
                        IF..IFELSE => (6, 1, 0b11),
                        IFELSE..WHILE => (9, 1, 0b11),
                        WHILE..REPEAT => (6, 2, 0b10),
                        _ => (4, 2, 0b10),
                    };
                    let negated = condition(token).is_some_and(|condition| condition >= 5);
                    shape.length += length + if negated { 3 } else { 0 };
                    shape.slice |= slice;
                    shape.tests |= token < REPEAT;
                    shape.ways |= if shape.constructs < 32 { ways << (2 * shape.constructs) } else { 0 };
                    shape.constructs += 1;
                }
            }
        }
        shape
    }
}

/// A statement where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The kind of block that it stands in.
    pub block: usize,
    /// Blocks around that block.
    pub depth: usize,
    /// The kind of the statement before it in its block.
    pub previous: Option<usize>,
    pub kind: usize,
    pub token: u8,
}

/// A block that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    pub kind: usize,
    pub depth: usize,
    /// Statements in it.
    pub length: usize,
    /// The kind of its last statement.
    pub last: usize,
}

/// Calls the functions for every statement and for every block's end, in the order of the tokens, which have to be a
/// whole program.
pub(crate) fn walk(tokens: &[u8], mut on_statement: impl FnMut(Statement), mut on_end: impl FnMut(Block)) {
    let mut open = vec![Block { kind: 0, depth: 0, length: 0, last: 0 }];
    for &token in tokens {
        let Some(kind) = statement(token) else {
            if let Some(block) = open.pop() {
                on_end(block);
                if token == ELSE {
                    open.push(Block { length: 0, ..block });
                }
            }
            continue;
        };
        let depth = open.len() - 1;
        if let Some(block) = open.last_mut() {
            let previous = (block.length > 0).then_some(block.last);
            on_statement(Statement { block: block.kind, depth, previous, kind, token });
            (block.length, block.last) = (block.length + 1, kind);
        }
        if kind >= CONTROL {
            open.push(Block { kind: kind - CONTROL + 1, depth: depth + 1, length: 0, last: 0 });
        }
    }
}
