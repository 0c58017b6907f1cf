//! What the documents show, a reader tries first: a program is found from the examples of every one of them.

use std::path::{Path, PathBuf};

use ide::synthesis::{Goal, Prompt, Task, answer, task};
use ide::{Analysis, Config, NEVER, Source};
use protocol::message::{Budget, Example, Specification};
use syntax::TextSize;
use syntax::diagnostic::Severity;
use synth::models::Models;
use synth::search::synthesize;
use tch::Device;

const FRESH: &str = "def main():\n    ...\n\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder with this ending; none where there is no such folder.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == ending));
    files.sort();
    files
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

/// A program and the example file beside it.
struct Document {
    name: String,
    program: String,
    grid: Option<String>,
}

impl Document {
    fn new(name: String, program: String, grid: Option<String>) -> Document {
        Document { name, program, grid }
    }
}

/// The blocks between fences that hold an example.
fn in_markdown(file: &str) -> Vec<Document> {
    let text = read(&root().join(file));
    let blocks = text.split("```").skip(1).step_by(2);
    let blocks = blocks.map(|block| block.split_once('\n').map_or("", |(_, rest)| rest));
    let shown = blocks.filter(|block| block.contains("example \"") && block.contains("input:"));
    shown.map(|block| Document::new(file.to_owned(), block.to_owned(), None)).collect()
}

/// The completions that write an example, with what stands at their places when nothing is typed.
fn in_completion() -> Vec<Document> {
    let (uri, end) = ("file:///a.karel", TextSize::of(FRESH));
    let fresh = Analysis::new(Some(Source::new(uri, None, FRESH)), Vec::new(), Config::default());
    let document = |entry: ide::Completion| {
        let snippet = entry.snippet.filter(|snippet| snippet.contains("input:"))?;
        let (mut text, mut rest) = (String::new(), &*snippet);
        while let Some((before, after)) = rest.split_once("${") {
            text += before;
            let (place, behind) = after.split_once('}').unwrap();
            text += place.split_once(':').map_or("", |(_, usual)| usual);
            rest = behind;
        }
        // A held-out test is as good an example.
        let text = format!("{text}{rest}").replace("$0", "").replace("test \"", "example \"");
        Some(Document::new(entry.label, format!("{FRESH}{text}\n"), None))
    };
    let all: Vec<Document> = ide::completion(&fresh, uri, end).into_iter().filter_map(document).collect();
    assert!(all.len() > 1, "there are completions for examples");
    all
}

fn programs(folder: &str) -> Vec<Document> {
    let document = |file: PathBuf| {
        let grid = file.with_extension("kgrid");
        let grid = grid.exists().then(|| read(&grid));
        Document::new(name(&file), read(&file), grid)
    };
    files(folder, "karel").into_iter().map(document).collect()
}

fn documents() -> Vec<Document> {
    let markdown = ["README.md", "editors/README.md", "editors/vscode/README.md", "editors/nvim/README.md"];
    let mut all: Vec<Document> = markdown.into_iter().flat_map(in_markdown).collect();
    assert!(all.len() > 1, "the READMEs have examples");
    all.extend(in_completion());
    let samples = programs("tests/examples");
    assert!(samples.len() > 5);
    all.extend(samples);
    let templates = programs("server/ide/templates");
    assert!(templates.len() > 3);
    all.extend(templates);
    all
}

fn analysis(document: &Document) -> Analysis {
    let source = |uri: &str, text: &str| Source::new(uri, None, text);
    let grids = document.grid.iter().map(|grid| source("file:///a.kgrid", grid)).collect();
    let mut program = source("file:///a.karel", &document.program);
    let broken = |d: &syntax::diagnostic::Diagnostic| d.severity == Severity::Error;
    if program.parse.diagnostics.iter().any(broken) {
        // A program with mistakes, to be looked at: its examples are right.
        let examples = program.file().examples().map(|example| program.slice(example.range));
        let examples: Vec<&str> = examples.collect();
        program = source("file:///a.karel", &format!("{FRESH}{}\n", examples.join("\n")));
    }
    Analysis::new(Some(program), grids, Config::default())
}

fn specification(task: &Task) -> Specification {
    let example = |prompt: &Prompt| Example {
        name: prompt.name.clone(),
        input: prompt.input.clone(),
        output: prompt.output.clone(),
        crashes: prompt.crashes,
        trace: prompt.trace.as_ref().map(|all| all.iter().map(|a| a.name().to_owned()).collect()),
    };
    Specification { program: task.program.clone(), examples: task.examples.iter().map(example).collect() }
}

#[test]
fn a_program_is_found_from_the_examples_of_every_document() {
    let models = Models::embedded(Device::Cpu).unwrap();
    let budget = Budget { milliseconds: 120_000, candidates: 1, ..Budget::default() };
    let mut failed = Vec::new();
    for document in documents() {
        let analysis = analysis(&document);
        let program = analysis.program().unwrap();
        if analysis.cases().next().is_none() {
            continue;
        }
        let whole = analysis.main().is_none_or(|main| {
            let holes = ide::holes(program.file());
            holes.iter().all(|hole| main.range.contains_range(hole.range))
        });
        let goal = if whole { Goal::Program } else { Goal::Holes };
        let task = match task(&analysis, &goal).or_else(|_| task(&analysis, &Goal::Holes)) {
            Ok(task) => task,
            Err(reason) => {
                failed.push(format!("{}: {reason}", document.name));
                continue;
            }
        };
        let outcome =
            synthesize(&models, "cpu", &specification(&task), &budget, &|| false, &mut |_| ()).unwrap();
        let found = outcome.candidates.first().is_some_and(|candidate| {
            let answer = answer(&analysis, &task, &candidate.fills, NEVER).unwrap();
            answer.is_ok_and(|answer| answer.passes_all())
        });
        // A finished program that passes is not asked for.
        let finished = || {
            ide::holes(program.file()).is_empty()
                && analysis.cases().all(|case| analysis.verdict(case, NEVER).unwrap().passes())
        };
        if !found && !finished() {
            failed.push(format!("{}: nothing found, {outcome:?}\n{}", document.name, document.program));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
