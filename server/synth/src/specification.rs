//! From a request's texts to what search works on: the program with its holes, the examples as worlds. What can't be
//! used is refused with one sentence.

use dataset::features::Canvas;
use protocol::message::{Example, Specification};
use runtime::{Action, Limits, SiteKind, World, lower};
use syntax::ast;
use syntax::diagnostic::Severity;
use syntax::{TextRange, parse};

use crate::executor::{Case, Expected};
use crate::models::Pair;
use crate::traces::Traces;

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
    /// Those with an output, for the networks.
    pub pairs: Vec<Pair>,
    /// The authors' traces of `pairs`.
    pub given: Traces,
}

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
            problem.add(example)?;
        }
        if problem.pairs.is_empty() {
            return Err(Refusal(
                "No example has an output grid: write at least one, for the program to be found from."
                    .to_owned(),
            ));
        }
        Ok(problem)
    }

    fn add(&mut self, example: &Example) -> Result<(), Refusal> {
        let Some(case) = case(example)? else { return Ok(()) };
        if let Expected::World(goal) = &case.expected {
            self.pairs.push(Pair { start: case.start.clone(), goal: goal.clone() });
            self.given.push(case.trace.clone());
        }
        self.cases.push(case);
        Ok(())
    }
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
    if let Expected::World(goal) = &expected {
        for world in [&start, goal] {
            if !Canvas::fits(world) {
                let (rows, cols) = (world.rows(), world.cols());
                return Err(Refusal(named(&format!(
                    "is {rows}×{cols}; the networks read worlds of 2×2 to 16×16."
                ))));
            }
        }
        if (start.rows(), start.cols()) != (goal.rows(), goal.cols()) {
            return Err(Refusal(named("changes the size of the world, which no program can do.")));
        }
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
            return Err(format!("has a trace that crashes at step {}, {}.", step + 1, action.name()));
        }
    }
    match expected {
        Expected::World(goal) if *goal != world => {
            Err("has a trace that does not lead to its output: correct one of the two.".to_owned())
        }
        _ => Ok(actions),
    }
}

/// The examples of a request for traces alone; none where there is no output, or a world the networks can't read.
pub fn pair(example: &Example) -> Result<Option<Pair>, Refusal> {
    if example.output.is_none() || example.crashes {
        return Ok(None);
    }
    Ok(case(&Example { trace: None, ..example.clone() })?.and_then(|case| match case.expected {
        Expected::World(goal) => Some(Pair { start: case.start, goal }),
        Expected::Crash => None,
    }))
}

/// What a candidate may use in an example while it is searched for.
pub const LIMITS: Limits = Limits::SERVING;
