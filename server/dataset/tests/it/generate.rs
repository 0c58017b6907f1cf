//! Generated tasks: the same for every number of threads, within the dataset's rules, and of its statistics.

use std::sync::Arc;

use dataset::compact::Token;
use dataset::generate::check::Check;
use dataset::generate::statistics::Counts;
use dataset::generate::{
    Generated, MAX_EXAMPLES, MAX_TRACE, Scratch, Settings, program_hash, rules, stream, task,
};
use dataset::{Grids, Task, compact};
use proptest::prelude::*;
use runtime::{Action, Limits, Machine, Outcome, record};
use syntax::ast::{Statement, StatementKind};

fn tasks(settings: &Settings, first: u64, count: u64) -> Vec<Generated> {
    let mut scratch = Scratch::default();
    (first..first + count).map(|index| task(settings, index, &mut scratch)).collect()
}

#[test]
fn the_same_tasks_come_from_any_number_of_threads_and_from_the_middle() {
    let settings = Settings { seed: 5, ..Settings::default() };
    let expected = tasks(&settings, 0, 300);
    for threads in [0, 1, 2, 5] {
        let made: Vec<_> = stream(settings.clone(), 0, threads).take(300).collect();
        assert_eq!(made, expected, "{threads} threads");
    }
    let middle: Vec<_> = stream(settings.clone(), 123, 3).take(100).collect();
    assert_eq!(middle, expected[123..223]);
    assert_eq!(task(&settings, 299, &mut Scratch::default()), expected[299]);
    assert_ne!(tasks(&Settings { seed: 6, ..settings }, 0, 20), expected[..20]);
}

/// The hard rules on neighbours, told once more and of the syntax tree: the generator has its own of the tokens.
fn assert_sound_block(block: &[Statement]) {
    use Action::{Move, PickMarker, PutMarker, TurnLeft, TurnRight};
    let action = |statement: &Statement| match statement.kind {
        StatementKind::Action(action) => Some(action),
        _ => None,
    };
    let actions: Vec<Option<Action>> = block.iter().map(action).collect();
    for pair in actions.windows(2) {
        let (Some(first), Some(next)) = (pair[0], pair[1]) else { continue };
        let allowed = match first {
            Move => true,
            TurnLeft => matches!(next, Move | TurnLeft),
            TurnRight => next == Move,
            PickMarker => next != PutMarker,
            PutMarker => next != PickMarker,
        };
        assert!(allowed, "{next:?} after {first:?}");
    }
    for three in actions.windows(3) {
        assert!(three[0].is_none() || three[0] != three[1] || three[1] != three[2], "{three:?}");
    }
    block.iter().flat_map(Statement::blocks).for_each(|block| assert_sound_block(&block.statements));
}

/// What holds of every task.
fn assert_sound(generated: &Generated, examples: usize) {
    let program = &generated.program;
    assert!(rules::neighbours(program), "{:?}", compact::to_surface(program));
    assert_eq!(program.last(), Some(&compact::EOP));
    assert_sound_block(&compact::to_statements(program).unwrap());
    let acts = |wanted: &[Action]| {
        let is = |token: &u8| {
            wanted.iter().any(|&action| compact::Token::of(*token) == Some(Token::Action(action)))
        };
        program.iter().any(is)
    };
    assert!(acts(&[Action::Move]) && acts(&[Action::PickMarker, Action::PutMarker]));
    assert_eq!(generated.examples.len(), examples);
    let code = compact::code(program);
    for example in &generated.examples {
        assert!(rules::example(&example.start, &example.trace, &example.goal));
        assert!(example.trace.contains(&Action::Move) && example.start != example.goal);
        assert!(example.trace.iter().any(|action| matches!(action, Action::PickMarker | Action::PutMarker)));
        assert!(example.trace.len() <= MAX_TRACE);
        let run = record(&code, &example.start, &Limits::DATASET, &|| false);
        assert_eq!((run.outcome, &run.end), (Outcome::Finished, &example.goal));
        assert!(run.actions().eq(example.trace.iter().copied()));
        let mut world = example.start.clone();
        let mut bits = vec![world.condition_bits()];
        for &action in &example.trace {
            assert!(world.act(action));
            bits.push(world.condition_bits());
        }
        assert_eq!(bits, example.conditions);
    }
}

#[test]
fn no_task_breaks_a_rule() {
    for generated in tasks(&Settings { seed: 1, ..Settings::default() }, 0, 2_000) {
        assert_sound(&generated, 6);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_seed_index_and_number_of_examples_gives_sound_tasks(
        seed in any::<u64>(), index in any::<u64>(), examples in 0..20_usize,
    ) {
        let settings = Settings { seed, examples, ..Settings::default() };
        assert_sound(&task(&settings, index, &mut Scratch::default()), examples.clamp(1, MAX_EXAMPLES));
    }
}

/// What may follow what in a block, each pair once: what is generated is only a sample of it.
#[test]
fn the_rules_on_neighbours_are_the_dataset_s() {
    let names = |from: Action, running: usize| -> Vec<&str> {
        let may_follow = |to: &Action| rules::may_follow(from, running, *to);
        Action::ALL.into_iter().filter(may_follow).map(Action::name).collect()
    };
    assert_eq!(names(Action::Move, 1), ["move", "turnLeft", "turnRight", "pickMarker", "putMarker"]);
    assert_eq!(names(Action::Move, 2), ["turnLeft", "turnRight", "pickMarker", "putMarker"]);
    assert_eq!(names(Action::TurnLeft, 1), ["move", "turnLeft"]);
    assert_eq!(names(Action::TurnLeft, 2), ["move"]);
    assert_eq!(names(Action::TurnRight, 1), ["move"]);
    assert_eq!(names(Action::PickMarker, 1), ["move", "turnLeft", "turnRight", "pickMarker"]);
    assert_eq!(names(Action::PickMarker, 2), ["move", "turnLeft", "turnRight"]);
    assert_eq!(names(Action::PutMarker, 1), ["move", "turnLeft", "turnRight", "putMarker"]);
    assert_eq!(names(Action::PutMarker, 2), ["move", "turnLeft", "turnRight"]);
    // The same of whole programs: what stands running is counted in each block anew.
    let sound = |surface: &str| {
        let procedure = syntax::tokens::parse_tokens(&format!("DEF run m( {surface} m)")).unwrap();
        rules::neighbours(&compact::from_statements(&procedure.body.statements).unwrap())
    };
    assert!(sound("move move REPEAT R=2 r( move move r) move move"));
    assert!(!sound("move move move"));
    assert!(!sound("REPEAT R=2 r( putMarker pickMarker r)"));
    assert!(!sound("IFELSE c( frontIsClear c) i( move i) ELSE e( turnLeft turnRight e)"));
    assert!(sound("turnLeft turnLeft move turnLeft turnLeft"));
    assert!(!sound("turnLeft IF c( frontIsClear c) i( move i) turnRight turnRight"));
}

/// Files of excluded programs outlive versions: the numbers are those of FNV-1a's published test vectors.
#[test]
fn a_program_s_number_never_changes() {
    assert_eq!(program_hash(b""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(program_hash(b"a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(program_hash(b"foobar"), 0x8594_4171_f739_67e8);
}

/// What a seed makes never changes either: figures are compared across versions.
#[test]
fn a_seed_s_tasks_never_change() {
    let programs: Vec<String> = tasks(&Settings { seed: 9, ..Settings::default() }, 0, 3)
        .iter()
        .map(|task| compact::to_surface(&task.program).unwrap())
        .collect();
    expect_test::expect![[r#"
        DEF run m( REPEAT R=5 r( IFELSE c( noMarkersPresent c) i( putMarker i) ELSE e( move putMarker WHILE c( rightIsClear c) w( move w) e) r) m)
        DEF run m( REPEAT R=4 r( IFELSE c( noMarkersPresent c) i( REPEAT R=3 r( turnLeft r) i) ELSE e( IFELSE c( frontIsClear c) i( putMarker i) ELSE e( turnRight e) e) r) putMarker move m)
        DEF run m( WHILE c( noMarkersPresent c) w( move w) move putMarker m)"#]].assert_eq(&programs.join("\n"));
}

#[test]
fn excluded_programs_never_come() {
    let settings = Settings { seed: 2, ..Settings::default() };
    let hashes = |settings: &Settings| -> Vec<u64> {
        tasks(settings, 0, 1_000).iter().map(|t| program_hash(&t.program)).collect()
    };
    let some = hashes(&settings).into_iter().step_by(2).collect();
    let exclude = Settings { exclude: Arc::new(some), ..settings };
    assert!(hashes(&exclude).iter().all(|hash| !exclude.exclude.contains(hash)));
}

#[test]
fn tasks_survive_the_way_to_the_dataset_and_back() {
    let settings = Settings { seed: 3, ..Settings::default() };
    for (index, generated) in (0..).zip(tasks(&settings, 0, 200)) {
        let program = generated.program.clone();
        let task = generated.into_task(settings.seed, index).unwrap();
        let back = Task::from_json(task.to_json(Grids::Both).unwrap().as_bytes()).unwrap();
        assert_eq!(back, task);
        assert_eq!(back.compact().unwrap(), program);
        assert_eq!(back.guid.len(), 16);
        let mut world = task.examples[0].input.clone();
        let outcome = Machine::new().run(&compact::code(&program), &mut world, &Limits::DATASET);
        assert_eq!((outcome, world), (Outcome::Finished, task.examples[0].output.clone()));
    }
}

/// With so few tasks chance alone makes distances of about 0.02; `karel-synth generate --check` is the exact one.
#[test]
fn statistics_are_near_the_dataset_s() {
    let mut counts = Counts::default();
    for generated in tasks(&Settings { seed: 4, ..Settings::default() }, 0, 2_000) {
        counts.add(&generated.program, &generated.counted(), 1.0);
    }
    let check = Check::new(&counts);
    assert_eq!((check.broken_neighbours, check.broken_examples), (0, 0));
    for comparison in &check.comparisons {
        let goal = comparison.goal.unwrap_or(0.15);
        assert!(comparison.distance <= goal + 0.06, "{}: {:.3}", comparison.statistic, comparison.distance);
    }
}
