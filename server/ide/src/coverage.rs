//! How often the examples execute each statement, and which ways they take from an `if`.

use crate::analysis::Analysis;
use crate::cancel::{Cancel, Cancelled, check};
use crate::statements::{closed, head_range};
use syntax::TextRange;
use syntax::ast::StatementKind;

/// A statement and how often it was executed, in all examples and tests together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementCount {
    /// The statement with its blocks.
    pub range: TextRange,
    /// The line to mark: a simple statement, the head of a compound one.
    pub head: TextRange,
    pub times: u64,
    /// The number of examples and tests in which it was executed.
    pub examples: usize,
    /// The two ways from an `if`; else none.
    pub ways: Vec<Way>,
}

/// A way that an `if` can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// `if`: the condition holds; `else`: it does not, whether there is an `else` or not.
    pub name: &'static str,
    /// What is carried out then; the head of the `if` where that is nothing.
    pub range: TextRange,
    pub times: u64,
}

/// Counts every statement of the program, in source order. Of runs longer than 50,000 ticks only the beginning counts.
pub fn coverage(analysis: &Analysis, cancel: Cancel<'_>) -> Result<Vec<StatementCount>, Cancelled> {
    let Some(program) = analysis.program() else { return Ok(Vec::new()) };
    let tallies = analysis.tallies(cancel)?;
    let mut result = Vec::new();
    for procedure in program.file().procedures() {
        check(cancel)?;
        for statement in procedure.body.walk() {
            let tally = tallies.of(statement);
            let head = closed(program, head_range(statement));
            let (times, examples) = (tally.times, tally.examples);
            let ways = match &statement.kind {
                StatementKind::If { then, otherwise, .. } => {
                    let otherwise = otherwise.as_ref().map_or(head, |otherwise| otherwise.body.range);
                    let not_held = tally.decided.saturating_sub(tally.held);
                    vec![
                        Way { name: "if", range: then.range, times: tally.held },
                        Way { name: "else", range: otherwise, times: not_held },
                    ]
                }
                _ => Vec::new(),
            };
            result.push(StatementCount { range: statement.range, head, times, examples, ways });
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use crate::fixture::fixture;
    use expect_test::expect;

    #[test]
    fn every_statement_is_counted_calls_and_the_one_that_crashed_too() {
        let fixture = fixture(
            r#"def main():
    repeat(3):
        step()
        if(markersPresent()):
            pickMarker()
        else:
            putMarker()
def step():
    move()
    rest()
def rest():
    if(not(frontIsClear())): turnLeft()
example "a":
    input:
        > 1 . .
example "b":
    input:
        > 1 #
"#,
        );
        let counted = coverage(&fixture.analysis, NEVER).unwrap();
        let line = |c: &StatementCount| {
            let ways: String = c.ways.iter().map(|way| format!(", {} {}×", way.name, way.times)).collect();
            format!("{} {}× in {}{ways}\n", fixture.place("main.karel", c.head), c.times, c.examples)
        };
        expect![[r#"
            main.karel:2: 'repeat(3)' 2× in 2
            main.karel:3: 'step()' 5× in 2
            main.karel:4: 'if(markersPresent())' 4× in 2, if 2×, else 2×
            main.karel:5: 'pickMarker()' 2× in 2
            main.karel:7: 'putMarker()' 2× in 1
            main.karel:9: 'move()' 5× in 2
            main.karel:10: 'rest()' 4× in 2
            main.karel:12: 'if(not(frontIsClear()))' 4× in 2, if 2×, else 2×
            main.karel:12: 'turnLeft()' 2× in 2
        "#]]
        .assert_eq(&counted.iter().map(line).collect::<String>());
    }

    #[test]
    fn calls_that_do_nothing_end_too() {
        let mut text = "def main(): a0()\n".to_owned();
        for n in 0..25 {
            text.push_str(&format!("def a{n}(): a{m}(); a{m}()\n", m = n + 1));
        }
        text.push_str("def a25(): repeat(0): move()\nexample \"a\":\n    input:\n        > .\n");
        let fixture = fixture(&text);
        assert!(coverage(&fixture.analysis, NEVER).unwrap().iter().any(|c| c.times > 0));
    }
}
