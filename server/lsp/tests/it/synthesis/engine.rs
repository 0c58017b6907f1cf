//! Servers whose synthesis engine is a few lines of Python.

use serde_json::{Value, json};

use crate::client::{InProcess, at, document};

pub(crate) const URI: &str = "file:///nowhere/program.karel";
pub(crate) const TEXT: &str = "def main():
    ...

example \"one\":
    input:
        > . .
        . . .
    output:
        . > .
        . . .

example \"two\":
    input:
        . . .
        > . .
    output:
        . . .
        . > .
";

const PRELUDE: &str = r#"
import json, sys
def send(**message):
    print(json.dumps(dict(jsonrpc="2.0", **message)), flush=True)
def candidate(fill, trust=None):
    return dict(fills=[fill], program="def main():\n    " + fill + "\n", length=5, examplesPassed=2, heldOut=trust)
def outcome(*fills, stopped="found", ambiguous=False, run=1234, best=2, trust=None, deciding=None):
    return dict(candidates=[candidate(fill, trust) for fill in fills], ambiguous=ambiguous, tracesFound=2, examples=2,
                programsRun=run, milliseconds=7, device="cpu", enumerated=False, bestPassed=best, stopped=stopped,
                deciding=deciding)
for line in sys.stdin:
    r = json.loads(line)
    if "id" not in r:
        continue
"#;

/// A server whose engine does `body` with each request `r`.
pub(crate) async fn server(capabilities: Value, body: &str) -> InProcess {
    let script = format!("{PRELUDE}{}", body.lines().map(|line| format!("    {line}\n")).collect::<String>());
    let mut server = InProcess::start();
    let options = json!({ "engine": { "command": ["python3", "-c", script] } });
    let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": options });
    server.client.request("initialize", params).await;
    server.client.notify("initialized", json!({})).await;
    server.client.told("karel/status").await;
    server.client.open(URI, "kareldsl", 1, TEXT).await;
    server
}

pub(crate) async fn actions(server: &mut InProcess, only: &str, line: u32) -> Vec<Value> {
    let mut params = document(URI);
    params["range"] = json!({ "start": at(line, 4), "end": at(line, 4) });
    params["context"] = json!({ "diagnostics": [], "only": [only] });
    server.client.request("textDocument/codeAction", params).await.as_array().cloned().unwrap_or_default()
}

pub(crate) async fn the_action(server: &mut InProcess) -> Value {
    let actions = actions(server, "refactor.karel.synthesize.program", 1).await;
    assert_eq!(actions.len(), 1, "{actions:?}");
    actions[0].clone()
}

/// Sends the request, shows progress, and waits for the reply.
pub(crate) async fn with_progress(
    server: &mut InProcess,
    method: &str,
    params: Value,
) -> (Value, Vec<Value>) {
    let id = server.client.ask(method, params).await;
    let create = server.client.told("window/workDoneProgress/create").await;
    server.client.answer(&create, Value::Null).await;
    let reply = server.client.reply(id).await;
    (reply, shown(server, &create["params"]["token"]).await)
}

/// What is shown of the progress with this token, up to its end.
pub(crate) async fn shown(server: &mut InProcess, token: &Value) -> Vec<Value> {
    let mut shown = Vec::new();
    while shown.last().is_none_or(|value: &Value| value["kind"] != "end") {
        let progress = server.client.told("$/progress").await;
        assert_eq!(progress["params"]["token"], *token);
        shown.push(progress["params"]["value"].clone());
    }
    shown
}
