//! A request from start to end: traces, beams one after the other while time is left, verified candidates as they
//! come, those that behave alike dropped.

mod found;

use std::time::{Duration, Instant};

use dataset::features::Canvas;
use protocol::message::{Budget, Candidate, InferTraces, InferredTraces, Outcome, Specification, Stopped};

use crate::beam::{BeamTask, Breadth, Finished, Flow, search};
use crate::calibration::Calibration;
use crate::choose::choose;
use crate::consistent;
use crate::executor::{Case, Executor, Expected, NearMiss, Source};
use crate::fill;
use crate::grammar::Rules;
use crate::holes::{Context, bare, context};
use crate::models::uniform::Uniform;
use crate::models::{CodeModel, Decoder, Models};
use crate::repair::repair;
use crate::specification::{LIMITS, Problem, Refusal, pair};
use crate::template::Template;
use crate::traces::{self, Choice, Traces};
use found::Found;

/// Sampled sets of traces tried after the inferred ones, where something was found already and where not.
pub const SETS: (u64, u64) = (3, 8);
/// Sets of traces taken from programs that were found.
pub const CONSISTENT: usize = 2;
/// How much wider the beam gets where nothing was found.
pub const WIDER: usize = 4;
/// How much less likely than the likeliest verified program an alternative may be, in natural logarithm.
pub const MARGIN: f64 = 10.0;
/// Time for the deciding example, where the budget leaves less.
const QUESTION: Duration = Duration::from_millis(300);
/// Width of an enumeration.
const ENUMERATION: usize = 20_000;
/// Tokens, beyond one per hole, of an enumeration's greatest filling.
const ENUMERATED: usize = 14;
/// The same for the glance before the networks are asked: there is no block so small.
const SMALL: usize = 2;
/// Greatest width that a request may ask for.
const MAX_BEAM: usize = 2_000;
/// Greatest number of candidates that a request may ask for.
const MAX_CANDIDATES: usize = 1_000;

/// Searches for programs. `on_candidate` hears of each as soon as it is verified; `cancelled` is asked between
/// steps.
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
    let started = Instant::now();
    let problem = Problem::new(specification)?;
    let context = context(&problem.file, &problem.holes, models.code.longest())
        .map_err(|name| Refusal(format!("The program calls `{name}`, which is not defined.")))?;
    if context.reached.iter().all(Option::is_none) {
        return Err(Refusal(
            "No hole is ever reached from `main`: call the procedure that has one.".to_owned(),
        ));
    }
    let deadline = started.checked_add(Duration::from_millis(budget.milliseconds));
    let stop = || cancelled() || deadline.is_some_and(|deadline| Instant::now() >= deadline);
    let wanted = budget.candidates.clamp(1, MAX_CANDIDATES);
    let mut search = Search {
        models,
        problem: &problem,
        context: &context,
        stop: &stop,
        found: Found::new(&problem.cases, wanted),
        on_candidate,
        programs_run: 0,
        best_passed: 0,
        traces_found: 0,
        inferred: Vec::new(),
        tried: Vec::new(),
        passing: Vec::new(),
        near: Vec::new(),
    };
    let width = budget.beam.clamp(1, MAX_BEAM);
    let enumerated = context.template.is_none();
    match &context.template {
        Some(template) => search.with_networks(template, width),
        None => search.enumerate(ENUMERATED),
    }
    let stopped = match () {
        () if search.found.is_full() => Stopped::Found,
        () if stop() => Stopped::Budget,
        () => Stopped::Exhausted,
    };
    let (programs_run, best_passed, traces_found) =
        (search.programs_run, search.best_passed, search.traces_found);
    // The question is worth a moment more, even where the search took all its time.
    let until = Instant::now() + QUESTION;
    let asked_long_enough = || cancelled() || (stop() && Instant::now() >= until);
    let mut chosen = search.found.choose(&problem, &search.inferred, &asked_long_enough);
    if stopped != Stopped::Budget && as_measured(models, &problem, budget) {
        for (rank, candidate) in chosen.candidates.iter_mut().enumerate() {
            let (examples, known) = (problem.cases.len(), Calibration::embedded());
            candidate.held_out = known.held_out(examples, chosen.ambiguous, rank);
        }
    }
    Ok(Outcome {
        ambiguous: chosen.ambiguous,
        candidates: chosen.candidates,
        traces_found,
        examples: problem.cases.len(),
        programs_run,
        milliseconds: started.elapsed().as_millis() as u64,
        device: device.to_owned(),
        enumerated,
        best_passed,
        stopped,
        deciding: chosen.deciding,
    })
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

/// Infers the traces of examples.
///
/// # Errors
/// When a grid can't be read.
pub fn infer_traces(
    models: &Models,
    request: &InferTraces,
    cancelled: &dyn Fn() -> bool,
) -> Result<InferredTraces, Refusal> {
    let started = Instant::now();
    let pairs = request.examples.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    let known: Vec<_> = pairs.iter().flatten().cloned().collect();
    debug_assert!(known.iter().all(|p| Canvas::fits(&p.start)));
    let traces = traces::infer(models.trace.as_deref(), &[&known], 0, cancelled).pop().unwrap_or_default();
    let mut traces = traces.into_iter();
    let traces = pairs
        .iter()
        .map(|pair| pair.as_ref().and_then(|_| traces.next().flatten()))
        .map(|trace| trace.map(|actions| actions.iter().map(|a| a.name().to_owned()).collect()))
        .collect();
    Ok(InferredTraces { traces, milliseconds: started.elapsed().as_millis() as u64 })
}

struct Search<'a> {
    models: &'a Models,
    problem: &'a Problem,
    context: &'a Context,
    stop: &'a (dyn Fn() -> bool + Sync),
    found: Found,
    on_candidate: &'a mut (dyn FnMut(&Candidate) + Send),
    programs_run: u64,
    best_passed: usize,
    traces_found: usize,
    inferred: Traces,
    /// Traces that a beam has read.
    tried: Vec<Traces>,
    /// What passes, and what nearly does, as the beams found it.
    passing: Vec<Finished>,
    near: Vec<NearMiss>,
}

impl Search<'_> {
    fn over(&self) -> bool {
        self.found.is_full() || (self.stop)()
    }

    /// A glance at the smallest fillings, which the networks may find too simple; inferred traces first, then those
    /// of the best programs found, which belong together, then sampled ones, which are worth as much as a wider beam.
    /// All that by the real programs' rules, unless what is fixed breaks them. While nothing is found: near misses
    /// repaired, at once and after those beams, wider beams without those rules, the examples without traces, and in the
    /// end an enumeration.
    fn with_networks(&mut self, template: &Template, width: usize) {
        if !self.context.only_choices {
            self.enumerate(SMALL);
        }
        if self.over() {
            return;
        }
        let rules = if template.fixed_keeps(Rules::Dataset) { Rules::Dataset } else { Rules::Any };
        let usual = &template.clone().with_rules(rules);
        self.inferred = self.infer();
        let inferred = self.inferred.clone();
        self.traces_found = inferred.iter().flatten().count();
        self.beam(usual, &inferred, width);
        if self.context.only_choices {
            // The likeliest are there; the rest are few.
            return self.enumerate(ENUMERATED);
        }
        // Nearly as good as all the sets that follow, and much sooner.
        if self.found.is_empty() {
            self.repair(usual, &inferred);
        }
        for _ in 0..CONSISTENT {
            if self.over() {
                return;
            }
            if let Some(own) = self.consistent(&inferred) {
                self.beam(usual, &own, width);
            }
        }
        for seed in 1..=SETS.0 {
            if self.over() {
                return;
            }
            let sampled = self.sample(&inferred, seed);
            self.beam(usual, &sampled, width);
        }
        if self.found.is_empty() {
            self.repair(usual, &inferred);
        }
        if !self.found.is_empty() {
            return;
        }
        self.tried.clear();
        self.beam(template, &inferred, width * WIDER);
        for seed in SETS.0 + 1..=SETS.1 {
            if self.over() || !self.found.is_empty() {
                return;
            }
            let sampled = self.sample(&inferred, seed);
            self.beam(template, &sampled, width * WIDER);
        }
        if self.found.is_empty() {
            self.beam(template, &vec![None; inferred.len()], width * WIDER);
        }
        if self.found.is_empty() {
            self.enumerate(ENUMERATED);
        }
    }

    /// The traces of the best program found that acts in a way not tried yet.
    fn consistent(&self, inferred: &Traces) -> Option<Traces> {
        let mut executor = Executor::new(&self.problem.cases, Source::File(&self.problem.file), LIMITS);
        let longest = self.models.code.longest_trace();
        let (passing, near, pairs) = (&self.passing, &self.near, &self.problem.pairs);
        consistent::next(&mut executor, passing, near, pairs, inferred, longest, &self.tried)
    }

    /// Changes near misses until they pass.
    fn repair(&mut self, template: &Template, inferred: &Traces) {
        if self.over() || self.near.is_empty() {
            return;
        }
        let code = &*self.models.code;
        let task = choose(&self.problem.pairs, inferred, &code.examples());
        let mut executor = Executor::new(&self.problem.cases, Source::File(&self.problem.file), LIMITS);
        let near = self.near.clone();
        let found = repair(code, &task, template, &mut executor, near, self.stop);
        self.programs_run += executor.programs_run;
        self.best_passed = self.best_passed.max(executor.best_passed);
        for finished in found {
            let fills = fill::texts(&finished.prefix, &self.problem.text, &self.problem.holes);
            if let Some(candidate) = self.found.add(self.problem, fills, Some(finished.log_probability)) {
                (self.on_candidate)(&candidate);
            }
            self.passing.push(finished);
        }
    }

    /// The author's traces, and greedy roll-outs with retries for the rest. Only what the networks can read counts.
    fn infer(&self) -> Traces {
        let given = &self.problem.given;
        let missing: Vec<_> = (0..given.len()).filter(|&i| given[i].is_none()).collect();
        let pairs: Vec<_> = missing.iter().map(|&i| self.problem.pairs[i].clone()).collect();
        let inferred =
            traces::infer(self.models.trace.as_deref(), &[&pairs], 0, self.stop).pop().unwrap_or_default();
        let mut traces: Traces = given
            .iter()
            .map(|trace| trace.clone().filter(|actions| actions.len() <= self.models.code.longest_trace()))
            .collect();
        for (index, trace) in missing.into_iter().zip(inferred) {
            traces[index] = trace;
        }
        traces
    }

    /// Another set: sampled roll-outs where no trace is given, the inferred one where a sample fails.
    fn sample(&self, inferred: &Traces, seed: u64) -> Traces {
        let choice = Choice::Sampled { seed };
        let pairs = &self.problem.pairs[..];
        let sampled = traces::roll_out(self.models.trace.as_deref(), &[pairs], choice, self.stop)
            .pop()
            .unwrap_or_default();
        let one = |i: usize| match (&self.problem.given[i], sampled.get(i)) {
            (None, Some(Some(sample))) => Some(sample.clone()),
            _ => inferred[i].clone(),
        };
        (0..inferred.len()).map(one).collect()
    }

    fn beam(&mut self, template: &Template, traces: &Traces, width: usize) {
        if self.over() || self.tried.contains(traces) {
            return;
        }
        self.tried.push(traces.clone());
        let task = choose(&self.problem.pairs, traces, &self.models.code.examples());
        let models = self.models;
        let mut decoder = models.code.begin_beam(&[task], width);
        self.run(template, &mut *decoder, Breadth { width, margin: Some(MARGIN) }, true);
    }

    /// Fillings by size, without the network; all together have up to `more` tokens more than the holes are.
    fn enumerate(&mut self, more: usize) {
        if self.over() {
            return;
        }
        let longest = self.context.reached.iter().flatten().count() + 1 + more;
        let template = bare(&self.context.reached, longest);
        let uniform = Uniform { longest };
        let mut decoder = uniform.begin(&[]);
        self.run(&template, &mut *decoder, Breadth::plain(ENUMERATION), false);
    }

    /// One beam; what it finds is verified already.
    fn run(&mut self, template: &Template, decoder: &mut dyn Decoder, breadth: Breadth, scored: bool) {
        let problem = self.problem;
        let mut executor = Executor::new(&problem.cases, Source::File(&problem.file), LIMITS);
        let found = &mut self.found;
        let on_candidate = &mut *self.on_candidate;
        let mut beam = [BeamTask { template, judge: &mut executor }];
        let passing = search(decoder, &mut beam, breadth, self.stop, &mut |_, finished| {
            let score = scored.then_some(finished.log_probability);
            let fills = fill::texts(&finished.prefix, &problem.text, &problem.holes);
            if let Some(candidate) = found.add(problem, fills, score) {
                on_candidate(&candidate);
            }
            // A beam of the networks goes on to its end: what it finds first may all be far-fetched.
            if found.is_full() && !scored { Flow::Stop } else { Flow::Continue }
        });
        self.programs_run += executor.programs_run;
        self.best_passed = self.best_passed.max(executor.best_passed);
        if scored {
            self.passing.extend(passing.into_iter().flatten());
            self.near.append(&mut executor.near);
            self.near.sort_by_key(|near| std::cmp::Reverse(near.passed));
        }
    }
}
