//! What other languages have: one message each, with the fix where one is right.

use super::{apply, check, count, parse};
use expect_test::expect;

#[test]
fn python() {
    check(
        r#""""
This is my homework.
   It walks.
"""
from karel.stanfordkarel import *

def main():
    for i in range(3):
        mvoe()
    for i in range(30):
        move()
    if front_is_blocked():
        turn_left()
    elif left_is_clear() == True:
        turnLeft()
    elif markersPresent():
        pass
    else:
        print("hello")
    while True:
        move()
    while not frontIsClear:
        turnLeft(90)
    return

if __name__ == "__main__":
    main()
"#,
        expect![[r#"
            K060 5:1+33 This is a program of Stanford's Karel in Python, which can't be imported; write it anew, from 'karel new'.
        "#]],
    );
}

#[test]
fn java() {
    check(
        r#"/*
 * File: Walk
 */
    public void run() {
        move();
        while (!frontIsClear() && beepersPresent()) {
            turnLeft(); // left
        }
        if (frontIsBlocked()) {
            move();
        } else {
            turnLeft();
        }
        for (int i = 0; i < 4; i++) {
            move();
        }
    }
}
"#,
        expect![[r#"
            K060 4:5+19 This is a Karel program in Java, which can't be imported; write it anew, from 'karel new'.
        "#]],
    );
}

#[test]
fn java_without_class() {
    check(
        r#"function main() {
    move();
    turn(3);
}
void turn(int n) {
    if (markersPresent() == false) {
        putMarker();
    }
}
"#,
        expect![[r#"
            K060 1:1+17 This is a Karel program in JavaScript, which can't be imported; write it anew, from 'karel new'.
        "#]],
    );
}

#[test]
fn pascal_and_pattis() {
    check(
        r#"BEGINNING-OF-PROGRAM
DEFINE turnright AS
BEGIN
    turnleft;
END;
BEGINNING-OF-EXECUTION
    WHILE front-is-clear DO
        move;
    turnoff
END-OF-EXECUTION
"#,
        expect![[r#"
            K060 1:1+20 This is a program in Pattis's Karel, which can't be imported; write it anew, from 'karel new'.
        "#]],
    );
}

#[test]
fn conditions() {
    check(
        r#"def main():
    while(frontIsClear() == true): move()
    while frontIsClear() != True: turnLeft()
    if(not(leftIsClear() == False)): move()
    if(!markersPresent()): move()
    if not next-to-a-beeper: move()
    if(left_is_blocked): move()
    if(frontIsClear() and leftIsClear()):
        move()
    if(frontIsClear() && leftIsClear()):
        move()
    else:
        move()
    while(frontIsClear() or leftIsClear()): move()
    if(frontIsClear() = true): move()
    while(1): move()
    if(FRONT_IS_CLEAR): move()
"#,
        expect![[r#"
            K047 2:10+24 '== true' isn't needed: write 'frontIsClear()'.
              fix: Change to 'frontIsClear()'
            K047 3:11+22 '!= True' isn't needed: write 'not(frontIsClear())'.
              fix: Change to 'not(frontIsClear())'
            K047 4:7+29 '== False' isn't needed: write 'leftIsClear()'.
              fix: Change to 'leftIsClear()'
            K047 5:7+19 There is no '!': write 'noMarkersPresent()'.
              fix: Change to 'noMarkersPresent()'
            K010 6:8+20 'next-to-a-beeper' is written 'noMarkersPresent()'.
              fix: Change to 'noMarkersPresent()'
            K010 7:7+17 There is no test 'left_is_blocked': write 'not(leftIsClear())'.
              fix: Change to 'not(leftIsClear())'
            K047 8:7+34 There is no 'and': put one 'if' in another to ask for two things.
              fix: Put one 'if' in another
            K047 10:7+33 There is no '&&': put one 'if' in another to ask for two things.
            K047 14:10+33 There is no 'or': a 'while' asks for one thing only.
            K047 15:7+23 '= true' isn't needed: write 'frontIsClear()'.
              fix: Change to 'frontIsClear()'
            K012 16:10+3 '1' asks nothing: this 'while' needs a test, such as frontIsClear().
              fix: Change to '?'
            K010 17:8+14 There is no test 'FRONT_IS_CLEAR'; did you mean 'frontIsClear'?
              fix: Change to 'frontIsClear()'
            ----
            def main():
                while(frontIsClear()): move()
                while(not(frontIsClear())): turnLeft()
                if(leftIsClear()): move()
                if(noMarkersPresent()): move()
                if(noMarkersPresent()): move()
                if(not(leftIsClear())): move()
                if(frontIsClear()): if(leftIsClear()):
                    move()
                if(frontIsClear() && leftIsClear()):
                    move()
                else:
                    move()
                while(frontIsClear() or leftIsClear()): move()
                if(frontIsClear()): move()
                while(?): move()
                if(frontIsClear()): move()
        "#]],
    );
}

#[test]
fn broken_lines() {
    check(
        r#"def main(
):
    while(
        frontIsClear()
    ):
        move(
        )
    if(not(frontIsClear()
        )):
        move()
    if(leftIsClear())
        :
        move()
    move(
    turnLeft()
"#,
        expect![[r#"
            K048 1:9+1 This goes on in the next line: write it on one line.
              fix: Join the lines
            K048 3:10+1 This goes on in the next line: write it on one line.
              fix: Join the lines
            K048 6:13+1 This goes on in the next line: write it on one line.
              fix: Join the lines
            K048 8:24+2 This goes on in the next line: write it on one line.
              fix: Join the lines
            K048 11:19+3 This goes on in the next line: write it on one line.
              fix: Join the lines
            K003 14:9+1 A ')' is missing here.
              fix: Insert ')'
            ----
            def main():
                while(frontIsClear()):
                    move()
                if(not(frontIsClear())):
                    move()
                if(leftIsClear()):
                    move()
                move()
                turnLeft()
        "#]],
    );
}

#[test]
fn numbers() {
    check(
        r#"def main():
    move(3)
    move(1)
    move(20); move(23)
    turnLeft(180)
    turnLeft(0)
    putMarker(100)
    move(1e3)
    if(leftIsClear()): move(5)
    move(2); turnLeft()
    move(-1)
    move("x")
    move({})
    move(@)
    move([1])
"#,
        expect![[r#"
            K016 2:10+1 'move' takes no number: write 'repeat(3): move()'.
              fix: Change to 'repeat(3): move()'
            K016 3:10+1 'move' takes no number: write 'move()'.
              fix: Change to 'move()'
            K016 4:10+2 'move' takes no number: write 'repeat(2): repeat(10): move()'.
            K016 4:20+2 Nothing can stand between the parentheses of 'move'.
            K016 5:14+3 'turnLeft' takes no number: write 'repeat(2): turnLeft()'.
              fix: Change to 'repeat(2): turnLeft()'
            K016 6:14+1 Nothing can stand between the parentheses of 'turnLeft'.
            K016 7:15+3 'putMarker' takes no number: write 'repeat(10): repeat(10): putMarker()'.
              fix: Change to 'repeat(10): repeat(10): putMarker()'
            K016 8:10+3 Nothing can stand between the parentheses of 'move'.
            K016 9:29+1 'move' takes no number: write 'repeat(5): move()'.
              fix: Change to 'repeat(5): move()'
            K016 10:10+1 'move' takes no number: write 'repeat(2): move()'.
            K016 11:10+2 Nothing can stand between the parentheses of 'move'.
            K016 12:10+3 Nothing can stand between the parentheses of 'move'.
            K016 13:10+3 Nothing can stand between the parentheses of 'move'.
            K016 14:10+2 Nothing can stand between the parentheses of 'move'.
            K016 15:10+4 Nothing can stand between the parentheses of 'move'.
            ----
            def main():
                repeat(3): move()
                move()
                move(20); move(23)
                repeat(2): turnLeft()
                turnLeft(0)
                repeat(10): repeat(10): putMarker()
                move(1e3)
                if(leftIsClear()): repeat(5): move()
                move(2); turnLeft()
                move(-1)
                move("x")
                move({})
                move(@)
                move([1])
        "#]],
    );
}

#[test]
fn lines_that_are_no_program() {
    check(
        r#"Karel walks, and stops.
(c) 2024 by me
def main():
    Karel walks on while the front is clear, then stops.
    while the robot can walk it moves
    x = 3
    move()
    if(frontIsClear()):
        do nothing here
note at the margin
    turnLeft()
    karel.move()
"#,
        expect![[r#"
            K015 1:1+23 'Karel walks, and stops.' isn't understood: put a '#' before it if it is a note.
              fix: Make it a comment
            K015 2:1+14 '(c) 2024 by me' isn't a statement.
            K015 4:5+100 These 3 lines aren't understood: put a '#' before each if they are notes.
              fix: Make 3 comments
            K015 9:9+15 'do nothing here' isn't understood: put a '#' before it if it is a note.
              fix: Make it a comment
            K015 10:1+18 'note at the margin' isn't understood: put a '#' before it if it is a note.
              fix: Make it a comment
            K015 12:5+12 'karel.move()' isn't understood: put a '#' before it if it is a note.
              fix: Make it a comment
            ----
            # Karel walks, and stops.
            (c) 2024 by me
            def main():
                # Karel walks on while the front is clear, then stops.
                # while the robot can walk it moves
                # x = 3
                move()
                if(frontIsClear()):
                    # do nothing here
                    ...
            # note at the margin
                turnLeft()
                # karel.move()
        "#]],
    );
}

#[test]
fn words_of_other_languages() {
    check(
        r#"def main():
    while(frontIsClear()):
        break
    while(frontIsClear()): pass
    move()
    pass
    True
    continue;
    return 3
    print("x")
    END
    end while
    turnoff()
def pass(): move()
"#,
        expect![[r#"
            K042 3:9+5 There is no 'break': a loop ends when its condition no longer holds.
            K004 4:28+4 '()' is missing after 'pass'.
              fix: Insert '()'
            K004 6:5+4 '()' is missing after 'pass'.
              fix: Insert '()'
            K042 7:5+4 'True' does nothing by itself: it isn't a statement.
            K042 8:5+9 There is no 'continue': a loop ends when its condition no longer holds.
            K042 9:5+8 There is no 'return': a procedure ends behind its last statement.
            K042 10:5+10 There is no 'print': what Karel does is seen in its world.
              fix: Make it a comment
            K042 11:5+3 'END' isn't needed: a block ends where its indentation ends.
              fix: Remove this line
            K042 13:5+9 'turnoff' isn't needed: a run ends behind the last statement of 'main'.
              fix: Remove this line
            ----
            def main():
                while(frontIsClear()):
                    break
                while(frontIsClear()): pass()
                move()
                pass()
                True
                continue;
                return 3
                # print("x")
            def pass(): move()
        "#]],
    );
}

#[test]
fn comments() {
    check(
        r#"// one
// two
def main(): // go
    /* three
       four */
    move() -- five
    '''
    never closed
"#,
        expect![[r#"
            K043 1:1+6 A comment begins with '#' here, not with '//'.
              fix: Change to '#'
            K043 4:5+2 A comment begins with '#' here, not with '/*'.
              fix: Change to '#'
            K043 6:12+7 A comment begins with '#' here, not with '--'.
              fix: Change to '#'
            ----
            # one
            # two
            def main(): # go
                # three
                   # four
                move() # five
                #
                # never closed
        "#]],
    );
}

#[test]
fn characters() {
    check(
        "\u{feff}def main():\n\u{a0}\u{a0}\u{a0}\u{a0}move()\n    turn\u{200b}Left()\n    move\u{ff08}\u{ff09}\u{ff1b}\n    \
         if\u{ff08}frontIsClear\u{ff08}\u{ff09}\u{ff09}\u{ff1a}\n        move()\nexample \u{201c}a\u{201d}:\n    input:\n        \
         >\u{a0}.\n        #\u{a0}#\n",
        expect![[r#"
            K044 2:1+2 Here stands a no-break space, which can't be seen: write a plain blank.
              fix: Replace all 6 of them
            K044 3:9+3 Here stands a zero-width space, which can't be seen: take it out.
              fix: Remove the zero-width space
            K044 4:9+3 '（' is a full-width character: write the plain '('.
              fix: Replace by plain characters
            K020 7:9+7 '“a”' must stand in double quotes.
              fix: Change to "a"
            ----
            ﻿def main():
                move()
                turnLeft()
                move();
                if(frontIsClear()):
                    move()
            example "a":
                input:
                    > .
                    # #
        "#]],
    );
}

/// Every fix, applied alone, takes its message away and adds no mistake to the lines that it touches.
#[test]
fn fixes_fix() {
    const MISTAKES: &[&str] = &[
        "pass",
        "return",
        "break",
        "print(1)",
        "END",
        "}",
        "{",
        "turnoff",
        "import x",
        "x = 3",
        "Walk to the wall.",
        "// note",
        "-- note",
        "/* note */",
        "move(3)",
        "move(20)",
        "turnLeft(270)",
        "move()\u{a0}",
        "mo\u{200b}ve()",
        "move\u{ff08}\u{ff09}",
        "for i in range(3):\n@move()",
        "while(frontIsClear() == True):\n@move()",
        "if frontIsClear() and leftIsClear():\n@move()",
        "if (!leftIsClear()) {\n@move()\n}",
        "while True:\n@move()",
        "if(leftIsClear()):\n@move()\nelif front_is_blocked():\n@move()\nelif x():\n@pass\nelse:\n@move()",
        "if front_is_blocked:\n@turnLeft()",
        "while not(frontIsClear() == False)\n@move()",
        "for (int i=0; i<3; i++) {\n@move()\n}",
        "karel.move()",
        "move() // go",
        "\"\"\"\n@note\n\"\"\"",
        "if front is clear:\n@move()",
        "while(1): move()",
        "else if(leftIsClear()): move()",
    ];
    const PLACES: &[&str] = &[
        "def main():\n    @\n",
        "def main():\n    move()\n    @\n",
        "def main():\n    @\n    move()\n",
        "def main():\n    while(frontIsClear()):\n        @\n    move()\n",
        "def main():\n\tif(frontIsClear()):\n\t\tmove()\n\telse:\n\t\t@\n",
        "@\ndef main():\n    move()\n",
    ];
    let mut fixes = 0;
    for place in PLACES {
        for mistake in MISTAKES {
            let (before, after) = place.split_once('@').unwrap();
            let indentation = &before[before.rfind('\n').map_or(0, |n| n + 1)..];
            let step = if indentation.contains('\t') { "\t" } else { "    " };
            let mistake = mistake.replace('\n', &format!("\n{indentation}")).replace('@', step);
            let text = format!("{before}{mistake}{after}");
            for diagnostic in parse(&text).diagnostics {
                let Some(fix) = &diagnostic.fix else { continue };
                fixes += 1;
                let fixed = apply(&text, fix);
                let codes =
                    |text: &str| parse(text).diagnostics.into_iter().map(|d| d.code).collect::<Vec<_>>();
                let (old, new) = (codes(&text), codes(&fixed));
                let mended = count(&new, diagnostic.code) < count(&old, diagnostic.code);
                // a statement at the margin is another mistake, which was hidden
                let counted = |c: &&&'static str| **c != "K017" && count(&new, c) > count(&old, c);
                let added: Vec<_> = new.iter().filter(counted).collect();
                assert!(
                    mended && added.is_empty(),
                    "{} {added:?}\n{text}\n----\n{fixed}",
                    diagnostic.message
                );
            }
        }
    }
    assert!(fixes > 150, "{fixes}");
}

/// However long a text of rubbish is, a hundred messages and one are made of it, and no more.
#[test]
fn a_hundred_are_told() {
    for lines in [500, 2_000] {
        for line in [
            "}{ ;; (( \n",
            "    x y\n\n",
            "foo\n",
            "while(\n",
            "def (\n",
            "move(1)\n",
            "elif x:\n",
            "if a and b:\n",
            "// x\nmove(\n",
            "\"\"\"\n",
        ] {
            let found = parse(&line.repeat(lines)).diagnostics;
            assert!(found.len() <= 101, "{line:?} {}", found.len());
            let edits: usize = found.iter().filter_map(|d| d.fix.as_ref()).map(|f| f.edits.len()).sum();
            assert!(edits <= 101 * lines, "{line:?} {edits}");
        }
    }
}
