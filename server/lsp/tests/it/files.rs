//! The files that belong to a program: beside it, named by it, open or on disk, and what happens when they change.

use std::fs;
use std::path::PathBuf;

use crate::client::{self, InProcess, capabilities};
use serde_json::{Value, json};

const PROGRAM: &str = "def main():\n    move()\n";
const PASSES: &str = "example \"fine\":\n    input:\n        > .\n    output:\n        . >\n";
const FAILS: &str = "example \"wrong\":\n    input:\n        > .\n    output:\n        > .\n";

/// A folder whose name clients have to escape.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::Builder::new().prefix("karel é ").tempdir().expect("a folder for the test"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).expect("a file for the test");
        self.uri(name)
    }

    fn uri(&self, name: &str) -> String {
        tower_lsp::lsp_types::Url::from_file_path(self.path(name)).expect("an absolute path").to_string()
    }
}

/// The codes in the next diagnostics of the document that `enough` accepts.
async fn codes(server: &mut InProcess, uri: &str, enough: impl Fn(&[String]) -> bool) -> Vec<String> {
    loop {
        let message =
            |m: &Value| m["method"] == "textDocument/publishDiagnostics" && m["params"]["uri"] == uri;
        let published = server.client.next(message).await;
        let found = published["params"]["diagnostics"].as_array().cloned().unwrap_or_default();
        let codes: Vec<String> = found.iter().filter_map(|d| d["code"].as_str().map(str::to_owned)).collect();
        if enough(&codes) {
            return codes;
        }
    }
}

fn failed(codes: &[String]) -> bool {
    codes.iter().any(|code| code.starts_with("K2"))
}

fn changed(uri: &str) -> Value {
    json!({ "changes": [{ "uri": uri, "type": 2 }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_the_same_name_is_read_and_watched() {
    let folder = Folder::new();
    let grid = folder.write("row.kgrid", FAILS);
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(&folder.uri("row.karel"), "kareldsl", 1, PROGRAM).await;
    codes(&mut server, &grid, failed).await;
    folder.write("row.kgrid", PASSES);
    server.client.notify("workspace/didChangeWatchedFiles", changed(&grid)).await;
    codes(&mut server, &grid, |codes| !failed(codes)).await;
    // What is open counts, not what is on disk.
    server.client.open(&grid, "karelgrid", 1, FAILS).await;
    codes(&mut server, &grid, failed).await;
    server.client.notify("textDocument/didClose", client::document(&grid)).await;
    codes(&mut server, &grid, |codes| !failed(codes)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_right_after_opening_sees_the_files() {
    let folder = Folder::new();
    folder.write("row.kgrid", PASSES);
    let program = folder.uri("row.karel");
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(&program, "kareldsl", 1, PROGRAM).await;
    let run = json!({ "command": "karel.runExamples", "arguments": [program] });
    let result = server.client.request("workspace/executeCommand", run).await;
    assert_eq!((&result["passed"], &result["total"]), (&json!(1), &json!(1)));
}

/// Without didChangeWatchedFiles there are occasions: a command, saving, opening.
#[tokio::test(flavor = "multi_thread")]
async fn files_are_read_again_where_the_client_does_not_watch_them() {
    let folder = Folder::new();
    let grid = folder.write("row.kgrid", FAILS);
    let program = folder.uri("row.karel");
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(&program, "kareldsl", 1, PROGRAM).await;
    codes(&mut server, &grid, failed).await;
    folder.write("row.kgrid", PASSES);
    let run = json!({ "command": "karel.runExamples", "arguments": [program] });
    let result = server.client.request("workspace/executeCommand", run.clone()).await;
    assert_eq!(result["passed"], 1);
    codes(&mut server, &grid, |codes| !failed(codes)).await;
    folder.write("row.kgrid", FAILS);
    server.client.notify("textDocument/didSave", client::document(&program)).await;
    codes(&mut server, &grid, failed).await;
    let _ = fs::remove_file(folder.path("row.kgrid"));
    server.client.notify("textDocument/didSave", client::document(&program)).await;
    codes(&mut server, &grid, <[String]>::is_empty).await;
    folder.write("row.kgrid", FAILS);
    server.client.open(&folder.uri("else.karel"), "kareldsl", 1, PROGRAM).await;
    codes(&mut server, &grid, failed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_other_schemes_are_others() {
    let folder = Folder::new();
    let grid = folder.write("row.kgrid", FAILS);
    let file = folder.uri("row.karel");
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(&file, "kareldsl", 1, "def main():\n  move()\n").await;
    codes(&mut server, &grid, failed).await;
    let path = file.strip_prefix("file://").expect("a file");
    let others = [
        format!("git:{path}?HEAD"),
        format!("git:{path}"),
        format!("untitled:{path}"),
        format!("vscode-notebook-cell:{path}#1"),
        format!("vscode-notebook-cell:{path}#2"),
        format!("{file}?x"),
        format!("{file}#x"),
    ];
    for (number, uri) in others.iter().enumerate() {
        let text = "turnLeft(); ".repeat(number + 1);
        server.client.open(uri, "kareldsl", 1, &format!("def main():\n  {text}\n")).await;
    }
    let formatting = |uri: &str| {
        let mut params = client::document(uri);
        params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
        params
    };
    for (number, uri) in others.iter().enumerate() {
        let edits = server.client.request("textDocument/formatting", formatting(uri)).await;
        let text = edits.to_string();
        assert_eq!(text.matches("turnLeft").count(), number + 1, "{uri}: {text}");
        let run = json!({ "command": "karel.runExamples", "arguments": [uri] });
        let result = server.client.request("workspace/executeCommand", run).await;
        assert_eq!(result["total"], 0, "{uri} has no file beside it");
        server.client.notify("textDocument/didClose", client::document(uri)).await;
    }
    let edits = server.client.request("textDocument/formatting", formatting(&file)).await;
    assert_eq!(edits[0]["newText"], "    move()\n");
    let run = json!({ "command": "karel.runExamples", "arguments": [file] });
    let result = server.client.request("workspace/executeCommand", run).await;
    assert_eq!(result["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_example_file_is_named_and_never_quoted() {
    let folder = Folder::new();
    folder.write("secret.txt", "hunter2 is my word\n");
    let program = folder.uri("row.karel");
    let mut server = InProcess::with(capabilities()).await;
    let text = format!("examples \"secret.txt\"\nexamples \"/etc/passwd\"\nexamples \"\"\n{PROGRAM}");
    server.client.open(&program, "kareldsl", 1, &text).await;
    codes(&mut server, &program, |codes| codes.iter().filter(|code| *code == "K190").count() == 3).await;
    let run = json!({ "command": "karel.runExamples", "arguments": [program] });
    server.client.request("workspace/executeCommand", run).await;
    let said = server.client.kept.iter().map(Value::to_string).collect::<String>();
    assert!(!said.contains("hunter2") && !said.contains("root:"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_example_file_alone_finds_its_program() {
    let folder = Folder::new();
    folder.write("row.karel", PROGRAM);
    let grid = folder.uri("row.kgrid");
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(&grid, "karelgrid", 1, FAILS).await;
    codes(&mut server, &grid, failed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn included_files_are_read_and_missing_ones_are_said() {
    let folder = Folder::new();
    let grid = folder.write("other.kgrid", FAILS);
    let program = folder.uri("row.karel");
    let mut server = InProcess::with(capabilities()).await;
    let text = format!("examples \"./x/../other.kgrid\"\nexamples \"none.kgrid\"\nexamples \".\"\n{PROGRAM}");
    server.client.open(&program, "kareldsl", 1, &text).await;
    codes(&mut server, &grid, failed).await;
    codes(&mut server, &program, |codes| codes.iter().filter(|code| *code == "K190").count() == 2).await;
    // Without the line its examples are no longer the program's.
    server.client.change(&program, 2, json!([{ "text": PROGRAM }])).await;
    codes(&mut server, &grid, <[String]>::is_empty).await;
}

/// As the command line refuses them: nothing is read that is not text, and nothing is guessed.
#[tokio::test(flavor = "multi_thread")]
async fn example_files_that_are_no_text_are_named() {
    let folder = Folder::new();
    fs::write(folder.path("latin1.kgrid"), b"# caf\xe9\n").expect("a file for the test");
    fs::write(folder.path("row.kgrid"), b"# caf\xe9\n").expect("a file for the test");
    fs::write(folder.path("text.txt"), "secret\n").expect("a file for the test");
    let program = folder.uri("row.karel");
    let mut server = InProcess::with(capabilities()).await;
    let text = format!("examples \"latin1.kgrid\"\nexamples \"text.txt\"\nexamples \"\"\n{PROGRAM}");
    server.client.open(&program, "kareldsl", 1, &text).await;
    codes(&mut server, &program, |codes| codes.iter().filter(|code| *code == "K190").count() == 4).await;
}
