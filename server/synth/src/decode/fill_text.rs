//! From fills to text: what stands in each hole, and the whole program.

use dataset::compact::{self, EOP};
use syntax::TextRange;
use syntax::ast::{Block, Condition, ConditionKind, Procedure, Statement, StatementKind};
use syntax::lines::indentation;
use syntax::print::{print_condition, print_statements};

use crate::decode::template::{Fill, Prefix};

/// The text for each hole. Holes that `main` never comes to keep the text they have in `text`.
pub fn texts(prefix: &Prefix, text: &str, holes: &[TextRange]) -> Vec<String> {
    let own =
        |range: TextRange| text.get(std::ops::Range::<usize>::from(range)).unwrap_or_default().to_owned();
    holes
        .iter()
        .zip(&prefix.fills)
        .map(|(&range, fill)| match fill {
            None => own(range),
            Some(Fill::Condition(check)) => print_condition(&compact::condition(*check)),
            Some(Fill::Count(count)) => count.to_string(),
            Some(Fill::Statements { from, to, .. }) => {
                let mut tokens = prefix.tokens[*from..*to].to_vec();
                tokens.push(EOP);
                match compact::to_statements(&tokens) {
                    Ok(statements) => print_statements(&statements, 0).trim_end().to_owned(),
                    Err(_) => own(range),
                }
            }
        })
        .collect()
}

/// The program with the texts in its holes, formatted. `text` is in canonical form.
pub fn program(text: &str, holes: &[TextRange], fills: &[String]) -> String {
    let mut result = text.to_owned();
    for (range, fill) in holes.iter().zip(fills).rev() {
        let margin = format!("\n{}", indentation(text, range.start()));
        let fill = fill.split('\n').collect::<Vec<_>>().join(&margin);
        result.replace_range(std::ops::Range::<usize>::from(*range), &fill);
    }
    let parsed = syntax::parse(&result);
    syntax::format::format(&parsed, &result).unwrap_or(result)
}

/// Dataset tokens of a program; what the dialect has no tokens for (calls, holes) counts as one, each procedure
/// after the first as much as the first.
pub fn length<'a>(procedures: impl IntoIterator<Item = &'a Procedure>) -> usize {
    // DEF run m( m)
    procedures.into_iter().map(|p| 4 + block(&p.body)).sum()
}

fn block(block: &Block) -> usize {
    block.statements.iter().map(statement).sum()
}

fn statement(statement: &Statement) -> usize {
    match &statement.kind {
        StatementKind::Action(_) | StatementKind::Call(_) | StatementKind::Hole | StatementKind::Error => 1,
        // WHILE w( w)
        StatementKind::While { condition, body } => 3 + self::condition(condition) + block(body),
        // REPEAT R=n r( r)
        StatementKind::Repeat { body, .. } => 4 + block(body),
        // IF i( i)
        StatementKind::If { condition, then, otherwise: None } => {
            3 + self::condition(condition) + block(then)
        }
        // IFELSE i( i) ELSE e( e)
        StatementKind::If { condition, then, otherwise: Some(otherwise) } => {
            6 + self::condition(condition) + block(then) + block(&otherwise.body)
        }
    }
}

/// `c( … c)`, and as much with the word `not` around it.
fn condition(condition: &Condition) -> usize {
    match &condition.kind {
        ConditionKind::Not(inner) => 3 + self::condition(inner),
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_the_datasets() {
        for tokens in [
            "DEF run m( move m)",
            "DEF run m( REPEAT R=4 r( turnLeft r) WHILE c( not c( frontIsClear c) c) w( move w) m)",
            "DEF run m( IFELSE c( markersPresent c) i( pickMarker i) ELSE e( IF c( leftIsClear c) i( move i) e) m)",
        ] {
            let program = syntax::tokens::parse_tokens(tokens).unwrap();
            assert_eq!(length([&program]), tokens.split(' ').count(), "{tokens}");
        }
    }
}
