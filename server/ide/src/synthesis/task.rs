//! What the engine is asked: the program with holes, and the examples.

use super::actions::is_hole;
use super::{Goal, complete, one_hole, reasons};
use crate::analysis::{Analysis, Case};
use crate::cancel::NEVER;
use crate::change::apply;
use crate::source::Source;
use crate::statements::{Hole, holes};
use syntax::ast::{Action, Item};
use syntax::diagnostic::{Edit, Severity};
use syntax::{TextRange, TextSize};

/// An example as it is sent to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    pub name: String,
    /// Grid text.
    pub input: String,
    /// Grid text; absent where a crash is expected.
    pub output: Option<String>,
    pub crashes: bool,
    /// The trace that the author gave; an inferred one is not sent.
    pub trace: Option<Vec<Action>>,
}

/// One question to the engine, and what is needed to make a change of its answer.
#[derive(Clone)]
pub struct Task {
    pub goal: Goal,
    /// Definitions only, `\n` at the line ends, with at least one hole.
    pub program: String,
    pub examples: Vec<Prompt>,
    /// The holes of `holed`, in the order in which the engine's answer fills them.
    pub holes: Vec<Hole>,
    /// The program file with the holes in it, as it was or after a hole was put into it.
    pub(super) holed: Source,
    /// The numbers of the examples that judge a hole alone; of other tasks, all do.
    pub(super) judges: Option<Vec<usize>>,
}

impl Prompt {
    pub(super) fn of(case: Case<'_>) -> Option<Prompt> {
        let trace = case.example.trace.as_ref().filter(|trace| trace.valid && !trace.inferred);
        Some(Prompt {
            name: case.example.name.text.clone(),
            input: case.input()?.to_string(),
            output: case.output().filter(|_| case.example.crashes.is_none()).map(ToString::to_string),
            crashes: case.example.crashes.is_some(),
            trace: trace.map(|trace| trace.actions.iter().map(|(action, _)| *action).collect()),
        })
    }
}

/// Builds the task for a goal about the program.
///
/// # Errors
/// A sentence that says why there is none: something changed since the action was offered, or it was disabled.
pub fn task(analysis: &Analysis, goal: &Goal) -> Result<Task, String> {
    let program = analysis.program().ok_or("There is no program that these examples belong to.")?;
    if let Some(reason) = reasons::obstacle(analysis) {
        return Err(reason);
    }
    if let Goal::Hole(offset) = goal {
        return one_hole_task(analysis, program, *offset);
    }
    let gone = || "The program has changed; ask again.".to_owned();
    let edit = match goal {
        Goal::Program | Goal::Others => match analysis.main() {
            None => Some(new_main(program)),
            Some(main) if is_hole(main) => None,
            Some(main) => Some(Edit { range: main.body.range, insert: "...".to_owned() }),
        },
        Goal::Holes => None,
        Goal::Complete(offset) => Some(complete::place(program, *offset).ok_or_else(gone)?),
        Goal::Hole(_) | Goal::Trace(_) => return Err("A trace is inferred without a program.".to_owned()),
    };
    let holed = match &edit {
        None => program.clone(),
        Some(edit) => {
            let text = apply(&program.text, std::slice::from_ref(edit));
            Source::new(program.uri.clone(), program.version, text)
        }
    };
    let holes = holes(holed.file());
    if holes.is_empty() || holed.parse.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Err(gone());
    }
    if edit.is_some() && holes.len() > 1 || *goal == Goal::Program && holes.len() > 1 {
        return Err("Fill the other holes of the program first.".to_owned());
    }
    let examples = reasons::given(analysis).filter_map(Prompt::of).collect();
    Ok(Task { goal: goal.clone(), program: definitions(&holed), examples, holes, holed, judges: None })
}

fn one_hole_task(analysis: &Analysis, program: &Source, offset: TextSize) -> Result<Task, String> {
    let gone = || "The program has changed; ask again.".to_owned();
    let hole =
        holes(program.file()).into_iter().find(|hole| hole.range.start() == offset).ok_or_else(gone)?;
    let judges = one_hole::judges(analysis, program, hole, NEVER).map_err(|_| gone())??;
    let judging = analysis.cases().filter(|case| judges.contains(&case.index));
    Ok(Task {
        goal: Goal::Hole(offset),
        program: definitions(&one_hole::alone(program, hole)),
        examples: judging.filter_map(Prompt::of).collect(),
        holes: vec![hole],
        holed: program.clone(),
        judges: Some(judges),
    })
}

/// The procedures, one below the other.
fn definitions(source: &Source) -> String {
    let texts = source
        .file()
        .procedures()
        .map(|p| source.slice(p.range).trim_end().replace("\r\n", "\n").replace('\r', "\n"));
    let mut text = texts.collect::<Vec<_>>().join("\n\n");
    text.push('\n');
    text
}

/// An empty `main` before the first example of the file, with the comments above that; else at the end.
fn new_main(program: &Source) -> Edit {
    let end = program.line_ending();
    let main = |at| format!("def main():{end}{}...{end}", program.unit(at, ""));
    let first = program.file().items.iter().find_map(|item| match item {
        Item::Example(example) => Some(example.range.start()),
        _ => None,
    });
    if let Some(first) = first {
        let mut at = program.line_start(first);
        for comment in program.file().comments.iter().rev().filter(|c| c.own_line && c.range.end() <= first) {
            let between = program.slice(TextRange::new(comment.range.end().min(at), at));
            let theirs = program.indent(comment.range.start()) == program.indent(first);
            if !theirs || !between.trim().is_empty() || between.matches('\n').count() != 1 {
                break;
            }
            at = program.line_start(comment.range.start());
        }
        return Edit { range: TextRange::empty(at), insert: format!("{}{end}", main(at)) };
    }
    let text = &*program.text;
    let blank = match () {
        () if text.is_empty() => String::new(),
        () if !text.ends_with('\n') => format!("{end}{end}"),
        () => end.to_owned(),
    };
    let at = TextSize::of(text);
    Edit { range: TextRange::empty(at), insert: format!("{blank}{}", main(at)) }
}
