//! Whatever is asked in whatever order: the debugger shows what the recording has at that step.

use proptest::prelude::*;
use runtime::{Limits, Outcome, Program, Recording, Test, World, lower, record, sample};
use serde_json::{Value, json};
use testdata::EVERYTHING;

use crate::client::Client;

#[derive(Debug, Clone)]
enum Deed {
    Moves(&'static str),
    /// To a line, counted from 1.
    Goto(u64),
    Breakpoints(Vec<u64>),
}

const MOVES: [&str; 8] =
    ["continue", "reverseContinue", "next", "stepIn", "stepOut", "stepBack", "finest", "restart"];

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => prop::sample::select(&MOVES[..]).prop_map(Deed::Moves),
        1 => (1_u64..14).prop_map(Deed::Goto),
        1 => prop::collection::vec(1_u64..14, 0..3).prop_map(Deed::Breakpoints),
    ]
}

fn line(program: &Program, recording: &Recording, step: usize) -> Option<u64> {
    let origin = recording.steps.get(step).map(|step| step.origin).or(recording.outcome.origin())?;
    let start = usize::from(program.range(origin)?.start());
    Some(EVERYTHING[..start].matches('\n').count() as u64 + 1)
}

/// Compares all that is shown with the recording at the step.
fn compare(client: &mut Client, program: &Program, recording: &Recording, step: usize) {
    let world = recording.world_at(step);
    let rows: Vec<String> =
        world.to_string().lines().enumerate().map(|(n, row)| format!("row {}={row}", n + 1)).collect();
    assert_eq!(client.scope("World"), rows);
    let conditions: Vec<String> =
        Test::ALL.iter().map(|test| format!("{}={}", test.name(), world.holds(*test))).collect();
    assert_eq!(client.scope("Conditions"), conditions);
    assert_eq!(client.evaluate("step"), step.to_string());
    let robot = world.robot();
    assert_eq!(client.evaluate("robot.column"), (robot.col + 1).to_string());
    let trace = client.ask("stackTrace", json!({ "threadId": 1 }));
    let shown = trace["stackFrames"][0]["line"].as_u64().unwrap();
    // A call is no step: the run may be at one before the step.
    let text = EVERYTHING.lines().nth(shown as usize - 1).unwrap();
    let at_call = text.contains("twice()") || text.contains("rest()");
    match recording.steps.get(step) {
        Some(next) if !at_call => {
            assert_eq!(Some(shown), line(program, recording, step));
            assert_eq!(trace["totalFrames"], u64::from(next.depth) + 1);
        }
        None if recording.outcome == Outcome::Finished && step == recording.steps.len() && !at_call => {
            assert_eq!(trace["totalFrames"], 1);
        }
        _ => {}
    }
}

fn check(world: &World, deeds: &[Deed]) {
    let program = lower(&syntax::parse(EVERYTHING).file);
    let recording = record(&program.code, world, &Limits::EDITOR, &|| false);
    let grid: String = world.to_string().lines().map(|row| format!("        {row}\n")).collect();
    let text = format!("{EVERYTHING}example \"e\":\n    input:\n{grid}");
    let mut client = Client::new();
    let path = client.launch(&text, json!({ "stopOnEntry": true }));
    client.ask("setExceptionBreakpoints", json!({ "filters": ["stopped", "wrong", "end"] }));
    client.start();
    let mut step = usize::try_from(client.event("karel/position")["step"].as_u64().unwrap()).unwrap();
    let mut lines: Vec<u64> = Vec::new();
    compare(&mut client, &program, &recording, step);
    for deed in deeds {
        let (command, arguments) = match deed {
            Deed::Breakpoints(wanted) => {
                let breakpoints: Vec<Value> = wanted.iter().map(|line| json!({ "line": line })).collect();
                let told = client.breakpoints(&path, json!(breakpoints));
                lines = told.iter().filter_map(|line| line.parse().ok()).collect();
                continue;
            }
            Deed::Goto(line) => {
                let targets = client.ask("gotoTargets", json!({ "source": { "path": path }, "line": line }));
                let Some(target) = targets["targets"].get(0) else { continue };
                ("goto", json!({ "threadId": 1, "targetId": target["id"] }))
            }
            Deed::Moves("finest") => ("stepBack", json!({ "threadId": 1, "granularity": "instruction" })),
            Deed::Moves(command) => (*command, json!({ "threadId": 1 })),
        };
        client.ask(command, arguments);
        let stopped = client.event("stopped");
        let now = usize::try_from(client.event("karel/position")["step"].as_u64().unwrap()).unwrap();
        let shown = client.line();
        match command {
            "continue" | "next" | "stepIn" | "stepOut" => assert!(now >= step, "{command} goes forwards"),
            "reverseContinue" | "stepBack" => assert!(now <= step, "{command} goes backwards"),
            _ => {}
        }
        if let Deed::Goto(line) = deed {
            assert_eq!(shown, *line);
        }
        if stopped["reason"] == "breakpoint" {
            assert!(lines.contains(&shown), "{shown} is in {lines:?}");
        }
        // None of the steps that were passed has a breakpoint.
        let passed = if command == "reverseContinue" { now + 1..step } else { step + 1..now };
        if matches!(command, "continue" | "reverseContinue") {
            for at in passed {
                let origin = recording.steps[at].origin;
                let first = line(&program, &recording, at).unwrap();
                let begins = EVERYTHING.lines().nth(first as usize - 1).unwrap();
                let start = usize::from(program.range(origin).unwrap().start());
                let before = &EVERYTHING[..start];
                let first_of_line = before[before.rfind('\n').map_or(0, |at| at + 1)..].trim().is_empty();
                assert!(
                    !(first_of_line && lines.contains(&first)),
                    "{command} passed line {first}: {begins}"
                );
            }
        }
        step = now;
        compare(&mut client, &program, &recording, step);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_debugger_is_where_the_recording_is(seed in any::<u64>(), deeds in prop::collection::vec(deed(), 1..25)) {
        let world = sample::worlds(seed).next().expect("a world");
        check(&world, &deeds);
    }
}
