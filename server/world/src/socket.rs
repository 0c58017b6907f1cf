//! One page's connection: JSON-RPC 2.0, one object a message.

use std::collections::HashMap;
use std::future::pending;

use axum::extract::ws::{Message, WebSocket};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use recording::Failure;
use recording::messages::method;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::host::{Host, Pages, notification};

/// The most requests of one page that are worked on at a time; further ones wait in the socket.
const AT_A_TIME: usize = 32;

/// Talks with the page until it is gone.
pub(crate) async fn talk(mut socket: WebSocket, host: &dyn Host, pages: &Pages) {
    let mut told = pages.listen();
    let gone = CancellationToken::new();
    // Whatever it still waits for is given up with it.
    let _gone = gone.clone().drop_guard();
    let mut running: HashMap<String, CancellationToken> = HashMap::new();
    let mut answers = FuturesUnordered::new();
    let greeting = || notification(method::SHOW, &host.first());
    if socket.send(greeting().into()).await.is_err() {
        return;
    }
    loop {
        let room = answers.len() < AT_A_TIME;
        let message = async {
            match room {
                true => socket.recv().await,
                false => pending().await,
            }
        };
        let reply = tokio::select! {
            message = message => match message {
                Some(Ok(Message::Text(text))) => match take(&text) {
                    Taken::Request { id, method, params } => {
                        let cancel = gone.child_token();
                        running.insert(id.clone(), cancel.clone());
                        let answer = host.answer(method, params, cancel);
                        answers.push(async move { (id, answer.await) });
                        continue;
                    }
                    Taken::Notification { method, params } if method == "$/cancelRequest" => {
                        if let Some(cancel) = running.get(&params["id"].to_string()) {
                            cancel.cancel();
                        }
                        continue;
                    }
                    Taken::Notification { method, params } => {
                        host.take(&method, params);
                        continue;
                    }
                    Taken::Nonsense(error) => error,
                },
                Some(Ok(Message::Binary(_))) => nonsense(-32600, "Messages are text."),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            Some((id, answer)) = answers.next() => {
                running.remove(&id);
                reply(&id, answer)
            }
            told = told.recv() => match told {
                Ok(told) => told.to_string(),
                // It missed something: shown anew, it asks for all that it shows.
                Err(RecvError::Lagged(_)) => greeting(),
                Err(RecvError::Closed) => return,
            },
        };
        if socket.send(reply.into()).await.is_err() {
            return;
        }
    }
}

/// What a message is.
enum Taken {
    Request {
        /// The id as JSON text.
        id: String,
        method: String,
        params: Value,
    },
    Notification {
        method: String,
        params: Value,
    },
    /// Not one of the protocol; with the answer.
    Nonsense(String),
}

fn take(text: &str) -> Taken {
    let Ok(mut message) = serde_json::from_str::<Value>(text) else {
        return Taken::Nonsense(nonsense(-32700, "The message is not JSON."));
    };
    let params = message.get_mut("params").map(Value::take).unwrap_or_default();
    let method = message.get("method").and_then(Value::as_str).map(str::to_owned);
    match (method, message.get("id")) {
        (Some(method), Some(id)) if id.is_string() || id.is_number() => {
            Taken::Request { id: id.to_string(), method, params }
        }
        (Some(method), None) => Taken::Notification { method, params },
        _ => Taken::Nonsense(nonsense(-32600, "The message is neither a request nor a notification.")),
    }
}

fn reply(id: &str, answer: Result<String, Failure>) -> String {
    match answer {
        Ok(result) => format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{result}}}"),
        Err(failure) => {
            let error = json!({ "code": failure.code(), "message": failure.to_string() });
            format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{error}}}")
        }
    }
}

fn nonsense(code: i64, message: &str) -> String {
    json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": message } }).to_string()
}
