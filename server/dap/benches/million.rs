//! A run of a million ticks in a world of 100×100, as a client sees it: launch, breakpoints, going to a breakpoint and
//! back, looking at the world anywhere, and the memory that all of it takes.
//!   cargo bench -p dap

#[path = "../tests/it/client.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod client;

use std::fs;
use std::time::{Duration, Instant};

use client::Client;
use serde_json::json;

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let value = work();
    (value, start.elapsed())
}

/// The most memory that this process has taken, in MiB; only Linux tells.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? / 1024)
}

#[expect(clippy::print_stdout, reason = "a benchmark prints")]
fn say(what: &str, figure: &str) {
    println!("{what:44} {figure}");
}

fn main() {
    // Rounds of a walk along the edge, each with a call and a marker put and picked, until the ticks are used up.
    let program = "def main():\n    repeat(19): repeat(19): repeat(19): repeat(19): round()\n\
                   def round():\n    while(frontIsClear()):\n        move()\n    turnLeft()\n    putMarker()\n    pickMarker()\n";
    let row = format!("        {}\n", ". ".repeat(100).trim_end());
    let first = format!("        > {}\n", ". ".repeat(99).trim_end());
    let text = format!("{program}example \"e\":\n    input:\n{}{first}", row.repeat(99));
    let before = memory();
    let mut client = Client::new();
    let (path, time) = timed(|| client.launch(&text, json!({ "stopOnEntry": true })));
    say("launch: run, record, judge", &format!("{time:.0?}"));
    client.start();
    let figure =
        memory().zip(before).map_or("unknown".to_owned(), |(now, before)| format!("{} MiB", now - before));
    say("memory of the recorded run, at most", &figure);
    let ((), time) = timed(|| {
        client.breakpoints(&path, json!([{ "line": 5, "condition": "step > 999000 and frontIsClear" }]));
    });
    say("a breakpoint with a condition, 10^6 moments", &format!("{time:.0?}"));
    let (_, time) = timed(|| client.moves("continue", json!({ "threadId": 1 })));
    say("continue to it, over 999,000 steps", &format!("{time:.2?}"));
    client.breakpoints(&path, json!([]));
    let (_, time) = timed(|| client.moves("reverseContinue", json!({ "threadId": 1 })));
    say("reverse continue to the beginning", &format!("{time:.2?}"));
    let mut times = Vec::new();
    let mut number = 12345_u64;
    for _ in 0..50 {
        // Numbers as a linear congruential generator has them: places all over the run.
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let step = (number >> 33) % 990_000;
        client.breakpoints(&path, json!([{ "line": 5, "condition": format!("step >= {step}") }]));
        client.moves("continue", json!({ "threadId": 1 }));
        times.push(timed(|| client.evaluate("markers")).1);
        client.breakpoints(&path, json!([]));
        client.moves("reverseContinue", json!({ "threadId": 1 }));
    }
    times.sort_unstable();
    say("the world anywhere, p50", &format!("{:.2?}", times[times.len() / 2]));
    say("the world anywhere, p99", &format!("{:.2?}", times[times.len() * 99 / 100]));
}
