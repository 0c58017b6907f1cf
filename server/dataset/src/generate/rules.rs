//! The hard rules of the dataset's programs and examples, which no program and no trace of it breaks.

use runtime::{Action, World};

use super::shape::{CONTROL, walk};

/// Whether an action may follow the one before it in the same block, which stands there `running` times in a row. A
/// turn is never undone, nor followed by a marker action; a marker action is not undone; and nothing is done three
/// times in a row (`turnRight` not even twice).
pub fn may_follow(previous: Action, running: usize, next: Action) -> bool {
    use Action::{Move, PickMarker, PutMarker, TurnLeft, TurnRight};
    match (previous, next) {
        (TurnLeft | TurnRight, Move) => true,
        (TurnLeft, TurnLeft) => running < 2,
        (TurnLeft | TurnRight, _) => false,
        (PickMarker, PutMarker) | (PutMarker, PickMarker) => false,
        (a, b) => a != b || running < 2,
    }
}

/// Whether every block obeys [`may_follow`]: the rule on neighbours.
pub fn neighbours(tokens: &[u8]) -> bool {
    // How often the last statement stands running, by depth.
    let mut running = Vec::new();
    let mut sound = true;
    walk(
        tokens,
        |statement| {
            running.resize(running.len().max(statement.depth + 1), 0);
            let running = &mut running[statement.depth];
            let action = |kind: usize| Action::ALL.get(kind).copied();
            if let (Some(previous), Some(next)) =
                (statement.previous.and_then(action), action(statement.kind))
            {
                sound &= may_follow(previous, *running, next);
            }
            let same = statement.previous == Some(statement.kind) && statement.kind < CONTROL;
            *running = if same { *running + 1 } else { 1 };
        },
        |_| {},
    );
    sound
}

/// Whether a `move` and a marker action are among the actions, as in every program and in every trace.
pub fn does_something(actions: impl IntoIterator<Item = Action>) -> bool {
    let (mut moves, mut marks) = (false, false);
    for action in actions {
        match action {
            Action::Move => moves = true,
            Action::PickMarker | Action::PutMarker => marks = true,
            Action::TurnLeft | Action::TurnRight => {}
        }
    }
    moves && marks
}

/// Whether an example is as the dataset's are: its trace does something, and the goal is not the start.
pub fn example(start: &World, trace: &[Action], goal: &World) -> bool {
    does_something(trace.iter().copied()) && start != goal
}
