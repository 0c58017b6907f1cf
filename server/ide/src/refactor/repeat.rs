//! Roll statements up into a `repeat`, and unroll it.

use super::Context;
use super::transplant::{
    block_lines, block_text, fills_lines, has_comment, has_error, printed, statement_end,
};
use crate::change::{Action, ActionKind};
use crate::describe::count;
use crate::statements::statement_at;
use syntax::TextRange;
use syntax::ast::{CountKind, Statement, StatementKind};
use syntax::diagnostic::Edit;
use syntax::lines::indentation;
use syntax::runs::statement_run;
use syntax::shape::same_statements;

/// The most rounds that a `repeat` has.
const MOST_ROUNDS: usize = 19;
/// An unrolled loop has at most this many statements.
const MOST_STATEMENTS: usize = 400;
/// Repetitions are looked for among this many neighbours on each side of the cursor, since the search is quadratic.
const REACH: usize = 60;

/// Assist: **Roll up into a repeat**
///
/// Makes equal neighbours, or a group of statements that comes again and again, one `repeat`.
pub(super) fn roll(context: &Context<'_>) -> Option<Action> {
    let source = context.source;
    let (run, period) = repetition(context)?;
    let rounds = run.len() / period;
    let range = run.first()?.range.cover(run.last()?.range);
    let whole = TextRange::new(range.start(), statement_end(source, run.last()?));
    if rounds > MOST_ROUNDS || has_error(run) || !fills_lines(source, range) || has_comment(source, whole) {
        return None;
    }
    let margin = indentation(&source.text, range.start());
    let unit = source.unit(range.start(), margin);
    let body = printed(source, &run[..period], &format!("{margin}{unit}"));
    let insert = format!("repeat({rounds}):{}{body}", source.line_ending());
    let title = format!("Roll up into 'repeat({rounds})'");
    Some(context.action("roll-repeat", ActionKind::Refactor, title, vec![Edit { range, insert }]))
}

/// Equal groups one after the other, and the length of a group: the whole selection, or what is longest around the
/// cursor.
fn repetition<'a>(context: &Context<'a>) -> Option<(&'a [Statement], usize)> {
    let source = context.source;
    let file = source.file();
    if !context.selection.is_empty() {
        let procedure = file.procedures().find(|p| p.range.intersect(context.selection).is_some())?;
        let run = statement_run(&procedure.body, &source.text, context.selection)?;
        let period = (1..=run.len() / 2).find(|&period| repeats(run, period))?;
        return Some((run, period));
    }
    let (block, statement) = statement_at(file, context.selection.start())?;
    let at = block.statements.iter().position(|s| s.range == statement.range)?;
    let near = &block.statements[at.saturating_sub(REACH)..block.statements.len().min(at + REACH)];
    let at = at.min(REACH);
    let mut best: Option<(&[Statement], usize)> = None;
    for period in 1..=near.len() / 2 {
        for start in at.saturating_sub(2 * period - 1)..=at {
            let mut end = start + period;
            while end + period <= near.len()
                && same_statements(&near[start..start + period], &near[end..end + period])
            {
                end += period;
            }
            let longer = best.is_none_or(|(run, _)| end - start > run.len());
            if end >= start + 2 * period
                && end > at
                && longer
                && !repeats_within(&near[start..start + period])
            {
                best = Some((&near[start..end], period));
            }
        }
    }
    best
}

fn repeats(run: &[Statement], period: usize) -> bool {
    run.len().is_multiple_of(period) && run.chunks(period).all(|group| same_statements(group, &run[..period]))
}

/// A group that is a repetition itself has a shorter period.
fn repeats_within(group: &[Statement]) -> bool {
    (1..=group.len() / 2).any(|period| repeats(group, period))
}

/// Assist: **Unroll repeat**
///
/// Writes the body of a `repeat` as often as it is run.
pub(super) fn unroll(context: &Context<'_>) -> Option<Action> {
    let source = context.source;
    let (_, statement) = statement_at(source.file(), context.selection.start())?;
    let StatementKind::Repeat { count: number, body } = &statement.kind else { return None };
    let CountKind::Number(rounds @ 1..) = number.kind else { return None };
    let statements = body.walk().count();
    let first = block_lines(source, body).map_or(body.range.start(), |lines| lines.start());
    let header = TextRange::new(statement.range.start(), first.max(statement.range.start()));
    let fits = statements * usize::from(rounds) <= MOST_STATEMENTS && !has_comment(source, header);
    if body.statements.is_empty()
        || has_error(&body.statements)
        || !fits
        || !fills_lines(source, statement.range)
    {
        return None;
    }
    let margin = indentation(&source.text, statement.range.start());
    let round = block_text(source, body, margin, &source.unit(statement.range.start(), margin));
    let rounds_text = vec![round; usize::from(rounds)].join(source.line_ending());
    let insert = rounds_text.get(margin.len()..)?.to_owned();
    // A comment behind the last statement is part of the text of each round.
    let range = TextRange::new(statement.range.start(), statement_end(source, statement));
    let title = format!("Unroll into {}", count(statements as u64 * u64::from(rounds), "statement"));
    Some(context.action("unroll-repeat", ActionKind::Refactor, title, vec![Edit { range, insert }]))
}
