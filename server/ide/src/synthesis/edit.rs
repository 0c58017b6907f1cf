//! From the engine's answer to a change of the file, run on every example before anyone sees it.

use super::substitute::{Fill, Fills, statements};
use super::task::Task;
use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled};
use crate::change::{Change, apply};
use crate::indent::reindented;
use crate::source::Source;
use crate::statements::{Hole, HoleKind};
use crate::verdict::Verdict;
use syntax::ast::{Block, Procedure, Statement, StatementKind};
use syntax::diagnostic::{Edit, Severity};
use syntax::print::{print_condition, print_count, print_statements};
use syntax::{TextRange, TextSize};

/// The change, and what the changed program does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub change: Change,
    /// Examples that the changed program passes, of those that ask for something. It is to be offered only if these
    /// are all.
    pub passed: usize,
    pub examples: usize,
    /// The held-out tests, which the engine has not seen, that the changed program passes.
    pub tests_passed: usize,
    pub tests: usize,
}

impl Answer {
    /// `5/5 examples`
    pub fn score(&self) -> String {
        let plural = if self.examples == 1 { "" } else { "s" };
        format!("{}/{} example{plural}", self.passed, self.examples)
    }

    pub fn passes_all(&self) -> bool {
        self.passed == self.examples && self.examples > 0
    }
}

/// Makes the change that puts `fills` in the places of the task's holes, and runs the changed program on every
/// example of the analysis, which must be the one that the task was made from.
///
/// # Errors
/// The inner error is a sentence that says why the fills do not make a program.
pub fn answer(
    analysis: &Analysis,
    task: &Task,
    fills: &[String],
    cancel: Cancel<'_>,
) -> Result<Result<Answer, String>, Cancelled> {
    let edits = match edits(task, fills) {
        Ok(edits) => edits,
        Err(reason) => return Ok(Err(reason)),
    };
    let holed = &task.holed;
    let text = apply(&holed.text, &edits);
    let changed = Source::new(holed.uri.clone(), holed.version, text);
    if changed.parse.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Ok(Err("The engine's answer does not fit into the program; ask again.".to_owned()));
    }
    let Some(original) = analysis.program() else {
        return Ok(Err("There is no program that these examples belong to.".to_owned()));
    };
    // Where a hole was put into the text first, both changes are one.
    let edits =
        if original.text == holed.text { edits } else { vec![replacement(&original.text, &changed.text)] };
    let (change, grids, config) =
        (Change::of(original, edits), analysis.grids().to_vec(), analysis.config().clone());
    let after = Analysis::new(Some(changed), grids, config);
    let mut answer = Answer { change, passed: 0, examples: 0, tests_passed: 0, tests: 0 };
    for case in after.cases() {
        if case.input().is_none() || case.output().is_none() && case.example.crashes.is_none() {
            continue;
        }
        let verdict = after.verdict(case, cancel)?;
        // What comes to another hole says nothing of this one.
        let judges = task.judges.as_ref().is_none_or(|judges| judges.contains(&case.index));
        if task.judges.is_some() && matches!(verdict, Verdict::Hole { .. }) && (case.is_test() || !judges) {
            continue;
        }
        let passes = usize::from(verdict.passes());
        if case.is_test() {
            (answer.tests, answer.tests_passed) = (answer.tests + 1, answer.tests_passed + passes);
        } else {
            (answer.examples, answer.passed) = (answer.examples + 1, answer.passed + passes);
        }
    }
    Ok(Ok(answer))
}

/// Edits of the holed text that fill its holes.
fn edits(task: &Task, fills: &[String]) -> Result<Vec<Edit>, String> {
    if fills.len() != task.holes.len() {
        return Err(format!("The engine filled {} of {} holes; ask again.", fills.len(), task.holes.len()));
    }
    let source = &task.holed;
    let mut read = Fills::new();
    for (hole, text) in task.holes.iter().zip(fills) {
        read.insert(hole.range, Fill::read(hole.kind, text)?);
    }
    let mut edits: Vec<Edit> = Vec::new();
    for hole in &task.holes {
        let Some(fill) = read.get(&hole.range) else { continue };
        edits.push(edit(source, hole, fill, &read));
    }
    edits.sort_by_key(|edit| (edit.range.start(), std::cmp::Reverse(edit.range.end())));
    // A line that was written anew holds the fills of all its holes.
    let mut covered = TextRange::default();
    edits.retain(|edit| {
        let inside = covered.contains_range(edit.range) && !covered.is_empty();
        if !inside {
            covered = edit.range;
        }
        !inside
    });
    Ok(edits)
}

fn edit(source: &Source, hole: &Hole, fill: &Fill, fills: &Fills) -> Edit {
    let Hole { range, .. } = *hole;
    let fill = match fill {
        Fill::Condition(condition) => return Edit { range, insert: print_condition(condition) },
        Fill::Count(count) => return Edit { range, insert: print_count(*count) },
        Fill::Statements(statements) => statements,
    };
    let line = TextRange::new(source.line_start(range.start()), source.line_end(range.end()));
    let before = source.slice(TextRange::new(line.start(), range.start()));
    let after = source.slice(TextRange::new(range.end(), line.end())).trim();
    let (unit, end) = (source.unit(range.start(), source.indent(range.start())), source.line_ending());
    let own_line = before.trim().is_empty() && (after.is_empty() || after.starts_with('#'));
    let simple = fill.iter().all(|s| s.blocks().next().is_none());
    if own_line {
        let text = reindented(&print_statements(fill, 0), before, &unit, end);
        // The first line is indented already.
        return Edit { range, insert: text.strip_prefix(before).map_or(text.clone(), str::to_owned) };
    }
    if simple {
        let text = print_statements(fill, 0);
        return Edit { range, insert: text.lines().collect::<Vec<_>>().join("; ") };
    }
    match line_group(source, range.start()) {
        Some((group, begins_line)) => {
            let cover =
                group.first().map_or(range, |s| s.range).cover(group.last().map_or(range, |s| s.range));
            let text = print_statements(&statements(group, fills), 0);
            let indent = source.indent(range.start());
            if begins_line {
                let text = reindented(&text, indent, &unit, end);
                return Edit {
                    range: cover,
                    insert: text.strip_prefix(indent).map_or(text.clone(), str::to_owned),
                };
            }
            // Behind a header: the block goes below it.
            let header = source.slice(TextRange::new(line.start(), cover.start()));
            let start = line.start() + TextSize::of(header.trim_end());
            let text = reindented(&text, &format!("{indent}{unit}"), &unit, end);
            Edit { range: TextRange::new(start, cover.end()), insert: format!("{end}{text}") }
        }
        None => Edit { range, insert: "...".to_owned() },
    }
}

/// The statements of the outermost block that begin on the line of `offset`, and whether the first begins that line.
fn line_group(source: &Source, offset: TextSize) -> Option<(&[Statement], bool)> {
    let procedure: &Procedure = source.file().procedures().find(|p| p.range.contains_inclusive(offset))?;
    let line = source.line_start(offset);
    let on_line = |s: &Statement| source.line_start(s.range.start()) == line;
    let mut block: &Block = &procedure.body;
    loop {
        let statement = block.statements.iter().find(|s| s.range.contains(offset))?;
        if on_line(statement) {
            let first = block.statements.iter().position(on_line)?;
            let last = block.statements.iter().rposition(on_line)?;
            let group = block.statements.get(first..=last)?;
            let before = source.slice(TextRange::new(line, group.first()?.range.start()));
            return Some((group, before.trim().is_empty()));
        }
        if statement.kind == StatementKind::Hole {
            return None;
        }
        block = statement.blocks().find(|b| b.range.contains(offset))?;
    }
}

/// The one edit that makes `new` of `old`: what both begin and end with stays.
pub(super) fn replacement(old: &str, new: &str) -> Edit {
    let start: usize =
        old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let same = old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(|(a, b)| a == b);
    let end: usize = same.map(|(a, _)| a.len_utf8()).sum();
    let size = |n: usize| TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
    Edit {
        range: TextRange::new(size(start), size(old.len() - end)),
        insert: new_rest[..new_rest.len() - end].to_owned(),
    }
}

impl Task {
    /// What kind of text each fill has to be.
    pub fn hole_kinds(&self) -> impl Iterator<Item = HoleKind> {
        self.holes.iter().map(|hole| hole.kind)
    }
}
