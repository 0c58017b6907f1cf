//! From the attributes of a launch to a program that has been run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ide::{Analysis, Case, Config, NEVER, Source, Verdict};
use runtime::{Limits, tell};
use syntax::codes::syntax::FOREIGN;
use syntax::foreign::token_programs;
use syntax::places::Lines;

use crate::debuggee::{Debuggee, Ending};
use crate::messages::{Launch, Wanted};
use crate::statements::Statements;
use crate::timeline::Timeline;

/// The most ticks of a run that can be debugged: a recorded run takes up to 50 bytes a tick.
const MOST_TICKS: u64 = 10_000_000;

/// Finds the program and the example, and runs it.
///
/// # Errors
/// There is nothing that could be debugged: a sentence that says why.
pub(crate) fn launch(wanted: &Launch) -> Result<Debuggee, String> {
    let asked = wanted.program.as_deref().filter(|program| !program.trim().is_empty());
    let asked = asked.ok_or("The launch names no program: \"program\" is the path of a .karel file.")?;
    let path = program(Path::new(asked))?;
    let name = file_name(&path);
    let text = disk::read(&path).map_err(|why| format!("{name} can't be read: {why}."))?;
    if token_programs(&text).is_ok_and(|programs| !programs.is_empty()) {
        let fix = format!("karel import {name} writes it as one");
        return Err(format!("{name} is in the dataset's tokens, which have no lines to stop at: {fix}."));
    }
    let source = Source::new(path.display().to_string(), None, text);
    if let Some(foreign) = source.parse.diagnostics.iter().find(|d| d.code == FOREIGN.code) {
        return Err(format!("{name}: {}", foreign.message));
    }
    let config = Config { max_ticks: ticks(wanted)?, ..Config::default() };
    let limits = Limits { ticks: config.max_ticks, ..Limits::EDITOR };
    let includes = source.file().includes().map(|include| &*include.path.text);
    // One that can't be read is marked in the editor.
    let files = disk::read_example_files(&path, includes).into_iter();
    let grid = |(file, text): (PathBuf, Result<String, _>)| {
        Some(Source::new(file.display().to_string(), None, text.ok()?))
    };
    let grids = files.filter_map(grid).collect();
    let lines = Lines::of(Arc::clone(&source.text));
    let analysis = Analysis::new(Some(source), grids, config);

    let no_main = || format!("There is no main in {name}: write def main(): and what the robot is to do.");
    let program = analysis.lowered().ok_or_else(no_main)?;
    let case = choose(&analysis, wanted.example.as_ref(), &name)?;
    let (example, title) = (case.index, title(case));
    let no_input =
        || format!("In {title} of {name} there is no input that can be read: the editor marks why.");
    let world = case.input().ok_or_else(no_input)?;
    let telling = tell(&program.code, world, &limits, &|| false);
    let ending = Ending::of(&analysis, case, telling.recording.outcome);
    let timeline = Timeline::new(program, telling);
    let statements = Statements::of(program);
    let (identity, path) = (disk::identity(&path), path.display().to_string());
    Ok(Debuggee { path, identity, analysis, example, title, timeline, statements, lines, ending })
}

/// The program that is meant: of an example file the program beside it.
fn program(asked: &Path) -> Result<PathBuf, String> {
    if !disk::is_example_file(asked) {
        return Ok(asked.to_owned());
    }
    let program = disk::program_of(asked);
    if program.is_file() {
        return Ok(program);
    }
    let (examples, program) = (file_name(asked), file_name(&program));
    Err(format!(
        "{examples} holds examples only, and there is no {program} beside it: debug the program that names it."
    ))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn ticks(wanted: &Launch) -> Result<u64, String> {
    match wanted.max_ticks.unwrap_or(Limits::EDITOR.ticks) {
        ticks @ 1..=MOST_TICKS => Ok(ticks),
        ticks => Err(format!("\"maxTicks\" is 1 to {MOST_TICKS}, and not {ticks}: the run is kept whole.")),
    }
}

/// `example "short row"`
fn title(case: Case<'_>) -> String {
    let kind = if case.is_test() { "test" } else { "example" };
    format!("{kind} \"{}\"", case.example.name.text)
}

/// The example that is asked for; where none is, the only one, or the first that fails, or the first.
fn choose<'a>(analysis: &'a Analysis, wanted: Option<&Wanted>, name: &str) -> Result<Case<'a>, String> {
    let Some(first) = analysis.cases().next() else {
        return Err(format!("{name} has no example to run: draw one with example \"name\": and its input."));
    };
    let number = |number: u64| {
        let count = analysis.cases().count();
        let case = number.checked_sub(1).and_then(|index| analysis.cases().nth(usize::try_from(index).ok()?));
        case.ok_or_else(|| {
            format!("{name} has {}, and no number {number}.", ide::count(count as u64, "example"))
        })
    };
    match wanted {
        None => {
            let fails = |case: &Case<'_>| {
                analysis.verdict(*case, NEVER).is_ok_and(|verdict| matches!(verdict, Verdict::Fails(_)))
            };
            Ok(analysis.cases().find(fails).unwrap_or(first))
        }
        Some(Wanted::Number(wanted)) => number(*wanted),
        Some(Wanted::Name(wanted)) => {
            let named = analysis.cases().find(|case| case.example.name.text == *wanted);
            match (named, wanted.trim().parse()) {
                (Some(case), _) => Ok(case),
                (None, Ok(wanted)) => number(wanted),
                (None, Err(_)) => Err(format!("{name} has no example and no test named \"{wanted}\".")),
            }
        }
        Some(Wanted::Exactly { name: wanted, test, ordinal, file }) => {
            let program = analysis.program().map(|program| program.uri.clone()).unwrap_or_default();
            let file = disk::identity(Path::new(file.as_ref().unwrap_or(&program)));
            let same = |case: &Case<'_>| {
                case.example.name.text == *wanted
                    && case.is_test() == *test
                    && disk::identity(Path::new(&case.source.uri)) == file
            };
            let gone = || format!("{name} has no example \"{wanted}\" any more.");
            analysis.cases().filter(same).nth(*ordinal).ok_or_else(gone)
        }
    }
}
