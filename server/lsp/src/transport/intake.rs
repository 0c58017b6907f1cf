//! The way in. tower-lsp's decoder ends the session at the first message that it can't read, rescans long header
//! lines from their start, and refuses what editors do send (JavaScript strings with half a surrogate pair). This
//! reads the frames first: what can be repaired is repaired, what can't be read is answered with an error and left
//! out, and the session goes on.

use std::io;

use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tower_lsp::jsonrpc::{Error, Id, Request, Response};

use super::pump::Pump;

/// A longer message is skipped, byte by byte, and answered with an error.
pub const MAX_MESSAGE: usize = 64 << 20;
/// A longer header line is garbage.
const MAX_HEADER: usize = 4 << 10;

/// Copies messages from the client to tower-lsp until the client's end closes.
pub async fn run<R, W>(mut from: R, mut to: W, replies: Pump) -> io::Result<()>
where
    R: AsyncBufRead + Unpin,
    W: AsyncWrite + Unpin,
{
    while let Some(length) = read_header(&mut from).await? {
        if length > MAX_MESSAGE {
            skip(&mut from, length).await?;
            let limit = MAX_MESSAGE >> 20;
            tracing::error!("skipped a message of {length} bytes: the limit is {limit} MiB");
            let message = format!(
                "A message of {} MiB is over the limit of {limit} MiB; it was skipped.",
                length >> 20
            );
            refuse(&replies, Id::Null, Error { message: message.clone().into(), ..Error::invalid_request() });
            show(&replies, &message);
            continue;
        }
        let mut body = vec![0; length];
        from.read_exact(&mut body).await?;
        match admit(body) {
            Ok(body) => {
                to.write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes()).await?;
                to.write_all(&body).await?;
            }
            Err((id, error)) => {
                tracing::error!("left out a message: {error}");
                refuse(&replies, id, error);
            }
        }
    }
    to.shutdown().await
}

/// The length of the next message's body; `None` at the end of input. What is no header is skipped.
async fn read_header<R: AsyncBufRead + Unpin>(from: &mut R) -> io::Result<Option<usize>> {
    let mut length = None;
    let mut line = Vec::new();
    let mut garbage = 0usize;
    loop {
        line.clear();
        if (&mut *from).take(MAX_HEADER as u64).read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let complete = line.ends_with(b"\n");
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        if complete && text.is_empty() {
            if garbage > 0 {
                tracing::error!("skipped {garbage} bytes that are not a header");
                garbage = 0;
            }
            match length {
                Some(length) => return Ok(Some(length)),
                None => continue,
            }
        }
        // After garbage without a line end, a header may start in the middle of what looks like a line.
        let start = text.to_ascii_lowercase().rfind("content-length:");
        match start.map(|at| text[at + "content-length:".len()..].trim().parse::<usize>()) {
            Some(Ok(value)) if complete => length = Some(value),
            _ if complete && text.to_ascii_lowercase().starts_with("content-type:") => {}
            _ => garbage += line.len(),
        }
    }
}

async fn skip<R: AsyncBufRead + Unpin>(from: &mut R, mut length: usize) -> io::Result<()> {
    while length > 0 {
        let step = from.fill_buf().await?.len().min(length);
        if step == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        from.consume(step);
        length -= step;
    }
    Ok(())
}

/// The message as tower-lsp will accept it, or why it won't, with the id to answer.
fn admit(body: Vec<u8>) -> Result<Vec<u8>, (Id, Error)> {
    let text = match String::from_utf8(body) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    let text = replace_lone_surrogates(text);
    if serde_json::from_str::<Readable>(&text).is_ok() {
        return Ok(text.into_bytes());
    }
    match serde_json::from_str::<Value>(&text) {
        Err(_) => Err((Id::Null, Error::parse_error())),
        Ok(value) => {
            let id = value.get("id").and_then(|id| Id::deserialize(id).ok()).unwrap_or_default();
            Err((id, Error::invalid_request()))
        }
    }
}

/// What tower-lsp's decoder takes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Readable {
    Response(#[allow(dead_code, reason = "parsed only to see that it can be")] Response),
    Request(#[allow(dead_code, reason = "parsed only to see that it can be")] Request),
}

/// JSON escapes that are half of a surrogate pair become U+FFFD, which is one UTF-16 unit too: positions stay right.
fn replace_lone_surrogates(text: String) -> String {
    if !text.contains("\\u") {
        return text;
    }
    let unit = |at: usize| -> Option<u32> {
        let escape = text.as_bytes().get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
    };
    let mut lone = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match unit(at) {
            Some(0xD800..=0xDBFF) if matches!(unit(at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                lone.push(at);
                at += 6;
            }
            // Any other escape: the character after the backslash belongs to it.
            _ => at += 2,
        }
    }
    let mut bytes = text.into_bytes();
    for at in lone {
        bytes[at + 2..at + 6].copy_from_slice(b"fffd");
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn refuse(replies: &Pump, id: Id, error: Error) {
    if let Ok(body) = serde_json::to_string(&Response::from_error(id, error)) {
        replies.send(&body);
    }
}

fn show(replies: &Pump, message: &str) {
    let params = serde_json::json!({ "type": 1, "message": message });
    let body = serde_json::json!({ "jsonrpc": "2.0", "method": "window/showMessage", "params": params });
    replies.send(&body.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surrogates(json: &str) -> String {
        replace_lone_surrogates(json.to_owned())
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        assert_eq!(surrogates(r#""a\ud800b""#), r#""a\ufffdb""#);
        assert_eq!(surrogates(r#""\udc00\ud800""#), r#""\ufffd\ufffd""#);
        assert_eq!(surrogates(r#""\uD83E\uDD16""#), r#""\uD83E\uDD16""#);
        // An escaped backslash before `u` is no escape of ours.
        assert_eq!(surrogates(r#""\\ud800""#), r#""\\ud800""#);
        assert_eq!(surrogates(r#""\u"#), r#""\u"#);
    }

    #[test]
    fn what_tower_lsp_cannot_read_is_refused_with_its_id() {
        let refused = |json: &str| admit(json.as_bytes().to_vec()).unwrap_err();
        assert_eq!(refused("{").0, Id::Null);
        assert_eq!(refused(r#"{"id": 7, "method": "x"}"#).0, Id::Number(7));
        assert_eq!(refused(r#"{"jsonrpc": "2.0", "id": "a", "method": 3}"#).0, Id::String("a".into()));
        assert!(admit(br#"{"jsonrpc": "2.0", "method": "x"}"#.to_vec()).is_ok());
        assert!(admit(b"{\"jsonrpc\": \"2.0\", \"method\": \"x\", \"params\": [\"\xff\"]}".to_vec()).is_ok());
        let deep = format!(
            r#"{{"jsonrpc": "2.0", "method": "x", "params": {}{}}}"#,
            "[".repeat(5000),
            "]".repeat(5000)
        );
        assert_eq!(refused(&deep).0, Id::Null);
    }

    #[tokio::test]
    async fn garbage_between_messages_is_skipped() {
        let message = r#"{"jsonrpc":"2.0","method":"x"}"#;
        let frame = format!("Content-Length: {}\r\n\r\n{message}", message.len());
        let mut input = b"no header at all\r\n\r\n\xff\xfe\n".to_vec();
        input.extend(frame.as_bytes());
        input.extend("x".repeat(100_000).as_bytes());
        input.extend(b"\n");
        input.extend(frame.to_lowercase().as_bytes());
        let mut output = Vec::new();
        let (pump, _drain) = Pump::new(tokio::io::sink(), crate::transport::pump::MAX_WAITING);
        run(&input[..], &mut output, pump).await.unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), frame.repeat(2));
    }
}
