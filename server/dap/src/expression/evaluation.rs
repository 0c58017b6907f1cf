//! What an expression is made of, and what it comes to.

use runtime::{Cell, Robot, Test, World};

use super::{Now, Value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
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
pub(super) enum Name {
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
pub(super) enum Operator {
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
    pub(super) fn value(&self, now: &Now<'_>) -> Value {
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

    pub(super) fn sign(self) -> &'static str {
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
