//! Unfinished typing, and several mistakes in one program.

use crate::parse::tests::check;
use expect_test::expect;

#[test]
fn typing() {
    check(
        r#"def main():
    mov"#,
        expect![[r#"
            K010 2:5+3 Unknown word 'mov'; did you mean 'move()'?
              fix: Change to 'move()'
            ----
            def main():
                move()
        "#]],
    );
}

#[test]
fn several_at_once() {
    check(
        r#"def main():
    while(frontIsClear())
    move()
  turnLeft()
    putMaker()

example "x":
    input:
        . . >
        . . . .
    output
        . . 12
"#,
        expect![[r#"
            K001 2:25+1 A ':' is missing at the end of this 'while'.
              fix: Insert ':'
            K006 3:5+6 The body of this 'while' must be indented.
            K007 4:1+2 This line is indented not far enough: it begins in column 3, but its block begins in column 5.
              fix: Indent to column 5
            K031 10:9+7 This row has 4 cells, and others in the grid have 3.
              ". . >" A row of 3.
            K032 11:5+6 There is no robot in this grid: put ^ > v or < into one cell.
            K001 11:10+1 A ':' is missing after 'output'.
              fix: Insert ':'
            K035 12:13+2 A cell holds at most 9 markers, not 12.
            ----
            def main():
                while(frontIsClear()):
                move()
                turnLeft()
                putMaker()

            example "x":
                input:
                    . . >
                    . . . .
                output:
                    . . 12
        "#]],
    );
}
