//! The dataset's JSON form of a world: `{"rows": 2, "cols": 3, "crashed": false, "hero": "0:1:east",
//! "blocked": "1:2", "markers": "0:0:3 1:1:1"}`, row 0 the southernmost, cells listed from the top row down.

use runtime::{Cell, Heading, Robot, World};
use serde::{Deserialize, Serialize};

use crate::error::TaskError;

#[derive(Serialize, Deserialize)]
pub(crate) struct WorldJson {
    blocked: String,
    cols: u64,
    #[serde(default)]
    crashed: bool,
    hero: String,
    markers: String,
    rows: u64,
}

const HEADINGS: [&str; 4] = ["north", "east", "south", "west"];

impl WorldJson {
    pub(crate) fn of(world: &World) -> WorldJson {
        let (mut blocked, mut markers) = (Vec::new(), Vec::new());
        for row in (0..world.rows()).rev() {
            for col in 0..world.cols() {
                match world.cell(row, col) {
                    Cell::Wall => blocked.push(format!("{row}:{col}")),
                    Cell::Markers(0) => {}
                    Cell::Markers(n) => markers.push(format!("{row}:{col}:{n}")),
                }
            }
        }
        let Robot { row, col, heading } = world.robot();
        WorldJson {
            blocked: blocked.join(" "),
            cols: world.cols().into(),
            crashed: false,
            hero: format!("{row}:{col}:{}", HEADINGS[heading as usize]),
            markers: markers.join(" "),
            rows: world.rows().into(),
        }
    }

    pub(crate) fn world(&self) -> Result<World, TaskError> {
        let side = |n: u64| u8::try_from(n).ok().filter(|n| (1..=World::MAX_SIDE).contains(n));
        let (Some(rows), Some(cols)) = (side(self.rows), side(self.cols)) else {
            let (rows, cols) = (self.rows, self.cols);
            return Err(TaskError(format!("{rows} rows and {cols} columns; 1 to 100 of each are allowed")));
        };
        if self.crashed {
            return Err(TaskError::new("the world is marked as crashed; only runs that succeed are tasks"));
        }
        let mut world = World::new(rows, cols);
        let bad = |what: &str, text: &str| {
            let text: String = text.chars().take(24).collect();
            TaskError(format!("'{}' is no {what} of this world", text.escape_debug()))
        };
        let mut hero = self.hero.splitn(3, ':');
        let robot = (|| {
            let (row, col) = (hero.next()?.parse().ok()?, hero.next()?.parse().ok()?);
            let heading = hero.next()?;
            let heading = Heading::ALL[HEADINGS.iter().position(|&name| name == heading)?];
            Some(Robot { row, col, heading })
        })();
        if !robot.is_some_and(|robot| world.set_robot(robot)) {
            return Err(bad("hero", &self.hero));
        }
        for text in self.blocked.split_ascii_whitespace() {
            let place = text.split_once(':').and_then(|(r, c)| Some((r.parse().ok()?, c.parse().ok()?)));
            if !place.is_some_and(|(row, col)| world.set_cell(row, col, Cell::Wall)) {
                return Err(bad("wall", text));
            }
        }
        for text in self.markers.split_ascii_whitespace() {
            let mut numbers = text.splitn(3, ':').map(|n| n.parse::<u8>().ok());
            let mut next = || numbers.next().flatten();
            let (row, col, n) = (next(), next(), next());
            let placed = match (row, col, n) {
                (Some(row), Some(col), Some(n)) => {
                    world.cell(row, col) != Cell::Wall && world.set_cell(row, col, Cell::Markers(n))
                }
                _ => false,
            };
            if !placed {
                return Err(bad("marker", text));
            }
        }
        Ok(world)
    }
}
