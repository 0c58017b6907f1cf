//! What earlier requests have found for the same program with holes. The examples of the next request may be others,
//! one more most often, after a question was answered: then what was not offered, or came second, may be right, and
//! nothing that was found and still passes is lost.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Programs with holes that are remembered, the latest.
const PROGRAMS: usize = 16;
/// Fillings remembered for each, the best.
const FILLINGS: usize = 100;

/// A filling that passed all examples of its request.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// What stands in each hole.
    pub fills: Vec<String>,
    pub log_probability: Option<f64>,
}

/// The latest finds; requests of several threads share it.
#[derive(Debug, Default)]
pub struct Memory(Mutex<VecDeque<(String, Vec<Known>)>>);

impl Memory {
    /// What was found for the program, the best first.
    pub fn recall(&self, program: &str) -> Vec<Known> {
        let found = self.lock().iter().find(|(of, _)| of == program).map(|(_, known)| known.clone());
        found.unwrap_or_default()
    }

    /// Remembers what a request has found, the best first. What an earlier one has found stays behind it.
    pub fn keep(&self, program: &str, found: Vec<Known>) {
        let mut known = found;
        let mut all = self.lock();
        if let Some(place) = all.iter().position(|(of, _)| of == program)
            && let Some((_, before)) = all.remove(place)
        {
            let new = |old: &Known| !known.iter().any(|known| known.fills == old.fills);
            let old: Vec<Known> = before.into_iter().filter(new).collect();
            known.extend(old);
        }
        if known.is_empty() {
            return;
        }
        known.truncate(FILLINGS);
        all.push_front((program.to_owned(), known));
        all.truncate(PROGRAMS);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, Vec<Known>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(fill: &str) -> Known {
        Known { fills: vec![fill.to_owned()], log_probability: None }
    }

    #[test]
    fn the_latest_come_first_and_the_earlier_stay() {
        let memory = Memory::default();
        memory.keep("a", vec![known("move()"), known("turnLeft()")]);
        memory.keep("a", vec![known("putMarker()"), known("move()")]);
        memory.keep("a", vec![]);
        assert_eq!(memory.recall("a"), ["putMarker()", "move()", "turnLeft()"].map(known));
        assert_eq!(memory.recall("b"), []);
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let memory = Memory::default();
        for number in 0..2 * PROGRAMS {
            memory.keep(&number.to_string(), (0..2 * FILLINGS).map(|n| known(&n.to_string())).collect());
        }
        assert_eq!(memory.lock().len(), PROGRAMS);
        assert_eq!(memory.recall(&(2 * PROGRAMS - 1).to_string()).len(), FILLINGS);
        assert_eq!(memory.recall("0"), []);
    }
}
