//! `karel-synth bench`

mod engine;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;
use dataset::Task;
use protocol::message::{Budget, Status, Synthesize};
use serde::Serialize;
use serde_json::{Value, json};
use synth::device;
use synth::eval::bench::{EXAMPLES, Latencies, Throughput, Times, measure, specification, throughput, trace};
use synth::eval::{read, spread};
use synth::models::Models;
use tch::Device;

use super::Computation;
use engine::{Concurrent, Engine};

/// Measure how long a synthesis of five examples takes, warm and from cold
#[derive(Args)]
pub(crate) struct Bench {
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
    /// Tasks decoded together, for tasks a second [default: 1,8 on the CPU, 1,8,64,256 with CUDA]
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=4096))]
    batches: Option<Vec<u32>>,
    /// Leave the times of single syntheses out
    #[arg(long)]
    only_batches: bool,
    /// Requests that an engine is asked at a time, for requests a second; then nothing else is measured
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrent: Option<Vec<u16>>,
    /// Workers of that engine [default: its own]
    #[arg(long, requires = "concurrent", value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: Option<u8>,
    /// Whether that engine's workers share its device [default: its own]
    #[arg(long, requires = "concurrent", value_name = "BOOL")]
    share: Option<bool>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    computation: Computation,
}

impl Bench {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let (tasks, _) = read(&self.tasks, None)?;
        if tasks.is_empty() {
            bail!("{} holds no task", self.tasks.display());
        }
        let tasks = spread(tasks, self.limit as usize);
        let chosen: Vec<_> = tasks.iter().collect();
        if let Some(counts) = &self.concurrent {
            return self.at_a_time(counts, &chosen);
        }
        let (on, models) = self.computation.open()?;
        let device = device::name(on);
        // The first runs make torch choose its kernels and fill its caches.
        let singly = if self.only_batches { &[][..] } else { &chosen[..] };
        for task in singly.iter().take(3) {
            measure(&models, &device, task, self.beam as usize, &mut Latencies::default());
        }
        let mut latencies = Latencies::default();
        // For the starts from cold: tasks that take the networks to solve.
        let mut solved = Vec::new();
        for task in singly {
            if measure(&models, &device, task, self.beam as usize, &mut latencies) {
                solved.push(*task);
            }
        }
        let starts = solved.iter().cycle().take(if solved.is_empty() { 0 } else { self.starts as usize });
        let cold: Vec<Cold> = starts.map(|task| self.cold(task)).collect::<Result<_, _>>()?;
        let batches = self.batches(on, &models, &chosen);
        let (solved, generalized) = (latencies.solved, latencies.generalized);
        let rows = [
            ("traces of five examples", Times::of(latencies.traces)),
            ("encoding and execution-pruned beam", Times::of(latencies.beam)),
            ("both: one synthesis", Times::of(latencies.one_beam)),
            ("request to first verified candidate", Times::of(latencies.first_candidate)),
            ("request to end (up to 5 candidates that differ)", Times::of(latencies.whole)),
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
                "milliseconds": times, "memory_mib": memory, "batches": batches,
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
        batches.print();
        if self.only_batches {
            return Ok(());
        }
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
            None => anstream::println!("Engine's resident memory: this system does not tell it"),
        }
        Ok(())
    }

    /// Tasks a second in batches, plain and pruned.
    fn batches(&self, on: Device, models: &Models, chosen: &[&Task]) -> Batches {
        let usual: &[u32] = if on == Device::Cpu { &[1, 8] } else { &[1, 8, 64, 256] };
        let sizes = self.batches.clone().unwrap_or_else(|| usual.to_vec());
        let (traced, time) = trace(models, chosen.iter().copied());
        let mut rates = Vec::new();
        for size in sizes.into_iter().map(|size| size as usize).filter(|_| !traced.is_empty()) {
            // Whole batches, one at least.
            let tasks = (chosen.len() / size).max(1) * size;
            // The first batch of a size makes torch choose kernels and reserve memory.
            throughput(models, &traced, size.min(tasks), size, self.beam as usize, true);
            for pruned in [false, true] {
                rates.push(throughput(models, &traced, tasks, size, self.beam as usize, pruned));
            }
        }
        Batches {
            traces_per_second: traced.len() as f64 / time.as_secs_f64().max(1e-9),
            peaks: device::peaks(on),
            rates,
        }
    }

    /// Asks an engine of its own for all tasks, so many at a time.
    fn at_a_time(&self, counts: &[u16], chosen: &[&Task]) -> anyhow::Result<()> {
        let request = |task: &&Task| Synthesize {
            specification: specification(task, EXAMPLES),
            budget: Budget { beam: self.beam as usize, ..Budget::default() },
        };
        let requests: Vec<Synthesize> = chosen.iter().map(request).collect();
        let workers = self.workers.map(|workers| ["--workers".into(), workers.to_string().into()]);
        let share = self.share.map(|share| ["--share".into(), share.to_string().into()]);
        let arguments = self.computation.arguments().into_iter();
        let arguments = arguments.chain(workers.into_iter().flatten()).chain(share.into_iter().flatten());
        let mut engine = Engine::start(arguments)?;
        // The first requests make torch choose its kernels and fill its caches.
        engine.at_a_time(1, &requests[..requests.len().min(3)])?;
        let runs = counts.iter().map(|&count| engine.at_a_time(count.into(), &requests));
        let runs: Vec<Concurrent> = runs.collect::<Result<_, _>>()?;
        let (_, status) = engine.ask("status", Value::Null)?;
        let status: Status = serde_json::from_value(status)?;
        engine.end()?;
        if self.json {
            let report = json!({
                "device": status.device, "threads": self.computation.threads(), "workers": self.workers,
                "beam": self.beam, "tasks": chosen.len(), "memory_mib": status.memory_mib, "concurrent": runs,
            });
            anstream::println!("{}", serde_json::to_string_pretty(&report)?);
            return Ok(());
        }
        let file = self.tasks.file_name().unwrap_or_default().to_string_lossy();
        anstream::println!(
            "{} requests of {file}, five examples each, beam {}, {}, {} threads\n",
            chosen.len(),
            self.beam,
            status.device,
            self.computation.threads()
        );
        anstream::println!(
            "| at a time | requests/s | first candidate, ms: p50 | p99 | end, ms: p50 | p99 |"
        );
        anstream::println!("|---|---|---|---|---|---|");
        for run in runs {
            let (first, whole) = (run.first_candidate, run.whole);
            anstream::println!(
                "| {} | {:.2} | {:.0} | {:.0} | {:.0} | {:.0} |",
                run.at_a_time,
                run.requests_per_second,
                first.p50,
                first.p99,
                whole.p50,
                whole.p99
            );
        }
        Ok(())
    }

    /// Starts an engine of its own and asks it once.
    fn cold(&self, task: &dataset::Task) -> anyhow::Result<Cold> {
        let start = Instant::now();
        let mut engine = Engine::start(self.computation.arguments())?;
        engine.ask("status", Value::Null)?;
        let status = start.elapsed();
        let request = Synthesize {
            specification: specification(task, EXAMPLES),
            budget: Budget { candidates: 1, beam: self.beam as usize, ..Budget::default() },
        };
        let (first, _) = engine.ask("synthesize", serde_json::to_value(request)?)?;
        let candidate = first.context("a task that was solved before was not solved")? - start;
        let (_, after) = engine.ask("status", Value::Null)?;
        let after: Status = serde_json::from_value(after)?;
        engine.end()?;
        Ok(Cold { status, candidate, memory_mib: after.memory_mib })
    }
}

/// One start from cold.
struct Cold {
    status: Duration,
    candidate: Duration,
    memory_mib: Option<u64>,
}

/// Tasks a second, and what bounds them.
#[derive(Serialize)]
struct Batches {
    /// Tasks whose five traces are inferred in a second, all of them in one batch.
    traces_per_second: f64,
    peaks: device::Peaks,
    rates: Vec<Throughput>,
}

impl Batches {
    fn print(&self) {
        anstream::println!(
            "\nTraces of all tasks together: {:.1} tasks/s. Encoding and beam, by tasks decoded together:",
            self.traces_per_second
        );
        anstream::println!(
            "\n| batch | beam | tasks | tasks/s | GFLOP/task | MB/task | GFLOP/s | GB/s | share of peak FLOP/s, bytes/s |"
        );
        anstream::println!("|---|---|---|---|---|---|---|---|---|");
        for rate in &self.rates {
            let (tasks, seconds) = (rate.tasks as f64, rate.seconds.max(1e-9));
            let (flop, bytes) = rate.shares(&self.peaks);
            anstream::println!(
                "| {} | {} | {} | {:.1} | {:.2} | {:.0} | {:.1} | {:.1} | {:.0}%, {:.0}% |",
                rate.batch,
                if rate.pruned { "pruned" } else { "plain" },
                rate.tasks,
                rate.tasks_per_second(),
                rate.work.flop / tasks / 1e9,
                rate.work.bytes / tasks / 1e6,
                rate.work.flop / seconds / 1e9,
                rate.work.bytes / seconds / 1e9,
                100.0 * flop,
                100.0 * bytes
            );
        }
        anstream::println!(
            "\nMeasured peaks: {:.0} GFLOP/s in a float32 product of 2048 by 2048, {:.1} GB/s in a copy of 128 MiB. {}",
            self.peaks.flops / 1e9,
            self.peaks.bytes / 1e9,
            self.bound()
        );
    }

    /// What bounds the fastest.
    fn bound(&self) -> &'static str {
        let fastest = self.rates.iter().max_by(|a, b| a.tasks_per_second().total_cmp(&b.tasks_per_second()));
        match fastest.map(|rate| rate.shares(&self.peaks)) {
            None => "Nothing was decoded.",
            Some((0.0, _)) => "The model does not count its work.",
            Some((flop, bytes)) if flop.max(bytes) < 0.5 => {
                "The fastest row reaches less than half of either: what is not counted bounds it (small operations, \
                 the start of each, the host)."
            }
            Some((flop, bytes)) if flop >= bytes => "Arithmetic bounds the fastest row.",
            Some(_) => "Memory traffic bounds the fastest row.",
        }
    }
}
