//! What is measured as training goes: greedy decoding on tasks that are never trained on, made up and from a file.
//! Quick rather than thorough; `karel-synth eval` has the paper's metrics.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use anyhow::Context;
use dataset::compact;
use dataset::features::Canvas;
use dataset::generate::{self, Scratch};
use rayon::prelude::*;
use runtime::{Action, Limits, Machine, Outcome, World};
use tch::{Device, Kind};

use super::config::Config;
use super::inferred;
use crate::beam::{Anything, BeamTask, Breadth, Flow, search};
use crate::choose::choose;
use crate::models::network::Model;
use crate::models::{CodeModel, CodeTask, Pair, TraceModel};
use crate::template::Template;
use crate::traces::{self, Choice, Traces};

/// Figures by name, in percent.
pub type Figures = BTreeMap<String, f64>;

/// Examples shown to the networks; the rest is held out.
const SHOWN: usize = 5;
/// Longest program in tokens.
const LIMIT: usize = 32;

/// Tasks to measure on.
pub struct Evaluation {
    sets: Vec<Set>,
    /// The kinds of traces that a code model is told.
    kinds: Vec<Told>,
    /// Tasks decoded together.
    batch: usize,
}

struct Set {
    name: &'static str,
    tasks: Vec<Held>,
    /// Of the shown examples, where a trace model is given.
    inferred: Vec<Traces>,
}

struct Held {
    /// None where the compact tokens can't say it.
    program: Option<Vec<u8>>,
    pairs: Vec<Pair>,
    gold: Vec<Vec<Action>>,
}

impl Held {
    fn shown(&self) -> &[Pair] {
        &self.pairs[..SHOWN.min(self.pairs.len())]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Inferred,
    Gold,
    Nothing,
}

impl Told {
    fn name(self) -> &'static str {
        match self {
            Told::Inferred => "inferred traces",
            Told::Gold => "gold traces",
            Told::Nothing => "no traces",
        }
    }
}

impl Evaluation {
    /// Makes up the tasks, reads the file, and infers the traces.
    ///
    /// # Errors
    /// Where the file or the trace model can't be read.
    pub fn new(config: &Config, device: Device, kind: Kind) -> anyhow::Result<Evaluation> {
        let mut sets = Vec::new();
        let settings = generate::Settings { seed: config.evaluation.seed, ..generate::Settings::default() };
        let made_up: Vec<Held> = (0..config.evaluation.tasks as u64)
            .into_par_iter()
            .map_init(Scratch::default, |scratch, index| {
                let task = generate::task(&settings, index, scratch);
                let examples = task.examples.into_iter();
                let (pairs, gold) =
                    examples.map(|e| (Pair { start: e.start, goal: e.goal }, e.trace)).unzip();
                Held { program: Some(task.program), pairs, gold }
            })
            .collect();
        if !made_up.is_empty() {
            sets.push(Set { name: "made up", tasks: made_up, inferred: Vec::new() });
        }
        if let Some(file) = &config.evaluation.file {
            let tasks = dataset::read(file).with_context(|| format!("can't read {}", file.display()))?;
            let fits = |e: &dataset::Example| Canvas::fits(&e.input) && Canvas::fits(&e.output);
            let tasks = tasks.filter_map(Result::ok).filter(|t| t.examples.iter().all(fits));
            let held = |task: dataset::Task| {
                let program = task.compact();
                let examples = task.examples.into_iter();
                let (pairs, gold) =
                    examples.map(|e| (Pair { start: e.input, goal: e.output }, e.actions)).unzip();
                Held { program, pairs, gold }
            };
            let tasks: Vec<Held> = tasks.take(config.evaluation.limit).map(held).collect();
            sets.push(Set { name: "file", tasks, inferred: Vec::new() });
        }
        let mut kinds = Vec::new();
        if let Some(of) = &config.traces.trace_model {
            let model = inferred::load(of, device, kind)?;
            let _no_grad = tch::no_grad_guard();
            for set in &mut sets {
                let pairs: Vec<&[Pair]> = set.tasks.iter().map(Held::shown).collect();
                set.inferred = traces::infer(Some(&*model), &pairs, 0, &|| false);
            }
            kinds.push(Told::Inferred);
        }
        kinds.extend((config.traces.gold > 0.0).then_some(Told::Gold));
        kinds.extend((config.traces.none > 0.0).then_some(Told::Nothing));
        Ok(Evaluation { sets, kinds, batch: if device == Device::Cpu { 16 } else { 512 } })
    }

    /// Measures; None where `stop` says so.
    pub fn measure(&self, model: &Model, stop: &(dyn Fn() -> bool + Sync)) -> Option<Figures> {
        let _no_grad = tch::no_grad_guard();
        let mut figures = Figures::new();
        for set in &self.sets {
            match model {
                Model::Trace(model) => traced(&**model, set, &mut figures, stop),
                Model::Code(model) => self
                    .kinds
                    .iter()
                    .try_for_each(|&told| self.coded(&**model, set, told, &mut figures, stop)),
            }
            .continue_value()?;
        }
        Some(figures)
    }

    /// Greedy programs: exact, consistent with what was shown, right on all examples.
    fn coded(
        &self,
        model: &dyn CodeModel,
        set: &Set,
        told: Told,
        figures: &mut Figures,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> ControlFlow<()> {
        let template = Template::program(LIMIT.min(model.longest()));
        let (mut exact, mut consistent, mut general) = (0, 0, 0);
        for first in (0..set.tasks.len()).step_by(self.batch.max(1)) {
            let held = &set.tasks[first..(first + self.batch).min(set.tasks.len())];
            let tasks: Vec<CodeTask> = (first..)
                .zip(held)
                .map(|(number, held)| {
                    let pairs = held.shown();
                    let traces = match told {
                        Told::Inferred => set.inferred[number].clone(),
                        Told::Gold => held.gold.iter().take(pairs.len()).cloned().map(Some).collect(),
                        Told::Nothing => vec![None; pairs.len()],
                    };
                    choose(pairs, &traces, &model.examples())
                })
                .collect();
            let mut judges: Vec<Anything> = held.iter().map(|_| Anything).collect();
            let mut beams: Vec<BeamTask> =
                judges.iter_mut().map(|judge| BeamTask { template: &template, judge }).collect();
            let mut decoder = model.begin(&tasks);
            let found =
                search(&mut *decoder, &mut beams, Breadth::plain(1), stop, &mut |_, _| Flow::Continue);
            if stop() {
                return ControlFlow::Break(());
            }
            let mut machine = Machine::new();
            for (held, found) in held.iter().zip(found) {
                let Some(best) = found.first() else { continue };
                let tokens = &best.prefix.tokens;
                let right = passed(tokens, &held.pairs, &mut machine);
                exact += usize::from(held.program.as_ref() == Some(tokens));
                consistent += usize::from(right >= held.shown().len());
                general += usize::from(right == held.pairs.len());
            }
        }
        let all = set.tasks.len();
        let mut note =
            |what, count| note(figures, &format!("{}, {}: {what}", set.name, told.name()), count, all);
        note("exact", exact);
        note("consistent", consistent);
        note("generalizes", general);
        ControlFlow::Continue(())
    }
}

/// How many examples the program passes before the first that it doesn't.
fn passed(tokens: &[u8], pairs: &[Pair], machine: &mut Machine) -> usize {
    let code = compact::code(tokens);
    let mut world = World::new(1, 1);
    let right = |pair: &&Pair| {
        world.clone_from(&pair.start);
        machine.run(&code, &mut world, &Limits::DATASET) == Outcome::Finished && world == pair.goal
    };
    pairs.iter().take_while(right).count()
}

/// Greedy traces: exact, and leading to the goal, each alone and all of a task's.
fn traced(
    model: &dyn TraceModel,
    set: &Set,
    figures: &mut Figures,
    stop: &(dyn Fn() -> bool + Sync),
) -> ControlFlow<()> {
    let pairs: Vec<&[Pair]> = set.tasks.iter().map(Held::shown).collect();
    let traces = traces::roll_out(Some(model), &pairs, Choice::Greedy, stop);
    if stop() {
        return ControlFlow::Break(());
    }
    let (mut all, mut exact, mut correct, mut all_exact, mut all_correct) = (0, 0, 0, 0, 0);
    for (held, traces) in set.tasks.iter().zip(&traces) {
        let same =
            traces.iter().zip(&held.gold).filter(|(found, gold)| found.as_ref() == Some(*gold)).count();
        let arrived = traces.iter().flatten().count();
        all += traces.len();
        exact += same;
        correct += arrived;
        all_exact += usize::from(same == traces.len());
        all_correct += usize::from(arrived == traces.len());
    }
    let mut note = |what, count, all| note(figures, &format!("{}: {what}", set.name), count, all);
    note("trace exact", exact, all);
    note("trace correct", correct, all);
    note("all five exact", all_exact, set.tasks.len());
    note("all five correct", all_correct, set.tasks.len());
    ControlFlow::Continue(())
}

fn note(figures: &mut Figures, name: &str, count: usize, of: usize) {
    figures.insert(name.to_owned(), 100.0 * count as f64 / of.max(1) as f64);
}
