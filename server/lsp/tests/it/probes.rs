//! The twelve probes that stock tower-lsp 0.20.0 fails, run against it behind the project's transport. None of them
//! measures time: what must not wait for something is asked while that something never ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::client::{Client, GUARD, document, place};
use karel_lsp::state::document::Key;
use karel_lsp::state::global::GlobalState;
use karel_lsp::transport::arrival;
use karel_lsp::transport::serve::serve;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;
use tower_lsp::{LanguageServer, LspService};

const URI: &str = "probe:///text";

/// What the tests and the handlers below share.
#[derive(Default)]
struct Signals {
    /// Ends the handlers that wait or burn.
    release: AtomicBool,
    /// A handler has begun, or a worker has stopped.
    began: Notify,
    stopped: Notify,
    symbols: AtomicUsize,
}

/// Does in `hover` what the document's name says, and answers `documentSymbol` at once.
struct Probe {
    client: tower_lsp::Client,
    signals: Arc<Signals>,
}

#[tower_lsp::async_trait]
impl LanguageServer for Probe {
    async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
        Ok(InitializeResult::default())
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let signals = Arc::clone(&self.signals);
        let context = arrival::current().expect("a handler has a context");
        signals.began.notify_one();
        match params.text_document_position_params.text_document.uri.path() {
            "/endless" => std::future::pending().await,
            "/ask" => drop(self.client.workspace_folders().await),
            "/panic" => panic!("as asked"),
            "/burn" => {
                while !signals.release.load(Ordering::Relaxed) {
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
            }
            "/work" => {
                let work = move || {
                    while !context.cancel.is_cancelled() {
                        std::thread::sleep(std::time::Duration::from_millis(1));
                    }
                    signals.stopped.notify_one();
                };
                tokio::task::spawn_blocking(work).await.expect("the worker does not panic");
            }
            "/text" => {
                self.client.log_message(MessageType::LOG, "an innocent await").await;
                let key = Key::of(&URI.parse().expect("a URI"));
                let text =
                    context.snapshot.document(&key).map(|document| document.text.contiguous().to_string());
                let contents = HoverContents::Scalar(MarkedString::String(text.unwrap_or_default()));
                return Ok(Some(Hover { contents, range: None }));
            }
            other => panic!("no such probe: {other}"),
        }
        Ok(None)
    }

    async fn document_symbol(&self, _: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.signals.symbols.fetch_add(1, Ordering::Relaxed);
        Ok(None)
    }
}

struct Rig {
    client: Client,
    signals: Arc<Signals>,
    session: JoinHandle<bool>,
}

async fn rig(pipe: usize) -> Rig {
    let signals = Arc::new(Signals::default());
    let (global, _events) = GlobalState::new();
    let (service, socket) = LspService::new(|client| Probe { client, signals: Arc::clone(&signals) });
    let (ours, theirs) = tokio::io::duplex(pipe);
    let (from, to) = tokio::io::split(theirs);
    let session = tokio::spawn(serve(from, to, service, socket, global, CancellationToken::new()));
    let (from, to) = tokio::io::split(ours);
    let mut client = Client::new(to, from);
    client.initialize(json!({})).await;
    Rig { client, signals, session }
}

impl Rig {
    async fn hover(&mut self, probe: &str) -> i64 {
        self.client.ask("textDocument/hover", place(&format!("probe:///{probe}"), 0, 0)).await
    }

    /// The server lives, and nothing stands in the way of a cheap request.
    async fn alive(&mut self) {
        assert_eq!(self.client.request("textDocument/documentSymbol", document(URI)).await, Value::Null);
    }

    async fn ended(self) -> bool {
        tokio::time::timeout(GUARD, self.session).await.expect("the session ends").expect("without a panic")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t01_exit_ends_the_session_while_the_client_keeps_its_end_open() {
    let mut rig = rig(1 << 16).await;
    rig.client.request("shutdown", Value::Null).await;
    rig.client.notify("exit", Value::Null).await;
    assert!(rig.ended().await, "shutdown came first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t01_exit_without_shutdown_is_told_apart() {
    let mut rig = rig(1 << 16).await;
    rig.client.notify("exit", Value::Null).await;
    assert!(!rig.ended().await, "no shutdown came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t02_a_late_answer_to_a_cancelled_request_is_survived() {
    let mut rig = rig(1 << 16).await;
    let id = rig.hover("ask").await;
    let question = rig.client.told("workspace/workspaceFolders").await;
    rig.client.cancel(id).await;
    assert_eq!(rig.client.reply(id).await["error"]["code"], -32800);
    rig.client.answer(&question, Value::Null).await;
    rig.alive().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t03_cancelling_does_not_wait_for_running_requests() {
    let mut rig = rig(1 << 16).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(rig.hover("endless").await);
    }
    rig.client.cancel(ids[0]).await;
    assert_eq!(rig.client.reply(ids[0]).await["error"]["code"], -32800);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t04_running_requests_hold_up_neither_changes_nor_requests() {
    let mut rig = rig(1 << 16).await;
    rig.client.open(URI, "kareldsl", 1, "old").await;
    for _ in 0..4 {
        rig.hover("endless").await;
    }
    rig.client.change(URI, 2, json!([{ "text": "new" }])).await;
    rig.alive().await;
    let id = rig.hover("text").await;
    assert_eq!(rig.client.reply(id).await["result"]["contents"], "new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t05_a_handler_that_burns_a_core_holds_up_nobody() {
    let mut rig = rig(1 << 16).await;
    let id = rig.hover("burn").await;
    rig.signals.began.notified().await;
    rig.alive().await;
    rig.signals.release.store(true, Ordering::Relaxed);
    assert_eq!(rig.client.reply(id).await["result"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t06_a_panicking_handler_costs_only_its_own_request() {
    let mut rig = rig(1 << 16).await;
    let id = rig.hover("panic").await;
    assert_eq!(rig.client.reply(id).await["error"]["code"], -32603);
    rig.alive().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t07_changes_are_made_in_order_and_requests_see_those_before_them() {
    let mut rig = rig(1 << 16).await;
    rig.client.open(URI, "kareldsl", 0, "").await;
    let mut hovers = Vec::new();
    for version in 1..=6 {
        let end = json!({ "start": { "line": 9, "character": 0 }, "end": { "line": 9, "character": 0 } });
        rig.client.change(URI, version, json!([{ "range": end, "text": version.to_string() }])).await;
        hovers.push(rig.hover("text").await);
    }
    for (id, text) in hovers.into_iter().zip(["1", "12", "123", "1234", "12345", "123456"]) {
        assert_eq!(rig.client.reply(id).await["result"]["contents"], text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t08_an_abrupt_disconnect_with_a_request_open_ends_the_session() {
    let mut rig = rig(1 << 16).await;
    rig.hover("endless").await;
    rig.signals.began.notified().await;
    let Rig { client, session, .. } = rig;
    drop(client);
    let ended = tokio::time::timeout(GUARD, session).await.expect("the session ends");
    assert!(!ended.expect("without a panic"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t09_changes_queued_before_the_clients_answers_do_not_lock_up() {
    let mut rig = rig(1 << 20).await;
    rig.client.open(URI, "kareldsl", 0, "").await;
    let mut hovers = Vec::new();
    let mut questions = Vec::new();
    for _ in 0..4 {
        hovers.push(rig.hover("ask").await);
        questions.push(rig.client.told("workspace/workspaceFolders").await);
    }
    for version in 1..=300 {
        rig.client.change(URI, version, json!([{ "text": version.to_string() }])).await;
    }
    for question in &questions {
        rig.client.answer(question, Value::Null).await;
    }
    for id in hovers {
        assert_eq!(rig.client.reply(id).await["result"], Value::Null);
    }
    let id = rig.hover("text").await;
    assert_eq!(rig.client.reply(id).await["result"]["contents"], "300");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t10_cancelling_reaches_the_worker() {
    let mut rig = rig(1 << 16).await;
    let id = rig.hover("work").await;
    rig.signals.began.notified().await;
    rig.client.cancel(id).await;
    assert_eq!(rig.client.reply(id).await["error"]["code"], -32800);
    tokio::time::timeout(GUARD, rig.signals.stopped.notified()).await.expect("the worker stops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t11_twenty_thousand_requests_are_each_answered_once() {
    let mut rig = rig(1 << 20).await;
    let start = std::time::Instant::now();
    for _ in 0..200 {
        let mut ids = Vec::new();
        for _ in 0..100 {
            ids.push(rig.client.ask("textDocument/documentSymbol", document(URI)).await);
        }
        let mut answered = Vec::new();
        for _ in 0..100 {
            let reply = rig.client.read().await.expect("a reply");
            answered.push(reply["id"].as_i64().expect("its id"));
        }
        answered.sort_unstable();
        assert_eq!(answered, ids);
    }
    #[allow(clippy::print_stderr, reason = "a figure for who runs the probe by hand")]
    {
        eprintln!("{:.1} µs a request, client included", start.elapsed().as_secs_f64() * 1e6 / 20_000.0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t12_a_client_that_never_reads_does_not_stop_the_server_from_reading() {
    let mut rig = rig(4096).await;
    for _ in 0..2_000 {
        rig.client.ask("textDocument/documentSymbol", document(URI)).await;
    }
    let all = async {
        while rig.signals.symbols.load(Ordering::Relaxed) < 2_000 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(GUARD, all).await.expect("all are handled");
}
