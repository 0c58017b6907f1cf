//! Phrases for messages: places, robots, cells, crashes. Rows and columns are counted from 1 and rows from the top, as
//! one reads a grid.

use runtime::{Action, Cell, Heading, Robot, World};
use syntax::ast::{Example, ExampleKind};

/// `row 2, column 4`
pub(crate) fn place(world: &World, row: u8, col: u8) -> String {
    format!("row {}, column {}", u16::from(world.rows()).saturating_sub(row.into()), u16::from(col) + 1)
}

/// `row 2, column 4, facing east`
pub(crate) fn robot(world: &World, robot: Robot) -> String {
    format!("{}, facing {}", place(world, robot.row, robot.col), heading(robot.heading))
}

pub(crate) fn heading(heading: Heading) -> &'static str {
    ["north", "east", "south", "west"][heading as usize]
}

/// `a wall`, `no marker`, `3 markers`
pub(crate) fn contents(cell: Cell) -> String {
    match cell {
        Cell::Wall => "a wall".to_owned(),
        Cell::Markers(0) => "no marker".to_owned(),
        Cell::Markers(n) => count(n.into(), "marker"),
    }
}

/// `1 marker`, `12 markers`, `1,000,000 steps`
pub fn count(n: u64, what: &str) -> String {
    format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" })
}

fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A name with its end left out where it is long: editors cut a message after some 55 characters.
pub fn clipped(name: &str) -> String {
    const LONGEST: usize = 12;
    match name.chars().count() {
        0..=LONGEST => name.to_owned(),
        _ => name.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

/// `example "short row"`, `test "long row"`
pub(crate) fn example(example: &Example) -> String {
    let kind = match example.kind {
        ExampleKind::Example => "example",
        ExampleKind::Test => "test",
    };
    if example.name.text.is_empty() {
        format!("the {kind} without a name")
    } else {
        format!("{kind} \"{}\"", example.name.text)
    }
}

/// The example as [`example`] names it, at the start of a sentence.
pub(crate) fn example_first(of: &Example) -> String {
    capitalized(&example(of))
}

pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// Why the robot of `world` can't do `action`: `move() runs into a wall`.
pub(crate) fn crash(world: &World, action: Action) -> String {
    let Robot { row, col, heading } = world.robot();
    let edge = match heading {
        Heading::North => row + 1 >= world.rows(),
        Heading::East => col + 1 >= world.cols(),
        Heading::South => row == 0,
        Heading::West => col == 0,
    };
    let why = match action {
        Action::Move if edge => "runs into the edge of the world",
        Action::Move => "runs into a wall",
        Action::PickMarker => "finds no marker to pick",
        Action::PutMarker => "finds no room for a tenth marker",
        Action::TurnLeft | Action::TurnRight => "fails",
    };
    format!("{}() {why}", action.name())
}

/// `"a"`, `"a" and "b"`, `"a", "b" and 3 more`
pub(crate) fn names(examples: &[&Example]) -> String {
    let quoted: Vec<String> = examples.iter().take(3).map(|e| format!("\"{}\"", e.name.text)).collect();
    match (examples.len(), quoted.as_slice()) {
        (_, []) => String::new(),
        (1, [one]) => one.clone(),
        (2, [one, two]) => format!("{one} and {two}"),
        (3, [one, two, three]) => format!("{one}, {two} and {three}"),
        (n, [one, two, ..]) => format!("{one}, {two} and {} more", n - 2),
        (_, [one]) => one.clone(),
    }
}
