//! Bad input: each is survived, with a clear message where somebody can act on it.

use crate::client::{InProcess, capabilities, document, place};
use crate::load::ENDLESS;
use serde_json::{Value, json};

const URI: &str = "file:///nowhere/program.karel";

async fn alive(server: &mut InProcess) {
    assert_eq!(
        server.client.request("karel/debugText", json!({ "uri": "file:///nowhere/else.karel" })).await,
        Value::Null
    );
}

/// Opens the text, waits for its diagnostics, asks some questions.
async fn survives(server: &mut InProcess, version: i32, text: &str) -> Vec<Value> {
    server.client.open(URI, "kareldsl", version, text).await;
    let found = server.client.diagnostics(URI, version).await;
    for method in
        ["textDocument/documentSymbol", "textDocument/foldingRange", "textDocument/semanticTokens/full"]
    {
        let id = server.client.ask(method, document(URI)).await;
        assert_ne!(server.client.reply(id).await["error"]["code"], -32603, "{method}");
    }
    for method in ["textDocument/hover", "textDocument/completion", "textDocument/definition"] {
        let id = server.client.ask(method, place(URI, 3, 3)).await;
        assert_ne!(server.client.reply(id).await["error"]["code"], -32603, "{method}");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_random_bytes() {
    let mut server = InProcess::with(capabilities()).await;
    // xorshift: the same bytes in each run.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for version in 1..=8 {
        let mut bytes = Vec::new();
        for _ in 0..1000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend(state.to_le_bytes());
        }
        survives(&mut server, version, &String::from_utf8_lossy(&bytes)).await;
    }
    alive(&mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_nesting() {
    let mut server = InProcess::with(capabilities()).await;
    let blocks: String =
        (1..=300).map(|depth| format!("{}if(markersPresent()):\n", "    ".repeat(depth))).collect();
    survives(&mut server, 1, &format!("def main():\n{blocks}")).await;
    survives(&mut server, 2, &format!("def main():\n    while({}", "not(".repeat(50_000))).await;
    alive(&mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_is_skipped_and_said() {
    let mut server = InProcess::with(capabilities()).await;
    let line = "x".repeat(1 << 20);
    let size = 100 << 20;
    server.client.raw(format!("Content-Length: {size}\r\n\r\n").as_bytes()).await;
    for _ in 0..100 {
        server.client.raw(line.as_bytes()).await;
    }
    let message = server.client.told("window/showMessage").await;
    let text = message["params"]["message"].as_str().unwrap_or_default().to_owned();
    assert!(text.contains("100 MiB") && text.contains("limit"), "{text}");
    alive(&mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_hundred_megabytes_that_is_no_header() {
    let mut server = InProcess::with(capabilities()).await;
    let line = "x".repeat(1 << 20);
    for _ in 0..100 {
        server.client.raw(line.as_bytes()).await;
    }
    server.client.raw(b"\r\n\r\n").await;
    alive(&mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_too_large_to_look_at_says_so() {
    let mut server = InProcess::with(capabilities()).await;
    let found = survives(&mut server, 1, &"# all comment\n".repeat(400_000)).await;
    let messages: Vec<_> = found.iter().map(|d| d["message"].as_str().unwrap_or_default()).collect();
    assert!(matches!(messages[..], [message] if message.contains("larger than 4 MiB")), "{messages:?}");
    alive(&mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_of_101_columns_is_one_mistake() {
    let mut server = InProcess::with(capabilities()).await;
    let row = format!("        >{}\n", " .".repeat(100));
    let found =
        survives(&mut server, 1, &format!("def main():\n    move()\nexample \"wide\":\n    input:\n{row}"))
            .await;
    let errors: Vec<_> = found.iter().filter(|d| d["severity"] == 1).collect();
    assert!(
        matches!(errors[..], [error] if error["message"].as_str().unwrap_or_default().contains("100")),
        "{errors:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_and_parameters_that_make_no_sense() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, "def main():\n    move()\n").await;
    for (line, character) in [(u32::MAX, 0), (0, u32::MAX), (u32::MAX, u32::MAX)] {
        let id = server.client.ask("textDocument/hover", place(URI, line, character)).await;
        assert!(server.client.reply(id).await.get("error").is_none());
    }
    for params in [Value::Null, json!({}), json!([]), json!({ "textDocument": { "uri": "not a URI" } })] {
        let id = server.client.ask("textDocument/documentSymbol", params.clone()).await;
        assert_eq!(server.client.reply(id).await["error"]["code"], -32602, "{params}");
        server.client.notify("textDocument/didOpen", params).await;
    }
    let id = server.client.ask("no/suchMethod", json!({})).await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32601);
    server.client.cancel(12345).await;
    server.client.notify("$/cancelRequest", json!({ "id": [] })).await;
    alive(&mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_has_an_id_is_answered_once() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, "old").await;
    let opened = json!({ "uri": URI, "languageId": "", "version": 2, "text": "new" });
    for (method, code) in [
        ("$/anything", -32601),
        ("$/setTrace", -32601),
        ("$/cancelRequest", -32601),
        ("$/", -32601),
        ("textDocument/didOpen", -32600),
        ("textDocument/didChange", -32600),
        ("textDocument/didSave", -32600),
        ("textDocument/didClose", -32600),
        ("textDocument/willSave", -32600),
        ("workspace/didChangeConfiguration", -32600),
        ("workspace/didSomethingNew", -32600),
        ("window/workDoneProgress/cancel", -32600),
        ("initialized", -32600),
        ("initialize", -32600),
        ("no/suchMethod", -32601),
    ] {
        for params in [json!({ "textDocument": opened }), json!({}), Value::Null] {
            let id = server.client.ask(method, params).await;
            assert_eq!(server.client.reply(id).await["error"]["code"], code, "{method}");
        }
    }
    // None of them was carried out, and what has no id gets no answer.
    for method in ["$/anything", "no/suchMethod", "textDocument/hover", "shutdown", "initialize"] {
        server.client.notify(method, place(URI, 0, 0)).await;
    }
    assert_eq!(server.client.request("karel/debugText", json!({ "uri": URI })).await, "old");
    assert!(!server.client.kept.iter().any(|message| message.get("method").is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_initialize_that_failed_may_be_repeated() {
    let mut server = InProcess::start();
    for wrong in [Value::Null, json!({}), json!({ "capabilities": 3 })] {
        let id = server.client.ask("initialize", wrong).await;
        assert_eq!(server.client.reply(id).await["error"]["code"], -32602);
    }
    let mut wanted = capabilities();
    wanted["general"]["positionEncodings"] = json!(["utf-8"]);
    let first = json!({ "processId": null, "rootUri": null, "capabilities": wanted });
    let first = server.client.ask("initialize", first).await;
    server.client.cancel(first).await;
    let second = server.client.ask("initialize", json!({ "capabilities": {} })).await;
    let result = server.client.reply(first).await["result"].take();
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-8", "{result}");
    assert_eq!(server.client.reply(second).await["error"]["code"], -32600);
    alive(&mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_before_initialize_are_refused() {
    let mut server = InProcess::start();
    server.client.open(URI, "kareldsl", 1, "").await;
    let id = server.client.ask("textDocument/hover", place(URI, 0, 0)).await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32002);
    server.client.initialize(capabilities()).await;
    assert_eq!(server.client.request("karel/debugText", json!({ "uri": URI })).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn long_hovers_hold_up_nobody_and_end_with_the_text() {
    let mut server = InProcess::start();
    let options = json!({ "run": { "maxTicks": 1_000_000_000_000u64 } });
    let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities(), "initializationOptions": options });
    server.client.request("initialize", params).await;
    server.client.notify("initialized", json!({})).await;
    server.client.open(URI, "kareldsl", 1, ENDLESS).await;
    // More than tokio has threads for what blocks.
    let mut asked = Vec::new();
    for _ in 0..600 {
        asked.push(server.client.ask("textDocument/hover", place(URI, 11, 10)).await);
    }
    alive(&mut server).await;
    let cancelled = asked.pop().expect("one of them");
    server.client.cancel(cancelled).await;
    assert_eq!(server.client.reply(cancelled).await["error"]["code"], -32800);
    server.client.change(URI, 2, json!([{ "text": "def main(): move()\n" }])).await;
    for id in asked {
        assert_eq!(server.client.reply(id).await["error"]["code"], -32801);
    }
    assert!(!server.client.request("textDocument/hover", place(URI, 0, 6)).await.is_null());
}
