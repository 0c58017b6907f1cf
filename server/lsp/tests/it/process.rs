//! The real binary as a child process, as an editor starts it.

use std::process::Stdio;

use crate::client::{self, Client, GUARD, capabilities, document, place};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karel-lsp"));
    command.kill_on_drop(true);
    command
}

fn start() -> (Child, Client) {
    let mut child = binary()
        .arg("--stdio")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let client = Client::new(child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    (child, client)
}

async fn ended(child: &mut Child) -> Option<i32> {
    let status = tokio::time::timeout(GUARD, child.wait()).await.expect("the process ends");
    status.expect("its status is known").code()
}

#[tokio::test]
async fn exit_ends_the_process_while_the_client_keeps_its_end_open() {
    let (mut child, mut client) = start();
    client.initialize(capabilities()).await;
    client.request("shutdown", Value::Null).await;
    client.notify("exit", Value::Null).await;
    assert_eq!(ended(&mut child).await, Some(0));
    assert!(client.to.is_some(), "the client has not closed its end");
}

#[tokio::test]
async fn exit_without_shutdown_is_an_error() {
    let (mut child, mut client) = start();
    client.initialize(capabilities()).await;
    client.notify("exit", Value::Null).await;
    assert_eq!(ended(&mut child).await, Some(1));
}

#[tokio::test]
async fn the_process_ends_with_its_client() {
    let (mut child, mut client) = start();
    client.initialize(capabilities()).await;
    client.hang_up();
    assert_eq!(ended(&mut child).await, Some(1));
}

#[tokio::test]
async fn what_is_no_message_is_answered_and_skipped() {
    let (mut child, mut client) = start();
    client.raw(b"\x00\xff garbage\r\n\r\nContent-Length: 7\r\n\r\n{\"id\": ").await;
    assert_eq!(client.read().await.expect("a reply")["error"]["code"], -32700);
    client.initialize(capabilities()).await;
    client.notify("exit", Value::Null).await;
    ended(&mut child).await;
}

#[tokio::test]
async fn the_command_line_explains_itself() {
    let version = binary().arg("--version").output().await.expect("it runs");
    let text = String::from_utf8_lossy(&version.stdout).into_owned();
    assert_eq!(text.trim(), concat!("karel-lsp ", env!("CARGO_PKG_VERSION")));
    let help = binary().arg("--help").output().await.expect("it runs");
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(text.contains("--log <FILE>") && text.contains("Language Server Protocol"), "{text}");
    let wrong = binary().arg("--log-level").arg("=").output().await.expect("it runs");
    assert!(!wrong.status.success());
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("is not a level"), "{wrong:?}");
}

#[tokio::test]
async fn the_log_goes_to_a_file_and_nothing_but_messages_to_standard_output() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let log = folder.path().join("log");
    let mut child = binary()
        .args(["--log-level", "debug", "--log"])
        .arg(&log)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut client = Client::new(child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    client.initialize(json!({})).await;
    client.change("file:///never-opened.karel", 1, json!([{ "text": "" }])).await;
    client.told("window/showMessage").await;
    client.notify("exit", Value::Null).await;
    ended(&mut child).await;
    // What else the server had to say is up to it; the client refuses whatever is not a message.
    while client.read().await.is_some() {}
    let written = std::fs::read_to_string(&log).expect("the log is there");
    assert!(written.contains("never-opened.karel"), "{written}");
}

/// Runs for longer than anybody waits.
fn endless() -> String {
    let calls = ("abcdefgh".chars().zip("bcdefgh".chars()))
        .map(|(one, next)| format!("def {one}(): repeat(19): {next}()\n"))
        .collect::<String>();
    format!(
        "def main(): repeat(19): a()\n{calls}def h(): repeat(19): turnLeft()\nexample \"long\":\n    input:\n        > .\n"
    )
}

#[cfg(unix)]
#[tokio::test]
async fn a_hundred_runs_without_end_and_a_pipe_lock_nobody_out() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("fifo.kgrid")).status();
    assert!(made.expect("mkfifo runs").success());
    let (mut child, mut client) = start();
    let options = json!({ "run": { "maxTicks": 1_000_000_000_000u64 } });
    let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities(), "initializationOptions": options });
    client.request("initialize", params).await;
    client.notify("initialized", json!({})).await;
    let uri = "file:///nowhere/endless.karel";
    let piped = format!("file://{}/program.karel", folder.path().display());
    client.open(uri, "kareldsl", 1, &endless()).await;
    client.open(&piped, "kareldsl", 1, "examples \"fifo.kgrid\"\nexamples \"fifo\"\ndef main(): mo\n").await;
    let mut runs = Vec::new();
    for _ in 0..100 {
        let run = json!({ "command": "karel.runExamples", "arguments": [uri] });
        runs.push(client.ask("workspace/executeCommand", run).await);
        client.ask("textDocument/documentSymbol", document(&piped)).await;
        client.ask("textDocument/codeLens", document(&piped)).await;
    }
    let found = client.request("textDocument/completion", place(&piped, 2, 14)).await;
    assert!(!found.as_array().expect("items").is_empty());
    client.cancel(runs[0]).await;
    assert_eq!(client.reply(runs[0]).await["error"]["code"], -32800);
    client.request("shutdown", Value::Null).await;
    client.notify("exit", Value::Null).await;
    assert_eq!(ended(&mut child).await, Some(0));
}

#[tokio::test]
async fn a_standard_error_that_nobody_reads_stops_nobody() {
    let mut child = binary()
        .args(["--log-level", "debug"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut client = Client::new(child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    client.initialize(capabilities()).await;
    for _ in 0..5_000 {
        client.notify("textDocument/didClose", document("file:///nowhere/never-opened.karel")).await;
    }
    client.request("shutdown", Value::Null).await;
    client.notify("exit", Value::Null).await;
    assert_eq!(ended(&mut child).await, Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn the_process_ends_with_the_one_that_started_it() {
    let mut editor = Command::new("sleep").arg("3600").kill_on_drop(true).spawn().expect("it starts");
    let (mut child, mut client) = start();
    let params = json!({ "processId": editor.id(), "rootUri": null, "capabilities": {} });
    client.request("initialize", params).await;
    client.notify("initialized", json!({})).await;
    client.open("file:///nowhere/a.karel", "kareldsl", 1, "def main(): move()\n").await;
    client.diagnostics("file:///nowhere/a.karel", 1).await;
    editor.kill().await.expect("it can be killed");
    assert_eq!(ended(&mut child).await, Some(1));
    assert!(client.to.is_some(), "the pipes are still open");
}

/// An engine that tells its process by a file, and ends for nothing but a kill.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_hung_engine_is_left_behind_by_no_end_of_the_server() {
    let program = "def main():\n    ...\nexample \"one\":\n    input:\n        > .\n        . .\n    output:\n        . >\n        . .\n";
    let folder = tempfile::tempdir().expect("a folder for the test");
    for ending in ["shutdown", "exit", "closed", "SIGTERM", "SIGINT"] {
        let file = folder.path().join(ending);
        let script = format!(
            "import os, signal, sys, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsys.stdin.readline()\n\
             open({file:?} + '.part', 'w').write(str(os.getpid()))\nos.rename({file:?} + '.part', {file:?})\n\
             time.sleep(3600)"
        );
        let (mut child, mut client) = start();
        let options = json!({ "engine": { "command": ["python3", "-c", script] } });
        let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities(), "initializationOptions": options });
        client.request("initialize", params).await;
        client.notify("initialized", json!({})).await;
        let uri = "file:///nowhere/a.karel";
        client.open(uri, "kareldsl", 1, program).await;
        let synthesize = json!({ "command": "karel.synthesize", "arguments": [uri, client::at(1, 4)] });
        client.ask("workspace/executeCommand", synthesize).await;
        let written = async {
            while !file.exists() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(GUARD, written).await.expect("the engine starts");
        let engine = std::fs::read_to_string(&file).expect("it says so");
        let lives = || std::path::Path::new("/proc").join(&engine).exists();
        assert!(lives());
        let signal = |name: &str| {
            let server = child.id().expect("it runs").to_string();
            let sent = std::process::Command::new("kill").args(["-s", name, &server]).status();
            assert!(sent.expect("kill runs").success());
        };
        match ending {
            "shutdown" => {
                client.request("shutdown", Value::Null).await;
                client.notify("exit", Value::Null).await;
            }
            "exit" => client.notify("exit", Value::Null).await,
            "closed" => client.hang_up(),
            name => signal(name.trim_start_matches("SIG")),
        }
        assert_eq!(ended(&mut child).await, Some(i32::from(ending != "shutdown")), "{ending}");
        assert!(!lives(), "{ending}");
    }
}
