//! A request from start to end: traces, beams one after the other while time is left, verified candidates as they
//! come, those that behave alike dropped.
//!
//! | module | what lives there |
//! |---|---|
//! | [`specification`] | a request's texts → worlds, holes and cases |
//! | [`stages`] | the search as a table of steps |
//! | `run` | the loop that takes them |
//! | [`executor`] | candidates run on the examples, while they grow and when they are finished |
//! | [`repair`], `traces_of_found` | programs that pass some examples, changed; the traces of those that pass all |
//! | `found` | the candidates, one a behaviour, and the question that tells them apart |
//! | [`watch`], [`memory`] | the request's time and progress; what earlier requests have found |

pub mod executor;
mod found;
pub mod memory;
pub mod repair;
mod run;
pub mod specification;
pub mod stages;
mod traces_of_found;
pub mod watch;

use std::time::{Duration, Instant};

use dataset::view::View;
use protocol::message::{Budget, Candidate, InferTraces, InferredTraces, Outcome, Specification, Stopped};

use crate::decode::template_of_program::context;
use crate::decode::traces;
use crate::models::{Models, Pair};
use crate::rank::calibration::Calibration;
use executor::{Case, Expected};
use found::Found;
use memory::Memory;
use run::{Progress, Search};
use specification::{LOOKED_AT, Problem, Refusal, worlds};
use stages::{CHOICES, SERVED, Step, WITHOUT_NETWORKS};
use watch::{Clock, Pace, Tally, Watch};

/// The time for the deciding example, where the budget leaves less.
const QUESTION: Duration = Duration::from_millis(300);
/// The greatest width that a request may ask for.
const MAX_BEAM: usize = 2_000;
/// The greatest number of candidates that a request may ask for.
const MAX_CANDIDATES: usize = 1_000;

/// What a request is worked on with.
pub struct Surroundings<'a> {
    pub models: &'a Models,
    pub device: &'a str,
    pub clock: &'a dyn Clock,
    /// What earlier requests have found is tried first.
    pub memory: &'a Memory,
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Hears now and then how far it has come.
    pub on_tally: &'a (dyn Fn(Tally) + Sync),
    /// What is searched where a hole takes statements: [`SERVED`], or rows of it.
    pub steps: &'a [Step],
    /// Hears how long each step took.
    pub on_step: &'a (dyn Fn(&Step, Duration) + Sync),
}

impl<'a> Surroundings<'a> {
    /// A search as it is served, which nobody cancels and whose progress nobody hears.
    pub fn new(
        models: &'a Models,
        device: &'a str,
        clock: &'a dyn Clock,
        memory: &'a Memory,
    ) -> Surroundings<'a> {
        Surroundings {
            models,
            device,
            clock,
            memory,
            cancelled: &|| false,
            on_tally: &|_| (),
            steps: SERVED,
            on_step: &|_, _| (),
        }
    }
}

/// Searches for programs, for a request that is the first. `on_candidate` hears of each as soon as it is verified;
/// `cancelled` is asked between steps.
///
/// # Errors
/// When the request can't be used. A cancelled search ends early with what it has.
pub fn synthesize(
    models: &Models,
    device: &str,
    specification: &Specification,
    budget: &Budget,
    cancelled: &(dyn Fn() -> bool + Sync),
    on_candidate: &mut (dyn FnMut(&Candidate) + Send),
) -> Result<Outcome, Refusal> {
    let (clock, memory) = (&Pace::new(Instant::now()), &Memory::default());
    let around = Surroundings { cancelled, ..Surroundings::new(models, device, clock, memory) };
    around.synthesize(specification, budget, on_candidate)
}

impl Surroundings<'_> {
    /// Searches for programs. `on_candidate` hears of each as soon as it is verified.
    ///
    /// # Errors
    /// When the request can't be used. A cancelled search ends early with what it has.
    pub fn synthesize(
        &self,
        specification: &Specification,
        budget: &Budget,
        on_candidate: &mut (dyn FnMut(&Candidate) + Send),
    ) -> Result<Outcome, Refusal> {
        let Surroundings { models, memory, .. } = *self;
        let problem = Problem::new(specification)?;
        let context = context(&problem.file, &problem.holes, models.code.longest())
            .map_err(|name| Refusal(format!("The program calls `{name}`, which is not defined.")))?;
        if context.reached.iter().all(Option::is_none) {
            return Err(Refusal(
                "No hole is ever reached from `main`: call the procedure that has one.".to_owned(),
            ));
        }
        let time = Duration::from_millis(budget.milliseconds);
        let watch = Watch::new(self.clock, time, self.cancelled, self.on_tally);
        let stop = || watch.over();
        let wanted = budget.candidates.clamp(1, MAX_CANDIDATES);
        let mut search = Search {
            models,
            problem: &problem,
            context: &context,
            watch: &watch,
            stop: &stop,
            on_candidate,
            width: budget.beam.clamp(1, MAX_BEAM),
            progress: Progress::new(Found::new(problem.starts(), wanted), &problem),
        };
        search.recall(memory);
        let readable = context.template.is_some() && !problem.pairs.is_empty();
        let steps = match readable {
            false => WITHOUT_NETWORKS,
            true if context.only_choices => CHOICES,
            true => self.steps,
        };
        search.run(steps, self.on_step);
        let Progress { found, inferred, .. } = search.progress;
        watch.settle();
        let stopped = match () {
            () if found.is_full() => Stopped::Found,
            () if watch.over() => Stopped::Budget,
            () => Stopped::Exhausted,
        };
        // The question is worth a moment more, even where the search took all its time.
        let until = watch.elapsed() + QUESTION;
        let asked_long_enough = || watch.is_cancelled() || (watch.over() && watch.elapsed() >= until);
        let mut chosen = found.choose(&problem, &asked_long_enough);
        memory.keep(&problem.text, found.known());
        if stopped != Stopped::Budget && as_measured(models, &problem, budget) {
            for (rank, candidate) in chosen.candidates.iter_mut().enumerate() {
                let (examples, known) = (problem.cases.len(), Calibration::embedded());
                candidate.held_out = known.held_out(examples, chosen.ambiguous, rank);
            }
        }
        let Tally { elapsed, programs_run, best_passed, .. } = watch.tally();
        Ok(Outcome {
            ambiguous: chosen.ambiguous,
            candidates: chosen.candidates,
            traces_found: if readable { inferred.iter().flatten().count() } else { 0 },
            examples: problem.cases.len(),
            programs_run,
            milliseconds: elapsed.as_millis() as u64,
            device: self.device.to_owned(),
            enumerated: !readable,
            best_passed,
            stopped,
            deciding: chosen.deciding,
        })
    }

    /// Infers the traces of examples, a few at a time, as far as the time goes.
    ///
    /// # Errors
    /// When a grid can't be read.
    pub fn infer_traces(&self, request: &InferTraces) -> Result<InferredTraces, Refusal> {
        let time = Duration::from_millis(request.milliseconds);
        let watch = Watch::new(self.clock, time, self.cancelled, &|_| ());
        let worlds = request.examples.iter().map(worlds).collect::<Result<Vec<_>, _>>()?;
        let mut traces: Vec<Option<Vec<String>>> = vec![None; worlds.len()];
        let mut known =
            worlds.iter().enumerate().filter_map(|(place, worlds)| Some((place, worlds.as_ref()?)));
        loop {
            let some: Vec<_> = known.by_ref().take(LOOKED_AT).collect();
            if some.is_empty() || watch.over() {
                break;
            }
            let views: Vec<View> =
                some.iter().map(|(_, (start, goal))| View::new(start, goal, None)).collect();
            let pair = |view: &View| Pair { start: view.start.clone(), goal: view.goal.clone() };
            let pairs: Vec<Pair> = views.iter().map(pair).collect();
            let model = self.models.trace.as_deref();
            let inferred = traces::infer(model, &[&pairs], 0, &|| watch.over()).pop().unwrap_or_default();
            for (((place, (start, goal)), view), actions) in some.into_iter().zip(&views).zip(inferred) {
                let whole = actions.and_then(|actions| view.unfold(&actions, start, goal));
                traces[place] = whole.map(|all| all.iter().map(|a| a.name().to_owned()).collect());
            }
        }
        Ok(InferredTraces { traces, milliseconds: watch.elapsed().as_millis() as u64 })
    }
}

/// Whether the circumstances are those that the engine's calibration was measured under, but for the number of
/// examples: its own weights, a whole program, examples of input and output, a budget no smaller than usual.
fn as_measured(models: &Models, problem: &Problem, budget: &Budget) -> bool {
    let usual = Budget::default();
    let whole = "def main():\n    ...\n";
    let plain = |case: &Case| case.trace.is_none() && case.expected != Expected::Crash;
    models.names == ["embedded"]
        && problem.text == whole
        && problem.cases.iter().all(plain)
        && budget.candidates >= usual.candidates
        && budget.beam >= usual.beam
}
