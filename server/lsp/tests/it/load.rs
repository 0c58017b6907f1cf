//! Much work at a time: none of it holds up what is quick, and what nobody wants any more is not done. Nothing is timed.

use std::path::Path;

use crate::client::{InProcess, at, capabilities, document, place};
use serde_json::{Value, json};

const URI: &str = "file:///nowhere/program.karel";
const OTHER: &str = "file:///nowhere/other.karel";

/// Runs for longer than anybody waits.
pub(crate) const ENDLESS: &str = "def main():
    repeat(19): a()
def a(): repeat(19): b()
def b(): repeat(19): c()
def c(): repeat(19): d()
def d(): repeat(19): e()
def e(): repeat(19): f()
def f(): repeat(19): g()
def g(): repeat(19): h()
def h(): repeat(19): turnLeft()

example \"long\":
    input:
        > .
        . .
";

async fn endless() -> InProcess {
    let mut server = InProcess::start();
    let options = json!({ "run": { "maxTicks": 1_000_000_000_000u64 } });
    let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities(), "initializationOptions": options });
    server.client.request("initialize", params).await;
    server.client.notify("initialized", json!({})).await;
    server.client.open(URI, "kareldsl", 1, ENDLESS).await;
    server.client.open(OTHER, "kareldsl", 1, "def main():\n  move()\n").await;
    server
}

/// What is quick is answered, about the other document.
async fn quick_requests_are_answered(server: &mut InProcess) {
    let found = server.client.request("textDocument/completion", place(OTHER, 1, 4)).await;
    assert!(!found.as_array().expect("items").is_empty());
    let mut params = document(OTHER);
    params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
    assert!(server.client.request("textDocument/formatting", params).await.is_array());
    assert!(!server.client.request("textDocument/documentSymbol", document(OTHER)).await.is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_without_end_hold_up_nobody_and_end_with_request_and_text() {
    let mut server = endless().await;
    let run = json!({ "command": "karel.runExamples", "arguments": [URI] });
    let mut asked = Vec::new();
    let methods = ["workspace/executeCommand", "textDocument/codeLens", "textDocument/codeAction"];
    for method in methods.into_iter().chain(["karel/recordings", "karel/recording"]) {
        for _ in 0..100 {
            let mut params = document(URI);
            params["range"] = json!({ "start": at(11, 10), "end": at(11, 10) });
            params["context"] = json!({ "diagnostics": [] });
            params["example"] = json!("long");
            let params = if method.starts_with("workspace") { run.clone() } else { params };
            asked.push(server.client.ask(method, params).await);
        }
    }
    quick_requests_are_answered(&mut server).await;
    for cancelled in asked.drain(..50) {
        server.client.cancel(cancelled).await;
        assert_eq!(server.client.reply(cancelled).await["error"]["code"], -32800);
    }
    server.client.change(URI, 2, json!([{ "text": "def main(): move()\n" }])).await;
    for id in asked {
        assert_eq!(server.client.reply(id).await["error"]["code"], -32801);
    }
    // There is room again for what runs examples.
    let result = server.client.request("workspace/executeCommand", run).await;
    assert_eq!(result["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_document_ends_what_was_asked_about_it() {
    let mut server = endless().await;
    let run = json!({ "command": "karel.runExamples", "arguments": [URI] });
    let asked = server.client.ask("workspace/executeCommand", run).await;
    quick_requests_are_answered(&mut server).await;
    server.client.notify("textDocument/didClose", document(URI)).await;
    assert_eq!(server.client.reply(asked).await["error"]["code"], -32801);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drive_that_does_not_answer_holds_up_nobody() {
    fn gone(path: &Path) -> Result<String, disk::Unreadable> {
        if path.starts_with("/gone") {
            loop {
                std::thread::park();
            }
        }
        Err(disk::Unreadable::Missing)
    }
    let options = karel_lsp::run::Options { read: gone, ..Default::default() };
    let mut server = InProcess::start_with(options);
    server.client.initialize(capabilities()).await;
    let uri = "file:///gone/program.karel";
    server.client.open(OTHER, "kareldsl", 1, "def main():\n  move()\n").await;
    server.client.open(uri, "kareldsl", 1, "examples \"dead.kgrid\"\ndef main(): mvoe()\n").await;
    let mut asked = Vec::new();
    for method in ["textDocument/codeLens", "textDocument/documentSymbol", "textDocument/foldingRange"] {
        for _ in 0..100 {
            asked.push(server.client.ask(method, document(uri)).await);
        }
    }
    quick_requests_are_answered(&mut server).await;
    for id in asked {
        assert!(server.client.reply(id).await.get("error").is_none());
    }
    // It is said, and the rest of the program is looked at.
    loop {
        let found = server.client.diagnostics(uri, 1).await;
        let messages: Vec<_> = found.iter().map(|d| d["message"].as_str().unwrap_or_default()).collect();
        if messages.iter().any(|m| m.contains("has not answered"))
            && messages.iter().any(|m| m.contains("mvoe"))
        {
            break;
        }
    }
}

/// Ten thousand lines, of which the last is wrong.
fn long() -> String {
    format!("def main():\n{}  mvoe()\n", "    move()\n".repeat(9_998))
}

async fn begun(server: &mut InProcess) -> u64 {
    server.client.request("karel/debugWork", Value::Null).await.as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_requests_are_not_worked_on() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, &long()).await;
    server.client.diagnostics(URI, 1).await;
    let whole = json!({ "start": at(0, 0), "end": at(9_999, 0) });
    for method in [
        "textDocument/formatting",
        "textDocument/rangeFormatting",
        "textDocument/documentSymbol",
        "textDocument/semanticTokens/full",
        "textDocument/semanticTokens/range",
        "textDocument/foldingRange",
        "textDocument/codeAction",
        "textDocument/inlayHint",
        "workspace/symbol",
    ] {
        let before = begun(&mut server).await;
        let mut params = document(URI);
        params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
        params["range"] = whole.clone();
        params["context"] = json!({ "diagnostics": [] });
        params["query"] = json!("main");
        let mut asked = Vec::new();
        for _ in 0..100 {
            asked.push(server.client.ask(method, params.clone()).await);
            server.client.cancel(asked[asked.len() - 1]).await;
        }
        for id in asked {
            server.client.reply(id).await;
        }
        let worked = begun(&mut server).await - before;
        // Those that were begun before their cancellation could be read.
        assert!(worked <= 50, "{method}: {worked} of 100");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_about_an_outdated_text_is_given_up() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, &long()).await;
    server.client.diagnostics(URI, 1).await;
    let before = begun(&mut server).await;
    let mut asked = Vec::new();
    for version in 2..=101 {
        let key = json!([{ "range": { "start": at(0, 0), "end": at(0, 0) }, "text": "\n" }]);
        for method in ["textDocument/semanticTokens/full", "textDocument/documentSymbol"] {
            asked.push(server.client.ask(method, document(URI)).await);
        }
        server.client.change(URI, version, key).await;
    }
    let completion = server.client.ask("textDocument/completion", place(URI, 101, 4)).await;
    server.client.change(URI, 102, json!([{ "text": "def main(): move()\n" }])).await;
    let mut given_up = 0;
    for id in asked {
        given_up += usize::from(server.client.reply(id).await["error"]["code"] == -32801);
    }
    assert!(given_up >= 150, "{given_up} of 200");
    // The client goes on filtering this list.
    assert!(server.client.reply(completion).await["result"].is_array());
    let worked = begun(&mut server).await - before;
    assert!(worked <= 150, "{worked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_types_without_a_pause_sees_something() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, &long()).await;
    let key = json!([{ "range": { "start": at(0, 0), "end": at(0, 0) }, "text": "\n" }]);
    let mut typed = 1;
    // Hangs, and is ended by the test runner, where every key begins all from the start.
    let shown = loop {
        typed += 1;
        server.client.change(URI, typed, key.clone()).await;
        server.client.request("karel/debugText", json!({ "uri": OTHER })).await;
        let wanted = |m: &Value| {
            m["method"] == "textDocument/publishDiagnostics"
                && m["params"]["version"].as_i64().is_some_and(|version| version >= 10)
                && m["params"]["diagnostics"] != json!([])
        };
        if let Some(at) = server.client.kept.iter().position(wanted) {
            break server.client.kept.remove(at).expect("it was found there");
        }
    };
    let (version, found) = (&shown["params"]["version"], &shown["params"]["diagnostics"]);
    let version = version.as_i64().expect("a version");
    assert!(version <= i64::from(typed));
    let lines: Vec<_> =
        found.as_array().expect("some").iter().map(|d| &d["range"]["start"]["line"]).collect();
    assert!(lines.iter().all(|&line| *line == 9_999 + version - 1), "{version}: {lines:?}");
}
