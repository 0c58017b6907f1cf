//! What programs run on, and what actions and conditions mean there.

use syntax::ast::{Action, Heading, Test};

/// Most markers that a cell can hold.
pub(crate) const MAX_MARKERS: u8 = 9;

/// A robot and what is around it: a [`crate::World`], a [`crate::sample::Walk`] through one that is yet to be drawn,
/// or what a network sees. The required methods say how it is kept; the provided ones say, once for all of them, what
/// actions and conditions mean.
pub trait Ground {
    /// Whether there is no wall next to the robot, `turn` quarter turns to the right of its heading.
    fn clear(&self, turn: u8) -> bool;

    /// The number of markers where the robot stands.
    fn here(&self) -> u8;

    /// Moves the robot to the cell ahead, which is clear.
    fn advance(&mut self);

    /// Turns the robot to the right, by `turn` quarter turns.
    fn turn(&mut self, turn: u8);

    /// Changes the number of markers where the robot stands, which remains 0 to 9.
    fn change(&mut self, by: i8);

    /// The number of the robot's cell.
    fn place(&self) -> u16;

    /// The direction in which the robot looks.
    fn heading(&self) -> Heading;

    /// Carries the action out. Returns false, and changes nothing, where it would crash.
    #[inline]
    fn act(&mut self, action: Action) -> bool {
        self.act_after(action, |_| {})
    }

    /// Carries the action out after `before` has seen the ground. Returns false, and does neither, where it would
    /// crash.
    #[inline]
    fn act_after(&mut self, action: Action, before: impl FnOnce(&Self)) -> bool {
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

    /// Whether the test holds.
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

    /// The first four tests as bits, the lowest first: front, left, right is clear, markers are present.
    #[inline]
    fn condition_bits(&self) -> u8 {
        let bit = |bit: u8, test: Test| u8::from(self.holds(test)) << bit;
        (0..4).zip(Test::ALL).map(|(n, test)| bit(n, test)).sum()
    }
}
