//! The examples of documents and files, and how each goes, as a test explorer is told.

use std::fs;

use crate::client::{InProcess, at, capabilities, document};
use serde_json::{Value, json};

const PROGRAM: &str = "def main():\n    move()\n";

fn block(kind: &str, name: &str, output: &str) -> String {
    format!("{kind} \"{name}\":\n    input:\n        > . .\n    output:\n        {output}\n")
}

async fn explorer() -> InProcess {
    let mut capabilities = capabilities();
    capabilities["experimental"] = json!({ "karelVerdicts": true });
    InProcess::with(capabilities).await
}

async fn command(server: &mut InProcess, command: &str, arguments: Value) -> Value {
    let params = json!({ "command": command, "arguments": arguments });
    server.client.request("workspace/executeCommand", params).await
}

/// `test fine #0 passes`, in order.
fn told(answer: &Value) -> Vec<String> {
    let line = |e: &Value| {
        let kind = if e["test"] == true { "test" } else { "example" };
        let verdict = e["verdict"].as_str().unwrap_or("?");
        format!("{kind} {} #{} {verdict}", e["name"].as_str().unwrap_or("?"), e["ordinal"])
    };
    answer["examples"].as_array().expect("examples").iter().map(line).collect()
}

/// What the server tells about the document's version.
async fn verdicts(server: &mut InProcess, uri: &str, version: i32) -> Value {
    let about = json!({ "uri": uri, "version": version });
    let wanted = |m: &Value| {
        m["method"] == "karel/verdicts"
            && m["params"]["documents"].as_array().is_some_and(|all| all.contains(&about))
    };
    server.client.next(wanted).await["params"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_follow_the_text() {
    let uri = "file:///nowhere/a.karel";
    let mut server = explorer().await;
    let examples = [
        block("example", "a", ". > ."),
        block("example", "a", "> . ."),
        block("test", "a", ". > ."),
        "example \"open\":\n    input:\n        > .\n".to_owned(),
    ];
    server.client.open(uri, "kareldsl", 1, &format!("{PROGRAM}{}", examples.concat())).await;
    let first = verdicts(&mut server, uri, 1).await;
    let passing =
        ["example a #0 passes", "example a #1 fails", "test a #0 passes", "example open #0 undecided"];
    assert_eq!(told(&first), passing);
    assert_eq!(first["examples"][1]["range"]["start"], at(7, 9), "{first}");
    assert_eq!(first["examples"][1]["block"]["start"], at(7, 0), "{first}");
    assert_eq!(told(&command(&mut server, "karel.runExamples", json!([uri])).await), passing);

    server
        .client
        .change(uri, 2, json!([{ "text": format!("def main():\n    ...\n{}", examples.concat()) }]))
        .await;
    let hole = verdicts(&mut server, uri, 2).await;
    assert!(told(&hole).iter().all(|line| line.ends_with("undecided")), "{hole}");
    server.client.change(uri, 3, json!([{ "text": PROGRAM }])).await;
    assert_eq!(told(&verdicts(&mut server, uri, 3).await), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_example_file_is_told_about_with_its_program() {
    let (program, grid) = ("file:///nowhere/b.karel", "file:///nowhere/b.kgrid");
    let mut server = explorer().await;
    server.client.open(grid, "karelgrid", 1, &block("example", "g", ". > .")).await;
    assert_eq!(told(&verdicts(&mut server, grid, 1).await), ["example g #0 undecided"]);
    server.client.open(program, "kareldsl", 1, PROGRAM).await;
    let both = verdicts(&mut server, program, 1).await;
    assert!(both["documents"].as_array().unwrap().contains(&json!({ "uri": grid, "version": 1 })), "{both}");
    assert_eq!(told(&both), ["example g #0 passes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_nobody_has_opened_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        tower_lsp::lsp_types::Url::from_file_path(path).unwrap().to_string()
    };
    let program = write("c.karel", &format!("{PROGRAM}{}", block("test", "own", "> . .")));
    let grid = write("c.kgrid", &block("example", "beside", ". > ."));
    let mut server = explorer().await;
    assert_eq!(told(&command(&mut server, "karel.examples", json!([program])).await), ["test own #0 ?"]);
    let both = ["test own #0 fails", "example beside #0 passes"];
    for uri in [&program, &grid] {
        assert_eq!(told(&command(&mut server, "karel.runExamples", json!([uri])).await), both);
    }
    write("c.karel", &format!("def main(): turnLeft()\n{}", block("example", "new", ". > .")));
    let changed = ["example new #0 fails", "example beside #0 fails"];
    assert_eq!(told(&command(&mut server, "karel.runExamples", json!([program])).await), changed);
    let gone = json!({ "command": "karel.examples", "arguments": [format!("{program}.karel")] });
    let id = server.client.ask("workspace/executeCommand", gone).await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32803);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lens_shows_the_trace_of_its_own_example() {
    let uri = "file:///nowhere/d.karel";
    let mut server = explorer().await;
    let text = format!("{PROGRAM}{}{}", block("example", "a", ". > ."), block("test", "a", "> . ."));
    server.client.open(uri, "kareldsl", 1, &text).await;
    let lenses = server.client.request("textDocument/codeLens", document(uri)).await;
    let traces = lenses.as_array().unwrap().iter().map(|lens| &lens["command"]);
    let traces: Vec<_> = traces.filter(|command| command["command"] == "karel.showTrace").collect();
    assert_eq!(traces[1]["arguments"], json!([uri, "a", { "test": true, "ordinal": 0 }]));
    let of = |trace: &Value| trace.as_str().unwrap_or_default().to_owned();
    let first = of(&command(&mut server, "karel.showTrace", traces[0]["arguments"].clone()).await);
    let second = of(&command(&mut server, "karel.showTrace", traces[1]["arguments"].clone()).await);
    assert_ne!(first, second);
    assert_eq!(of(&command(&mut server, "karel.showTrace", json!([uri, "a"])).await), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_explained() {
    let mut server = explorer().await;
    let text = command(&mut server, "karel.explain", json!(["K101"])).await;
    assert!(text.as_str().is_some_and(|text| text.starts_with("# K101\n")), "{text}");
    let id = server
        .client
        .ask("workspace/executeCommand", json!({ "command": "karel.explain", "arguments": ["K999"] }))
        .await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32803);
}

#[tokio::test(flavor = "multi_thread")]
async fn coverage_tells_statements_and_ways_that_no_example_takes() {
    let uri = "file:///nowhere/covered.karel";
    let program =
        "def main():\n    move()\n    if(markersPresent()):\n        pickMarker()\ndef never(): turnLeft()\n";
    let mut server = explorer().await;
    let text = format!("{program}{}", block("example", "a", "> . ."));
    server.client.open(uri, "kareldsl", 1, &text).await;
    let answer = command(&mut server, "karel.coverage", json!([uri])).await;
    let told: Vec<String> = answer["statements"]
        .as_array()
        .expect("statements")
        .iter()
        .map(|s| {
            let ways: String = s["ways"]
                .as_array()
                .unwrap()
                .iter()
                .map(|w| format!(" {}={}", w["name"], w["times"]))
                .collect();
            format!("{}: {}{ways}", s["range"]["start"]["line"], s["times"])
        })
        .collect();
    assert_eq!(told, ["1: 1", "2: 1 \"if\"=0 \"else\"=1", "3: 0", "4: 0"]);
    assert_eq!((&answer["uri"], &answer["version"]), (&json!(uri), &json!(1)));
    // Why the example fails can be compared.
    let run = command(&mut server, "karel.runExamples", json!([uri])).await;
    assert_eq!(
        (&run["examples"][0]["expected"], &run["examples"][0]["actual"]),
        (&json!("> . ."), &json!(". > ."))
    );
}
