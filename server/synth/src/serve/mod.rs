//! `karel-synth serve`: one JSON-RPC object a line on standard input and output. A thread reads and never waits for
//! anything; workers search, and may share the device; a thread writes. A request's time runs from when it is read: one
//! whose time is up before a worker is free is answered by a worker kept for those.

mod queue;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{BufRead, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use protocol::line::{Line, read};
use protocol::message::{CANCELLED, Cancel, Candidate, Found, INVALID, MAX_LINE, Progress, Status};
use protocol::wire::{
    Answer, ErrorObject, INTERNAL_ERROR, INVALID_REQUEST, PARSE_ERROR, Request, Response, UNKNOWN_METHOD,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::device::{memory_mib, set_threads};
use crate::models::{Models, reason, share_device};
use crate::search::Surroundings;
use crate::search::memory::Memory;
use crate::search::watch::{Pace, Tally};
use queue::{Job, Queue, Work};

type Running = Arc<Mutex<HashMap<u64, Arc<AtomicBool>>>>;

/// For the writing thread.
enum Message {
    Line(Vec<u8>),
    /// Say so when everything before is written.
    Flush(Sender<()>),
}

/// How long the last answer may take to be written.
const FAREWELL: Duration = Duration::from_secs(2);

/// Where answers go; clones write to the same place, whole lines at a time.
#[derive(Clone)]
struct Output(Sender<Message>);

impl Output {
    fn send(&self, message: &impl Serialize) {
        if let Ok(mut line) = serde_json::to_vec(message) {
            line.push(b'\n');
            // Fails when the writer is gone: then nobody reads.
            let _ = self.0.send(Message::Line(line));
        }
    }

    fn flush(&self, done: Sender<()>) {
        let _ = self.0.send(Message::Flush(done));
    }

    fn answer(&self, id: Option<u64>, answer: Result<impl Serialize, ErrorObject>) {
        let answer = match answer.map(serde_json::to_value) {
            Ok(Ok(value)) => Answer::Result(value),
            Ok(Err(error)) => Answer::Error(failure(INTERNAL_ERROR, error.to_string())),
            Err(error) => Answer::Error(error),
        };
        self.send(&Response { jsonrpc: Default::default(), id, answer });
    }
}

fn failure(code: i64, message: impl Into<String>) -> ErrorObject {
    ErrorObject { code, message: message.into() }
}

/// How the engine works on requests.
#[derive(Debug, Clone, Copy)]
pub struct Workers {
    /// Requests worked on at a time; more wait.
    pub count: usize,
    /// Torch's threads on the CPU, of each that computes.
    pub threads: Option<usize>,
    /// One thread computes for all workers, and what they ask for at one time together; else each computes for itself.
    pub share: bool,
}

/// Serves until the input ends or `shutdown` comes.
///
/// # Errors
/// When a thread can't be started.
pub fn serve(
    models: Models,
    device: &str,
    workers: Workers,
    input: impl Read,
    output: impl Write + Send + 'static,
) -> std::io::Result<()> {
    let (lines, written) = channel();
    let writer =
        std::thread::Builder::new().name("writer".to_owned()).spawn(move || write(written, output))?;
    let output = Output(lines);
    let status = Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device: device.to_owned(),
        models: models.names.clone(),
        memory_mib: None,
    };
    let prepare = move || set_threads(workers.threads);
    let models = if workers.share { share_device(models, prepare)? } else { models };
    let running = Running::default();
    let queue = Arc::new(Queue::default());
    let memory = Arc::new(Memory::default());
    for number in 0..=workers.count.max(1) {
        let worker = Worker {
            models: models.share(),
            device: device.to_owned(),
            output: output.clone(),
            running: running.clone(),
            queue: queue.clone(),
            memory: memory.clone(),
        };
        let next = if number == 0 { Queue::next_late } else { Queue::next };
        let name = if number == 0 { "late".to_owned() } else { format!("worker {number}") };
        std::thread::Builder::new().name(name).spawn(move || {
            prepare();
            worker.run(next);
        })?;
    }
    let last = Server { queue, output, running, status }.read(BufReader::with_capacity(64 << 10, input));
    // The workers may still hold the output; what is written from here on is nobody's.
    if let Some((output, id)) = last {
        output.answer(Some(id), Ok(Value::Null));
        let (done, farewell) = channel();
        output.flush(done);
        let _ = farewell.recv_timeout(FAREWELL);
    }
    drop(writer);
    Ok(())
}

/// The reading side.
struct Server {
    queue: Arc<Queue>,
    output: Output,
    running: Running,
    status: Status,
}

impl Server {
    /// Reads requests until the input ends, or to `shutdown`, which it gives back to be answered last.
    fn read(self, mut input: impl BufRead) -> Option<(Output, u64)> {
        let asked = loop {
            let line = match read(&mut input, MAX_LINE) {
                Ok(Line::Text(line)) => line,
                Ok(Line::TooLong) => {
                    let message = format!("The line is longer than {} MiB; it was skipped.", MAX_LINE >> 20);
                    self.refuse(None, PARSE_ERROR, message);
                    continue;
                }
                Ok(Line::End) | Err(_) => break None,
            };
            if line.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice::<Value>(&line) {
                Err(error) => self.refuse(None, PARSE_ERROR, format!("The line is no JSON: {error}.")),
                Ok(value) => {
                    let id = value.get("id").and_then(Value::as_u64);
                    match serde_json::from_value::<Request>(value) {
                        Err(error) => {
                            self.refuse(id, INVALID_REQUEST, format!("This is no request: {error}."));
                        }
                        Ok(request) if request.method == "shutdown" => break request.id,
                        Ok(request) => self.take(request),
                    }
                }
            }
        };
        for (_, cancelled) in lock(&self.running).drain() {
            cancelled.store(true, Ordering::Relaxed);
        }
        self.queue.close();
        asked.map(|id| (self.output, id))
    }

    fn refuse(&self, id: Option<u64>, code: i64, message: impl Into<String>) {
        self.output.answer(id, Err::<(), _>(failure(code, message)));
    }

    fn take(&self, request: Request) {
        let read = Instant::now();
        let Request { id, method, params, .. } = request;
        if method == "$/cancelRequest" {
            if let Ok(Cancel { id }) = serde_json::from_value(params)
                && let Some(cancelled) = lock(&self.running).get(&id)
            {
                cancelled.store(true, Ordering::Relaxed);
            }
            self.queue.cancelled();
            return;
        }
        // Other notifications are for engines that know them.
        let Some(id) = id else { return };
        let work = match &*method {
            "status" => {
                let status = Status { memory_mib: memory_mib(), ..self.status.clone() };
                return self.output.answer(Some(id), Ok(status));
            }
            "synthesize" => serde_json::from_value(params).map(|p| Work::Synthesize(Box::new(p))),
            "traces" => serde_json::from_value(params).map(Work::Traces),
            _ => {
                let message = format!("The method `{method}` is not known.");
                return self.refuse(Some(id), UNKNOWN_METHOD, message);
            }
        };
        match work {
            Err(error) => self.refuse(Some(id), INVALID, format!("The parameters can't be read: {error}.")),
            Ok(work) => {
                let cancelled = Arc::new(AtomicBool::new(false));
                match lock(&self.running).entry(id) {
                    Entry::Vacant(place) => place.insert(cancelled.clone()),
                    // The answers could not be told apart.
                    Entry::Occupied(_) => {
                        return self.refuse(Some(id), INVALID_REQUEST, format!("The id {id} is in use."));
                    }
                };
                self.queue.add(Job { id, work, read, cancelled });
            }
        }
    }
}

struct Worker {
    models: Models,
    device: String,
    output: Output,
    running: Running,
    queue: Arc<Queue>,
    memory: Arc<Memory>,
}

impl Worker {
    /// Works on jobs until there can be no more.
    fn run(self, next: fn(&Queue) -> Option<Job>) {
        while let Some(job) = next(&self.queue) {
            // A fault inside torch must not take the other requests down.
            let answer = catch_unwind(AssertUnwindSafe(|| self.work(&job)));
            let answer = answer.unwrap_or_else(|panic| Err(failure(INTERNAL_ERROR, reason(&*panic))));
            lock(&self.running).remove(&job.id);
            let answer = match answer {
                Err(error) if error.code == INVALID => Err(error),
                _ if job.cancelled.load(Ordering::Relaxed) => {
                    Err(failure(CANCELLED, "The request was cancelled."))
                }
                answer => answer,
            };
            self.output.answer(Some(job.id), answer);
        }
    }

    fn work(&self, job: &Job) -> Result<Value, ErrorObject> {
        let cancelled = || job.cancelled.load(Ordering::Relaxed);
        let output = &self.output;
        let notify = |method, params: Value| {
            if let Ok(message) = Request::notification(method, params) {
                output.send(&message);
            }
        };
        let on_tally = |tally: Tally| {
            let progress = Progress {
                id: job.id,
                milliseconds: tally.elapsed.as_millis() as u64,
                programs_run: tally.programs_run,
                best_passed: tally.best_passed,
                candidates: tally.found,
            };
            notify("progress", json!(progress));
        };
        let clock = &Pace::new(job.read);
        let around = Surroundings {
            cancelled: &cancelled,
            on_tally: &on_tally,
            ..Surroundings::new(&self.models, &self.device, clock, &self.memory)
        };
        let result = match &job.work {
            Work::Synthesize(request) => {
                let mut on_candidate = |candidate: &Candidate| {
                    notify("candidate", json!(Found { id: job.id, candidate: candidate.clone() }));
                };
                around
                    .synthesize(&request.specification, &request.budget, &mut on_candidate)
                    .map(serde_json::to_value)
            }
            Work::Traces(request) => around.infer_traces(request).map(serde_json::to_value),
        };
        match result {
            Err(refusal) => Err(failure(INVALID, refusal.to_string())),
            Ok(Err(error)) => Err(failure(INTERNAL_ERROR, error.to_string())),
            Ok(Ok(value)) => Ok(value),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(lines: Receiver<Message>, mut output: impl Write) {
    for message in lines {
        let written = match message {
            Message::Line(line) => output.write_all(&line).and_then(|()| output.flush()),
            Message::Flush(done) => done.send(()).map_err(std::io::Error::other),
        };
        if written.is_err() {
            return;
        }
    }
}
