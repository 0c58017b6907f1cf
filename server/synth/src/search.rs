//! A request from start to end: traces, beams one after the other while time is left, verified candidates as they
//! come, those that behave alike dropped.

mod found;

use std::time::{Duration, Instant};

use dataset::view::View;
use protocol::message::{Budget, Candidate, InferTraces, InferredTraces, Outcome, Specification, Stopped};
use runtime::lower;

use crate::beam::{BeamTask, Breadth, Finished, Flow, search};
use crate::calibration::Calibration;
use crate::choose::choose;
use crate::consistent;
use crate::executor::{Case, Executor, Expected, NearMiss, Source};
use crate::fill;
use crate::grammar::Rules;
use crate::holes::{Context, bare, context};
use crate::memory::Memory;
use crate::models::uniform::Uniform;
use crate::models::{CodeModel, Decoder, Models, Pair};
use crate::repair::repair;
use crate::specification::{LIMITS, LOOKED_AT, Problem, Refusal, worlds};
use crate::template::Template;
use crate::traces::{self, Choice, Traces};
use crate::watch::{Clock, Pace, Tally, Watch};
use found::{Found, Origin};

/// Sampled sets of traces tried after the inferred ones, where something was found already and where not.
pub const SETS: (u64, u64) = (3, 8);
/// Sets of traces taken from programs that were found.
pub const CONSISTENT: usize = 2;
/// Width of the beam that comes before the usual one where time is short.
pub const NARROW: usize = 8;
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
/// The same for the glance before the networks are asked: one block around an action or two, what anybody would try first.
const SMALL: usize = 4;
/// Greatest width that a request may ask for.
const MAX_BEAM: usize = 2_000;
/// Greatest number of candidates that a request may ask for.
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
    let around = Surroundings { models, device, clock, memory, cancelled, on_tally: &|_| () };
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
            found: Found::new(problem.starts(), wanted),
            on_candidate,
            traces_found: 0,
            inferred: Vec::new(),
            tried: Vec::new(),
            passing: Vec::new(),
            near: Vec::new(),
        };
        let width = budget.beam.clamp(1, MAX_BEAM);
        search.recall(memory);
        let template = context.template.as_ref().filter(|_| !problem.pairs.is_empty());
        match template {
            Some(template) => search.with_networks(template, width),
            None => search.enumerate(ENUMERATED),
        }
        watch.settle();
        let stopped = match () {
            () if search.found.is_full() => Stopped::Found,
            () if watch.over() => Stopped::Budget,
            () => Stopped::Exhausted,
        };
        // The question is worth a moment more, even where the search took all its time.
        let until = watch.elapsed() + QUESTION;
        let asked_long_enough = || watch.is_cancelled() || (watch.over() && watch.elapsed() >= until);
        let mut chosen = search.found.choose(&problem, &search.inferred, &asked_long_enough);
        memory.keep(&problem.text, search.found.known(&problem, &search.inferred));
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
            traces_found: search.traces_found,
            examples: problem.cases.len(),
            programs_run,
            milliseconds: elapsed.as_millis() as u64,
            device: self.device.to_owned(),
            enumerated: template.is_none(),
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

struct Search<'a> {
    models: &'a Models,
    problem: &'a Problem,
    context: &'a Context,
    watch: &'a Watch<'a>,
    /// Whether the watch says that it is over.
    stop: &'a (dyn Fn() -> bool + Sync),
    found: Found,
    on_candidate: &'a mut (dyn FnMut(&Candidate) + Send),
    traces_found: usize,
    inferred: Traces,
    /// Traces that a beam has read.
    tried: Vec<Traces>,
    /// What passes, and what nearly does, as the beams found it.
    passing: Vec<Finished>,
    near: Vec<NearMiss>,
}

impl<'a> Search<'a> {
    fn over(&self) -> bool {
        self.found.is_full() || (self.stop)()
    }

    /// What earlier requests have found for this program, as far as it passes these examples.
    fn recall(&mut self, memory: &Memory) {
        let mut executor = self.executor();
        for known in memory.recall(&self.problem.text) {
            let program = fill::program(&self.problem.text, &self.problem.holes, &known.fills);
            let code = lower(&syntax::parse(&program).file).code;
            if executor.passes_all(&code) {
                self.offer(known.fills, known.log_probability, Origin::Memory);
            }
        }
    }

    /// A glance at the smallest fillings, which the networks may find too simple; inferred traces first, by a narrow beam
    /// before the usual one where time is short; then those of the best programs found, which belong together, then
    /// sampled ones. All that by the real programs' rules, unless what is fixed breaks them. While nothing is found: near
    /// misses repaired, at once and after those beams; a wider beam before the sampled traces and wider ones after them,
    /// without those rules; the examples without traces; and in the end an enumeration.
    fn with_networks(&mut self, template: &Template, width: usize) {
        if !self.context.only_choices {
            self.glance();
        }
        if self.over() {
            return;
        }
        let rules = if template.fixed_keeps(Rules::Dataset) { Rules::Dataset } else { Rules::Any };
        let usual = &template.clone().with_rules(rules);
        self.inferred = self.infer();
        if self.watch.is_short() && width > NARROW {
            let greedy = self.inferred.clone();
            self.conditioned(usual, &greedy, NARROW);
        }
        self.retry();
        let inferred = self.inferred.clone();
        self.traces_found = inferred.iter().flatten().count();
        self.beam(usual, &inferred, width);
        self.watch.settle();
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
        if self.found.is_empty() {
            self.conditioned(template, &inferred, width * WIDER);
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

    fn executor(&self) -> Executor<'a> {
        Executor::new(&self.problem.cases, Source::File(&self.problem.file), LIMITS).watched(self.watch)
    }

    /// The traces of the best program found that acts in a way not tried yet.
    fn consistent(&self, inferred: &Traces) -> Option<Traces> {
        let mut executor = self.executor();
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
        let mut executor = self.executor();
        let near = self.near.clone();
        let found = repair(code, &task, template, &mut executor, near, self.stop);
        for finished in found {
            let fills = fill::texts(&finished.prefix, &self.problem.text, &self.problem.holes);
            self.offer(fills, Some(finished.log_probability), Origin::Search);
            self.passing.push(finished);
        }
    }

    /// Adds a program that passes, and says so.
    fn offer(&mut self, fills: Vec<String>, log_probability: Option<f64>, origin: Origin) {
        if let Some(candidate) = self.found.add(self.problem, fills, log_probability, origin) {
            self.watch.has_found(self.found.count());
            (self.on_candidate)(&candidate);
        }
    }

    /// The author's traces, and greedy roll-outs for the rest. Only what the networks can read counts.
    fn infer(&self) -> Traces {
        let given = &self.problem.given;
        let missing: Vec<_> = (0..given.len()).filter(|&i| given[i].is_none()).collect();
        let pairs: Vec<_> = missing.iter().map(|&i| self.problem.pairs[i].clone()).collect();
        let stop = || self.watch.over_for_traces();
        let inferred = traces::roll_out(self.models.trace.as_deref(), &[&pairs], Choice::Greedy, &stop);
        let mut traces: Traces = given
            .iter()
            .map(|trace| trace.clone().filter(|actions| actions.len() <= self.models.code.longest_trace()))
            .collect();
        for (index, trace) in missing.into_iter().zip(inferred.into_iter().flatten()) {
            traces[index] = trace;
        }
        traces
    }

    /// Tries those again, by sampling, that have failed.
    fn retry(&mut self) {
        let given = &self.problem.given;
        let failed = |&i: &usize| given[i].is_none() && self.inferred[i].is_none();
        let failed: Vec<usize> = (0..given.len()).filter(failed).collect();
        let pairs: Vec<_> = failed.iter().map(|&i| self.problem.pairs[i].clone()).collect();
        let stop = || self.watch.over_for_traces();
        let none = vec![vec![None; pairs.len()]];
        let again = traces::retry(self.models.trace.as_deref(), &[&pairs], none, 0, &stop);
        for (index, trace) in failed.into_iter().zip(again.into_iter().flatten()) {
            self.inferred[index] = trace;
        }
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
        self.conditioned(template, traces, width);
    }

    /// A beam over what the networks make of the examples with these traces.
    fn conditioned(&mut self, template: &Template, traces: &Traces, width: usize) {
        if self.over() {
            return;
        }
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

    /// The smallest fillings. They are no reason not to ask the networks.
    fn glance(&mut self) {
        self.enumerate(SMALL);
        self.found.begin_anew();
    }

    /// One beam; what it finds is verified already.
    fn run(&mut self, template: &Template, decoder: &mut dyn Decoder, breadth: Breadth, scored: bool) {
        let problem = self.problem;
        let mut executor = self.executor();
        let (found, watch) = (&mut self.found, self.watch);
        let on_candidate = &mut *self.on_candidate;
        let mut beam = [BeamTask { template, judge: &mut executor }];
        let passing = search(decoder, &mut beam, breadth, self.stop, &mut |_, finished| {
            let score = scored.then_some(finished.log_probability);
            let fills = fill::texts(&finished.prefix, &problem.text, &problem.holes);
            if let Some(candidate) = found.add(problem, fills, score, Origin::Search) {
                watch.has_found(found.count());
                on_candidate(&candidate);
            }
            // A beam of the networks goes on to its end: what it finds first may all be far-fetched.
            if found.is_full() && !scored { Flow::Stop } else { Flow::Continue }
        });
        if scored {
            self.passing.extend(passing.into_iter().flatten());
            self.near.append(&mut executor.near);
            self.near.sort_by_key(|near| std::cmp::Reverse(near.passed));
        }
    }
}
