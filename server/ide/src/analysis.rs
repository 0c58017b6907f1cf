//! One program with the example files that belong to it, as they were at one moment. Everything that costs time is
//! computed when it is first asked for and kept; a new version of a document makes a new analysis.

use crate::cancel::{Cancel, Cancelled};
use crate::config::Config;
use crate::run::{self, Run};
use crate::source::Source;
use crate::synthesis::Ambiguity;
use crate::verdict::{self, Verdict};
use runtime::{Program, World};
use std::sync::{Arc, OnceLock};
use syntax::ast::{Example, ExampleKind, Procedure};

/// A snapshot. Cheap to make, and shared between threads by reference.
pub struct Analysis {
    program: Option<Source>,
    grids: Vec<Source>,
    config: Config,
    /// Of each example: its file (0 is the program's, if there is one), and its number among the examples there.
    places: Vec<(usize, usize)>,
    memos: Vec<Memo>,
    lowered: OnceLock<Option<Program>>,
    ambiguity: Option<Arc<Ambiguity>>,
}

#[derive(Default)]
struct Memo {
    input: OnceLock<Option<World>>,
    output: OnceLock<Option<World>>,
    run: OnceLock<Option<Run>>,
    verdict: OnceLock<Verdict>,
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
        let files = program.iter().chain(&grids).enumerate();
        let places: Vec<(usize, usize)> = files
            .flat_map(|(file, source)| (0..source.file().examples().count()).map(move |n| (file, n)))
            .collect();
        let memos = places.iter().map(|_| Memo::default()).collect();
        Analysis { program, grids, config, places, memos, lowered: OnceLock::new(), ambiguity: None }
    }

    /// The same, with what the last synthesis from these very files left open.
    pub fn with_ambiguity(self, ambiguity: Option<Arc<Ambiguity>>) -> Analysis {
        Analysis { ambiguity, ..self }
    }

    pub fn ambiguity(&self) -> Option<&Ambiguity> {
        self.ambiguity.as_deref()
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
        self.sources().find(|source| source.uri == uri)
    }

    /// The program if `uri` names it.
    pub fn program_at(&self, uri: &str) -> Option<&Source> {
        self.program.as_ref().filter(|program| program.uri == uri)
    }

    /// The procedure that a run starts in: the first of that name.
    pub fn main(&self) -> Option<&Procedure> {
        self.procedure("main")
    }

    /// The procedure that a call of `name` calls.
    pub fn procedure(&self, name: &str) -> Option<&Procedure> {
        self.program.as_ref()?.file().procedures().find(|p| p.name.text == name)
    }

    /// All examples and tests.
    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        let mut sources = self.sources().enumerate();
        let mut current = sources.next().map(|(file, source)| (file, source, source.file().examples()));
        self.places.iter().zip(&self.memos).enumerate().filter_map(move |(index, (&(file, _), memo))| {
            while current.as_ref().is_some_and(|(at, ..)| *at != file) {
                current = sources.next().map(|(file, source)| (file, source, source.file().examples()));
            }
            let (_, source, examples) = current.as_mut()?;
            Some(Case { index, source, example: examples.next()?, memo })
        })
    }

    /// Those that stand in the file `uri`.
    pub fn cases_in<'a>(&'a self, uri: &'a str) -> impl Iterator<Item = Case<'a>> {
        self.cases().filter(move |case| case.source.uri == uri)
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
        let Some(memo) = self.memos.get(case.index) else { return Ok(None) };
        if memo.run.get().is_none() {
            let run = match (self.lowered(), memo_input(memo, case.example)) {
                (Some(program), Some(input)) => Some(run::run(program, input, &self.config, cancel)?),
                _ => None,
            };
            // Another thread may have been faster; both computed the same.
            let _ = memo.run.set(run);
        }
        Ok(memo.run.get().and_then(Option::as_ref))
    }

    /// What the run means for the example.
    pub fn verdict(&self, case: Case<'_>, cancel: Cancel<'_>) -> Result<&Verdict, Cancelled> {
        let Some(memo) = self.memos.get(case.index) else { return Ok(&Verdict::NotRun) };
        if memo.verdict.get().is_none() {
            let run = self.run(case, cancel)?;
            let verdict = match (self.lowered(), run) {
                (Some(program), Some(run)) => {
                    verdict::judge(program, run, case.example, memo_output(memo, case.example))
                }
                _ => Verdict::NotRun,
            };
            let _ = memo.verdict.set(verdict);
        }
        Ok(memo.verdict.get().unwrap_or(&Verdict::NotRun))
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
    /// The world the example starts with; none where there is no valid grid, or where something in the example is not
    /// understood: then nobody knows what it asks for.
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
        assert!(!run.complete() && run.recording.steps.len() < 100_000, "{}", run.ticks);
        assert_eq!(run.outcome, runtime::Outcome::Finished);
        assert_eq!(fixture.analysis.verdict(case, NEVER).unwrap(), &Verdict::NoOutput);
    }
}
