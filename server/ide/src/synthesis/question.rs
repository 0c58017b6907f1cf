//! The question that decides between programs, as actions: each answer adds the deciding example to the others.

use super::edit::replacement;
use super::reasons::given;
use crate::analysis::{Analysis, Case};
use crate::change::{Action, ActionKind, Change, FileEdits};
use crate::diagnostics::ambiguous;
use crate::drawing::free_name;
use crate::found::{Deciding, Ending, Found};
use crate::source::Source;
use runtime::World;
use syntax::TextRange;
use syntax::codes::synthesis;
use syntax::diagnostic::Edit;

/// The name of the new block, with a number where there is one of that name.
const NAME: &str = "deciding";

/// Feature: **Answer the deciding example**
///
/// Where the last synthesis has found programs that differ in meaning: one action for each way in which the deciding
/// example may end, which adds it to the examples so that it decides, and puts a program that ends so in the place of
/// one that doesn't; one that adds it without an output; and, where a program crashes there, one that expects the
/// crash. Offered at the message, in `main` and in every example.
pub fn question(analysis: &Analysis, uri: &str, range: TextRange) -> Vec<Action> {
    let Some(ambiguity) = analysis.ambiguity().filter(|all| !all.beside_own) else { return Vec::new() };
    match &ambiguity.deciding {
        Some(deciding) if is_place(analysis, uri, range) => asked(analysis, ambiguity, deciding),
        _ => Vec::new(),
    }
}

/// The answers wherever the cursor stands, and after them the example without an answer.
pub fn answers(analysis: &Analysis) -> Vec<Action> {
    let ambiguity = analysis.ambiguity().filter(|all| !all.beside_own);
    let asked = ambiguity.and_then(|all| Some(asked(analysis, all, all.deciding.as_ref()?)));
    asked.unwrap_or_default()
}

/// The answer of that number, from 0, of those that a question shows; with none the example without an answer.
pub fn chosen_answer(analysis: &Analysis, number: Option<usize>) -> Option<Action> {
    let shown = analysis.ambiguity()?.deciding.as_ref()?.answers.len();
    let number = number.map_or(Some(shown), |number| (number < shown).then_some(number))?;
    answers(analysis).into_iter().nth(number)
}

fn is_place(analysis: &Analysis, uri: &str, range: TextRange) -> bool {
    let touches = |at: TextRange| at.intersect(range).is_some();
    let in_program = analysis.program_at(uri).is_some_and(|program| {
        let line = |at: TextRange| TextRange::new(program.line_start(at.start()), program.line_end(at.end()));
        ambiguous::place(analysis).is_some_and(|at| touches(line(at)))
            || analysis.main().is_some_and(|main| touches(main.range))
    });
    in_program || analysis.cases_in(uri).any(|case| touches(case.example.range))
}

fn asked(analysis: &Analysis, ambiguity: &Found, deciding: &Deciding) -> Vec<Action> {
    let Some(last) = given(analysis).last() else { return Vec::new() };
    let name = free_name(analysis, NAME);
    let action = |id, title, change| Action {
        id,
        kind: ActionKind::QuickFix,
        title,
        mends: Some(synthesis::AMBIGUOUS.code),
        preferred: false,
        change,
    };
    let mut actions: Vec<Action> = deciding
        .lettered()
        .map(|(letter, answer)| {
            let title = format!("Answer the deciding example with {}", deciding.tell(letter, answer));
            let block = added(last, &name, &deciding.input, &Expected::World(&answer.output));
            action("answer-deciding", title, change(analysis, ambiguity, last, block, answer))
        })
        .collect();
    let title = "Add the deciding example without an output, to be filled in by hand".to_owned();
    let open = added(last, &name, &deciding.input, &Expected::Nothing);
    actions.push(action("add-deciding", title, Change::of(last.source, vec![open])));
    if !deciding.crashing.is_empty() {
        // Most often a crash there only means that such a world never comes: nobody is to choose it by mistake.
        let title = "Add the deciding example as one in which the program has to crash".to_owned();
        let crash = added(last, &name, &deciding.input, &Expected::Crash);
        actions.push(action("crash-deciding", title, Change::of(last.source, vec![crash])));
    }
    actions
}

/// Adds the example, and a program that agrees with the answer where one stands that doesn't.
fn change(analysis: &Analysis, ambiguity: &Found, last: Case<'_>, block: Edit, answer: &Ending) -> Change {
    let mut change = Change::of(last.source, vec![block]);
    let Some(program) = analysis.program() else { return change };
    let current = ambiguity.programs.iter().position(|text| **text == *program.text);
    // Where none of them stands in the file yet, one has to be taken.
    let wrong = current.is_none_or(|at| !answer.programs.contains(&(at + 1)));
    let right = answer.programs.first().and_then(|number| ambiguity.programs.get(number - 1));
    let Some(right) = right.filter(|_| wrong) else { return change };
    let edit = replacement(&program.text, right);
    match change.files.iter_mut().find(|file| file.uri == program.uri) {
        Some(file) => {
            file.edits.push(edit);
            file.edits.sort_by_key(|edit| edit.range.start());
        }
        None => change.files.push(FileEdits { uri: program.uri.clone(), edits: vec![edit] }),
    }
    change
}

/// What the new block expects.
#[derive(PartialEq)]
enum Expected<'a> {
    World(&'a World),
    Crash,
    Nothing,
}

/// The block after `last`, indented as that.
fn added(last: Case<'_>, name: &str, input: &World, expected: &Expected<'_>) -> Edit {
    let (source, example) = (last.source, last.example);
    let at = source.item_end(example.range.start(), example.range.end());
    let indents = Indents::of(source, example);
    let crashes = *expected == Expected::Crash;
    let mut lines = vec![
        String::new(),
        format!("{}example \"{name}\"{}:", indents.header, if crashes { " crashes" } else { "" }),
    ];
    let output = if let Expected::World(output) = expected { Some(*output) } else { None };
    for (keyword, world) in [("input", Some(input)), ("output", output)] {
        let Some(world) = world else { continue };
        lines.push(format!("{}{keyword}:", indents.section));
        lines.extend(world.to_string().lines().map(|row| format!("{}{row}", indents.row)));
    }
    // What follows stays apart from it.
    let below = source.text.get(usize::from(at)..).unwrap_or("").lines().nth(1).unwrap_or("");
    if !below.trim().is_empty() {
        lines.push(String::new());
    }
    let end = source.line_ending();
    Edit { range: TextRange::empty(at), insert: format!("{end}{}", lines.join(end)) }
}

/// How the parts of a block are indented.
struct Indents {
    header: String,
    section: String,
    row: String,
}

impl Indents {
    fn of(source: &Source, example: &syntax::ast::Example) -> Indents {
        let start = example.range.start();
        let deeper = |at: Option<TextRange>, than: &str| {
            let indent = at.map_or("", |at| source.indent(at.start()));
            match indent.strip_prefix(than) {
                Some(more) if !more.is_empty() => indent.to_owned(),
                _ => format!("{than}{}", source.unit(start, than)),
            }
        };
        let header = source.indent(start).to_owned();
        let input = example.input.as_ref();
        let section = deeper(input.map(|grid| grid.range), &header);
        let row = deeper(input.and_then(|grid| grid.rows.first()).map(|row| row.range), &section);
        Indents { header, section, row }
    }
}

#[cfg(test)]
mod tests;
