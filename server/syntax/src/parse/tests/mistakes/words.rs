//! Words that Karel does not have: misspelt, of other languages, prose, and what is not a word at all.

use crate::parse::tests::check;
use expect_test::expect;

#[test]
fn py_if() {
    check(
        r#"def main():
    if frontIsClear():
        move()
    else:
        turnLeft()
"#,
        expect![""],
    );
}

#[test]
fn misspelt_keywords() {
    check(
        r#"def main():
    whille(frontIsClear()):
        move()
    IF(leftIsClear()):
        move()
    esle:
        turnLeft()
    repat(3): move()
"#,
        expect![[r#"
            K010 2:5+6 Unknown word 'whille'; did you mean 'while'?
              fix: Change to 'while'
            K010 4:5+2 Unknown word 'IF'; did you mean 'if'?
              fix: Change to 'if'
            K010 6:5+4 Unknown word 'esle'; did you mean 'else'?
              fix: Change to 'else'
            K010 8:5+5 Unknown word 'repat'; did you mean 'repeat'?
              fix: Change to 'repeat'
            ----
            def main():
                while(frontIsClear()):
                    move()
                if(leftIsClear()):
                    move()
                else:
                    turnLeft()
                repeat(3): move()
        "#]],
    );
}

#[test]
fn misspelt_keyword_without_colon() {
    check(
        r#"def main():
    whille(frontIsClear())
        move()
    turnLeft()
"#,
        expect![[r#"
            K010 2:5+6 Unknown word 'whille'; did you mean 'while'?
              fix: Change to 'while'
            ----
            def main():
                while(frontIsClear()):
                    move()
                turnLeft()
        "#]],
    );
}

#[test]
fn other_languages() {
    check(
        r#"def main():
    for i in range(4):
        move()
    if(leftIsClear()):
        move()
    elif(rightIsClear()):
        turnLeft()
"#,
        expect![[r#"
            K010 2:5+17 There is no 'for': write 'repeat(4):'.
              fix: Change to 'repeat(4)'
            K010 6:5+4 There is no 'elif': write 'else:' and an 'if' in its block.
              fix: Change to 'else:' with an 'if' in it
            ----
            def main():
                repeat(4):
                    move()
                if(leftIsClear()):
                    move()
                else:
                    if(rightIsClear()):
                        turnLeft()
        "#]],
    );
}

#[test]
fn prose() {
    check(
        r#"def main():
    move forward three times
    go()
"#,
        expect![[r#"
            K015 2:5+24 'move forward three times' isn't understood: put a '#' before it if it is a note.
              fix: Make it a comment
            ----
            def main():
                # move forward three times
                go()
        "#]],
    );
}

#[test]
fn prose_at_top() {
    check(
        r#"this is my program
def main():
    move()
"#,
        expect![[r#"
            K015 1:1+18 'this is my program' isn't understood: put a '#' before it if it is a note.
              fix: Make it a comment
            ----
            # this is my program
            def main():
                move()
        "#]],
    );
}

#[test]
fn bare_words() {
    check(
        r#"def turnAround(): turnLeft(); turnLeft()
def main():
    turnAround
    turnAruond
    frontIsClear
    hello
"#,
        expect![[r#"
            K004 3:5+10 '()' is missing after 'turnAround'.
              fix: Insert '()'
            K010 4:5+10 Unknown word 'turnAruond'; did you mean 'turnAround()'?
              fix: Change to 'turnAround()'
            K010 5:5+12 'frontIsClear' only asks something; it belongs in an 'if' or a 'while'.
            K010 6:5+5 Unknown word 'hello'; a call of a procedure is written 'hello()'.
            ----
            def turnAround(): turnLeft(); turnLeft()
            def main():
                turnAround()
                turnAround()
                frontIsClear
                hello
        "#]],
    );
}

#[test]
fn junk() {
    check(
        r#"def main():
    $%&
    move() ?? turnLeft()
    move();; turnLeft();
    @while(frontIsClear()): move()
"#,
        expect![[r#"
            K015 2:5+3 '$%&' isn't understood: put a '#' before it if it is a note.
              fix: Make it a comment
            K015 3:12+2 '??' isn't a statement.
            K015 5:5+30 '@while(frontIsClear()): move()' isn't understood: put a '#' before it if it is a note.
              fix: Make it a comment
            ----
            def main():
                # $%&
                move() ?? turnLeft()
                move();; turnLeft();
                # @while(frontIsClear()): move()
        "#]],
    );
}
