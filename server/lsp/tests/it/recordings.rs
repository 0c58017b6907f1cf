//! Recorded runs over the language server, as `server/PROTOCOL.md` describes them.

use std::fs;

use crate::client::{InProcess, at, capabilities, document};
use serde_json::{Value, json};

/// No file, so that no files beside it are read, which would outdate runs once more.
const URI: &str = "untitled:walk.karel";

const WALK: &str = "\
def main():
    while(frontIsClear()): move() # 😀
    putMarker()
example \"😀 a\":
    input:
        > . .
    output:
        . . >1
example \"b\":
    input:
        < 3
    output:
        < 3
";

fn example(uri: &str, example: Value) -> Value {
    let mut params = document(uri);
    params["example"] = example;
    params
}

async fn outdated(server: &mut InProcess) -> Value {
    server.client.told("karel/recordingsOutdated").await["params"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_listed_recorded_paged_and_found_by_the_cursor() {
    let mut server = InProcess::start();
    let answer = server.client.initialize(json!({})).await;
    assert_eq!(answer["capabilities"]["experimental"]["karelRecordings"], 1);
    server.client.open(URI, "kareldsl", 7, WALK).await;

    let list = server.client.request("karel/recordings", document(URI)).await;
    assert_eq!(list["document"], json!({ "uri": URI, "version": 7 }));
    assert_eq!(list["examples"][0]["range"], json!({ "start": at(3, 9), "end": at(3, 13) }), "in UTF-16");
    let verdicts: Vec<&Value> = list["examples"].as_array().unwrap().iter().map(|e| &e["verdict"]).collect();
    assert_eq!(verdicts, ["passes", "fails"]);

    let run = server.client.request("karel/recording", example(URI, json!("b"))).await;
    assert_eq!(run["outcome"]["kind"], "finished");
    assert_eq!((&run["differences"], &run["robotDiffers"]), (&json!([[0, 0]]), &json!(false)));
    assert_eq!(run["end"]["markers"], json!([[0, 0, 1], [0, 1, 3]]));

    let mut params = example(URI, json!(0));
    params["count"] = json!(2);
    let run = server.client.request("karel/recording", params).await;
    assert_eq!((&run["length"], run["page"]["steps"].as_array().unwrap().len()), (&json!(6), 2));
    let id = &run["id"];
    let page = json!({ "id": id, "from": 2, "count": 2 });
    let page = server.client.request("karel/recordingSteps", page).await;
    assert_eq!(page["world"]["robot"], json!({ "row": 0, "col": 1, "heading": "east" }));
    assert_eq!(page["steps"][0]["name"], "while(frontIsClear())");
    assert_eq!(page["steps"][1]["range"], json!({ "start": at(1, 27), "end": at(1, 33) }));
    let over = json!({ "id": id, "from": 2, "kind": "condition" });
    assert_eq!(server.client.request("karel/recordingSeek", over).await, json!({ "step": 4 }));
    let cursor = json!({ "id": id, "position": at(1, 29) });
    let moves = server.client.request("karel/occurrences", cursor).await;
    assert_eq!((&moves["total"], &moves["steps"]), (&json!(2), &json!([1, 3])));
    let text = server.client.request("karel/text", document(URI)).await;
    assert_eq!(text, json!({ "document": { "uri": URI, "version": 7 }, "text": WALK }));
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_counted_as_agreed_on() {
    let mut server = InProcess::with(json!({ "general": { "positionEncodings": ["utf-8"] } })).await;
    server.client.open(URI, "kareldsl", 1, WALK).await;
    let list = server.client.request("karel/recordings", document(URI)).await;
    assert_eq!(list["examples"][0]["range"], json!({ "start": at(3, 9), "end": at(3, 15) }));
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_outdate_recordings_whose_steps_are_still_there() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, WALK).await;
    let run = server.client.request("karel/recording", example(URI, json!("b"))).await;
    let all = json!({ "id": run["id"], "from": 0 });

    server.client.change(URI, 2, json!([{ "text": WALK.replace("putMarker", "pickMarker") }])).await;
    let told = outdated(&mut server).await;
    assert_eq!(told, json!({ "uri": URI, "version": 2, "ids": [run["id"]] }));
    let old = server.client.request("karel/recordingSteps", all).await;
    assert_eq!(old["steps"], run["page"]["steps"]);
    let new = server.client.request("karel/recording", example(URI, json!("b"))).await;
    assert_eq!((&new["document"]["version"], &new["outcome"]["kind"]), (&json!(2), &json!("crashed")));

    // The example is deleted while it is shown.
    let (without, _) = WALK.split_once("example \"b\"").unwrap();
    server.client.change(URI, 3, json!([{ "text": without }])).await;
    assert_eq!(outdated(&mut server).await, json!({ "uri": URI, "version": 3, "ids": [new["id"]] }));
    let id = server.client.ask("karel/recording", example(URI, json!("b"))).await;
    let error = server.client.reply(id).await["error"].take();
    assert_eq!(error["code"], -32803);
    assert_eq!(error["message"], "There is no example \"b\" in this program.");
    let steps = server.client.request("karel/recordingSteps", json!({ "id": new["id"], "from": 0 })).await;
    assert_eq!(steps["steps"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_example_file_shows_its_program() {
    let folder = tempfile::tempdir().unwrap();
    let uri = |name: &str| format!("file://{}", folder.path().join(name).display());
    fs::write(folder.path().join("a.karel"), "def main():\n    turnLeft()\n").unwrap();
    let grid = "example \"e\":\n    input:\n        >\n    output:\n        ^\n";
    fs::write(folder.path().join("a.kgrid"), grid).unwrap();
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(&uri("a.karel"), "kareldsl", 1, "def main():\n    turnRight()\n").await;
    server.client.open(&uri("a.kgrid"), "karelgrid", 4, grid).await;
    let run = server.client.request("karel/recording", example(&uri("a.kgrid"), json!("e"))).await;
    assert_eq!(run["document"], json!({ "uri": uri("a.karel"), "version": 1 }));
    assert_eq!(
        (&run["example"]["uri"], &run["example"]["verdict"]),
        (&json!(uri("a.kgrid")), &json!("fails"))
    );
    // An edit of the examples outdates the runs of the program.
    server
        .client
        .change(&uri("a.kgrid"), 5, json!([{ "text": grid.replace("        ^", "        v") }]))
        .await;
    let told = outdated(&mut server).await;
    assert_eq!(told, json!({ "uri": uri("a.karel"), "version": 1, "ids": [run["id"]] }));
    let list = server.client.request("karel/recordings", document(&uri("a.kgrid"))).await;
    assert_eq!(list["examples"][0]["verdict"], "passes");
}

/// Sends the change and applies what the server asks for, as an editor does; gives the text edits with their document.
async fn drawn(server: &mut InProcess, change: Value) -> Value {
    let mut params = example(URI, json!("b"));
    params["version"] = json!(1);
    params["change"] = change;
    let id = server.client.ask("karel/edit", params).await;
    let apply = server.client.told("workspace/applyEdit").await;
    server.client.answer(&apply, json!({ "applied": true })).await;
    assert_eq!(server.client.reply(id).await["result"], json!({ "applied": true }));
    apply["params"]["edit"]["documentChanges"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_becomes_an_edit_of_the_version_that_is_shown() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, WALK).await;
    let run = server.client.request("karel/recording", example(URI, json!("b"))).await;
    // What the program leaves, once drawn by hand and once by running it.
    let world = json!({ "kind": "world", "of": "output", "world": run["end"] });
    let by_hand = drawn(&mut server, world).await;
    assert_eq!(by_hand["textDocument"], json!({ "uri": URI, "version": 1 }));
    let row = json!({ "start": at(12, 8), "end": at(12, 11) });
    assert_eq!(by_hand["edits"], json!([{ "range": row, "newText": "<1 3" }]));
    assert_eq!(drawn(&mut server, json!({ "kind": "runOutput" })).await, by_hand);
    let test = drawn(&mut server, json!({ "kind": "test" })).await;
    assert_eq!(test["edits"][0]["newText"], "test");

    let refused = |version: i32, change: Value| {
        let mut params = example(URI, json!("b"));
        params["version"] = json!(version);
        params["change"] = change;
        params
    };
    let mut walled = run["end"].clone();
    walled["walls"] = json!([[0, 0]]);
    let mut large = run["end"].clone();
    large["rows"] = json!(101);
    for (params, code) in [
        (refused(2, json!({ "kind": "copy" })), -32801),
        (refused(1, json!({ "kind": "paint" })), -32602),
        (refused(1, json!({ "kind": "world", "of": "input", "world": walled })), -32803),
        (refused(1, json!({ "kind": "world", "of": "input", "world": large })), -32803),
    ] {
        let id = server.client.ask("karel/edit", params.clone()).await;
        assert_eq!(server.client.reply(id).await["error"]["code"], code, "{params}");
    }
    // Nothing changes: the editor is not asked.
    let same = json!({ "kind": "world", "of": "output", "world": run["expected"] });
    assert_eq!(server.client.request("karel/edit", refused(1, same)).await, json!({ "applied": true }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, WALK).await;
    let elsewhere = "file:///nowhere/else.karel";
    for (method, params, code) in [
        ("karel/recordings", json!({}), -32602),
        ("karel/recordings", document(elsewhere), -32803),
        ("karel/recording", document(URI), -32602),
        ("karel/recording", example(URI, json!(2)), -32803),
        ("karel/recording", example(URI, json!(-1)), -32602),
        ("karel/recordingSteps", json!({ "id": "1", "from": 0 }), -32801),
        ("karel/recordingSteps", json!({ "id": 1 }), -32602),
        ("karel/occurrences", json!({ "id": "1", "position": at(0, 0) }), -32801),
        ("karel/text", document(elsewhere), -32803),
    ] {
        let id = server.client.ask(method, params.clone()).await;
        assert_eq!(server.client.reply(id).await["error"]["code"], code, "{method} {params}");
    }
}
