//! K209: statements that no example comes to, so that nothing says what they should do. Said only when every example
//! runs to its end as it should: before that, examples stop early for other reasons.

use super::Diagnostic;
use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::describe::count;
use crate::statements::head_text;
use crate::verdict::Verdict;
use crate::walk::walk;
use std::collections::HashSet;
use syntax::ast::{Block, Statement, StatementKind};
use syntax::codes::running;
use syntax::diagnostic::Severity;

pub(super) fn check(
    analysis: &Analysis,
    cancel: Cancel<'_>,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Cancelled> {
    let Some(program) = analysis.program() else { return Ok(()) };
    let mut reached: HashSet<*const Statement> = HashSet::new();
    let mut examples = 0;
    for case in analysis.shown_cases() {
        check_cancel(cancel)?;
        let good = matches!(analysis.verdict(case, cancel)?, Verdict::Passes | Verdict::NoOutput);
        let Some(run) = analysis.run(case, cancel)?.filter(|run| good && run.complete()) else {
            return Ok(());
        };
        examples += 1;
        walk(program.file(), &run.recording, &mut |statement, _| {
            reached.insert(statement);
        });
    }
    if examples > 0 {
        // A procedure that is never entered is the business of its calls.
        let entered =
            |block: &Block| block.statements.first().is_some_and(|s| reached.contains(&(s as *const _)));
        for procedure in program.file().procedures().filter(|p| entered(&p.body)) {
            block(&procedure.body, &reached, examples, found);
        }
    }
    Ok(())
}

fn block(block: &Block, reached: &HashSet<*const Statement>, examples: u64, found: &mut Vec<Diagnostic>) {
    for statement in block.statements.iter().filter(|s| reached.contains(&(*s as *const _))) {
        let head = head_text(statement);
        match &statement.kind {
            StatementKind::While { body, .. } => {
                inner(body, &format!("the body of {head}"), reached, examples, found)
            }
            // `repeat(0)` is reported as such.
            StatementKind::Repeat { body, .. } => self::block(body, reached, examples, found),
            StatementKind::If { then, otherwise, .. } => {
                inner(then, &format!("this branch of {head}"), reached, examples, found);
                if let Some(otherwise) = otherwise {
                    inner(&otherwise.body, &format!("the else of {head}"), reached, examples, found);
                }
            }
            _ => {}
        }
    }
}

fn inner(
    body: &Block,
    what: &str,
    reached: &HashSet<*const Statement>,
    examples: u64,
    found: &mut Vec<Diagnostic>,
) {
    let Some(first) = body.statements.first() else { return };
    if reached.contains(&(first as *const _)) {
        return block(body, reached, examples, found);
    }
    let all = match examples {
        1 => "the only example".to_owned(),
        n => format!("any of the {}", count(n, "example")),
    };
    let message = format!("Not run in {all}: nothing says whether {what} is right.");
    found.push(Diagnostic::new(&running::NEVER_REACHED, Severity::Hint, body.range, message));
}
