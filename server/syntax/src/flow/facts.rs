//! What is certain about the world around the robot at one point of a program, whatever the world was at the start:
//! which of the four neighbour cells are clear, and between how many markers lie under the robot.

use crate::ast::{Action, Condition, ConditionKind, Test};
use text_size::TextRange;

/// Most markers a cell holds.
const MOST: u8 = 9;

/// A neighbour cell is known to be clear or not, and from where in the text that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    clear: bool,
    since: TextRange,
}

/// All that is certain at one point that can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    /// In front, right, behind, left.
    sides: [Option<Known>; 4],
    /// The least number of markers that may be under the robot.
    least: u8,
    /// The greatest number of markers that may be under the robot.
    most: u8,
    /// Where the bounds on markers were last narrowed.
    markers_since: Option<TextRange>,
}

const FRONT: usize = 0;
const RIGHT: usize = 1;
const BACK: usize = 2;
const LEFT: usize = 3;

/// The value of a condition where it is certain, and the place in the text that settled it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub value: bool,
    pub since: Option<TextRange>,
}

impl Facts {
    /// Nothing is certain.
    pub(crate) const NONE: Facts = Facts { sides: [None; 4], least: 0, most: MOST, markers_since: None };

    /// Nothing is certain any more about what `effects` may change.
    pub(crate) fn without(mut self, effects: Effects) -> Facts {
        if effects.moves {
            return Facts::NONE;
        }
        if effects.turns {
            self.sides = [None; 4];
        }
        if effects.marks {
            (self.least, self.most, self.markers_since) = (0, MOST, None);
        }
        self
    }

    /// What is certain whichever of the two was the case.
    pub(crate) fn join(self, other: Facts) -> Facts {
        let mut sides = [None; 4];
        for (side, (a, b)) in sides.iter_mut().zip(self.sides.into_iter().zip(other.sides)) {
            *side = a.filter(|a| b.is_some_and(|b| a.clear == b.clear));
        }
        Facts {
            sides,
            least: self.least.min(other.least),
            most: self.most.max(other.most),
            markers_since: self.markers_since.or(other.markers_since),
        }
    }

    pub(crate) fn value(&self, condition: &Condition) -> Option<Settled> {
        match &condition.kind {
            ConditionKind::Test(test) => self.test(*test),
            ConditionKind::Not(inner) => self.value(inner).map(|s| Settled { value: !s.value, ..s }),
            ConditionKind::Hole | ConditionKind::Missing => None,
        }
    }

    fn test(&self, test: Test) -> Option<Settled> {
        let side = |side: usize| self.sides[side].map(|k| Settled { value: k.clear, since: Some(k.since) });
        let markers = match (self.least, self.most) {
            (1.., _) => Some(true),
            (_, 0) => Some(false),
            _ => None,
        };
        let since = self.markers_since;
        match test {
            Test::FrontIsClear => side(FRONT),
            Test::LeftIsClear => side(LEFT),
            Test::RightIsClear => side(RIGHT),
            Test::MarkersPresent => markers.map(|value| Settled { value, since }),
            Test::NoMarkersPresent => markers.map(|value| Settled { value: !value, since }),
        }
    }

    /// What is certain after the condition was found to be `value`; `None` where it can't be.
    pub(crate) fn assume(mut self, condition: &Condition, value: bool) -> Option<Facts> {
        let test = match &condition.kind {
            ConditionKind::Test(test) => *test,
            ConditionKind::Not(inner) => return self.assume(inner, !value),
            ConditionKind::Hole | ConditionKind::Missing => return Some(self),
        };
        if let Some(settled) = self.test(test) {
            return (settled.value == value).then_some(self);
        }
        let side = match test {
            Test::FrontIsClear => FRONT,
            Test::LeftIsClear => LEFT,
            Test::RightIsClear => RIGHT,
            Test::MarkersPresent | Test::NoMarkersPresent => {
                if value == (test == Test::MarkersPresent) {
                    self.least = 1;
                } else {
                    self.most = 0;
                }
                self.markers_since = Some(condition.range);
                return Some(self);
            }
        };
        self.sides[side] = Some(Known { clear: value, since: condition.range });
        Some(self)
    }

    /// What is certain after the action; `Err` with the place that settled it where it is certain to crash.
    pub(crate) fn after(mut self, action: Action, range: TextRange) -> Result<Facts, Option<TextRange>> {
        match action {
            Action::Move => match self.sides[FRONT] {
                Some(Known { clear: false, since }) => return Err(Some(since)),
                _ => {
                    self = Facts::NONE;
                    // The cell that the robot came from.
                    self.sides[BACK] = Some(Known { clear: true, since: range });
                }
            },
            Action::TurnLeft => self.sides.rotate_right(1),
            Action::TurnRight => self.sides.rotate_left(1),
            Action::PickMarker => {
                if self.most == 0 {
                    return Err(self.markers_since);
                }
                (self.least, self.most) = (self.least.saturating_sub(1), self.most - 1);
                self.markers_since = Some(range);
            }
            Action::PutMarker => {
                if self.least >= MOST {
                    return Err(self.markers_since);
                }
                (self.least, self.most) = (self.least + 1, (self.most + 1).min(MOST));
                self.markers_since = Some(range);
            }
        }
        Ok(self)
    }
}

/// What a piece of program may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Effects {
    pub moves: bool,
    pub turns: bool,
    pub marks: bool,
}

impl Effects {
    pub(crate) const ALL: Effects = Effects { moves: true, turns: true, marks: true };

    pub(crate) fn of(action: Action) -> Effects {
        match action {
            Action::Move => Effects { moves: true, ..Effects::default() },
            Action::TurnLeft | Action::TurnRight => Effects { turns: true, ..Effects::default() },
            Action::PickMarker | Action::PutMarker => Effects { marks: true, ..Effects::default() },
        }
    }

    pub(crate) fn and(self, other: Effects) -> Effects {
        Effects {
            moves: self.moves || other.moves,
            turns: self.turns || other.turns,
            marks: self.marks || other.marks,
        }
    }
}
