//! A language client for tests: sends what it is told and reads when it is told, over any pipe.

#![allow(dead_code, reason = "each benchmark uses its own part of it")]

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Long enough for any machine. What waits this long waits for ever.
pub(crate) const GUARD: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    pub to: Option<Box<dyn AsyncWrite + Unpin + Send>>,
    from: Box<dyn AsyncRead + Unpin + Send>,
    /// What has come of messages that nobody has taken yet.
    received: Vec<u8>,
    /// Read while waiting for something else.
    pub kept: VecDeque<Value>,
    next: i64,
}

impl Client {
    pub(crate) fn new(
        to: impl AsyncWrite + Unpin + Send + 'static,
        from: impl AsyncRead + Unpin + Send + 'static,
    ) -> Client {
        Client {
            to: Some(Box::new(to)),
            from: Box::new(from),
            received: Vec::new(),
            kept: VecDeque::new(),
            next: 1,
        }
    }

    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        let to = self.to.as_mut().expect("the client has not hung up");
        to.write_all(bytes).await.expect("the server reads");
        to.flush().await.expect("the server reads");
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
    }

    /// Sends a request and gives its id.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> i64 {
        let id = self.next;
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        id
    }

    /// Sends a request and waits for its reply, which must be a result.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params).await;
        let mut reply = self.reply(id).await;
        assert!(reply.get("error").is_none(), "{method}: {reply}");
        reply["result"].take()
    }

    pub(crate) async fn cancel(&mut self, id: i64) {
        self.notify("$/cancelRequest", json!({ "id": id })).await;
    }

    /// The next message; `None` when the server has hung up.
    pub(crate) async fn read(&mut self) -> Option<Value> {
        tokio::time::timeout(GUARD, self.read_frame()).await.expect("the server answers")
    }

    /// The next message that `wanted` accepts; the others are kept.
    pub(crate) async fn next(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&wanted) {
            return self.kept.remove(at).expect("it was found there");
        }
        loop {
            let message = self.read().await.expect("the server has not hung up");
            if wanted(&message) {
                return message;
            }
            self.kept.push_back(message);
        }
    }

    pub(crate) async fn reply(&mut self, id: i64) -> Value {
        self.next(|message| message["id"] == id && message.get("method").is_none()).await
    }

    /// The next request or notification of the server with this method.
    pub(crate) async fn told(&mut self, method: &str) -> Value {
        self.next(|message| message["method"] == method).await
    }

    /// Answers a request of the server.
    pub(crate) async fn answer(&mut self, request: &Value, result: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })).await;
    }

    pub(crate) async fn initialize(&mut self, capabilities: Value) -> Value {
        let result = self
            .request(
                "initialize",
                json!({ "processId": null, "rootUri": null, "capabilities": capabilities }),
            )
            .await;
        self.notify("initialized", json!({})).await;
        result
    }

    pub(crate) async fn open(&mut self, uri: &str, language: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "languageId": language, "version": version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document })).await;
    }

    pub(crate) async fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }))
            .await;
    }

    /// The diagnostics that come with this version of the document.
    pub(crate) async fn diagnostics(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let wanted = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        };
        self.next(wanted).await["params"]["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    /// Closes the pipe to the server.
    pub(crate) fn hang_up(&mut self) {
        self.to = None;
    }

    /// Reads the next message. What was read of one stays here where nobody waits for the rest.
    async fn read_frame(&mut self) -> Option<Value> {
        loop {
            if let Some(message) = self.take_message() {
                return Some(message);
            }
            if self.from.read_buf(&mut self.received).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// Takes a message from what was received, if it is there to its end.
    fn take_message(&mut self) -> Option<Value> {
        const BLANK: &[u8] = b"\r\n\r\n";
        let header = self.received.windows(BLANK.len()).position(|bytes| bytes == BLANK)?;
        let length: usize = std::str::from_utf8(&self.received[..header])
            .ok()
            .and_then(|header| header.strip_prefix("Content-Length: ")?.parse().ok())
            .expect("nothing but messages is sent");
        let body = header + BLANK.len();
        let bytes = self.received.get(body..body + length)?;
        let message = serde_json::from_slice(bytes).expect("the server sends JSON");
        self.received.drain(..body + length);
        Some(message)
    }
}

pub(crate) fn at(line: u32, character: u32) -> Value {
    json!({ "line": line, "character": character })
}

pub(crate) fn document(uri: &str) -> Value {
    json!({ "textDocument": { "uri": uri } })
}

pub(crate) fn place(uri: &str, line: u32, character: u32) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": at(line, character) })
}

/// The whole server in this process, spoken to over a pipe.
pub(crate) struct InProcess {
    pub client: Client,
    pub session: tokio::task::JoinHandle<bool>,
}

impl InProcess {
    /// Started, with no pause before the examples are run; nothing is said yet.
    pub(crate) fn start() -> InProcess {
        InProcess::start_with(karel_lsp::run::Options { pause: Duration::ZERO, ..Default::default() })
    }

    pub(crate) fn start_with(options: karel_lsp::run::Options) -> InProcess {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (from, to) = tokio::io::split(theirs);
        let session = tokio::spawn(karel_lsp::run::run(from, to, options));
        let (from, to) = tokio::io::split(ours);
        InProcess { client: Client::new(to, from), session }
    }

    /// Initialized by a client that can do what capabilities say.
    pub(crate) async fn with(capabilities: Value) -> InProcess {
        let mut server = InProcess::start();
        server.client.initialize(capabilities).await;
        server
    }
}

/// What a modern editor can do, as far as the server asks.
pub(crate) fn capabilities() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16", "utf-8"] },
        "workspace": {
            "applyEdit": true,
            "workspaceEdit": { "documentChanges": true },
        },
        "window": { "workDoneProgress": true },
        "textDocument": {
            "hover": { "contentFormat": ["markdown"] },
            "completion": { "completionItem": { "snippetSupport": true, "documentationFormat": ["markdown"] } },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "rename": { "prepareSupport": true },
            "publishDiagnostics": { "relatedInformation": true, "tagSupport": { "valueSet": [1, 2] } },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } },
                "dataSupport": true,
                "disabledSupport": true,
                "isPreferredSupport": true,
                "resolveSupport": { "properties": ["edit"] },
            },
        },
    })
}
