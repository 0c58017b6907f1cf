//! What lies between `ide` and the client: positions in the negotiated encoding, versions, and what a client is given
//! by what it can do.

use crate::client::{self, InProcess, capabilities, document, place};
use serde_json::{Value, json};

const URI: &str = "file:///nowhere/program.karel";
/// The first line shifts nothing but the units: the robot is one character, two UTF-16 units, four bytes.
const TEXT: &str = "def main(): step(); # 🤖
    
def step():
    move()

example \"one step\":
    input:
        > .
        . .
    output:
        . >
        . .

example \"into the wall\":
    input:
        . >
        . .
    output:
        . >
        . .
";

async fn opened(capabilities: Value) -> InProcess {
    let mut server = InProcess::with(capabilities).await;
    server.client.open(URI, "kareldsl", 1, TEXT).await;
    server
}

/// The diagnostics of the runs too.
async fn all_diagnostics(server: &mut InProcess, version: i32, wanted: &str) -> Vec<Value> {
    loop {
        let found = server.client.diagnostics(URI, version).await;
        if found.iter().any(|d| d["code"].as_str().is_some_and(|code| code.starts_with(wanted))) {
            return found;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn diagnostics_come_with_version_and_related_places_and_go_at_close() {
    let mut server = opened(capabilities()).await;
    let found = all_diagnostics(&mut server, 1, "K2").await;
    let crash = found.iter().find(|d| d["range"]["start"] == client::at(3, 4)).expect("at the statement");
    assert_eq!(crash["severity"], 1);
    assert_eq!(crash["source"], "karel");
    let related = crash["relatedInformation"].as_array().expect("the example");
    assert!(related.iter().any(|place| place["location"]["range"]["start"]["line"] == 13), "{related:?}");
    server.client.notify("textDocument/didClose", document(URI)).await;
    let cleared = |m: &Value| {
        m["method"] == "textDocument/publishDiagnostics" && m["params"]["diagnostics"] == json!([])
    };
    server.client.kept.clear();
    assert_eq!(server.client.next(cleared).await["params"]["uri"], URI);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_version_replaces_what_was_found_in_the_older() {
    let mut server = opened(capabilities()).await;
    all_diagnostics(&mut server, 1, "K2").await;
    let range = json!({ "start": client::at(3, 4), "end": client::at(3, 10) });
    let guarded = "if(frontIsClear()): move()";
    server.client.change(URI, 2, json!([{ "range": range, "text": guarded }])).await;
    loop {
        let found = server.client.diagnostics(URI, 2).await;
        if found.iter().all(|d| !d["code"].as_str().unwrap_or_default().starts_with("K2")) {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn related_places_and_links_only_for_clients_that_show_them() {
    let mut server = opened(json!({})).await;
    let found = all_diagnostics(&mut server, 1, "K2").await;
    assert!(
        found.iter().all(|d| d.get("relatedInformation").is_none() && d.get("codeDescription").is_none())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_in_the_negotiated_encoding() {
    for (encoding, end) in [("utf-8", 26), ("utf-16", 24), ("utf-32", 23)] {
        let mut capabilities = capabilities();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        let mut server = opened(capabilities).await;
        let symbols = server.client.request("textDocument/semanticTokens/full", document(URI)).await;
        let data: Vec<u64> =
            symbols["data"].as_array().expect("tokens").iter().filter_map(Value::as_u64).collect();
        let mut column = 0;
        let first_line: Vec<_> = data.chunks(5).take_while(|token| token[0] == 0).collect();
        first_line.iter().for_each(|token| column += token[1]);
        let comment = first_line.last().expect("a comment");
        assert_eq!(column + comment[2], end, "{encoding}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hover_explains_and_shows_what_happened() {
    let mut server = opened(capabilities()).await;
    let hover = server.client.request("textDocument/hover", place(URI, 3, 6)).await;
    assert_eq!(hover["contents"]["kind"], "markdown");
    assert!(hover["contents"]["value"].as_str().unwrap_or_default().contains("move"), "{hover}");
    assert_eq!(hover["range"], json!({ "start": client::at(3, 4), "end": client::at(3, 8) }));
    let mut server = opened(json!({})).await;
    let hover = server.client.request("textDocument/hover", place(URI, 5, 12)).await;
    assert_eq!(hover["contents"]["kind"], "plaintext");
    assert!(!hover["contents"]["value"].as_str().unwrap_or_default().contains("```"), "{hover}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_names_the_version_it_is_made_for() {
    let mut server = opened(capabilities()).await;
    let mut params = place(URI, 0, 14);
    assert_eq!(
        server.client.request("textDocument/prepareRename", params.clone()).await["placeholder"],
        "step"
    );
    params["newName"] = json!("stride");
    let edit = server.client.request("textDocument/rename", params.clone()).await;
    assert_eq!(edit["documentChanges"][0]["textDocument"], json!({ "uri": URI, "version": 1 }));
    let edits = edit["documentChanges"][0]["edits"].as_array().expect("edits");
    assert_eq!(edits.len(), 2);
    assert_eq!(edits[0]["range"]["start"], client::at(0, 12));
    params["newName"] = json!("move");
    let id = server.client.ask("textDocument/rename", params.clone()).await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32803);
    let mut server = opened(json!({})).await;
    params["newName"] = json!("stride");
    let edit = server.client.request("textDocument/rename", params).await;
    assert_eq!(edit["changes"][URI].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn definitions_references_highlights_and_calls() {
    let mut server = opened(capabilities()).await;
    let found = server.client.request("textDocument/definition", place(URI, 0, 14)).await;
    assert_eq!(found[0]["uri"], URI);
    assert_eq!(found[0]["range"]["start"], client::at(2, 4));
    let mut params = place(URI, 2, 5);
    params["context"] = json!({ "includeDeclaration": false });
    let found = server.client.request("textDocument/references", params).await;
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    let found = server.client.request("textDocument/documentHighlight", place(URI, 2, 5)).await;
    assert_eq!(found.as_array().map(Vec::len), Some(2));
    let items = server.client.request("textDocument/prepareCallHierarchy", place(URI, 2, 5)).await;
    let calls = server.client.request("callHierarchy/incomingCalls", json!({ "item": items[0] })).await;
    assert_eq!(calls[0]["from"]["name"], "main");
    assert_eq!(calls[0]["fromRanges"][0]["start"], client::at(0, 12));
}

#[tokio::test(flavor = "multi_thread")]
async fn snippets_only_for_clients_that_know_them() {
    for (capabilities, known) in [(capabilities(), true), (json!({}), false)] {
        let mut server = opened(capabilities).await;
        server.client.change(URI, 2, json!([{ "text": "def main():\n    whi" }])).await;
        let items = server.client.request("textDocument/completion", place(URI, 1, 7)).await;
        let items = items.as_array().expect("items").clone();
        assert!(!items.is_empty());
        let snippets = items.iter().filter(|item| item["insertTextFormat"] == 2).count();
        assert_eq!(snippets > 0, known);
        let marked = |item: &&Value| item["textEdit"]["newText"].as_str().unwrap_or_default().contains("${");
        assert_eq!(items.iter().filter(marked).count() > 0, known);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn symbols_as_a_tree_or_flat() {
    let mut server = opened(capabilities()).await;
    let tree = server.client.request("textDocument/documentSymbol", document(URI)).await;
    assert_eq!(tree.as_array().map(Vec::len), Some(4));
    assert!(tree[0].get("selectionRange").is_some());
    let mut server = opened(json!({})).await;
    let flat = server.client.request("textDocument/documentSymbol", document(URI)).await;
    assert!(flat[0].get("location").is_some());
    let found = server.client.request("workspace/symbol", json!({ "query": "wall" })).await;
    assert_eq!(found[0]["name"], "into the wall");
}

#[tokio::test(flavor = "multi_thread")]
async fn semantic_tokens_as_a_difference() {
    let mut server = opened(capabilities()).await;
    let full = server.client.request("textDocument/semanticTokens/full", document(URI)).await;
    let end = json!({ "start": client::at(3, 10), "end": client::at(3, 10) });
    server.client.change(URI, 2, json!([{ "range": end, "text": "; turnLeft()" }])).await;
    let mut params = document(URI);
    params["previousResultId"] = full["resultId"].clone();
    let delta = server.client.request("textDocument/semanticTokens/full/delta", params.clone()).await;
    let mut tokens: Vec<Value> = full["data"].as_array().expect("tokens").clone();
    for edit in delta["edits"].as_array().expect("edits") {
        let start = edit["start"].as_u64().expect("a number") as usize;
        let count = edit["deleteCount"].as_u64().expect("a number") as usize;
        tokens.splice(start..start + count, edit["data"].as_array().cloned().unwrap_or_default());
    }
    let fresh = server.client.request("textDocument/semanticTokens/full", document(URI)).await;
    assert_eq!(Value::from(tokens), fresh["data"]);
    params["previousResultId"] = json!("of long ago");
    let whole = server.client.request("textDocument/semanticTokens/full/delta", params).await;
    assert_eq!(whole["data"], fresh["data"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fixes_folds_formats_links_and_selections() {
    let mut server = opened(capabilities()).await;
    server
        .client
        .change(URI, 2, json!([{ "text": "examples \"other.kgrid\"\ndef main():\n  mvoe()\n" }]))
        .await;
    let mut params = document(URI);
    params["range"] = json!({ "start": client::at(2, 2), "end": client::at(2, 2) });
    params["context"] = json!({ "diagnostics": [], "only": ["quickfix"] });
    let actions = server.client.request("textDocument/codeAction", params.clone()).await;
    let fix = &actions[0];
    assert_eq!((&fix["kind"], &fix["isPreferred"]), (&json!("quickfix"), &json!(true)), "{actions}");
    assert_eq!(fix["edit"]["documentChanges"][0]["textDocument"]["version"], 2);
    // What the client says is marked on the line is mended wherever the cursor is on it, on another line it is not.
    let mark = json!({ "start": client::at(2, 2), "end": client::at(2, 6) });
    for (line, column, fixes) in [(2, 0, 2), (2, 8, 2), (1, 3, 0)] {
        params["range"] = json!({ "start": client::at(line, column), "end": client::at(line, column) });
        params["context"]["diagnostics"] = json!([{ "range": mark, "code": "K101", "message": "" }]);
        let actions = server.client.request("textDocument/codeAction", params.clone()).await;
        assert_eq!(actions.as_array().map_or(0, Vec::len), fixes, "{line}:{column}: {actions}");
    }
    params["context"]["only"] = json!(["source.fixAll"]);
    let actions = server.client.request("textDocument/codeAction", params).await;
    assert_eq!(actions[0]["kind"], "source.fixAll.karel");
    let links = server.client.request("textDocument/documentLink", document(URI)).await;
    assert_eq!(links[0]["target"], "file:///nowhere/other.kgrid");
    server.client.change(URI, 3, json!([{ "text": "def main():\n  move()\n" }])).await;
    let mut params = document(URI);
    params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
    let edits = server.client.request("textDocument/formatting", params).await;
    assert_eq!(edits[0]["newText"], "    move()\n");
    let folds = server.client.request("textDocument/foldingRange", document(URI)).await;
    assert_eq!((&folds[0]["startLine"], &folds[0]["endLine"]), (&json!(0), &json!(1)));
    let mut params = document(URI);
    params["positions"] = json!([client::at(1, 4)]);
    let selections = server.client.request("textDocument/selectionRange", params).await;
    assert!(selections[0]["parent"]["parent"].is_object(), "{selections}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_run_the_examples_and_show_a_trace() {
    let mut server = opened(capabilities()).await;
    let run = json!({ "command": "karel.runExamples", "arguments": [URI] });
    let result = server.client.request("workspace/executeCommand", run).await;
    assert_eq!((&result["passed"], &result["total"]), (&json!(1), &json!(2)));
    assert_eq!(result["examples"][1]["name"], "into the wall");
    let show = json!({ "command": "karel.showTrace", "arguments": [URI, "one step"] });
    let trace = server.client.request("workspace/executeCommand", show).await;
    assert!(trace.as_str().is_some_and(|markdown| markdown.contains("move")), "{trace}");
    let all = json!({ "command": "karel.templates" });
    let templates = server.client.request("workspace/executeCommand", all).await;
    assert_eq!(templates[0]["name"], "first");
    assert!(templates[0]["text"].as_str().is_some_and(|text| text.contains("def main():")), "{templates}");
    for wrong in [
        json!({ "command": "karel.none", "arguments": [URI] }),
        json!({ "command": "karel.showTrace", "arguments": [URI, 3] }),
    ] {
        let id = server.client.ask("workspace/executeCommand", wrong).await;
        assert_eq!(server.client.reply(id).await["error"]["code"], -32602);
    }
    let lenses = server.client.request("textDocument/codeLens", document(URI)).await;
    assert!(lenses.as_array().expect("lenses").iter().all(|lens| lens["command"]["command"].is_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_stand_behind_loops() {
    let mut server = opened(capabilities()).await;
    let text = TEXT.replacen("    move()", "    while(frontIsClear()): move()", 1);
    server.client.change(URI, 2, json!([{ "text": text }])).await;
    let mut params = document(URI);
    params["range"] = json!({ "start": client::at(0, 0), "end": client::at(99, 0) });
    let hints = server.client.request("textDocument/inlayHint", params.clone()).await;
    assert_eq!(hints[0]["position"]["line"], 3, "{hints}");
    params["range"]["end"] = client::at(2, 0);
    assert_eq!(server.client.request("textDocument/inlayHint", params).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_asked_for_and_take_effect() {
    let mut capabilities = capabilities();
    capabilities["workspace"]["configuration"] = json!(true);
    capabilities["workspace"]["didChangeConfiguration"] = json!({ "dynamicRegistration": true });
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    let mut server = InProcess::with(capabilities).await;
    let registration = server.client.told("client/registerCapability").await;
    let methods: Vec<_> = registration["params"]["registrations"]
        .as_array()
        .expect("registrations")
        .iter()
        .map(|registration| registration["method"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(methods, ["workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration"]);
    server.client.answer(&registration, Value::Null).await;
    let question = server.client.told("workspace/configuration").await;
    assert_eq!(question["params"]["items"], json!([{ "section": "karel" }]));
    let settings = json!([{ "codeLens": { "enabled": false }, "colour": "red" }]);
    server.client.answer(&question, settings).await;
    let warning = server.client.told("window/showMessage").await;
    assert!(warning["params"]["message"].as_str().unwrap_or_default().contains("karel.colour"), "{warning}");
    server.client.open(URI, "kareldsl", 1, TEXT).await;
    assert_eq!(server.client.request("textDocument/codeLens", document(URI)).await, json!([]));
    server.client.notify("workspace/didChangeConfiguration", json!({ "settings": null })).await;
    let question = server.client.told("workspace/configuration").await;
    server.client.answer(&question, json!([{}])).await;
    // The answer and the next request travel together: the settings may come a moment later.
    while server.client.request("textDocument/codeLens", document(URI)).await == json!([]) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_come_with_initialize_too() {
    let mut server = InProcess::start();
    let options = json!({ "karel": { "codeLens": { "enabled": false }, "colour": "red" } });
    let params =
        json!({ "processId": null, "rootUri": null, "capabilities": {}, "initializationOptions": options });
    server.client.request("initialize", params).await;
    server.client.notify("initialized", json!({})).await;
    let warning = server.client.told("window/showMessage").await;
    assert!(warning["params"]["message"].as_str().unwrap_or_default().contains("karel.colour"), "{warning}");
    server.client.open(URI, "kareldsl", 1, TEXT).await;
    assert_eq!(server.client.request("textDocument/codeLens", document(URI)).await, json!([]));
}
