//! The loop that runs a table of steps ([`super::stages`]) on one request.

use std::time::Duration;

use protocol::message::Candidate;
use runtime::lower;

use super::executor::{Executor, NearMiss, Source};
use super::found::{Found, Origin};
use super::memory::Memory;
use super::repair::repair;
use super::specification::{LIMITS, Problem};
use super::stages::{NARROW, Stage, Step, TraceSet, WIDER, When, Width};
use super::traces_of_found;
use super::watch::Watch;
use crate::decode::beam::{self, BeamTask, Breadth, Finished, Flow};
use crate::decode::fill_text;
use crate::decode::shown_examples::choose;
use crate::decode::template::Template;
use crate::decode::template_of_program::{Context, bare};
use crate::decode::traces::{self, Selection, Traces};
use crate::grammar::Rules;
use crate::models::uniform::Uniform;
use crate::models::{CodeModel, Decoder, Models};
use crate::rank::classes::MARGIN;

/// Prefixes that an enumeration keeps.
const ENUMERATION: usize = 20_000;

/// One request under way.
pub(super) struct Search<'a> {
    pub models: &'a Models,
    pub problem: &'a Problem,
    pub context: &'a Context,
    pub watch: &'a Watch<'a>,
    /// Whether the watch says that it is over.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    pub on_candidate: &'a mut (dyn FnMut(&Candidate) + Send),
    /// Prefixes of the usual beam.
    pub width: usize,
    pub progress: Progress,
}

/// What the steps so far have come to.
pub(super) struct Progress {
    pub found: Found,
    /// The traces of the examples, as far as they are known.
    pub inferred: Traces,
    /// What the beams have read.
    tried: Vec<Read>,
    /// Programs that pass, and those that nearly do, as the beams found them.
    passing: Vec<Finished>,
    near: Vec<NearMiss>,
}

/// What one beam reads, and how.
#[derive(PartialEq)]
struct Read {
    traces: Traces,
    rules: Rules,
    width: usize,
}

impl Progress {
    pub(crate) fn new(found: Found, problem: &Problem) -> Progress {
        Progress {
            found,
            inferred: problem.given.clone(),
            tried: Vec::new(),
            passing: Vec::new(),
            near: Vec::new(),
        }
    }
}

impl<'a> Search<'a> {
    /// Takes the steps one after the other until as many programs are found as were asked for, or the time is up.
    /// `on_step` hears how long each took.
    pub(crate) fn run(&mut self, steps: &[Step], on_step: &(dyn Fn(&Step, Duration) + Sync)) {
        for step in steps {
            if self.over() {
                break;
            }
            let due = match step.when {
                When::Always => true,
                When::NothingFound => self.progress.found.is_empty(),
                When::TimeIsShort => self.watch.is_short(),
            };
            if due {
                let start = self.watch.elapsed();
                self.take(step.stage);
                on_step(step, self.watch.elapsed().saturating_sub(start));
            }
        }
    }

    fn take(&mut self, stage: Stage) {
        match stage {
            Stage::Enumerate { more, aside } => {
                self.enumerate(more);
                if aside {
                    self.progress.found.begin_anew();
                }
            }
            Stage::RollOut => self.roll_out(),
            Stage::Retry => self.retry(),
            Stage::Beam { traces, rules, width } => {
                if let Some(width) = self.prefixes(width)
                    && let Some(template) = self.template(rules)
                    && let Some(traces) = self.traces(traces, rules, width)
                {
                    self.beam(&template, Read { traces, rules, width });
                }
                if width == Width::Usual {
                    self.watch.settle();
                }
            }
            Stage::Repair => self.repair(),
        }
    }

    fn over(&self) -> bool {
        self.progress.found.is_full() || (self.stop)()
    }

    fn prefixes(&self, width: Width) -> Option<usize> {
        match width {
            Width::Narrow => (self.width > NARROW).then_some(NARROW),
            Width::Usual => Some(self.width),
            Width::Wide => Some(self.width * WIDER),
        }
    }

    /// What the beams fill, by these rules unless what is fixed breaks them.
    fn template(&self, rules: Rules) -> Option<Template> {
        let template = self.context.template.as_ref()?;
        let rules = if template.fixed_keeps(rules) { rules } else { Rules::Any };
        Some(template.clone().with_rules(rules))
    }

    fn traces(&self, set: TraceSet, rules: Rules, width: usize) -> Option<Traces> {
        let inferred = &self.progress.inferred;
        match set {
            TraceSet::Inferred => Some(inferred.clone()),
            TraceSet::OfFound => self.traces_of_found(rules, width),
            TraceSet::Sampled { seed } => Some(self.sample(seed)),
            TraceSet::Absent => Some(vec![None; inferred.len()]),
        }
    }

    fn executor(&self) -> Executor<'a> {
        Executor::new(&self.problem.cases, Source::File(&self.problem.file), LIMITS).watched(self.watch)
    }

    /// Offers what earlier requests have found for this program, as far as it passes these examples.
    pub(crate) fn recall(&mut self, memory: &Memory) {
        let mut executor = self.executor();
        for known in memory.recall(&self.problem.text) {
            let program = fill_text::program(&self.problem.text, &self.problem.holes, &known.fills);
            let code = lower(&syntax::parse(&program).file).code;
            if executor.passes_all(&code) {
                self.offer(known.fills, known.log_probability, Origin::Memory);
            }
        }
    }

    /// Adds a program that passes, and says so.
    fn offer(&mut self, fills: Vec<String>, log_probability: Option<f64>, origin: Origin) {
        let found = &mut self.progress.found;
        if let Some(candidate) = found.add(self.problem, fills, log_probability, origin) {
            self.watch.has_found(found.count());
            (self.on_candidate)(&candidate);
        }
    }

    /// Infers what no author gives. Traces that are longer than the networks read are left out.
    fn roll_out(&mut self) {
        let given = &self.problem.given;
        let missing: Vec<_> = (0..given.len()).filter(|&i| given[i].is_none()).collect();
        let pairs: Vec<_> = missing.iter().map(|&i| self.problem.pairs[i].clone()).collect();
        let stop = || self.watch.over_for_traces();
        let inferred = traces::roll_out(self.models.trace.as_deref(), &[&pairs], Selection::Greedy, &stop);
        let longest = self.models.code.longest_trace();
        let readable =
            |trace: &Option<Vec<_>>| trace.clone().filter(|actions: &Vec<_>| actions.len() <= longest);
        let mut all: Traces = given.iter().map(readable).collect();
        for (index, trace) in missing.into_iter().zip(inferred.into_iter().flatten()) {
            all[index] = trace;
        }
        self.progress.inferred = all;
    }

    fn retry(&mut self) {
        let given = &self.problem.given;
        let failed = |&i: &usize| given[i].is_none() && self.progress.inferred[i].is_none();
        let failed: Vec<usize> = (0..given.len()).filter(failed).collect();
        let pairs: Vec<_> = failed.iter().map(|&i| self.problem.pairs[i].clone()).collect();
        let stop = || self.watch.over_for_traces();
        let none = vec![vec![None; pairs.len()]];
        let again = traces::retry(self.models.trace.as_deref(), &[&pairs], none, 0, &stop);
        for (index, trace) in failed.into_iter().zip(again.into_iter().flatten()) {
            self.progress.inferred[index] = trace;
        }
    }

    /// Sampled roll-outs where no trace is given, the inferred one where a sample fails.
    fn sample(&self, seed: u64) -> Traces {
        let choice = Selection::Sampled { seed };
        let pairs = &self.problem.pairs[..];
        let sampled = traces::roll_out(self.models.trace.as_deref(), &[pairs], choice, self.stop)
            .pop()
            .unwrap_or_default();
        let inferred = &self.progress.inferred;
        let one = |i: usize| match (&self.problem.given[i], sampled.get(i)) {
            (None, Some(Some(sample))) => Some(sample.clone()),
            _ => inferred[i].clone(),
        };
        (0..inferred.len()).map(one).collect()
    }

    fn traces_of_found(&self, rules: Rules, width: usize) -> Option<Traces> {
        let Progress { inferred, passing, near, tried, .. } = &self.progress;
        let longest = self.models.code.longest_trace();
        let read = |traces: &Traces| {
            tried.iter().any(|one| (one.rules, one.width) == (rules, width) && one.traces == *traces)
        };
        let pairs = &self.problem.pairs;
        traces_of_found::next(&mut self.executor(), passing, near, pairs, inferred, longest, &read)
    }

    /// Runs a beam over what the networks make of the examples with these traces, unless one has read the same.
    fn beam(&mut self, template: &Template, reading: Read) {
        if self.over() || self.progress.tried.contains(&reading) {
            return;
        }
        let (models, width) = (self.models, reading.width);
        let task = choose(&self.problem.pairs, &reading.traces, &models.code.examples());
        self.progress.tried.push(reading);
        let mut decoder = models.code.begin_beam(&[task], width);
        self.decode(template, &mut *decoder, Breadth { width, margin: Some(MARGIN) }, true);
    }

    /// Lists fillings by size, all together up to `more` tokens longer than the holes are.
    fn enumerate(&mut self, more: usize) {
        let longest = self.context.reached.iter().flatten().count() + 1 + more;
        let template = bare(&self.context.reached, longest);
        let uniform = Uniform { longest };
        let mut decoder = uniform.begin(&[]);
        self.decode(&template, &mut *decoder, Breadth::plain(ENUMERATION), false);
    }

    /// Runs one beam; what it finds is verified already.
    fn decode(&mut self, template: &Template, decoder: &mut dyn Decoder, breadth: Breadth, scored: bool) {
        let problem = self.problem;
        let mut executor = self.executor();
        let (progress, watch) = (&mut self.progress, self.watch);
        let found = &mut progress.found;
        let on_candidate = &mut *self.on_candidate;
        let mut tasks = [BeamTask { template, judge: &mut executor }];
        let passing = beam::search(decoder, &mut tasks, breadth, self.stop, &mut |_, finished| {
            let score = scored.then_some(finished.log_probability);
            let fills = fill_text::texts(&finished.prefix, &problem.text, &problem.holes);
            if let Some(candidate) = found.add(problem, fills, score, Origin::Search) {
                watch.has_found(found.count());
                on_candidate(&candidate);
            }
            // A beam of the networks goes on to its end: what it finds first may all be far-fetched.
            if found.is_full() && !scored { Flow::Stop } else { Flow::Continue }
        });
        if scored {
            progress.passing.extend(passing.into_iter().flatten());
            progress.near.append(&mut executor.near);
            progress.near.sort_by_key(|near| std::cmp::Reverse(near.passed));
        }
    }

    /// Changes near misses until they pass.
    fn repair(&mut self) {
        let Some(template) = self.template(Rules::Dataset) else { return };
        if self.progress.near.is_empty() {
            return;
        }
        let code = &*self.models.code;
        let task = choose(&self.problem.pairs, &self.progress.inferred, &code.examples());
        let near = self.progress.near.clone();
        let found = repair(code, &task, &template, &mut self.executor(), near, self.stop);
        for finished in found {
            let fills = fill_text::texts(&finished.prefix, &self.problem.text, &self.problem.holes);
            self.offer(fills, Some(finished.log_probability), Origin::Search);
            self.progress.passing.push(finished);
        }
    }
}
