//! The candidates found so far, one per behaviour, and the question that tells them apart.

use protocol::message::{Answer, Candidate, Deciding};
use runtime::World;

use crate::decode::fill_text;
use crate::rank::classes::{Class, Classes, Place};
use crate::rank::deciding_example::{Question, decide};
use crate::search::memory::Known;
use crate::search::specification::Problem;

/// A behaviour that is less likely than the likeliest by more than this factor is far-fetched, and not offered.
const FAR_FETCHED: f64 = 0.03;

/// Behaviours that are not offered and that the question takes into account.
const IN_RESERVE: usize = 8;

pub(crate) struct Found {
    wanted: usize,
    classes: Classes,
    /// Per class, the fills of its best program, and whether this very search has found it.
    fills: Vec<(Vec<String>, bool)>,
}

/// Where a program comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Search,
    /// An earlier request has found it.
    Memory,
}

/// What a search comes to.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// Two of the candidates differ in meaning.
    pub ambiguous: bool,
    pub deciding: Option<Deciding>,
}

impl Found {
    /// For examples with these inputs.
    pub(crate) fn new<'a>(starts: impl IntoIterator<Item = &'a World>, wanted: usize) -> Found {
        Found { wanted, classes: Classes::new(starts), fills: Vec::new() }
    }

    /// The search has found as many as wanted.
    pub(crate) fn is_full(&self) -> bool {
        self.fills.iter().filter(|(_, searched)| *searched).count() >= self.wanted
    }

    /// What was found so far counts no more for how many are wanted; it stays among the candidates.
    pub(crate) fn begin_anew(&mut self) {
        self.fills.iter_mut().for_each(|(_, searched)| *searched = false);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fills.is_empty()
    }

    /// Behaviours.
    pub(crate) fn count(&self) -> usize {
        self.fills.len()
    }

    /// Adds a program that passes all examples; gives it back where it is new or better than the one that behaves
    /// alike.
    pub(crate) fn add(
        &mut self,
        problem: &Problem,
        fills: Vec<String>,
        log_probability: Option<f64>,
        origin: Origin,
    ) -> Option<Candidate> {
        let program = fill_text::program(&problem.text, &problem.holes, &fills);
        let added = self.classes.add(&program, log_probability);
        let searched = origin == Origin::Search;
        match self.fills.get_mut(added.class) {
            None => self.fills.push((fills, searched)),
            Some((known, before)) => {
                *before |= searched;
                if !added.best {
                    return None;
                }
                *known = fills;
            }
        }
        let class = self.classes.all().get(added.class)?;
        Some(candidate(class, &self.fills[added.class].0, problem))
    }

    /// All behaviours, best first, whether they are offered or not.
    pub(crate) fn known(&self) -> Vec<Known> {
        let known = |place: &Place| Known {
            fills: self.fills[place.class].0.clone(),
            log_probability: self.classes.all()[place.class].log_probability,
        };
        self.classes.ranked().iter().map(known).collect()
    }

    /// Chooses among what was found, leaves out what is far-fetched, and looks for the deciding example.
    pub(crate) fn choose(&self, problem: &Problem, stop: &dyn Fn() -> bool) -> Chosen {
        let mut places = self.classes.ranked();
        let most = places.first().map_or(0.0, |best| best.probability);
        let likely = places.iter().take_while(|place| place.probability >= most * FAR_FETCHED).count();
        let reserve = places.split_off(likely.min(self.wanted));
        let of = |place: &Place| &self.classes.all()[place.class];
        let candidates = places.iter().map(|p| candidate(of(p), &self.fills[p.class].0, problem)).collect();
        let programs: Vec<_> = places.iter().map(|p| (&of(p).lowered.code, p.probability)).collect();
        let reserve: Vec<_> = reserve.iter().take(IN_RESERVE).map(|p| &of(p).lowered.code).collect();
        let inputs: Vec<&World> = problem.starts().collect();
        let question = decide(&programs, &reserve, &inputs, self.classes.worlds(), 0, stop);
        Chosen { candidates, ambiguous: places.len() > 1, deciding: question.map(deciding) }
    }
}

fn candidate(class: &Class, fills: &[String], problem: &Problem) -> Candidate {
    Candidate {
        fills: fills.to_vec(),
        program: class.program.clone(),
        log_probability: class.log_probability,
        length: class.length,
        examples_passed: problem.cases.len(),
        held_out: None,
    }
}

fn deciding(question: Question) -> Deciding {
    let answer = |(end, candidates): (World, _)| Answer { output: end.to_string(), candidates };
    Deciding {
        input: question.world.to_string(),
        answers: question.answers.into_iter().map(answer).collect(),
        crashing: question.crashing,
        endless: question.endless,
    }
}
