//! What the flow checks claim of every world is held against runs in random worlds: no run may contradict a claim.

use runtime::sample::{Random, worlds};
use runtime::{Code, Limits, Outcome, Program, Recording, Step, StepKind, lower, record};
use syntax::TextRange;
use syntax::ast::{Action, Condition, Statement, Test};
use syntax::build;
use syntax::codes::names_flow as codes;
use syntax::diagnostic::Diagnostic;
use syntax::print::print_procedure;

/// Programs of few kinds of statement, so that tests and actions meet often.
fn statements(random: &mut Random, depth: u32) -> Vec<Statement> {
    (0..=random.below(3)).map(|_| statement(random, depth)).collect()
}

fn statement(random: &mut Random, depth: u32) -> Statement {
    let kinds = if depth == 0 { 5 } else { 9 };
    if random.chance(0.06) {
        return build::call(["main", "p", "q"][random.below(3) as usize]);
    }
    match random.below(kinds) {
        action @ 0..5 => build::action(Action::ALL[action as usize]),
        5 => build::while_loop(condition(random), statements(random, depth - 1)),
        6 => build::repeat(random.between(0, 3), statements(random, depth - 1)),
        7 => build::if_then(condition(random), statements(random, depth - 1)),
        _ => {
            let (test, then) = (condition(random), statements(random, depth - 1));
            build::if_else(test, then, statements(random, depth - 1))
        }
    }
}

fn condition(random: &mut Random) -> Condition {
    let test = build::test(Test::ALL[random.below(5) as usize]);
    if random.chance(0.3) { build::not(test) } else { test }
}

/// What the condition was found to be each time.
fn results_of(program: &Program, run: &Recording, condition: TextRange) -> Vec<bool> {
    let decided = |step: &&Step| program.site(step.origin).is_some_and(|site| site.head == condition);
    let tests = run.steps.iter().filter(decided);
    tests
        .filter_map(|step| if let StepKind::Test { result, .. } = step.kind { Some(result) } else { None })
        .collect()
}

fn contradicts(claim: &Diagnostic, program: &Program, run: &Recording) -> bool {
    let ran = |range: TextRange| {
        run.steps.iter().any(|s| program.range(s.origin).is_some_and(|r| range.contains_range(r)))
    };
    let is = |code: &syntax::codes::Code| claim.code == code.code;
    if is(&codes::ALWAYS_FALSE) {
        results_of(program, run, claim.range).contains(&true)
    } else if is(&codes::ALWAYS_TRUE) {
        results_of(program, run, claim.range).contains(&false)
    } else if is(&codes::LOOP_NEVER_ENDS) {
        results_of(program, run, claim.range).contains(&true) && run.outcome == Outcome::Finished
    } else if is(&codes::UNREACHABLE) || is(&codes::CERTAIN_CRASH) {
        ran(claim.range)
    } else if is(&codes::ENDLESS_RECURSION) {
        // All that was called in a run that finished has come back.
        let called = |s: &Step| {
            let site = program.site(s.origin);
            let name = site.and_then(|site| program.procedure_name(site.procedure));
            name.is_some_and(|name| claim.message.starts_with(&format!("'{name}' ")))
        };
        run.outcome == Outcome::Finished && run.steps.iter().any(called)
    } else {
        false
    }
}

#[test]
fn no_run_contradicts_a_claim() {
    let mut random = Random::new(7);
    let mut claims = std::collections::BTreeMap::<&str, u32>::new();
    for _ in 0..4000 {
        let mut procedure =
            |name, depth| print_procedure(&build::procedure(name, statements(&mut random, depth)));
        let text = [("main", 3), ("p", 2), ("q", 2)].map(|(name, depth)| procedure(name, depth)).join("\n");
        let parse = syntax::parse(&text);
        let found = syntax::flow::check(&parse.file, &text, syntax::cancel::NEVER).unwrap();
        for claim in &found {
            *claims.entry(claim.code).or_default() += 1;
        }
        let program = lower(&parse.file);
        let code: &Code = &program.code;
        let limits = Limits { ticks: 300, ..Limits::DATASET };
        for world in worlds(random.bits()).take(12) {
            let run = record(code, &world, &limits, &|| false);
            for claim in &found {
                assert!(!contradicts(claim, &program, &run), "{claim:#?}\n{text}\nin\n{world}");
            }
        }
    }
    // The test says nothing if nothing was claimed.
    for code in [
        &codes::ALWAYS_FALSE,
        &codes::ALWAYS_TRUE,
        &codes::LOOP_NEVER_ENDS,
        &codes::UNREACHABLE,
        &codes::CERTAIN_CRASH,
        &codes::ENDLESS_RECURSION,
    ] {
        assert!(
            claims.get(code.code).is_some_and(|&n| n > 20),
            "{} was claimed too seldom: {claims:?}",
            code.code
        );
    }
}
