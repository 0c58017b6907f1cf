//! One program with the example files that belong to it, as they were at one moment. Everything that costs time is
//! computed when it is first asked for and kept; a new version of a document makes a new analysis.

use crate::cancel::{Cancel, Cancelled};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::found::Found;
use crate::once::Once;
use crate::recordings::{Recordings, Share};
use crate::run::{self, Run};
use crate::source::Source;
use crate::tally::{Counts, Tallies};
use crate::verdict::{self, Verdict};
use runtime::{Program, Recording, World};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use syntax::ast::{Example, ExampleKind, Item, Procedure};
use syntax::names::{ExampleNames, MAIN};

/// A snapshot of the files of a program. It is cheap to make, and shared between threads by reference.
pub struct Analysis {
    program: Option<Source>,
    grids: Vec<Source>,
    config: Config,
    /// The number of each file by its URI: the program's, if there is one, then the example files'.
    files: HashMap<String, usize>,
    /// The number of each file's first example, and in the end the number of all examples.
    starts: Vec<usize>,
    memos: Vec<Memo>,
    /// Set when all examples have been run.
    all_ran: Once<()>,
    lowered: OnceLock<Option<Program>>,
    /// The number, among the program's items, of the first procedure of each name.
    procedures: OnceLock<HashMap<String, usize>>,
    example_names: OnceLock<ExampleNames>,
    /// What names and flow show, by the number of the file.
    named: Vec<Once<Vec<Diagnostic>>>,
    /// What is wrong with the examples of each file whatever the program is, by its URI.
    specified: Once<HashMap<String, Vec<Diagnostic>>>,
    recordings: Share,
    /// What the examples that have been run did at each statement.
    tallies: Mutex<Tallies>,
    found: Option<Arc<Found>>,
}

#[derive(Default)]
struct Memo {
    input: OnceLock<Option<World>>,
    output: OnceLock<Option<World>>,
    /// `None` where there is nothing to run.
    ran: Once<Option<(Run, Verdict)>>,
}

/// An example or test block of an analysis.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// Its number in the analysis: the program's own first, then file by file.
    pub index: usize,
    /// The file it stands in.
    pub source: &'a Source,
    pub example: &'a Example,
    memo: &'a Memo,
}

impl Analysis {
    /// `program` is absent for an example file that belongs to none; `grids` are example files, each once.
    pub fn new(program: Option<Source>, grids: Vec<Source>, config: Config) -> Analysis {
        let (mut files, mut starts) = (HashMap::new(), vec![0]);
        for (number, source) in program.iter().chain(&grids).enumerate() {
            files.entry(source.uri.clone()).or_insert(number);
            starts.push(starts[number] + source.file().examples().count());
        }
        let named = starts.iter().map(|_| Once::default()).collect();
        let memos = (0..starts[starts.len() - 1]).map(|_| Memo::default()).collect();
        Analysis {
            program,
            grids,
            config,
            files,
            starts,
            memos,
            all_ran: Once::default(),
            lowered: OnceLock::new(),
            procedures: OnceLock::new(),
            example_names: OnceLock::new(),
            named,
            specified: Once::default(),
            recordings: Share::of(Arc::new(Recordings::new(Recordings::BUDGET))),
            tallies: Mutex::default(),
            found: None,
        }
    }

    /// Lets the analysis share the room for recorded runs with others.
    pub fn with_recordings(self, all: &Arc<Recordings>) -> Analysis {
        Analysis { recordings: Share::of(Arc::clone(all)), ..self }
    }

    /// Adds what the last synthesis from these very files found.
    pub fn with_found(self, found: Option<Arc<Found>>) -> Analysis {
        Analysis { found, ..self }
    }

    /// What the last synthesis found, as long as the files are those that it was asked about, with one of its programs in
    /// them or as they were.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_deref()
    }

    /// What the last synthesis found, where it is open which of the programs is meant.
    pub fn ambiguity(&self) -> Option<&Found> {
        self.found().filter(|found| found.is_open)
    }

    pub fn program(&self) -> Option<&Source> {
        self.program.as_ref()
    }

    pub fn grids(&self) -> &[Source] {
        &self.grids
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The program, then the example files.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.program.iter().chain(&self.grids)
    }

    pub fn source(&self, uri: &str) -> Option<&Source> {
        self.files.get(uri).and_then(|&number| self.file(number))
    }

    fn file(&self, number: usize) -> Option<&Source> {
        match &self.program {
            Some(program) if number == 0 => Some(program),
            Some(_) => self.grids.get(number - 1),
            None => self.grids.get(number),
        }
    }

    /// The program if `uri` names it.
    pub fn program_at(&self, uri: &str) -> Option<&Source> {
        self.program.as_ref().filter(|program| program.uri == uri)
    }

    /// The procedure that a run starts in: the first of that name.
    pub fn main(&self) -> Option<&Procedure> {
        self.procedure(MAIN)
    }

    /// The procedure that a call of `name` calls.
    pub fn procedure(&self, name: &str) -> Option<&Procedure> {
        let items = &self.program.as_ref()?.file().items;
        let numbers = self.procedures.get_or_init(|| {
            let mut numbers = HashMap::new();
            for (number, item) in items.iter().enumerate() {
                if let Item::Procedure(procedure) = item {
                    numbers.entry(procedure.name.text.clone()).or_insert(number);
                }
            }
            numbers
        });
        match items.get(*numbers.get(name)?) {
            Some(Item::Procedure(procedure)) => Some(procedure),
            _ => None,
        }
    }

    /// The names of the examples of all files.
    pub(crate) fn example_names(&self) -> &ExampleNames {
        self.example_names.get_or_init(|| ExampleNames::of(self.sources().map(Source::file)))
    }

    /// What names and flow show in the file: found once, for the diagnostics and for the actions of any range.
    pub(crate) fn named(
        &self,
        uri: &str,
        cancel: Cancel<'_>,
        find: impl FnOnce(&Source) -> Result<Vec<Diagnostic>, Cancelled>,
    ) -> Result<&[Diagnostic], Cancelled> {
        let Some(&number) = self.files.get(uri) else { return Ok(&[]) };
        let (Some(source), Some(named)) = (self.file(number), self.named.get(number)) else { return Ok(&[]) };
        Ok(named.get_or_compute(cancel, || find(source))?)
    }

    /// What is wrong with the examples of the file, whatever the program is: found once for all files.
    pub(crate) fn specified(
        &self,
        uri: &str,
        cancel: Cancel<'_>,
        find: impl FnOnce() -> Result<HashMap<String, Vec<Diagnostic>>, Cancelled>,
    ) -> Result<&[Diagnostic], Cancelled> {
        Ok(self.specified.get_or_compute(cancel, find)?.get(uri).map_or(&[], Vec::as_slice))
    }

    /// All examples and tests of all files.
    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        (0..self.starts.len()).flat_map(|number| self.cases_of(number))
    }

    /// The examples and tests that stand in the file `uri`.
    pub fn cases_in<'a>(&'a self, uri: &str) -> impl Iterator<Item = Case<'a>> + use<'a> {
        self.files.get(uri).into_iter().flat_map(|&number| self.cases_of(number))
    }

    fn cases_of(&self, number: usize) -> impl Iterator<Item = Case<'_>> {
        let file = self.file(number).into_iter();
        let examples = file.flat_map(|source| source.file().examples().map(move |example| (source, example)));
        let first = self.starts.get(number).copied().unwrap_or_default();
        let memos = self.memos.iter().enumerate().skip(first);
        memos.zip(examples).map(|((index, memo), (source, example))| Case { index, source, example, memo })
    }

    /// The examples, without the held-out tests: all that synthesis may see.
    pub fn shown_cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.cases().filter(|case| case.example.kind == ExampleKind::Example)
    }

    /// The lowered program; none without a program or without a `main`.
    pub fn lowered(&self) -> Option<&Program> {
        let lower = || {
            self.main()?;
            Some(runtime::lower(self.program.as_ref()?.file()))
        };
        self.lowered.get_or_init(lower).as_ref()
    }

    /// The example's run; none where there is no `main` or no valid input.
    pub fn run(&self, case: Case<'_>, cancel: Cancel<'_>) -> Result<Option<&Run>, Cancelled> {
        Ok(self.ran(case, cancel)?.map(|(run, _)| run))
    }

    /// What the run means for the example.
    pub fn verdict(&self, case: Case<'_>, cancel: Cancel<'_>) -> Result<&Verdict, Cancelled> {
        Ok(self.ran(case, cancel)?.map_or(&Verdict::NotRun, |(_, verdict)| verdict))
    }

    fn ran(&self, case: Case<'_>, cancel: Cancel<'_>) -> Result<Option<&(Run, Verdict)>, Cancelled> {
        let Some(memo) = self.memos.get(case.index) else { return Ok(None) };
        let ran = memo.ran.get_or_compute(cancel, || {
            let (Some(program), Some(input)) = (self.lowered(), case.input()) else { return Ok(None) };
            let (run, recording) = run::run(program, input, &self.config, cancel)?;
            let verdict = verdict::judge(program, &run, &recording, case.example, case.output());
            let counts = Counts::of(self, &recording);
            let mut tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
            tallies.add(counts, run.complete(), !case.is_test());
            drop(tallies);
            self.recordings.keep(case.index, recording);
            Ok(Some((run, verdict)))
        });
        Ok(ran?.as_ref())
    }

    /// The steps of the example's run, made again where they are no longer kept; none where there is no run. Of a long
    /// run, see [`Run::complete`], only the first ones.
    pub fn recording(&self, case: Case<'_>, cancel: Cancel<'_>) -> Result<Option<Arc<Recording>>, Cancelled> {
        // The first time is that of the verdict, too.
        if self.ran(case, cancel)?.is_none() {
            return Ok(None);
        }
        if let Some(recording) = self.recordings.get(case.index) {
            return Ok(Some(recording));
        }
        let (Some(program), Some(input)) = (self.lowered(), case.input()) else { return Ok(None) };
        let recording = run::record(program, input, &self.config, cancel)?;
        Ok(Some(self.recordings.keep(case.index, recording)))
    }

    /// Notes that a newer analysis of the same files has taken the place of this one, which goes on answering as before
    /// but keeps no recordings from now on.
    pub fn supersede(&self) {
        self.recordings.give_up();
    }

    /// Runs all examples and tests that have not been run. Whatever needs all of them calls this first: then one
    /// thread runs them, and the others wait for it once and not for each example.
    pub(crate) fn run_all(&self, cancel: Cancel<'_>) -> Result<(), Cancelled> {
        let all = || self.cases().try_for_each(|case| self.ran(case, cancel).map(|_| ()));
        self.all_ran.get_or_compute(cancel, all).copied()
    }

    /// What all examples and tests together do at each statement. Runs those that have not been run.
    pub(crate) fn tallies(&self, cancel: Cancel<'_>) -> Result<MutexGuard<'_, Tallies>, Cancelled> {
        self.run_all(cancel)?;
        Ok(self.tallies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn memo_input<'a>(memo: &'a Memo, example: &Example) -> Option<&'a World> {
    let grid = || example.input.as_ref().filter(|grid| grid.valid && example.broken.is_none());
    let world = || grid().and_then(|g| World::from_grid(g).ok());
    memo.input.get_or_init(world).as_ref()
}

fn memo_output<'a>(memo: &'a Memo, example: &Example) -> Option<&'a World> {
    let grid = || example.output.as_ref().filter(|grid| grid.valid && example.broken.is_none());
    let world = || grid().and_then(|g| World::from_grid(g).ok());
    memo.output.get_or_init(world).as_ref()
}

impl<'a> Case<'a> {
    /// The world that the example starts with; `None` where there is no valid grid, or where something in the example
    /// is not understood, so that it is not known what the example asks for.
    pub fn input(&self) -> Option<&'a World> {
        memo_input(self.memo, self.example)
    }

    /// The world it expects; none where there is no valid grid.
    pub fn output(&self) -> Option<&'a World> {
        memo_output(self.memo, self.example)
    }

    pub fn is_test(&self) -> bool {
        self.example.kind == ExampleKind::Test
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use crate::fixture::fixture;

    #[test]
    fn threads_can_share_it() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&fixture("").analysis);
    }

    #[test]
    fn cases_come_file_by_file_and_know_where_they_stand() {
        let fixture = fixture(
            "//- main.karel\ndef main(): move()\nexample \"a\":\n    input:\n        > .\n//- empty.kgrid\n# none\n\
             //- more.kgrid\ntest \"b\":\n    input:\n        > #\nexample \"c\":\n    input:\n        >\n",
        );
        let analysis = &fixture.analysis;
        let told: Vec<String> = analysis
            .cases()
            .map(|case| {
                format!("{} {} {} {}", case.index, case.source.uri, case.example.name.text, case.is_test())
            })
            .collect();
        assert_eq!(told, ["0 main.karel a false", "1 more.kgrid b true", "2 more.kgrid c false"]);
        assert_eq!(analysis.cases_in("more.kgrid").count(), 2);
        assert_eq!(analysis.shown_cases().count(), 2);
        for case in analysis.cases() {
            assert!(analysis.run(case, NEVER).unwrap().is_some());
        }
    }

    #[test]
    fn a_long_run_is_not_kept_step_by_step() {
        let body = "        repeat(19):\n            repeat(19):\n                repeat(19):\n                    turnLeft()\n";
        let text = format!("def main():\n    repeat(19):\n{body}example \"a\":\n    input:\n        >\n");
        let fixture = fixture(&text);
        let case = fixture.analysis.cases().next().unwrap();
        let run = fixture.analysis.run(case, NEVER).unwrap().unwrap();
        let recording = fixture.analysis.recording(case, NEVER).unwrap().unwrap();
        assert!(!run.complete() && recording.steps.len() < 100_000, "{}", run.ticks);
        assert_eq!(run.outcome, runtime::Outcome::Finished);
        assert_eq!(fixture.analysis.verdict(case, NEVER).unwrap(), &Verdict::NoOutput);
    }
}
