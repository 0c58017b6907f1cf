//! `karel world`: the runs of a program's examples in a browser's page, which follows the files as they are edited, and
//! writes into them what is drawn there and which program is taken.

mod history;
mod synthesis;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use ::world::{Bundle, Host, Pages};
use anyhow::{Context, anyhow, bail};
use clap::Args;
use futures::FutureExt;
use futures::future::BoxFuture;
use ide::{Analysis, Config};
use owo_colors::OwoColorize;
use recording::messages::{
    AnswerParams, Applied, EditParams, FindParams, Show, TakeParams, TextDocument, UndoParams, Which, method,
};
use recording::{Failure, Plain, Program, Recorder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::history::{History, Rewrite};
use self::synthesis::{Synthesis, texts};
use crate::files::{self, Loaded};
use crate::{Verdict, import};

/// Show a program in a browser: step through the runs of its examples, draw examples, have programs found
#[derive(Args)]
pub(crate) struct World {
    /// The program; while the page is open it follows what you save, and what you draw is saved at once
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The example or test to begin with
    #[arg(long, short, value_name = "NAME")]
    example: Option<String>,
    /// Print the page's address and open no browser
    #[arg(long)]
    no_browser: bool,
    /// Start the synthesis engine with this command, words separated by blanks [default: karel-synth serve]
    #[arg(long, value_name = "COMMAND", env = "KAREL_ENGINE")]
    engine: Option<String>,
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
        let loaded = load(&path, 1).map_err(|why| anyhow!("{name} can't be read: {why}"))?;
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
        let words = |engine: &String| engine.split_whitespace().map(str::to_owned).collect();
        let synthesis = Synthesis::new(self.engine.as_ref().map(words).or_else(protocol::program::engine));
        let can_find = synthesis.can_find();
        let first = Show { uri, editor: false, synthesis: can_find, undo: true, example, step: None };
        let pages = Pages::default();
        let shown = Arc::new(Shown::new(path, first, &loaded, pages.clone(), synthesis));
        let host = Arc::new(Shared(Arc::clone(&shown)));
        let served = ::world::serve(host, pages, Bundle::BUILT_IN, self.port).await;
        let served = served.with_context(|| match self.port {
            0 => "the page can't be served".to_owned(),
            port => format!("the page can't be served at port {port}; leave --port out for any that is free"),
        })?;
        writeln!(anstream::stdout(), "{}", served.address)?;
        anstream::eprintln!("{} is shown there until you press Ctrl-C.", files::name(&shown.path));
        if !self.no_browser
            && let Err(why) = ::world::open(&served.address)
        {
            let warning = "warning:".yellow().bold().to_string();
            anstream::eprintln!("{warning} no browser can be opened: {why}; open the address yourself");
        }
        tokio::select! {
            () = Arc::clone(&shown).follow(loaded.paths) => {}
            asked = tokio::signal::ctrl_c() => asked.context("Ctrl-C can't be waited for")?,
        }
        shown.synthesis.end().await;
        Ok(Verdict::Fine)
    }
}

/// The program with its files named by URIs. Its version says the how manieth it is of those that were shown.
fn load(path: &Path, version: i32) -> Result<Loaded, disk::Unreadable> {
    let uri = |path: &Path| {
        let absolute = std::path::absolute(path).ok();
        let uri = absolute.and_then(|path| url::Url::from_file_path(path).ok());
        uri.map_or_else(|| path.display().to_string(), String::from)
    };
    files::load_named(path, &Config::default(), Some(version), &uri)
}

/// The path that [`load`] has named so.
fn path_of(uri: &str) -> PathBuf {
    let path = url::Url::parse(uri).ok().and_then(|url| url.to_file_path().ok());
    path.unwrap_or_else(|| PathBuf::from(uri))
}

/// The program that pages show.
struct Shown {
    path: PathBuf,
    first: Show,
    recorder: Recorder,
    program: Mutex<Arc<Plain<Arc<Analysis>>>>,
    /// Who reads the files anew holds it, so that what was read last is what is shown.
    reading: Mutex<()>,
    /// Who writes files holds it.
    history: Mutex<History>,
    synthesis: Synthesis,
    pages: Pages,
    room: Arc<Semaphore>,
}

impl Shown {
    fn new(path: PathBuf, first: Show, loaded: &Loaded, pages: Pages, synthesis: Synthesis) -> Shown {
        Shown {
            path,
            first,
            recorder: Recorder::default(),
            program: Mutex::new(Arc::new(Plain::new(Arc::clone(&loaded.analysis)))),
            reading: Mutex::default(),
            history: Mutex::default(),
            synthesis,
            pages,
            room: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }

    fn program(&self) -> Arc<Plain<Arc<Analysis>>> {
        Arc::clone(&lock(&self.program))
    }

    /// Reads the program again whenever one of its files has changed. Never ends.
    async fn follow(self: Arc<Shown>, mut paths: Vec<PathBuf>) {
        // Of what was loaded first, and may have changed since, too.
        let mut known = Vec::new();
        loop {
            tokio::time::sleep(LOOK).await;
            let now = stamps(&paths);
            if now == known {
                continue;
            }
            let shown = Arc::clone(&self);
            // A file that is just being written, or is gone for a moment, is looked at again.
            let Ok(Ok(read)) = tokio::task::spawn_blocking(move || shown.read(false)).await else { continue };
            known = if paths == read { now } else { Vec::new() };
            paths = read;
        }
    }

    /// Reads the program anew, and tells pages if it has changed, or in any case. Gives the paths of its files.
    fn read(&self, tells: bool) -> Result<Vec<PathBuf>, disk::Unreadable> {
        let _alone = lock(&self.reading);
        let shown = self.program();
        let version = shown.analysis().sources().next().and_then(|source| source.version).unwrap_or(0);
        let loaded = load(&self.path, version.wrapping_add(1))?;
        let is_new = tells || texts(shown.analysis()) != texts(&loaded.analysis);
        // Nobody else has it yet.
        if let Some(analysis) = Arc::into_inner(loaded.analysis).filter(|_| is_new) {
            let program = Arc::new(Plain::new(Arc::new(self.synthesis.with_found(analysis))));
            *lock(&self.program) = Arc::clone(&program);
            self.pages.tell(method::OUTDATED, &self.recorder.outdated(&*program));
        }
        Ok(loaded.paths)
    }

    /// Looks for programs; the program that is shown has what was found.
    async fn find(&self, params: Value, cancel: CancellationToken) -> Result<String, Failure> {
        let params: FindParams = parsed(params)?;
        let program = self.program_of(&params.text_document.uri)?;
        let found = self.synthesis.find(program.analysis(), &cancel).await?;
        let _ = tokio::task::block_in_place(|| self.read(true));
        written(&found)
    }

    fn answer_now(&self, method: &str, params: Value, cancel: &CancellationToken) -> Result<String, Failure> {
        let write = match method {
            method::EDIT => self.edit(&parsed(params)?, cancel),
            method::TAKE => self.take(&parsed(params)?),
            method::ANSWER => self.take_answer(&parsed(params)?),
            method::UNDO => self.rewrite(&parsed(params)?, History::undo),
            method::REDO => self.rewrite(&parsed(params)?, History::redo),
            _ => {
                let program = |uri: &str| Ok(self.program_of(uri)? as Arc<dyn Program>);
                return self.recorder.answer(method, params, &program, &|| cancel.is_cancelled());
            }
        };
        // Pages see at once what was written, and what was not because somebody else has written.
        let _ = self.read(false);
        write.and_then(|()| match method {
            method::TAKE | method::ANSWER => Ok("null".to_owned()),
            _ => written(&Applied { applied: true }),
        })
    }

    /// The program, if it is the one that the document is of.
    fn program_of(&self, uri: &str) -> Result<Arc<Plain<Arc<Analysis>>>, Failure> {
        let program = self.program();
        let elsewhere = || Failure::Refused("This file is not part of the program that is shown.".to_owned());
        program.analysis().source(uri).is_some().then_some(program).ok_or_else(elsewhere)
    }

    /// Changes an example in its file.
    fn edit(&self, params: &EditParams, cancel: &CancellationToken) -> Result<(), Failure> {
        let mut history = lock(&self.history);
        let program = self.program_of(&params.text_document.uri)?;
        let (_, change) = self.recorder.edit(&*program, params, &|| cancel.is_cancelled())?;
        write(&mut history, program.analysis(), &change)
    }

    /// Puts a program that was found into its file.
    fn take(&self, params: &TakeParams) -> Result<(), Failure> {
        self.act(&params.text_document, params.version, |analysis| {
            ide::synthesis::solution(analysis, params.candidate)
        })
    }

    /// Adds the deciding example with the ending that was chosen, and a program that ends so.
    fn take_answer(&self, params: &AnswerParams) -> Result<(), Failure> {
        self.act(&params.text_document, params.version, |analysis| {
            ide::synthesis::chosen_answer(analysis, params.answer)
        })
    }

    fn act(
        &self,
        document: &TextDocument,
        version: Option<i32>,
        action: impl FnOnce(&Analysis) -> Option<ide::Action>,
    ) -> Result<(), Failure> {
        let mut history = lock(&self.history);
        let program = self.program_of(&document.uri)?;
        let analysis = program.analysis();
        let is_same = analysis.sources().next().is_some_and(|source| source.version == version);
        let action = action(analysis).filter(|_| is_same).ok_or(Failure::Cancelled)?;
        write(&mut history, analysis, &action.change)
    }

    fn rewrite(
        &self,
        params: &UndoParams,
        how: impl FnOnce(&mut History) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.program_of(&params.text_document.uri)?;
        how(&mut lock(&self.history))
    }
}

/// Makes the change in the files, each of which has to be as it was read.
fn write(history: &mut History, analysis: &Analysis, change: &ide::Change) -> Result<(), Failure> {
    for source in analysis.sources() {
        let after = change.text_of(source);
        if after != *source.text {
            let (path, before) = (path_of(&source.uri), Arc::clone(&source.text));
            history.change(Rewrite { path, before, after: after.into() })?;
        }
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn parsed<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params).map_err(|error| Failure::Params(error.to_string()))
}

fn written<T: Serialize>(answer: &T) -> Result<String, Failure> {
    serde_json::to_string(answer).map_err(|error| Failure::Refused(error.to_string()))
}

/// When each file was last written, and its length; none where it is not there.
fn stamps(paths: &[PathBuf]) -> Vec<Option<(SystemTime, u64)>> {
    let stamp = |path: &PathBuf| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    paths.iter().map(stamp).collect()
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
        if method == method::FIND {
            return async move { shown.find(params, cancel).await }.boxed();
        }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const TEXT: &str = "\
# Grüße 😀\r
def main():\r
    move()   # goes\r
\r
example \"a\":  # one\r
    input:\r
        > . #   # in\r
        1 2 .\r
    output:\r
\t. > #\r
        1 2 .\r
\r
test \"b\":\r
    input:\r
        ^\r
";

    fn shown(folder: &Path) -> Shown {
        shown_with(folder, TEXT, None)
    }

    fn shown_with(folder: &Path, text: &str, engine: Option<Vec<String>>) -> Shown {
        let path = folder.join("a.karel");
        std::fs::write(&path, text).unwrap();
        let loaded = load(&path, 1).unwrap();
        let uri = loaded.analysis.sources().next().unwrap().uri.clone();
        let first = Show { uri, editor: false, synthesis: false, undo: true, example: None, step: None };
        Shown::new(path, first, &loaded, Pages::default(), Synthesis::new(engine))
    }

    impl Shown {
        fn asked(&self, method: &str, mut params: Value) -> Result<String, Failure> {
            params["textDocument"] = json!({ "uri": self.first.uri });
            self.answer_now(method, params, &CancellationToken::new())
        }

        fn text(&self) -> String {
            std::fs::read_to_string(&self.path).unwrap()
        }
    }

    /// An engine that always finds the same two programs, and a world in which they end differently.
    const ENGINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/two_programs.py");
    const OPEN: &str = "\
def main():
    ...

example \"short\":
    input:
        > .
        . .
    output:
        . >
        . .
";

    #[tokio::test(flavor = "multi_thread")]
    async fn programs_are_looked_at_taken_and_decided_between() {
        let folder = tempfile::tempdir().unwrap();
        let engine = ["python3", ENGINE].map(str::to_owned).to_vec();
        let shown = shown_with(folder.path(), OPEN, Some(engine));
        let ask = |method: &str, params: Value| tokio::task::block_in_place(|| shown.asked(method, params));
        assert_eq!(ask(method::CANDIDATES, json!({})).unwrap(), "null");
        let document = json!({ "textDocument": { "uri": shown.first.uri } });
        let found = shown.find(document, CancellationToken::new()).await.unwrap();
        assert!(found.contains("\"programs\":2"), "{found}");
        assert!(found.contains("passed all held-out examples in 60% of 200 measured tasks."), "{found}");
        assert!(!found.contains("Next solution"), "the page shows that there are others: {found}");
        assert_eq!(shown.text(), OPEN, "nothing has changed");
        let candidates: Value = serde_json::from_str(&ask(method::CANDIDATES, json!({})).unwrap()).unwrap();
        assert_eq!(candidates["candidates"].as_array().map(Vec::len), Some(2));
        let version = candidates["document"]["version"].clone();
        ask(method::TAKE, json!({ "version": version, "candidate": 1 })).unwrap();
        assert!(shown.text().contains("while(frontIsClear()):\n        move()"), "{}", shown.text());
        ask(method::TAKE, json!({ "version": version, "candidate": 0 })).unwrap_err();
        ask(method::UNDO, json!({})).unwrap();
        assert_eq!(shown.text(), OPEN);
        let question: Value = serde_json::from_str(&ask(method::QUESTION, json!({})).unwrap()).unwrap();
        let version = question["document"]["version"].clone();
        ask(method::ANSWER, json!({ "version": version, "answer": 1 })).unwrap();
        let text = shown.text();
        assert!(text.contains("while(") && text.contains("example \"deciding\":"), "{text}");
        assert_eq!(ask(method::QUESTION, json!({})).unwrap(), "null", "it is answered");
        shown.synthesis.end().await;
    }

    fn change() -> impl Strategy<Value = Value> {
        let world = (1..4u8, 1..4u8, 1..10u8, 0..4usize).prop_map(|(rows, cols, markers, heading)| {
            let heading = ["north", "east", "south", "west"][heading];
            json!({
                "rows": rows, "cols": cols, "walls": [], "markers": [[rows - 1, cols - 1, markers]],
                "robot": { "row": 0, "col": 0, "heading": heading },
            })
        });
        prop_oneof![
            4 => (prop::sample::select(vec!["input", "output"]), world)
                .prop_map(|(of, world)| json!({ "kind": "world", "of": of, "world": world })),
            1 => prop::sample::select(vec!["runOutput", "copy", "new", "test", "example"])
                .prop_map(|kind| json!({ "kind": kind })),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn as_many_undos_as_changes_give_the_first_text(
            changes in prop::collection::vec((0..4usize, change()), 1..12),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let shown = shown(folder.path());
            let mut texts = vec![TEXT.to_owned()];
            for (example, change) in changes {
                // What can't be changed so, and what changes nothing, is nothing to undo.
                let _ = shown.asked(method::EDIT, json!({ "example": example, "change": change }));
                if shown.text() != texts[texts.len() - 1] {
                    texts.push(shown.text());
                }
            }
            for text in texts.iter().rev().skip(1) {
                shown.asked(method::UNDO, json!({})).unwrap();
                prop_assert_eq!(&shown.text(), text);
            }
            shown.asked(method::UNDO, json!({})).unwrap_err();
            prop_assert_eq!(shown.text(), TEXT);
            for text in &texts[1..] {
                shown.asked(method::REDO, json!({})).unwrap();
                prop_assert_eq!(&shown.text(), text);
            }
            shown.asked(method::REDO, json!({})).unwrap_err();
        }
    }
}
