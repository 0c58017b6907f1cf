//! What each part of the search brings: every part is run once per task, and what its programs are worth is counted
//! for the parts alone and together. No task ends early: the parts are compared on the same tasks.

use std::collections::HashMap;
use std::time::Instant;

use dataset::compact;
use dataset::features::Canvas;
use dataset::{Example, Task};
use runtime::{Limits, Machine, Outcome, World};
use serde::Serialize;

use crate::beam::{BeamTask, Breadth, Finished, Flow, search};
use crate::choice::Choice;
use crate::choose::choose;
use crate::classes::Classes;
use crate::consistent;
use crate::eval::Rate;
use crate::executor::{Case, Executor, Expected, NearMiss, Source};
use crate::grammar::Rules;
use crate::models::{Models, Pair};
use crate::repair::repair;
use crate::search::{CONSISTENT, SETS, WIDER};
use crate::template::Template;
use crate::traces::{self, Traces};

/// Examples shown.
const SHOWN: usize = 5;

/// A part of the search. Each reads greedy traces with retries, by the dataset's rules, unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// One pruned beam without the dataset's rules for neighbours
    Any,
    /// One pruned beam
    Beam,
    /// One that is four times as wide
    Wide,
    /// Three more, of sampled traces
    Traces,
    /// Two more, of the traces of the best programs that the first one found
    Consistent,
    /// Near misses of the first beam, changed until they pass; where it found nothing
    Repair,
}

/// Which parts a line of the table takes together, the first beam's traces included.
pub const LINES: [(&str, &[Part]); 9] = [
    ("beam, any rules", &[Part::Any]),
    ("beam, dataset rules", &[Part::Beam]),
    ("beam four times as wide", &[Part::Wide]),
    ("beam + sampled traces", &[Part::Beam, Part::Traces]),
    ("beam + consistent traces", &[Part::Beam, Part::Consistent]),
    ("beam + repair", &[Part::Beam, Part::Repair]),
    ("beam + sampled + consistent", &[Part::Beam, Part::Traces, Part::Consistent]),
    ("all but the wide beam", &[Part::Beam, Part::Traces, Part::Consistent, Part::Repair]),
    ("all", &[Part::Beam, Part::Traces, Part::Consistent, Part::Repair, Part::Wide]),
];

/// What one part found for one task, and how long it took.
#[derive(Debug, Clone, Default)]
struct Yield {
    found: Vec<Finished>,
    seconds: f64,
}

/// One task's results, by line of the table that could be filled.
#[derive(Debug, Clone)]
pub struct Ablated {
    pub lines: Vec<Option<Counted>>,
}

/// How one line did on one task.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted {
    pub found: bool,
    pub any: bool,
    pub likeliest: bool,
    pub shortest: bool,
    pub fitted: bool,
    pub seconds: f64,
}

/// A line of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub parts: &'static str,
    /// Some program passes the examples shown.
    pub found: Rate,
    /// The program chosen passes the held-out ones too, by way of choosing.
    pub likeliest: Rate,
    pub shortest: Rate,
    pub fitted: Rate,
    /// Some program found does.
    pub any: Rate,
    /// One thread's seconds per task, traces included, mean.
    pub seconds: f64,
}

/// Runs the parts on one task. None where the networks can't read it.
pub fn ablate(models: &Models, task: &Task, width: usize, parts: &[Part]) -> Option<Ablated> {
    let shown = &task.examples[..SHOWN.min(task.examples.len())];
    if shown.is_empty() || !shown.iter().all(|e| Canvas::fits(&e.input) && Canvas::fits(&e.output)) {
        return None;
    }
    let pairs: Vec<Pair> =
        shown.iter().map(|e| Pair { start: e.input.clone(), goal: e.output.clone() }).collect();
    let case =
        |p: &Pair| Case { start: p.start.clone(), expected: Expected::World(p.goal.clone()), trace: None };
    let cases: Vec<Case> = pairs.iter().map(case).collect();
    let start = Instant::now();
    let inferred = traces::infer(models.trace.as_deref(), &[&pairs], 0, &|| false).pop().unwrap_or_default();
    let roll_out = start.elapsed().as_secs_f64();
    let subject = Subject { models, pairs: &pairs, cases: &cases, width };

    let mut yields: HashMap<Part, Yield> = HashMap::new();
    let mut near = Vec::new();
    for &part in parts {
        let start = Instant::now();
        let found = match part {
            Part::Any => subject.beam(Rules::Any, &inferred, width).0,
            Part::Beam => {
                let (found, missed) = subject.beam(Rules::Dataset, &inferred, width);
                near = missed;
                found
            }
            Part::Wide => subject.beam(Rules::Dataset, &inferred, width * WIDER).0,
            Part::Traces => subject.sampled(&inferred),
            Part::Consistent => {
                let first = yields.get(&Part::Beam).map_or(&[][..], |y| &y.found);
                subject.consistent(first, &near, &inferred)
            }
            Part::Repair => match yields.get(&Part::Beam) {
                Some(first) if first.found.is_empty() => subject.repair(near.clone(), &inferred),
                _ => Vec::new(),
            },
        };
        yields.insert(part, Yield { found, seconds: start.elapsed().as_secs_f64() });
    }

    let programs = subject.programs(&yields, &task.examples);
    let line = |wanted: &[Part]| {
        let own: Vec<&Yield> = wanted.iter().map(|part| yields.get(part)).collect::<Option<_>>()?;
        let mut counted = subject.count(&own, &programs, &inferred);
        counted.seconds = roll_out + own.iter().map(|y| y.seconds).sum::<f64>();
        Some(counted)
    };
    Some(Ablated { lines: LINES.iter().map(|(_, wanted)| line(wanted)).collect() })
}

struct Subject<'a> {
    models: &'a Models,
    pairs: &'a [Pair],
    cases: &'a [Case],
    width: usize,
}

impl Subject<'_> {
    fn template(&self, rules: Rules) -> Template {
        Template::program(self.models.code.longest()).with_rules(rules)
    }

    fn executor(&self) -> Executor<'_> {
        Executor::new(self.cases, Source::Tokens, Limits::DATASET)
    }

    fn beam(&self, rules: Rules, traces: &Traces, width: usize) -> (Vec<Finished>, Vec<NearMiss>) {
        let template = self.template(rules);
        let mut executor = self.executor();
        let code = &*self.models.code;
        let mut decoder = code.begin(&[choose(self.pairs, traces, &code.examples())]);
        let mut tasks = [BeamTask { template: &template, judge: &mut executor }];
        let found =
            search(&mut *decoder, &mut tasks, Breadth::plain(width), &|| false, &mut |_, _| Flow::Continue);
        (found.into_iter().flatten().collect(), executor.near)
    }

    fn sampled(&self, inferred: &Traces) -> Vec<Finished> {
        let mut tried = vec![inferred.clone()];
        let mut all = Vec::new();
        for seed in 1..=SETS.0 {
            let choice = traces::Choice::Sampled { seed };
            let model = self.models.trace.as_deref();
            let sampled = traces::roll_out(model, &[self.pairs], choice, &|| false).pop().unwrap_or_default();
            let set: Traces =
                sampled.into_iter().zip(inferred).map(|(new, old)| new.or_else(|| old.clone())).collect();
            if !tried.contains(&set) {
                all.extend(self.beam(Rules::Dataset, &set, self.width).0);
                tried.push(set);
            }
        }
        all
    }

    fn consistent(&self, first: &[Finished], near: &[NearMiss], inferred: &Traces) -> Vec<Finished> {
        let mut tried = vec![inferred.clone()];
        let (mut passing, mut near): (Vec<Finished>, Vec<NearMiss>) = (first.to_vec(), near.to_vec());
        let mut all = Vec::new();
        for _ in 0..CONSISTENT {
            let mut executor = self.executor();
            let longest = self.models.code.longest_trace();
            let own = consistent::next(&mut executor, &passing, &near, self.pairs, inferred, longest, &tried);
            let Some(own) = own else { break };
            let (found, missed) = self.beam(Rules::Dataset, &own, self.width);
            passing.extend(found.iter().cloned());
            near.extend(missed);
            near.sort_by_key(|near| std::cmp::Reverse(near.passed));
            all.extend(found);
            tried.push(own);
        }
        all
    }

    fn repair(&self, near: Vec<NearMiss>, inferred: &Traces) -> Vec<Finished> {
        let code = &*self.models.code;
        let task = choose(self.pairs, inferred, &code.examples());
        repair(code, &task, &self.template(Rules::Dataset), &mut self.executor(), near, &|| false)
    }

    /// All programs found, and whether each passes the held-out examples too.
    fn programs(&self, yields: &HashMap<Part, Yield>, examples: &[Example]) -> HashMap<Vec<u8>, bool> {
        let mut programs = HashMap::new();
        for finished in yields.values().flat_map(|y| &y.found) {
            let tokens = &finished.prefix.tokens;
            if !programs.contains_key(tokens) {
                programs.insert(tokens.clone(), passes(tokens, examples));
            }
        }
        programs
    }

    fn count(&self, own: &[&Yield], rights: &HashMap<Vec<u8>, bool>, inferred: &Traces) -> Counted {
        // Each program with the probability that these parts gave it.
        let mut best: HashMap<&Vec<u8>, f64> = HashMap::new();
        for finished in own.iter().flat_map(|y| &y.found) {
            let score = best.entry(&finished.prefix.tokens).or_insert(f64::NEG_INFINITY);
            *score = score.max(finished.log_probability);
        }
        let mut programs: Vec<(f64, &[u8], bool)> =
            best.into_iter().filter_map(|(t, score)| Some((score, &t[..], *rights.get(t)?))).collect();
        programs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let length = |tokens: &[u8]| compact::to_surface(tokens).map_or(usize::MAX, |s| s.split(' ').count());
        let shortest = programs.iter().min_by_key(|(_, tokens, _)| length(tokens));
        let mut classes = Classes::new(self.pairs.iter().map(|pair| &pair.start));
        let mut of_classes: Vec<bool> = Vec::new();
        for &(score, tokens, right) in &programs {
            let Ok(procedure) = compact::to_procedure(tokens) else { continue };
            let added = classes.add(&syntax::print::print_program([&procedure]), Some(score));
            match of_classes.get_mut(added.class) {
                None => of_classes.push(right),
                Some(known) if added.best => *known = right,
                Some(_) => (),
            }
        }
        let places = classes.ranked(Choice::fitted(), self.pairs, inferred);
        Counted {
            found: !programs.is_empty(),
            any: programs.iter().any(|&(.., right)| right),
            likeliest: programs.first().is_some_and(|&(.., right)| right),
            shortest: shortest.is_some_and(|&(.., right)| right),
            fitted: places.first().is_some_and(|place| of_classes[place.class]),
            ..Counted::default()
        }
    }
}

fn passes(tokens: &[u8], examples: &[Example]) -> bool {
    let code = compact::code(tokens);
    let mut machine = Machine::new();
    let mut world = World::new(1, 1);
    examples.iter().all(|example| {
        world.clone_from(&example.input);
        machine.run(&code, &mut world, &Limits::DATASET) == Outcome::Finished && world == example.output
    })
}

/// The table of many tasks. A task that can't be read counts as not solved.
pub fn table(results: &[Option<Ablated>]) -> Vec<Line> {
    let line = |(number, (name, _)): (usize, &(&'static str, &[Part]))| {
        let nothing = Counted::default();
        let ran = results.iter().flatten().any(|r| r.lines[number].is_some());
        let counted: Vec<Counted> =
            results.iter().map(|r| r.as_ref().and_then(|r| r.lines[number]).unwrap_or(nothing)).collect();
        let rate = |of: fn(&Counted) -> bool| Rate::of(counted.iter().map(of));
        let mean =
            |of: fn(&Counted) -> f64| counted.iter().map(of).sum::<f64>() / counted.len().max(1) as f64;
        ran.then(|| Line {
            parts: name,
            found: rate(|c| c.found),
            likeliest: rate(|c| c.likeliest),
            shortest: rate(|c| c.shortest),
            fitted: rate(|c| c.fitted),
            any: rate(|c| c.any),
            seconds: mean(|c| c.seconds),
        })
    };
    LINES.iter().enumerate().filter_map(line).collect()
}
