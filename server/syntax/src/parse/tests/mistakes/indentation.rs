//! Lines that are indented otherwise than their place in the program.

use crate::parse::parse;
use crate::parse::tests::check;
use expect_test::expect;

#[test]
fn no_indent() {
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
fn over_indent() {
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
fn bad_dedent() {
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

/// Where the columns differ too it isn't clear what was meant: nothing is fixed, and nothing concluded.
#[test]
fn tabs_and_blanks_in_other_columns() {
    for body in ["    move()\n\t\tturnLeft()", "\tmove()\n        turnLeft()"] {
        let found = parse(&format!("def main():\n{body}\n")).diagnostics;
        assert_eq!(found.len(), 1, "{body:?}: {found:?}");
        assert_eq!((found[0].code, &found[0].fix, found[0].slip), ("K009", &None, false), "{body:?}");
    }
    for body in ["    move()\n\tturnLeft()", "\tmove()\n    turnLeft()", "\tmove()\n  \tturnLeft()"] {
        let found = parse(&format!("def main():\n{body}\n")).diagnostics;
        assert_eq!(found.len(), 1, "{body:?}: {found:?}");
        assert!(found[0].code == "K009" && found[0].fix.is_some() && found[0].slip, "{body:?}");
    }
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
fn too_deep() {
    let text = format!("def main():\n    {}move()\n    turnLeft(\n", "repeat(2): ".repeat(120));
    let found: Vec<_> = parse(&text).diagnostics.into_iter().map(|d| (d.code, d.message)).collect();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].0, "K040");
    assert_eq!(found[0].1, "This is nested more than 100 deep; move some of it to a procedure.");
    assert_eq!(found[1].0, "K003");
}
