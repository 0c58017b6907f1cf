//! Putting back what a hole was cut out of gives a program that parses and passes all examples, whatever the layout.

use crate::random::statements;
use ide::synthesis::{Goal, answer, task};
use ide::{Analysis, Config, NEVER, Source};
use proptest::prelude::*;
use runtime::{Limits, Outcome, World, sample};
use syntax::ast::{Action, Procedure, Statement, StatementKind};
use syntax::{build, print};

/// Replaces the `n`-th statement by a hole and returns it as text.
fn cut(block: &mut [Statement], n: &mut usize) -> Option<String> {
    for statement in block {
        if *n == 0 {
            let text = print::print_statements(std::slice::from_ref(statement), 0);
            *statement = build::hole();
            return Some(text.trim_end().to_owned());
        }
        *n -= 1;
        let found = match &mut statement.kind {
            StatementKind::While { body, .. } | StatementKind::Repeat { body, .. } => {
                cut(&mut body.statements, n)
            }
            StatementKind::If { then, otherwise, .. } => cut(&mut then.statements, n)
                .or_else(|| otherwise.as_mut().and_then(|o| cut(&mut o.body.statements, n))),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Puts blocks of simple statements on the line of their header, where they can be.
fn on_one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut result, mut i) = (Vec::new(), 0);
    while i < lines.len() {
        let mut end = i + 1;
        while lines.get(end).is_some_and(|line| indent(line) == indent(lines[i]) + 4 && !line.ends_with(':'))
        {
            end += 1;
        }
        let closed = lines.get(end).is_none_or(|line| indent(line) <= indent(lines[i]));
        if lines[i].ends_with(':') && end > i + 1 && closed {
            let body: Vec<&str> = lines[i + 1..end].iter().map(|line| line.trim()).collect();
            result.push(format!("{} {}", lines[i], body.join("; ")));
            i = end;
        } else {
            result.push(lines[i].to_owned());
            i += 1;
        }
    }
    result.join("\n") + "\n"
}

fn program(main: &[Statement]) -> String {
    let aside: Procedure =
        build::procedure("aside", vec![build::action(Action::TurnLeft), build::action(Action::TurnLeft)]);
    print::print_program([&build::procedure("main", main.to_vec()), &aside])
}

fn analysis(text: String) -> Analysis {
    Analysis::new(Some(Source::new("main.karel", None, text)), Vec::new(), Config::default())
}

fn examples(code: &runtime::Code, seed: u64, indent: &str) -> Option<String> {
    let mut text = String::new();
    let indented = |world: &World| -> String {
        world.to_string().lines().map(|line| format!("{indent}{indent}{line}\n")).collect()
    };
    for (n, world) in sample::worlds(seed).take(3).enumerate() {
        let run = runtime::record(code, &world, &Limits::EDITOR, &|| false);
        let (crashes, output) = match run.outcome {
            Outcome::Finished => ("", format!("{indent}output:\n{}", indented(&run.end))),
            Outcome::Crashed { .. } => (" crashes", String::new()),
            _ => return None,
        };
        text.push_str(&format!("\nexample \"{n}\"{crashes}:\n{indent}input:\n{}{output}", indented(&world)));
    }
    text.contains("output:").then_some(text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn putting_back_what_was_cut_out_passes_all(
        mut main in statements(),
        which in any::<prop::sample::Index>(),
        seed in any::<u64>(),
        tabs in any::<bool>(),
        one_line in any::<bool>(),
        carriage_returns in any::<bool>(),
    ) {
        let whole = program(&main);
        let lowered = runtime::lower(&syntax::parse(&whole).file);
        let examples = examples(&lowered.code, seed, "    ");
        prop_assume!(examples.is_some());
        let count = whole.split("def aside").next().unwrap_or("").lines().count() - 1;
        let mut n = which.index(count);
        let Some(fill) = cut(&mut main, &mut n) else { return Ok(()) };
        let mut text = program(&main);
        if one_line {
            text = on_one_line(&text);
        }
        text += &examples.unwrap_or_default();
        if tabs {
            text = text.replace("    ", "\t");
        }
        if carriage_returns {
            text = text.replace('\n', "\r\n");
        }
        let analysis = analysis(text.clone());
        prop_assert!(syntax::parse(&text).diagnostics.is_empty(), "{text}\n{:?}", syntax::parse(&text).diagnostics);
        let goal = if main.len() == 1 && main[0].kind == StatementKind::Hole { Goal::Program } else { Goal::Holes };
        let task = task(&analysis, &goal);
        prop_assert!(task.is_ok(), "{text}\n{:?}", task.err());
        let task = task.unwrap();
        let answer = answer(&analysis, &task, std::slice::from_ref(&fill), NEVER).unwrap();
        prop_assert!(answer.is_ok(), "{text}\nfilled with {fill}\n{answer:?}");
        let answer = answer.unwrap();
        let after = ide::apply(&text, &answer.change.files[0].edits);
        prop_assert!(answer.passes_all(), "{text}\nfilled with {fill}\n{after}\n{answer:?}");
        prop_assert!(syntax::parse(&after).diagnostics.is_empty(), "{after}");
        prop_assert_eq!(after.matches("\r\n").count() * usize::from(carriage_returns), after.matches('\n').count() * usize::from(carriage_returns));
        // Nothing but the hole's own line, or what shares it, has changed: the examples least of all.
        let examples = |text: &str| text.split_once("example").map(|(_, rest)| rest.to_owned());
        prop_assert_eq!(examples(&after), examples(&text));
        // And it is the same program again.
        let again = runtime::lower(&syntax::parse(&after).file);
        prop_assert_eq!(again.code, lowered.code);
    }
}
