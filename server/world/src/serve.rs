//! The HTTP server: accepts connections of this machine, and gives them the page.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequestParts, Request, State, WebSocketUpgrade};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::guard::Guard;
use crate::host::{Host, Pages};
use crate::socket;

/// The most connections at a time; further ones are closed at once. Far fewer than a process may have files.
const CONNECTIONS: usize = 128;
/// The most pages at a time.
const PAGES: usize = 16;
/// How long a connection may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest message of a page, in bytes.
const MESSAGE: usize = 1 << 20;

/// The files of the page.
#[derive(Debug, Clone, Copy)]
pub struct Bundle {
    pub html: &'static str,
    pub script: &'static str,
    pub style: &'static str,
}

impl Bundle {
    /// The page of `editors/world`, as it was when this program was built.
    pub const BUILT_IN: Bundle = Bundle {
        html: include_str!("../../../editors/world/dist/index.html"),
        script: include_str!("../../../editors/world/dist/world.js"),
        style: include_str!("../../../editors/world/dist/world.css"),
    };
}

/// A page that is being served, until this is dropped.
pub struct Served {
    /// Where the browser finds it.
    pub address: String,
    _stop: DropGuard,
}

/// What each connection is answered from.
struct Site {
    guard: Guard,
    bundle: Bundle,
    /// The `Content-Security-Policy` of all answers.
    policy: HeaderValue,
    host: Arc<dyn Host>,
    pages: Pages,
    /// The room for pages.
    room: Arc<Semaphore>,
    stop: CancellationToken,
}

/// Serves the page on this machine's loopback interface, at `port`, or at any free one for 0.
///
/// # Errors
/// The port is taken, or the system gives none.
pub async fn serve(host: Arc<dyn Host>, pages: Pages, bundle: Bundle, port: u16) -> io::Result<Served> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let guard = Guard::new(listener.local_addr()?.port())?;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self' {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        guard.sockets()
    );
    let stop = CancellationToken::new();
    let site = Arc::new(Site {
        policy: HeaderValue::from_str(&policy).map_err(io::Error::other)?,
        bundle,
        host,
        pages,
        room: Arc::new(Semaphore::new(PAGES)),
        stop: stop.clone(),
        guard,
    });
    let address = site.guard.address();
    tokio::spawn(accept(listener, site));
    Ok(Served { address, _stop: stop.drop_guard() })
}

async fn accept(listener: TcpListener, site: Arc<Site>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let stop = site.stop.clone();
    let app = Router::new().fallback(answer).with_state(site);
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match (accepted, Arc::clone(&room).try_acquire_owned()) {
            (Ok((stream, _)), Ok(place)) => {
                let (app, stop) = (app.clone(), stop.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        biased;
                        () = stop.cancelled() => {}
                        () = connection(stream, app) => {}
                    }
                    drop(place);
                });
            }
            (Ok(refused), Err(_)) => drop(refused),
            // Too many files are open, in this process or in all: others have to go first.
            (Err(_), _) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connection(stream: TcpStream, app: Router) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    // Whoever hangs up has no use for an error.
    let _ = connection.with_upgrades().await;
}

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    let policy = site.policy.clone();
    let mut response = respond(site, request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The token is in the address.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn respond(site: Arc<Site>, request: Request) -> Response {
    if request.method() != Method::GET {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if request.uri().path() == "/favicon.ico" {
        // Browsers ask for it unasked, and complain where there is nothing.
        return StatusCode::NO_CONTENT.into_response();
    }
    let name = match site.guard.admit(request.uri(), request.headers()) {
        Ok(name) => name.to_owned(),
        Err(refused) => return refused.into_response(),
    };
    match name.as_str() {
        "" => file("text/html; charset=utf-8", site.bundle.html),
        "world.js" => file("text/javascript; charset=utf-8", site.bundle.script),
        "world.css" => file("text/css; charset=utf-8", site.bundle.style),
        "socket" => {
            let (mut parts, _) = request.into_parts();
            upgrade(WebSocketUpgrade::from_request_parts(&mut parts, &()).await, site)
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file(kind: &'static str, content: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], Body::from(content)).into_response()
}

fn upgrade(asked: Result<WebSocketUpgrade, WebSocketUpgradeRejection>, site: Arc<Site>) -> Response {
    let upgrade = match asked {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let Ok(place) = Arc::clone(&site.room).try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    upgrade.max_message_size(MESSAGE).max_frame_size(MESSAGE).on_upgrade(async move |socket| {
        tokio::select! {
            biased;
            () = site.stop.cancelled() => {}
            () = socket::talk(socket, &*site.host, &site.pages) => {}
        }
        drop(place);
    })
}
