//! The published dialect with braces, both ways and strict: `def run() { while(front_is_clear()) { move() } }`.
//!
//! ```text
//! program   := procedure+
//! procedure := def NAME ( ) block                       `run` is `main`
//! block     := { statement (;? statement)* ;? }
//! statement := ACTION ( ) | NAME ( ) | while ( condition ) block | repeat ( n ) block       n is 0..19
//!            | if ( condition ) block (else block)? | ifelse ( condition ) block else block
//! condition := TEST ( ) | not condition | ! condition | ( condition )
//! ```
//!
//! Actions and tests are read as `put_marker` and as `putMarker`. Comments are `# …`, `// …` and `/* … */`.

mod read;
mod write;

pub use read::{CurlyError, parse_curly};
pub use write::to_curly_text;

use crate::print;

/// The text of a program with braces as a program in the language. Ends with a line end.
///
/// # Errors
/// Fails where the text is not a program of this dialect.
pub fn to_program_text(text: &str) -> Result<String, CurlyError> {
    Ok(print::print_program(&parse_curly(text)?))
}

#[cfg(test)]
mod tests {
    use super::{parse_curly, to_curly_text, to_program_text};
    use crate::arbitrary;
    use crate::ast::{Condition, ConditionKind, Statement, StatementKind};
    use crate::build;
    use crate::shape::same_statements;
    use expect_test::expect;
    use proptest::prelude::*;

    #[test]
    fn reads_the_published_form_and_camel_case() {
        let text = "// as generated\ndef run() {\n  while(not no_markers_present()) {\n    repeat(13) {\n      pick_marker()\n    }\n  }\n\n  \
                    ifelse(right_is_clear()) {\n    put_marker();\n    move()\n  }\n  else {\n    turnLeft();\n  }\n  go_on();\n}\n\
                    def go_on() { if (!(frontIsClear())) { turnRight() } else { move(); move(); } }";
        expect![[r#"
            def main():
                while(not(noMarkersPresent())):
                    repeat(13):
                        pickMarker()
                if(rightIsClear()):
                    putMarker()
                    move()
                else:
                    turnLeft()
                go_on()

            def go_on():
                if(not(frontIsClear())):
                    turnRight()
                else:
                    move()
                    move()
        "#]]
        .assert_eq(&to_program_text(text).unwrap());
    }

    #[test]
    fn names_what_is_wrong() {
        for (text, message) in [
            ("", "the program ends where 'def' must stand"),
            ("def run() { }", "'}' where a statement must stand: a block can't be empty here"),
            ("def run() { move() ", "the program ends where a statement or '}' must stand"),
            ("def run() { repeat(20) { move() } }", "'20' where a number from 0 to 19 must stand"),
            (
                "def run() { while(true) { move() } }",
                "'true' where a test such as 'front_is_clear' must stand",
            ),
            ("def run() { if(frontIsClear() && leftIsClear()) { move() } }", "'&' where ')' must stand"),
            ("def run() { move(2) }", "'2' where ')' must stand"),
            ("def run(n) { move() }", "'n' where ')' must stand"),
            ("def run() { for(;;) { move() } }", "';' where ')' must stand"),
            ("def run() { move() } x", "'x' where 'def' must stand"),
            ("def run() { move() } def run() { move() }", "'run' a second time: this is another program"),
            ("def run() { /* open", "the comment that begins here is never closed"),
        ] {
            assert_eq!(parse_curly(text).unwrap_err().to_string(), message, "{text}");
        }
        assert!(parse_curly(&format!("def run() {{ {}", "repeat(2) { ".repeat(100_000))).is_err());
        assert!(parse_curly(&format!("def run() {{ if({}", "not ".repeat(100_000))).is_err());
    }

    #[test]
    fn is_written_as_published() {
        let body = vec![
            build::while_loop(
                build::test(crate::ast::Test::FrontIsClear),
                vec![build::action(crate::ast::Action::Move)],
            ),
            build::action(crate::ast::Action::PutMarker),
        ];
        expect![[r#"
            def run() {
              while(front_is_clear()) {
                move()
              };
              put_marker()
            }
        "#]]
        .assert_eq(&to_curly_text(&build::procedure("main", body)).unwrap());
        assert!(to_curly_text(&build::procedure("main", vec![build::call("f")])).is_err());
    }

    /// Two `not`s, which the dialect can't say, are none.
    fn without_double_not(statements: &mut [Statement]) {
        fn condition(c: &mut Condition) {
            while let ConditionKind::Not(inner) = &c.kind
                && let ConditionKind::Not(same) = &inner.kind
            {
                *c = (**same).clone();
            }
        }
        for statement in statements {
            match &mut statement.kind {
                StatementKind::While { condition: c, body } => {
                    condition(c);
                    without_double_not(&mut body.statements);
                }
                StatementKind::Repeat { body, .. } => without_double_not(&mut body.statements),
                StatementKind::If { condition: c, then, otherwise } => {
                    condition(c);
                    without_double_not(&mut then.statements);
                    otherwise.iter_mut().for_each(|e| without_double_not(&mut e.body.statements));
                }
                _ => {}
            }
        }
    }

    proptest! {
        #[test]
        fn any_program_round_trips(mut body in prop::collection::vec(arbitrary::statement(), 1..6)) {
            let text = to_curly_text(&build::procedure("main", body.clone())).unwrap();
            let read = parse_curly(&text).unwrap();
            without_double_not(&mut body);
            prop_assert!(read.len() == 1 && read[0].name.text == "main");
            prop_assert!(same_statements(&read[0].body.statements, &body), "{}", text);
        }

        #[test]
        fn any_text_is_survived(text in "(def|run|main|\\{|\\}|\\(|\\)|;|while|if|ifelse|else|not|move|3|é|#|/\\*|//|\n| ){0,40}") {
            let _ = parse_curly(&text);
        }
    }
}
