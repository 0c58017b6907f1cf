//! `karel world`: the runs of a program's examples in a browser's page, which follows the files as they are edited.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use ::world::{Bundle, Host, Pages};
use anyhow::{Context, anyhow, bail};
use clap::Args;
use futures::FutureExt;
use futures::future::BoxFuture;
use ide::{Analysis, Config};
use owo_colors::OwoColorize;
use recording::messages::{Show, Which, method};
use recording::{Failure, Plain, Program, Recorder};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::files::{self, Loaded};
use crate::{Verdict, import};

/// Show the runs of a program's examples in a browser, step by step
#[derive(Args)]
pub(crate) struct World {
    /// The program; while the page is open it follows what you save
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The example or test to begin with
    #[arg(long, short, value_name = "NAME")]
    example: Option<String>,
    /// Print the page's address and open no browser
    #[arg(long)]
    no_browser: bool,
    /// The port to serve the page at, on this machine only; any free one where it is 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
}

/// How often it is looked whether a file has changed.
const LOOK: Duration = Duration::from_millis(200);
/// Requests that are worked on at a time.
const AT_A_TIME: usize = 2;

impl World {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        if self.file == Path::new("-") {
            bail!("the page follows a file: name one instead of standard input");
        }
        let path = files::program_of(&self.file);
        let name = files::name(&path);
        let loaded = load(&path).map_err(|why| anyhow!("{name} can't be read: {why}"))?;
        let analysis = &loaded.analysis;
        if let Some(message) = import::foreign(analysis) {
            bail!("{name}: {message}");
        }
        if let Some(wanted) = &self.example
            && !analysis.cases().any(|case| case.example.name.text == *wanted)
        {
            bail!("{name} has no example and no test named \"{wanted}\"");
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.context("the page's server can't be started")?.block_on(self.serve(path, loaded))
    }

    async fn serve(&self, path: PathBuf, loaded: Loaded) -> anyhow::Result<Verdict> {
        let uri = loaded.analysis.sources().next().map(|source| source.uri.clone()).unwrap_or_default();
        let example = self.example.clone().map(Which::Name);
        let shown = Arc::new(Shown {
            first: Show { uri, editor: false, example, step: None },
            recorder: Recorder::default(),
            program: Mutex::new(Arc::new(Plain::new(Arc::clone(&loaded.analysis)))),
            room: Arc::new(Semaphore::new(AT_A_TIME)),
        });
        let (host, pages) = (Arc::new(Shared(Arc::clone(&shown))), Pages::default());
        let served = ::world::serve(host, pages.clone(), Bundle::BUILT_IN, self.port).await;
        let served = served.with_context(|| match self.port {
            0 => "the page can't be served".to_owned(),
            port => format!("the page can't be served at port {port}; leave --port out for any that is free"),
        })?;
        writeln!(anstream::stdout(), "{}", served.address)?;
        anstream::eprintln!("{} is shown there until you press Ctrl-C.", files::name(&path));
        if !self.no_browser
            && let Err(why) = ::world::open(&served.address)
        {
            let warning = "warning:".yellow().bold().to_string();
            anstream::eprintln!("{warning} no browser can be opened: {why}; open the address yourself");
        }
        tokio::select! {
            () = shown.follow(path, loaded, pages) => {}
            asked = tokio::signal::ctrl_c() => asked.context("Ctrl-C can't be waited for")?,
        }
        Ok(Verdict::Fine)
    }
}

/// The program with its files named by URIs.
fn load(path: &Path) -> Result<Loaded, disk::Unreadable> {
    let uri = |path: &Path| {
        let absolute = std::path::absolute(path).ok();
        let uri = absolute.and_then(|path| url::Url::from_file_path(path).ok());
        uri.map_or_else(|| path.display().to_string(), String::from)
    };
    files::load_named(path, &Config::default(), &uri)
}

/// The program that pages show.
struct Shown {
    first: Show,
    recorder: Recorder,
    program: Mutex<Arc<Plain<Arc<Analysis>>>>,
    room: Arc<Semaphore>,
}

impl Shown {
    fn program(&self) -> Arc<Plain<Arc<Analysis>>> {
        Arc::clone(&self.program.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the program again whenever one of its files has changed, and tells pages. Never ends.
    async fn follow(&self, path: PathBuf, loaded: Loaded, pages: Pages) {
        let mut paths = loaded.paths;
        // Of what was loaded first, and may have changed since, too.
        let mut known = Vec::new();
        loop {
            tokio::time::sleep(LOOK).await;
            let now = stamps(&paths);
            if now == known {
                continue;
            }
            let path = path.clone();
            // A file that is just being written, or is gone for a moment, is looked at again.
            let Ok(Ok(loaded)) = tokio::task::spawn_blocking(move || load(&path)).await else { continue };
            known = if paths == loaded.paths { now } else { Vec::new() };
            paths = loaded.paths;
            if same(self.program().analysis(), &loaded.analysis) {
                continue;
            }
            let program = Arc::new(Plain::new(loaded.analysis));
            *self.program.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&program);
            pages.tell(method::OUTDATED, &self.recorder.outdated(&*program));
        }
    }

    fn answer_now(&self, method: &str, params: Value, cancel: &CancellationToken) -> Result<String, Failure> {
        if method == method::EDIT {
            let why = "To draw, open the world from an editor.";
            return Err(Failure::Refused(why.to_owned()));
        }
        let current = self.program();
        let program = |uri: &str| -> Result<Arc<dyn Program>, Failure> {
            let is_part = current.analysis().source(uri).is_some();
            let elsewhere =
                || Failure::Refused("This file is not part of the program that is shown.".to_owned());
            is_part.then(|| Arc::clone(&current) as Arc<dyn Program>).ok_or_else(elsewhere)
        };
        self.recorder.answer(method, params, &program, &|| cancel.is_cancelled())
    }
}

/// When each file was last written, and its length; none where it is not there.
fn stamps(paths: &[PathBuf]) -> Vec<Option<(SystemTime, u64)>> {
    let stamp = |path: &PathBuf| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    paths.iter().map(stamp).collect()
}

fn same(a: &Analysis, b: &Analysis) -> bool {
    let texts = |analysis: &Analysis| {
        analysis.sources().map(|source| (source.uri.clone(), Arc::clone(&source.text))).collect::<Vec<_>>()
    };
    texts(a) == texts(b)
}

/// The program as pages ask about it: a request may outlive the page that asked.
struct Shared(Arc<Shown>);

impl Host for Shared {
    fn answer(
        &self,
        method: String,
        params: Value,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, Result<String, Failure>> {
        let shown = Arc::clone(&self.0);
        async move {
            let room = Arc::clone(&shown.room).acquire_owned().await;
            let work = move || {
                let _room = room;
                shown.answer_now(&method, params, &cancel)
            };
            tokio::task::spawn_blocking(work).await.unwrap_or(Err(Failure::Cancelled))
        }
        .boxed()
    }

    /// There is no editor to show anything in.
    fn take(&self, _: &str, _: Value) {}

    fn first(&self) -> Show {
        self.0.first.clone()
    }
}
