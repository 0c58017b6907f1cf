//! Example blocks and their grids.

use super::check;
use expect_test::expect;

#[test]
fn ragged() {
    check(
        r#"example "a":
    input:
        . . >
        . .
        . . .
        . . . .
"#,
        expect![[r#"
            K031 4:9+3 This row has 2 cells, and others in the grid have 3.
              ". . >" A row of 3.
            K031 6:9+7 This row has 4 cells, and others in the grid have 3.
              ". . >" A row of 3.
        "#]],
    );
}

#[test]
fn joined() {
    check(
        r#"example "a":
    input:
        ..>3.#
        .....
"#,
        expect![[r#"
            K034 3:9+6 Cells must have blanks between them.
              fix: Insert blanks between the cells
            ----
            example "a":
                input:
                    . . >3 . #
                    . . . . .
        "#]],
    );
}

#[test]
fn two_robots() {
    check(
        r#"example "a":
    input:
        . > .
        v . .
"#,
        expect![[r#"
            K033 4:9+1 A grid has one robot only, and this is another one.
              ">" The first one is here.
        "#]],
    );
}

#[test]
fn no_robot() {
    check(
        r#"example "a":
    input:
        . . .
"#,
        expect![[r#"
            K032 2:5+5 There is no robot in this grid: put ^ > v or < into one cell.
        "#]],
    );
}

#[test]
fn unknown_cells() {
    check(
        r#"example "a":
    input:
        . x >
        0 . V0
        . . .
        # a comment
"#,
        expect![[r#"
            K034 3:11+1 'x' isn't a cell: those are . # 1 to 9 and the robot ^ > v <
            K034 4:9+6 '0' isn't a cell: those are . # 1 to 9 and the robot ^ > v <
            K034 6:11+9 A grid has no comments, a '#' in it is a wall; move this line out of the grid.
        "#]],
    );
}

#[test]
fn markers() {
    check(
        r#"example "a":
    input:
        . 12 >
        10 . .
        . >12 .
"#,
        expect![[r#"
            K035 3:11+2 A cell holds at most 9 markers, not 12.
            K035 4:9+2 A cell holds at most 9 markers, not 10.
            K035 5:11+3 A cell holds at most 9 markers, not 12.
        "#]],
    );
}

#[test]
fn unicode_arrows() {
    check(
        r#"example "a":
    input:
        . . ↑
    output:
        . . ←3
"#,
        expect![[r#""#]],
    );
}

#[test]
fn too_large() {
    let wide = format!("example \"a\":\n    input:\n        > {}.\n", ". ".repeat(99));
    check(
        &wide,
        expect![[r#"
        K036 3:209+1 This row has 101 columns; at most 100 are possible.
    "#]],
    );
    let tall = format!("example \"a\":\n    input:\n        >\n{}", "        .\n".repeat(100));
    check(
        &tall,
        expect![[r#"
        K036 103:9+1 This grid has 101 rows; at most 100 are possible.
    "#]],
    );
}

#[test]
fn no_rows() {
    check(
        r#"example "a":
    input:
    output:
        >
"#,
        expect![[r#"
            K030 2:5+6 This 'input:' needs the rows of a grid on the lines below it.
        "#]],
    );
}

#[test]
fn row_on_the_line() {
    check(
        r#"example "a":
    input: > . .
        . . .
    output: . . >
"#,
        expect![[r#"
            K037 2:12+5 The first row of the grid stands on the line below 'input:'.
              fix: Put the row on its own line
            K037 4:13+5 The first row of the grid stands on the line below 'output:'.
              fix: Put the row on its own line
            ----
            example "a":
                input:
                    > . .
                    . . .
                output:
                    . . >
        "#]],
    );
}

#[test]
fn rows_not_indented() {
    check(
        r#"example "a":
    input:
    > . .
    . . #
    output:
    . . >
    # . .
"#,
        expect![[r#"
            K006 3:5+5 The body of this 'input' must be indented.
              fix: Indent the body of 'input'
            K006 6:5+5 The body of this 'output' must be indented.
              fix: Indent the body of 'output'
            ----
            example "a":
                input:
                    > . .
                    . . #
                output:
                    . . >
                    # . .
        "#]],
    );
}

#[test]
fn nothing_indented() {
    check(
        r#"example "a":
input:
> . .
. . #
output:
. . >
# . .
trace: move
def main():
    move()
"#,
        expect![[r#"
            K006 2:1+6 The body of this 'example' must be indented.
              fix: Indent the body of 'example'
            K006 3:1+5 The body of this 'input' must be indented.
              fix: Indent the body of 'input'
            K006 6:1+5 The body of this 'output' must be indented.
              fix: Indent the body of 'output'
            ----
            example "a":
                input:
                    > . .
                    . . #
                output:
                    . . >
                    # . .
                trace: move
            def main():
                move()
        "#]],
    );
}

#[test]
fn sections() {
    check(
        r#"example "a":
    inptu:
        >
    output:
        >
    output:
        >
    foo:
        bar baz
    trace: mov turnleft, move() dance; move
"#,
        expect![[r#"
            K024 2:5+5 Unknown section 'inptu'; did you mean 'input'?
              fix: Change to 'input'
            K023 6:5+6 This example has its 'output:' already.
              "output" It is given here first.
            K024 8:5+3 Unknown section 'foo'; an example has 'input:', 'output:' and 'trace:'.
            K010 10:12+3 There is no action 'mov'; did you mean 'move'?
              fix: Change to 'move'
            K010 10:16+8 There is no action 'turnleft'; did you mean 'turnLeft'?
              fix: Change to 'turnLeft'
            K027 10:24+1 ',' doesn't belong in a trace: it is a list of plain words.
              fix: Leave only the actions
            K010 10:33+5 There is no action 'dance'; a trace has the robot's five actions only.
            ----
            example "a":
                input:
                    >
                output:
                    >
                output:
                    >
                foo:
                    bar baz
                trace: move turnLeft move dance move
        "#]],
    );
}

#[test]
fn stray_sections() {
    check(
        r#"input:
    > .
output:
    . >
def main():
    move()
    input:
        >
"#,
        expect![[r#"
            K025 1:1+5 'input:' belongs in an example, below a line like: example "name":
            K025 7:5+5 'input:' belongs in an example, below a line like: example "name":
        "#]],
    );
}

#[test]
fn missing_input() {
    check(
        r#"example "a":
    output:
        >

example "b":

example "c":
    . >
    . .
    output:
        > .
        . .
"#,
        expect![[r#"
            K022 1:1+12 This 'example' needs an 'input:' with a grid below it.
            K022 5:1+12 This 'example' needs an 'input:' with a grid below it.
            K022 8:5+3 Above these rows, 'input:' is missing.
              fix: Insert 'input:'
            ----
            example "a":
                output:
                    >

            example "b":

            example "c":
                input:
                    . >
                    . .
                output:
                    > .
                    . .
        "#]],
    );
}

#[test]
fn headers() {
    check(
        r#"example:
    input:
        >
example short row:
    input:
        >
example "open:
    input:
        >
example 'x':
    input:
        >
example "a" crashes
    input:
        >
    output:
        >
test "b" 3:
    input:
        >
"#,
        expect![[r#"
            K020 1:1+7 This 'example' needs a name in quotes, such as: example "name"
            K020 4:9+9 'short row' must stand in double quotes.
              fix: Change to "short row"
            K021 7:9+1 The closing '"' of this text is missing.
              fix: Insert '"'
            K020 10:9+3 ''x'' must stand in double quotes.
              fix: Change to "x"
            K001 13:19+1 A ':' is missing at the end of this 'example'.
              fix: Insert ':'
            K026 16:5+6 This 'example' is expected to crash, and then there is no output.
              "crashes" It is marked 'crashes' here.
              fix: Remove the output
            K015 18:10+1 '3' isn't understood here.
            ----
            example:
                input:
                    >
            example "short row":
                input:
                    >
            example "open":
                input:
                    >
            example "x":
                input:
                    >
            example "a" crashes:
                input:
                    >
            test "b" 3:
                input:
                    >
        "#]],
    );
}

#[test]
fn includes() {
    check(
        r#"examples
examples foo.kgrid
examples "foo.kgrid
examples "a.kgrid"
"#,
        expect![[r#"
            K020 1:1+8 This 'examples' needs the path of an example file in quotes, such as: examples "name"
            K020 2:10+9 'foo.kgrid' must stand in double quotes.
              fix: Change to "foo.kgrid"
            K021 3:10+1 The closing '"' of this text is missing.
              fix: Insert '"'
            ----
            examples
            examples "foo.kgrid"
            examples "foo.kgrid"
            examples "a.kgrid"
        "#]],
    );
}

#[test]
fn uneven_rows() {
    check(
        r#"example "a":
    input:
        > .
         . .
       . .
    output:
        > .
        . .
        . .
"#,
        expect![[r#"
            K007 4:1+9 This line is indented too far: it begins in column 10, but the first row begins in column 9.
              fix: Indent to column 9
            K007 5:1+7 This line is indented not far enough: it begins in column 8, but the first row begins in column 9.
              fix: Indent to column 9
            ----
            example "a":
                input:
                    > .
                    . .
                    . .
                output:
                    > .
                    . .
                    . .
        "#]],
    );
}

#[test]
fn section_columns() {
    check(
        r#"example "a":
    input:
        >
      output:
        >
"#,
        expect![[r#"
            K007 4:1+6 This line is indented too far: it begins in column 7, but the line above begins in column 5.
              fix: Indent to column 5
            ----
            example "a":
                input:
                    >
                output:
                  >
        "#]],
    );
}

#[test]
fn stray_rows() {
    check(
        r#"example "a":
    input:
        >
    . . .
    . . .
"#,
        expect![[r#"
            K015 4:5+5 This line belongs to no section of the example: is it not indented far enough?
        "#]],
    );
}

#[test]
fn traces() {
    check(
        r#"example "a":
    input:
        >
    trace?: move
        turnLeft move # comment
        turnRight
test "b":
    input:
        >
    trace
"#,
        expect![[r#"
            K001 10:9+1 A ':' is missing after 'trace'.
              fix: Insert ':'
            ----
            example "a":
                input:
                    >
                trace?: move
                    turnLeft move # comment
                    turnRight
            test "b":
                input:
                    >
                trace:
        "#]],
    );
}
