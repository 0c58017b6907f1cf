//! The page of recorded runs that the server itself serves to a browser.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::client::{GUARD, InProcess, at, place};
use crate::synthesis::engine;

/// No file, so that no files beside it are read, which would outdate runs once more.
const URI: &str = "untitled:walk.karel";

const WALK: &str = "\
def main():
    while(frontIsClear()): move() # 😀
example \"a\":
    input:
        > . .
example \"b\":
    input:
        > .
";

struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Page {
    async fn open(address: &Value) -> Page {
        let address = address.as_str().unwrap().replacen("http", "ws", 1) + "socket";
        Page(connect_async(address).await.unwrap().0)
    }

    async fn next(&mut self) -> Option<Value> {
        let message = tokio::time::timeout(GUARD, self.0.next()).await.expect("the server answers");
        let Some(Ok(Message::Text(text))) = message else { return None };
        Some(serde_json::from_str(&text).unwrap())
    }

    async fn told(&mut self, method: &str) -> Value {
        loop {
            let mut message = self.next().await.expect("the page is served");
            if message["method"] == method {
                return message["params"].take();
            }
        }
    }

    async fn send(&mut self, message: Value) {
        self.0.send(message.to_string().into()).await.unwrap();
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.send(json!({ "id": 1, "method": method, "params": params })).await;
        loop {
            let message = self.next().await.expect("the page is served");
            if message["id"] == 1 {
                return message;
            }
        }
    }
}

/// Counts characters in UTF-8, and can show documents.
async fn editor() -> InProcess {
    let capabilities = json!({
        "general": { "positionEncodings": ["utf-8"] },
        "window": { "showDocument": { "support": true } },
        "workspace": { "applyEdit": true },
        "textDocument": {},
    });
    InProcess::with(capabilities).await
}

/// Sends the command, and opens what the server has the editor open; gives both addresses.
async fn open_world(server: &mut InProcess) -> Value {
    let command = json!({ "command": "karel.openWorld" });
    let id = server.client.ask("workspace/executeCommand", command).await;
    let show = server.client.told("window/showDocument").await;
    assert_eq!(show["params"]["external"], true);
    server.client.answer(&show, json!({ "success": true })).await;
    let address = server.client.reply(id).await["result"]["address"].take();
    assert_eq!(show["params"]["uri"], address);
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_what_the_editor_last_touched_and_follows_it() {
    let mut server = editor().await;
    let id = server.client.ask("workspace/executeCommand", json!({ "command": "karel.openWorld" })).await;
    let error = server.client.reply(id).await["error"].take();
    assert_eq!(error["message"], "Open a Karel program first, then its world.");

    server.client.open(URI, "kareldsl", 1, WALK).await;
    let address = open_world(&mut server).await;
    let mut page = Page::open(&address).await;
    assert_eq!(page.told("karel/show").await, json!({ "uri": URI, "editor": true }));
    let document = json!({ "textDocument": { "uri": URI }, "example": "a" });
    let run = page.ask("karel/recording", document.clone()).await["result"].take();
    assert_eq!((&run["length"], &run["document"]["version"]), (&json!(5), &json!(1)));

    // The cursor goes from UTF-8 to the page's UTF-16, and what the page shows comes back.
    server.client.request("textDocument/documentHighlight", place(URI, 1, 40)).await;
    assert_eq!(page.told("karel/cursor").await, json!({ "uri": URI, "position": at(1, 38) }));
    server.client.notify("karel/cursor", json!({ "uri": URI, "position": at(1, 4) })).await;
    assert_eq!(page.told("karel/cursor").await["position"], at(1, 4));
    let range = json!({ "start": at(1, 27), "end": at(1, 38) });
    page.send(json!({ "method": "karel/reveal", "params": { "uri": URI, "range": range } })).await;
    let revealed = server.client.told("window/showDocument").await;
    let wanted = json!({
        "uri": URI, "external": false, "takeFocus": false,
        "selection": { "start": at(1, 27), "end": at(1, 40) },
    });
    assert_eq!(revealed["params"], wanted);
    server.client.answer(&revealed, json!({ "success": true })).await;

    // An edit; the client itself has asked for nothing, and is told nothing.
    server.client.change(URI, 2, json!([{ "text": WALK.replace("move()", "turnLeft()") }])).await;
    let told = page.told("karel/recordingsOutdated").await;
    assert_eq!(told, json!({ "uri": URI, "version": 2, "ids": [run["id"]] }));
    let new = page.ask("karel/recording", document).await["result"].take();
    assert_eq!(new["document"]["version"], 2);

    // What is drawn in the page is changed in the editor.
    let copy = json!({ "textDocument": { "uri": URI }, "example": "a", "change": { "kind": "copy" } });
    page.send(json!({ "id": "copy", "method": "karel/edit", "params": copy })).await;
    let apply = server.client.told("workspace/applyEdit").await;
    assert!(apply["params"]["edit"].to_string().contains("example \\\"a 2\\\":"), "{apply}");
    server.client.answer(&apply, json!({ "applied": false })).await;
    let answer = loop {
        let message = page.next().await.expect("the page is served");
        if message["id"] == "copy" {
            break message;
        }
    };
    assert_eq!(answer["error"]["message"], "The editor rejected the change.");

    // Asked for an example while a page is there: that one shows it.
    let arguments = json!([URI, "b", { "test": false, "ordinal": 0 }]);
    let command = json!({ "command": "karel.openWorld", "arguments": arguments });
    assert_eq!(server.client.request("workspace/executeCommand", command).await["address"], address);
    let show = page.told("karel/show").await;
    let run = json!({ "textDocument": { "uri": show["uri"] }, "example": show["example"] });
    assert_eq!(page.ask("karel/recording", run).await["result"]["example"]["name"], "b");
    assert!(server.client.kept.iter().all(|message| message["method"] != "karel/recordingsOutdated"));

    server.client.request("shutdown", Value::Null).await;
    server.client.notify("exit", Value::Null).await;
    assert!(server.session.await.unwrap());
    assert_eq!(page.next().await, None, "it ends with the session");
}

/// As [`editor`], and the engine does `body` with each request `r`.
async fn editor_with_engine(body: &str) -> InProcess {
    let capabilities = json!({
        "window": { "showDocument": { "support": true } },
        "workspace": { "applyEdit": true, "workspaceEdit": { "documentChanges": true } },
        "textDocument": {},
    });
    engine::server(capabilities, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_looks_for_programs_and_has_one_taken() {
    let mut server = editor_with_engine("send(id=r['id'], result=outcome('move()'))").await;
    let address = open_world(&mut server).await;
    let mut page = Page::open(&address).await;
    let document = json!({ "textDocument": { "uri": engine::URI } });
    let found = page.ask("karel/find", document.clone()).await["result"].take();
    assert_eq!(found["programs"], 1, "{found}");
    let mut asked = document.clone();
    asked["example"] = 0.into();
    let candidates = page.ask("karel/candidates", asked).await["result"].take();
    let [candidate] = candidates["candidates"].as_array().unwrap().as_slice() else { panic!("{candidates}") };
    assert_eq!(candidate["recording"]["page"]["steps"][0]["name"], "move()");

    let mut take = document;
    (take["version"], take["candidate"]) = (candidates["document"]["version"].clone(), 0.into());
    page.send(json!({ "id": 2, "method": "karel/take", "params": take })).await;
    let apply = server.client.told("workspace/applyEdit").await;
    let edit = &apply["params"]["edit"]["documentChanges"][0]["edits"][0];
    assert!(edit["newText"].as_str().is_some_and(|text| text.contains("move()")), "{apply}");
    server.client.answer(&apply, json!({ "applied": true })).await;
    loop {
        let message = page.next().await.expect("the page is served");
        if message["id"] == 2 {
            assert_eq!(message["result"], Value::Null, "{message}");
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_can_give_up_its_search() {
    let mut server = editor_with_engine("pass").await;
    let address = open_world(&mut server).await;
    let mut page = Page::open(&address).await;
    let document = json!({ "textDocument": { "uri": engine::URI } });
    page.send(json!({ "id": 1, "method": "karel/find", "params": document })).await;
    // The engine never answers: only this ends it.
    page.send(json!({ "method": "$/cancelRequest", "params": { "id": 1 } })).await;
    loop {
        let message = page.next().await.expect("the page is served");
        if message["id"] == 1 {
            assert_eq!(message["error"]["code"], -32801, "{message}");
            break;
        }
    }
}
