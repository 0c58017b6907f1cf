//! What beginners write. The files `NN_name` are those of the collection of beginners' mistakes.

use super::{check, parse};
use expect_test::expect;

#[test]
fn m01_missing_colon() {
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
fn m02_missing_rparen() {
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
fn m03_open_call() {
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
fn m05_missing_else() {
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
fn m06_no_indent() {
    check(
        r#"def main():
move()
turnLeft()
"#,
        expect![[r#"
            K006 2:1+6 The body of this 'def' must be indented.
              fix: Indent the body of 'def'
            ----
            def main():
                move()
                turnLeft()
        "#]],
    );
}

#[test]
fn m07_over_indent() {
    check(
        r#"def main():
    move()
      turnLeft()
    putMarker()
"#,
        expect![[r#"
            K007 3:1+6 This line is indented too far: it begins in column 7, but its block begins in column 5.
              fix: Indent to column 5
            ----
            def main():
                move()
                turnLeft()
                putMarker()
        "#]],
    );
}

#[test]
fn m08_bad_dedent() {
    check(
        r#"def main():
    if(frontIsClear()):
            move()
      turnLeft()
"#,
        expect![[r#"
            K007 4:1+6 This line is indented too far: it begins in column 7, but its block begins in column 5.
              fix: Indent to column 5
            ----
            def main():
                if(frontIsClear()):
                        move()
                turnLeft()
        "#]],
    );
}

#[test]
fn m09_empty_repeat() {
    check(
        r#"def main():
    repeat():
        move()
"#,
        expect![[r#"
            K013 2:11+2 'repeat' needs a number between its parentheses.
              fix: Insert a hole '?'
            ----
            def main():
                repeat(?):
                    move()
        "#]],
    );
}

#[test]
fn m10_while_open() {
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
fn m11_def_no_colon() {
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
fn m12_empty_body() {
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
fn m13_no_parens() {
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
fn m14_typing() {
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
fn m15_py_if() {
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
fn m16_several_at_once() {
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
            K010 2:5+3 There is no 'for'; see whether 'repeat' does what you want.
            K010 6:5+4 There is no 'elif'; write 'else:' and an 'if' in its block.
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
            K010 4:1+8 Unknown word 'function'; did you mean 'def'?
              fix: Change to 'def'
            ----
            def main():
                move()

            def turnAround():
                turnLeft(); turnLeft()
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
fn prose() {
    check(
        r#"def main():
    move forward three times
    go()
"#,
        expect![[r#"
            K015 2:5+24 'move forward three times' isn't a statement.
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
            K015 1:1+18 'this is my program' isn't a statement.
        "#]],
    );
}

#[test]
fn no_condition() {
    check(
        r#"def main():
    while:
        move()
    if():
        move()
    if(not()): move()
    while(not): move()
"#,
        expect![[r#"
            K012 2:5+5 This 'while' needs a condition, such as frontIsClear().
              fix: Insert a hole '(?)'
            K012 4:7+2 'if' needs a condition between its parentheses.
              fix: Insert a hole '?'
            K012 6:11+2 'not' needs a condition between its parentheses.
              fix: Insert a hole '?'
            K012 7:11+3 This 'not' needs a condition, such as frontIsClear().
              fix: Insert a hole '(?)'
            ----
            def main():
                while(?):
                    move()
                if(?):
                    move()
                if(not(?)): move()
                while(not(?)): move()
        "#]],
    );
}

#[test]
fn wrong_conditions() {
    check(
        r#"def main():
    while(move()): move()
    if(frontIsclear): move()
    if(3): move()
    if(wallAhead()): move()
    if(frontIsClear() and leftIsClear()): move()
    while front is clear: move()
"#,
        expect![[r#"
            K012 2:11+6 'move' does something; this 'while' needs a test, which only asks, such as frontIsClear().
            K010 3:8+12 There is no test 'frontIsclear'; did you mean 'frontIsClear'?
              fix: Change to 'frontIsClear()'
            K012 4:8+1 '3' isn't a condition; this 'if' needs one of the tests, such as frontIsClear().
            K010 5:8+9 There is no test 'wallAhead'; there are frontIsClear, leftIsClear, rightIsClear, markersPresent and noMarkersPresent.
            K015 6:23+17 There is no 'and'; to ask for two things, put one 'if' in another.
            K012 7:11+14 'front is clear' isn't a condition; this 'while' needs one of the tests, such as frontIsClear().
            ----
            def main():
                while(move()): move()
                if(frontIsClear()): move()
                if(3): move()
                if(wallAhead()): move()
                if(frontIsClear() and leftIsClear()): move()
                while front is clear: move()
        "#]],
    );
}

#[test]
fn counts() {
    check(
        r#"def main():
    repeat(20): move()
    repeat(-1): move()
    repeat(2.5): move()
    repeat(n): move()
    repeat 3 times: move()
    repeat: move()
"#,
        expect![[r#"
            K014 2:12+2 'repeat' can't go round 20 times: its number is from 0 to 19.
            K014 3:12+2 'repeat' can't go round -1 times: its number is from 0 to 19.
            K014 4:12+3 'repeat' needs a whole number from 0 to 19.
            K013 5:12+1 'repeat' needs a number from 0 to 19, not 'n'.
            K015 6:14+5 'times' doesn't belong here; the ':' follows at once.
              fix: Remove 'times'
            K013 7:5+6 This 'repeat' needs a number from 0 to 19.
              fix: Insert a hole '(?)'
            ----
            def main():
                repeat(20): move()
                repeat(-1): move()
                repeat(2.5): move()
                repeat(n): move()
                repeat 3: move()
                repeat(?): move()
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
            K016 8:10+1 Nothing can stand between the parentheses of 'move'; to do it 3 times, write repeat(3): move()
            ----
            def main():
                move()
                move()
                while(frontIsClear()): move()
                while(not(frontIsClear())): move()
                while (frontIsClear()): move()
                if(not(frontIsClear())): move()
                move(3)
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

#[test]
fn tabs_and_blanks() {
    check(
        r#"def main():
    move()
	turnLeft()
    move()
"#,
        expect![[r#"
            K009 3:1+1 This block is indented partly with tabs and partly with blanks.
              fix: Indent with blanks
            ----
            def main():
                move()
                turnLeft()
                move()
        "#]],
    );
}

#[test]
fn tabs_within_a_line() {
    check(
        r#"def main():
    if(frontIsClear()):
    	move()
"#,
        expect![[r#"
            K009 3:1+5 This block is indented partly with tabs and partly with blanks.
              fix: Indent with blanks
            ----
            def main():
                if(frontIsClear()):
                    move()
        "#]],
    );
}

#[test]
fn indented_definition() {
    check(
        r#"def main():
    move()
    def f():
        move()
"#,
        expect![[r#"
            K019 3:1+4 This 'def' must begin in the first column: it can't be inside another block.
              fix: Move to the first column
            ----
            def main():
                move()
            def f():
                move()
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
fn over_indented_under_inline() {
    check(
        r#"def main():
    repeat(4): move()
        turnLeft()
"#,
        expect![[r#"
            K007 3:1+8 This line is indented too far: it begins in column 9, but the line above begins in column 5.
              fix: Indent to column 5
            ----
            def main():
                repeat(4): move()
                turnLeft()
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
            K015 2:5+3 '$%&' isn't a statement.
            K015 3:12+2 '??' isn't a statement.
            K015 5:5+1 '@' isn't a statement.
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

#[test]
fn too_deep() {
    let text = format!("def main():\n    {}move()\n    turnLeft(\n", "repeat(2): ".repeat(120));
    let found: Vec<_> = parse(&text).diagnostics.into_iter().map(|d| (d.code, d.message)).collect();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].0, "K040");
    assert_eq!(found[0].1, "This is nested more than 100 deep; move some of it to a procedure.");
    assert_eq!(found[1].0, "K003");
}
