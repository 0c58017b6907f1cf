//! The synthesis actions at a place. Quick: nothing is asked of the engine yet.

use super::{Goal, complete, reasons};
use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check};
use crate::describe::count;
use crate::source::Source;
use crate::statements::{holes, statement_at};
use syntax::TextRange;
use syntax::ast::{Procedure, StatementKind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthesisAction {
    pub goal: Goal,
    /// `Synthesize main from 5 examples`
    pub title: String,
    /// Why it can't run now, as a sentence.
    pub disabled: Option<String>,
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
    if let Some(program) = analysis.program() {
        let obstacle = engine.map(str::to_owned).or_else(|| reasons::obstacle(analysis));
        let here = program.uri == uri;
        let offer = |goal, title: String, reason: Option<String>| SynthesisAction {
            goal,
            title,
            disabled: obstacle.clone().or(reason),
        };
        found.extend(whole_program(analysis, program, here.then_some(range), &offer));
        if here {
            found.extend(at_holes(program, range, &offer));
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
                (Some(_), Some(_)) => reasons::wrong_size(case),
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
        }));
    }
    Ok(found)
}

/// The body is one hole and nothing else.
pub(super) fn is_hole(procedure: &Procedure) -> bool {
    matches!(procedure.body.statements.as_slice(), [only] if only.kind == StatementKind::Hole)
}

/// `range` is the selection if it is in the program.
fn whole_program(
    analysis: &Analysis,
    program: &Source,
    range: Option<TextRange>,
    offer: &dyn Fn(Goal, String, Option<String>) -> SynthesisAction,
) -> Option<SynthesisAction> {
    let examples = reasons::given(analysis).count() as u64;
    let from = match examples {
        0 => "from examples".to_owned(),
        n => format!("from {}", count(n, "example")),
    };
    let main = analysis.main();
    let others = holes(program.file()).len() - usize::from(main.is_some_and(is_hole));
    let elsewhere = || {
        (others > 0).then(|| format!("Fill the other {} of the program first.", count(others as u64, "hole")))
    };
    match main {
        None => Some(offer(Goal::Program, format!("Synthesize main {from}"), elsewhere())),
        Some(main) if is_hole(main) => {
            Some(offer(Goal::Program, format!("Synthesize main {from}"), elsewhere()))
        }
        Some(main) => {
            let body_holes = holes(program.file()).iter().any(|hole| main.range.contains_range(hole.range));
            let here = range.is_some_and(|range| main.range.intersect(range).is_some());
            (here && !body_holes).then(|| offer(Goal::Program, format!("Rewrite main {from}"), elsewhere()))
        }
    }
}

fn at_holes(
    program: &Source,
    range: TextRange,
    offer: &dyn Fn(Goal, String, Option<String>) -> SynthesisAction,
) -> Vec<SynthesisAction> {
    let holes = holes(program.file());
    let here = holes.iter().any(|hole| {
        let line = TextRange::new(program.line_start(hole.range.start()), program.line_end(hole.range.end()));
        line.intersect(range).is_some()
    });
    let only_main =
        holes.len() == 1 && program.file().procedures().find(|p| p.name.text == "main").is_some_and(is_hole);
    if !here || only_main {
        return Vec::new();
    }
    match holes.len() {
        1 => vec![offer(Goal::Holes, "Fill this hole".to_owned(), None)],
        n => {
            let others = if n == 2 { "another hole".to_owned() } else { format!("{} more holes", n - 1) };
            let reason =
                format!("The program has {others}, without which no run comes to its end; fill all of them.");
            vec![
                offer(Goal::Holes, format!("Fill all {n} holes"), None),
                SynthesisAction {
                    goal: Goal::Holes,
                    title: "Fill this hole".to_owned(),
                    disabled: Some(reason),
                },
            ]
        }
    }
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
    let mut reason = None;
    if !holes(program.file()).is_empty() {
        reason = Some("Fill the holes of the program first.".to_owned());
    } else if analysis.main().is_none() {
        reason = Some("There is no main yet; synthesize it first.".to_owned());
    } else {
        let mut all_pass = true;
        for case in reasons::given(analysis) {
            check(cancel)?;
            all_pass &= analysis.verdict(case, cancel)?.passes();
        }
        if all_pass {
            reason = Some("All examples pass already.".to_owned());
        }
    }
    Ok(Some(offer(Goal::Complete(range.start()), "Complete after the cursor".to_owned(), reason)))
}
