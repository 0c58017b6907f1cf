//! Tree → text in the paper's form (Figure 1): `while(frontIsClear()):`, four blanks a level, one statement a line.
//! For trees without comments; `format` keeps a file's own comments and blank lines.

use crate::ast::{
    Block, CellKind, Condition, ConditionKind, Count, CountKind, Procedure, Statement, StatementKind,
};

/// One level of indentation.
pub const INDENT: &str = "    ";

/// The procedures one below the other with a blank line between them; ends with a line end unless there is none.
pub fn print_program<'a>(procedures: impl IntoIterator<Item = &'a Procedure>) -> String {
    let texts: Vec<String> = procedures.into_iter().map(print_procedure).collect();
    texts.join("\n")
}

/// `def NAME():` and its body; ends with a line end.
pub fn print_procedure(procedure: &Procedure) -> String {
    let mut text = format!("def {}():\n", procedure.name.text);
    block(&procedure.body, 1, &mut text);
    text
}

/// The statements at `level` (0 is the margin); every line ends with a line end. What the tree knows only as an error
/// is printed as the hole `...`, and so is an empty block, so that the result is a program.
pub fn print_statements(statements: &[Statement], level: usize) -> String {
    let mut text = String::new();
    for statement in statements {
        if statement.is_broken() {
            line(level, "...", &mut text);
            continue;
        }
        print_statement(statement, level, &mut text);
    }
    text
}

/// The rows of a grid in canonical form: cells with blanks between them, columns aligned.
pub fn grid_rows<R: IntoIterator<Item = CellKind>>(rows: impl IntoIterator<Item = R>) -> Vec<String> {
    let row = |cells: R| cells.into_iter().map(|cell| cell.to_string()).collect();
    let rows: Vec<Vec<String>> = rows.into_iter().map(row).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let padded = |row: &Vec<String>| -> Vec<String> {
        row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect()
    };
    rows.iter().map(|row| padded(row).join(" ").trim_end().to_owned()).collect()
}

fn print_statement(statement: &Statement, level: usize, text: &mut String) {
    line(level, &head(&statement.kind), text);
    match &statement.kind {
        StatementKind::While { body, .. } | StatementKind::Repeat { body, .. } => {
            block(body, level + 1, text);
        }
        StatementKind::If { then, otherwise, .. } => {
            block(then, level + 1, text);
            if let Some(otherwise) = otherwise {
                line(level, "else:", text);
                block(&otherwise.body, level + 1, text);
            }
        }
        StatementKind::Action(_) | StatementKind::Call(_) | StatementKind::Hole | StatementKind::Error => {}
    }
}

fn block(block: &Block, level: usize, text: &mut String) {
    if block.statements.is_empty() {
        line(level, "...", text);
    }
    text.push_str(&print_statements(&block.statements, level));
}

fn line(level: usize, content: &str, text: &mut String) {
    text.push_str(&INDENT.repeat(level));
    text.push_str(content);
    text.push('\n');
}

/// The statement's own line: all of a simple statement, the header of a compound one with its colon.
pub fn head(kind: &StatementKind) -> String {
    match kind {
        StatementKind::Action(action) => format!("{}()", action.name()),
        StatementKind::Call(name) => format!("{}()", name.text),
        StatementKind::While { condition, .. } => format!("while({}):", print_condition(condition)),
        StatementKind::Repeat { count, .. } => format!("repeat({}):", print_count(*count)),
        StatementKind::If { condition, .. } => format!("if({}):", print_condition(condition)),
        StatementKind::Hole | StatementKind::Error => "...".to_owned(),
    }
}

/// `not(frontIsClear())`; a missing condition is printed as the hole `?`.
pub fn print_condition(condition: &Condition) -> String {
    match &condition.kind {
        ConditionKind::Test(test) => format!("{}()", test.name()),
        ConditionKind::Not(inner) => format!("not({})", print_condition(inner)),
        ConditionKind::Hole | ConditionKind::Missing => "?".to_owned(),
    }
}

/// The number; a missing count is printed as the hole `?`.
pub fn print_count(count: Count) -> String {
    match count.kind {
        CountKind::Number(number) => number.to_string(),
        CountKind::Hole | CountKind::Missing => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::ast::{Action, Test};
    use crate::build::{
        action, block, call, hole, if_else, if_then, not, procedure, repeat, test, while_loop,
    };
    use crate::print::{print_program, print_statements};
    use expect_test::expect;

    #[test]
    fn prints_the_papers_form() {
        let main = procedure(
            "main",
            vec![
                while_loop(
                    not(test(Test::MarkersPresent)),
                    vec![
                        if_else(
                            test(Test::FrontIsClear),
                            vec![action(Action::Move)],
                            vec![call("turnAround")],
                        ),
                        if_then(test(Test::LeftIsClear), vec![hole()]),
                    ],
                ),
                repeat(3, vec![action(Action::PutMarker)]),
            ],
        );
        let turn = procedure("turnAround", vec![repeat(2, vec![action(Action::TurnLeft)])]);
        expect![[r#"
            def main():
                while(not(markersPresent())):
                    if(frontIsClear()):
                        move()
                    else:
                        turnAround()
                    if(leftIsClear()):
                        ...
                repeat(3):
                    putMarker()

            def turnAround():
                repeat(2):
                    turnLeft()
        "#]]
        .assert_eq(&print_program([&main, &turn]));
    }

    #[test]
    fn an_empty_block_is_printed_as_a_hole() {
        let mut statement = repeat(3, vec![]);
        if let crate::ast::StatementKind::Repeat { body, .. } = &mut statement.kind {
            *body = block(vec![]);
        }
        assert_eq!(print_statements(&[statement], 1), "    repeat(3):\n        ...\n");
    }
}
