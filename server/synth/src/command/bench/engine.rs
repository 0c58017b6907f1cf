//! An engine of its own, asked over its standard streams as an editor asks it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};
use protocol::message::{Found, Synthesize};
use protocol::wire::{Answer, Request, Response};
use serde::Serialize;
use serde_json::Value;
use synth::eval::bench::Times;

pub(crate) struct Engine {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Requests so far.
    asked: u64,
}

/// What an engine says.
enum Said {
    /// The request has its first candidate, or another.
    Candidate(u64),
    Answer(u64, Value),
}

impl Engine {
    pub(crate) fn start(arguments: impl IntoIterator<Item = OsString>) -> anyhow::Result<Engine> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().context("can't start the engine")?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            bail!("the engine has no standard streams");
        };
        Ok(Engine { process, input, output: BufReader::new(output), asked: 0 })
    }

    fn send(&mut self, method: &str, params: Value) -> anyhow::Result<u64> {
        self.asked += 1;
        let request = serde_json::to_string(&Request::new(self.asked, method, params)?)?;
        writeln!(self.input, "{request}")?;
        self.input.flush()?;
        Ok(self.asked)
    }

    fn hear(&mut self) -> anyhow::Result<Said> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            bail!("the engine ended before it answered");
        }
        match serde_json::from_str::<Response>(&line) {
            Ok(Response { id: Some(id), answer: Answer::Result(value), .. }) => Ok(Said::Answer(id, value)),
            Ok(Response { answer: Answer::Error(error), .. }) => bail!("the engine: {}", error.message),
            _ => {
                let request: Request = serde_json::from_str(&line)?;
                Ok(Said::Candidate(serde_json::from_value::<Found>(request.params)?.id))
            }
        }
    }

    /// Asks, and waits for the answer; says also when the first candidate came.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> anyhow::Result<(Option<Instant>, Value)> {
        self.send(method, params)?;
        let mut first = None;
        loop {
            match self.hear()? {
                Said::Candidate(_) => _ = first.get_or_insert_with(Instant::now),
                Said::Answer(_, value) => return Ok((first, value)),
            }
        }
    }

    /// Asks all of it, so many requests at a time.
    pub(crate) fn at_a_time(&mut self, count: usize, requests: &[Synthesize]) -> anyhow::Result<Concurrent> {
        let start = Instant::now();
        let mut left = requests.iter();
        // When each was asked, and whether it has had a candidate.
        let mut running: HashMap<u64, (Instant, bool)> = HashMap::new();
        let (mut first, mut whole) = (Vec::new(), Vec::new());
        loop {
            while running.len() < count
                && let Some(request) = left.next()
            {
                let id = self.send("synthesize", serde_json::to_value(request)?)?;
                running.insert(id, (Instant::now(), false));
            }
            if running.is_empty() {
                break;
            }
            match self.hear()? {
                Said::Candidate(id) => {
                    if let Some((asked, had @ false)) = running.get_mut(&id) {
                        *had = true;
                        first.push(asked.elapsed());
                    }
                }
                Said::Answer(id, _) => whole.extend(running.remove(&id).map(|(asked, _)| asked.elapsed())),
            }
        }
        let seconds = start.elapsed().as_secs_f64().max(1e-9);
        Ok(Concurrent {
            at_a_time: count,
            requests_per_second: whole.len() as f64 / seconds,
            first_candidate: Times::of(first),
            whole: Times::of(whole),
        })
    }

    pub(crate) fn end(mut self) -> anyhow::Result<()> {
        self.ask("shutdown", Value::Null)?;
        self.process.wait()?;
        Ok(())
    }
}

/// How requests fare that are asked at one time.
#[derive(Serialize)]
pub(crate) struct Concurrent {
    pub at_a_time: usize,
    pub requests_per_second: f64,
    /// From request to first verified candidate, of those that have one.
    pub first_candidate: Times,
    /// From request to end.
    pub whole: Times,
}
