//! Whatever is sent: the debugger neither panics nor hangs, and answers every request once.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::Client;

const PROGRAM: &str =
    "def main():\n    repeat(3): step()\ndef step(): move()\nexample \"e\":\n    input:\n        > . . .\n";

const COMMANDS: [&str; 28] = [
    "initialize",
    "launch",
    "attach",
    "setBreakpoints",
    "breakpointLocations",
    "setExceptionBreakpoints",
    "configurationDone",
    "threads",
    "stackTrace",
    "scopes",
    "variables",
    "evaluate",
    "exceptionInfo",
    "continue",
    "reverseContinue",
    "next",
    "stepIn",
    "stepOut",
    "stepBack",
    "gotoTargets",
    "goto",
    "restartFrame",
    "pause",
    "restart",
    "terminate",
    "source",
    "",
    "cancel",
];

const NAMES: [&str; 26] = [
    "program",
    "example",
    "source",
    "path",
    "breakpoints",
    "line",
    "column",
    "condition",
    "hitCondition",
    "logMessage",
    "threadId",
    "frameId",
    "variablesReference",
    "expression",
    "targetId",
    "levels",
    "startFrame",
    "granularity",
    "arguments",
    "filters",
    "stopOnEntry",
    "noDebug",
    "maxTicks",
    "endLine",
    "name",
    "context",
];

/// JSON of all kinds, with the names and the values that the protocol has among them.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(&[-1_i64, 0, 1, 2, 3, 8, 9, 10, 17, 1 << 31, i64::MAX][..])
            .prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        prop::sample::select(
            &[
                "PROGRAM",
                "e",
                "robot.row == 2",
                "% 2",
                "{markers}",
                "instruction",
                "end",
                "markers > cell(1, 2)"
            ][..]
        )
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(&NAMES[..]), inner), 0..8).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
            }),
        ]
    })
}

#[derive(Debug, Clone)]
enum Message {
    Request(&'static str, Value),
    /// What is no request: any JSON.
    Json(Value),
    Bytes(Vec<u8>),
}

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        12 => (prop::sample::select(&COMMANDS[..]), anything()).prop_map(|(command, body)| Message::Request(command, body)),
        1 => anything().prop_map(Message::Json),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Message::Bytes),
    ]
}

/// Puts the path of a program that is there where its stand-in is.
fn with_program(value: Value, program: &str) -> Value {
    match value {
        Value::String(text) if text == "PROGRAM" => json!(program),
        Value::Array(all) => all.into_iter().map(|one| with_program(one, program)).collect(),
        Value::Object(all) => all.into_iter().map(|(name, one)| (name, with_program(one, program))).collect(),
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_messages_are_survived(launched in any::<bool>(), messages in prop::collection::vec(message(), 1..30)) {
        let mut client = Client::silent();
        let program = client.file("a.karel", PROGRAM);
        if launched {
            client.ask("launch", json!({ "program": program, "stopOnEntry": true }));
            client.ask("configurationDone", json!({}));
        }
        for message in messages {
            match message {
                Message::Request(command, body) => {
                    let response = client.response(command, with_program(body, &program));
                    prop_assert!(response["success"] == true || response["message"].is_string());
                }
                Message::Json(value) => client.send(value.to_string().as_bytes()),
                Message::Bytes(bytes) => client.send(&bytes),
            }
        }
        client.ask("disconnect", json!({}));
        prop_assert!(client.close().is_ok());
    }
}
