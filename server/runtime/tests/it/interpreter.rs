//! The interpreter against the naive one, and the semantics of the language.

use crate::support::{Ending, Naive, NaiveWorld, any_file, any_world};
use proptest::prelude::*;
use runtime::sample::{Random, Sketch, Style, Walk};
use runtime::{
    Action, Heading, Limits, Machine, Outcome, Program, Robot, SiteKind, Test, Trace, World, lower, record,
};
use syntax::ast::{CountKind, File, Item, Statement, StatementKind};
use syntax::build::{self, action, call, hole, if_else, if_then, not, procedure, repeat, test, while_loop};

fn file(procedures: Vec<(&str, Vec<Statement>)>) -> File {
    let items = procedures.into_iter().map(|(name, body)| Item::Procedure(procedure(name, body))).collect();
    File { items, comments: Vec::new() }
}

fn main_only(body: Vec<Statement>) -> Program {
    lower(&file(vec![("main", body)]))
}

fn run(program: &Program, world: &str, limits: Limits) -> (Outcome, u64, String) {
    let mut world = World::parse(world).unwrap();
    let mut machine = Machine::new();
    let outcome = machine.run(&program.code, &mut world, &limits);
    (outcome, machine.ticks(), world.to_string())
}

fn kind(program: &Program, outcome: Outcome) -> SiteKind {
    program.site(outcome.origin().expect("it stopped")).expect("its origin has a site").kind
}

#[test]
fn counts_a_tick_per_action_condition_and_round() {
    // 2 conditions and 1 action; 3 rounds with an action each; 1 condition, negated twice.
    let program = main_only(vec![
        while_loop(test(Test::FrontIsClear), vec![action(Action::Move)]),
        repeat(3, vec![action(Action::PutMarker)]),
        if_then(not(not(test(Test::MarkersPresent))), vec![action(Action::TurnLeft)]),
        repeat(0, vec![action(Action::PickMarker)]),
    ]);
    assert_eq!(run(&program, "> .", Limits::DATASET), (Outcome::Finished, 3 + 6 + 2, ". ^3".to_owned()));
}

#[test]
fn the_tick_after_the_limit_stops() {
    let program = |rounds| main_only(vec![repeat(10, vec![repeat(rounds, vec![action(Action::TurnLeft)])])]);
    // 10 outer rounds + 10 * (9 inner rounds + 9 actions) = 190; ten more actions reach exactly 200.
    let mut exact = main_only(
        [repeat(10, vec![repeat(9, vec![action(Action::TurnLeft)])])]
            .into_iter()
            .chain(std::iter::repeat_with(|| action(Action::TurnLeft)).take(10))
            .collect(),
    );
    assert_eq!(run(&exact, "^", Limits::DATASET).0, Outcome::Finished);
    assert_eq!(run(&exact, "^", Limits::DATASET).1, 200);
    exact = program(10);
    let (outcome, ticks, _) = run(&exact, "^", Limits::DATASET);
    assert!(matches!(outcome, Outcome::OutOfTicks { .. }), "{outcome:?}");
    assert_eq!(ticks, 200);
    assert_eq!(run(&exact, "^", Limits { ticks: 210, ..Limits::DATASET }).0, Outcome::Finished);
}

#[test]
fn crashes_leave_the_world_as_it_was() {
    for (act, before) in [(Action::Move, "> #"), (Action::PickMarker, ">"), (Action::PutMarker, "v9")] {
        let program = main_only(vec![action(act)]);
        let (outcome, ticks, after) = run(&program, before, Limits::DATASET);
        assert!(matches!(outcome, Outcome::Crashed { action, .. } if action == act));
        assert_eq!((ticks, after.as_str()), (1, before));
    }
}

#[test]
fn stops_at_holes_and_errors() {
    let stop = |body| {
        let program = main_only(body);
        let (outcome, _, world) = run(&program, "> . .", Limits::EDITOR);
        (kind(&program, outcome), matches!(outcome, Outcome::Hole { .. }), world)
    };
    let at = |text: &str| text.to_owned();
    let moved = action(Action::Move);
    let question = || build::condition(syntax::ast::ConditionKind::Hole);
    assert_eq!(stop(vec![moved.clone(), hole()]), (SiteKind::Hole(0), true, at(". > .")));
    assert_eq!(
        stop(vec![if_else(not(question()), vec![hole()], vec![moved.clone()])]),
        (SiteKind::Hole(0), true, at("> . ."))
    );
    let count = |kind| {
        let count = syntax::ast::Count { kind, range: Default::default() };
        build::statement(StatementKind::Repeat { count, body: build::block(vec![hole()]) })
    };
    assert_eq!(stop(vec![count(CountKind::Hole)]), (SiteKind::Hole(0), true, at("> . .")));
    assert_eq!(stop(vec![count(CountKind::Missing)]), (SiteKind::Error, false, at("> . .")));
    assert_eq!(stop(vec![call("nowhere")]), (SiteKind::Call, false, at("> . .")));
    assert_eq!(stop(vec![repeat(2, vec![])]), (SiteKind::Missing, false, at("> . .")));
    let nothing = lower(&file(vec![("other", vec![moved])]));
    assert!(!nothing.has_main);
    assert!(matches!(run(&nothing, ">", Limits::EDITOR).0, Outcome::Broken { .. }));
}

#[test]
fn fills_holes_in_source_order() {
    let source = file(vec![
        ("p", vec![hole()]),
        (
            "main",
            vec![
                while_loop(not(build::condition(syntax::ast::ConditionKind::Hole)), vec![hole()]),
                call("p"),
            ],
        ),
    ]);
    let mut seen = Vec::new();
    let program = runtime::lower_with(&source, &mut |number, builder| {
        seen.push(number);
        match number {
            0 => builder.action(Action::PutMarker),
            1 => builder.fill_condition(!runtime::Check::from(Test::FrontIsClear)),
            _ => {
                builder.begin_if(Test::FrontIsClear.into());
                builder.action(Action::Move);
                builder.end();
            }
        }
    });
    assert_eq!((seen, program.holes), (vec![0, 1, 2], 3));
    assert_eq!(run(&program, "> . .", Limits::EDITOR), (Outcome::Finished, 8, ". . >1".to_owned()));
    // Blocks that a fill leaves open end in holes.
    let program = runtime::lower_with(&source, &mut |number, builder| match number {
        0 => builder.begin_repeat(2),
        _ => builder.fill_condition(Test::FrontIsClear.into()),
    });
    let (outcome, _, _) = run(&program, "> .", Limits::EDITOR);
    assert_eq!(kind(&program, outcome), SiteKind::Hole(0));
}

#[test]
fn the_first_definition_counts() {
    let program = lower(&file(vec![
        ("main", vec![call("p")]),
        ("p", vec![action(Action::TurnLeft)]),
        ("p", vec![action(Action::TurnRight)]),
        ("main", vec![hole()]),
    ]));
    assert_eq!(run(&program, "^", Limits::EDITOR), (Outcome::Finished, 1, "<".to_owned()));
}

#[test]
fn recursion_runs_to_its_depth() {
    // Goes to the wall and comes back to where it was, by recursion.
    let there_and_back = lower(&file(vec![
        ("main", vec![call("go")]),
        (
            "go",
            vec![if_else(
                test(Test::FrontIsClear),
                vec![action(Action::Move), call("go"), action(Action::Move)],
                vec![action(Action::TurnLeft), action(Action::TurnLeft)],
            )],
        ),
    ]));
    assert_eq!(
        run(&there_and_back, "> . . .", Limits::EDITOR),
        (Outcome::Finished, 4 + 3 + 2 + 3, "< . . .".to_owned())
    );
    let endless = lower(&file(vec![("main", vec![call("main")])]));
    let (outcome, ticks, _) = run(&endless, "^", Limits::EDITOR);
    assert!(matches!(outcome, Outcome::TooDeep { .. }));
    assert_eq!((kind(&endless, outcome), ticks), (SiteKind::Call, 0));
}

/// Sixty procedures, each calling the next twice: 2^60 calls, and not one tick.
fn calls_without_ticks() -> Program {
    let names: Vec<String> =
        (0..60).map(|i| if i == 0 { "main".to_owned() } else { format!("p{i}") }).collect();
    let mut procedures: Vec<(&str, Vec<Statement>)> =
        names.windows(2).map(|w| (w[0].as_str(), vec![call(&w[1]), call(&w[1])])).collect();
    procedures.push((names[59].as_str(), vec![repeat(0, vec![hole()])]));
    lower(&file(procedures))
}

#[test]
fn calls_without_ticks_come_to_an_end() {
    let (outcome, ticks, _) = run(&calls_without_ticks(), "^", Limits::EDITOR);
    assert!(matches!(outcome, Outcome::OutOfTicks { .. }));
    assert_eq!(ticks, 0);
}

#[test]
fn proves_endless_loops() {
    let spin = main_only(vec![while_loop(test(Test::LeftIsClear), vec![action(Action::TurnLeft)])]);
    let (outcome, ticks, _) = run(&spin, ". . .\n. ^ .\n. . .", Limits::EDITOR);
    assert!(matches!(outcome, Outcome::EndlessLoop { .. }));
    assert_eq!((kind(&spin, outcome), ticks), (SiteKind::While, 8), "at the first repetition");

    // The markers change all the while, and come back to what they were.
    let juggle = main_only(vec![while_loop(
        test(Test::FrontIsClear),
        vec![action(Action::PutMarker), action(Action::PickMarker)],
    )]);
    assert!(matches!(run(&juggle, "> .", Limits::EDITOR).0, Outcome::EndlessLoop { .. }));

    // The robot is where it was at every round, but the markers differ until they crash.
    let pile = main_only(vec![while_loop(test(Test::FrontIsClear), vec![action(Action::PutMarker)])]);
    let (outcome, ticks, _) = run(&pile, "> .", Limits::EDITOR);
    assert!(matches!(outcome, Outcome::Crashed { .. }));
    assert_eq!(ticks, 20);

    // The outer loop repeats itself, the inner one ends each time.
    let nested = main_only(vec![while_loop(
        test(Test::NoMarkersPresent),
        vec![
            while_loop(test(Test::FrontIsClear), vec![action(Action::Move)]),
            action(Action::TurnLeft),
            action(Action::TurnLeft),
        ],
    )]);
    let (outcome, _, _) = run(&nested, "> . . .", Limits::EDITOR);
    assert_eq!(nested.site(outcome.origin().unwrap()), nested.sites().next().map(|(_, s)| s));

    // An empty turn of the head: the body is a call that does nothing.
    let idle = lower(&file(vec![
        ("main", vec![while_loop(test(Test::FrontIsClear), vec![call("rest")])]),
        ("rest", vec![repeat(0, vec![action(Action::Move)])]),
    ]));
    assert!(matches!(run(&idle, "> .", Limits::EDITOR).0, Outcome::EndlessLoop { .. }));
}

#[test]
fn the_same_world_in_another_activation_proves_nothing() {
    // Every round of the repeat comes to the while with the same world, and leaves it.
    let program = main_only(vec![repeat(
        19,
        vec![
            while_loop(test(Test::FrontIsClear), vec![action(Action::Move)]),
            action(Action::TurnLeft),
            action(Action::TurnLeft),
            while_loop(test(Test::FrontIsClear), vec![action(Action::Move)]),
            action(Action::TurnLeft),
            action(Action::TurnLeft),
        ],
    )]);
    assert_eq!(run(&program, "> . .", Limits::EDITOR).0, Outcome::Finished);
}

/// However long a loop takes to come back to a world, and however late it first comes there, it is proved soon after:
/// within three times as many rounds.
#[test]
fn proves_endless_loops_of_every_length() {
    let walk = if_else(test(Test::FrontIsClear), vec![action(Action::Move)], vec![action(Action::TurnLeft)]);
    let toggle = if_else(
        test(Test::MarkersPresent),
        vec![action(Action::PickMarker)],
        vec![action(Action::PutMarker)],
    );
    // A walk along the edge, three ticks a round; from the middle it comes to the edge first.
    let walking = main_only(vec![while_loop(test(Test::NoMarkersPresent), vec![walk.clone()])]);
    // Putting and picking takes two ticks more, and comes back after two laps.
    let toggling = main_only(vec![while_loop(not(test(Test::RightIsClear)), vec![walk, toggle])]);
    for (rows, cols) in [(2, 3), (3, 7), (4, 5), (5, 13), (16, 16), (40, 9), (100, 100)] {
        let lap = 2 * (u64::from(rows) + u64::from(cols));
        let middle = (rows / 2, cols / 2);
        let way = u64::from(cols - 1 - middle.1);
        for (program, (row, col), ticks) in [
            (&walking, (0, 0), 3 * lap),
            (&walking, middle, 3 * (lap + way)),
            (&toggling, (0, 0), 5 * 2 * lap),
        ] {
            let mut world = World::new(rows, cols);
            assert!(world.set_robot(Robot { row, col, heading: Heading::East }));
            let mut machine = Machine::new();
            let limits = Limits { ticks: 3 * ticks + 100, ..Limits::EDITOR };
            let outcome = machine.run(&program.code, &mut world, &limits);
            assert!(matches!(outcome, Outcome::EndlessLoop { .. }), "{rows}×{cols}, {ticks}: {outcome:?}");
            assert!(machine.ticks() >= ticks / 2, "proved before it came back: {rows}×{cols}");
        }
    }
}

/// Runs until the `n`-th time that it is asked whether to stop.
fn stopped_at(program: &Program, n: u64) -> (Outcome, u64) {
    let mut world = World::parse("> .").unwrap();
    let asked = std::cell::Cell::new(0);
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() == n
    };
    let limits = Limits { prove_loops: false, ..Limits::EDITOR };
    let mut machine = Machine::new();
    let outcome = machine.run_cancellable(&program.code, &mut world, &limits, &cancelled);
    assert_eq!(asked.get(), n, "not asked again, nor too seldom");
    (outcome, machine.ticks())
}

/// A run is stopped soon after it is asked to, at any time: it asks again and again.
#[test]
fn stops_when_asked_to() {
    let turning = main_only(vec![while_loop(
        test(Test::FrontIsClear),
        vec![repeat(19, vec![action(Action::TurnLeft)]), action(Action::TurnLeft)],
    )]);
    for n in [1, 2, 3, 10, 40] {
        let (outcome, ticks) = stopped_at(&turning, n);
        assert_eq!(outcome, Outcome::Cancelled);
        assert!(ticks <= 20_000 * n, "{ticks} ticks before the answer {n}");
    }
    // A million calls, and not one tick.
    let calling = calls_without_ticks();
    for n in [1, 2, 3, 10, 40] {
        assert_eq!(stopped_at(&calling, n), (Outcome::Cancelled, 0));
    }
}

/// As many calls may be active as the limit says, and not one more.
#[test]
fn the_call_after_the_deepest_stops() {
    let program = lower(&file(vec![
        ("main", vec![call("p")]),
        ("p", vec![call("q")]),
        ("q", vec![call("r")]),
        ("r", vec![action(Action::TurnLeft)]),
    ]));
    let outcome = |call_depth| run(&program, "^", Limits { call_depth, ..Limits::EDITOR }).0;
    assert_eq!(outcome(3), Outcome::Finished);
    assert!(matches!(outcome(2), Outcome::TooDeep { .. }));
    // Those that came back count no more.
    let again =
        lower(&file(vec![("main", vec![repeat(9, vec![call("p")])]), ("p", vec![action(Action::Move)])]));
    let limits = Limits { call_depth: 1, ..Limits::EDITOR };
    assert_eq!(run(&again, "> . . . . . . . . .", limits).0, Outcome::Finished);
}

fn agrees(outcome: Outcome, ending: Ending) -> bool {
    match (outcome, ending) {
        (Outcome::Finished, Ending::Finished)
        | (Outcome::OutOfTicks { .. }, Ending::OutOfTicks)
        | (Outcome::TooDeep { .. }, Ending::TooDeep)
        | (Outcome::Hole { .. }, Ending::Hole)
        | (Outcome::Broken { .. }, Ending::Broken) => true,
        (Outcome::Crashed { action, .. }, Ending::Crashed(naive)) => action == naive,
        _ => false,
    }
}

/// Runs on a stack that the naive interpreter's recursion fits in.
fn with_stack(test: impl FnOnce() -> Result<(), TestCaseError> + Send) -> Result<(), TestCaseError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, test);
        thread.unwrap().join().unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn does_what_the_naive_one_does(file in any_file(true), world in any_world(), limit in 0..400u64) {
        with_stack(|| {
            let (ending, naive) = Naive::run(&file, &world, limit);
            let program = lower(&file);
            let limits = Limits { ticks: limit, ..Limits::DATASET };
            let recording = record(&program.code, &world, &limits, &|| false);
            prop_assert!(agrees(recording.outcome, ending), "{:?} but naive {ending:?}", recording.outcome);
            prop_assert_eq!(recording.ticks, naive.ticks);
            prop_assert_eq!(NaiveWorld::of(&recording.end), naive.world);
            prop_assert_eq!(recording.actions().collect::<Vec<_>>(), naive.trace);
            let mut again = world.clone();
            let mut machine = Machine::new();
            prop_assert_eq!(machine.run(&program.code, &mut again, &limits), recording.outcome);
            prop_assert_eq!(again, recording.end);
            Ok(())
        })?;
    }

    #[test]
    fn proofs_are_right(file in any_file(false), world in any_world()) {
        with_stack(|| {
            let budget = 30_000;
            let (ending, naive) = Naive::run(&file, &world, budget);
            let program = lower(&file);
            let limits = Limits { ticks: budget, ..Limits::EDITOR };
            let mut end = world.clone();
            let mut machine = Machine::new();
            match machine.run(&program.code, &mut end, &limits) {
                Outcome::EndlessLoop { .. } => {
                    prop_assert_eq!(ending, Ending::OutOfTicks);
                    prop_assert!(machine.ticks() <= naive.ticks);
                }
                outcome => {
                    prop_assert!(agrees(outcome, ending), "{outcome:?} but naive {ending:?}");
                    prop_assert_eq!(NaiveWorld::of(&end), naive.world);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_walk_through_a_sketch_is_a_run_on_its_world(file in any_file(true), seed in any::<u64>(), prove_loops in any::<bool>()) {
        let code = lower(&file).code;
        let limits = Limits { ticks: 300, prove_loops, ..Limits::DATASET };
        let sketch = Sketch::new(&mut Random::new(seed), Style::default());
        let (start, mut walk, mut machine) = (sketch.world(), Walk::new(sketch), Machine::new());
        let (mut goal, mut expected, mut trace) = (start.clone(), Trace::default(), Trace::default());
        let outcome = machine.trace(&code, &mut goal, &limits, &mut expected);
        let ticks = machine.ticks();
        prop_assert_eq!(machine.trace(&code, &mut walk, &limits, &mut trace), outcome);
        prop_assert_eq!((machine.ticks(), trace, walk.has_changed()), (ticks, expected, goal != start));
    }

    #[test]
    fn steps_backwards_as_forwards(file in any_file(true), world in any_world(), stops in prop::collection::vec(any::<prop::sample::Index>(), 4)) {
        let limits = Limits { ticks: 300, ..Limits::EDITOR };
        let recording = record(&lower(&file).code, &world, &limits, &|| false);
        let mut worlds = vec![world.clone()];
        let mut cursor = recording.cursor();
        while let Some(step) = cursor.forward() {
            let before = worlds.last().unwrap();
            prop_assert_eq!(step.robot, before.robot());
            prop_assert_eq!(step.conditions, before.condition_bits());
            worlds.push(cursor.world().clone());
        }
        prop_assert_eq!(cursor.world(), &recording.end);
        for (n, world) in worlds.iter().enumerate().rev() {
            prop_assert_eq!((cursor.position(), cursor.world()), (n, world));
            cursor.back();
        }
        prop_assert!(cursor.back().is_none());
        for stop in stops {
            let n = stop.index(worlds.len());
            cursor.seek(n);
            prop_assert_eq!(cursor.world(), &worlds[n]);
            prop_assert_eq!(&recording.world_at(n), &worlds[n]);
        }
    }
}
