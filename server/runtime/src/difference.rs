//! How two worlds differ.

use crate::world::{Robot, World};

/// What differs between an expected and an actual world. Every part is empty where they are equal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Whether the sizes differ; if they do, cells are not compared.
    pub size: bool,
    /// Both robots, the first world's first, where their cells or headings differ.
    pub robot: Option<(Robot, Robot)>,
    /// The cells (row, column) whose walls or marker counts differ, from north to south, west to east.
    pub cells: Vec<(u8, u8)>,
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        !self.size && self.robot.is_none() && self.cells.is_empty()
    }
}

/// Compares two worlds.
pub fn difference(a: &World, b: &World) -> Difference {
    let size = (a.rows(), a.cols()) != (b.rows(), b.cols());
    let robot = (a.robot() != b.robot()).then(|| (a.robot(), b.robot()));
    let mut cells = Vec::new();
    if !size && a.cells != b.cells {
        for row in (0..a.rows()).rev() {
            let pairs = a.row_codes(row).iter().zip(b.row_codes(row));
            cells.extend((0..).zip(pairs).filter(|(_, (x, y))| x != y).map(|(col, _)| (row, col)));
        }
    }
    Difference { size, robot, cells }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Heading;

    #[test]
    fn names_what_differs() {
        let world = |text| World::parse(text).unwrap();
        let a = world("1 . #\n> . .");
        assert!(difference(&a, &a.clone()).is_empty());
        let d = difference(&a, &world("2 . .\n. ^ ."));
        assert_eq!(d.cells, [(1, 0), (1, 2)]);
        assert_eq!(
            d.robot,
            Some((
                Robot { row: 0, col: 0, heading: Heading::East },
                Robot { row: 0, col: 1, heading: Heading::North }
            ))
        );
        let d = difference(&a, &world("1 . .\n> # 2"));
        assert_eq!((d.cells, d.robot), (vec![(1, 2), (0, 1), (0, 2)], None), "north first, then west");
        let d = difference(&a, &world("1 . #\n^ . ."));
        assert!(d.cells.is_empty() && d.robot.is_some() && !d.is_empty());
        let d = difference(&a, &world("> . ."));
        assert!(d.size && d.cells.is_empty());
    }
}
