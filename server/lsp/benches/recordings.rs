//! Recorded runs as a page asks for them, through the whole server: from the request to the first frame, from a step
//! far away to its frame, and what a page costs whoever types. In each world every cell holds markers, which is the most
//! that there can be to send.
//!
//! `cargo bench -p karel-lsp --bench recordings [-- ROUNDS]`

#[path = "../tests/it/client.rs"]
mod client;

use std::io::Write as _;
use std::time::{Duration, Instant};

use client::{InProcess, document, place};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

const URI: &str = "file:///nowhere/recordings.karel";

/// Rounds of the nested loops for runs of some 10², 10⁴ and, where the limit stops it, 10⁶ ticks.
const RUNS: [(&str, u8, usize); 3] = [("10^2", 5, 2), ("10^4", 14, 3), ("10^6", 19, 5)];

fn program(rounds: u8, loops: usize, side: usize) -> String {
    let heads = format!("repeat({rounds}): ").repeat(loops);
    let row = vec!["8"; side].join(" ");
    let world = (1..side).map(|_| format!("        {row}\n")).collect::<String>();
    let robot = format!("        >8{}\n", &row[1..]);
    format!(
        "def main():\n    {heads}work()\ndef work():\n    pickMarker()\n    putMarker()\nexample \"a\":\n    input:\n{world}{robot}"
    )
}

/// The median and the 99th of a hundred, in milliseconds.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    format!("p50 {:8.2} ms  p99 {:8.2} ms", at(50), at(99))
}

fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

#[tokio::main]
async fn main() {
    let rounds: usize = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(40);
    let mut out = std::io::stdout().lock();
    for side in [5, 16, 100] {
        for (ticks, repeats, loops) in RUNS {
            let mut server = InProcess::with(client::capabilities()).await;
            let text = program(repeats, loops, side);
            server.client.open(URI, "kareldsl", 0, &text).await;
            let (mut first, mut steps) = (Vec::new(), Vec::new());
            let (mut id, mut length) = (Value::Null, 0);
            for round in 1..=rounds {
                // Another text each time, so that nothing is known of its run.
                let version = i32::try_from(round).unwrap_or(i32::MAX);
                let changed = format!("{text}# {round}\n");
                server.client.change(URI, version, json!([{ "text": changed }])).await;
                let mut params = document(URI);
                params["example"] = json!("a");
                let start = Instant::now();
                let run = server.client.request("karel/recording", params).await;
                first.push(start.elapsed());
                id = run["id"].clone();
                length = run["length"].as_u64().unwrap_or_default();
            }
            for round in 0..rounds as u64 {
                // Far from each other, and from both ends mostly.
                let from = (round * 7_919 + 1) * 104_729 % length;
                let params = json!({ "id": id, "from": from, "count": 200 });
                let start = Instant::now();
                server.client.request("karel/recordingSteps", params).await;
                steps.push(start.elapsed());
            }
            let size = format!("{side}×{side}");
            writeln!(
                out,
                "{size:>7} {ticks} ticks, {length:>7} steps: request to first frame {}; step to frame {}",
                spread(first),
                spread(steps)
            )
            .unwrap();
        }
    }
    let (closed, open) = typing(rounds * 5).await;
    let ratio = median(&open) / median(&closed);
    writeln!(out, "completion while typing, no page: {}", spread(closed)).unwrap();
    writeln!(out, "completion while typing, a page:  {}; ratio of the medians {ratio:.2}", spread(open))
        .unwrap();
}

/// How long a completion takes right after a key, without a page and with one that asks for everything anew after each
/// change; in turns, so that the machine is the same for both.
async fn typing(rounds: usize) -> (Vec<Duration>, Vec<Duration>) {
    let mut servers = [started().await, started().await];
    let command = json!({ "command": "karel.openWorld" });
    let id = servers[1].client.ask("workspace/executeCommand", command).await;
    let show = servers[1].client.told("window/showDocument").await;
    servers[1].client.answer(&show, json!({ "success": true })).await;
    let address = servers[1].client.reply(id).await["result"]["address"].take();
    let page = tokio::spawn(page(address.as_str().unwrap_or_default().to_owned()));
    let mut times = [Vec::new(), Vec::new()];
    for round in 1..=rounds {
        for (server, times) in servers.iter_mut().zip(&mut times) {
            let version = i32::try_from(round).unwrap_or(i32::MAX);
            let at = json!({ "start": client::at(3, 16), "end": client::at(3, 16) });
            server.client.change(URI, version, json!([{ "range": at, "text": " " }])).await;
            let start = Instant::now();
            server.client.request("textDocument/completion", place(URI, 3, 4)).await;
            times.push(start.elapsed());
            server.client.kept.clear();
        }
    }
    page.abort();
    times.into()
}

async fn started() -> InProcess {
    let mut server = InProcess::with(json!({ "window": { "showDocument": { "support": true } } })).await;
    server.client.open(URI, "kareldsl", 0, &program(14, 3, 16)).await;
    server
}

/// What the page does: it asks for the list and the run when it is told that they are outdated.
async fn page(address: String) {
    let socket = connect_async(address.replacen("http", "ws", 1) + "socket").await;
    let Ok((mut socket, _)) = socket else { return };
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { return };
        let message: Value = serde_json::from_str(&text).unwrap_or_default();
        if message.get("method").is_none() {
            continue;
        }
        let params = json!({ "textDocument": { "uri": URI }, "example": 0 });
        for method in ["karel/recordings", "karel/recording"] {
            let question = json!({ "id": method, "method": method, "params": params });
            if socket.send(question.to_string().into()).await.is_err() {
                return;
            }
        }
    }
}
