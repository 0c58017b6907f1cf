//! Runs candidates on the examples. As the judge of a beam it refuses a prefix that crashes or runs out of ticks on
//! an example before its open end, and a finished program that does not do what an example says.

use dataset::compact::{EOP, IF, emit};
use runtime::{Action, Code, CodeBuilder, Limits, Machine, Outcome, World, lower_with, record};
use syntax::ast;

use crate::decode::beam::Judge;
use crate::decode::template::{Fill, Prefix};
use crate::decode::traces::Traces;
use crate::models::Pair;
use crate::search::watch::Watch;

/// An example as search sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub start: World,
    pub expected: Expected,
    /// The author's trace: a program has to act exactly so.
    pub trace: Option<Vec<Action>>,
}

impl From<&dataset::Example> for Case {
    fn from(example: &dataset::Example) -> Case {
        Case { start: example.input.clone(), expected: Expected::World(example.output.clone()), trace: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    World(World),
    Crash,
}

/// How a prefix becomes the program that is run.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// The tokens are the program.
    Tokens,
    /// The fills stand in the holes of this file.
    File(&'a ast::File),
}

pub struct Executor<'a> {
    cases: &'a [Case],
    source: Source<'a>,
    limits: Limits,
    watch: Option<&'a Watch<'a>>,
    /// Cases in the order in which they are run: what refused a program lately comes first.
    order: Vec<usize>,
    /// Runs since the watch was asked.
    runs: usize,
    machine: Machine,
    scratch: World,
    code: Option<Code>,
    /// Finished programs run.
    pub programs_run: u64,
    /// How many examples the best finished program passed.
    pub best_passed: usize,
    /// How many of the first [`FEW`] examples the best finished program passed.
    best_of_few: usize,
    /// Finished programs that pass some examples and not all: those that pass most first, ties as they came.
    pub near: Vec<NearMiss>,
}

/// A finished program that passes some examples.
#[derive(Debug, Clone, PartialEq)]
pub struct NearMiss {
    pub passed: usize,
    pub prefix: Prefix,
}

/// Near misses that are remembered.
const NEAR: usize = 32;

/// Where there are more examples than this, a prefix is judged by this many, and a finished program that passes fewer of
/// them than another did runs on no more.
const FEW: usize = 64;
/// At most this many short runs pass between two checks of the time.
const RUNS: usize = 64;
/// A long run counts as this many short ones.
const LONG: usize = 16;

/// Ticks of a short run.
const SHORT: u64 = 256;

/// How a run stands to its example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Passed,
    /// It came to the open end and did nothing wrong before.
    Open,
    Failed,
}

impl<'a> Executor<'a> {
    pub fn new(cases: &'a [Case], source: Source<'a>, limits: Limits) -> Executor<'a> {
        Executor {
            cases,
            source,
            limits,
            watch: None,
            order: (0..cases.len()).collect(),
            runs: 0,
            machine: Machine::new(),
            scratch: World::new(1, 1),
            code: None,
            programs_run: 0,
            best_passed: 0,
            best_of_few: 0,
            near: Vec::new(),
        }
    }

    /// Refuses everything once the watch says that the time is up, and tells it of every finished program.
    #[must_use]
    pub fn watched(self, watch: &'a Watch<'a>) -> Executor<'a> {
        Executor { watch: Some(watch), ..self }
    }

    /// The program, with a hole at every open end.
    pub fn code(&mut self, prefix: &Prefix) -> Code {
        match self.source {
            Source::Tokens => {
                let mut builder = self.code.take().map_or_else(CodeBuilder::new, CodeBuilder::reuse);
                emit(&prefix.tokens, &mut builder);
                builder.finish()
            }
            Source::File(file) => {
                let mut fill = |hole: usize, builder: &mut CodeBuilder| match prefix
                    .fills
                    .get(hole)
                    .copied()
                    .flatten()
                {
                    None => (),
                    Some(Fill::Condition(check)) => builder.fill_condition(check),
                    Some(Fill::Count(count)) => builder.fill_count(count),
                    Some(Fill::Statements { from, to, open }) => {
                        let mut tokens = prefix.tokens[from..to].to_vec();
                        if !open {
                            tokens.push(EOP);
                        }
                        emit(&tokens, builder);
                    }
                };
                lower_with(file, &mut fill).code
            }
        }
    }

    /// What a whole program does in each example that it passes; elsewhere, and where it takes more than `longest`
    /// actions, what `otherwise` says. Traces of one program belong together, as those of roll-outs may not.
    pub fn traces(&mut self, prefix: &Prefix, pairs: &[Pair], otherwise: &Traces, longest: usize) -> Traces {
        let code = self.code(prefix);
        let own = |pair: &Pair| {
            let run = record(&code, &pair.start, &self.limits, &|| false);
            let passed = run.outcome == Outcome::Finished && run.end == pair.goal;
            passed.then(|| run.actions().collect::<Vec<_>>()).filter(|actions| actions.len() <= longest)
        };
        pairs.iter().zip(otherwise).map(|(pair, other)| own(pair).or_else(|| other.clone())).collect()
    }

    /// Whether the code, run on the example, does what it says.
    pub fn passes(&mut self, code: &Code, case: &Case) -> bool {
        self.standing(code, case) == Standing::Passed
    }

    /// Whether the code, run on every example, does what it says; never, where time is up before that is known.
    pub fn passes_all(&mut self, code: &Code) -> bool {
        let cases = self.cases;
        cases.iter().all(|case| !self.is_over() && self.passes(code, case))
    }

    /// Asks the watch now and then.
    fn is_over(&mut self) -> bool {
        if self.runs < RUNS {
            return false;
        }
        let over = self.watch.is_some_and(Watch::over);
        // Once it is, it stays so.
        self.runs = if over { RUNS } else { 0 };
        over
    }

    /// How many of the cases, by their places in the order, the code passes; nothing where time is up.
    fn passed(&mut self, code: &Code, places: std::ops::Range<usize>) -> Option<usize> {
        let cases = self.cases;
        let (mut passed, mut refused) = (0, None);
        for place in places {
            if self.is_over() {
                return None;
            }
            if self.standing(code, &cases[self.order[place]]) == Standing::Passed {
                passed += 1;
            } else {
                refused.get_or_insert(place);
            }
        }
        if let Some(place) = refused {
            self.order[..=place].rotate_right(1);
        }
        Some(passed)
    }

    /// Runs the code on a copy of the world, `self.scratch`. Most runs are short; where one is not, it is most often
    /// for ever, which the proof of an endless loop finds long before the ticks are used up.
    fn run(&mut self, code: &Code, start: &World) -> Outcome {
        self.runs += 1;
        self.scratch.clone_from(start);
        let short = Limits { ticks: self.limits.ticks.min(SHORT), ..self.limits };
        let outcome = self.machine.run(code, &mut self.scratch, &short);
        if !matches!(outcome, Outcome::OutOfTicks { .. }) || short.ticks == self.limits.ticks {
            return outcome;
        }
        self.runs += LONG;
        self.scratch.clone_from(start);
        self.machine.run(code, &mut self.scratch, &Limits { prove_loops: true, ..self.limits })
    }

    /// A prefix is wrong as soon as an example refuses it.
    fn accepts_open(&mut self, code: &Code) -> bool {
        let cases = self.cases;
        for place in 0..self.order.len().min(FEW) {
            if self.is_over() {
                return false;
            }
            if self.standing(code, &cases[self.order[place]]) == Standing::Failed {
                self.order[..=place].rotate_right(1);
                return false;
            }
        }
        true
    }

    fn accepts_whole(&mut self, code: &Code, prefix: &Prefix) -> bool {
        let (few, all) = (self.order.len().min(FEW), self.order.len());
        let Some(mut passed) = self.passed(code, 0..few) else { return false };
        if passed == few || passed >= self.best_of_few {
            self.best_of_few = passed;
            let Some(more) = self.passed(code, few..all) else { return false };
            passed += more;
        }
        self.programs_run += 1;
        self.best_passed = self.best_passed.max(passed);
        if let Some(watch) = self.watch {
            watch.ran(passed);
        }
        if (1..all).contains(&passed) {
            let place = self.near.partition_point(|near| near.passed >= passed);
            if place < NEAR {
                self.near.insert(place, NearMiss { passed, prefix: prefix.clone() });
                self.near.truncate(NEAR);
            }
        }
        passed == all
    }

    fn standing(&mut self, code: &Code, case: &Case) -> Standing {
        let outcome = match &case.trace {
            None => self.run(code, &case.start),
            Some(trace) => {
                self.runs += LONG;
                let run = record(code, &case.start, &self.limits, &|| false);
                let mut given = trace.iter();
                let follows = run.actions().all(|action| given.next() == Some(&action));
                let rest = given.as_slice();
                self.scratch = run.end;
                match run.outcome {
                    _ if !follows => return Standing::Failed,
                    Outcome::Finished if !rest.is_empty() => return Standing::Failed,
                    // The author may write the action that crashes, or stop before it.
                    Outcome::Crashed { action, .. } if !rest.is_empty() && rest != [action] => {
                        return Standing::Failed;
                    }
                    outcome => outcome,
                }
            }
        };
        match (outcome, &case.expected) {
            (Outcome::Hole { .. }, _) => Standing::Open,
            (Outcome::Finished, Expected::World(world)) if *world == self.scratch => Standing::Passed,
            (Outcome::Crashed { .. }, Expected::Crash) => Standing::Passed,
            _ => Standing::Failed,
        }
    }
}

impl Judge for Executor<'_> {
    fn accepts(&mut self, prefix: &Prefix, finished: bool) -> bool {
        // A block just begun changes nothing yet.
        if matches!(self.source, Source::Tokens) && prefix.tokens.last().is_some_and(|&t| t >= IF) {
            return true;
        }
        let code = self.code(prefix);
        let accepted = if finished { self.accepts_whole(&code, prefix) } else { self.accepts_open(&code) };
        self.code = Some(code);
        accepted
    }
}
