//! What the server does under load, as a child process over stdio: diagnostics of broken files, typing fast in a long
//! one, memory with long examples, completion beside a hundred runs. Each in a process of its own.
//!
//! `cargo bench -p karel-lsp --bench load [-- PART... SERVER...]` measures the server as it is built now, or the programs
//! named there, each beside the first: figures of two servers are comparable only from one run. A part is one of these
//! four by its number; all where none is named.

#[path = "../tests/it/client.rs"]
mod client;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use client::{Client, GUARD, at, capabilities, document, place};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

const URI: &str = "file:///nowhere/load.karel";

struct Server {
    child: Child,
    client: Client,
}

impl Server {
    async fn start(program: &str) -> Server {
        let mut command = Command::new(program);
        command.arg("--stdio").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the server starts");
        let mut client = Client::new(child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        client.initialize(capabilities()).await;
        Server { child, client }
    }

    /// A figure of the process from `/proc`; none on other systems, and where it has ended.
    fn proc(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id()?)).ok()
    }

    /// Seconds of processor time so far.
    fn seconds(&self) -> Option<f64> {
        let stat = self.proc("stat")?;
        let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
        let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
        Some(ticks / 100.0)
    }

    /// MiB: `VmRSS` now, `VmHWM` at most.
    fn mebibytes(&self, name: &str) -> Option<f64> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1024.0)
    }

    /// Until everything is said about this version: the last tier is sent whether there is news in it or not. None
    /// where that takes longer than anybody waits.
    async fn settled(&mut self, version: i32, tiers: usize) -> Option<()> {
        let mut seen = 0;
        let all = async {
            while seen < tiers {
                let message = self.client.read().await?;
                seen += usize::from(is_of(&message, version));
            }
            Some(())
        };
        tokio::time::timeout(GUARD / 2, all).await.ok()?
    }
}

fn is_of(message: &Value, version: i32) -> bool {
    message["method"] == "textDocument/publishDiagnostics"
        && message["params"]["uri"] == URI
        && message["params"]["version"] == version
}

type Figures = BTreeMap<String, Option<f64>>;

/// Processor seconds for one key in a file of lines that mean nothing, and in one of holes.
async fn broken_lines(program: &str, figures: &mut Figures) {
    for (what, line) in
        [("token soup", "def ( : while ) if else ; repeat \" #\n"), ("holes", "    repeat(?): ...\n")]
    {
        for lines in [1_000, 4_000, 16_000] {
            let mut server = Server::start(program).await;
            let text = format!("def main():\n{}", line.repeat(lines));
            server.client.open(URI, "kareldsl", 1, &text).await;
            let mut spent = None;
            if server.settled(1, 1).await.is_some() {
                tokio::time::sleep(Duration::from_millis(500)).await;
                let before = server.seconds();
                let key = json!([{ "range": { "start": at(1, 0), "end": at(1, 0) }, "text": " " }]);
                server.client.change(URI, 2, key).await;
                let shown = server.settled(2, 1).await;
                // The tiers after the first one, too: until nothing is done any more.
                let mut now = server.seconds();
                while shown.is_some() {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    let later = server.seconds();
                    if later == std::mem::replace(&mut now, later) {
                        break;
                    }
                }
                spent = shown.and(now).zip(before).map(|(now, before)| now - before);
            }
            figures.insert(format!("1 {what}, {lines:>6} lines: s of processor a key"), spent);
        }
    }
}

fn long_program(procedures: usize) -> String {
    let procedure = |n| {
        format!(
            "def walk{n}():\n    repeat(4):\n        if(frontIsClear()):\n            move()\n        turnLeft()\n    turnLeft()\n\n"
        )
    };
    let calls: String = (0..procedures).map(|n| format!("    walk{n}()\n")).collect();
    format!("def main():\n{calls}\n{}", (0..procedures).map(procedure).collect::<String>())
}

/// Sixty keys at thirty a second in 10,000 lines: until the first diagnostics of any of them, and how many were shown.
async fn typing_fast(program: &str, figures: &mut Figures) {
    let mut server = Server::start(program).await;
    server.client.open(URI, "kareldsl", 0, &long_program(1_250)).await;
    server.settled(0, 1).await;
    let (start, mut first, mut shown) = (Instant::now(), None, 0);
    for version in 1..=60 {
        let key = json!([{ "range": { "start": at(1, 4), "end": at(1, 4) }, "text": "x" }]);
        server.client.change(URI, version, key).await;
        let next = start + Duration::from_millis(33) * version.unsigned_abs();
        while let Ok(Some(message)) = tokio::time::timeout_at(next.into(), server.client.read()).await {
            if (1..=version).any(|version| is_of(&message, version)) {
                first.get_or_insert_with(|| start.elapsed());
                shown += 1;
            }
        }
    }
    let last = if shown > 0 { server.settled(60, 1).await } else { None };
    let end =
        (first.is_some() || last.is_some()).then(|| first.unwrap_or_else(|| start.elapsed()).as_secs_f64());
    figures.insert("2 typing in 10,000 lines: s to first diagnostics".to_owned(), end);
    figures.insert("2 typing in 10,000 lines: times shown in 60 keys".to_owned(), Some(f64::from(shown)));
}

/// A loop in a loop, as many times: of each round of the last one 19 are run for every one of the loop before.
fn nest(deep: usize) -> String {
    (1..=deep).map(|level| format!("{}repeat(19):\n", "    ".repeat(level))).collect()
}

fn examples(number: usize, body: &str) -> String {
    let example = |n: usize| format!("example \"{n}\":\n    input:\n        > {}\n", 1 + n % 9);
    format!("def main():\n{body}{}", (0..number).map(example).collect::<String>())
}

/// MiB with long examples, after a key with lenses and hints.
async fn long_examples(program: &str, figures: &mut Figures) {
    let text = examples(500, &format!("{}{}turnLeft()\n", nest(4), "    ".repeat(5)));
    let mut server = Server::start(program).await;
    server.client.open(URI, "kareldsl", 1, &text).await;
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    for version in 1..=3 {
        if version > 1 {
            let key = json!([{ "range": { "start": at(lines, 0), "end": at(lines, 0) }, "text": "#\n" }]);
            server.client.change(URI, version, key).await;
        }
        server.client.request("textDocument/codeLens", document(URI)).await;
        let range = json!({ "start": at(0, 0), "end": at(lines, 0) });
        server
            .client
            .request("textDocument/inlayHint", json!({ "textDocument": { "uri": URI }, "range": range }))
            .await;
    }
    figures.insert("3 500 long examples: MiB".to_owned(), server.mebibytes("VmRSS"));
    figures.insert("3 500 long examples: MiB at most".to_owned(), server.mebibytes("VmHWM"));
}

/// Milliseconds of completions while a hundred runs of a billion ticks are asked for.
async fn beside_runs(program: &str, figures: &mut Figures) {
    let mut server = Server::start(program).await;
    let settings = json!({ "settings": { "karel": { "run": { "maxTicks": 10_000_000_000u64 } } } });
    server.client.notify("workspace/didChangeConfiguration", settings).await;
    let body = format!("{}{}turnLeft()\n", nest(7), "    ".repeat(8));
    server.client.open(URI, "kareldsl", 1, &examples(20, &body)).await;
    for _ in 0..100 {
        let command = json!({ "command": "karel.runExamples", "arguments": [URI] });
        server.client.ask("workspace/executeCommand", command).await;
    }
    let mut times = Vec::new();
    for _ in 0..50 {
        let start = Instant::now();
        let id = server.client.ask("textDocument/completion", place(URI, 1, 4)).await;
        if tokio::time::timeout(Duration::from_secs(5), server.client.reply(id)).await.is_err() {
            times.push(f64::INFINITY);
            break;
        }
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let p99 = times.last().copied().filter(|worst| worst.is_finite());
    figures.insert("4 completion beside 100 runs: ms, p99".to_owned(), p99);
}

#[tokio::main]
async fn main() {
    let arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let (parts, mut servers): (Vec<String>, Vec<String>) =
        arguments.partition(|argument| argument.parse::<u8>().is_ok());
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    if servers.is_empty() {
        servers.push(env!("CARGO_BIN_EXE_karel-lsp").to_owned());
    }
    let mut all = Vec::new();
    for program in &servers {
        let mut figures = Figures::new();
        if wanted("1") {
            broken_lines(program, &mut figures).await;
        }
        if wanted("2") {
            typing_fast(program, &mut figures).await;
        }
        if wanted("3") {
            long_examples(program, &mut figures).await;
        }
        if wanted("4") {
            beside_runs(program, &mut figures).await;
        }
        all.push(figures);
    }
    let mut out = std::io::stdout().lock();
    for name in all.iter().flat_map(BTreeMap::keys).collect::<std::collections::BTreeSet<_>>() {
        let _ = write!(out, "{:<52}", &name[2..]);
        let first = all.first().and_then(|figures| figures[name]);
        for (number, figures) in all.iter().enumerate() {
            let _ = match (figures[name], first) {
                (None, _) => write!(out, "  {:>9}", "never"),
                (Some(figure), _) if number == 0 => write!(out, "  {figure:9.3}"),
                (Some(figure), Some(first)) if first > 0.0 => {
                    write!(out, "  {figure:9.3} (×{:.2})", figure / first)
                }
                (Some(figure), _) => write!(out, "  {figure:9.3}"),
            };
        }
        let _ = writeln!(out);
    }
}
