//! What is shown while the run is stopped: frames, scopes and variables.

use runtime::{Cell, Test, World};
use serde_json::{Value, json};

use crate::debuggee::Debuggee;
use crate::expression::{self, Value as Of};

/// What a reference to variables stands for, after the frame; references are frame × [`SCOPES`] + scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Robot = 1,
    Conditions,
    Rounds,
    Run,
    World,
}

const SCOPES: usize = 8;

impl Scope {
    const ALL: [Scope; 5] = [Scope::Robot, Scope::Conditions, Scope::Rounds, Scope::Run, Scope::World];

    fn name(self) -> &'static str {
        match self {
            Scope::Robot => "Robot",
            Scope::Conditions => "Conditions",
            Scope::Rounds => "Rounds",
            Scope::Run => "Run",
            Scope::World => "World",
        }
    }
}

/// The moments of the active procedures, the innermost first: where each of them is.
pub(crate) fn frames(debuggee: &Debuggee, moment: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(moment), |moment| debuggee.timeline.caller(*moment))
}

/// The scopes of the frame of this number, counted from 0, which is at `moment`.
pub(crate) fn scopes(debuggee: &Debuggee, frame: usize, moment: usize) -> Value {
    let in_loop = debuggee.timeline.rounds(moment).next().is_some();
    let shown = Scope::ALL.into_iter().filter(|scope| *scope != Scope::Rounds || in_loop);
    let scope = |scope: Scope| {
        json!({
            "name": scope.name(),
            "variablesReference": frame * SCOPES + scope as usize,
            "expensive": false,
        })
    };
    json!({ "scopes": shown.map(scope).collect::<Vec<_>>() })
}

/// The frame and the scope of a reference.
///
/// # Errors
/// It is none that was given.
fn resolve(reference: usize) -> Result<(usize, Scope), String> {
    let scope = Scope::ALL.into_iter().find(|scope| *scope as usize == reference % SCOPES);
    Ok((reference / SCOPES, scope.ok_or("There are no such variables.")?))
}

/// The variables of a scope. `now` is the moment at which the run is stopped and `world` the world there.
///
/// # Errors
/// The reference is none that was given.
pub(crate) fn variables(
    debuggee: &Debuggee,
    reference: usize,
    now: usize,
    world: &World,
) -> Result<Value, String> {
    let (frame, scope) = resolve(reference)?;
    let moment = frames(debuggee, now).nth(frame).ok_or("There is no such frame any more.")?;
    let variables = match scope {
        Scope::Robot => robot(world),
        Scope::Conditions => {
            let condition = |test: Test| variable(test.name(), Of::Truth(world.holds(test)), test.name());
            Test::ALL.into_iter().map(condition).collect()
        }
        Scope::Rounds => rounds(debuggee, moment),
        Scope::Run => run(debuggee, now),
        Scope::World => {
            let text = world.to_string();
            let row =
                |(number, row): (usize, &str)| variable(&format!("row {}", number + 1), text_of(row), "");
            text.lines().enumerate().map(row).collect()
        }
    };
    Ok(json!({ "variables": variables }))
}

fn robot(world: &World) -> Vec<Value> {
    let robot = world.robot();
    let (row, column) = expression::place(world, robot);
    let (ahead_row, ahead_column) = robot.beside(0);
    let ahead = match world.cell(ahead_row, ahead_column) {
        Cell::Wall => "a wall".to_owned(),
        Cell::Markers(0) => "no marker".to_owned(),
        Cell::Markers(markers) => ide::count(markers.into(), "marker"),
    };
    vec![
        variable("row", Of::Number(row), "robot.row"),
        variable("column", Of::Number(column), "robot.column"),
        variable("heading", Of::Heading(robot.heading), "robot.heading"),
        variable("markers", Of::Number(expression::markers(world).into()), "markers"),
        variable("ahead", Of::Text(ahead), ""),
    ]
}

/// `repeat(3)`: `2 of 3`
fn rounds(debuggee: &Debuggee, moment: usize) -> Vec<Value> {
    let mut variables = Vec::new();
    for (index, round) in debuggee.timeline.rounds(moment).enumerate() {
        let head = debuggee.head(round.origin).map_or("loop", |range| debuggee.lines.slice(range));
        let of = round.of.map_or(String::new(), |count| format!(" of {count}"));
        // At the head itself it is not known yet whether there will be this round.
        let before = if round.head == moment { "before " } else { "" };
        let name = if index == 0 { "round" } else { "" };
        variables.push(variable(head, Of::Text(format!("{before}round {}{of}", round.number)), name));
    }
    variables
}

fn run(debuggee: &Debuggee, now: usize) -> Vec<Value> {
    let timeline = &debuggee.timeline;
    let step = format!("{} of {}", timeline.step(now), timeline.steps());
    vec![
        variable("example", Of::Text(debuggee.title.clone()), ""),
        variable("step", Of::Text(step), "step"),
        variable("calls", Of::Number(timeline.depth(now).into()), "depth"),
        variable("ends", Of::Text(debuggee.ending.clause.clone()), ""),
    ]
}

fn text_of(text: &str) -> Of {
    Of::Text(text.to_owned())
}

fn variable(name: &str, value: Of, evaluate: &str) -> Value {
    let of = match value {
        Of::Number(_) => expression::Type::Number,
        Of::Truth(_) => expression::Type::Truth,
        Of::Heading(_) => expression::Type::Heading,
        Of::Text(_) => expression::Type::Text,
    };
    let mut variable =
        json!({ "name": name, "value": value.to_string(), "type": of.name(), "variablesReference": 0 });
    if !evaluate.is_empty() {
        variable["evaluateName"] = json!(evaluate);
    }
    variable
}
