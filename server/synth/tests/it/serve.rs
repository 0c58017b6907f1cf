//! The engine as a process: what it answers, and what it survives.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

struct Engine {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Engine {
    fn start(arguments: &[&str]) -> Engine {
        let mut process = Command::new(env!("CARGO_BIN_EXE_karel-synth"))
            .args(["serve", "--device", "cpu"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Engine { process, input, output: BufReader::new(output) }
    }

    fn send(&mut self, line: &str) {
        self.input.write_all(line.as_bytes()).unwrap();
        self.input.write_all(b"\n").unwrap();
        self.input.flush().unwrap();
    }

    fn ask(&mut self, id: u64, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string());
    }

    /// The next message; everything on standard output has to be one.
    fn next(&mut self) -> Value {
        let mut line = String::new();
        assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the engine ended");
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"))
    }

    /// The next answer, notifications left aside.
    fn answer(&mut self) -> Value {
        loop {
            let message = self.next();
            if message.get("method").is_none() {
                return message;
            }
        }
    }

    fn lives(&mut self) {
        self.ask(999, "status", &Value::Null);
        let status = self.answer();
        assert_eq!((&status["id"], &status["result"]["device"]), (&json!(999), &json!("cpu")));
    }

    fn end(mut self) {
        self.ask(1000, "shutdown", &Value::Null);
        assert_eq!(self.answer(), json!({ "jsonrpc": "2.0", "id": 1000, "result": null }));
        assert!(self.process.wait().unwrap().success());
    }
}

/// Two steps and a marker, from examples of different size.
fn request(milliseconds: u64) -> Value {
    let example =
        |name: &str, input: &str, output: &str| json!({ "name": name, "input": input, "output": output });
    json!({
        "specification": {
            "program": "def main():\n    ...\n",
            "examples": [
                example("a", "> . .\n. . .", ". . >1\n. . ."),
                example("b", ". . .\n. . .\n. ^ #", ". ^1 .\n. . .\n. . #"),
                example("c", ". 3 < .\n. . . .", ". 3 < .\n. . . ."),
            ],
        },
        "budget": { "milliseconds": milliseconds, "candidates": 1, "beam": 20 },
    })
}

/// The request without the example that contradicts the others.
fn possible() -> Value {
    let mut request = request(600_000);
    request["specification"]["examples"].as_array_mut().unwrap().pop();
    request
}

#[test]
fn a_synthesis_from_start_to_end() {
    let mut engine = Engine::start(&[]);
    engine.ask(7, "synthesize", &possible());
    let candidate = engine.next();
    assert_eq!((&candidate["method"], &candidate["params"]["id"]), (&json!("candidate"), &json!(7)));
    let outcome = engine.answer();
    assert_eq!(outcome["id"], 7);
    assert_eq!(outcome["result"]["candidates"][0]["fills"], json!(["move()\nmove()\nputMarker()"]));
    assert_eq!(outcome["result"]["device"], "cpu");
    engine.end();
}

#[test]
fn traces() {
    let mut engine = Engine::start(&[]);
    let examples = possible()["specification"]["examples"].clone();
    let mut examples = examples.as_array().unwrap().clone();
    examples.push(json!({ "name": "without output", "input": "> ." }));
    engine.ask(1, "traces", &json!({ "examples": examples }));
    let steps = json!(["move", "move", "putMarker"]);
    assert_eq!(engine.answer()["result"]["traces"], json!([steps, steps, null]));
    // No time, no traces.
    engine.ask(2, "traces", &json!({ "examples": examples, "milliseconds": 0 }));
    assert_eq!(engine.answer()["result"]["traces"], json!([null, null, null]));
    engine.end();
}

#[test]
fn bad_lines_are_answered_and_survived() {
    let mut engine = Engine::start(&[]);
    for (line, id, code) in [
        ("this is not JSON", Value::Null, -32700),
        ("\u{0}\u{1}\u{fffd}", Value::Null, -32700),
        ("[1, 2", Value::Null, -32700),
        ("42", Value::Null, -32600),
        (r#"{"id": 3}"#, json!(3), -32600),
        (r#"{"jsonrpc": "1.0", "id": 4, "method": "status"}"#, json!(4), -32600),
        (r#"{"id": 5, "method": "fly"}"#, json!(5), -32601),
        (r#"{"id": 6, "method": "synthesize", "params": {"specification": 1}}"#, json!(6), -32602),
        (
            r#"{"id": 8, "method": "synthesize", "params": {"specification": {"program": "", "examples": []}}}"#,
            json!(8),
            -32602,
        ),
    ] {
        engine.send(line);
        let answer = engine.answer();
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&id, &json!(code)), "{line}: {answer}");
        assert!(!answer["error"]["message"].as_str().unwrap().contains('\n'), "{answer}");
    }
    engine.send("");
    engine.send(r#"{"method": "unknown notification"}"#);
    engine.send(r#"{"method": "$/cancelRequest", "params": {"id": 12345}}"#);
    let deep = "[".repeat(100_000);
    engine.send(&deep);
    assert_eq!(engine.answer()["error"]["code"], -32700);
    engine.lives();
    engine.end();
}

#[test]
fn a_line_of_100_megabytes_is_refused() {
    let mut engine = Engine::start(&[]);
    let megabyte = "x".repeat(1 << 20);
    for _ in 0..100 {
        engine.input.write_all(megabyte.as_bytes()).unwrap();
    }
    engine.send("");
    let answer = engine.answer();
    assert_eq!(answer["error"]["code"], -32700);
    assert!(answer["error"]["message"].as_str().unwrap().contains("16 MiB"));
    engine.lives();
    engine.end();
}

#[test]
fn a_running_request_is_cancelled_while_others_go_on() {
    let mut engine = Engine::start(&["--workers", "1"]);
    // It can't be solved, and there is an hour for it; the second one waits behind it.
    engine.ask(1, "synthesize", &request(3_600_000));
    engine.ask(2, "synthesize", &request(3_600_000));
    engine.ask(2, "status", &Value::Null);
    assert_eq!(engine.answer()["result"]["version"], env!("CARGO_PKG_VERSION"));
    for id in [2, 1] {
        engine.send(&json!({ "method": "$/cancelRequest", "params": { "id": id } }).to_string());
        // The one that waits is told at once.
        let answer = engine.answer();
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(id), &json!(-32800)), "{answer}");
    }
    engine.ask(3, "synthesize", &possible());
    assert_eq!(engine.answer()["id"], 3);
    engine.end();
}

#[test]
fn the_budget_ends_a_search_and_progress_is_told() {
    let mut engine = Engine::start(&[]);
    engine.ask(1, "synthesize", &request(1_000));
    let mut told = Vec::new();
    let answer = loop {
        let message = engine.next();
        if message["method"].is_null() {
            break message;
        }
        assert_eq!((&message["method"], &message["params"]["id"]), (&json!("progress"), &json!(1)));
        told.push((message["params"]["milliseconds"].as_u64(), message["params"]["programsRun"].as_u64()));
    };
    assert!(!told.is_empty() && told.is_sorted(), "{told:?}");
    assert_eq!(answer["result"]["stopped"], "budget");
    assert_eq!(answer["result"]["candidates"], json!([]));
    engine.end();
}

#[test]
fn time_in_the_queue_counts() {
    let mut engine = Engine::start(&["--workers", "1"]);
    engine.ask(1, "synthesize", &request(3_600_000));
    engine.ask(2, "synthesize", &request(300));
    let answer = engine.answer();
    assert_eq!((&answer["id"], &answer["result"]["stopped"]), (&json!(2), &json!("budget")), "{answer}");
    assert_eq!((&answer["result"]["candidates"], &answer["result"]["programsRun"]), (&json!([]), &json!(0)));
    assert!(answer["result"]["milliseconds"].as_u64().unwrap() >= 300);
    engine.send(&json!({ "method": "$/cancelRequest", "params": { "id": 1 } }).to_string());
    assert_eq!(engine.answer()["id"], 1);
    engine.end();
}

#[test]
fn requests_at_one_time_do_not_disturb_each_other() {
    let mut engine = Engine::start(&["--workers", "4", "--share", "true"]);
    engine.ask(1, "synthesize", &request(3_600_000));
    for id in 2..=4 {
        engine.ask(id, "synthesize", &possible());
    }
    for _ in 2..=4 {
        let answer = engine.answer();
        assert_ne!(answer["id"], 1);
        let fills = &answer["result"]["candidates"][0]["fills"];
        assert_eq!(fills, &json!(["move()\nmove()\nputMarker()"]), "{answer}");
    }
    engine.ask(5, "synthesize", &possible());
    engine.send(&json!({ "method": "$/cancelRequest", "params": { "id": 1 } }).to_string());
    let mut answers = [engine.answer(), engine.answer()];
    answers.sort_by_key(|answer| answer["id"].as_u64());
    assert_eq!(answers[0]["error"]["code"], -32800);
    assert_eq!(answers[1]["result"]["candidates"][0]["fills"], json!(["move()\nmove()\nputMarker()"]));
    engine.end();
}

#[test]
fn it_ends_with_its_input() {
    let mut engine = Engine::start(&[]);
    engine.ask(1, "synthesize", &request(3_600_000));
    engine.lives();
    drop(engine.input);
    assert!(engine.process.wait().unwrap().success());
}

#[test]
fn unusable_weights_are_one_sentence() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let output = Command::new(env!("CARGO_BIN_EXE_karel-synth"))
        .args(["serve", "--device", "cpu", "--models", folder])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: ") && error.trim_end().lines().count() == 1, "{error}");
    assert!(error.contains("holds no weights of a code model"), "{error}");
}
