//! Definitions and bodies: empty, nameless, with parameters, and statements that belong to none.

use crate::parse::tests::check;
use expect_test::expect;

#[test]
fn empty_body() {
    check(
        r#"def main():
    repeat(4):
    move()
"#,
        expect![[r#"
            K006 3:5+6 The body of this 'repeat' must be indented.
              fix: Indent the body of 'repeat'
            ----
            def main():
                repeat(4):
                    move()
        "#]],
    );
}

#[test]
fn empty_bodies() {
    check(
        r#"def main():
    while(frontIsClear()):
    if(leftIsClear()):
    else:
    move()
    repeat(3)
def f():
"#,
        expect![[r#"
            K006 3:5+18 The body of this 'while' must be indented.
            K008 3:5+18 This 'if' needs at least one statement; '...' stands for one that you leave open.
              fix: Insert a hole '...'
            K006 5:5+6 The body of this 'else' must be indented.
            K008 6:5+9 This 'repeat' needs at least one statement; '...' stands for one that you leave open.
              fix: Insert a hole '...'
            K008 7:1+8 This 'def' needs at least one statement; '...' stands for one that you leave open.
              fix: Insert a hole '...'
            ----
            def main():
                while(frontIsClear()):
                if(leftIsClear()): ...
                else:
                move()
                repeat(3): ...
            def f(): ...
        "#]],
    );
}

#[test]
fn missing_def() {
    check(
        r#"main():
    move()

function turnAround():
    turnLeft(); turnLeft()
"#,
        expect![[r#"
            K010 1:1+4 'def' is missing before 'main'.
              fix: Insert 'def'
            K042 4:1+8 A procedure begins with 'def', not with 'function': write 'def turnAround():'.
              fix: Change to 'def turnAround():'
            ----
            def main():
                move()

            def turnAround():
                turnLeft(); turnLeft()
        "#]],
    );
}

#[test]
fn definition_without_name() {
    check(
        r#"def:
    move()
def ():
    move()
def turn around():
    move()
"#,
        expect![[r#"
            K020 1:1+3 This 'def' needs a name and '()' behind it, such as: def turnAround():
            K020 3:1+3 This 'def' needs a name and '()' behind it, such as: def turnAround():
            K020 5:5+13 'turn around()' can't be a procedure's name: that is one word.
        "#]],
    );
}

#[test]
fn parameters() {
    check(
        r#"def main(n):
    move()
"#,
        expect![[r#"
            K016 1:9+3 A procedure takes no values: nothing can stand between these parentheses.
              fix: Remove what is between the parentheses
            ----
            def main():
                move()
        "#]],
    );
}

#[test]
fn stray_statements() {
    check(
        r#"move()
repeat(3):
    turnLeft()
"#,
        expect![[r#"
            K017 1:1+6 Statements must stand inside a procedure, such as: def main():
              fix: Put into 'def main():'
            ----
            def main():
                move()
                repeat(3):
                    turnLeft()
        "#]],
    );
}
