use super::{format, format_range, format_unless};
use crate::arbitrary;
use crate::ast::{Action, CellKind, Example, File, Grid, Item};
use crate::cancel::{NEVER, times_asked};
use crate::parse::parse;
use crate::shape::same_statements;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use text_size::{TextRange, TextSize};

#[track_caller]
fn check(text: &str, expect: Expect) {
    let formatted = format(&parse(text), text).unwrap_or_else(|| panic!("{:#?}", parse(text).diagnostics));
    expect.assert_eq(&formatted);
    assert_eq!(
        format(&parse(&formatted), &formatted).as_deref(),
        Some(formatted.as_str()),
        "formatted twice"
    );
}

#[test]
fn the_papers_form() {
    check(
        "def main( ) :\n  while frontIsClear():\n    if (not markersPresent()): putMarker(); move()\n    else :\n\n\n      \
         move() ;\n\n\n  repeat 3: turnLeft( )\n",
        expect![[r#"
            def main():
                while(frontIsClear()):
                    if(not(markersPresent())):
                        putMarker()
                        move()
                    else:
                        move()

                repeat(3):
                    turnLeft()
        "#]],
    );
}

#[test]
fn comments_stay_where_they_belong() {
    check(
        "#top\n\n# of main\ndef main():  # here\n   # first\n   if(markersPresent()): # why\n      move() # a\n      # in \
         the block\n   # before else\n   else:\n      # only\n      turnLeft(); move() # b\n\n      # still inside\n   # \
         after\n# of f\ndef f(): move() # c\n  # in f\n\n\n\n# end",
        expect![[r#"
            #top

            # of main
            def main():  # here
                # first
                if(markersPresent()):  # why
                    move()  # a
                    # in the block
                # before else
                else:
                    # only
                    turnLeft()
                    move()  # b

                # still inside
                # after

            # of f
            def f():
                move()  # c

            # in f

            # end
        "#]],
    );
}

#[test]
fn examples_and_grids() {
    check(
        "def main(): ...\nexamples \"a.kgrid\"\n\nexamples \"b.kgrid\"\nexample  \"one\" :\n  input:\n    1 .   #\n    . \
         ↑3 .\n  # between\n  output:\n    . .   #\n    . ^   .\n\n  trace:  move   move # t\ntest \"two\"   crashes:\n  \
         input:\n    >\n",
        expect![[r#"
            def main():
                ...

            examples "a.kgrid"

            examples "b.kgrid"

            example "one":
                input:
                    1 .  #
                    . ^3 .
                # between
                output:
                    . . #
                    . ^ .
                trace: move move  # t

            test "two" crashes:
                input:
                    >
        "#]],
    );
}

#[test]
fn long_traces_are_wrapped() {
    let text = format!("example \"long\":\n    input:\n        >\n    trace: {}\n", "turnLeft ".repeat(24));
    check(
        &text,
        expect![[r#"
        example "long":
            input:
                >
            trace:
                turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft
                turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft turnLeft
                turnLeft turnLeft turnLeft turnLeft
    "#]],
    );
}

#[test]
fn line_ends_stay() {
    let text = "def main():\r\n  move()\r\n\r\n\r\n  move()";
    assert_eq!(format(&parse(text), text).unwrap(), "def main():\r\n    move()\r\n\r\n    move()\r\n");
    assert_eq!(format(&parse(""), "").unwrap(), "");
}

#[test]
fn refuses_syntax_errors_only() {
    let text = "def main()\n  move()\n";
    assert_eq!(format(&parse(text), text), None);
    let text = "def main():\n  dance()\n";
    assert!(format(&parse(text), text).is_some());
}

#[test]
fn ranges_snap_to_statements() {
    let check = |text: &str| {
        let start = text.find('[').unwrap();
        let end = text.find(']').unwrap() - 1;
        let text = text.replace(['[', ']'], "");
        let range = TextRange::new(TextSize::new(start as u32), TextSize::new(end as u32));
        let edit = format_range(&parse(&text), &text, range, NEVER).unwrap()?;
        let mut after = text.clone();
        after.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
        Some(after)
    };
    let statements = "def main():\n  move( )\n  if [markersPresent(): pickMarker( ) # p\n  mo]ve( ); turnLeft( )\n  move( )\n";
    expect![[r#"
        def main():
          move( )
          if(markersPresent()):
            pickMarker()  # p
          move()
          turnLeft()
          move( )
    "#]]
    .assert_eq(&check(statements).unwrap());
    expect![[r#"
        def main():
          while frontIsClear():
            move()
            move( )
    "#]]
    .assert_eq(&check("def main():\n  while frontIsClear():\n    mo[]ve( )\n    move( )\n").unwrap());
    expect![[r#"
        def main():
          move()

        def f():
          move()
    "#]]
    .assert_eq(&check("def main():\n  [move( )\ndef] f(): move( )\n").unwrap());
    expect![[r#"
        def main( ): move( )

        example "a":
          input:
            .  .
            >3 .
    "#]]
    .assert_eq(&check("def main( ): move( )\n\nexample \"a\":\n  input:\n    . [.]\n    >3 .\n").unwrap());
    assert_eq!(check("[]\n\n\ndef main(): move()\n"), None);
}

fn same_files(a: &File, b: &File) -> bool {
    a.items.len() == b.items.len() && a.items.iter().zip(&b.items).all(|(a, b)| same_items(a, b))
}

fn same_items(a: &Item, b: &Item) -> bool {
    match (a, b) {
        (Item::Procedure(a), Item::Procedure(b)) => {
            a.name.text == b.name.text && same_statements(&a.body.statements, &b.body.statements)
        }
        (Item::Example(a), Item::Example(b)) => example(a) == example(b),
        (Item::Include(a), Item::Include(b)) => a.path.text == b.path.text,
        _ => false,
    }
}

type Cells = Option<Vec<Vec<CellKind>>>;

type Actions = Option<(bool, Vec<Action>)>;

fn example(e: &Example) -> (String, bool, Cells, Cells, Actions) {
    let cells = |grid: &Option<Grid>| {
        grid.as_ref()
            .map(|g| g.rows.iter().map(|row| row.cells.iter().map(|cell| cell.kind).collect()).collect())
    };
    let trace = e.trace.as_ref().map(|t| (t.inferred, t.actions.iter().map(|(action, _)| *action).collect()));
    (format!("{:?} {}", e.kind, e.name.text), e.crashes.is_some(), cells(&e.input), cells(&e.output), trace)
}

fn comments(file: &File) -> Vec<String> {
    file.comments.iter().map(|c| c.text.trim_end().to_owned()).collect()
}

proptest! {
    #[test]
    fn keeps_meaning_and_comments_and_is_stable(text in arbitrary::untidy_file()) {
        let before = parse(&text);
        prop_assert!(before.diagnostics.is_empty(), "{}\n{:#?}", text, before.diagnostics);
        let formatted = format(&before, &text);
        prop_assert!(formatted.is_some(), "{}", text);
        let formatted = formatted.unwrap_or_default();
        let after = parse(&formatted);
        prop_assert!(after.diagnostics.is_empty(), "{}\n{:#?}", formatted, after.diagnostics);
        prop_assert!(same_files(&before.file, &after.file), "{}\n----\n{}", text, formatted);
        prop_assert_eq!(comments(&before.file), comments(&after.file));
        prop_assert_eq!(format(&after, &formatted).unwrap(), formatted);
    }

    #[test]
    fn a_range_keeps_meaning_and_comments(text in arbitrary::untidy_file(), a in any::<u32>(), b in any::<u32>()) {
        let size = u32::try_from(text.len()).unwrap() + 1;
        let (a, b) = (a % size, b % size);
        let range = TextRange::new(a.min(b).into(), a.max(b).into());
        let before = parse(&text);
        if let Some(edit) = format_range(&before, &text, range, NEVER).unwrap() {
            let mut formatted = text.clone();
            formatted.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
            let after = parse(&formatted);
            prop_assert!(after.diagnostics.is_empty(), "{}\n{:#?}", formatted, after.diagnostics);
            prop_assert!(same_files(&before.file, &after.file), "{}\n----\n{}", text, formatted);
            prop_assert_eq!(comments(&before.file), comments(&after.file));
        }
    }

    #[test]
    fn any_text_is_survived(text in arbitrary::untidy_file(), at in any::<prop::sample::Index>(), junk in ".{0,6}") {
        let mut cut: Vec<char> = text.chars().collect();
        let at = at.index(cut.len());
        cut.splice(at..(at + 3).min(cut.len()), junk.chars());
        let broken: String = cut.into_iter().collect();
        let parsed = parse(&broken);
        let _ = format_range(&parsed, &broken, TextRange::up_to(TextSize::of(&*broken)), NEVER);
        let formatted = format(&parsed, &broken);
        // Else the tree lacks something that the parser has not reported.
        prop_assert!(formatted.is_some() || !parsed.diagnostics.is_empty(), "{}", broken);
        if let Some(formatted) = formatted {
            let again = parse(&formatted);
            prop_assert_eq!(format(&again, &formatted), Some(formatted), "{}", broken);
            prop_assert_eq!(comments(&parsed.file), comments(&again.file));
        }
    }
}

#[test]
fn cost_grows_with_the_text_and_can_be_cancelled() {
    let statements = |n: usize| format!("def main():\n{}", "  move( )  # on\n".repeat(n));
    let examples = |n: usize| "example \"a\":\n  input:\n    > . 1\n  trace: move\n".repeat(n);
    let texts: [&dyn Fn(usize) -> String; 2] = [&statements, &examples];
    for text in texts {
        let cost = |n: usize| {
            let text = text(n);
            let parsed = parse(&text);
            times_asked(|cancel| assert!(format_unless(&parsed, &text, cancel).unwrap().is_some()))
        };
        let (once, twice) = (cost(300), cost(600));
        assert!(once >= 900 && 10 * twice <= 23 * once, "{once}, {twice}");
        let text = text(3);
        assert!(format_unless(&parse(&text), &text, &|| true).is_err());
    }
}
