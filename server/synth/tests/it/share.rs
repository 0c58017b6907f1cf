//! Workers that share a device: each finds what it finds alone, whoever comes, leaves or fails beside it; and what waits
//! at one time is computed together.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use dataset::compact::{ACT, BEGIN, IF};
use protocol::message::{Budget, Example, Outcome, Specification};
use runtime::World;
use synth::decode::beam::{BeamTask, Breadth, Finished, Flow, Judge, search};
use synth::decode::template::{Prefix, Template};
use synth::models::{CodeModel, CodeTask, Decoder, Models, Pair, Row, VOCABULARY, share_device};
use synth::search::synthesize;
use tch::Device;

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A code model whose scores are drawn by hash from a task's seed and the prefix.
#[derive(Clone)]
struct Fake {
    log: Arc<Mutex<Vec<String>>>,
    gate: Arc<Mutex<Option<Gate>>>,
}

/// Says that the first task is being read, and waits until it may be.
type Gate = (Sender<()>, Receiver<()>);

/// The seed of a task that can't be read, and the token that nothing can follow.
const UNREADABLE: usize = 13;
const FATAL: u8 = IF;

impl Fake {
    fn new() -> Fake {
        Fake { log: Arc::default(), gate: Arc::default() }
    }

    fn models(&self) -> Models {
        let code = Box::new(self.clone());
        Models { trace: None, code, names: vec!["fake".to_owned()], excluded: None }
    }

    fn shared(&self) -> Models {
        share_device(self.models(), || ()).unwrap()
    }

    fn log(&self, what: String) {
        self.log.lock().unwrap().push(what);
    }
}

/// The seed is the number of examples.
fn task(seed: usize) -> CodeTask {
    let pair = Pair { start: World::new(2, 2), goal: World::new(2, 2) };
    CodeTask { pairs: vec![pair; seed], traces: vec![None; seed] }
}

fn seeds(tasks: &[CodeTask]) -> Vec<(usize, u64)> {
    let seed = |task: &CodeTask| {
        assert_ne!(task.pairs.len(), UNREADABLE, "It can't be read.");
        (task.pairs.len(), 0)
    };
    tasks.iter().map(seed).collect()
}

impl CodeModel for Fake {
    fn begin<'m>(&'m self, tasks: &[CodeTask]) -> Box<dyn Decoder + 'm> {
        if let Some((reading, may)) = self.gate.lock().unwrap().take() {
            reading.send(()).unwrap();
            may.recv().unwrap();
        }
        let rows = seeds(tasks);
        self.log(format!("begin {}", tasks.len()));
        Box::new(FakeDecoder { model: self, rows })
    }

    fn examples(&self) -> std::ops::RangeInclusive<usize> {
        0..=usize::MAX
    }

    fn longest(&self) -> usize {
        48
    }

    fn share(&self) -> Box<dyn CodeModel> {
        Box::new(self.clone())
    }
}

struct FakeDecoder<'m> {
    model: &'m Fake,
    /// Per row of the last step: the seed, and the hash of its prefix.
    rows: Vec<(usize, u64)>,
}

impl Decoder for FakeDecoder<'_> {
    fn step(&mut self, rows: &[Row]) -> Vec<f32> {
        assert!(rows.iter().all(|row| row.token != FATAL), "Nothing can follow.");
        let next = |row: &Row| {
            let (seed, before) = self.rows[row.parent];
            (seed, hash((before, row.token)))
        };
        self.rows = rows.iter().map(next).collect();
        let tasks = self.rows.chunk_by(|a, b| a.0 == b.0).count();
        self.model.log(format!("step {tasks}"));
        let scores = |row: &(usize, u64)| {
            let row = *row;
            (0..VOCABULARY).map(move |token| -((hash((row, token)) % 64) as f32) / 4.0)
        };
        self.rows.iter().flat_map(scores).collect()
    }

    fn join(&mut self, tasks: &[CodeTask]) -> bool {
        self.rows.extend(seeds(tasks));
        self.model.log(format!("join {}", tasks.len()));
        true
    }
}

/// Refuses some of what it is asked, and panics in the end where it is meant to.
struct Moody {
    seed: usize,
    patience: usize,
}

impl Judge for Moody {
    fn accepts(&mut self, prefix: &Prefix, _: bool) -> bool {
        self.patience = self.patience.checked_sub(1).expect("This judge is tired.");
        prefix.tokens.last() < Some(&IF) && hash((self.seed, &prefix.tokens)) % 10 < 6
    }
}

fn beam(models: &Models, seed: usize, width: usize, patience: usize) -> Vec<Finished> {
    let template = Template::program(6 + seed % 9);
    let mut judge = Moody { seed, patience };
    let mut beams = [BeamTask { template: &template, judge: &mut judge }];
    let mut decoder = models.code.begin_beam(&[task(seed)], width);
    let mut found =
        search(&mut *decoder, &mut beams, Breadth::plain(width), &|| false, &mut |_, _| Flow::Continue);
    found.remove(0)
}

#[test]
fn every_beam_finds_what_it_finds_alone() {
    let fake = Fake::new();
    let shared = fake.shared();
    std::thread::scope(|scope| {
        for worker in 0..6 {
            let (models, alone) = (shared.share(), fake.models());
            scope.spawn(move || {
                for round in 0..15 {
                    let seed = 20 + worker + 7 * round;
                    // Some are taken away in the middle, some can't be read.
                    match round % 5 {
                        3 => {
                            let panic = catch_unwind(AssertUnwindSafe(|| beam(&models, seed, 8, 30)));
                            assert!(panic.is_err());
                        }
                        4 => {
                            let panic =
                                catch_unwind(AssertUnwindSafe(|| beam(&models, UNREADABLE, 8, usize::MAX)));
                            assert!(synth::models::reason(&*panic.unwrap_err()).contains("can't be read"));
                        }
                        _ => {
                            let width = 4 + 4 * (seed % 3);
                            let expected = beam(&alone, seed, width, usize::MAX);
                            assert_eq!(beam(&models, seed, width, usize::MAX), expected, "{seed}");
                        }
                    }
                }
            });
        }
    });
}

#[test]
fn what_waits_is_computed_together_and_a_fault_ends_its_own_batch() {
    let fake = Fake::new();
    let (reading, is_reading) = channel();
    let (let_read, may_read) = channel();
    *fake.gate.lock().unwrap() = Some((reading, may_read));
    let shared = fake.shared();
    // Three of one width, one of which fails in its second step; one of another.
    let steps = |models: Models, seed: usize, width: usize, second: u8, begun: Sender<()>| {
        let mut decoder = models.code.begin_beam(&[task(seed)], width);
        begun.send(()).unwrap();
        let mut scores = decoder.step(&[Row { parent: 0, token: BEGIN }]);
        scores.extend(decoder.step(&[Row { parent: 0, token: second }, Row { parent: 0, token: ACT }]));
        scores
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = [(1, 10, ACT), (2, 10, ACT), (3, 10, FATAL), (4, 20, ACT)]
            .into_iter()
            .map(|(seed, width, second)| {
                let (begun, has_begun) = channel();
                let models = shared.share();
                let thread = scope.spawn(move || steps(models, seed, width, second, begun));
                has_begun.recv().unwrap();
                if seed == 1 {
                    is_reading.recv().unwrap();
                }
                thread
            })
            .collect();
        let_read.send(()).unwrap();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let log = fake.log.lock().unwrap().clone();
    assert_eq!(log[..3], ["begin 1", "join 2", "begin 1"]);
    assert!(log.contains(&"step 3".to_owned()), "{log:?}");
    for (number, result) in results.into_iter().enumerate() {
        match result {
            Ok(scores) => {
                let (begun, _ignored) = channel();
                assert_eq!(number, 3);
                assert_eq!(scores, steps(fake.models(), 4, 20, ACT, begun));
            }
            Err(panic) => assert_eq!(synth::models::reason(&*panic), "Nothing can follow."),
        }
    }
    // Whoever comes later is served.
    assert_eq!(beam(&shared, 21, 10, usize::MAX), beam(&fake.models(), 21, 10, usize::MAX));
}

fn example(input: &str, output: &str) -> Example {
    let (input, output) = (input.to_owned(), Some(output.to_owned()));
    Example { name: "example".to_owned(), input, output, crashes: false, trace: None }
}

/// Requests that the networks take a different number of steps for.
fn specifications() -> Vec<Specification> {
    let examples = [
        vec![example("> . .\n. . .", ". . >1\n. . ."), example(". . .\n. ^ #", ". ^1 .\n. . #")],
        vec![
            example("> . . . .\n. . . . .", ". . . . >\n. . . . ."),
            example(". . .\n. . .\n. ^ #", ". ^ .\n. . .\n. . #"),
            example(". < # .\n. . . .", "< . # .\n. . . ."),
        ],
        vec![
            example("> 1 1 . 1\n. . . . .", ". . . . >\n. . . . ."),
            example("1 . .\n1 . .\n^ . #", "^ . .\n. . .\n. . #"),
            example(". 1 <\n. . .", "< . .\n. . ."),
        ],
        vec![
            example(">2 . .\n. . .", ">3 . .\n. . ."),
            example("> . .\n. . .", ">1 . .\n. . ."),
            example(". . .\n. ^ #", ". . .\n. ^1 #"),
        ],
    ];
    let specification = |examples| Specification { program: "def main():\n    ...\n".to_owned(), examples };
    examples.into_iter().map(specification).collect()
}

fn ask(models: &Models, specification: &Specification, cancelled: &(dyn Fn() -> bool + Sync)) -> Outcome {
    let budget = Budget { milliseconds: 600_000, candidates: 3, beam: 20 };
    synthesize(models, "cpu", specification, &budget, cancelled, &mut |_| ()).unwrap()
}

/// All that does not depend on rounding and on time.
fn essence(outcome: &Outcome) -> (Vec<&[String]>, usize, bool) {
    let fills = outcome.candidates.iter().map(|candidate| &candidate.fills[..]).collect();
    (fills, outcome.traces_found, outcome.ambiguous)
}

#[test]
fn requests_at_one_time_are_answered_as_one_by_one() {
    let alone = Models::embedded(Device::Cpu).unwrap();
    let specifications = specifications();
    let expected: Vec<Outcome> = specifications.iter().map(|s| ask(&alone, s, &|| false)).collect();
    assert!(expected.iter().all(|outcome| !outcome.candidates.is_empty()));
    let shared = share_device(alone, || tch::set_num_threads(1)).unwrap();
    std::thread::scope(|scope| {
        for (specification, expected) in specifications.iter().zip(&expected) {
            let (models, other) = (shared.share(), shared.share());
            scope.spawn(move || {
                let outcome = ask(&models, specification, &|| false);
                assert_eq!(essence(&outcome), essence(expected));
            });
            // One that is cancelled soon.
            scope.spawn(move || {
                let asked = std::sync::atomic::AtomicUsize::new(0);
                let stop = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 9;
                ask(&other, specification, &stop);
            });
        }
    });
}

/// The transformer's scores of a task that joins when others are under way, and goes on when they have left.
#[test]
fn a_late_task_is_scored_as_one_alone() {
    let models = Models::embedded(Device::Cpu).unwrap();
    let tasks: Vec<CodeTask> = specifications()[..3]
        .iter()
        .map(|specification| {
            let world = |text: &str| World::parse(text).unwrap();
            let pair = |e: &Example| Pair {
                start: world(&e.input),
                goal: world(e.output.as_deref().unwrap_or_default()),
            };
            let pairs: Vec<Pair> = specification.examples.iter().cycle().take(5).map(pair).collect();
            // Memories of different length.
            let trace = vec![runtime::Action::ALL[1]; specification.examples.len() * 2];
            CodeTask { traces: vec![Some(trace); pairs.len()], pairs }
        })
        .collect();
    // Per task: the step at which it comes; the token of its rows at each of its own steps, by row.
    let came = [0, 2, 3];
    let lives = [4, 3, 5];
    let rows = |step: usize, first: usize| -> Vec<Row> {
        let count = if step == 0 { 1 } else { 2 };
        let parent = |row: usize| if step < 2 { 0 } else { row };
        let token = |row: usize| if step == 0 { BEGIN } else { ACT + ((step + row) % 4) as u8 };
        (0..count).map(|row| Row { parent: first + parent(row), token: token(row) }).collect()
    };
    let alone: Vec<Vec<Vec<f32>>> = tasks
        .iter()
        .zip(lives)
        .map(|(task, life)| {
            let mut decoder = models.code.begin(std::slice::from_ref(task));
            (0..life).map(|step| decoder.step(&rows(step, 0))).collect()
        })
        .collect();
    let mut decoder = models.code.begin(&tasks[..1]);
    // Of each task its first row, and how many it has.
    let mut first: Vec<Option<usize>> = vec![Some(0), None, None];
    let mut total = 1;
    for time in 0..8 {
        for task in (1..3).filter(|&task| came[task] == time) {
            assert!(decoder.join(&tasks[task..=task]));
            first[task] = Some(total);
            total += 1;
        }
        let live: Vec<usize> =
            (0..3).filter(|&task| (came[task]..came[task] + lives[task]).contains(&time)).collect();
        let mut all = Vec::new();
        let mut ranges = Vec::new();
        for &task in &live {
            let own = rows(time - came[task], first[task].unwrap());
            first[task] = Some(all.len());
            ranges.push(all.len() * VOCABULARY..(all.len() + own.len()) * VOCABULARY);
            all.extend(own);
        }
        total = all.len();
        let scores = decoder.step(&all);
        for (&task, range) in live.iter().zip(ranges) {
            let expected = &alone[task][time - came[task]];
            let far = expected.iter().zip(&scores[range]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(far < 1e-3, "task {task} at {time}: {far}");
        }
    }
}
