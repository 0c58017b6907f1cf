//! From tokens to an expression whose types fit.

use std::iter::Peekable;

use runtime::Test;

use super::evaluation::{Name, Node, Operator};
use super::lexer::{Token, tokens};
use super::{EXAMPLE, Expression, HEADINGS, Type, Value};

/// The longest text that is read, in bytes, and the deepest nesting: far more than anybody writes.
const LONGEST: usize = 1_000;
const DEEPEST: usize = 50;

/// The names, as they are written.
const NAMES: [(&str, Name, Type); 10] = [
    ("robot.row", Name::Row, Type::Number),
    ("robot.column", Name::Column, Type::Number),
    ("robot.col", Name::Column, Type::Number),
    ("robot.heading", Name::Heading, Type::Heading),
    ("robot", Name::Robot, Type::Text),
    ("markers", Name::Markers, Type::Number),
    ("step", Name::Step, Type::Number),
    ("round", Name::Round, Type::Number),
    ("depth", Name::Depth, Type::Number),
    ("world", Name::World, Type::Text),
];

/// Reads an expression.
///
/// # Errors
/// It can't be understood: a sentence that says what is wrong.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    if text.len() > LONGEST {
        return Err("This is too long to be a condition.".to_owned());
    }
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(format!("There is nothing to look at. Write for instance {EXAMPLE}."));
    }
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), depth: 0 };
    let expression = parser.or()?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some(token) => Err(format!("\"{}\" is not expected here.", token.text())),
    }
}

struct Parser {
    tokens: Peekable<std::vec::IntoIter<Token>>,
    depth: usize,
}

impl Parser {
    fn or(&mut self) -> Result<Expression, String> {
        let mut left = self.and()?;
        while self.takes(&["or", "||"]).is_some() {
            left = both(Operator::Or, left, self.and()?)?;
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expression, String> {
        let mut left = self.not()?;
        while self.takes(&["and", "&&"]).is_some() {
            left = both(Operator::And, left, self.not()?)?;
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expression, String> {
        if self.takes(&["not", "!"]).is_none() {
            return self.comparison();
        }
        let inner = self.deeper(Parser::not)?;
        expect(&inner, Type::Truth, "not")?;
        Ok(Expression { node: Node::Not(Box::new(inner.node)), of: Type::Truth })
    }

    fn comparison(&mut self) -> Result<Expression, String> {
        let left = self.sum()?;
        let operator = match self.takes(&["==", "=", "!=", "<=", ">=", "<", ">"]) {
            None => return Ok(left),
            Some("==" | "=") => Operator::Equal,
            Some("!=") => Operator::Unequal,
            Some("<=") => Operator::AtMost,
            Some(">=") => Operator::AtLeast,
            Some("<") => Operator::Less,
            Some(_) => Operator::Greater,
        };
        both(operator, left, self.sum()?)
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.remainder()?;
        while let Some(sign) = self.takes(&["+", "-"]) {
            let operator = if sign == "+" { Operator::Plus } else { Operator::Minus };
            left = both(operator, left, self.remainder()?)?;
        }
        Ok(left)
    }

    fn remainder(&mut self) -> Result<Expression, String> {
        let mut left = self.single()?;
        while self.takes(&["%"]).is_some() {
            let right = self.single()?;
            if !matches!(right.node, Node::Constant(Value::Number(1..))) {
                return Err("After % a number from 1 on is expected.".to_owned());
            }
            left = both(Operator::Remainder, left, right)?;
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Expression, String> {
        match self.tokens.next() {
            Some(Token::Number(number)) => Ok(constant(Value::Number(number), Type::Number)),
            Some(Token::Word(word)) => self.word(&word),
            Some(Token::Sign("(")) => {
                let inner = self.deeper(Parser::or)?;
                self.expects(")")?;
                Ok(inner)
            }
            Some(token) => Err(format!("\"{}\" is not expected here.", token.text())),
            None => Err("The end is missing.".to_owned()),
        }
    }

    fn word(&mut self, word: &str) -> Result<Expression, String> {
        if let Some(test) = Test::from_name(word) {
            if self.takes(&["("]).is_some() {
                self.expects(")")?;
            }
            return Ok(Expression { node: Node::Holds(test), of: Type::Truth });
        }
        if let Some((_, heading)) = HEADINGS.into_iter().find(|(name, _)| *name == word) {
            return Ok(constant(Value::Heading(heading), Type::Heading));
        }
        if let Some((_, name, of)) = NAMES.into_iter().find(|(known, ..)| *known == word) {
            return Ok(Expression { node: Node::Name(name), of });
        }
        match word {
            "true" | "false" => Ok(constant(Value::Truth(word == "true"), Type::Truth)),
            "cell" | "wall" => {
                self.expects("(")?;
                let row = self.deeper(Parser::sum)?;
                self.expects(",")?;
                let column = self.deeper(Parser::sum)?;
                self.expects(")")?;
                expect(&row, Type::Number, word)?;
                expect(&column, Type::Number, word)?;
                let (row, column) = (Box::new(row.node), Box::new(column.node));
                Ok(match word {
                    "cell" => Expression { node: Node::Cell(row, column), of: Type::Number },
                    _ => Expression { node: Node::Wall(row, column), of: Type::Truth },
                })
            }
            _ => Err(format!(
                "\"{word}\" is not known. There are robot.row, robot.column, robot.heading, markers, cell(row, column), wall(row, column), step, round, depth, world and the program's conditions."
            )),
        }
    }

    /// Takes the next token if it is one of these.
    fn takes(&mut self, wanted: &[&'static str]) -> Option<&'static str> {
        let text = self.tokens.peek().filter(|token| !matches!(token, Token::Number(_)))?.text();
        let found = wanted.iter().find(|wanted| **wanted == text)?;
        self.tokens.next();
        Some(*found)
    }

    fn expects(&mut self, sign: &'static str) -> Result<(), String> {
        match self.takes(&[sign]) {
            Some(_) => Ok(()),
            None => Err(format!("\"{sign}\" is missing.")),
        }
    }

    fn deeper(&mut self, read: fn(&mut Parser) -> Result<Expression, String>) -> Result<Expression, String> {
        if self.depth == DEEPEST {
            return Err("There are too many parentheses.".to_owned());
        }
        self.depth += 1;
        let expression = read(self);
        self.depth -= 1;
        expression
    }
}

fn constant(value: Value, of: Type) -> Expression {
    Expression { node: Node::Constant(value), of }
}

fn expect(expression: &Expression, wanted: Type, by: &str) -> Result<(), String> {
    if expression.of == wanted {
        return Ok(());
    }
    Err(format!("\"{by}\" takes {}, and this is {}.", wanted.a(), expression.of.a()))
}

fn both(operator: Operator, left: Expression, right: Expression) -> Result<Expression, String> {
    let sign = operator.sign();
    let of = match operator {
        Operator::And | Operator::Or => {
            expect(&left, Type::Truth, sign)?;
            expect(&right, Type::Truth, sign)?;
            Type::Truth
        }
        Operator::Equal | Operator::Unequal => {
            if left.of != right.of || left.of == Type::Text {
                return Err(format!("{} can't be compared with {}.", capital(left.of.a()), right.of.a()));
            }
            Type::Truth
        }
        _ => {
            expect(&left, Type::Number, sign)?;
            expect(&right, Type::Number, sign)?;
            match operator {
                Operator::Plus | Operator::Minus | Operator::Remainder => Type::Number,
                _ => Type::Truth,
            }
        }
    };
    Ok(Expression { node: Node::Both(operator, Box::new(left.node), Box::new(right.node)), of })
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}
