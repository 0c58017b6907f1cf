//! `else` that is missing, alone, or at the wrong place.

use crate::parse::tests::check;
use expect_test::expect;

#[test]
fn missing_else() {
    check(
        r#"def main():
    ifelse(frontIsClear()):
        move()
    turnLeft()
"#,
        expect![[r#"
            K010 2:5+6 Unknown word 'ifelse'; did you mean 'if'?
              fix: Change to 'if'
            ----
            def main():
                if(frontIsClear()):
                    move()
                turnLeft()
        "#]],
    );
}

#[test]
fn else_too_deep() {
    check(
        r#"def main():
    if(frontIsClear()):
        move()
        else:
        turnLeft()
"#,
        expect![[r#"
            K018 4:9+4 This 'else' has no 'if' above it in the same column.
        "#]],
    );
}

#[test]
fn else_between() {
    check(
        r#"def main():
    if(frontIsClear()):
        move()
      else:
        turnLeft()
"#,
        expect![[r#"
            K007 4:1+6 This line is indented too far: it begins in column 7, but its 'if' begins in column 5.
              fix: Indent to column 5
            ----
            def main():
                if(frontIsClear()):
                    move()
                else:
                  turnLeft()
        "#]],
    );
}

#[test]
fn else_alone() {
    check(
        r#"def main():
    move()
    else:
        turnLeft()
"#,
        expect![[r#"
            K018 3:5+4 This 'else' has no 'if' above it in the same column.
        "#]],
    );
}

#[test]
fn ambiguous_else() {
    check(
        r#"def main():
    if(frontIsClear()): if(leftIsClear()): move()
    else: turnLeft()
"#,
        expect![[r#"
            K018 3:5+4 This 'else' isn't under its 'if': give that 'if' a line of its own.
        "#]],
    );
}

#[test]
fn else_in_the_block_of_its_if() {
    check(
        r#"def main():
    if(frontIsClear()):
        move()
        else:
            turnLeft()
    if(leftIsClear()): move()
        else: move()
"#,
        expect![[r#"
            K007 4:1+8 This line is indented too far: it begins in column 9, but its 'if' begins in column 5.
              fix: Indent to column 5
            K007 7:1+8 This line is indented too far: it begins in column 9, but its 'if' begins in column 5.
              fix: Indent to column 5
            ----
            def main():
                if(frontIsClear()):
                    move()
                else:
                    turnLeft()
                if(leftIsClear()): move()
                else: move()
        "#]],
    );
}
