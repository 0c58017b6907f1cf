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
    assert_eq!(told, json!({ "uri": uri, "version": 2, "ids": [recording["id"]] }));
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

/// A change of the example's input to one cell with the robot and that many markers.
fn draw(uri: &str, example: &str, version: i64, markers: u8) -> Value {
    let world = json!({
        "rows": 1, "cols": 1, "walls": [], "markers": [[0, 0, markers]],
        "robot": { "row": 0, "col": 0, "heading": "east" },
    });
    let change = json!({ "kind": "world", "of": "input", "world": world });
    json!({ "textDocument": { "uri": uri }, "version": version, "example": example, "change": change })
}

#[tokio::test]
async fn what_is_drawn_is_written_and_undone() {
    let beside = "# Grüße\r\nexample \"beside\": # drawn\r\n    input: # before\r\n        > .\r\n";
    let folder = Folder::with(&[("row.karel", ROW), ("row.kgrid", beside)]);
    #[cfg(unix)]
    std::fs::set_permissions(folder.path("row.kgrid"), std::os::unix::fs::PermissionsExt::from_mode(0o640))
        .unwrap();
    let shown = Shown::start(&folder, &["row.karel"]);
    let (mut page, mut second) = (Page::open(&shown).await, Page::open(&shown).await);
    let show = page.told("karel/show").await;
    assert_eq!((&show["editor"], &show["undo"]), (&json!(false), &json!(true)));
    let uri = show["uri"].as_str().unwrap();
    let document = json!({ "textDocument": { "uri": uri } });
    let applied = json!({ "applied": true });

    let list = page.ask("karel/recordings", document.clone()).await["result"].take();
    let version = list["document"]["version"].as_i64().unwrap();
    let answer = page.ask("karel/edit", draw(uri, "beside", version, 3)).await;
    assert_eq!(answer["result"], applied, "{answer}");
    let told = second.told("karel/recordingsOutdated").await;
    assert_eq!(told["version"], json!(version + 1));
    let drawn = folder.read("row.kgrid");
    assert_eq!(drawn, beside.replacen("> .", ">3", 1), "all else is as it was");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path("row.kgrid")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
    let entries = std::fs::read_dir(folder.path(".")).unwrap().count();
    assert_eq!(entries, 2, "nothing is left beside the files");

    // Of a text that is no more shown, nothing is drawn.
    assert_eq!(page.ask("karel/edit", draw(uri, "beside", version, 4)).await["error"]["code"], -32801);
    assert_eq!(folder.read("row.kgrid"), drawn);

    assert_eq!(page.ask("karel/undo", document.clone()).await["result"], applied);
    assert_eq!(folder.read("row.kgrid"), beside);
    let said = |answer: Value| (answer["error"]["code"].clone(), answer["error"]["message"].clone());
    let nothing = said(page.ask("karel/undo", document.clone()).await);
    assert_eq!(nothing, (json!(-32803), json!("There is nothing to undo.")));
    // Another page's redo is the same one.
    assert_eq!(second.ask("karel/redo", document.clone()).await["result"], applied);
    assert_eq!(folder.read("row.kgrid"), drawn);
    let nothing = said(page.ask("karel/redo", document.clone()).await);
    assert_eq!(nothing, (json!(-32803), json!("There is nothing to redo.")));

    // What somebody else has written stays.
    let other = drawn.replace("Grüße", "Gruß");
    std::fs::write(folder.path("row.kgrid"), &other).unwrap();
    let refused = said(page.ask("karel/undo", document.clone()).await);
    let why = "row.kgrid was changed elsewhere meanwhile: take that back first.";
    assert_eq!(refused, (json!(-32803), json!(why)));
    assert_eq!(folder.read("row.kgrid"), other);
    let list = page.ask("karel/recordings", document.clone()).await["result"].take();
    let version = list["document"]["version"].as_i64().unwrap();
    let foreign = other.clone() + "# more\r\n";
    std::fs::write(folder.path("row.kgrid"), &foreign).unwrap();
    let answer = page.ask("karel/edit", draw(uri, "beside", version, 5)).await;
    // Whether it was read before the request came, or not.
    let (code, why) = said(answer);
    let clear = "row.kgrid was changed elsewhere meanwhile: draw again.";
    assert!(code == -32801 || (code == -32803 && why == clear), "{code} {why}");
    assert_eq!(folder.read("row.kgrid"), foreign);
    // Once it is taken back, the drawing can be undone, too.
    std::fs::write(folder.path("row.kgrid"), &drawn).unwrap();
    assert_eq!(page.ask("karel/undo", document).await["result"], applied);
    assert_eq!(folder.read("row.kgrid"), beside);
}

#[cfg(unix)]
#[tokio::test]
async fn what_can_not_be_written_is_said() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    let read_only: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o444);
    std::fs::set_permissions(folder.path("row.karel"), read_only).unwrap();
    let shown = Shown::start(&folder, &["row.karel"]);
    let mut page = Page::open(&shown).await;
    let show = page.told("karel/show").await;
    let uri = show["uri"].as_str().unwrap();
    let answer = page.ask("karel/edit", draw(uri, "short", 1, 3)).await;
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.ends_with("row.karel is read-only and stays as it is."), "{message}");
    assert_eq!(folder.read("row.karel"), ROW);
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
