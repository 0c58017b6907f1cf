//! One batch of tasks through the networks: traces, the plain beam, the execution-pruned beam.

use std::time::Instant;

use dataset::Task;
use dataset::compact;
use runtime::{Limits, Machine, World};

use super::{Choices, Ranked, Settings, Slice, TaskResult, TraceSource, readable};
use crate::decode::beam::{Anything, BeamTask, Breadth, Finished, Flow, Judge, search};
use crate::decode::shown_examples::choose;
use crate::decode::template::Template;
use crate::decode::trace_beam;
use crate::decode::traces::{self, Traces};
use crate::grammar::Rules;
use crate::models::{CodeTask, Models, Pair};
use crate::rank::classes::Classes;
use crate::search::executor::{Case, Executor, Source};

/// Asked whether to give up.
type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// One task on its way through a batch.
struct Subject<'a> {
    task: &'a Task,
    /// The examples shown.
    pairs: Vec<Pair>,
    /// The examples shown, for the judge of the pruned beam.
    cases: Vec<Case>,
    result: TaskResult,
}

impl<'a> Subject<'a> {
    fn new(task: &'a Task, shown: usize) -> Subject<'a> {
        let shown = shown.min(task.examples.len());
        let pairs = task.examples[..shown].iter().map(Pair::from).collect();
        let cases = task.examples[..shown].iter().map(Case::from).collect();
        let length = surface_length(task);
        let slices = Slice::of(&task.program.body.statements, length);
        Subject { task, pairs, cases, result: TaskResult { slices, ..TaskResult::default() } }
    }

    /// Whether the networks can read it at all; where not, it counts as failed.
    fn readable(&self) -> bool {
        readable(&self.task.examples[..self.pairs.len()])
    }
}

fn surface_length(task: &Task) -> usize {
    syntax::tokens::to_tokens(&task.program).map_or(usize::MAX, |tokens| tokens.len())
}

/// Evaluates tasks together, on this thread. `stop` is asked between steps; where it says so, the results are those of
/// an evaluation cut short.
pub(crate) fn evaluate_together(
    models: &Models,
    batch: &[Task],
    settings: &Settings,
    stop: Stop,
) -> Vec<TaskResult> {
    let mut subjects: Vec<Subject> = batch.iter().map(|task| Subject::new(task, settings.shown)).collect();
    let mut readable: Vec<&mut Subject> = subjects.iter_mut().filter(|s| s.readable()).collect();
    if !readable.is_empty() {
        let traces = traces_of(models, &mut readable, settings, stop);
        let tasks: Vec<CodeTask> = readable
            .iter()
            .zip(&traces)
            .map(|(subject, traces)| choose(&subject.pairs, traces, &models.code.examples()))
            .collect();
        if settings.plain {
            plain(models, &mut readable, &tasks, settings, stop);
        }
        if settings.pruned {
            pruned(models, &mut readable, &tasks, settings, stop);
        }
    }
    subjects.into_iter().map(|s| s.result).collect()
}

/// The traces that the code model is to read.
fn traces_of(models: &Models, subjects: &mut [&mut Subject], settings: &Settings, stop: Stop) -> Vec<Traces> {
    match settings.traces {
        TraceSource::Inferred => infer(models, subjects, settings, stop),
        TraceSource::None => subjects.iter().map(|s| vec![None; s.pairs.len()]).collect(),
        TraceSource::Gold => {
            let longest = models.code.longest_trace();
            let gold = |e: &dataset::Example| Some(e.actions.clone()).filter(|a| a.len() <= longest);
            subjects.iter().map(|s| s.task.examples.iter().take(s.pairs.len()).map(gold).collect()).collect()
        }
    }
}

fn infer(models: &Models, subjects: &mut [&mut Subject], settings: &Settings, stop: Stop) -> Vec<Traces> {
    let start = Instant::now();
    let pairs: Vec<&[Pair]> = subjects.iter().map(|s| &s.pairs[..]).collect();
    let model = models.trace.as_deref();
    let way = traces::Way { mask: settings.mask, ..traces::Way::default() };
    let choices = vec![traces::Selection::Greedy; pairs.len()];
    let greedy = traces::roll_out_each(model, &pairs, &choices, way, stop);
    let retried = match settings.retries {
        true => traces::retry(model, &pairs, greedy.clone(), settings.seed, stop),
        false => greedy.clone(),
    };
    let seconds = start.elapsed().as_secs_f64() / subjects.len() as f64;
    let beam = model
        .filter(|_| settings.trace_beam > 1)
        .map(|model| trace_beam::search(model, &pairs, settings.trace_beam, settings.mask, stop));
    for (number, subject) in subjects.iter_mut().enumerate() {
        let result = &mut subject.result.traces;
        result.seconds = seconds;
        for (example, (greedy, retried)) in
            subject.task.examples.iter().zip(greedy[number].iter().zip(&retried[number]))
        {
            result.note(&example.actions, greedy.as_deref(), retried.as_deref());
        }
        if let Some(found) = beam.as_ref().map(|beam| &beam[number]) {
            let beam = result.beam.insert(Default::default());
            for (example, found) in subject.task.examples.iter().zip(found) {
                beam.exact.push(found.iter().any(|trace| trace.actions == example.actions));
                beam.correct.push(!found.is_empty());
            }
        }
    }
    retried
}

/// The plain beam: candidates are run afterwards, likeliest first.
fn plain(
    models: &Models,
    subjects: &mut [&mut Subject],
    tasks: &[CodeTask],
    settings: &Settings,
    stop: Stop,
) {
    let start = Instant::now();
    let mut judges: Vec<Anything> = subjects.iter().map(|_| Anything).collect();
    let mut judges: Vec<&mut dyn Judge> = judges.iter_mut().map(|j| j as &mut dyn Judge).collect();
    let found = decode(models, tasks, &mut judges, settings.rules, settings.beam, stop);
    let seconds = start.elapsed().as_secs_f64() / subjects.len() as f64;
    for (subject, found) in subjects.iter_mut().zip(&found) {
        let mut ranked = rank(subject, found);
        let first = ranked.shown.iter().position(|&passed| passed);
        ranked.run = first.map_or(found.len(), |first| first + 1) as u64;
        ranked.seconds = seconds;
        subject.result.plain = ranked;
    }
}

/// The pruned beam: what fails on a shown example leaves it.
fn pruned(
    models: &Models,
    subjects: &mut [&mut Subject],
    tasks: &[CodeTask],
    settings: &Settings,
    stop: Stop,
) {
    let start = Instant::now();
    let cases: Vec<Vec<Case>> = subjects.iter().map(|s| s.cases.clone()).collect();
    let mut executors: Vec<Executor> =
        cases.iter().map(|cases| Executor::new(cases, Source::Tokens, Limits::DATASET)).collect();
    let mut judges: Vec<&mut dyn Judge> = executors.iter_mut().map(|j| j as &mut dyn Judge).collect();
    // What can't be read can't be run: pruning knows the grammar.
    let rules = if settings.rules == Rules::None { Rules::Any } else { settings.rules };
    let found = decode(models, tasks, &mut judges, rules, settings.beam, stop);
    let seconds = start.elapsed().as_secs_f64() / subjects.len() as f64;
    for (number, subject) in subjects.iter_mut().enumerate() {
        let ranked = rank(subject, &found[number]);
        subject.result.choices = choices(subject, &found[number], &ranked);
        subject.result.pruned = Ranked { run: executors[number].programs_run, seconds, ..ranked };
    }
}

fn decode(
    models: &Models,
    tasks: &[CodeTask],
    judges: &mut [&mut dyn Judge],
    rules: Rules,
    width: usize,
    stop: Stop,
) -> Vec<Vec<Finished>> {
    let template = Template::program(models.code.longest()).with_rules(rules);
    let mut beams: Vec<BeamTask> =
        judges.iter_mut().map(|judge| BeamTask { template: &template, judge: &mut **judge }).collect();
    let mut decoder = models.code.begin(tasks);
    search(&mut *decoder, &mut beams, Breadth::plain(width), stop, &mut |_, _| Flow::Continue)
}

/// Runs the candidates on all examples.
fn rank(subject: &Subject, found: &[Finished]) -> Ranked {
    let reference = compact::from_statements(&subject.task.program.body.statements).ok();
    let mut machine = Machine::new();
    let mut world = World::new(1, 1);
    let mut ranked = Ranked::default();
    for candidate in found {
        let tokens = &candidate.prefix.tokens;
        let surface = compact::to_surface(tokens);
        let code = compact::code(tokens);
        let mut passes = |example: &dataset::Example| {
            world.clone_from(&example.input);
            machine.run(&code, &mut world, &Limits::DATASET) == runtime::Outcome::Finished
                && world == example.output
        };
        // Without a grammar there are candidates that are no programs.
        let passed: Vec<bool> =
            subject.task.examples.iter().map(|example| surface.is_ok() && passes(example)).collect();
        ranked.exact.push(reference.as_ref() == Some(tokens));
        ranked.shown.push(passed.iter().take(subject.pairs.len()).all(|&p| p));
        ranked.all.push(passed.iter().all(|&p| p));
        ranked.lengths.push(surface.map_or(usize::MAX, |s| s.split(' ').count()));
    }
    ranked
}

/// Which of the candidates that pass each way of choosing takes.
fn choices(subject: &Subject, found: &[Finished], ranked: &Ranked) -> Choices {
    let mut classes = Classes::new(subject.pairs.iter().map(|pair| &pair.start));
    let mut passes: Vec<bool> = Vec::new();
    for (number, candidate) in found.iter().enumerate().filter(|(number, _)| ranked.shown[*number]) {
        let Ok(procedure) = compact::to_procedure(&candidate.prefix.tokens) else { continue };
        let program = syntax::print::print_program([&procedure]);
        let added = classes.add(&program, Some(candidate.log_probability));
        if added.class == passes.len() {
            passes.push(ranked.all[number]);
        } else if added.best {
            // Alike on the sampled worlds, but perhaps not on the held-out one: the best program counts.
            passes[added.class] = ranked.all[number];
        }
    }
    let places = classes.ranked();
    Choices {
        likeliest: ranked.guided_search(),
        shortest: ranked.guided_shortest(),
        ranked: places.first().is_some_and(|place| passes[place.class]),
        any: passes.contains(&true),
        behaviours: places.iter().map(|place| (place.score, passes[place.class])).collect(),
    }
}
