//! Retells a recorded run along the syntax tree, so that every execution of every statement is known by the steps
//! it took: calls and whole loops too, which are no steps of their own.

use crate::analysis::Analysis;
use runtime::{Recording, StepKind};
use syntax::ast::{Block, CountKind, Statement, StatementKind};

/// One execution of a statement: it took the recording's steps `from..to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Visit {
    pub from: usize,
    pub to: usize,
    /// How often it was decided whether to go on inside: conditions asked, rounds of a `repeat` begun.
    pub decided: u64,
    /// How often it went on inside.
    pub held: u64,
    /// It came to its end; false where the run stopped within it.
    pub finished: bool,
}

/// Calls active at one time, as in the editor's limits.
const DEPTH: usize = 1_000;
/// Statements retold at most: calls that do nothing take no steps, so that steps alone do not bound a run.
const STATEMENTS: usize = 1_000_000;

enum Frame<'a> {
    /// The rest of a block.
    Block(std::slice::Iter<'a, Statement>),
    /// The rest of a called procedure's body.
    Call(std::slice::Iter<'a, Statement>),
    While(&'a Block),
    Repeat(&'a Block, u8),
    /// What stands above belongs to this statement; the visit is what is known of it so far.
    Within(&'a Statement, Visit),
}

/// Notes a decision of the statement that the frame at `index` is within.
fn decide(stack: &mut [Frame<'_>], index: usize, held: bool) {
    if let Some(Frame::Within(_, visit)) = stack.get_mut(index) {
        visit.decided += 1;
        visit.held += u64::from(held);
    }
}

/// Calls `visit` for every execution of a statement when it is over, inner ones first. The recording must be one of the
/// analysis's program.
pub(crate) fn walk<'a>(
    analysis: &'a Analysis,
    recording: &Recording,
    visit: &mut dyn FnMut(&'a Statement, Visit),
) {
    let Some(main) = analysis.main() else { return };
    let steps = &recording.steps;
    let (mut at, mut depth, mut statements) = (0, 0_isize, 0);
    let mut stack = vec![Frame::Call(main.body.statements.iter())];
    'run: while let Some(frame) = stack.last_mut() {
        match frame {
            Frame::Within(statement, known) => {
                visit(statement, Visit { to: at, finished: true, ..*known });
                stack.pop();
            }
            Frame::While(body) => {
                let body: &Block = body;
                let Some(StepKind::Test { result, .. }) = steps.get(at).map(|s| s.kind) else { break };
                at += 1;
                let within = stack.len() - 2;
                decide(&mut stack, within, result);
                if !result {
                    stack.pop();
                } else if body.statements.is_empty() {
                    break;
                } else {
                    stack.push(Frame::Block(body.statements.iter()));
                }
            }
            Frame::Repeat(_, 0) => {
                stack.pop();
            }
            Frame::Repeat(body, left) => {
                let Some(StepKind::Round { .. }) = steps.get(at).map(|s| s.kind) else { break };
                at += 1;
                *left -= 1;
                let body: &Block = body;
                let within = stack.len() - 2;
                decide(&mut stack, within, true);
                if body.statements.is_empty() {
                    break;
                }
                stack.push(Frame::Block(body.statements.iter()));
            }
            Frame::Block(rest) | Frame::Call(rest) => {
                let Some(statement) = rest.next() else {
                    if let Some(Frame::Call(_)) = stack.pop() {
                        depth -= 1;
                    }
                    continue;
                };
                statements += 1;
                if statements > STATEMENTS {
                    break;
                }
                let known = Visit { from: at, to: at, decided: 0, held: 0, finished: false };
                stack.push(Frame::Within(statement, known));
                if statement.is_broken() {
                    break;
                }
                match &statement.kind {
                    StatementKind::Action(action) => {
                        if steps.get(at).and_then(|s| s.action()) != Some(*action) {
                            break 'run;
                        }
                        at += 1;
                    }
                    StatementKind::Call(name) => match analysis.procedure(&name.text).map(|p| &p.body) {
                        Some(body) if depth < DEPTH as isize && !body.statements.is_empty() => {
                            depth += 1;
                            stack.push(Frame::Call(body.statements.iter()));
                        }
                        _ => break,
                    },
                    StatementKind::While { body, .. } => stack.push(Frame::While(body)),
                    StatementKind::Repeat { count, body } => {
                        let CountKind::Number(count) = count.kind else { break };
                        stack.push(Frame::Repeat(body, count));
                    }
                    StatementKind::If { then, otherwise, .. } => {
                        let Some(StepKind::Test { result, .. }) = steps.get(at).map(|s| s.kind) else {
                            break;
                        };
                        at += 1;
                        let within = stack.len() - 1;
                        decide(&mut stack, within, result);
                        let branch = if result { Some(then) } else { otherwise.as_ref().map(|o| &o.body) };
                        if let Some(branch) = branch {
                            if branch.statements.is_empty() {
                                break;
                            }
                            stack.push(Frame::Block(branch.statements.iter()));
                        }
                    }
                    StatementKind::Hole | StatementKind::Error => break,
                }
            }
        }
    }
    for frame in stack.iter().rev() {
        if let Frame::Within(statement, known) = frame {
            visit(statement, Visit { to: at, ..*known });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use crate::fixture::fixture;
    use runtime::{Outcome, sample};
    use testdata::EVERYTHING;

    /// In random worlds the retelling takes every step exactly once, in order, and ends as the run did.
    #[test]
    fn every_step_is_told_once() {
        let mut finished = 0;
        for world in sample::worlds(7).take(200) {
            let text = format!("{EVERYTHING}example \"a\":\n    input:\n{}\n", indented(&world.to_string()));
            let fixture = fixture(&text);
            let case = fixture.analysis.cases().next().expect("one example");
            let run = fixture.analysis.run(case, NEVER).unwrap().expect("a run");
            let recording = fixture.analysis.recording(case, NEVER).unwrap().expect("a run");
            let (mut own, mut unfinished) = (vec![0; recording.steps.len()], 0);
            let mut decided = 0;
            walk(&fixture.analysis, &recording, &mut |statement, visit| {
                decided += visit.decided;
                assert!(visit.held <= visit.decided);
                assert!(visit.from <= visit.to);
                unfinished += u64::from(!visit.finished);
                if let StatementKind::Action(action) = statement.kind {
                    let range = visit.from..visit.to;
                    assert!(recording.steps[range.clone()].iter().all(|s| s.action() == Some(action)));
                    own[range].iter_mut().for_each(|told| *told += 1);
                }
            });
            let actions = own.iter().sum::<u32>();
            assert_eq!(
                u64::from(actions) + decided,
                recording.steps.len() as u64,
                "a step is an action or a decision"
            );
            for (step, told) in recording.steps.iter().zip(own) {
                assert_eq!(told, u32::from(step.action().is_some()));
            }
            assert_eq!(unfinished == 0, run.outcome == Outcome::Finished);
            finished += u64::from(unfinished == 0);
        }
        assert!((1..200).contains(&finished), "{finished} of 200 runs came to their end");
    }

    fn indented(text: &str) -> String {
        text.lines().map(|line| format!("        {line}")).collect::<Vec<_>>().join("\n")
    }
}
