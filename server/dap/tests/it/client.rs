//! A client of the Debug Adapter Protocol, as raw as can be, and programs to debug.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write, pipe};
use std::path::PathBuf;
use std::thread::JoinHandle;

use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) struct Client {
    to: Option<PipeWriter>,
    from: BufReader<PipeReader>,
    adapter: Option<JoinHandle<std::io::Result<()>>>,
    seq: i64,
    /// Events that have come and were not asked for yet.
    events: VecDeque<Value>,
    folder: TempDir,
}

impl Client {
    /// A client that has said hello, and a folder for its programs.
    pub(crate) fn new() -> Client {
        let mut client = Client::silent();
        let capabilities = client.ask("initialize", json!({ "adapterID": "karel", "clientID": "test" }));
        assert_eq!(capabilities["supportsStepBack"], true);
        client
    }

    pub(crate) fn silent() -> Client {
        let (input, to) = pipe().unwrap();
        let (from, output) = pipe().unwrap();
        let adapter = Some(std::thread::spawn(move || dap::serve(input, output)));
        let (from, folder) = (BufReader::new(from), tempfile::tempdir().unwrap());
        Client { to: Some(to), from, adapter, seq: 0, events: VecDeque::new(), folder }
    }

    /// Writes a file of the folder and returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Launches the program of this text, and waits until breakpoints can be set.
    pub(crate) fn launch(&mut self, text: &str, more: Value) -> String {
        let program = self.file("a.karel", text);
        let mut arguments = json!({ "program": program });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.ask("launch", arguments);
        self.event("initialized");
        program
    }

    /// Starts the run, and returns the event of its first stop.
    pub(crate) fn start(&mut self) -> Value {
        self.ask("configurationDone", json!({}));
        self.event("stopped")
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let to = self.to.as_mut().unwrap();
        to.write_all(format!("Content-Length: {}\r\n\r\n", bytes.len()).as_bytes()).unwrap();
        to.write_all(bytes).unwrap();
    }

    pub(crate) fn request(&mut self, command: &str, arguments: Value) -> i64 {
        self.seq += 1;
        let message =
            json!({ "seq": self.seq, "type": "request", "command": command, "arguments": arguments });
        self.send(message.to_string().as_bytes());
        self.seq
    }

    /// The response to a request, whichever it is.
    pub(crate) fn response(&mut self, command: &str, arguments: Value) -> Value {
        let seq = self.request(command, arguments);
        loop {
            let message = self.read().expect("a response");
            if message["type"] == "response" {
                assert_eq!((&message["request_seq"], &message["command"]), (&json!(seq), &json!(command)));
                return message;
            }
            self.events.push_back(message);
        }
    }

    /// The body of the response to a request that succeeds.
    pub(crate) fn ask(&mut self, command: &str, arguments: Value) -> Value {
        let response = self.response(command, arguments);
        assert_eq!(response["success"], true, "{command}: {response}");
        response["body"].clone()
    }

    /// The message of a request that fails.
    pub(crate) fn refused(&mut self, command: &str, arguments: Value) -> String {
        let response = self.response(command, arguments);
        assert_eq!(response["success"], false, "{command}: {response}");
        response["message"].as_str().unwrap().to_owned()
    }

    /// The body of the next event of this name; those before it are dropped.
    pub(crate) fn event(&mut self, name: &str) -> Value {
        loop {
            let event = match self.events.pop_front() {
                Some(event) => event,
                None => self.read().unwrap_or_else(|| panic!("no event {name}")),
            };
            if event["event"] == name {
                return event["body"].clone();
            }
        }
    }

    /// Has the run move, and returns why and where it stops: `breakpoint 4`.
    pub(crate) fn moves(&mut self, command: &str, arguments: Value) -> String {
        self.events.clear();
        self.ask(command, arguments);
        let stopped = self.event("stopped");
        format!("{} {}", stopped["reason"].as_str().unwrap(), self.line())
    }

    /// The line of the innermost frame.
    pub(crate) fn line(&mut self) -> u64 {
        self.ask("stackTrace", json!({ "threadId": 1 }))["stackFrames"][0]["line"].as_u64().unwrap()
    }

    /// Sets breakpoints, and returns for each its line, or why it is not verified.
    pub(crate) fn breakpoints(&mut self, program: &str, wanted: Value) -> Vec<String> {
        let told =
            self.ask("setBreakpoints", json!({ "source": { "path": program }, "breakpoints": wanted }));
        let one = |breakpoint: &Value| match breakpoint["verified"] == true {
            true => breakpoint["line"].to_string(),
            false => breakpoint["message"].as_str().unwrap().to_owned(),
        };
        told["breakpoints"].as_array().unwrap().iter().map(one).collect()
    }

    pub(crate) fn evaluate(&mut self, expression: &str) -> String {
        let body =
            self.ask("evaluate", json!({ "expression": expression, "frameId": 1, "context": "watch" }));
        body["result"].as_str().unwrap().to_owned()
    }

    /// The variables of a scope of the innermost frame, each as `name=value`.
    pub(crate) fn scope(&mut self, name: &str) -> Vec<String> {
        let scopes = self.ask("scopes", json!({ "frameId": 1 }));
        let scope = scopes["scopes"].as_array().unwrap().iter().find(|scope| scope["name"] == name);
        let Some(scope) = scope else { return Vec::new() };
        let told = self.ask("variables", json!({ "variablesReference": scope["variablesReference"] }));
        let one = |v: &Value| format!("{}={}", v["name"].as_str().unwrap(), v["value"].as_str().unwrap());
        told["variables"].as_array().unwrap().iter().map(one).collect()
    }

    /// The next message; `None` where the adapter has ended.
    pub(crate) fn read(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().unwrap(),
                None => break,
            }
        }
        let mut bytes = vec![0; length];
        self.from.read_exact(&mut bytes).unwrap();
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    /// Ends the input, and returns how the adapter ended; what it has still written is read.
    pub(crate) fn close(&mut self) -> std::io::Result<()> {
        self.to = None;
        while self.read().is_some() {}
        self.adapter.take().unwrap().join().expect("the adapter did not panic")
    }
}
