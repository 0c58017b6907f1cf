//! What networks that know worlds of 2×2 to 16×16 are shown of any other example.
//!
//! A world of one row or one column gets a second one of walls, which changes nothing: outside is wall, too. Of a large
//! world there is the part that the robot, the differences and the trace (where it is known) lie in. Where those are
//! too far apart, rows and columns are left out: first those that repeat the one before them, then those farthest from
//! the robot. What a view leaves out is only unknown to the networks; programs run in the whole world.

use runtime::{Action, Cell, Robot, World};

use crate::features::SIDE;

/// The least number of rows, and of columns, that the networks know.
const LEAST: usize = 2;

/// An example as it is shown. Where the networks know its size it is the example itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub start: World,
    pub goal: World,
    /// The rows and columns of the example that it shows, in their order.
    rows: Vec<u8>,
    cols: Vec<u8>,
}

impl View {
    /// The view of an example whose worlds have one size; where they have two, what is shown is meaningless. `trace` is
    /// what the robot does, where it is known.
    pub fn new(start: &World, goal: &World, trace: Option<&[Action]>) -> View {
        let path = path(start, trace.unwrap_or_default());
        let robots = [start.robot(), goal.robot()];
        let (all_rows, all_cols) = (start.rows().min(goal.rows()), start.cols().min(goal.cols()));
        let differs = |row, col| start.cell(row, col) != goal.cell(row, col);
        let rows = Axis {
            lines: all_rows,
            robots: robots.map(|robot| robot.row),
            needed: &|row| path.iter().any(|at| at.0 == row) || (0..all_cols).any(|col| differs(row, col)),
            same: &|a, b| [start, goal].iter().all(|world| world.row_codes(a) == world.row_codes(b)),
        };
        let cols = Axis {
            lines: all_cols,
            robots: robots.map(|robot| robot.col),
            needed: &|col| path.iter().any(|at| at.1 == col) || (0..all_rows).any(|row| differs(row, col)),
            same: &|a, b| {
                let same = |world: &World, row| world.cell(row, a) == world.cell(row, b);
                [start, goal].iter().all(|world| (0..all_rows).all(|row| same(world, row)))
            },
        };
        let (rows, cols) = (rows.shown(), cols.shown());
        View { start: part(start, &rows, &cols), goal: part(goal, &rows, &cols), rows, cols }
    }

    /// Whether these actions lead from the start to the goal as they are shown.
    pub fn follows(&self, actions: &[Action]) -> bool {
        let mut world = self.start.clone();
        actions.iter().all(|&action| world.act(action)) && world == self.goal
    }

    /// Translates actions that lead to the goal as it is shown into actions of the example itself, whose worlds these
    /// are: a move over what is left out becomes several moves, and markers that differ on the way are put or picked.
    /// `None` where that does not lead to the goal.
    pub fn unfold(&self, actions: &[Action], start: &World, goal: &World) -> Option<Vec<Action>> {
        let mut now = start.clone();
        let mut whole = Vec::with_capacity(actions.len());
        let mut act = |now: &mut World, action| {
            whole.push(action);
            now.act(action)
        };
        let markers = |world: &World, at: Robot| match world.cell(at.row, at.col) {
            Cell::Markers(count) => count,
            Cell::Wall => 0,
        };
        let shown = |at: Robot| self.rows.contains(&at.row) && self.cols.contains(&at.col);
        for &action in actions {
            let mut done = act(&mut now, action);
            // A turn does not leave what is shown.
            while done && !shown(now.robot()) {
                let at = now.robot();
                let (here, there) = (markers(&now, at), markers(goal, at));
                let change = if here > there { Action::PickMarker } else { Action::PutMarker };
                done =
                    (0..here.abs_diff(there)).all(|_| act(&mut now, change)) && act(&mut now, Action::Move);
            }
            if !done {
                return None;
            }
        }
        (now == *goal).then_some(whole)
    }
}

/// The cells that the robot comes to while it acts, as (row, column).
fn path(start: &World, actions: &[Action]) -> Vec<(u8, u8)> {
    let mut world = start.clone();
    let place = |world: &World| (world.robot().row, world.robot().col);
    let mut path = vec![place(&world)];
    for &action in actions {
        if !world.act(action) {
            break;
        }
        path.push(place(&world));
    }
    path
}

/// The rows of an example, or its columns.
struct Axis<'a> {
    lines: u8,
    /// Where the robot stands at the start and at the goal.
    robots: [u8; 2],
    /// Whether something is done in the line.
    needed: &'a dyn Fn(u8) -> bool,
    /// Whether two lines have the same cells.
    same: &'a dyn Fn(u8, u8) -> bool,
}

impl Axis<'_> {
    /// The lines to be shown, at most [`SIDE`].
    fn shown(&self) -> Vec<u8> {
        let side = SIDE as u8;
        if self.lines <= side {
            return (0..self.lines).collect();
        }
        let needed = |line: &u8| self.robots.contains(line) || (self.needed)(*line);
        let first = (0..self.lines).find(needed).unwrap_or(0);
        let last = (0..self.lines).rev().find(needed).unwrap_or(0);
        let span = last - first + 1;
        if span <= side {
            // In the middle, so that the robot sees what is beside its way.
            let from = first.saturating_sub((side - span) / 2).min(self.lines - side);
            return (from..from + side).collect();
        }
        let far = |line: u8| self.robots.iter().map(|robot| robot.abs_diff(line)).min().unwrap_or(0);
        let mut spare: Vec<u8> = (0..self.lines).filter(|line| !self.robots.contains(line)).collect();
        let repeats = |line: u8| line > 0 && (self.same)(line - 1, line);
        spare.sort_by_key(|&line| (!repeats(line), std::cmp::Reverse(far(line)), line));
        let out = &spare[..usize::from(self.lines - side)];
        (0..self.lines).filter(|line| !out.contains(line)).collect()
    }
}

/// The cells of these rows and columns, and walls for what is missing to the least size.
fn part(world: &World, rows: &[u8], cols: &[u8]) -> World {
    let (height, width) = (rows.len().max(LEAST) as u8, cols.len().max(LEAST) as u8);
    if (height, width) == (world.rows(), world.cols()) {
        return world.clone();
    }
    let mut part = World::new(height, width);
    let place = |lines: &[u8], line: u8| lines.iter().position(|&l| l == line).unwrap_or(0) as u8;
    let robot = world.robot();
    let at = Robot { row: place(rows, robot.row), col: place(cols, robot.col), ..robot };
    let mut sound = part.set_robot(at);
    for row in 0..height {
        for col in 0..width {
            let cell = match (rows.get(usize::from(row)), cols.get(usize::from(col))) {
                (Some(&row), Some(&col)) => world.cell(row, col),
                _ => Cell::Wall,
            };
            sound &= part.set_cell(row, col, cell);
        }
    }
    debug_assert!(sound, "the robot's lines are among those shown");
    part
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use runtime::Heading;

    use super::*;
    use crate::features::Canvas;

    fn world(text: &str) -> World {
        World::parse(text).unwrap()
    }

    /// The world after the actions, and those of them that did not crash.
    fn after(start: &World, actions: &[Action]) -> (World, Vec<Action>) {
        let mut world = start.clone();
        let done = actions.iter().copied().filter(|&action| world.act(action)).collect();
        (world, done)
    }

    #[test]
    fn a_row_gets_a_second_one_of_walls() {
        let view = View::new(&world("> . 1"), &world(". . >1"), None);
        assert_eq!((view.start, view.goal), (world("# # #\n> . 1"), world("# # #\n. . >1")));
        let view = View::new(&world("^"), &world(">"), None);
        assert_eq!((view.start, view.goal), (world("# #\n^ #"), world("# #\n> #")));
        let view = View::new(&world(".\n^"), &world("^\n."), None);
        assert_eq!((view.start, view.goal), (world(". #\n^ #"), world("^ #\n. #")));
    }

    #[test]
    fn of_a_large_world_the_part_where_something_happens() {
        let mut start = World::new(100, 100);
        assert!(start.set_robot(Robot { row: 60, col: 99, heading: Heading::North }));
        let actions = [Action::Move, Action::PutMarker, Action::Move];
        let (goal, done) = after(&start, &actions);
        let view = View::new(&start, &goal, None);
        let robot = view.start.robot();
        assert_eq!((robot.row, robot.col), (6, 15), "three rows in the middle, the last column");
        assert!(view.follows(&done));
        assert_eq!(view.unfold(&done, &start, &goal).as_deref(), Some(&actions[..]));
    }

    #[test]
    fn what_repeats_is_left_out_of_a_long_way() {
        let mut start = World::new(1, 100);
        assert!(start.set_robot(Robot { row: 0, col: 0, heading: Heading::East }));
        let mut whole = Vec::new();
        for _ in 0..99 {
            whole.extend([Action::PutMarker, Action::Move]);
        }
        let (goal, _) = after(&start, &whole);
        let view = View::new(&start, &goal, None);
        assert_eq!((view.start.rows(), view.start.cols()), (2, 16));
        assert!(view.follows(&whole[..30]), "{}", view.goal);
        assert_eq!(view.unfold(&whole[..30], &start, &goal), Some(whole));
    }

    fn action() -> impl Strategy<Value = Action> {
        use Action::{Move, PickMarker, PutMarker, TurnLeft, TurnRight};
        prop::sample::select(vec![Move, Move, Move, Move, TurnLeft, TurnRight, PickMarker, PutMarker])
    }

    proptest! {
        #[test]
        fn every_example_is_shown_in_a_size_that_the_networks_know(
            (rows, cols, row, col) in (1u8..=100, 1u8..=100)
                .prop_flat_map(|(rows, cols)| (Just(rows), Just(cols), 0..rows, 0..cols)),
            cells in prop::collection::vec((0u8..100, 0u8..100, 0u8..11), 0..200),
            actions in prop::collection::vec(action(), 0..150),
            known: bool,
        ) {
            let mut start = World::new(rows, cols);
            let placed = start.set_robot(Robot { row, col, heading: Heading::East });
            prop_assert!(placed);
            for (row, col, code) in cells {
                let cell = if code == 10 { Cell::Wall } else { Cell::Markers(code) };
                // Refused outside, and where the robot stands.
                let _ = start.set_cell(row, col, cell);
            }
            let (goal, done) = after(&start, &actions);
            let view = View::new(&start, &goal, known.then_some(&done));
            prop_assert!(Canvas::fits(&view.start) && Canvas::fits(&view.goal));
            if Canvas::fits(&start) {
                prop_assert_eq!((&view.start, &view.goal), (&start, &goal));
            }
            // What leads to the goal as it is shown does so in the example, or nothing is said of it.
            if let Some(whole) = view.unfold(&done, &start, &goal) {
                prop_assert_eq!(after(&start, &whole), (goal, whole));
            }
            let touched = |at: &dyn Fn(&(u8, u8)) -> u8| {
                let lines: Vec<u8> = path(&start, &done).iter().map(at).collect();
                lines.iter().max().unwrap() - lines.iter().min().unwrap()
            };
            // All the robot's way can be shown: then its trace means the same there.
            if known && touched(&|at| at.0) < 16 && touched(&|at| at.1) < 16 {
                prop_assert!(view.follows(&done));
            }
        }
    }
}
