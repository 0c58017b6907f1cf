//! Where a completion goes: a hole is put after what stands at the cursor, in the same block. What follows stays.

use crate::source::Source;
use crate::statements::{procedure_at, statement_at};
use syntax::ast::{Block, Procedure, Statement};
use syntax::diagnostic::Edit;
use syntax::{TextRange, TextSize};

/// The edit that puts a hole there; none where no statement can stand.
pub(super) fn place(program: &Source, offset: TextSize) -> Option<Edit> {
    if program.file().comments.iter().any(|c| c.own_line && c.range.contains(offset)) {
        return None;
    }
    let line = TextRange::new(program.line_start(offset), program.line_end(offset));
    if program.slice(line).trim().is_empty() {
        return on_blank_line(program, line);
    }
    match statement_at(program.file(), offset) {
        Some((_, statement)) => match statement.blocks().find(|b| !b.statements.is_empty()) {
            Some(body) if offset < body.range.start() => before(program, body.statements.first()?),
            Some(_) => None,
            None => Some(after(program, statement)),
        },
        None => {
            let procedure = procedure_at(program.file(), offset)?;
            if offset <= procedure.body.range.start() {
                return before(program, procedure.body.statements.first()?);
            }
            // Behind the last statement of a line.
            let (_, statement) = last_before(procedure, offset)?;
            (program.line_start(statement.range.start()) == line.start()).then(|| after(program, statement))
        }
    }
}

fn insertion(at: TextSize, insert: String) -> Option<Edit> {
    Some(Edit { range: TextRange::empty(at), insert })
}

fn before(program: &Source, statement: &Statement) -> Option<Edit> {
    let start = statement.range.start();
    if program.begins_line(start) {
        insertion(start, format!("...{}{}", program.line_ending(), program.indent(start)))
    } else {
        insertion(start, "...; ".to_owned())
    }
}

fn after(program: &Source, statement: &Statement) -> Edit {
    let (start, end) = (statement.range.start(), statement.range.end());
    let line_end = program.line_end(end);
    let rest = program.slice(TextRange::new(end, line_end)).trim();
    let (at, insert) = if program.begins_line(start) && (rest.is_empty() || rest.starts_with('#')) {
        (line_end, format!("{}{}...", program.line_ending(), program.indent(start)))
    } else {
        (end, "; ...".to_owned())
    };
    Edit { range: TextRange::empty(at), insert }
}

/// On a line of blanks its indentation says which block is meant.
fn on_blank_line(program: &Source, line: TextRange) -> Option<Edit> {
    let width = |text: &str| text.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum::<usize>();
    let wanted = width(program.slice(line));
    let procedures = program.file().procedures().filter(|p| p.body.range.start() < line.start());
    let procedure = procedures.last()?;
    let inside = procedure.range.end() > line.start();
    let between = program.slice(TextRange::new(procedure.range.end().min(line.start()), line.start()));
    if !inside && (wanted == 0 || !between.trim().is_empty()) {
        return None;
    }
    // The statement before the line, and the blocks around it, innermost last.
    let (chain, _) = last_before(procedure, line.start())?;
    let mut indents = chain.iter().filter_map(|block| {
        let start = block.statements.first()?.range.start();
        program.begins_line(start).then(|| program.indent(start))
    });
    let outermost = indents.next()?;
    let indent = indents.rfind(|indent| width(indent) <= wanted).unwrap_or(outermost);
    Some(Edit { range: line, insert: format!("{indent}...") })
}

/// The last statement that ends before the offset, innermost, and the blocks that it stands in, outermost first.
fn last_before(procedure: &Procedure, offset: TextSize) -> Option<(Vec<&Block>, &Statement)> {
    let mut block = &procedure.body;
    let mut chain = vec![block];
    let mut found = None;
    loop {
        let Some(statement) = block.statements.iter().rev().find(|s| s.range.start() < offset) else {
            return found.map(|statement| (chain, statement));
        };
        found = Some(statement);
        let begun = |b: &&Block| !b.statements.is_empty() && b.range.start() < offset;
        let Some(inner) = statement.blocks().rfind(begun) else {
            return found.map(|statement| (chain, statement));
        };
        chain.push(inner);
        block = inner;
    }
}
