//! How fast programs run: ticks per second on one core, plain, with the proof of endless loops, and recorded;
//! and, in the same run, a straightforward Python interpreter (`interpreter.py`) on the same programs and worlds.
//!
//! `cargo bench -p runtime --bench interpreter`

#[path = "clock/clock.rs"]
mod clock;

use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clock::Clock;
use runtime::{Code, Limits, Machine, World, lower, record, sample};
use syntax::ast::{File, Item};

/// Programs as the dataset writes them: straight lines, loops, conditions, and both.
const PROGRAMS: [&str; 10] = [
    "DEF run m( putMarker turnLeft putMarker turnRight pickMarker turnLeft turnLeft m)",
    "DEF run m( WHILE c( frontIsClear c) w( move w) m)",
    "DEF run m( REPEAT R=8 r( WHILE c( frontIsClear c) w( IF c( markersPresent c) i( pickMarker i) move w) turnLeft r) m)",
    "DEF run m( WHILE c( noMarkersPresent c) w( IFELSE c( frontIsClear c) i( move i) ELSE e( turnRight e) w) pickMarker m)",
    "DEF run m( REPEAT R=10 r( REPEAT R=4 r( turnLeft r) IF c( not c( leftIsClear c) c) i( turnRight i) r) m)",
    "DEF run m( WHILE c( rightIsClear c) w( turnRight IF c( frontIsClear c) i( move i) w) m)",
    "DEF run m( REPEAT R=5 r( IFELSE c( markersPresent c) i( WHILE c( markersPresent c) w( pickMarker w) i) ELSE e( putMarker e) r) m)",
    "DEF run m( IFELSE c( leftIsClear c) i( turnLeft WHILE c( frontIsClear c) w( move w) i) ELSE e( REPEAT R=3 r( putMarker r) e) m)",
    "DEF run m( REPEAT R=4 r( WHILE c( frontIsClear c) w( move w) turnRight WHILE c( markersPresent c) w( pickMarker w) r) m)",
    "DEF run m( WHILE c( not c( frontIsClear c) c) w( turnLeft w) move putMarker turnLeft m)",
];
const WORLDS: usize = 100;
const TIME: Duration = Duration::from_millis(1500);

fn main() {
    let worlds: Vec<World> = sample::worlds(2018).take(WORLDS).collect();
    let codes: Vec<Code> = PROGRAMS.iter().map(|tokens| code(tokens)).collect();
    let mut out = std::io::stdout().lock();
    let mut report = |line: String| writeln!(out, "{line}").expect("standard output can be written to");
    report(format!(
        "{} programs on {WORLDS} sampled worlds each, limit 200 ticks, one core, processor time",
        codes.len()
    ));

    let mut machine = Machine::new();
    let mut world = worlds[0].clone();
    let mut timed = |limits: Limits| {
        measure(|| {
            let mut ticks = 0;
            for code in &codes {
                for start in &worlds {
                    world.clone_from(start);
                    black_box(machine.run(code, &mut world, &limits));
                    ticks += machine.ticks();
                }
            }
            ticks
        })
    };
    let plain = timed(Limits::DATASET);
    let proving = timed(Limits { prove_loops: true, ..Limits::DATASET });
    let recorded = measure(|| {
        let mut ticks = 0;
        for code in &codes {
            for start in &worlds {
                ticks += black_box(record(code, start, &Limits::DATASET, &|| false)).ticks;
            }
        }
        ticks
    });
    report(format!("plain:            {:7.1} million ticks/s", plain / 1e6));
    report(format!(
        "proving loops:    {:7.1} million ticks/s (stops sooner where a loop is endless)",
        proving / 1e6
    ));
    report(format!("recorded:         {:7.1} million ticks/s", recorded / 1e6));
    match python(&worlds) {
        Ok(python) => {
            report(format!("Python:           {:7.3} million ticks/s", python / 1e6));
            report(format!("plain / Python:   {:7.0} times", plain / python));
        }
        Err(why) => report(format!("Python: not measured: {why}")),
    }
}

fn code(tokens: &str) -> Code {
    let procedure = syntax::tokens::parse_tokens(tokens).expect("the benchmark's programs are well-formed");
    let mut main = procedure;
    main.name = syntax::build::name("main");
    lower(&File { items: vec![Item::Procedure(main)], comments: Vec::new() }).code
}

/// Ticks per second of this thread's processor time; `round` returns the ticks it took.
fn measure(mut round: impl FnMut() -> u64) -> f64 {
    round();
    let (start, clock) = (Instant::now(), Clock::start());
    let mut ticks = 0;
    while start.elapsed() < TIME {
        ticks += round();
    }
    ticks as f64 / clock.seconds()
}

/// Ticks per second of the Python interpreter, which is given the same programs and worlds, and must take the same
/// number of ticks for them.
fn python(worlds: &[World]) -> Result<f64, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/interpreter.py");
    let mut child = Command::new("python3")
        .arg(script)
        .arg(TIME.as_secs_f64().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("python3 can't be started: {e}"))?;
    let mut input = PROGRAMS.join("\n");
    for world in worlds {
        input.push_str(&format!("\n\n{world}"));
    }
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).map_err(|e| e.to_string())?;
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    let answer = String::from_utf8_lossy(&output.stdout);
    let numbers: Option<Vec<f64>> = answer.split_whitespace().map(|n| n.parse().ok()).collect();
    let Some([ticks_per_round, per_second]) = numbers.as_deref() else {
        return Err(format!("interpreter.py answered '{}'", answer.trim()));
    };
    let mut machine = Machine::new();
    let mut ours = 0;
    for tokens in PROGRAMS {
        let code = code(tokens);
        for world in worlds {
            machine.run(&code, &mut world.clone(), &Limits::DATASET);
            ours += machine.ticks();
        }
    }
    if ours as f64 != *ticks_per_round {
        return Err(format!("it took {ticks_per_round} ticks where the interpreter took {ours}"));
    }
    Ok(*per_second)
}
