//! From a request's texts to what search works on: the program with its holes, the examples as worlds. What can't be
//! used is refused with one sentence.

use dataset::view::View;
use protocol::message::{Example, Specification};
use runtime::{Action, Limits, SiteKind, World, lower};
use syntax::ast;
use syntax::diagnostic::Severity;
use syntax::{TextRange, parse};

use crate::decode::traces::Traces;
use crate::models::Pair;
use crate::search::executor::{Case, Expected};

/// Why a request can't be used, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// A request made ready for search.
#[derive(Debug)]
pub struct Problem {
    /// The program, formatted.
    pub text: String,
    pub file: ast::File,
    /// The text ranges of the holes, in source order.
    pub holes: Vec<TextRange>,
    /// Every example that has something to check.
    pub cases: Vec<Case>,
    /// Those with an output, as the networks see them; of many some, evenly from among them.
    pub pairs: Vec<Pair>,
    /// The authors' traces of `pairs`, where they can be followed in what the networks see.
    pub given: Traces,
}

/// Examples of which traces are inferred, and that programs are compared on besides random worlds.
pub const LOOKED_AT: usize = 16;

impl Problem {
    /// # Errors
    /// A syntax error, no hole, no usable example, a bad grid, a trace that contradicts its example.
    pub fn new(specification: &Specification) -> Result<Problem, Refusal> {
        let (text, file) = program(&specification.program)?;
        let lowered = lower(&file);
        if !lowered.has_main {
            return Err(Refusal("The program has no `main`: define it, with a hole in it.".to_owned()));
        }
        let mut holes: Vec<(usize, TextRange)> = lowered
            .sites()
            .filter_map(|(_, site)| match site.kind {
                SiteKind::Hole(number) => Some((number, site.range)),
                _ => None,
            })
            .collect();
        holes.sort_by_key(|(number, _)| *number);
        holes.dedup_by_key(|(number, _)| *number);
        if holes.is_empty() {
            return Err(Refusal(
                "The program has no hole: write `...` or `?` where something is to be found.".to_owned(),
            ));
        }
        let mut problem = Problem {
            text,
            file,
            holes: holes.into_iter().map(|(_, range)| range).collect(),
            cases: Vec::new(),
            pairs: Vec::new(),
            given: Vec::new(),
        };
        for example in &specification.examples {
            problem.cases.extend(case(example)?);
        }
        if problem.cases.is_empty() {
            return Err(Refusal(
                "No example has an output grid: write at least one, for the program to be found from."
                    .to_owned(),
            ));
        }
        let with_output = problem.cases.iter().filter_map(|case| match &case.expected {
            Expected::World(goal) => Some((case, goal)),
            Expected::Crash => None,
        });
        for (case, goal) in some(&with_output.collect::<Vec<_>>()) {
            let trace = case.trace.as_deref();
            let view = View::new(&case.start, goal, trace);
            problem.given.push(case.trace.clone().filter(|actions| view.follows(actions)));
            problem.pairs.push(Pair { start: view.start, goal: view.goal });
        }
        Ok(problem)
    }

    /// Inputs of examples; of many some.
    pub fn starts(&self) -> impl Iterator<Item = &World> {
        some(&self.cases).map(|case| &case.start)
    }
}

/// All, or [`LOOKED_AT`] evenly from among them.
fn some<T>(all: &[T]) -> impl Iterator<Item = &T> {
    let count = all.len().min(LOOKED_AT);
    (0..count).map(move |number| &all[number * all.len() / count])
}

/// The program's formatted text and tree.
fn program(text: &str) -> Result<(String, ast::File), Refusal> {
    let parsed = parse(text);
    let error = parsed.diagnostics.iter().find(|d| d.severity == Severity::Error);
    if let Some(error) = error {
        return Err(Refusal(format!("The program has a syntax error: {}", error.message)));
    }
    // The canonical form has each hole for statements on a line of its own.
    match syntax::format::format(&parsed, text) {
        Some(formatted) => {
            let file = parse(&formatted).file;
            Ok((formatted, file))
        }
        None => Err(Refusal("The program has a syntax error.".to_owned())),
    }
}

/// What an example demands; nothing where it has neither an output nor an expected crash.
fn case(example: &Example) -> Result<Option<Case>, Refusal> {
    let named = |what: &str| format!("Example \"{}\" {what}", example.name);
    let grid = |text: &str, which: &str| {
        World::parse(text)
            .map_err(|e| Refusal(named(&format!("has an {which} grid that can't be read: {e}"))))
    };
    let expected = match &example.output {
        _ if example.crashes => Expected::Crash,
        Some(output) => Expected::World(grid(output, "output")?),
        None => return Ok(None),
    };
    let start = grid(&example.input, "input")?;
    if let Expected::World(goal) = &expected
        && (start.rows(), start.cols()) != (goal.rows(), goal.cols())
    {
        return Err(Refusal(named("changes the size of the world, which no program can do.")));
    }
    let trace = match &example.trace {
        None => None,
        Some(names) => Some(trace(names, &start, &expected).map_err(|what| Refusal(named(&what)))?),
    };
    Ok(Some(Case { start, expected, trace }))
}

/// The author's trace, checked against the example.
fn trace(names: &[String], start: &World, expected: &Expected) -> Result<Vec<Action>, String> {
    let action = |name: &String| {
        Action::from_name(name).ok_or_else(|| format!("has the unknown action `{name}` in its trace."))
    };
    let actions: Vec<Action> = names.iter().map(action).collect::<Result<_, _>>()?;
    let mut world = start.clone();
    for (step, &action) in actions.iter().enumerate() {
        let may_crash = *expected == Expected::Crash && step + 1 == actions.len();
        let done = world.act(action);
        if !done && !may_crash {
            return Err(format!("has a trace that crashes at action {}, {}.", step + 1, action.name()));
        }
    }
    match expected {
        Expected::World(goal) if *goal != world => {
            Err("has a trace that does not lead to its output: correct one of the two.".to_owned())
        }
        _ => Ok(actions),
    }
}

/// The worlds of an example of a request for traces alone; none where there is no output.
///
/// # Errors
/// A bad grid.
pub fn worlds(example: &Example) -> Result<Option<(World, World)>, Refusal> {
    if example.output.is_none() || example.crashes {
        return Ok(None);
    }
    Ok(case(&Example { trace: None, ..example.clone() })?.and_then(|case| match case.expected {
        Expected::World(goal) => Some((case.start, goal)),
        Expected::Crash => None,
    }))
}

/// What a candidate may use in an example while it is searched for.
pub const LIMITS: Limits = Limits::SERVING;
