//! Conditions and counts.

use crate::parse::tests::check;
use expect_test::expect;

#[test]
fn empty_repeat() {
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
            K010 5:7+13 There is no test 'wallAhead': write 'not(frontIsClear())'.
              fix: Change to 'not(frontIsClear())'
            K047 6:7+34 There is no 'and': put one 'if' in another to ask for two things.
              fix: Put one 'if' in another
            K010 7:11+14 'front is clear' is written 'frontIsClear()'.
              fix: Change to 'frontIsClear()'
            ----
            def main():
                while(move()): move()
                if(frontIsClear()): move()
                if(3): move()
                if(not(frontIsClear())): move()
                if(frontIsClear()): if(leftIsClear()): move()
                while(frontIsClear()): move()
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
