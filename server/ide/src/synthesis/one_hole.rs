//! One hole of several. It can be judged by the examples whose runs come to it before they come to any other: where the
//! others are never needed. For the engine they are calls that crash, so that it finds only such programs.

use super::reasons::given;
use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check};
use crate::change::apply;
use crate::source::Source;
use crate::statements::{Hole, holes, own_hole, procedure_at};
use crate::verdict::Verdict;
use syntax::TextRange;
use syntax::ast::Block;
use syntax::diagnostic::Edit;

/// The numbers of the examples that a fill of the hole alone has to pass: those that stop at it now, and those that
/// pass.
///
/// # Errors
/// The inner one is a sentence: why the hole can't be judged alone.
pub(super) fn judges(
    analysis: &Analysis,
    program: &Source,
    hole: Hole,
    cancel: Cancel<'_>,
) -> Result<Result<Vec<usize>, String>, Cancelled> {
    let line = |at: TextRange| program.text[..usize::from(at.start())].matches('\n').count() + 1;
    if let Some(other) = on_every_way(program, hole) {
        return Ok(Err(format!("Every run needs the hole in line {} too: fill all.", line(other))));
    }
    let (mut judges, mut stopped, mut elsewhere) = (Vec::new(), 0, None);
    for case in given(analysis) {
        check(cancel)?;
        match analysis.verdict(case, cancel)? {
            Verdict::Hole { range } if *range == hole.range => stopped += 1,
            Verdict::Hole { range } => {
                elsewhere = Some(*range);
                continue;
            }
            Verdict::Passes => {}
            _ => return Ok(Err("An example fails before it comes here: mend that first.".to_owned())),
        }
        judges.push(case.index);
    }
    Ok(match (stopped, elsewhere) {
        (0, Some(other)) => Err(format!("Runs stop in line {} before they come here.", line(other))),
        (0, None) => Err("No example comes to this hole: add one that does.".to_owned()),
        _ => Ok(judges),
    })
}

/// Another hole that each run which comes to this one comes to as well: around it, or after it in the same blocks.
fn on_every_way(program: &Source, hole: Hole) -> Option<TextRange> {
    let mut block = &procedure_at(program.file(), hole.range.start())?.body;
    loop {
        let mut rest = block.statements.iter().skip_while(|s| s.range.end() < hole.range.end());
        let around = rest.next()?;
        let other = |found: &Hole| found.range != hole.range;
        if let Some(other) = own_hole(around).filter(other).or_else(|| rest.find_map(own_hole)) {
            return Some(other.range);
        }
        block = around.blocks().find(|inner| contains(inner, hole))?;
    }
}

fn contains(block: &Block, hole: Hole) -> bool {
    !block.statements.is_empty() && block.range.contains_range(hole.range)
}

/// The program with every other hole, or the statement whose head it is in, as a call of a procedure that crashes.
pub(super) fn alone(program: &Source, hole: Hole) -> Source {
    let taken = |name: &str| program.file().procedures().any(|p| p.name.text == name);
    let name = (1..).map(|n| format!("otherHole{n}")).find(|name| !taken(name)).unwrap_or_default();
    let mut edits: Vec<Edit> = Vec::new();
    for statement in program.file().procedures().flat_map(|procedure| procedure.body.walk()) {
        let inside = edits.last().is_some_and(|last| last.range.contains_range(statement.range));
        if own_hole(statement).is_some_and(|other| other.range != hole.range) && !inside {
            edits.push(Edit { range: statement.range, insert: format!("{name}()") });
        }
    }
    debug_assert!(edits.len() < holes(program.file()).len());
    let end = program.line_ending();
    let crash = format!("{end}{end}def {name}():{end}    repeat(10):{end}        putMarker(){end}");
    Source::new(program.uri.clone(), program.version, apply(&program.text, &edits) + &crash)
}
