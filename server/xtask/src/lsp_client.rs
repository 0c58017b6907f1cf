//! A small language client over standard input and output, of its own and on plain JSON, so that what it shows is
//! what any editor gets.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

/// How long the server may be silent while an answer is awaited.
const PATIENCE: Duration = Duration::from_secs(120);

/// A started language server.
pub(crate) struct Client {
    server: Child,
    input: Option<ChildStdin>,
    /// What the server says; ends when it does.
    messages: Receiver<Value>,
    last_id: u64,
}

impl Client {
    /// Starts the server `program`.
    pub(crate) fn start(program: &Path) -> Result<Client> {
        let mut server = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} can't be started", program.display()))?;
        let input = server.stdin.take();
        let output = server.stdout.take().context("the server has no output")?;
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Ok(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Ok(Client { server, input, messages, last_id: 0 })
    }

    /// Sends the notification `method`.
    pub(crate) fn notify(&mut self, method: &str, params: Value) -> Result<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Sends the request `method` and waits for its answer. What the server says in between is given to `seen`, and
    /// its questions are answered.
    pub(crate) fn request(
        &mut self,
        method: &str,
        params: Value,
        mut seen: impl FnMut(&Value),
    ) -> Result<Value> {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        loop {
            let mut message = match self.messages.recv_timeout(PATIENCE) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => {
                    bail!("the server did not answer {method} within {} s", PATIENCE.as_secs())
                }
                Err(RecvTimeoutError::Disconnected) => bail!("the server ended before it answered {method}"),
            };
            match (message.get("method").is_some(), message.get("id")) {
                (true, Some(_)) => self.answer(&message)?,
                (true, None) => seen(&message),
                (false, answered) if answered == Some(&json!(id)) => {
                    if let Some(error) = message.get("error") {
                        bail!(
                            "{method}: {}",
                            error["message"].as_str().unwrap_or("an error without a message")
                        );
                    }
                    return Ok(message["result"].take());
                }
                (false, _) => {}
            }
        }
    }

    /// Ends the session as the protocol has it. What the server had still to say is given to `seen`.
    pub(crate) fn stop(mut self, seen: impl FnMut(&Value)) -> Result<()> {
        self.request("shutdown", Value::Null, seen)?;
        self.notify("exit", Value::Null)?;
        self.input = None;
        let status = self.server.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    /// Answers a question of the server: settings have their defaults, and all else is acknowledged.
    fn answer(&mut self, question: &Value) -> Result<()> {
        let result = match question["method"].as_str() {
            Some("workspace/configuration") => {
                let items = question["params"]["items"].as_array().map_or(0, Vec::len);
                Value::Array(vec![Value::Null; items])
            }
            _ => Value::Null,
        };
        self.send(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": result }))
    }

    fn send(&mut self, message: &Value) -> Result<()> {
        let text = message.to_string();
        let input = self.input.as_mut().context("the session has ended")?;
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).context("the server does not read")?;
        input.flush().context("the server does not read")
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end; after an error there may be.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The next message of the server.
fn read(output: &mut impl BufRead) -> Result<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        ensure!(output.read_line(&mut line)? > 0, "the server's output ended");
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = Some(value.trim().parse()?);
        }
    }
    let mut body = vec![0; length.context("a message without Content-Length")?];
    output.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}

/// `text` after the edits of `uri` in `edit`, a workspace edit whose positions count bytes.
pub(crate) fn apply(text: &str, edit: &Value, uri: &str) -> Result<String> {
    let of_document = edit["documentChanges"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|change| change["textDocument"]["uri"] == uri)
        .filter_map(|change| change["edits"].as_array())
        .chain(edit["changes"][uri].as_array())
        .flatten();
    let mut edits = Vec::new();
    for edit in of_document {
        let range = offset(text, &edit["range"]["start"])?..offset(text, &edit["range"]["end"])?;
        edits.push((range, edit["newText"].as_str().context("an edit without text")?));
    }
    ensure!(!edits.is_empty(), "the edit does not change {uri}");
    // From the end, so that the offsets before stay true; edits at one place keep their order.
    edits.sort_by_key(|(range, _)| range.start);
    let mut text = text.to_owned();
    for (range, new) in edits.into_iter().rev() {
        ensure!(text.get(range.clone()).is_some(), "an edit's range lies outside the document");
        text.replace_range(range, new);
    }
    Ok(text)
}

/// The byte offset of a position whose `character` counts bytes.
fn offset(text: &str, position: &Value) -> Result<usize> {
    let number = |name: &str| position[name].as_u64().with_context(|| format!("a position without {name}"));
    let (line, character) = (number("line")? as usize, number("character")? as usize);
    let mut start = 0;
    for _ in 0..line {
        start += text[start..].find('\n').context("a position past the end of the document")? + 1;
    }
    Ok(start + character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_one_after_another() {
        let mut output =
            "Content-Length: 2\r\n\r\n{}content-length: 4\r\nContent-Type: x\r\n\r\nnull".as_bytes();
        assert_eq!(read(&mut output).unwrap(), json!({}));
        assert_eq!(read(&mut output).unwrap(), Value::Null);
        assert!(read(&mut output).is_err());
    }

    #[test]
    fn edits_are_applied_from_the_end() {
        let at = |line: u64, character: u64| json!({ "line": line, "character": character });
        let insert = |text: &str| json!({ "range": { "start": at(1, 0), "end": at(1, 0) }, "newText": text });
        let replace = json!({ "range": { "start": at(1, 2), "end": at(2, 1) }, "newText": "Z" });
        let change = json!({ "textDocument": { "uri": "file:///a", "version": 1 }, "edits": [insert("1"), insert("2"), replace] });
        let edit = json!({ "documentChanges": [change] });
        assert_eq!(apply("ab\ncdef\ngh\n", &edit, "file:///a").unwrap(), "ab\n12cdZh\n");
        assert!(apply("ab\n", &edit, "file:///a").is_err());
        assert!(apply("ab\ncdef\ngh\n", &edit, "file:///b").is_err());
    }
}
