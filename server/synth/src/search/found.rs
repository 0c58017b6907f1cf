//! The candidates found so far, one per behaviour, and the question that tells them apart.

use protocol::message::{Answer, Candidate, Deciding};
use runtime::World;

use crate::choice::Choice;
use crate::classes::{Class, Classes, Place};
use crate::decide::{Question, Reply, decide};
use crate::executor::Case;
use crate::fill;
use crate::specification::Problem;
use crate::traces::Traces;

/// A behaviour that is less likely than the likeliest by more than this factor is far-fetched, and not offered.
const FAR_FETCHED: f64 = 0.03;

pub struct Found {
    wanted: usize,
    classes: Classes,
    /// Per class, the fills of its best program.
    fills: Vec<Vec<String>>,
}

/// What a search comes to.
#[derive(Debug, Default)]
pub struct Chosen {
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// Two of the candidates differ in meaning.
    pub ambiguous: bool,
    pub deciding: Option<Deciding>,
}

impl Found {
    pub fn new(cases: &[Case], wanted: usize) -> Found {
        Found { wanted, classes: Classes::new(cases.iter().map(|case| &case.start)), fills: Vec::new() }
    }

    /// As many as wanted are there.
    pub fn is_full(&self) -> bool {
        self.fills.len() >= self.wanted
    }

    pub fn is_empty(&self) -> bool {
        self.fills.is_empty()
    }

    /// Adds a program that passes all examples; gives it back where it is new or better than the one that behaves
    /// alike.
    pub fn add(
        &mut self,
        problem: &Problem,
        fills: Vec<String>,
        log_probability: Option<f64>,
    ) -> Option<Candidate> {
        let program = fill::program(&problem.text, &problem.holes, &fills);
        let added = self.classes.add(&program, log_probability);
        match self.fills.get_mut(added.class) {
            None => self.fills.push(fills),
            Some(known) if added.best => *known = fills,
            Some(_) => return None,
        }
        let class = self.classes.all().get(added.class)?;
        Some(candidate(class, &self.fills[added.class], problem))
    }

    /// Chooses among what was found, leaves out what is far-fetched, and looks for the deciding example. `traces` are
    /// the inferred ones.
    pub fn choose(self, problem: &Problem, traces: &Traces, stop: &dyn Fn() -> bool) -> Chosen {
        let mut places = self.classes.ranked(Choice::fitted(), &problem.pairs, traces);
        let most = places.first().map_or(0.0, |best| best.probability);
        places.retain(|place| place.probability >= most * FAR_FETCHED);
        places.truncate(self.wanted);
        let of = |place: &Place| &self.classes.all()[place.class];
        let candidates = places.iter().map(|p| candidate(of(p), &self.fills[p.class], problem)).collect();
        let programs: Vec<_> = places.iter().map(|p| (&of(p).lowered.code, p.probability)).collect();
        let inputs: Vec<&World> = problem.cases.iter().map(|case| &case.start).collect();
        let question = decide(&programs, &inputs, self.classes.worlds(), 0, stop);
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
    let answer = |(reply, candidates)| Answer {
        output: match reply {
            Reply::End(world) => Some(World::to_string(&world)),
            Reply::Crash | Reply::Never => None,
        },
        candidates,
    };
    Deciding {
        input: question.world.to_string(),
        answers: question.answers.into_iter().map(answer).collect(),
    }
}
