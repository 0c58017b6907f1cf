//! Which traces should the code model read? The policy infers the trace of each example alone; here sets of traces that one
//! program might make are chosen from the likeliest ones of all examples, and compared, with the same code model and beam,
//! to the likeliest trace of each, and to the author's.
//!
//! ```sh
//! cargo run --release -p karel-synth --example trace-sets -- --tasks karel-val-2189.jsonl.gz --limit 200
//! ```

use std::fmt;
use std::path::PathBuf;

use clap::Parser;
use dataset::{Task, compact};
use indicatif::ProgressBar;
use runtime::{Action, Limits, Outcome, record};
use synth::decode::beam::{Anything, BeamTask, Breadth, Finished, Flow, search};
use synth::decode::template::Template;
use synth::decode::trace_beam::{self, Ranked};
use synth::decode::traces::Mask;
use synth::device;
use synth::eval::{Rate, SHOWN, read, spread};
use synth::models::{CodeTask, Models, Pair};
use tch::Device;

/// Compare ways of choosing the traces that the code model reads, and print a Markdown table
#[derive(Parser)]
struct Arguments {
    /// Tasks in the public dataset's format
    #[arg(long)]
    tasks: PathBuf,
    /// How many of them, spread over the file
    #[arg(long, default_value_t = 200)]
    limit: usize,
    /// Width of the beam over programs
    #[arg(long, default_value_t = 50)]
    beam: usize,
    /// Width of the beam over actions: traces of an example to choose from
    #[arg(long, default_value_t = 10)]
    trace_beam: usize,
    /// CPU threads
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

/// Traces less likely than the likeliest one by more than this are not tried, in natural logarithm.
const MARGIN: f64 = 5.0;
/// Traces of an example that are tried in the place of its likeliest one.
const TRIED: usize = 4;

/// One way of choosing, and how it did on each task.
#[derive(Default)]
struct Way {
    /// All five traces are the author's.
    exact: Vec<bool>,
    /// The likeliest program passes all six examples.
    top_1: Vec<bool>,
    /// The first that passes the five does.
    guided: Vec<bool>,
    /// Some one does.
    any: Vec<bool>,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = |values: &Vec<bool>| Rate::of(values.iter().copied());
        write!(
            f,
            "{} | {} | {} | {}",
            rate(&self.exact),
            rate(&self.top_1),
            rate(&self.guided),
            rate(&self.any)
        )
    }
}

/// The traces of a task, one for each example shown.
type Set = Vec<Vec<Action>>;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    device::set_threads(Some(arguments.threads));
    let _no_grad = tch::no_grad_guard();
    let models = Models::embedded(Device::Cpu)?;
    let (tasks, _) = read(&arguments.tasks, None)?;
    let tasks = spread(tasks, arguments.limit);
    let titles = [
        "the likeliest of each",
        "one exchanged, by the code model",
        "the author's, where the beam has them all",
        "the author's",
    ];
    let mut ways: [Way; 4] = Default::default();
    let bar = ProgressBar::new(tasks.len() as u64);
    for task in &tasks {
        let subject = Subject::new(&models, task, arguments.trace_beam);
        let likeliest = subject.likeliest();
        let authors: Set = task.examples.iter().take(SHOWN).map(|e| e.actions.clone()).collect();
        let found =
            authors.iter().zip(&subject.found).all(|(own, found)| found.iter().any(|t| t.actions == *own));
        let sets = [
            likeliest.clone(),
            subject.exchanged(),
            if found { authors.clone() } else { likeliest },
            authors.clone(),
        ];
        for ((way, set), programs) in ways.iter_mut().zip(&sets).zip(subject.programs(&sets, arguments.beam))
        {
            let pass = |range: &[dataset::Example], program: &Finished| {
                range.iter().all(|example| passes(program, &Pair::from(example)))
            };
            let all = |program: &Finished| pass(&task.examples, program);
            let shown = |program: &&Finished| pass(&task.examples[..SHOWN], program);
            way.exact.push(*set == authors);
            way.top_1.push(programs.first().is_some_and(all));
            way.guided.push(programs.iter().find(shown).is_some_and(all));
            way.any.push(programs.iter().any(all));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    anstream::println!(
        "| traces read, % of {} tasks | all five the author's | top-1 generalization | guided search | top-{} |",
        tasks.len(),
        arguments.beam
    );
    anstream::println!("|---|---|---|---|---|");
    titles.iter().zip(&ways).for_each(|(title, way)| anstream::println!("| {title} | {way} |"));
    Ok(())
}

/// A task, and the likeliest traces of its examples.
struct Subject<'a> {
    models: &'a Models,
    pairs: Vec<Pair>,
    found: Vec<Ranked>,
}

impl Subject<'_> {
    fn new<'a>(models: &'a Models, task: &Task, width: usize) -> Subject<'a> {
        let pairs: Vec<Pair> = task.examples.iter().take(SHOWN).map(Pair::from).collect();
        let search = |model| trace_beam::search(model, &[&pairs], width, Mask::Possible, &|| false).remove(0);
        let found = models.trace.as_deref().map_or_else(Vec::new, search);
        Subject { models, pairs, found }
    }

    fn likeliest(&self) -> Set {
        self.found.iter().map(|found| found.first().map_or_else(Vec::new, |t| t.actions.clone())).collect()
    }

    /// The best set among the likeliest traces and those with one of them exchanged. A set is as good as it is likely, to
    /// the policy (half) and to the code model with the likeliest program (half), and a nat better for each example that
    /// this program passes.
    fn exchanged(&self) -> Set {
        let mut sets = vec![self.likeliest()];
        let mut losses = vec![0.0];
        for (example, found) in self.found.iter().enumerate() {
            for other in found.iter().skip(1).take(TRIED) {
                let loss = found[0].log_probability - other.log_probability;
                if loss < MARGIN {
                    let mut set = sets[0].clone();
                    set[example].clone_from(&other.actions);
                    sets.push(set);
                    losses.push(loss);
                }
            }
        }
        let score = |(programs, loss): (&Vec<Finished>, &f64)| match programs.first() {
            Some(program) => {
                let passed = self.pairs.iter().filter(|pair| passes(program, pair)).count();
                passed as f64 + 0.5 * program.log_probability - 0.5 * loss
            }
            None => f64::NEG_INFINITY,
        };
        let programs = self.programs(&sets, 1);
        let scores: Vec<f64> = programs.iter().zip(&losses).map(score).collect();
        let best = (0..sets.len()).rev().max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0);
        sets.swap_remove(best)
    }

    /// The programs of a plain beam for each set.
    fn programs(&self, sets: &[Set], width: usize) -> Vec<Vec<Finished>> {
        let tasks: Vec<CodeTask> = sets
            .iter()
            .map(|set| CodeTask {
                pairs: self.pairs.clone(),
                traces: set.iter().cloned().map(Some).collect(),
            })
            .collect();
        let template = Template::program(self.models.code.longest());
        let mut judges: Vec<Anything> = sets.iter().map(|_| Anything).collect();
        let mut beams: Vec<BeamTask> =
            judges.iter_mut().map(|judge| BeamTask { template: &template, judge }).collect();
        let mut decoder = self.models.code.begin(&tasks);
        search(&mut *decoder, &mut beams, Breadth::plain(width), &|| false, &mut |_, _| Flow::Continue)
    }
}

/// Whether the program does what the pair asks for.
fn passes(program: &Finished, pair: &Pair) -> bool {
    let run = record(&compact::code(&program.prefix.tokens), &pair.start, &Limits::DATASET, &|| false);
    run.outcome == Outcome::Finished && run.end == pair.goal
}
