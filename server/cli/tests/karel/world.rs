use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::{Folder, ROW};

/// Long enough for any machine.
const GUARD: Duration = Duration::from_secs(60);

/// `karel world` without a browser; ended when it is dropped.
struct Shown {
    child: Child,
    address: String,
}

impl Shown {
    fn start(folder: &Folder, arguments: &[&str]) -> Shown {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karel"));
        command.arg("world").args(arguments).arg("--no-browser").current_dir(folder.path("."));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
        Shown { child, address: address.trim().to_owned() }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Page {
    async fn open(shown: &Shown) -> Page {
        let address = shown.address.replacen("http", "ws", 1) + "socket";
        Page(connect_async(address).await.unwrap().0)
    }

    /// The next message for which `wanted` has something.
    async fn next(&mut self, wanted: impl Fn(&mut Value) -> Option<Value>) -> Value {
        loop {
            let message = tokio::time::timeout(GUARD, self.0.next()).await.expect("the server answers");
            let Some(Ok(Message::Text(text))) = message else { panic!("{message:?}") };
            if let Some(found) = wanted(&mut serde_json::from_str(&text).unwrap()) {
                return found;
            }
        }
    }

    async fn told(&mut self, method: &str) -> Value {
        self.next(|message| (message["method"] == method).then(|| message["params"].take())).await
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        let message = json!({ "jsonrpc": "2.0", "id": method, "method": method, "params": params });
        self.0.send(message.to_string().into()).await.unwrap();
        self.next(|message| (message["id"] == method).then(|| message.take())).await
    }
}

#[tokio::test]
async fn pages_follow_the_file() {
    let folder = Folder::with(&[("a b.karel", ROW)]);
    let shown = Shown::start(&folder, &["a b.karel", "--example", "wrong"]);
    assert!(shown.address.starts_with("http://127.0.0.1:"), "{}", shown.address);
    let (mut page, mut second) = (Page::open(&shown).await, Page::open(&shown).await);
    let show = page.told("karel/show").await;
    assert_eq!(show, second.told("karel/show").await);
    assert_eq!((&show["example"], &show["editor"]), (&json!("wrong"), &json!(false)));
    let uri = show["uri"].as_str().unwrap();
    assert!(uri.starts_with("file:///") && uri.ends_with("/a%20b.karel"), "{uri}");

    let document = json!({ "textDocument": { "uri": uri }, "example": "wrong" });
    let recording = page.ask("karel/recording", document.clone()).await["result"].take();
    assert_eq!((&recording["length"], &recording["example"]["verdict"]), (&json!(5), &json!("fails")));
    let text = page.ask("karel/text", document.clone()).await["result"].take();
    assert_eq!(text["text"], ROW);
    let elsewhere = json!({ "textDocument": { "uri": "file:///etc/passwd" } });
    assert_eq!(page.ask("karel/text", elsewhere).await["error"]["code"], -32803);

    std::fs::write(folder.path("a b.karel"), ROW.replacen("move()", "move()\n        turnLeft()", 1))
        .unwrap();
    let told = page.told("karel/recordingsOutdated").await;
    assert_eq!(told, json!({ "uri": uri, "version": null, "ids": [recording["id"]] }));
    assert_eq!(second.told("karel/recordingsOutdated").await, told);
    let new = second.ask("karel/recording", document.clone()).await["result"].take();
    assert_ne!(new["page"]["steps"], recording["page"]["steps"]);
    let old = json!({ "id": recording["id"], "from": 0 });
    assert_eq!(page.ask("karel/recordingSteps", old).await["result"]["steps"], recording["page"]["steps"]);

    // Examples that come to be beside the program are its.
    std::fs::write(folder.path("a b.kgrid"), "example \"beside\":\n    input:\n        >\n").unwrap();
    page.told("karel/recordingsOutdated").await;
    let list = page.ask("karel/recordings", document).await["result"].take();
    assert_eq!(list["examples"].as_array().unwrap().last().unwrap()["name"], "beside");
}

#[test]
fn what_can_not_be_shown_is_said() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    let said = |arguments: &[&str]| {
        let ran = folder.karel(&[&["world", "--no-browser"], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        ran.err
    };
    assert_eq!(said(&["none.karel"]), "error: none.karel can't be read: there is no such file\n");
    assert_eq!(
        said(&["row.karel", "--example", "x"]),
        "error: row.karel has no example and no test named \"x\"\n"
    );
    assert_eq!(said(&["-"]), "error: the page follows a file: name one instead of standard input\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let err = said(&["row.karel", "--port", &port]);
    assert!(err.starts_with(&format!("error: the page can't be served at port {port}; leave")), "{err}");
}
