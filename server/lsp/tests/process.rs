//! The real binary as a child process, as an editor starts it.

mod client;

use std::process::Stdio;

use client::{Client, GUARD, capabilities};
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
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("is no level"), "{wrong:?}");
}

#[tokio::test]
async fn the_log_goes_to_a_file_and_nothing_but_messages_to_standard_output() {
    let log = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("log-{}", std::process::id()));
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
    // What else the server had to say is up to it; the client refuses whatever is no message.
    while client.read().await.is_some() {}
    let written = std::fs::read_to_string(&log).expect("the log is there");
    assert!(written.contains("never-opened.karel"), "{written}");
    let _ = std::fs::remove_file(&log);
}
