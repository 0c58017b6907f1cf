//! What search does after the first beam: near misses repaired, and the table of what each part brings.

use dataset::compact::{self, ACT, END, EOP, IF, WHILE};
use runtime::{Limits, Machine, World};
use synth::decode::likelihood::{follow, log_probability};
use synth::decode::template::Template;
use synth::models::{CodeTask, Models, Pair, Row, VOCABULARY};
use synth::search::executor::{Case, Executor, Expected, NearMiss, Source};
use synth::search::repair::repair;
use tch::Device;

/// The examples that a program makes of some sampled worlds.
fn pairs(tokens: &[u8], count: usize) -> Vec<Pair> {
    let code = compact::code(tokens);
    let mut machine = Machine::new();
    let run = |start: World| {
        let mut goal = start.clone();
        let finished = machine.run(&code, &mut goal, &Limits::DATASET) == runtime::Outcome::Finished;
        finished.then_some(Pair { start, goal })
    };
    runtime::sample::worlds(5).take(2_000).filter_map(run).take(count).collect()
}

fn cases(pairs: &[Pair]) -> Vec<Case> {
    let case =
        |p: &Pair| Case { start: p.start.clone(), expected: Expected::World(p.goal.clone()), trace: None };
    pairs.iter().map(case).collect()
}

/// while(frontIsClear) { move  if(markersPresent) { pickMarker } } turnLeft
const PROGRAM: [u8; 8] = [WHILE, ACT, IF + 3, ACT + 3, END, END, ACT + 1, EOP];

#[test]
fn near_misses_are_repaired() {
    let pairs = pairs(&PROGRAM, 5);
    let cases = cases(&pairs);
    let template = Template::program(32);
    let models = Models::embedded(Device::Cpu).unwrap();
    let task = CodeTask { traces: vec![None; pairs.len()], pairs };
    for broken in
        [vec![WHILE, ACT, IF + 3, ACT + 3, END, END, ACT + 2, EOP], vec![WHILE, ACT, END, ACT + 1, EOP]]
    {
        let mut executor = Executor::new(&cases, Source::Tokens, Limits::DATASET);
        let near = vec![NearMiss { passed: 1, prefix: template.read(&broken).unwrap() }];
        let found = repair(&*models.code, &task, &template, &mut executor, near.clone(), &|| false);
        assert!(!found.is_empty(), "{broken:?}");
        for finished in found {
            let code = compact::code(&finished.prefix.tokens);
            let mut check = Executor::new(&cases, Source::Tokens, Limits::DATASET);
            assert!(cases.iter().all(|case| check.passes(&code, case)), "{:?}", finished.prefix.tokens);
            assert!(finished.log_probability < 0.0 && finished.log_probability.is_finite());
        }
        assert!(repair(&*models.code, &task, &template, &mut executor, near, &|| true).is_empty());
    }
}

#[test]
fn a_change_that_passes_more_is_changed_again() {
    // Without the `if`, and with the wrong turn; with the turn alone mended it passes where it meets no marker.
    let (broken, half) =
        (vec![WHILE, ACT, END, ACT + 2, EOP], compact::code(&[WHILE, ACT, END, ACT + 1, EOP]));
    let mut machine = Machine::new();
    let (passing, failing): (Vec<Pair>, Vec<Pair>) = pairs(&PROGRAM, 60).into_iter().partition(|pair| {
        let mut world = pair.start.clone();
        machine.run(&half, &mut world, &Limits::DATASET) == runtime::Outcome::Finished && world == pair.goal
    });
    let pairs = [&passing[..3], &failing[..2]].concat();
    let cases = cases(&pairs);
    let template = Template::program(32);
    let models = Models::embedded(Device::Cpu).unwrap();
    let task = CodeTask { traces: vec![None; pairs.len()], pairs };
    let mut executor = Executor::new(&cases, Source::Tokens, Limits::DATASET);
    let near = vec![NearMiss { passed: 1, prefix: template.read(&broken).unwrap() }];
    let found = repair(&*models.code, &task, &template, &mut executor, near, &|| false);
    assert!(found.iter().any(|finished| finished.prefix.tokens.contains(&WHILE)), "{found:?}");
}

#[test]
fn programs_are_followed_side_by_side() {
    let models = Models::embedded(Device::Cpu).unwrap();
    let tasks: Vec<CodeTask> = [&PROGRAM[..], &[ACT, ACT + 4, EOP]]
        .iter()
        .map(|tokens| {
            let pairs = pairs(tokens, 5);
            CodeTask { traces: vec![None; pairs.len()], pairs }
        })
        .collect();
    let programs: [(usize, &[u8]); 3] = [(0, &PROGRAM), (0, &[ACT, EOP]), (1, &[ACT, ACT + 4, EOP])];
    let tables = follow(&mut *models.code.begin(&tasks), &programs, &|| false);
    for ((task, tokens), table) in programs.iter().zip(&tables) {
        assert_eq!(table.len(), tokens.len() * VOCABULARY);
        let mut decoder = models.code.begin(&tasks[*task..=*task]);
        let mut alone = 0.0;
        for place in 0..tokens.len() {
            let token = if place == 0 { compact::BEGIN } else { tokens[place - 1] };
            alone += f64::from(decoder.step(&[Row { parent: 0, token }])[usize::from(tokens[place])]);
        }
        assert!((log_probability(table, tokens) - alone).abs() < 1e-3, "{tokens:?}");
    }
}
