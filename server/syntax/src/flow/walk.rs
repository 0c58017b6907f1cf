//! One walk over a body that carries [`Facts`] along and reports what they settle. A loop is walked once, from what is
//! certain before *every* of its rounds: what holds before the loop, less all that its body may change.

use super::Found;
use super::facts::{Effects, Facts, Settled};
use crate::ast::{Action, Block, Condition, CountKind, Statement, StatementKind};
use crate::codes::names_flow as codes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::print::print_condition;
use text_size::TextRange;

pub(crate) fn check(body: &Block, found: &mut Found<'_>) {
    block(body, Facts::NONE, found);
}

/// Where the walk stands after a statement or a block.
enum Flow {
    /// It may go on, with these facts.
    On(Facts),
    /// It never goes on, since the loop at this head never ends.
    Endless(TextRange),
    /// It never goes on, since something crashes for certain, which is reported where it happens.
    Crash,
}

impl Flow {
    fn join(self, other: Flow) -> Flow {
        match (self, other) {
            (Flow::On(a), Flow::On(b)) => Flow::On(a.join(b)),
            (Flow::On(facts), _) | (_, Flow::On(facts)) => Flow::On(facts),
            (Flow::Endless(head), Flow::Endless(_)) => Flow::Endless(head),
            _ => Flow::Crash,
        }
    }
}

fn block(block: &Block, mut facts: Facts, found: &mut Found<'_>) -> Flow {
    if block.statements.is_empty() {
        // A syntax error that is reported as such; nothing is known of what will stand there.
        return Flow::On(Facts::NONE);
    }
    for (index, statement) in block.statements.iter().enumerate() {
        if (found.cancel)() {
            return Flow::Crash;
        }
        match self::statement(statement, facts, found) {
            Flow::On(after) => facts = after,
            stop => {
                if let (Flow::Endless(head), [first, .., last] | [first @ last]) =
                    (&stop, &block.statements[index + 1..])
                {
                    found.push(unreachable(first.range.cover(last.range), *head));
                }
                return stop;
            }
        }
    }
    Flow::On(facts)
}

fn unreachable(range: TextRange, head: TextRange) -> Diagnostic {
    let message = "This is never run: nothing gets past the loop before it.".to_owned();
    let mut unreachable = Diagnostic::new(&codes::UNREACHABLE, Severity::Warning, range, message);
    unreachable.unnecessary = true;
    unreachable
        .related
        .push((head, "This loop always begins, and its condition never becomes false.".to_owned()));
    unreachable
}

fn statement(statement: &Statement, facts: Facts, found: &mut Found<'_>) -> Flow {
    if statement.broken.is_some() {
        // Nobody knows when its blocks are run, and what else it does.
        for inner in statement.blocks() {
            block(inner, Facts::NONE, found);
        }
        return Flow::On(Facts::NONE);
    }
    match &statement.kind {
        StatementKind::Action(action) => match facts.after(*action, statement.range) {
            Ok(after) => Flow::On(after),
            Err(since) => {
                found.push(certain_crash(*action, statement.range, since));
                Flow::Crash
            }
        },
        StatementKind::Call(_) | StatementKind::Hole | StatementKind::Error => Flow::On(Facts::NONE),
        StatementKind::While { condition, body } => while_loop(condition, body, facts, found),
        StatementKind::Repeat { count, body } => repeat(count.kind, body, facts, found),
        StatementKind::If { condition, then, otherwise } => {
            let settled = facts.value(condition);
            if let Some(settled) = settled {
                let branches = Branches { has_else: otherwise.is_some() };
                found.push(settled_condition(condition, settled, branches));
            }
            let branch = |body: Option<&Block>, value: bool, found: &mut Found<'_>| match (
                facts.assume(condition, value),
                body,
            ) {
                (Some(facts), Some(body)) => Some(block(body, facts, found)),
                (Some(facts), None) => Some(Flow::On(facts)),
                (None, _) => None,
            };
            let then = branch(Some(then), true, found);
            let otherwise = branch(otherwise.as_ref().map(|o| &o.body), false, found);
            match (then, otherwise) {
                (Some(a), Some(b)) => a.join(b),
                (Some(flow), None) | (None, Some(flow)) => flow,
                (None, None) => Flow::Crash,
            }
        }
    }
}

fn while_loop(condition: &Condition, body: &Block, facts: Facts, found: &mut Found<'_>) -> Flow {
    if body.statements.is_empty() {
        // Its body may be what stands below it, not indented.
        return Flow::On(Facts::NONE);
    }
    let before = facts.value(condition);
    if let Some(Settled { value: false, .. }) = before {
        let never = before.map(|settled| settled_condition(condition, settled, Branches { has_else: false }));
        never.into_iter().for_each(|never| found.push(never));
        return Flow::On(facts);
    }
    let left_at_once = facts.assume(condition, false);
    let head = facts.without(effects(body));
    let Some(round) = head.assume(condition, true) else { return Flow::On(head) };
    let (left_later, stuck) = match block(body, round, found) {
        Flow::On(after) => {
            let again = after.value(condition).is_some_and(|s| s.value);
            if again {
                found.push(never_ends(condition, body, left_at_once.is_none()));
            }
            (after.assume(condition, false), Flow::Endless(condition.range))
        }
        stuck => (None, stuck),
    };
    match (left_at_once, left_later) {
        (Some(a), Some(b)) => Flow::On(a.join(b)),
        (Some(facts), None) | (None, Some(facts)) => Flow::On(facts),
        (None, None) => stuck,
    }
}

fn repeat(count: CountKind, body: &Block, facts: Facts, found: &mut Found<'_>) -> Flow {
    let rounds = match count {
        CountKind::Number(0) => return Flow::On(facts),
        CountKind::Number(rounds) => Some(rounds),
        CountKind::Hole | CountKind::Missing => None,
    };
    let head = if rounds == Some(1) { facts } else { facts.without(effects(body)) };
    let after = block(body, head, found);
    if rounds.is_none() { after.join(Flow::On(facts)) } else { after }
}

fn effects(block: &Block) -> Effects {
    if block.statements.is_empty() {
        return Effects::ALL;
    }
    block.statements.iter().fold(Effects::default(), |all, statement| {
        all.and(match &statement.kind {
            _ if statement.broken.is_some() => Effects::ALL,
            StatementKind::Action(action) => Effects::of(*action),
            StatementKind::Call(_) | StatementKind::Hole | StatementKind::Error => Effects::ALL,
            StatementKind::While { .. } | StatementKind::Repeat { .. } | StatementKind::If { .. } => {
                statement.blocks().map(effects).fold(Effects::default(), Effects::and)
            }
        })
    })
}

struct Branches {
    has_else: bool,
}

fn settled_condition(condition: &Condition, settled: Settled, branches: Branches) -> Diagnostic {
    let text = print_condition(condition);
    let (code, message) = match (settled.value, branches.has_else) {
        (false, false) => {
            (&codes::ALWAYS_FALSE, format!("'{text}' never holds here, so the body is never run."))
        }
        (false, true) => {
            (&codes::ALWAYS_FALSE, format!("'{text}' never holds here, so only the else part is run."))
        }
        (true, false) => {
            (&codes::ALWAYS_TRUE, format!("'{text}' always holds here, so the test is not needed."))
        }
        (true, true) => {
            (&codes::ALWAYS_TRUE, format!("'{text}' always holds here, so the else part is never run."))
        }
    };
    let mut always = Diagnostic::new(code, Severity::Warning, condition.range, message);
    always.related.extend(settled.since.map(|range| (range, "This has settled it.".to_owned())));
    always
}

fn never_ends(condition: &Condition, body: &Block, begins: bool) -> Diagnostic {
    let text = print_condition(condition);
    let effects = effects(body);
    let once = if begins { "This loop" } else { "Once begun, this loop" };
    // A turn never crashes; the other actions may, and that ends the loop too.
    let never = if effects.moves || effects.marks { "can end only in a crash" } else { "never ends" };
    let message = format!("{once} {never}: '{text}' holds after every round.");
    Diagnostic::new(&codes::LOOP_NEVER_ENDS, Severity::Warning, condition.range, message)
}

fn certain_crash(action: Action, range: TextRange, since: Option<TextRange>) -> Diagnostic {
    let why = match action {
        Action::PickMarker => "there is no marker here",
        Action::PutMarker => "there are nine markers here already",
        Action::Move | Action::TurnLeft | Action::TurnRight => "the way ahead is never clear here",
    };
    let message = format!("'{}()' always crashes here: {why}.", action.name());
    let mut crash = Diagnostic::new(&codes::CERTAIN_CRASH, Severity::Warning, range, message);
    crash.related.extend(since.map(|range| (range, "This has settled it.".to_owned())));
    crash
}
