//! `karel-lsp`: the language server on standard input and output.

use std::fs::File;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};
use karel_lsp::log::Log;
use karel_lsp::run::{Options, run};
use karel_lsp::transport::blocking::Blocking;
use karel_lsp::workers;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Language server for Karel by example. Speaks the Language Server Protocol on standard input and output.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Write the log to this file instead of standard error
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// How much to log: error, warn, info, debug, trace, or a filter such as karel_lsp=debug
    #[arg(long, value_name = "LEVEL", env = "KAREL_LOG", default_value = "warn")]
    log_level: String,
    /// Accepted and ignored: editors pass it, and there is no other way to speak
    #[arg(long, hide = true)]
    stdio: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Be the debugger instead, which speaks the Debug Adapter Protocol: an editor that has found this program has both
    Dap,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Command::Dap) = arguments.command {
        return Ok(dap::serve(std::io::stdin(), std::io::stdout())?);
    }
    let log = start_log(&arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .max_blocking_threads(workers::THREADS)
        .enable_all()
        .build()
        .context("The server's threads can't be started")?;
    let polite = runtime.block_on(async {
        let options = Options::default();
        tokio::spawn(stop_when_asked(options.stop.clone()));
        run(Blocking(std::io::stdin()), Blocking(std::io::stdout()), options).await
    });
    log.finish();
    // Standard input is read by a thread that only the process's end can stop.
    std::process::exit(i32::from(!polite))
}

/// Ends the session where the system asks for it, so that the engine is ended, too.
async fn stop_when_asked(stop: CancellationToken) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
        let asked = signals.into_iter().filter_map(|kind| signal(kind).ok()).map(|mut signal| {
            Box::pin(async move {
                signal.recv().await;
            })
        });
        futures::future::select_all(asked).await;
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    stop.cancel();
}

fn start_log(arguments: &Arguments) -> anyhow::Result<Log> {
    let filter = EnvFilter::try_new(&arguments.log_level)
        .with_context(|| format!("`{}` is not a level; try --log-level debug", arguments.log_level))?;
    let log = match &arguments.log {
        Some(path) => {
            let file = File::options().create(true).append(true).open(path);
            Log::new(file.with_context(|| format!("The log file {} can't be opened", path.display()))?)
        }
        None => Log::new(std::io::stderr()),
    };
    let format = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    format.with_writer(log.clone()).init();
    // Handlers are fenced; what they panic about belongs into the log.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    Ok(log)
}
