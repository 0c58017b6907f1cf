//! The compact vocabulary of the networks: 42 tokens, prefix notation, about half as long as the dataset's own.
//!
//! | token | meaning |
//! |---|---|
//! | 0 | begin, padding |
//! | 1 | end of program |
//! | 2 | end of block |
//! | 3 | else |
//! | 4..=8 | actions, in the order of [`Action::ALL`] |
//! | 9..=16 | `if`, by condition |
//! | 17..=24 | `if` with `else`, by condition |
//! | 25..=32 | `while`, by condition |
//! | 33..=41 | `repeat` 2 to 10 times |
//!
//! Conditions are front, left, right clear, markers, no markers, and `not` before the first three. On the programs
//! that these tokens can say, they, the dataset's surface tokens and the syntax tree determine each other.

use runtime::{Action, Check, Code, CodeBuilder, Origin, Test};
use syntax::ast::{Block, Condition, ConditionKind, CountKind, Procedure, Statement, StatementKind};
use syntax::build;
use text_size::TextRange;

/// The beginning of a program; also padding.
pub const BEGIN: u8 = 0;
/// The end of the program.
pub const EOP: u8 = 1;
/// The end of a block.
pub const END: u8 = 2;
/// The end of the first branch of an `if` with `else`.
pub const ELSE: u8 = 3;
/// The first of the actions.
pub const ACT: u8 = 4;
/// The first `if` without `else`.
pub const IF: u8 = 9;
/// The first `if` with `else`.
pub const IFELSE: u8 = 17;
/// The first `while`.
pub const WHILE: u8 = 25;
/// The first `repeat`, which has two rounds.
pub const REPEAT: u8 = 33;
/// The number of tokens.
pub const VOCABULARY: u8 = 42;
/// The deepest nesting of blocks that is read.
pub const MAX_DEPTH: usize = 100;

/// The conditions that have tokens, in their order.
pub const CONDITIONS: [Check; 8] = {
    const fn check(test: Test, negated: bool) -> Check {
        Check { test, negated }
    }
    [
        check(Test::FrontIsClear, false),
        check(Test::LeftIsClear, false),
        check(Test::RightIsClear, false),
        check(Test::MarkersPresent, false),
        check(Test::NoMarkersPresent, false),
        check(Test::FrontIsClear, true),
        check(Test::LeftIsClear, true),
        check(Test::RightIsClear, true),
    ]
};

/// What a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    Begin,
    EndOfProgram,
    End,
    Else,
    Action(Action),
    If(Check),
    /// An `if` whose first branch ends with [`Token::Else`].
    IfElse(Check),
    While(Check),
    /// 2 to 10 times.
    Repeat(u8),
}

impl Token {
    /// The token of a code; `None` outside the vocabulary.
    pub fn of(code: u8) -> Option<Token> {
        let condition = |first: u8| CONDITIONS[usize::from(code - first)];
        Some(match code {
            BEGIN => Token::Begin,
            EOP => Token::EndOfProgram,
            END => Token::End,
            ELSE => Token::Else,
            ACT..IF => Token::Action(Action::ALL[usize::from(code - ACT)]),
            IF..IFELSE => Token::If(condition(IF)),
            IFELSE..WHILE => Token::IfElse(condition(IFELSE)),
            WHILE..REPEAT => Token::While(condition(WHILE)),
            REPEAT..VOCABULARY => Token::Repeat(code - REPEAT + 2),
            _ => return None,
        })
    }

    /// The code of the token; `None` for conditions and counts that the vocabulary can't say.
    pub fn code(self) -> Option<u8> {
        let condition = |check: Check| CONDITIONS.iter().position(|&c| c == check).map(|index| index as u8);
        Some(match self {
            Token::Begin => BEGIN,
            Token::EndOfProgram => EOP,
            Token::End => END,
            Token::Else => ELSE,
            Token::Action(action) => ACT + action as u8,
            Token::If(check) => IF + condition(check)?,
            Token::IfElse(check) => IFELSE + condition(check)?,
            Token::While(check) => WHILE + condition(check)?,
            Token::Repeat(count @ 2..=10) => REPEAT + count - 2,
            Token::Repeat(_) => return None,
        })
    }
}

/// Why tokens do not make a whole program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoProgram {
    #[error("Compact token {index} ({token}) does not fit where it stands.")]
    Unexpected { index: usize, token: u8 },
    #[error("The compact tokens end before the program does.")]
    Incomplete,
}

/// A part of a program that the vocabulary has no token for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} can't be said in the compact vocabulary.")]
pub struct Inexpressible {
    pub what: &'static str,
    pub range: TextRange,
}

/// The statements of a whole program: tokens without [`BEGIN`], ended by [`EOP`].
pub fn to_statements(tokens: &[u8]) -> Result<Vec<Statement>, NoProgram> {
    let mut reader = Reader { tokens, index: 0 };
    let statements = reader.block(EOP, 0)?;
    if reader.index < tokens.len() {
        return Err(reader.unexpected(reader.index));
    }
    Ok(statements)
}

/// The whole program as procedure `main`.
pub fn to_procedure(tokens: &[u8]) -> Result<Procedure, NoProgram> {
    Ok(build::procedure("main", to_statements(tokens)?))
}

struct Reader<'a> {
    tokens: &'a [u8],
    index: usize,
}

impl Reader<'_> {
    /// Reads statements up to this token, at least one.
    fn block(&mut self, until: u8, depth: usize) -> Result<Vec<Statement>, NoProgram> {
        let mut statements = Vec::new();
        loop {
            let &token = self.tokens.get(self.index).ok_or(NoProgram::Incomplete)?;
            let at = self.index;
            self.index += 1;
            if token == until && !statements.is_empty() {
                return Ok(statements);
            }
            if depth >= MAX_DEPTH {
                return Err(self.unexpected(at));
            }
            statements.push(match Token::of(token).ok_or_else(|| self.unexpected(at))? {
                Token::Action(action) => build::action(action),
                Token::If(check) => build::if_then(condition(check), self.block(END, depth + 1)?),
                Token::IfElse(check) => {
                    let then = self.block(ELSE, depth + 1)?;
                    build::if_else(condition(check), then, self.block(END, depth + 1)?)
                }
                Token::While(check) => build::while_loop(condition(check), self.block(END, depth + 1)?),
                Token::Repeat(count) => build::repeat(count, self.block(END, depth + 1)?),
                Token::Begin | Token::EndOfProgram | Token::End | Token::Else => {
                    return Err(self.unexpected(at));
                }
            });
        }
    }

    fn unexpected(&self, index: usize) -> NoProgram {
        NoProgram::Unexpected { index, token: self.tokens[index] }
    }
}

/// The syntax of a check.
pub fn condition(check: Check) -> Condition {
    let test = build::test(check.test);
    if check.negated { build::not(test) } else { test }
}

/// Writes statements as compact tokens, with [`EOP`] at the end.
///
/// # Errors
/// Fails at the first part that the vocabulary can't say: a call, a hole, a syntax error, an empty block, a count
/// outside
/// 2..=10, `not` before anything but the three clear tests.
pub fn from_statements(statements: &[Statement]) -> Result<Vec<u8>, Inexpressible> {
    let mut tokens = Vec::new();
    write_statements(statements, &mut tokens)?;
    tokens.push(EOP);
    Ok(tokens)
}

fn write_block(block: &Block, end: u8, tokens: &mut Vec<u8>) -> Result<(), Inexpressible> {
    if block.statements.is_empty() {
        return Err(Inexpressible { what: "An empty block", range: block.range });
    }
    write_statements(&block.statements, tokens)?;
    tokens.push(end);
    Ok(())
}

fn write_statements(statements: &[Statement], tokens: &mut Vec<u8>) -> Result<(), Inexpressible> {
    for statement in statements {
        let no = |what| Inexpressible { what, range: statement.range };
        match &statement.kind {
            _ if statement.is_broken() => return Err(no("A syntax error")),
            StatementKind::Action(action) => tokens.push(ACT + *action as u8),
            StatementKind::While { condition, body } => {
                tokens.push(conditional(Token::While, condition)?);
                write_block(body, END, tokens)?;
            }
            StatementKind::Repeat { count, body } => {
                let code = match count.kind {
                    CountKind::Number(n) => Token::Repeat(n).code(),
                    CountKind::Hole | CountKind::Missing => None,
                };
                let what = "A count outside 2 to 10";
                tokens.push(code.ok_or(Inexpressible { what, range: count.range })?);
                write_block(body, END, tokens)?;
            }
            StatementKind::If { condition, then, otherwise: None } => {
                tokens.push(conditional(Token::If, condition)?);
                write_block(then, END, tokens)?;
            }
            StatementKind::If { condition, then, otherwise: Some(otherwise) } => {
                tokens.push(conditional(Token::IfElse, condition)?);
                write_block(then, ELSE, tokens)?;
                write_block(&otherwise.body, END, tokens)?;
            }
            StatementKind::Call(_) => return Err(no("A call of a procedure")),
            StatementKind::Hole => return Err(no("A hole")),
            StatementKind::Error => return Err(no("A syntax error")),
        }
    }
    Ok(())
}

fn conditional(token: fn(Check) -> Token, condition: &Condition) -> Result<u8, Inexpressible> {
    let check = match &condition.kind {
        ConditionKind::Test(test) => Some(Check::from(*test)),
        ConditionKind::Not(inner) => match inner.kind {
            ConditionKind::Test(test) => Some(!Check::from(test)),
            _ => None,
        },
        ConditionKind::Hole | ConditionKind::Missing => None,
    };
    let code = check.and_then(|check| token(check).code());
    code.ok_or(Inexpressible { what: "This condition", range: condition.range })
}

/// Appends a prefix of a program (without [`BEGIN`]) to code being built, with a hole at every open end: a run that
/// comes to the end of what is there stops at a hole. A program that is complete ([`EOP`] at its end) has none.
/// Returns false where a token does not fit; what stands before it has been appended.
pub fn emit(tokens: &[u8], builder: &mut CodeBuilder) -> bool {
    emit_marked(tokens, builder, |_, _| {})
}

/// Appends a prefix as [`emit`] does, with numbered branches: the origin of the n-th token that opens a block is n,
/// from 0.
pub fn emit_numbered(tokens: &[u8], builder: &mut CodeBuilder) -> bool {
    let mut number = 0;
    emit_marked(tokens, builder, |builder, token| {
        if token >= IF {
            builder.set_origin(Origin(number));
            number += 1;
        }
    })
}

fn emit_marked(tokens: &[u8], builder: &mut CodeBuilder, mut mark: impl FnMut(&mut CodeBuilder, u8)) -> bool {
    let outside = builder.depth();
    for &token in tokens {
        mark(builder, token);
        let inside = builder.depth() > outside;
        match Token::of(token) {
            Some(Token::Action(action)) => builder.action(action),
            Some(Token::If(check) | Token::IfElse(check)) => builder.begin_if(check),
            Some(Token::While(check)) => builder.begin_while(check),
            Some(Token::Repeat(count)) => builder.begin_repeat(count),
            Some(Token::Else) if inside && builder.in_if() => builder.begin_else(),
            Some(Token::End) if inside => builder.end(),
            Some(Token::EndOfProgram) if !inside => return true,
            _ => {
                builder.hole_at_open_ends(outside);
                return false;
            }
        }
    }
    builder.hole_at_open_ends(outside);
    true
}

/// The code of a program or a prefix of one; see [`emit`].
pub fn code(tokens: &[u8]) -> Code {
    let mut builder = CodeBuilder::new();
    emit(tokens, &mut builder);
    builder.finish()
}

/// The dataset's own tokens of a whole program, separated by blanks.
pub fn to_surface(tokens: &[u8]) -> Result<String, NoProgram> {
    let procedure = to_procedure(tokens)?;
    // Statements made from compact tokens have nothing that the surface tokens lack.
    syntax::tokens::to_token_text(&procedure).map_err(|_| NoProgram::Incomplete)
}
