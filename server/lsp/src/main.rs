//! `karel-lsp`: the language server on standard input and output.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::Context;
use clap::Parser;
use karel_lsp::run::{Options, run};
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
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    start_log(&arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .max_blocking_threads(64)
        .enable_all()
        .build()
        .context("The server's threads can't be started")?;
    let polite = runtime.block_on(run(tokio::io::stdin(), tokio::io::stdout(), Options::default()));
    // Standard input is read by a thread that only the process's end can stop.
    std::process::exit(if polite { 0 } else { 1 })
}

fn start_log(arguments: &Arguments) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&arguments.log_level)
        .with_context(|| format!("`{}` is no level; try --log-level debug", arguments.log_level))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    match &arguments.log {
        Some(path) => {
            let file = File::options().create(true).append(true).open(path);
            let file = file.with_context(|| format!("The log file {} can't be opened", path.display()))?;
            log.with_writer(Mutex::new(file)).init();
        }
        None => log.with_writer(std::io::stderr).init(),
    }
    // Handlers are fenced; what they panic about belongs into the log.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    Ok(())
}
