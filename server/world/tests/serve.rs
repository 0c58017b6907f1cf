//! The server of the page, asked over real sockets by those it is for and by those it is not for.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, SinkExt, StreamExt};
use recording::Failure;
use recording::messages::Show;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;
use world::{Bundle, Host, Pages, Served, serve};

/// Long enough for any machine. What waits this long waits for ever.
const GUARD: Duration = Duration::from_secs(60);

const STAND_IN: Bundle = Bundle { html: "<title>stand-in</title>", script: "script()", style: "style{}" };

/// Answers `echo` with the parameters, never answers `wait`, and tells of what it sees.
struct Toy {
    seen: mpsc::UnboundedSender<String>,
}

impl Host for Toy {
    fn answer(
        &self,
        method: String,
        params: Value,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, Result<String, Failure>> {
        let seen = self.seen.clone();
        async move {
            match method.as_str() {
                "echo" => Ok(params.to_string()),
                "wait" => {
                    seen.send("waits".to_owned()).unwrap();
                    cancel.cancelled().await;
                    seen.send("cancelled".to_owned()).unwrap();
                    Err(Failure::Cancelled)
                }
                other => Err(Failure::Unknown(other.to_owned())),
            }
        }
        .boxed()
    }

    fn take(&self, method: &str, params: Value) {
        self.seen.send(format!("{method} {params}")).unwrap();
    }

    fn first(&self) -> Show {
        Show {
            uri: "file:///a.karel".to_owned(),
            editor: false,
            synthesis: false,
            undo: false,
            example: None,
            step: None,
        }
    }
}

struct Site {
    served: Served,
    pages: Pages,
    seen: mpsc::UnboundedReceiver<String>,
}

impl Site {
    async fn start() -> Site {
        let (tell, seen) = mpsc::unbounded_channel();
        let pages = Pages::default();
        let served = serve(Arc::new(Toy { seen: tell }), pages.clone(), STAND_IN, 0).await.unwrap();
        Site { served, pages, seen }
    }

    /// `127.0.0.1:PORT`
    fn authority(&self) -> &str {
        self.served.address.split('/').nth(2).unwrap()
    }

    fn token(&self) -> &str {
        self.served.address.split('/').nth(3).unwrap()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.authority()).await.unwrap()
    }

    /// Everything that is answered to these lines; nothing where the connection is refused.
    async fn raw(&self, lines: &str) -> String {
        let mut stream = self.connect().await;
        let lines = lines.replacen("\n\n", "\nConnection: close\n\n", 1);
        let _ = stream.write_all(lines.replace('\n', "\r\n").as_bytes()).await;
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(GUARD, stream.read_to_end(&mut answer)).await.expect("an end");
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn get(&self, path: &str) -> String {
        self.raw(&format!("GET {path} HTTP/1.1\nHost: {}\n\n", self.authority())).await
    }

    async fn page(&self) -> Page {
        self.page_with("Origin", &format!("http://{}", self.authority())).await.unwrap()
    }

    async fn page_with(&self, header: &'static str, value: &str) -> Result<Page, Error> {
        let mut request =
            format!("ws://{}/{}/socket", self.authority(), self.token()).into_client_request()?;
        request.headers_mut().insert(header, value.parse().unwrap());
        Ok(Page(connect_async(request).await?.0))
    }
}

struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Page {
    /// The next message; none at the end.
    async fn next(&mut self) -> Option<Value> {
        let message = tokio::time::timeout(GUARD, self.0.next()).await.expect("the server answers");
        match message {
            Some(Ok(Message::Text(text))) => Some(serde_json::from_str(&text).unwrap()),
            _ => None,
        }
    }

    async fn send(&mut self, text: &str) {
        self.0.send(text.into()).await.unwrap();
    }

    async fn ask(&mut self, message: Value) -> Value {
        self.send(&message.to_string()).await;
        self.next().await.unwrap()
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

#[tokio::test]
async fn the_page_is_served_with_strict_headers() {
    let site = Site::start().await;
    let root = format!("/{}/", site.token());
    for (name, content) in [("", STAND_IN.html), ("world.js", STAND_IN.script), ("world.css", STAND_IN.style)]
    {
        let answer = site.get(&format!("{root}{name}")).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(content), "{answer}");
        let wanted = [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cache-control: no-store",
        ];
        wanted.iter().for_each(|header| assert!(answer.contains(header), "{header}: {answer}"));
        assert!(!answer.contains("unsafe") && !answer.contains("access-control"), "{answer}");
    }
    assert_eq!(status(&site.get("/favicon.ico").await), "204");
    assert!(site.get("/").await.contains("content-security-policy: default-src 'none'"), "refusals, too");
}

#[tokio::test]
async fn who_has_no_token_comes_from_elsewhere_or_asks_for_something_else_is_refused() {
    let site = Site::start().await;
    let (host, token) = (site.authority().to_owned(), site.token().to_owned());
    assert!(token.len() == 32 && token.bytes().all(|b| b.is_ascii_hexdigit()), "{token}");
    let other = Site::start().await;
    assert_ne!(token, other.token());

    let almost = format!("{}{}", &token[..31], if token.ends_with('0') { '1' } else { '0' });
    let upper = format!("/{}/", token.to_uppercase());
    for path in [
        "/".to_owned(),
        format!("/{token}"),
        format!("//{token}/"),
        format!("/{almost}/"),
        format!("/{}/", &token[..31]),
        format!("/{token}0/"),
        format!("/{}/socket", other.token()),
        format!("/{token}/index.html"),
        format!("/{token}/../{token}/world.js"),
        format!("/{token}/./world.js"),
        format!("/{token}//world.js"),
        format!("/{token}/%77orld.js"),
        format!("/{token}/..%2f..%2fetc/passwd"),
        format!("/{token}/../../etc/passwd"),
        format!("/{token}/world.js/"),
        format!("/{token}/world.js%00"),
        format!("/%2e%2e/{token}/"),
    ] {
        assert_eq!(status(&site.get(&path).await), "404", "{path}");
    }
    if upper[1..33] != token {
        assert_eq!(status(&site.get(&upper).await), "404", "{upper}");
    }

    let page = format!("GET /{token}/ HTTP/1.1\n");
    let port = host.split(':').nth(1).unwrap();
    for (lines, code) in [
        (format!("{page}Host: localhost:{port}\n\n"), "200"),
        (format!("{page}\n"), "421"),
        (format!("{page}Host: evil.example\n\n"), "421"),
        (format!("{page}Host: evil.example:{port}\n\n"), "421"),
        (format!("{page}Host: 127.0.0.1\n\n"), "421"),
        (format!("{page}Host: 127.0.0.1.evil.example:{port}\n\n"), "421"),
        (format!("{page}Host: {host}\nHost: evil.example\n\n"), "421"),
        (format!("GET http://evil.example/{token}/ HTTP/1.1\nHost: {host}\n\n"), "421"),
        (format!("{page}Host: {host}\nOrigin: http://evil.example\n\n"), "403"),
        (format!("{page}Host: {host}\nOrigin: https://{host}\n\n"), "403"),
        (format!("{page}Host: {host}\nOrigin: null\n\n"), "403"),
        (format!("{page}Host: {host}\nOrigin: http://{host}\n\n"), "200"),
        (format!("POST /{token}/ HTTP/1.1\nHost: {host}\nContent-Length: 0\n\n"), "405"),
        (format!("OPTIONS /{token}/socket HTTP/1.1\nHost: {host}\n\n"), "405"),
        (format!("GET /{token}/socket HTTP/1.1\nHost: {host}\n\n"), "400"),
        ("nonsense\n\n".to_owned(), "400"),
    ] {
        assert_eq!(status(&site.raw(&lines).await), code, "{lines}");
    }

    assert!(site.page_with("X-Nothing", "").await.is_ok(), "no browser, which would send an Origin");
    for (header, value) in [
        ("Origin", "http://evil.example"),
        ("Origin", "null"),
        ("Origin", "vscode-webview://evil"),
        ("Host", "evil.example"),
    ] {
        assert!(site.page_with(header, value).await.is_err(), "{header}: {value}");
    }
}

#[tokio::test]
async fn pages_ask_and_are_told() {
    let mut site = Site::start().await;
    let (mut one, mut two) = (site.page().await, site.page().await);
    let show = json!({ "jsonrpc": "2.0", "method": "karel/show", "params": { "uri": "file:///a.karel", "editor": false } });
    assert_eq!((one.next().await, two.next().await), (Some(show.clone()), Some(show)));

    let echo = json!({ "jsonrpc": "2.0", "id": "x\"y", "method": "echo", "params": { "ä": [1] } });
    assert_eq!(one.ask(echo).await, json!({ "jsonrpc": "2.0", "id": "x\"y", "result": { "ä": [1] } }));
    let unknown = one.ask(json!({ "jsonrpc": "2.0", "id": 2, "method": "none" })).await;
    assert_eq!((&unknown["id"], &unknown["error"]["code"]), (&json!(2), &json!(-32601)));

    site.pages.tell("karel/cursor", &json!({ "uri": "u" }));
    for page in [&mut one, &mut two] {
        let told = page.next().await.unwrap();
        assert_eq!((&told["method"], &told["params"]["uri"]), (&json!("karel/cursor"), &json!("u")));
    }
    two.send(&json!({ "method": "karel/reveal", "params": { "uri": "r" } }).to_string()).await;
    assert_eq!(site.seen.recv().await.unwrap(), r#"karel/reveal {"uri":"r"}"#);
    for (text, code) in
        [("{", -32700), ("[]", -32600), ("{\"id\":1}", -32600), ("{\"id\":{},\"method\":\"a\"}", -32600)]
    {
        two.send(text).await;
        assert_eq!(two.next().await.unwrap()["error"]["code"], code, "{text}");
    }
}

#[tokio::test]
async fn what_nobody_waits_for_is_given_up() {
    let mut site = Site::start().await;
    let mut page = site.page().await;
    page.next().await;
    for id in [1, 2] {
        page.send(&json!({ "id": id, "method": "wait" }).to_string()).await;
        assert_eq!(site.seen.recv().await.unwrap(), "waits");
    }
    // Others are answered meanwhile.
    assert_eq!(page.ask(json!({ "id": 3, "method": "echo", "params": 4 })).await["result"], 4);
    page.send(&json!({ "method": "$/cancelRequest", "params": { "id": 1 } }).to_string()).await;
    assert_eq!(site.seen.recv().await.unwrap(), "cancelled");
    assert_eq!(page.next().await.unwrap()["id"], 1);
}

#[tokio::test]
async fn a_page_that_is_behind_is_told_anew_what_to_show() {
    let site = Site::start().await;
    let mut page = site.page().await;
    assert_eq!(page.next().await.unwrap()["method"], "karel/show");
    let large = "x".repeat(1 << 18);
    // More than the sockets of any system take in: the server has to wait, and leaves some out.
    for number in 0..200 {
        site.pages.tell("many", &json!({ "number": number, "large": large }));
        tokio::task::yield_now().await;
    }
    let mut told = 0;
    while page.next().await.unwrap()["method"] != "karel/show" {
        told += 1;
    }
    assert!(told < 200);
    loop {
        let answer = page.ask(json!({ "id": 1, "method": "echo", "params": 1 })).await;
        if answer["id"] == 1 {
            break;
        }
        // What is left in the way.
        assert_eq!(answer["method"], "many");
    }
}

#[tokio::test]
async fn a_thousand_connections_are_survived() {
    let site = Site::start().await;
    let mut page = site.page().await;
    page.next().await;
    let page_path = format!("/{}/", site.token());
    // A process may have a thousand files, and here both ends are of one.
    let mut held = Vec::new();
    for number in 0..1_000 {
        let mut connection = site.connect().await;
        let _ = connection.write_all(b"GET / HT").await;
        if number % 5 < 2 {
            held.push(connection);
        }
    }
    // Who is there goes on, and who comes is refused.
    assert_eq!(page.ask(json!({ "id": 1, "method": "echo", "params": 5 })).await["result"], 5);
    assert_eq!(site.get(&page_path).await, "");
    drop(held);
    let again = async {
        while !site.get(&page_path).await.starts_with("HTTP/1.1 200") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(GUARD, again).await.expect("there is room again");
    // Pages are few.
    let mut pages = vec![page];
    let refused = loop {
        match site.page_with("X-Nothing", "").await {
            Ok(page) => pages.push(page),
            Err(error) => break error,
        }
    };
    assert_eq!(pages.len(), 16);
    assert!(refused.to_string().contains("503"), "{refused}");
    drop(pages.pop());
    let again = async {
        while site.page_with("X-Nothing", "").await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(GUARD, again).await.expect("there is room for a page again");
}

#[tokio::test]
async fn it_ends_with_the_session() {
    let site = Site::start().await;
    let mut page = site.page().await;
    page.next().await;
    let authority = site.authority().to_owned();
    drop(site.served);
    assert_eq!(page.next().await, None);
    let gone = async { while TcpStream::connect(&authority).await.is_ok() {} };
    tokio::time::timeout(GUARD, gone).await.expect("nobody listens");
}
