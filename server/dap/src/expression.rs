//! The small language of conditions, log messages, watches and hovers. `DEBUGGING.md` tells users about it.

use std::iter::Peekable;

use runtime::{Cell, Heading, Robot, Test, World};

/// The longest text that is read, in bytes, and the deepest nesting: far more than anybody writes.
const LONGEST: usize = 1_000;
const DEEPEST: usize = 50;

/// What an expression is about: the run at one moment.
pub(crate) struct Now<'a> {
    pub world: &'a World,
    pub step: u64,
    /// The round of the innermost loop; 0 outside of loops.
    pub round: u32,
    pub depth: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Number,
    Truth,
    Heading,
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Number(i64),
    Truth(bool),
    Heading(Heading),
    Text(String),
}

/// An expression whose types fit, so that nothing can go wrong when it is evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    node: Node,
    pub of: Type,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Constant(Value),
    Name(Name),
    Holds(Test),
    /// The markers on a cell, or whether it is a wall: row, column, from the top left, counted from 1.
    Cell(Box<Node>, Box<Node>),
    Wall(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Both(Operator, Box<Node>, Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Row,
    Column,
    Heading,
    Markers,
    Step,
    Round,
    Depth,
    Robot,
    World,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Plus,
    Minus,
    Remainder,
}

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

const HEADINGS: [(&str, Heading); 4] =
    [("north", Heading::North), ("east", Heading::East), ("south", Heading::South), ("west", Heading::West)];

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// It can't be understood: a sentence that says what is wrong.
    pub(crate) fn parse(text: &str) -> Result<Expression, String> {
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

    /// Reads an expression that is true or false.
    ///
    /// # Errors
    /// It can't be understood, or is something else.
    pub(crate) fn condition(text: &str) -> Result<Expression, String> {
        let expression = Expression::parse(text)?;
        match expression.of {
            Type::Truth => Ok(expression),
            of => {
                Err(format!("\"{}\" is {}, no condition. Write for instance {EXAMPLE}.", text.trim(), of.a()))
            }
        }
    }

    pub(crate) fn value(&self, now: &Now<'_>) -> Value {
        self.node.value(now)
    }

    pub(crate) fn holds(&self, now: &Now<'_>) -> bool {
        self.value(now) == Value::Truth(true)
    }
}

const EXAMPLE: &str = "\"markers > 0 and robot.heading == east\"";

/// A log message: text, and between braces expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Expression),
}

impl Message {
    /// Reads a log message.
    ///
    /// # Errors
    /// A brace is not closed, or what stands in braces is no expression.
    pub(crate) fn parse(text: &str) -> Result<Message, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once('{') {
            let Some((inside, after)) = from.split_once('}') else {
                return Err("A brace { is not closed by }.".to_owned());
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Value(Expression::parse(inside)?));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Message(parts))
    }

    pub(crate) fn text(&self, now: &Now<'_>) -> String {
        let text = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Value(expression) => expression.value(now).to_string(),
        };
        self.0.iter().map(text).collect()
    }
}

impl Type {
    fn a(self) -> &'static str {
        match self {
            Type::Number => "a number",
            Type::Truth => "true or false",
            Type::Heading => "a direction",
            Type::Text => "a text",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Type::Number => "number",
            Type::Truth => "truth",
            Type::Heading => "direction",
            Type::Text => "text",
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Truth(truth) => write!(f, "{truth}"),
            Value::Heading(heading) => f.write_str(HEADINGS[*heading as usize].0),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// The row and the column of the robot, from the top left, counted from 1, as messages have them.
pub(crate) fn place(world: &World, robot: Robot) -> (i64, i64) {
    (i64::from(world.rows()) - i64::from(robot.row), i64::from(robot.col) + 1)
}

/// The cell at a row and a column, counted so; outside of the world is wall.
fn cell(world: &World, row: i64, column: i64) -> Cell {
    let (row, column) = (i64::from(world.rows()).saturating_sub(row), column.saturating_sub(1));
    match (u8::try_from(row), u8::try_from(column)) {
        (Ok(row), Ok(column)) => world.cell(row, column),
        _ => Cell::Wall,
    }
}

impl Node {
    fn value(&self, now: &Now<'_>) -> Value {
        match self {
            Node::Constant(value) => value.clone(),
            Node::Name(name) => name.value(now),
            Node::Holds(test) => Value::Truth(now.world.holds(*test)),
            Node::Cell(row, column) => match cell(now.world, row.number(now), column.number(now)) {
                Cell::Markers(markers) => Value::Number(markers.into()),
                Cell::Wall => Value::Number(0),
            },
            Node::Wall(row, column) => {
                Value::Truth(cell(now.world, row.number(now), column.number(now)) == Cell::Wall)
            }
            Node::Not(inner) => Value::Truth(!inner.truth(now)),
            Node::Both(operator, left, right) => operator.value(left, right, now),
        }
    }

    fn number(&self, now: &Now<'_>) -> i64 {
        if let Value::Number(number) = self.value(now) { number } else { 0 }
    }

    fn truth(&self, now: &Now<'_>) -> bool {
        self.value(now) == Value::Truth(true)
    }
}

impl Name {
    fn value(self, now: &Now<'_>) -> Value {
        let robot = now.world.robot();
        let (row, column) = place(now.world, robot);
        match self {
            Name::Row => Value::Number(row),
            Name::Column => Value::Number(column),
            Name::Heading => Value::Heading(robot.heading),
            Name::Markers => Value::Number(markers(now.world).into()),
            Name::Step => Value::Number(i64::try_from(now.step).unwrap_or(i64::MAX)),
            Name::Round => Value::Number(now.round.into()),
            Name::Depth => Value::Number(now.depth.into()),
            Name::Robot => {
                let heading = Value::Heading(robot.heading);
                Value::Text(format!("row {row}, column {column}, facing {heading}"))
            }
            Name::World => Value::Text(now.world.to_string().trim_end().to_owned()),
        }
    }
}

/// The markers on the robot's cell.
pub(crate) fn markers(world: &World) -> u8 {
    let robot = world.robot();
    if let Cell::Markers(markers) = world.cell(robot.row, robot.col) { markers } else { 0 }
}

impl Operator {
    fn value(self, left: &Node, right: &Node, now: &Now<'_>) -> Value {
        let numbers = || (left.number(now), right.number(now));
        let compare = |by: fn(&i64, &i64) -> bool| {
            let (left, right) = numbers();
            Value::Truth(by(&left, &right))
        };
        match self {
            Operator::And => Value::Truth(left.truth(now) && right.truth(now)),
            Operator::Or => Value::Truth(left.truth(now) || right.truth(now)),
            Operator::Equal => Value::Truth(left.value(now) == right.value(now)),
            Operator::Unequal => Value::Truth(left.value(now) != right.value(now)),
            Operator::Less => compare(i64::lt),
            Operator::AtMost => compare(i64::le),
            Operator::Greater => compare(i64::gt),
            Operator::AtLeast => compare(i64::ge),
            Operator::Plus => Value::Number(left.number(now).saturating_add(right.number(now))),
            Operator::Minus => Value::Number(left.number(now).saturating_sub(right.number(now))),
            Operator::Remainder => {
                let (left, right) = numbers();
                Value::Number(left.checked_rem_euclid(right).unwrap_or(0))
            }
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Operator::And => "and",
            Operator::Or => "or",
            Operator::Equal => "==",
            Operator::Unequal => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Greater => ">",
            Operator::AtLeast => ">=",
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Remainder => "%",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number(i64),
    Word(String),
    Sign(&'static str),
}

impl Token {
    fn text(&self) -> String {
        match self {
            Token::Number(number) => number.to_string(),
            Token::Word(word) => word.clone(),
            Token::Sign(sign) => (*sign).to_owned(),
        }
    }
}

/// The signs, longer ones first.
const SIGNS: [&str; 16] =
    ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "%", "(", ")", ",", "!", "="];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = |belongs: fn(char) -> bool| rest.find(|c: char| !belongs(c)).unwrap_or(rest.len());
        let taken = if first.is_ascii_digit() {
            let digits = length(|c| c.is_ascii_digit());
            let number = rest[..digits].parse();
            tokens.push(Token::Number(number.map_err(|_| format!("{} is too large.", &rest[..digits]))?));
            digits
        } else if first.is_alphabetic() || first == '_' {
            let word = length(|c| c.is_alphanumeric() || c == '_' || c == '.');
            tokens.push(Token::Word(rest[..word].to_owned()));
            word
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else {
            return Err(format!("\"{first}\" has no meaning here."));
        };
        rest = rest[taken..].trim_start();
    }
    Ok(tokens)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        let world = World::parse(". 3 .\n# >2 .").unwrap();
        let now = Now { world: &world, step: 7, round: 2, depth: 1 };
        match Expression::parse(text) {
            Ok(expression) => expression.value(&now).to_string(),
            Err(message) => message,
        }
    }

    #[test]
    fn values() {
        for (text, expected) in [
            ("robot.row", "2"),
            ("robot.col", "2"),
            ("robot", "row 2, column 2, facing east"),
            ("robot.heading == east and markers = 2", "true"),
            ("robot.heading != east || step >= 7 && round % 2 == 0", "true"),
            ("not(frontIsClear()) or rightIsClear", "false"),
            ("!leftIsClear()", "false"),
            ("markersPresent() and not noMarkersPresent()", "true"),
            ("cell(1, robot.column) - 1", "2"),
            ("wall(2, 1)", "true"),
            ("wall(99, 1) and wall(0, 0) and cell(99, 99) == 0", "true"),
            ("1 + 2 - 4 < depth", "true"),
            ("world", ". 3  .\n# >2 ."),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, expected) in [
            ("markers >", "The end is missing."),
            ("markers 3", "\"3\" is not expected here."),
            ("(markers", "\")\" is missing."),
            ("markers == east", "A number can't be compared with a direction."),
            ("markers and true", "\"and\" takes true or false, and this is a number."),
            ("round % 0", "After % a number from 1 on is expected."),
            ("9999999999999999999", "9999999999999999999 is too large."),
            ("marker ; 3", "\";\" has no meaning here."),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
        assert!(value("beepers").starts_with("\"beepers\" is not known."));
        assert!(value("").starts_with("There is nothing to look at."));
        assert_eq!(value(&"(".repeat(900)), "There are too many parentheses.");
        assert!(Expression::condition("markers").unwrap_err().contains("is a number, no condition"));
    }

    #[test]
    fn log_messages() {
        let world = World::parse(">2").unwrap();
        let now = Now { world: &world, step: 7, round: 0, depth: 0 };
        let text = |message| Message::parse(message).map(|message| message.text(&now));
        assert_eq!(text("step {step}: {markers} here").unwrap(), "step 7: 2 here");
        assert_eq!(text("plain").unwrap(), "plain");
        assert!(text("{step").unwrap_err().contains("not closed"));
        assert!(text("{tack}").unwrap_err().contains("not known"));
    }
}
