//! The synthesis actions at a place. Quick: nothing is asked of the engine yet.

use super::{Goal, complete, one_hole, reasons};
use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check};
use crate::describe::{capitalized, count};
use crate::source::Source;
use crate::statements::{Hole, holes, statement_at};
use syntax::TextRange;
use syntax::ast::{Procedure, StatementKind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthesisAction {
    pub goal: Goal,
    /// `Synthesize main from 5 examples`
    pub title: String,
    /// Why it can't run now, as a short sentence.
    pub disabled: Option<String>,
    /// It is a fix of what is reported where the cursor is: a hole, or an example that fails.
    pub fix: bool,
}

/// The actions for the selection `range`. `engine` says why the engine can't be asked, if it can't.
pub fn actions(
    analysis: &Analysis,
    uri: &str,
    range: TextRange,
    engine: Option<&str>,
    cancel: Cancel<'_>,
) -> Result<Vec<SynthesisAction>, Cancelled> {
    let Some(source) = analysis.source(uri) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let in_example = analysis.cases_in(uri).find(|case| case.example.range.intersect(range).is_some());
    let failing = match in_example {
        Some(case) => analysis.verdict(case, cancel)?.failure().is_some(),
        None => false,
    };
    if let Some(program) = analysis.program() {
        let obstacle = engine.map(str::to_owned).or_else(|| reasons::obstacle(analysis));
        let here = program.uri == uri;
        let offer = |goal, title: String, reason: Option<String>| {
            let fix = match &goal {
                Goal::Hole(_) | Goal::Holes => true,
                Goal::Program => failing || here && on_hole_line(program, range),
                Goal::Others | Goal::Complete(_) | Goal::Trace(_) => false,
            };
            SynthesisAction { goal, title, disabled: obstacle.clone().or(reason), fix }
        };
        found.extend(whole_program(analysis, program, (here.then_some(range), failing), &offer, cancel)?);
        if here {
            found.extend(at_holes(analysis, program, range, &offer, cancel)?);
            if range.is_empty() && in_example.is_none() {
                found.extend(completion(analysis, program, range, &offer, cancel)?);
            }
        }
    }
    if let Some(case) = in_example {
        check(cancel)?;
        let example = case.example;
        let reason = || {
            if example.crashes.is_some() {
                return Some("A run that crashes has no output to infer a trace from.".to_owned());
            }
            if source
                .parse
                .diagnostics
                .iter()
                .any(|d| example.range.contains_range(d.range) && !d.unnecessary)
            {
                return Some("Correct the mistake in the example first.".to_owned());
            }
            match (case.input(), case.output()) {
                (Some(_), Some(_)) => None,
                _ => Some("Give the example an input and an output first.".to_owned()),
            }
        };
        let again = match &example.trace {
            None => Some(""),
            Some(trace) if trace.inferred => Some(" again"),
            Some(_) => None,
        };
        found.extend(again.map(|again| SynthesisAction {
            goal: Goal::Trace(case.index),
            title: format!("Infer the trace of \"{}\"{again}", example.name.text),
            disabled: engine.map(str::to_owned).or_else(reason),
            fix: false,
        }));
    }
    Ok(found)
}

/// The body is one hole and nothing else.
pub(super) fn is_hole(procedure: &Procedure) -> bool {
    matches!(procedure.body.statements.as_slice(), [only] if only.kind == StatementKind::Hole)
}

/// What there is to say about a hole: the actions that fill it, or why they can't. In Markdown.
pub(crate) fn at_hole(
    analysis: &Analysis,
    program: &Source,
    hole: Hole,
    cancel: Cancel<'_>,
) -> Result<String, Cancelled> {
    if let Some(reason) = reasons::no_synthesis(analysis) {
        return Ok(format!("Synthesis can't fill it yet. {reason}"));
    }
    let at = TextRange::empty(hole.range.start());
    let mut lines = Vec::new();
    for action in actions(analysis, &program.uri, at, None, cancel)? {
        if !matches!(action.goal, Goal::Program | Goal::Hole(_) | Goal::Holes) {
            continue;
        }
        lines.push(match action.disabled {
            None => format!("- *{}*: a quick fix here", action.title),
            Some(reason) => format!("- *{}*: not now. {reason}", action.title),
        });
    }
    Ok(lines.join("\n"))
}

/// `range` is the selection if it is in the program; `failing`: an example fails that is selected.
fn whole_program(
    analysis: &Analysis,
    program: &Source,
    (range, failing): (Option<TextRange>, bool),
    offer: &dyn Fn(Goal, String, Option<String>) -> SynthesisAction,
    cancel: Cancel<'_>,
) -> Result<Option<SynthesisAction>, Cancelled> {
    let examples = reasons::given(analysis).count() as u64;
    let from = match examples {
        0 => "from examples".to_owned(),
        n => format!("from {}", count(n, "example")),
    };
    let main = analysis.main();
    let holes = holes(program.file());
    let others = holes.len() - usize::from(main.is_some_and(is_hole));
    let elsewhere = match others {
        0 => None,
        1 => Some("Fill the other hole of the program first.".to_owned()),
        n => Some(format!("Fill the other {n} holes of the program first.")),
    };
    let Some(main) = main.filter(|main| !is_hole(main)) else {
        return Ok(Some(offer(Goal::Program, format!("Synthesize main {from}"), elsewhere)));
    };
    let body_holes = holes.iter().any(|hole| main.range.contains_range(hole.range));
    let here = range.is_some_and(|range| main.range.intersect(range).is_some()) || failing;
    if !here || body_holes {
        return Ok(None);
    }
    // What passes is nobody's to replace unasked.
    Ok(Some(match all_pass(analysis, cancel)? {
        Some(fact) if others == 0 => offer(Goal::Others, format!("Look for other programs: {fact}"), None),
        _ => offer(Goal::Program, format!("Rewrite main {from}"), elsewhere),
    }))
}

/// `all 5 examples pass already`, where they do; tests are not asked.
fn all_pass(analysis: &Analysis, cancel: Cancel<'_>) -> Result<Option<String>, Cancelled> {
    let mut examples = 0;
    for case in reasons::given(analysis) {
        check(cancel)?;
        if !analysis.verdict(case, cancel)?.passes() {
            return Ok(None);
        }
        examples += 1;
    }
    Ok(match examples {
        0 => None,
        1 => Some("the example passes already".to_owned()),
        n => Some(format!("all {n} examples pass already")),
    })
}

/// A sentence that says that all examples pass, for an author who asks for a program nevertheless.
///
/// # Errors
/// Fails where the work was cancelled.
pub fn passes_already(analysis: &Analysis, cancel: Cancel<'_>) -> Result<Option<String>, Cancelled> {
    let no_hole = analysis.program().is_some_and(|program| holes(program.file()).is_empty());
    let fact = if no_hole { all_pass(analysis, cancel)? } else { None };
    Ok(fact.map(|fact| capitalized(&fact) + "."))
}

fn hole_line(program: &Source, hole: &Hole) -> TextRange {
    TextRange::new(program.line_start(hole.range.start()), program.line_end(hole.range.end()))
}

fn on_hole_line(program: &Source, range: TextRange) -> bool {
    holes(program.file()).iter().any(|hole| hole_line(program, hole).intersect(range).is_some())
}

fn at_holes(
    analysis: &Analysis,
    program: &Source,
    range: TextRange,
    offer: &dyn Fn(Goal, String, Option<String>) -> SynthesisAction,
    cancel: Cancel<'_>,
) -> Result<Vec<SynthesisAction>, Cancelled> {
    let holes = holes(program.file());
    let on_line = |hole: &&Hole| hole_line(program, hole).intersect(range).is_some();
    let only_main =
        holes.len() == 1 && program.file().procedures().find(|p| p.name.text == "main").is_some_and(is_hole);
    let touched = || holes.iter().find(|hole| hole.range.intersect(range).is_some());
    let Some(hole) = touched().or_else(|| holes.iter().find(on_line)).filter(|_| !only_main) else {
        return Ok(Vec::new());
    };
    if holes.len() == 1 {
        return Ok(vec![offer(Goal::Holes, "Fill this hole".to_owned(), None)]);
    }
    let all = offer(Goal::Holes, format!("Fill all {} holes", holes.len()), None);
    let this = Goal::Hole(hole.range.start());
    Ok(match one_hole::judges(analysis, program, *hole, cancel)? {
        Ok(judges) if judges.len() < reasons::given(analysis).count() => {
            let title = format!("Fill this hole from {}", count(judges.len() as u64, "example"));
            vec![offer(this, title, None), all]
        }
        Ok(_) => vec![offer(this, "Fill this hole".to_owned(), None), all],
        Err(reason) => vec![all, offer(this, "Fill this hole".to_owned(), Some(reason))],
    })
}

fn completion(
    analysis: &Analysis,
    program: &Source,
    range: TextRange,
    offer: &dyn Fn(Goal, String, Option<String>) -> SynthesisAction,
    cancel: Cancel<'_>,
) -> Result<Option<SynthesisAction>, Cancelled> {
    let on_hole =
        statement_at(program.file(), range.start()).is_some_and(|(_, s)| s.kind == StatementKind::Hole);
    if on_hole || complete::place(program, range.start()).is_none() {
        return Ok(None);
    }
    let reason = if !holes(program.file()).is_empty() {
        Some("Fill the holes of the program first.".to_owned())
    } else if analysis.main().is_none() {
        Some("There is no main yet: synthesize it first.".to_owned())
    } else {
        passes_already(analysis, cancel)?
    };
    Ok(Some(offer(Goal::Complete(range.start()), "Complete after the cursor".to_owned(), reason)))
}
