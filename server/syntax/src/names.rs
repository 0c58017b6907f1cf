//! K101–K106: the names of procedures and examples, and which procedure calls which. The check needs the whole file and
//! the names of the files that belong to it, but no flow of control.

mod near;

use crate::ast::{Action, File, Item, Name, Procedure, Statement, StatementKind, Test};
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::codes::names_flow as codes;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::indent::unit;
use crate::lines;
use crate::print::INDENT;
use near::Near;
use std::collections::{HashMap, HashSet};
use text_size::TextRange;

/// Where a run begins.
pub const MAIN: &str = "main";

/// How many examples of each name there are in the files of one program.
#[derive(Debug, Default)]
pub struct ExampleNames {
    all: usize,
    by_name: HashMap<String, usize>,
}

impl ExampleNames {
    /// Counts the examples of all files, each given once.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a File>) -> ExampleNames {
        let mut names = ExampleNames::default();
        for example in files.into_iter().flat_map(File::examples) {
            names.all += 1;
            *names.by_name.entry(example.name.text.clone()).or_default() += 1;
        }
        names
    }
}

/// What kind of file is checked, and what belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// It may define procedures. Of an example file only its examples' names are looked at.
    pub program: bool,
    /// The examples of all files of the program, of the checked one too.
    pub examples: &'a ExampleNames,
}

/// The name diagnostics of a file, in source order.
///
/// # Errors
/// Fails where the work was cancelled.
pub fn check(
    file: &File,
    text: &str,
    surroundings: Surroundings<'_>,
    cancel: Cancel<'_>,
) -> Result<Vec<Diagnostic>, Cancelled> {
    let mut found = Vec::new();
    let own = ExampleNames::of([file]);
    if surroundings.program {
        procedures(file, text, surroundings.examples.all > own.all, cancel, &mut found)?;
    }
    let elsewhere = |name: &str| surroundings.examples.by_name.get(name) > own.by_name.get(name);
    duplicate_examples(file, &elsewhere, cancel, &mut found)?;
    found.sort_by_key(|d| (d.range.start(), d.range.end()));
    Ok(found)
}

/// Words that can't be the name of a procedure.
pub fn is_reserved(name: &str) -> bool {
    const KEYWORDS: &[&str] = &["def", "while", "repeat", "if", "else", "not", "example", "test", "examples"];
    Action::from_name(name).is_some() || Test::from_name(name).is_some() || KEYWORDS.contains(&name)
}

fn procedures(
    file: &File,
    text: &str,
    examples_elsewhere: bool,
    cancel: Cancel<'_>,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Cancelled> {
    let mut defined: HashMap<&str, &Procedure> = HashMap::new();
    for procedure in file.procedures().filter(|p| !p.name.text.is_empty()) {
        check_cancel(cancel)?;
        let Name { range, text: name } = &procedure.name;
        if is_reserved(name) {
            let message = format!("'{name}' is one of Karel's own words; a procedure needs another name.");
            found.push(Diagnostic::new(&codes::BUILT_IN_NAME, Severity::Error, *range, message));
        } else if let Some(first) = defined.get(name.as_str()) {
            let message = format!("'{name}' is defined already; only the first definition is ever called.");
            let mut duplicate =
                Diagnostic::new(&codes::DUPLICATE_PROCEDURE, Severity::Error, *range, message);
            duplicate.related.push((first.name.range, format!("'{name}' is defined here first.")));
            found.push(duplicate);
        } else {
            defined.insert(name, procedure);
        }
    }
    let mut near = Near::new(defined.keys().copied());
    for name in file.calls() {
        if !name.text.is_empty() && !defined.contains_key(name.text.as_str()) {
            found.push(undefined(name, &mut near, cancel)?);
        }
    }
    match defined.get(MAIN) {
        Some(main) => unused(file, main, &defined, cancel, found)?,
        None if file.items.iter().any(is_unread) => {}
        None => missing_main(file, text, examples_elsewhere, found),
    }
    Ok(())
}

fn undefined<'a>(name: &'a Name, near: &mut Near<'a>, cancel: Cancel<'_>) -> Result<Diagnostic, Cancelled> {
    let word = &name.text;
    let meant = if Test::from_name(word).is_some() { None } else { near.meant(word, cancel)? };
    let message = match meant {
        _ if Test::from_name(word).is_some() => {
            format!("'{word}' is a condition and does nothing by itself; it belongs in an if or a while.")
        }
        Some(meant) => format!("There is no action or procedure '{word}'; did you mean '{meant}'?"),
        None => format!("There is no action or procedure '{word}'; define it with 'def {word}():'."),
    };
    let mut undefined = Diagnostic::new(&codes::UNDEFINED_PROCEDURE, Severity::Error, name.range, message);
    undefined.fix = meant.map(|meant| Fix {
        title: format!("Change to '{meant}'"),
        edits: vec![Edit { range: name.range, insert: meant.to_owned() }],
    });
    Ok(undefined)
}

/// Text outside of all procedures that may be one, or belong to one.
fn is_unread(item: &Item) -> bool {
    matches!(item, Item::Stray(_))
}

fn unused(
    file: &File,
    main: &Procedure,
    defined: &HashMap<&str, &Procedure>,
    cancel: Cancel<'_>,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Cancelled> {
    let mut reached: HashSet<&str> = HashSet::from([MAIN]);
    let mut open = vec![main];
    let mut complete = !file.items.iter().any(is_unread);
    while let Some(procedure) = open.pop() {
        check_cancel(cancel)?;
        complete &= procedure.broken.is_none() && !procedure.body.walk().any(is_gap);
        for name in procedure.body.calls() {
            if let Some(callee) = defined.get(name.text.as_str())
                && reached.insert(&name.text)
            {
                open.push(callee);
            }
        }
    }
    // What a hole will call is not known yet, nor what is not understood.
    if !complete {
        return Ok(());
    }
    for (name, procedure) in defined.iter().filter(|(name, _)| !reached.contains(*name)) {
        check_cancel(cancel)?;
        let message = format!("'{name}' is never called.");
        let mut unused =
            Diagnostic::new(&codes::UNUSED_PROCEDURE, Severity::Warning, procedure.name.range, message);
        unused.unnecessary = true;
        found.push(unused);
    }
    Ok(())
}

/// Whether what the statement calls is not known.
fn is_gap(statement: &Statement) -> bool {
    statement.is_broken() || statement.kind == StatementKind::Hole
}

fn missing_main(file: &File, text: &str, examples_elsewhere: bool, found: &mut Vec<Diagnostic>) {
    let first = file.examples().next();
    let range = match (first, file.procedures().next()) {
        (Some(example), _) => example.header,
        (None, Some(procedure)) if examples_elsewhere => procedure.name.range,
        _ => return,
    };
    let message = "The examples run 'main', and this file does not define it.".to_owned();
    let mut missing = Diagnostic::new(&codes::NO_MAIN, Severity::Error, range, message);
    let at = lines::line_start(text, first.map_or(range.start(), |e| e.range.start()));
    let end = lines::line_break(text);
    let indent = unit(text, at, "", INDENT);
    let insert = format!("def {MAIN}():{end}{indent}...{end}{end}");
    missing.fix = Some(Fix {
        title: format!("Define '{MAIN}' with a hole"),
        edits: vec![Edit { range: TextRange::empty(at), insert }],
    });
    found.push(missing);
}

fn duplicate_examples(
    file: &File,
    elsewhere: &dyn Fn(&str) -> bool,
    cancel: Cancel<'_>,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Cancelled> {
    let mut first: HashMap<&str, TextRange> = HashMap::new();
    for Name { range, text: name } in file.examples().map(|e| &e.name).filter(|n| !n.text.is_empty()) {
        check_cancel(cancel)?;
        let message = if first.contains_key(name.as_str()) {
            format!("Another example of this file is called \"{name}\" already.")
        } else if elsewhere(name) {
            format!("An example of another file of this program is called \"{name}\" too.")
        } else {
            first.insert(name, *range);
            continue;
        };
        let mut duplicate = Diagnostic::new(&codes::DUPLICATE_EXAMPLE, Severity::Warning, *range, message);
        if let Some(&range) = first.get(name.as_str()) {
            duplicate.related.push((range, format!("\"{name}\" is used here first.")));
        }
        found.push(duplicate);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
