//! Colons, parentheses and semicolons that are missing or too many.

use crate::parse::tests::check;
use expect_test::expect;

#[test]
fn missing_colon() {
    check(
        r#"def main():
    repeat(4)
        move()
    turnLeft()
"#,
        expect![[r#"
            K001 2:13+1 A ':' is missing at the end of this 'repeat'.
              fix: Insert ':'
            ----
            def main():
                repeat(4):
                    move()
                turnLeft()
        "#]],
    );
}

#[test]
fn missing_rparen() {
    check(
        r#"def main():
    while(frontIsClear():
        move()
    turnLeft()
"#,
        expect![[r#"
            K003 2:24+1 A ')' is missing here.
              fix: Insert ')'
            ----
            def main():
                while(frontIsClear()):
                    move()
                turnLeft()
        "#]],
    );
}

#[test]
fn open_call() {
    check(
        r#"def main():
    move(
    turnLeft()
"#,
        expect![[r#"
            K003 2:9+1 A ')' is missing here.
              fix: Insert ')'
            ----
            def main():
                move()
                turnLeft()
        "#]],
    );
}

#[test]
fn while_open() {
    check(
        r#"def main():
    while(:
        move()
    turnLeft()
def f():
    move()
"#,
        expect![[r#"
            K012 2:10+1 'while' needs a condition between its parentheses.
              fix: Insert a hole '?'
            ----
            def main():
                while(?):
                    move()
                turnLeft()
            def f():
                move()
        "#]],
    );
}

#[test]
fn def_no_colon() {
    check(
        r#"def main()
    move()
"#,
        expect![[r#"
            K001 1:10+1 A ':' is missing at the end of this 'def'.
              fix: Insert ':'
            ----
            def main():
                move()
        "#]],
    );
}

#[test]
fn no_parens() {
    check(
        r#"def main():
    move
    turnLeft()
"#,
        expect![[r#"
            K004 2:5+4 '()' is missing after 'move'.
              fix: Insert '()'
            ----
            def main():
                move()
                turnLeft()
        "#]],
    );
}

#[test]
fn several_on_a_line() {
    check(
        r#"def main():
    move() turnLeft() move()
"#,
        expect![[r#"
            K005 2:10+1 Two statements on one line need a ';' between them.
              fix: Insert ';'
            ----
            def main():
                move(); turnLeft(); move()
        "#]],
    );
}

#[test]
fn parentheses() {
    check(
        r#"def main():
    move)
    move())
    while(frontIsClear())): move()
    while(not(frontIsClear()): move()
    while frontIsClear()): move()
    if(not(frontIsClear(: move()
    move(3)
"#,
        expect![[r#"
            K002 2:9+1 This ')' has no '(' before it.
              fix: Insert '('
            K002 3:11+1 This ')' is one too many.
              fix: Remove ')'
            K002 4:26+1 This ')' is one too many.
              fix: Remove ')'
            K003 5:29+1 A ')' is missing here.
              fix: Insert ')'
            K002 6:25+1 This ')' has no '(' before it.
              fix: Insert '('
            K003 7:24+1 A ')' is missing here.
              fix: Insert ')))'
            K016 8:10+1 'move' takes no number: write 'repeat(3): move()'.
              fix: Change to 'repeat(3): move()'
            ----
            def main():
                move()
                move()
                while(frontIsClear()): move()
                while(not(frontIsClear())): move()
                while (frontIsClear()): move()
                if(not(frontIsClear())): move()
                repeat(3): move()
        "#]],
    );
}

#[test]
fn colon_after_call() {
    check(
        r#"def main():
    move():
    turnLeft():
        move()
"#,
        expect![[r#"
            K015 2:11+1 No ':' follows 'move', since it has no block.
              fix: Remove ':'
            K015 3:15+1 No ':' follows 'turnLeft', since it has no block.
            ----
            def main():
                move()
                turnLeft():
                    move()
        "#]],
    );
}
