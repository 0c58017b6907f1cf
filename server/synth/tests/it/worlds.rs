//! Synthesis on every world that runs, and from any number of examples; and within its time, however slow the machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use protocol::message::{Budget, Example, InferTraces, Outcome, Specification, Stopped};
use runtime::sample::Random;
use runtime::{Action, Cell, Heading, Limits, Machine, Robot, World, lower};
use synth::models::{CodeModel, CodeTask, Decoder, Models, Pair, Rollouts, Row, TraceModel};
use synth::search::memory::Memory;
use synth::search::specification::LOOKED_AT;
use synth::search::watch::{Clock, Pace};
use synth::search::{Surroundings, synthesize};
use tch::Device;

thread_local! {
    static MODELS: Models = Models::embedded(Device::Cpu).unwrap();
}

const WHOLE: &str = "def main():\n    ...\n";

fn budget() -> Budget {
    Budget { milliseconds: 600_000, candidates: 1, beam: 30 }
}

fn example(input: &World, output: Option<&World>) -> Example {
    Example {
        name: "a".to_owned(),
        input: input.to_string(),
        output: output.map(World::to_string),
        crashes: output.is_none(),
        trace: None,
    }
}

/// What the program makes of the worlds.
fn examples(program: &str, worlds: &[World]) -> Vec<Example> {
    let code = lower(&syntax::parse(program).file).code;
    let run = |start: &World| {
        let mut end = start.clone();
        let outcome = Machine::new().run(&code, &mut end, &Limits::SERVING);
        assert_eq!(outcome, runtime::Outcome::Finished, "{program}\n{start}");
        example(start, Some(&end))
    };
    worlds.iter().map(run).collect()
}

fn ask(program: &str, examples: Vec<Example>) -> Outcome {
    let specification = Specification { program: program.to_owned(), examples };
    MODELS
        .with(|models| synthesize(models, "cpu", &specification, &budget(), &|| false, &mut |_| ()).unwrap())
}

/// A world with a few markers and walls, none of them in the robot's row and column.
fn world(rows: u8, cols: u8, robot: Robot, random: &mut Random) -> World {
    let mut world = World::new(rows, cols);
    assert!(world.set_robot(robot));
    for row in 0..rows {
        for col in 0..cols {
            if row != robot.row && col != robot.col && random.chance(0.1) {
                let cell = if random.chance(0.5) { Cell::Wall } else { Cell::Markers(1) };
                assert!(world.set_cell(row, col, cell));
            }
        }
    }
    world
}

fn east(row: u8, col: u8) -> Robot {
    Robot { row, col, heading: Heading::East }
}

#[test]
fn worlds_of_every_size() {
    let mut random = Random::new(3);
    let mut at = |rows, cols, row, col| world(rows, cols, east(row, col), &mut random);
    let cases: Vec<(&str, Vec<World>)> = vec![
        ("turnLeft()\n    putMarker()", vec![at(1, 1, 0, 0)]),
        ("while(frontIsClear()):\n        move()", vec![at(1, 4, 0, 0), at(1, 9, 0, 2), at(1, 2, 0, 0)]),
        (
            "while(frontIsClear()):\n        putMarker()\n        move()",
            vec![at(1, 5, 0, 0), at(1, 16, 0, 3)],
        ),
        ("turnLeft()\n    move()\n    putMarker()", vec![at(3, 1, 0, 0), at(7, 1, 2, 0), at(100, 1, 50, 0)]),
        ("while(frontIsClear()):\n        move()", vec![at(1, 17, 0, 0), at(1, 100, 0, 0), at(20, 60, 9, 3)]),
        (
            "while(frontIsClear()):\n        putMarker()\n        move()",
            vec![at(1, 100, 0, 0), at(40, 30, 20, 4)],
        ),
        (
            "repeat(4):\n        move()\n    putMarker()",
            vec![at(100, 100, 0, 0), at(100, 100, 99, 95), at(17, 17, 8, 8)],
        ),
        (
            "turnLeft()\n    while(frontIsClear()):\n        move()\n    putMarker()",
            vec![at(100, 100, 3, 70), at(100, 2, 1, 1)],
        ),
        // Of different sizes together.
        (
            "while(frontIsClear()):\n        move()\n    putMarker()",
            vec![at(1, 3, 0, 0), at(8, 8, 4, 1), at(90, 90, 30, 10)],
        ),
    ];
    for (body, worlds) in cases {
        let program = format!("def main():\n    {body}\n");
        let outcome = ask(WHOLE, examples(&program, &worlds));
        assert!(!outcome.candidates.is_empty() && !outcome.enumerated, "{program}: {outcome:?}");
        assert_eq!(outcome.examples, worlds.len());
    }
}

/// The author's trace binds in worlds of any size, and leads the networks where they can follow it.
#[test]
fn traces_in_large_worlds() {
    let start = World::parse(&format!("> . {}", ". ".repeat(60))).unwrap();
    let mut goal = start.clone();
    let names: Vec<String> = ["move", "turnLeft", "turnRight", "move", "putMarker"].map(str::to_owned).into();
    assert!(names.iter().all(|name| goal.act(Action::from_name(name).unwrap())));
    let given = Example { trace: Some(names.clone()), ..example(&start, Some(&goal)) };
    let outcome = ask(WHOLE, vec![given]);
    let code = lower(&syntax::parse(&outcome.candidates[0].program).file).code;
    let run = runtime::record(&code, &start, &Limits::SERVING, &|| false);
    assert_eq!(run.actions().map(|a| a.name().to_owned()).collect::<Vec<_>>(), names);
}

fn infer(examples: Vec<Example>, milliseconds: u64, clock: &dyn Clock) -> Vec<Option<Vec<String>>> {
    let request = InferTraces { examples, milliseconds };
    MODELS.with(|models| {
        let memory = Memory::default();
        let around = Surroundings::new(models, "cpu", clock, &memory);
        around.infer_traces(&request).unwrap().traces
    })
}

#[test]
fn traces_are_inferred_in_worlds_of_every_size() {
    let mut random = Random::new(4);
    let worlds =
        [(1, 2, 0, 0), (1, 9, 0, 0), (6, 1, 2, 0), (1, 60, 0, 0), (30, 40, 7, 3), (100, 100, 60, 80)]
            .map(|(rows, cols, row, col)| world(rows, cols, east(row, col), &mut random));
    let given =
        examples("def main():\n    while(frontIsClear()):\n        move()\n    putMarker()\n", &worlds);
    let traces = infer(given.clone(), 600_000, &Pace::new(std::time::Instant::now()));
    for (example, trace) in given.iter().zip(traces) {
        let mut world = World::parse(&example.input).unwrap();
        let trace = trace.unwrap_or_else(|| panic!("no trace of\n{}", example.input));
        assert!(trace.iter().all(|name| world.act(Action::from_name(name).unwrap())));
        assert_eq!(Some(world.to_string()), example.output);
    }
}

#[test]
fn crashes_alone_are_enumerated() {
    let outcome = ask(WHOLE, vec![example(&World::parse(">").unwrap(), None)]);
    assert!(outcome.enumerated && !outcome.candidates.is_empty());
}

#[test]
fn a_program_is_found_from_a_thousand_examples() {
    let mut random = Random::new(5);
    let worlds: Vec<World> = (0..1_000u32)
        .map(|n| world(2, 4 + (n % 9) as u8, east((n % 2) as u8, (n % 3) as u8), &mut random))
        .collect();
    let program = "def main():\n    move()\n    putMarker()\n    while(frontIsClear()):\n        move()\n";
    let outcome = ask(WHOLE, examples(program, &worlds));
    assert_eq!((outcome.examples, outcome.candidates.len()), (1_000, 1));
    assert!(outcome.traces_found <= LOOKED_AT);
}

/// What a slow machine has done, and how long that took it: so many microseconds for every row of a step.
#[derive(Default)]
struct Slow {
    microseconds: AtomicU64,
    per_row: u64,
    /// Greatest number of rows of one step, of roll-outs and of beams.
    rolled: AtomicUsize,
    decoded: AtomicUsize,
}

impl Slow {
    fn of(per_row: u64) -> Arc<Slow> {
        Arc::new(Slow { per_row, ..Slow::default() })
    }

    fn step(&self, rows: usize, most: &AtomicUsize) {
        most.fetch_max(rows, Ordering::Relaxed);
        self.microseconds.fetch_add(rows as u64 * self.per_row, Ordering::Relaxed);
    }

    fn models(self: &Arc<Slow>) -> Models {
        MODELS.with(|models| {
            let trace = models
                .trace
                .as_ref()
                .map(|trace| Box::new(SlowTrace(trace.share(), self.clone())) as Box<dyn TraceModel>);
            Models::of(trace, Some(Box::new(SlowCode(models.code.share(), self.clone()))))
        })
    }
}

impl Clock for Slow {
    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.microseconds.load(Ordering::Relaxed))
    }
}

struct SlowTrace(Box<dyn TraceModel>, Arc<Slow>);
struct SlowRollouts<'m>(Box<dyn Rollouts + 'm>, Arc<Slow>);
struct SlowCode(Box<dyn CodeModel>, Arc<Slow>);
struct SlowDecoder<'m>(Box<dyn Decoder + 'm>, Arc<Slow>);

impl TraceModel for SlowTrace {
    fn begin<'m>(&'m self, tasks: &[&[Pair]]) -> Box<dyn Rollouts + 'm> {
        Box::new(SlowRollouts(self.0.begin(tasks), self.1.clone()))
    }

    fn remembers(&self) -> bool {
        self.0.remembers()
    }

    fn share(&self) -> Box<dyn TraceModel> {
        Box::new(SlowTrace(self.0.share(), self.1.clone()))
    }
}

impl Rollouts for SlowRollouts<'_> {
    fn step(&mut self, now: &[(&World, Option<Action>)]) -> Vec<[f32; 6]> {
        self.1.step(now.len(), &self.1.rolled);
        self.0.step(now)
    }

    fn keep(&mut self, rows: &[usize]) {
        self.0.keep(rows);
    }
}

impl CodeModel for SlowCode {
    fn begin<'m>(&'m self, tasks: &[CodeTask]) -> Box<dyn Decoder + 'm> {
        Box::new(SlowDecoder(self.0.begin(tasks), self.1.clone()))
    }

    fn examples(&self) -> std::ops::RangeInclusive<usize> {
        self.0.examples()
    }

    fn longest(&self) -> usize {
        self.0.longest()
    }

    fn share(&self) -> Box<dyn CodeModel> {
        Box::new(SlowCode(self.0.share(), self.1.clone()))
    }
}

impl Decoder for SlowDecoder<'_> {
    fn step(&mut self, rows: &[Row]) -> Vec<f32> {
        self.1.step(rows.len(), &self.1.decoded);
        self.0.step(rows)
    }
}

fn ask_slowly(slow: &Arc<Slow>, examples: Vec<Example>, budget: &Budget) -> Outcome {
    let models = slow.models();
    let memory = Memory::default();
    let around = Surroundings::new(&models, "cpu", &**slow, &memory);
    let specification = Specification { program: WHOLE.to_owned(), examples };
    around.synthesize(&specification, budget, &mut |_| ()).unwrap()
}

fn walks(count: u8) -> Vec<Example> {
    let mut random = Random::new(6);
    let worlds: Vec<World> =
        (0..count).map(|n| world(3 + n % 3, 5 + n % 7, east(n % 3, n % 3), &mut random)).collect();
    let program = "def main():\n    while(frontIsClear()):\n        putMarker()\n        move()\n    turnLeft()\n    putMarker()\n";
    examples(program, &worlds)
}

/// A step of 50 rows takes a second; the usual beam can't come to its end, and more is wanted than there is.
#[test]
fn a_narrow_beam_answers_where_the_usual_one_has_no_time() {
    let slow = Slow::of(20_000);
    let usual = Budget { candidates: 100, ..Budget::default() };
    let outcome = ask_slowly(&slow, walks(5), &usual);
    assert_eq!(outcome.stopped, Stopped::Budget);
    assert!(!outcome.candidates.is_empty(), "{outcome:?}");
    // One step over at the most.
    let most = Duration::from_millis(usual.milliseconds) + Duration::from_micros(20_000 * 50);
    assert!(slow.elapsed() <= most, "{:?}", slow.elapsed());
}

#[test]
fn where_there_is_time_there_is_no_narrow_beam() {
    let slow = Slow::of(10);
    let outcome = ask_slowly(&slow, walks(5), &Budget { candidates: 1, ..Budget::default() });
    assert_eq!(outcome.stopped, Stopped::Found);
    let fast = slow.elapsed();
    assert!(fast < Duration::from_millis(500), "{fast:?}");
}

#[test]
fn steps_are_no_wider_for_many_examples() {
    let slow = Slow::of(1_000);
    let budget = Budget { milliseconds: 2_000, ..Budget::default() };
    let many: Vec<Example> = walks(100).into_iter().cycle().take(5_000).collect();
    let outcome = ask_slowly(&slow, many, &budget);
    assert_eq!(outcome.examples, 5_000);
    assert!(slow.rolled.load(Ordering::Relaxed) <= LOOKED_AT);
    let widest = slow.decoded.load(Ordering::Relaxed) as u64;
    let most = Duration::from_millis(2_000) + Duration::from_micros(widest * 1_000);
    assert!(slow.elapsed() <= most, "{:?}", slow.elapsed());
}

/// A clock that goes on whenever it is asked: between two questions lies a bounded piece of work.
#[derive(Default)]
struct Counting(AtomicU64);

impl Clock for Counting {
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[test]
fn when_time_is_up_nothing_more_is_begun() {
    // No program passes: the same start, two ends.
    let start = World::parse("> . .\n. . .").unwrap();
    let [one, two] = [". > .\n. . .", ". . >\n. . ."].map(|text| World::parse(text).unwrap());
    let examples: Vec<Example> =
        (0..5_000).map(|n| example(&start, Some(if n % 2 == 0 { &one } else { &two }))).collect();
    let clock = Counting::default();
    let outcome = MODELS.with(|models| {
        let memory = Memory::default();
        let around = Surroundings::new(models, "cpu", &clock, &memory);
        let specification = Specification { program: WHOLE.to_owned(), examples };
        let budget = Budget { milliseconds: 1_500, ..Budget::default() };
        around.synthesize(&specification, &budget, &mut |_| ()).unwrap()
    });
    assert_eq!((outcome.stopped, outcome.candidates.len()), (Stopped::Budget, 0));
    let asked = clock.0.load(Ordering::Relaxed);
    assert!((1_500..1_900).contains(&asked), "{asked}");
}

#[test]
fn traces_end_with_their_time() {
    let many: Vec<Example> = walks(100).into_iter().cycle().take(2_000).collect();
    let traces = infer(many, 40, &Counting::default());
    assert_eq!(traces.len(), 2_000);
    assert!(traces[..LOOKED_AT].iter().any(Option::is_some), "what there was time for");
    assert!(traces[1_000..].iter().all(Option::is_none));
}

/// What a request has found is there for the next one about the same program, which here has no time to search.
#[test]
fn what_was_found_comes_back() {
    let memory = Memory::default();
    let one = World::parse("> . .\n. . .").unwrap();
    let moved = World::parse(". > .\n. . .").unwrap();
    MODELS.with(|models| {
        let clock = Pace::new(std::time::Instant::now());
        let around = Surroundings::new(models, "cpu", &clock, &memory);
        let ask = |examples, milliseconds| {
            let specification = Specification { program: WHOLE.to_owned(), examples };
            let budget = Budget { milliseconds, candidates: 3, beam: 30 };
            around.synthesize(&specification, &budget, &mut |_| ()).unwrap()
        };
        let mut given = vec![example(&one, Some(&moved))];
        let first = ask(given.clone(), 600_000);
        let deciding = first.deciding.expect("several programs pass one example");
        // Not the answer of the first program.
        let answer = &deciding.answers[1];
        given.push(Example {
            input: deciding.input.clone(),
            output: Some(answer.output.clone()),
            ..given[0].clone()
        });
        let second = ask(given.clone(), 0);
        assert_eq!((second.stopped, second.candidates.is_empty()), (Stopped::Budget, false));
        let again: Vec<_> = second.candidates.iter().map(|c| &c.program).collect();
        assert!(
            answer.candidates.iter().any(|&n| again.contains(&&first.candidates[n].program)),
            "{again:?}"
        );
        // What passes no more is gone.
        given.push(example(&one, None));
        assert!(ask(given, 0).candidates.is_empty());
    });
}
