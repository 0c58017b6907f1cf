//! Requests as the engine serves them, texts in and texts out: how often the program offered first passes the
//! held-out examples, and how often it does when the deciding example has been answered. The reference program
//! answers, in the user's place.

use std::fmt::Write as _;
use std::time::Instant;

use dataset::Task;
use protocol::message::{Budget, Deciding, Example, Outcome, Specification};
use runtime::{Code, Limits, Machine, World, lower};
use serde::Serialize;
use tch::Device;

use super::{Conditions, Rate, generalizes, in_batches};
use crate::eval::bench::specification;
use crate::models::Models;
use crate::rank::calibration::{Calibration, Group};
use crate::search::Surroundings;
use crate::search::memory::Memory;
use crate::search::stages::Step;
use crate::search::watch::Pace;

/// What to ask the engine.
#[derive(Debug, Clone)]
pub struct ServedSettings {
    /// Examples shown.
    pub shown: usize,
    /// Deciding examples answered at the most.
    pub questions: usize,
    pub budget: Budget,
    /// Threads that serve requests, one each.
    pub workers: usize,
    /// The steps of the search: [`crate::search::stages::SERVED`], or rows of it.
    pub steps: Vec<Step>,
}

/// How one request went.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Served {
    /// Programs offered, best first.
    pub offered: Vec<String>,
    /// Per program offered: it passes the held-out examples.
    pub right: Vec<bool>,
    pub ambiguous: bool,
    /// The deciding examples that were asked: rows and columns of each.
    pub asked: Vec<(u8, u8)>,
    /// The reference crashes, or comes to no end, on the world of a question: it has no answer.
    pub crashed: bool,
    /// No candidate gave the reference's answer.
    pub surprised: bool,
    /// The program offered first when all questions are answered.
    pub answered: Option<String>,
    /// It passes the held-out examples.
    pub after: bool,
    pub seconds: f64,
}

/// Serves one request per task. `done` hears how many more are finished.
pub fn serve(
    models: &Models,
    device: Device,
    tasks: &[Task],
    settings: &ServedSettings,
    done: &(dyn Fn(u64) + Sync),
) -> Vec<Served> {
    let name = crate::device::name(device);
    let work =
        |models: &Models, batch: &[Task]| batch.iter().map(|t| one(models, &name, t, settings)).collect();
    in_batches(models, device, tasks, (1, settings.workers), &work, done)
}

fn one(models: &Models, device: &str, task: &Task, settings: &ServedSettings) -> Served {
    let start = Instant::now();
    let mut specification = specification(task, settings.shown);
    let memory = Memory::default();
    let ask = |specification: &Specification| {
        let clock = &Pace::new(Instant::now());
        let around =
            Surroundings { steps: &settings.steps, ..Surroundings::new(models, device, clock, &memory) };
        // A task that can't be asked for is one that is not solved.
        around.synthesize(specification, &settings.budget, &mut |_| ()).ok()
    };
    let mut served = Served::default();
    let Some(Outcome { mut candidates, ambiguous, mut deciding, .. }) = ask(&specification) else {
        return served;
    };
    let held_out = task.examples.get(settings.shown..).unwrap_or_default();
    let right = |program: &str| generalizes(program, held_out);
    served.offered = candidates.iter().map(|c| c.program.clone()).collect();
    served.right = candidates.iter().map(|c| right(&c.program)).collect();
    served.ambiguous = ambiguous;
    let reference = reference(task);
    for number in 1..=settings.questions {
        let Some(asked) = deciding.take() else { break };
        served.asked.extend(World::parse(&asked.input).map(|world| (world.rows(), world.cols())));
        // A run that comes to no end, or to a crash, is no answer: it is not known what should happen there.
        let Some((example, left)) = answer(&reference, &asked) else {
            served.crashed = true;
            break;
        };
        served.surprised |= left.is_empty();
        specification.examples.push(example);
        // As in an editor: the answer becomes an example, and a program that gives it takes the place of the one that
        // does not. Only where there is none, or more is to be asked, is the engine asked again; where it finds
        // nothing, the program that is there stays.
        let again = if left.is_empty() || number < settings.questions { ask(&specification) } else { None };
        if !left.is_empty() {
            candidates = left.iter().filter_map(|&i| candidates.get(i).cloned()).collect();
        }
        if let Some(outcome) = again {
            deciding = outcome.deciding;
            if !outcome.candidates.is_empty() && (left.is_empty() || deciding.is_some()) {
                candidates = outcome.candidates;
            }
        }
    }
    served.answered = candidates.into_iter().next().map(|c| c.program);
    served.after = served.answered.as_deref().is_some_and(right);
    served.seconds = start.elapsed().as_secs_f64();
    served
}

fn reference(task: &Task) -> Code {
    let text = syntax::print::print_program([&task.program]);
    lower(&syntax::parse(&text).file).code
}

/// The deciding example with the reference's answer, and the candidates that agree; none where the reference crashes
/// or does not come to an end.
fn answer(reference: &Code, deciding: &Deciding) -> Option<(Example, Vec<usize>)> {
    let mut world = World::parse(&deciding.input).ok()?;
    if Machine::new().run(reference, &mut world, &Limits::SERVING) != runtime::Outcome::Finished {
        return None;
    }
    let output = world.to_string();
    let same = deciding.answers.iter().find(|answer| answer.output == output);
    let left = same.map(|answer| answer.candidates.clone()).unwrap_or_default();
    let example = Example {
        name: "deciding".to_owned(),
        input: deciding.input.clone(),
        crashes: false,
        output: Some(output),
        trace: None,
    };
    Some((example, left))
}

/// All figures of an evaluation of requests as served.
#[derive(Debug, Clone, Serialize)]
pub struct ServedReport {
    pub conditions: Conditions,
    /// Milliseconds that a request may take.
    pub budget_milliseconds: u64,
    /// Candidates that it asks for.
    pub budget_candidates: usize,
    /// Deciding examples answered per task, at the most.
    pub questions: usize,
    /// One entry per number of examples shown.
    pub served: Vec<ServedScores>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ServedScores {
    /// Examples shown.
    pub examples: usize,
    /// Some program was offered.
    pub found: Rate,
    /// The program offered first passes the held-out examples.
    pub first: Rate,
    /// Some program offered does.
    pub any: Rate,
    /// Programs offered differ in meaning.
    pub ambiguous: Rate,
    /// A deciding example was found.
    pub asked: Rate,
    /// The share of the questions on which the reference crashes, or comes to no end.
    pub crashed: Rate,
    /// The share of the questions to which no candidate gave the reference's answer.
    pub surprised: Rate,
    /// Cells of the deciding examples, mean.
    pub cells: f64,
    /// The first program, when the questions are answered, passes the held-out examples.
    pub after: Rate,
    /// Seconds per task of one worker, all questions included, mean.
    pub seconds_per_task: f64,
}

impl ServedScores {
    pub fn new(examples: usize, results: &[Served]) -> ServedScores {
        let rate = |of: fn(&Served) -> bool| Rate::of(results.iter().map(of));
        let of_asked =
            |of: fn(&Served) -> bool| Rate::of(results.iter().filter(|s| !s.asked.is_empty()).map(of));
        let cells =
            results.iter().flat_map(|s| &s.asked).map(|(rows, cols)| f64::from(*rows) * f64::from(*cols));
        ServedScores {
            examples,
            found: rate(|s| !s.right.is_empty()),
            first: rate(|s| s.right.first() == Some(&true)),
            any: rate(|s| s.right.contains(&true)),
            ambiguous: rate(|s| s.ambiguous),
            asked: rate(|s| !s.asked.is_empty()),
            crashed: of_asked(|s| s.crashed),
            surprised: of_asked(|s| s.surprised),
            cells: super::report::mean(cells),
            after: rate(|s| s.after),
            seconds_per_task: super::report::mean(results.iter().map(|s| s.seconds)),
        }
    }
}

/// How far a candidate can be trusted, by the number of examples and the candidate's place among those that differ.
pub fn calibrate(conditions: &Conditions, runs: &[(usize, Vec<Served>)]) -> Calibration {
    let mut groups = Vec::new();
    for (examples, results) in runs {
        let mut add = |ambiguous: bool, rank: usize| {
            let of = results.iter().filter(|s| s.ambiguous == ambiguous).filter_map(|s| s.right.get(rank));
            let rate = Rate::of(of.copied());
            if rate.of > 0 {
                groups.push(Group {
                    examples: *examples,
                    ambiguous,
                    rank,
                    percent: (rate.percent * 10.0).round() / 10.0,
                    tasks: rate.of as u32,
                });
            }
        };
        add(false, 0);
        let ranks = results.iter().map(|s| s.right.len()).max().unwrap_or(0);
        (0..ranks).for_each(|rank| add(true, rank));
    }
    Calibration { about: conditions.sentence(), groups }
}

impl ServedReport {
    /// Tables for people.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = self.write_markdown(&mut text);
        text
    }

    fn write_markdown(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "# {} tasks of {}, as served\n", self.conditions.tasks, self.conditions.file)?;
        writeln!(
            out,
            "{} At most {} ms and {} candidates per request.\n",
            self.conditions.sentence(),
            self.budget_milliseconds,
            self.budget_candidates
        )?;
        write!(out, "| % of the tasks |")?;
        self.served.iter().try_for_each(|s| write!(out, " examples: {} |", s.examples))?;
        write!(out, "\n|---|")?;
        self.served.iter().try_for_each(|_| write!(out, "---|"))?;
        writeln!(out)?;
        let mut row = |name: &str, value: &dyn Fn(&ServedScores) -> String| {
            write!(out, "| {name} |")?;
            self.served.iter().try_for_each(|s| write!(out, " {} |", value(s)))?;
            writeln!(out)
        };
        row("a program is offered", &|s| s.found.to_string())?;
        row("the first one passes the held-out examples", &|s| s.first.to_string())?;
        row("some one offered does", &|s| s.any.to_string())?;
        row("programs that differ are offered", &|s| s.ambiguous.to_string())?;
        if self.questions > 0 {
            row("a question is asked", &|s| s.asked.to_string())?;
            row("of these: the reference has no answer", &|s| s.crashed.to_string())?;
            row("of these: no candidate gives its answer", &|s| s.surprised.to_string())?;
            row("cells of a question, mean", &|s| format!("{:.1}", s.cells))?;
            let name = format!("first one passes, {} answered", self.questions);
            row(&name, &|s| s.after.to_string())?;
        }
        row("seconds per task of one worker, mean", &|s| format!("{:.2}", s.seconds_per_task))
    }
}
