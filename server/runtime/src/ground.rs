//! What programs run on, and what actions and conditions mean there.

use syntax::ast::{Action, Heading, Test};

use crate::world::MAX_MARKERS;

/// A robot and what is around it: a [`crate::World`], or a [`crate::sample::Walk`] through one that is yet to be
/// drawn.
pub trait Ground {
    /// No wall next to the robot, `turn` quarter turns to the right of its heading.
    fn clear(&self, turn: u8) -> bool;

    /// Markers where the robot stands.
    fn here(&self) -> u8;

    /// Goes to the cell ahead, which is clear.
    fn advance(&mut self);

    /// Turns to the right, so many quarters.
    fn turn(&mut self, turn: u8);

    /// Changes the markers where the robot stands, which remain 0 to 9.
    fn change(&mut self, by: i8);

    /// The number of the robot's cell.
    fn place(&self) -> u16;

    fn heading(&self) -> Heading;

    /// Carries the action out after `before` was told of it. False, and nothing happens, where it would crash.
    #[inline]
    fn act(&mut self, action: Action, before: impl FnOnce(&Self)) -> bool {
        match action {
            Action::Move if self.clear(0) => {
                before(self);
                self.advance();
            }
            Action::TurnLeft => {
                before(self);
                self.turn(3);
            }
            Action::TurnRight => {
                before(self);
                self.turn(1);
            }
            Action::PickMarker if self.here() > 0 => {
                before(self);
                self.change(-1);
            }
            Action::PutMarker if self.here() < MAX_MARKERS => {
                before(self);
                self.change(1);
            }
            Action::Move | Action::PickMarker | Action::PutMarker => return false,
        }
        true
    }

    #[inline]
    fn holds(&self, test: Test) -> bool {
        match test {
            Test::FrontIsClear => self.clear(0),
            Test::LeftIsClear => self.clear(3),
            Test::RightIsClear => self.clear(1),
            Test::MarkersPresent => self.here() > 0,
            Test::NoMarkersPresent => self.here() == 0,
        }
    }
}

/// The heading after `turn` quarter turns to the right.
#[inline]
pub(crate) fn turned(heading: Heading, turn: u8) -> Heading {
    Heading::ALL[usize::from((heading as u8 + turn) & 3)]
}
