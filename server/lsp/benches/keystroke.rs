//! From a keystroke to fresh diagnostics, in a program of 1,000 lines with 20 examples, through the whole server:
//! message in, JSON, text sync, parse, checks, runs, JSON, message out. The pause in typing is set to nothing.
//!
//! `cargo bench -p karel-lsp --bench keystroke [-- ROUNDS]`

#[path = "../tests/it/client.rs"]
mod client;

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use client::{InProcess, capabilities};
use serde_json::{Value, json};

const URI: &str = "file:///nowhere/keystroke.karel";
const LINES: usize = 1_000;
const EXAMPLES: usize = 20;

/// The line of `main` that is typed in, and the column after the digit: `repeat(1)` runs, `repeat(19)` crashes, for no
/// cell holds so many markers.
const TYPED: &str = "    walk0(); putMarker(); repeat(1): pickMarker()";
const COLUMN: u32 = 34;

/// A `main` that calls a chain of procedures, each of which walks and turns; then the examples.
fn program() -> String {
    let mut examples = String::new();
    for n in 0..EXAMPLES {
        let rows = [
            "        . . 1 . . . . . . .",
            "        . # . . 2 . . # . .",
            "        . . . . . . . . . .",
            "        > . . . 1 . . . . .",
        ];
        let rows = rows.join("\n");
        let _ = write!(
            examples,
            "\nexample \"example {n}\":\n    input:\n{rows}\n    output:\n{rows}\n    trace: move\n"
        );
    }
    let procedures = (LINES - examples.lines().count() - 3) / 7;
    let mut text = format!("def main():\n{TYPED}\n\n");
    for n in 0..procedures {
        let next = if n + 1 < procedures { format!("walk{}()", n + 1) } else { "turnLeft()".to_owned() };
        let _ = write!(
            text,
            "def walk{n}():\n    repeat(4):\n        if(frontIsClear()):\n            move()\n        turnLeft()\n    {next}\n\n"
        );
    }
    while text.lines().count() + examples.lines().count() < LINES {
        text.push_str("# padding\n");
    }
    text + &examples
}

struct Timed {
    first: Vec<Duration>,
    last: Vec<Duration>,
}

#[tokio::main]
async fn main() {
    let rounds: usize = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(400);
    let text = program();
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 0, &text).await;
    settled(&mut server, 0, Instant::now(), false).await;
    let mut timed = Timed { first: Vec::new(), last: Vec::new() };
    for round in 1..=rounds {
        let version = i32::try_from(round).unwrap_or(i32::MAX);
        let crashes = round % 2 == 1;
        let (to, insert) = if crashes { (COLUMN, "9") } else { (COLUMN + 1, "") };
        let range = json!({ "start": client::at(1, COLUMN), "end": client::at(1, to) });
        let start = Instant::now();
        server.client.change(URI, version, json!([{ "range": range, "text": insert }])).await;
        let (first, last) = settled(&mut server, version, start, crashes).await;
        timed.first.push(first);
        timed.last.push(last);
    }
    let mut out = std::io::stdout().lock();
    let lines = text.lines().count();
    let _ = writeln!(
        out,
        "{lines} lines, {EXAMPLES} examples, {rounds} keystrokes, through the server in one process"
    );
    for (what, times) in [("syntax diagnostics", &mut timed.first), ("runtime diagnostics", &mut timed.last)]
    {
        times.sort_unstable();
        let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
        let _ = writeln!(out, "keystroke to {what:19}  p50 {:6.2} ms  p99 {:6.2} ms", at(50), at(99));
    }
}

/// Times until the version's first diagnostics, and until those that know whether the run crashes in `main`.
async fn settled(
    server: &mut InProcess,
    version: i32,
    start: Instant,
    crashes: bool,
) -> (Duration, Duration) {
    let mut first = None;
    loop {
        let message = server.client.read().await.expect("the server lives");
        if message["method"] != "textDocument/publishDiagnostics" || message["params"]["version"] != version {
            continue;
        }
        let first = *first.get_or_insert_with(|| start.elapsed());
        let in_main = |d: &Value| {
            d["code"].as_str().is_some_and(|code| code.starts_with("K2")) && d["range"]["start"]["line"] == 1
        };
        if message["params"]["diagnostics"]
            .as_array()
            .is_some_and(|found| found.iter().any(in_main) == crashes)
        {
            return (first, start.elapsed());
        }
    }
}
