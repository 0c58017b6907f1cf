//! `karel-synth bench`

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;
use protocol::message::{Budget, Status, Synthesize};
use protocol::wire::{Answer, Request, Response};
use serde_json::{Value, json};
use synth::bench::{Latencies, Times, measure, specification};
use synth::device;
use synth::eval::read;

use super::Computation;

/// Measure how long a synthesis of five examples takes, warm and from cold
#[derive(Args)]
pub struct Bench {
    /// Tasks in the public dataset's format, plain or gzip
    #[arg(long, value_name = "FILE")]
    tasks: PathBuf,
    /// How many of them, spread evenly over the file
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Width of the beam
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    beam: u32,
    /// Starts from cold
    #[arg(long, default_value_t = 5)]
    starts: u32,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    computation: Computation,
}

impl Bench {
    pub fn run(self) -> anyhow::Result<()> {
        let (tasks, _) = read(&self.tasks, None)?;
        if tasks.is_empty() {
            bail!("{} holds no task", self.tasks.display());
        }
        let step = (tasks.len() / self.limit as usize).max(1);
        let chosen: Vec<_> = tasks.iter().step_by(step).take(self.limit as usize).collect();
        let (on, models) = self.computation.open()?;
        let device = device::name(on);
        // The first runs make torch choose its kernels and fill its caches.
        for task in chosen.iter().take(3) {
            measure(&models, &device, task, self.beam as usize, &mut Latencies::default());
        }
        let mut latencies = Latencies::default();
        // For the starts from cold: tasks that take the networks to solve.
        let mut solved = Vec::new();
        for task in &chosen {
            if measure(&models, &device, task, self.beam as usize, &mut latencies) {
                solved.push(*task);
            }
        }
        let starts = solved.iter().cycle().take(if solved.is_empty() { 0 } else { self.starts as usize });
        let cold: Vec<Cold> = starts.map(|task| self.cold(task)).collect::<Result<_, _>>()?;
        let (solved, generalized) = (latencies.solved, latencies.generalized);
        let rows = [
            ("traces of five examples", Times::of(latencies.traces)),
            ("encoding and execution-pruned beam", Times::of(latencies.beam)),
            ("both: one synthesis", Times::of(latencies.one_beam)),
            ("request to first verified candidate", Times::of(latencies.first_candidate)),
            ("request to end (up to 5 candidates, 4 trace sets)", Times::of(latencies.whole)),
            ("cold: start to status", Times::of(cold.iter().map(|c| c.status).collect())),
            (
                "cold: start to first verified candidate",
                Times::of(cold.iter().map(|c| c.candidate).collect()),
            ),
        ];
        let rows: Vec<_> = rows.into_iter().filter(|(_, times)| times.runs > 0).collect();
        let memory = cold.iter().filter_map(|c| c.memory_mib).max();
        if self.json {
            let times: serde_json::Map<String, Value> =
                rows.iter().map(|(name, times)| ((*name).to_owned(), json!(times))).collect();
            let report = json!({
                "device": device, "threads": self.computation.threads(), "beam": self.beam,
                "tasks": chosen.len(), "solved": solved, "generalized": generalized,
                "milliseconds": times, "memory_mib": memory,
            });
            anstream::println!("{}", serde_json::to_string_pretty(&report)?);
            return Ok(());
        }
        let file = self.tasks.file_name().unwrap_or_default().to_string_lossy();
        anstream::println!(
            "{} tasks of {file}, five examples each, beam {}, {device}, {} threads",
            chosen.len(),
            self.beam,
            self.computation.threads()
        );
        anstream::println!("\n| ms | p50 | p90 | p99 | max | runs |\n|---|---|---|---|---|---|");
        for (name, t) in rows {
            anstream::println!(
                "| {name} | {:.0} | {:.0} | {:.0} | {:.0} | {} |",
                t.p50,
                t.p90,
                t.p99,
                t.max,
                t.runs
            );
        }
        anstream::println!(
            "\nFound a program for {solved} of {} tasks; the best passes the held-out example in {generalized}",
            chosen.len()
        );
        match memory {
            Some(mib) => anstream::println!("Engine's resident memory after one synthesis: {mib} MiB"),
            None => anstream::println!("Engine's resident memory: not told by this system"),
        }
        Ok(())
    }

    /// Starts an engine of its own and asks it once.
    fn cold(&self, task: &dataset::Task) -> anyhow::Result<Cold> {
        let start = Instant::now();
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").args(self.computation.arguments()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut engine = command.spawn().context("can't start the engine")?;
        let (Some(mut input), Some(output)) = (engine.stdin.take(), engine.stdout.take()) else {
            bail!("the engine has no standard streams");
        };
        let mut output = BufReader::new(output);
        let mut ask = |id: u64, method: &str, params: Value| -> anyhow::Result<(Option<Duration>, Value)> {
            let request = serde_json::to_string(&Request::new(id, method, params)?)?;
            writeln!(input, "{request}")?;
            input.flush()?;
            let mut first = None;
            loop {
                let mut line = String::new();
                if output.read_line(&mut line)? == 0 {
                    bail!("the engine ended before it answered");
                }
                match serde_json::from_str::<Response>(&line) {
                    Ok(Response { answer: Answer::Result(value), .. }) => return Ok((first, value)),
                    Ok(Response { answer: Answer::Error(error), .. }) => {
                        bail!("the engine: {}", error.message)
                    }
                    Err(_) => {
                        first.get_or_insert_with(|| start.elapsed());
                    }
                }
            }
        };
        ask(1, "status", Value::Null)?;
        let status = start.elapsed();
        let request = Synthesize {
            specification: specification(task),
            budget: Budget { candidates: 1, beam: self.beam as usize, ..Budget::default() },
        };
        let (first, _) = ask(2, "synthesize", serde_json::to_value(request)?)?;
        let candidate = first.context("a task that was solved before was not solved")?;
        let (_, after) = ask(3, "status", Value::Null)?;
        let after: Status = serde_json::from_value(after)?;
        ask(4, "shutdown", Value::Null)?;
        engine.wait()?;
        Ok(Cold { status, candidate, memory_mib: after.memory_mib })
    }
}

/// One start from cold.
struct Cold {
    status: Duration,
    candidate: Duration,
    memory_mib: Option<u64>,
}
