//! Random trees and texts for property tests.

use crate::ast::{Action, Condition, ConditionKind, Statement, StatementKind, Test};
use crate::build;
use crate::print::{print_condition, print_count};
use proptest::prelude::*;

pub(crate) fn condition() -> impl Strategy<Value = Condition> + Clone {
    let test = (0..Test::ALL.len()).prop_map(|i| build::test(Test::ALL[i]));
    test.prop_recursive(3, 4, 1, |inner| inner.prop_map(build::not))
}

/// A statement of the dataset's dialect, which has no calls and no holes.
pub(crate) fn statement() -> impl Strategy<Value = Statement> + Clone {
    let action = (0..Action::ALL.len()).prop_map(|i| build::action(Action::ALL[i]));
    action.prop_recursive(4, 40, 4, |inner| {
        let body = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            (condition(), body()).prop_map(|(c, b)| build::while_loop(c, b)),
            (0u8..=19, body()).prop_map(|(n, b)| build::repeat(n, b)),
            (condition(), body()).prop_map(|(c, b)| build::if_then(c, b)),
            (condition(), body(), body()).prop_map(|(c, t, e)| build::if_else(c, t, e)),
        ]
    })
}

/// A valid file, laid out as untidily as the language allows, with comments in all places.
pub(crate) fn untidy_file() -> impl Strategy<Value = String> {
    let body = prop::collection::vec(statement(), 1..5);
    let other = prop::collection::vec(statement(), 1..5);
    (body, other, prop::collection::vec(any::<u8>(), 400)).prop_map(|(main, other, dice)| {
        let mut text = Untidy { dice, rolled: 0, out: String::new(), step: 4 };
        text.step = [1, 2, 4, 7][text.roll(4)];
        text.file(&main, &other);
        text.out
    })
}

struct Untidy {
    dice: Vec<u8>,
    rolled: usize,
    out: String,
    step: usize,
}

impl Untidy {
    fn roll(&mut self, sides: usize) -> usize {
        let value = self.dice[self.rolled % self.dice.len()];
        self.rolled += 1;
        usize::from(value) % sides
    }

    fn file(&mut self, main: &[Statement], other: &[Statement]) {
        self.between(0);
        if self.roll(2) == 0 {
            self.out.push_str("examples   \"more.kgrid\"  \n");
            self.between(0);
        }
        for (name, body) in [("main", main), ("other", other)] {
            let parentheses = ["()", "( )"][self.roll(2)];
            self.out.push_str(&format!("def  {name}{parentheses}:"));
            self.body(body, 1);
            self.between(self.roll_level(1));
        }
        self.example();
        self.between(0);
    }

    fn roll_level(&self, most: usize) -> usize {
        usize::from(self.dice[(self.rolled + 7) % self.dice.len()]) % (most + 1)
    }

    /// Blank lines and comments between two lines.
    fn between(&mut self, level: usize) {
        for _ in 0..self.roll(3) {
            match self.roll(3) {
                0 => self.out.push('\n'),
                1 => self.out.push_str("  \n"),
                _ => {
                    let number = self.rolled;
                    self.out.push_str(&" ".repeat(level * self.step));
                    self.out.push_str(&format!("# comment {number}  \n"));
                }
            }
        }
    }

    fn line_end(&mut self) {
        if self.roll(5) == 0 {
            let number = self.rolled;
            self.out.push_str(&format!("#behind {number}"));
        }
        let blanks = ["", " ", "  "][self.roll(3)];
        self.out.push_str(blanks);
        self.out.push('\n');
    }

    fn body(&mut self, statements: &[Statement], level: usize) {
        let simple = |s: &Statement| matches!(s.kind, StatementKind::Action(_));
        if statements.iter().all(simple) && self.roll(3) == 0 {
            let separator = ["; ", ";", " ;  "][self.roll(3)];
            let words: Vec<String> = statements.iter().map(|s| crate::print::head(&s.kind)).collect();
            self.out.push(' ');
            self.out.push_str(&words.join(separator));
            self.line_end();
            return;
        }
        self.line_end();
        for statement in statements {
            self.between(level);
            self.out.push_str(&" ".repeat(level * self.step));
            self.statement(statement, level);
        }
    }

    fn statement(&mut self, statement: &Statement, level: usize) {
        match &statement.kind {
            StatementKind::While { condition, body } => {
                self.header("while", condition);
                self.body(body.statements.as_slice(), level + 1);
            }
            StatementKind::Repeat { count, body } => {
                let blank = ["", " "][self.roll(2)];
                self.out.push_str(&format!("repeat{blank}({}):", print_count(*count)));
                self.body(body.statements.as_slice(), level + 1);
            }
            StatementKind::If { condition, then, otherwise } => {
                self.header("if", condition);
                self.body(then.statements.as_slice(), level + 1);
                if let Some(otherwise) = otherwise {
                    self.between(level + 1);
                    self.out.push_str(&" ".repeat(level * self.step));
                    self.out.push_str("else:");
                    self.body(otherwise.body.statements.as_slice(), level + 1);
                }
            }
            kind => {
                self.out.push_str(&crate::print::head(kind));
                self.line_end();
            }
        }
    }

    fn header(&mut self, word: &str, condition: &Condition) {
        let text = match (&condition.kind, self.roll(3)) {
            (ConditionKind::Not(inner), 0) => format!("not {}", print_condition(inner)),
            _ => print_condition(condition),
        };
        let header = match self.roll(3) {
            0 => format!("{word} {text}:"),
            1 => format!("{word} ({text}) :"),
            _ => format!("{word}({text}):"),
        };
        self.out.push_str(&header);
    }

    fn example(&mut self) {
        let step = self.step;
        let crashes = ["", " crashes"][self.roll(2)];
        self.out.push_str(&format!("example \"a b\"{crashes} :"));
        self.line_end();
        for section in ["input", "output"].iter().take(if crashes.is_empty() { 2 } else { 1 }) {
            self.between(1);
            self.out.push_str(&format!("{}{section}:\n", " ".repeat(step)));
            for row in [["#", ".", "9"], ["1", ">3", "."]] {
                let gap = " ".repeat(1 + self.roll(3));
                self.out.push_str(&format!("{}{}\n", " ".repeat(2 * step), row.join(&gap)));
            }
        }
        if self.roll(2) == 0 {
            let words = 1 + self.roll(40);
            let actions: Vec<&str> = (0..words).map(|_| Action::ALL[self.roll(5)].name()).collect();
            self.out.push_str(&format!("{}trace?: {}", " ".repeat(step), actions.join(" ")));
            self.line_end();
        }
    }
}
