use super::{ExampleNames, Surroundings, check as check_names};
use crate::ast::File;
use crate::cancel::{NEVER, times_asked};
use crate::diagnostic::Diagnostic;
use crate::fixture::render;
use crate::parse::parse;
use expect_test::{Expect, expect};

fn found(file: &File, text: &str, program: bool, others: &[&File]) -> Vec<Diagnostic> {
    let examples = ExampleNames::of(std::iter::once(file).chain(others.iter().copied()));
    check_names(file, text, Surroundings { program, examples: &examples }, NEVER).unwrap()
}

#[track_caller]
fn check(text: &str, expect: Expect) {
    let parse = parse(text);
    let found = self::found(&parse.file, text, true, &[]);
    expect.assert_eq(&render(text, &found));
}

#[test]
fn undefined() {
    check(
        "def main():\n    mov()\n    turnaround()\n    dance()\ndef turnAround(): turnLeft()\n",
        expect![[r#"
        K101 Error 2:5 "mov"
            There is no action or procedure 'mov'; did you mean 'move'?
          Change to 'move':
          | def main():
          |     move()
          |     turnaround()
          |     dance()
          | def turnAround(): turnLeft()
        K101 Error 3:5 "turnaround"
            There is no action or procedure 'turnaround'; did you mean 'turnAround'?
          Change to 'turnAround':
          | def main():
          |     mov()
          |     turnAround()
          |     dance()
          | def turnAround(): turnLeft()
        K101 Error 4:5 "dance"
            There is no action or procedure 'dance'; define it with 'def dance():'.
        K102 Warning (faded) 5:5 "turnAround"
            'turnAround' is never called.
    "#]],
    );
    check(
        "def main():\n    frontIsClear()\n",
        expect![[r#"
        K101 Error 2:5 "frontIsClear"
            'frontIsClear' is a condition and does nothing by itself; it belongs in an if or a while.
    "#]],
    );
}

#[test]
fn unused() {
    check(
        "def main(): f()\ndef f(): move()\ndef g(): h()\ndef h(): g()\n",
        expect![[r#"
        K102 Warning (faded) 3:5 "g"
            'g' is never called.
        K102 Warning (faded) 4:5 "h"
            'h' is never called.
    "#]],
    );
    // what the hole will call is open
    check("def main(): ...\ndef f(): move()\n", expect![""]);
    check("def f(): move()\n", expect![""]);
}

#[test]
fn duplicates_and_own_words() {
    check(
        "def main(): f()\ndef f(): move()\ndef f(): turnLeft()\ndef move(): turnLeft()\n",
        expect![[r#"
        K103 Error 3:5 "f"
            'f' is defined already; only the first definition is ever called.
            2:5 "f" 'f' is defined here first.
        K106 Error 4:5 "move"
            'move' is one of Karel's own words; a procedure needs another name.
    "#]],
    );
    let text =
        "def main(): move()\nexample \"a\":\n    input:\n        >\ntest \"a\":\n    input:\n        >\n";
    check(
        text,
        expect![[r#"
        K104 Warning 5:7 "a"
            Another example of this file is called "a" already.
            2:10 "a" "a" is used here first.
    "#]],
    );
}

#[test]
fn across_files() {
    let program = parse("def main(): move()\nexample \"a\":\n    input:\n        >\n");
    let text = "example \"a\":\n    input:\n        >\n";
    let grids = parse(text);
    let found = self::found(&grids.file, text, false, &[&program.file]);
    expect![[r#"
        K104 Warning 1:10 "a"
            An example of another file of this program is called "a" too.
    "#]]
    .assert_eq(&render(text, &found));
    let text = "def f(): move()\n";
    let program = parse(text);
    let found = self::found(&program.file, text, true, &[&grids.file]);
    expect![[r#"
        K105 Error 1:5 "f"
            The examples run 'main', and this file does not define it.
          Define 'main' with a hole:
          | def main():
          |     ...
          | 
          | def f(): move()
    "#]]
    .assert_eq(&render(text, &found));
}

#[test]
fn no_main() {
    check(
        "# x\n\nexample \"a\":\n    input:\n        >\n",
        expect![[r#"
        K105 Error 3:1 "example \"a\":"
            The examples run 'main', and this file does not define it.
          Define 'main' with a hole:
          | # x
          | 
          | def main():
          |     ...
          | 
          | example "a":
          |     input:
          |         >
    "#]],
    );
}

/// Twice the text is at most a little more than twice the work, whatever there is much of.
#[test]
fn cost_grows_with_the_text() {
    type Text = fn(usize) -> String;
    let kinds: [(&str, Text); 4] = [
        ("unused procedures", |n| (0..n).map(|n| format!("def p{n}(): move()\n")).collect()),
        ("unknown words", |n| {
            let words: String = (0..n).map(|n| format!("    word{n}()\n")).collect();
            format!("def main():\n{words}")
        }),
        ("unknown words among as many procedures", |n| {
            let calls: String = (0..n).map(|n| format!("    call{n}()\n")).collect();
            let procedures: String = (0..n).map(|n| format!("def proc{n}(): move()\n")).collect();
            format!("def main():\n{calls}{procedures}")
        }),
        ("examples of one name", |n| "example \"a\":\n    input:\n        >\n".repeat(n)),
    ];
    for (what, text) in kinds {
        let cost = |n: usize| {
            let text = text(n);
            let parse = parse(&text);
            let examples = ExampleNames::of([&parse.file]);
            let surroundings = Surroundings { program: true, examples: &examples };
            times_asked(|cancel| drop(check_names(&parse.file, &text, surroundings, cancel)))
        };
        let (once, twice) = (cost(400), cost(800));
        assert!(once >= 400 && 10 * twice <= 23 * once, "{what}: {once}, {twice}");
    }
}

#[test]
fn cancelled_names_are_given_up() {
    let text = "def main(): mov()\n";
    let examples = ExampleNames::default();
    let surroundings = Surroundings { program: true, examples: &examples };
    assert!(check_names(&parse(text).file, text, surroundings, &|| true).is_err());
}
