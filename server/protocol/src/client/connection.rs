//! One running engine: the child process, a task that writes requests, one that reads answers, one that keeps the
//! last words of its standard error.

use std::collections::HashMap;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::{EngineError, News, Patience};
use crate::line::{Line, read_async};
use crate::message::{CANCELLED, Cancel, Found, INVALID, MAX_LINE, Progress};
use crate::program;
use crate::wire::{Answer, Request, Response};

/// The longest line of standard error that is kept, in bytes.
const LAST_WORDS: usize = 4 << 10;

pub(super) struct Connection {
    requests: UnboundedSender<Vec<u8>>,
    waiting: Mutex<Waiting>,
    next_id: AtomicU64,
    patience: Patience,
    /// Cancelled to have the process killed.
    kill: CancellationToken,
    /// Cancelled when the process is gone.
    gone: CancellationToken,
}

#[derive(Default)]
struct Waiting {
    requests: HashMap<u64, UnboundedSender<Heard>>,
    /// Why no more answers will come.
    end: Option<(EngineError, Instant)>,
    closed: bool,
    last_use: Option<Instant>,
    /// When the engine has last sent anything.
    last_heard: Option<Instant>,
}

impl Waiting {
    /// How long it takes until the engine counts as idle, if no request comes meanwhile; zero where it is idle.
    fn until_idle(&self, opened: Instant, idle: Duration) -> Duration {
        if self.requests.is_empty() {
            idle.saturating_sub(self.last_use.unwrap_or(opened).elapsed())
        } else {
            idle
        }
    }
}

/// What a waiting request gets.
enum Heard {
    News(News),
    Answer(Result<Value, EngineError>),
}

/// What reaches the client: an answer, or a notification.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Message {
    Response(Response),
    Notification(Request),
}

impl Connection {
    /// Starts the process.
    pub(super) fn open(command: &[String], patience: Patience) -> Result<Arc<Connection>, EngineError> {
        let (program, arguments) = command.split_first().ok_or(EngineError::NoCommand)?;
        let failed = |reason: String| EngineError::NotStarted { command: command.join(" "), reason };
        // Not left to the system, which may search the current folder.
        let program =
            program::find(Path::new(program)).ok_or_else(|| failed("there is no such program".to_owned()))?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| failed(e.to_string()))?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed("its standard streams are not there".to_owned()));
        };
        let (requests, outgoing) = unbounded_channel();
        let connection = Arc::new(Connection {
            requests,
            waiting: Mutex::default(),
            next_id: AtomicU64::new(1),
            patience,
            kill: CancellationToken::new(),
            gone: CancellationToken::new(),
        });
        tokio::spawn(write(outgoing, stdin));
        tokio::spawn(connection.clone().attend(child, stdout, stderr));
        tokio::spawn(connection.clone().close_when_idle());
        Ok(connection)
    }

    pub(super) fn is_open(&self) -> bool {
        self.waiting().end.is_none()
    }

    /// Whether the engine was ended by this side, on purpose.
    pub(super) fn was_closed(&self) -> bool {
        self.waiting().closed
    }

    pub(super) fn ended_at(&self) -> Option<Instant> {
        self.waiting().end.as_ref().map(|(_, when)| *when)
    }

    /// Sends a request and waits for its answer.
    pub(super) async fn ask(
        &self,
        method: &str,
        params: impl Serialize,
        within: Duration,
        on_news: &mut (dyn FnMut(News) + Send),
    ) -> Result<Value, EngineError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let line = Request::new(id, method, params)
            .and_then(|request| serde_json::to_vec(&request))
            .map_err(|e| EngineError::Refused(e.to_string()))?;
        if line.len() > MAX_LINE {
            return Err(EngineError::TooLong(MAX_LINE >> 20));
        }
        let (sender, mut heard) = unbounded_channel();
        let asked = Instant::now();
        {
            let mut waiting = self.waiting();
            if let Some((reason, _)) = &waiting.end {
                return Err(reason.clone());
            }
            waiting.requests.insert(id, sender);
            waiting.last_use = Some(asked);
        }
        let mut guard = Guard { connection: self, id, answered: false };
        // A failed send means that the process is gone; what is heard will say why.
        let _ = self.requests.send(line);
        let answer = async {
            loop {
                match heard.recv().await {
                    Some(Heard::News(news)) => on_news(news),
                    Some(Heard::Answer(answer)) => return answer,
                    None => return Err(EngineError::Died("its output ended".to_owned())),
                }
            }
        };
        let answer = tokio::time::timeout(within, answer).await;
        if let Ok(answer) = answer {
            guard.answered = true;
            return answer;
        }
        if self.waiting().last_heard.is_some_and(|heard| heard > asked) {
            // It lives, and others may wait for their answers; this one is cancelled with the guard.
            return Err(EngineError::Slow(within.as_secs()));
        }
        let silent = EngineError::Silent(within.as_secs());
        self.fail(silent.clone());
        self.kill.cancel();
        Err(silent)
    }

    /// Ends the process at once.
    pub(super) fn kill(&self) {
        self.waiting().closed = true;
        self.kill.cancel();
    }

    /// Asks the engine to end, and kills it where it has not done so `within` that time, or where this future is
    /// dropped. It resolves when the process is gone.
    pub(super) async fn close(&self, within: Duration) {
        let kill = self.kill.clone().drop_guard();
        self.waiting().closed = true;
        if let Ok(line) = Request::new(0, "shutdown", ()).and_then(|r| serde_json::to_vec(&r)) {
            let _ = self.requests.send(line);
        }
        // A late end is no different: what follows waits for it.
        let _ = tokio::time::timeout(within, self.gone.cancelled()).await;
        drop(kill);
        self.gone.cancelled().await;
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every waiting request with the reason why no answer will come.
    fn fail(&self, reason: EngineError) {
        let mut waiting = self.waiting();
        for (_, sender) in waiting.requests.drain() {
            let _ = sender.send(Heard::Answer(Err(reason.clone())));
        }
        waiting.end.get_or_insert((reason, Instant::now()));
    }

    /// Reads answers until the process ends, one way or another.
    async fn attend(self: Arc<Self>, mut child: Child, stdout: ChildStdout, stderr: ChildStderr) {
        let last_words = tokio::spawn(last_words(stderr));
        let fault = tokio::select! {
            fault = self.read(stdout) => fault,
            () = self.kill.cancelled() => Some(EngineError::Died("it was stopped".to_owned())),
        };
        if let Some(fault) = fault {
            self.fail(fault);
            let _ = child.start_kill();
        }
        let status = self.end_of(&mut child).await;
        self.gone.cancel();
        let status = status.map_or_else(|e| e.to_string(), |s| s.to_string());
        // A grandchild may hold standard error open.
        let words = tokio::time::timeout(self.patience.farewell, last_words)
            .await
            .ok()
            .and_then(Result::ok)
            .unwrap_or_default();
        let reason = if words.is_empty() { status } else { format!("{status}: {words}") };
        self.fail(EngineError::Died(reason));
    }

    /// Waits for the end of a process whose output has ended, which should be about to end itself.
    async fn end_of(&self, child: &mut Child) -> std::io::Result<ExitStatus> {
        let patient = tokio::select! {
            status = tokio::time::timeout(self.patience.farewell, child.wait()) => status.ok(),
            () = self.kill.cancelled() => None,
        };
        if let Some(status) = patient {
            return status;
        }
        let _ = child.start_kill();
        child.wait().await
    }

    /// Reads messages until the output ends; gives what was wrong with it, if anything.
    async fn read(&self, stdout: impl AsyncRead + Unpin) -> Option<EngineError> {
        let mut stdout = BufReader::with_capacity(64 << 10, stdout);
        loop {
            let line = match read_async(&mut stdout, MAX_LINE).await {
                Ok(Line::Text(line)) => line,
                Ok(Line::TooLong) => {
                    return Some(EngineError::Garbled(format!("a line of more than {} MiB", MAX_LINE >> 20)));
                }
                Ok(Line::End) => return None,
                Err(error) => return Some(EngineError::Died(error.to_string())),
            };
            if line.trim_ascii().is_empty() {
                continue;
            }
            self.waiting().last_heard = Some(Instant::now());
            match serde_json::from_slice(&line) {
                Ok(Message::Response(response)) => self.answer(response),
                Ok(Message::Notification(request)) => self.notified(request),
                Err(_) => {
                    let start: String = String::from_utf8_lossy(&line).chars().take(60).collect();
                    return Some(EngineError::Garbled(format!("`{}`", start.trim())));
                }
            }
        }
    }

    /// Passes a notification on to its request. Other names are left out: newer engines may send more.
    fn notified(&self, Request { method, params, .. }: Request) {
        let news = match &*method {
            "candidate" => {
                serde_json::from_value(params).map(|Found { id, candidate }| (id, News::Found(candidate)))
            }
            "progress" => serde_json::from_value(params).map(|p: Progress| (p.id, News::Progress(p))),
            _ => return,
        };
        if let Ok((id, news)) = news {
            self.tell(id, Heard::News(news));
        }
    }

    fn answer(&self, response: Response) {
        let Some(id) = response.id else { return };
        let answer = match response.answer {
            Answer::Result(value) => Ok(value),
            Answer::Error(error) if error.code == CANCELLED => Err(EngineError::Cancelled),
            Answer::Error(error) if error.code == INVALID => Err(EngineError::Refused(error.message)),
            Answer::Error(error) => Err(EngineError::Failed(error.message)),
        };
        self.tell(id, Heard::Answer(answer));
    }

    /// Passes news or an answer on to its request, unless that has been given up.
    fn tell(&self, id: u64, heard: Heard) {
        let mut waiting = self.waiting();
        waiting.last_use = Some(Instant::now());
        if let Some(sender) = waiting.requests.get(&id) {
            let _ = sender.send(heard);
        }
    }

    async fn close_when_idle(self: Arc<Self>) {
        let idle = self.patience.idle;
        let opened = Instant::now();
        loop {
            let left = {
                let mut waiting = self.waiting();
                let left = waiting.until_idle(opened, idle);
                if left.is_zero() {
                    // From here on a new request starts a new engine.
                    waiting.closed = true;
                    waiting.end.get_or_insert((EngineError::Died("it was idle".to_owned()), Instant::now()));
                    break;
                }
                left
            };
            tokio::select! {
                () = tokio::time::sleep(left) => (),
                () = self.gone.cancelled() => return,
            }
        }
        self.close(self.patience.farewell).await;
    }
}

/// Takes a request off the list when its future ends or is dropped, and cancels it in the engine where that has not
/// answered.
struct Guard<'c> {
    connection: &'c Connection,
    id: u64,
    answered: bool,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.connection.waiting().requests.remove(&self.id);
        if !self.answered
            && let Ok(cancel) = Request::notification("$/cancelRequest", Cancel { id: self.id })
            && let Ok(line) = serde_json::to_vec(&cancel)
        {
            let _ = self.connection.requests.send(line);
        }
    }
}

async fn write(mut lines: UnboundedReceiver<Vec<u8>>, mut stdin: ChildStdin) {
    while let Some(mut line) = lines.recv().await {
        line.push(b'\n');
        if stdin.write_all(&line).await.is_err() || stdin.flush().await.is_err() {
            return;
        }
    }
}

/// The last line that is not empty.
async fn last_words(stderr: ChildStderr) -> String {
    let mut stderr = BufReader::new(stderr);
    let mut last = Vec::new();
    while let Ok(line) = read_async(&mut stderr, LAST_WORDS).await {
        match line {
            Line::Text(text) if !text.trim_ascii().is_empty() => last = text,
            Line::Text(_) | Line::TooLong => (),
            Line::End => break,
        }
    }
    String::from_utf8_lossy(&last).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Version;

    #[test]
    fn an_engine_is_idle_when_it_has_not_been_used_for_long() {
        let (now, hour) = (Instant::now(), Duration::from_secs(3600));
        let Some(opened) = now.checked_sub(2 * hour) else { return };
        let mut waiting = Waiting::default();
        assert!(waiting.until_idle(opened, hour).is_zero(), "never used");
        waiting.last_use = Some(now);
        let left = waiting.until_idle(opened, hour);
        assert!(left > Duration::ZERO && left <= hour, "used just now: {left:?}");
        waiting.last_use = Some(opened);
        assert!(waiting.until_idle(opened, hour).is_zero(), "used long ago");
        waiting.requests.insert(1, unbounded_channel().0);
        assert_eq!(waiting.until_idle(opened, hour), hour, "at work");
    }

    #[test]
    fn answers_count_as_use() {
        let connection = Connection {
            requests: unbounded_channel().0,
            waiting: Mutex::default(),
            next_id: AtomicU64::new(1),
            patience: Patience::default(),
            kill: CancellationToken::new(),
            gone: CancellationToken::new(),
        };
        connection.answer(Response { jsonrpc: Version, id: Some(1), answer: Answer::Result(Value::Null) });
        assert!(connection.waiting().last_use.is_some());
    }
}
