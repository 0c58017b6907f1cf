//! K209: statements that no example comes to, so that nothing says what they should do. Said only when every example
//! runs to its end as it should: before that, examples stop early for other reasons.

use super::Diagnostic;
use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::describe::count;
use crate::run::Run;
use crate::statements::head_text;
use crate::tally::Tallies;
use crate::verdict::Verdict;
use syntax::ast::{Block, StatementKind};
use syntax::codes::running;
use syntax::diagnostic::Severity;

pub(super) fn check(
    analysis: &Analysis,
    cancel: Cancel<'_>,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Cancelled> {
    let Some(program) = analysis.program() else { return Ok(()) };
    let mut examples = 0;
    for case in analysis.shown_cases() {
        check_cancel(cancel)?;
        let good = matches!(analysis.verdict(case, cancel)?, Verdict::Passes | Verdict::NoOutput);
        if !good || !analysis.run(case, cancel)?.is_some_and(Run::complete) {
            return Ok(());
        }
        examples += 1;
    }
    if examples > 0 {
        let tallies = analysis.tallies(cancel)?;
        // A procedure that is never entered is the business of its calls.
        let entered = |block: &Block| block.statements.first().is_some_and(|s| tallies.of(s).shown);
        for procedure in program.file().procedures().filter(|p| entered(&p.body)) {
            check_cancel(cancel)?;
            block(&procedure.body, &tallies, examples, found);
        }
    }
    Ok(())
}

fn block(block: &Block, tallies: &Tallies, examples: u64, found: &mut Vec<Diagnostic>) {
    for statement in block.statements.iter().filter(|s| tallies.of(s).shown) {
        let head = head_text(statement);
        match &statement.kind {
            StatementKind::While { body, .. } => {
                inner(body, &format!("the body of {head}"), tallies, examples, found);
            }
            // `repeat(0)` is reported as such.
            StatementKind::Repeat { body, .. } => self::block(body, tallies, examples, found),
            StatementKind::If { then, otherwise, .. } => {
                inner(then, &format!("this branch of {head}"), tallies, examples, found);
                if let Some(otherwise) = otherwise {
                    inner(&otherwise.body, &format!("the else of {head}"), tallies, examples, found);
                }
            }
            _ => {}
        }
    }
}

fn inner(body: &Block, what: &str, tallies: &Tallies, examples: u64, found: &mut Vec<Diagnostic>) {
    let Some(first) = body.statements.first() else { return };
    if tallies.of(first).shown {
        return block(body, tallies, examples, found);
    }
    let all = match examples {
        1 => "the only example".to_owned(),
        n => format!("any of the {}", count(n, "example")),
    };
    let message = format!("Not run in {all}: nothing says whether {what} is right.");
    found.push(Diagnostic::new(&running::NEVER_REACHED, Severity::Hint, body.range, message));
}
