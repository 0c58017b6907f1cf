//! Text synchronisation: whatever the client does to its documents, the server has the same text.

use crate::client::{self, InProcess, capabilities};
use proptest::prelude::*;
use serde_json::{Value, json};

const URI: &str = "file:///nowhere/program.karel";

async fn text(server: &mut InProcess) -> Value {
    server.client.request("karel/debugText", json!({ "uri": URI })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_encoding_is_negotiated() {
    for (offered, taken) in [
        (json!(["utf-16", "utf-8"]), "utf-8"),
        (json!(["utf-16"]), "utf-16"),
        (json!(["utf-32"]), "utf-32"),
        (Value::Null, "utf-16"),
    ] {
        let mut server = InProcess::start();
        let result = server.client.initialize(json!({ "general": { "positionEncodings": offered } })).await;
        assert_eq!(result["capabilities"]["positionEncoding"], taken);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_within_one_message_build_on_each_other() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, "one\r\ntwo\n").await;
    let range = |line: u32, from: u32, to: u32| json!({ "start": client::at(line, from), "end": client::at(line, to) });
    let changes = json!([
        { "range": range(1, 0, 3), "text": "zwei\n🤖" },
        { "range": range(2, 4, 4), "text": "!" },
        { "range": range(0, 1, 99), "text": "ins" },
    ]);
    server.client.change(URI, 2, changes).await;
    assert_eq!(text(&mut server).await, "oins\r\nzwei\n🤖!\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impossible_change_is_told_and_healed_by_the_full_text() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.open(URI, "kareldsl", 1, "def main():\n    move()\n").await;
    let backwards = json!({ "start": client::at(1, 0), "end": client::at(0, 0) });
    server.client.change(URI, 2, json!([{ "range": backwards, "text": "x" }])).await;
    let message = server.client.told("window/showMessage").await;
    let message = message["params"]["message"].as_str().unwrap_or_default().to_owned();
    assert!(message.contains("program.karel") && message.contains("reopen"), "{message}");
    assert_eq!(text(&mut server).await, Value::Null);
    // Further edits of a text that the server doesn't know change nothing.
    server
        .client
        .change(
            URI,
            3,
            json!([{ "range": { "start": client::at(0, 0), "end": client::at(0, 0) }, "text": "x" }]),
        )
        .await;
    assert_eq!(text(&mut server).await, Value::Null);
    server.client.change(URI, 4, json!([{ "text": "new" }])).await;
    assert_eq!(text(&mut server).await, "new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_what_was_never_opened_is_survived() {
    let mut server = InProcess::with(capabilities()).await;
    server.client.change(URI, 2, json!([{ "text": "x" }])).await;
    server.client.told("window/showMessage").await;
    server.client.notify("textDocument/didClose", client::document(URI)).await;
    assert_eq!(text(&mut server).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_surrogate_pair_keeps_later_positions_right() {
    let mut server = InProcess::with(json!({})).await;
    // As JavaScript writes it: one escape that is half a pair.
    let body = format!(
        r#"{{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{{"textDocument":{{"uri":"{URI}","languageId":"kareldsl","version":1,"text":"a\ud83eb"}}}}}}"#
    );
    server.client.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
    let range = json!({ "start": client::at(0, 2), "end": client::at(0, 3) });
    server.client.change(URI, 2, json!([{ "range": range, "text": "c" }])).await;
    assert_eq!(text(&mut server).await, "a\u{fffd}c");
}

/// What a client may do, with numbers that are taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Open(String),
    Edit { from: usize, to: usize, insert: String },
    Replace(String),
    Close,
    Ask { method: usize, line: u32, character: u32 },
    Cancel(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let text = || {
        prop_oneof![
            4 => prop::sample::select(TEXTS.to_vec()).prop_map(str::to_owned),
            2 => "[\\PC\n\r\t]{0,20}",
            1 => prop::collection::vec(any::<char>(), 0..30).prop_map(|chars| chars.into_iter().collect::<String>()),
        ]
    };
    let step = prop_oneof![
        2 => text().prop_map(Step::Open),
        6 => (any::<usize>(), any::<usize>(), text()).prop_map(|(from, to, insert)| Step::Edit { from, to, insert }),
        1 => text().prop_map(Step::Replace),
        1 => Just(Step::Close),
        6 => (any::<usize>(), 0..40u32, 0..40u32).prop_map(|(method, line, character)| Step::Ask { method, line, character }),
        2 => any::<usize>().prop_map(Step::Cancel),
    ];
    prop::collection::vec(step, 1..40)
}

const TEXTS: [&str; 6] = [
    "def main():\n    while(frontIsClear()):\n        move()\n",
    "example \"a\":\n    input:\n        > . #\n    output:\n        . > #\n",
    "    ...\n",
    "🤖\r\n",
    "repeat(?): ",
    "\u{2028}#",
];

const METHODS: [&str; 19] = [
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/definition",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/semanticTokens/full",
    "textDocument/codeLens",
    "textDocument/formatting",
    "textDocument/documentLink",
    "textDocument/references",
    "textDocument/selectionRange",
    "textDocument/inlayHint",
    "textDocument/codeAction",
    "textDocument/onTypeFormatting",
    "textDocument/rename",
    "textDocument/prepareCallHierarchy",
];

fn params(method: &str, line: u32, character: u32) -> Value {
    let mut params = client::place(URI, line, character);
    let at = client::at(line, character);
    params["range"] = json!({ "start": client::at(line / 2, 0), "end": at });
    params["positions"] = json!([at]);
    params["context"] = match method {
        "textDocument/references" => json!({ "includeDeclaration": true }),
        "textDocument/completion" => json!({ "triggerKind": 1 }),
        "textDocument/signatureHelp" => Value::Null,
        _ => json!({ "diagnostics": [] }),
    };
    params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
    params["ch"] = json!("\n");
    params["newName"] = json!("renamed");
    params
}

/// The position of a byte offset, in UTF-16, counted from the start.
fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let normal = before.replace("\r\n", "\n").replace('\r', "\n");
    let line = normal.matches('\n').count();
    let character = normal.rsplit('\n').next().unwrap_or_default().encode_utf16().count();
    json!({ "line": line, "character": character })
}

/// A place that a client can name: the start of a character, not between `\r` and `\n`.
fn place_in(text: &str, number: usize) -> usize {
    let mut offset = number % (text.len() + 1);
    while !text.is_char_boundary(offset) || text[..offset].ends_with('\r') && text[offset..].starts_with('\n')
    {
        offset -= 1;
    }
    offset
}

async fn play(steps: Vec<Step>) {
    let mut server = InProcess::with(json!({ "textDocument": capabilities()["textDocument"] })).await;
    let mut model: Option<String> = None;
    let mut version = 0;
    let mut asked: Vec<i64> = Vec::new();
    for step in steps {
        version += 1;
        match step {
            Step::Open(text) => {
                server.client.open(URI, "kareldsl", version, &text).await;
                model = Some(text);
            }
            Step::Close => {
                server.client.notify("textDocument/didClose", client::document(URI)).await;
                model = None;
            }
            Step::Replace(text) if model.is_some() => {
                server.client.change(URI, version, json!([{ "text": text }])).await;
                model = Some(text);
            }
            Step::Edit { from, to, insert } => {
                let Some(text) = &mut model else { continue };
                let (a, b) = (place_in(text, from), place_in(text, to));
                let (start, end) = (a.min(b), a.max(b));
                let range = json!({ "start": position(text, start), "end": position(text, end) });
                server.client.change(URI, version, json!([{ "range": range, "text": insert }])).await;
                text.replace_range(start..end, &insert);
            }
            Step::Ask { method, line, character } => {
                let method = METHODS[method % METHODS.len()];
                asked.push(server.client.ask(method, params(method, line, character)).await);
            }
            Step::Cancel(which) if !asked.is_empty() => {
                server.client.cancel(asked[which % asked.len()]).await;
            }
            Step::Replace(_) | Step::Cancel(_) => {}
        }
    }
    let id = server.client.ask("karel/debugText", json!({ "uri": URI })).await;
    let text = server.client.reply(id).await;
    assert_eq!(text["result"], model.map_or(Value::Null, Value::from));
    for id in asked {
        let reply = server.client.reply(id).await;
        // Cancelled, of an older text, or not to be done; -32603 would be a panic.
        let fine = [-32800, -32801, -32803].iter().any(|code| reply["error"]["code"] == *code);
        assert!(reply.get("error").is_none() || fine, "{reply}");
    }
    let leftover: Vec<&Value> = server.client.kept.iter().filter(|m| m.get("method").is_none()).collect();
    assert!(leftover.is_empty(), "answered twice: {leftover:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_leaves_the_same_text_and_every_request_answered_once(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(play(steps));
        runtime.shutdown_background();
    }
}
