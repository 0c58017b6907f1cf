//! Semantic tokens.

use crate::analysis::Analysis;
use syntax::TextRange;
use syntax::ast::{Action, Test};
use syntax::leaves::{Leaf, leaves};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word of the language, such as `while` or `input`.
    Keyword,
    /// `move`, `turnLeft`, …
    Action,
    /// `frontIsClear`, …
    Condition,
    /// The name of a procedure of the file.
    Procedure,
    /// The name of an example, a path.
    String,
    /// A count.
    Number,
    Comment,
    /// `...`, `?`
    Hole,
    /// `#` in a grid.
    Wall,
    /// `1` to `9` in a grid.
    Marker,
    /// The robot, with the markers under it.
    Robot,
}

/// Feature: **Semantic tokens**
///
/// Distinguishes actions, conditions and the author's own procedures, and walls, markers and the robot in a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The token's text, which lies on one line.
    pub range: TextRange,
    pub kind: TokenKind,
    /// Whether the name is defined here.
    pub definition: bool,
}

/// The tokens of the file, or of those lines of it that touch `range`; in source order, disjoint.
pub fn semantic_tokens(analysis: &Analysis, uri: &str, range: Option<TextRange>) -> Vec<Token> {
    let Some(source) = analysis.source(uri) else { return Vec::new() };
    let wanted = |leaf: &Leaf<'_>| range.is_none_or(|range| range.intersect(leaf.range).is_some());
    let known = |name: &str| analysis.procedure(name).is_some();
    let token = |leaf: Leaf<'_>| {
        let kind = kind(leaf, source.slice(leaf.range), &known)?;
        let definition = leaf.parent == "procedure" && kind == TokenKind::Procedure;
        Some(Token { range: leaf.range, kind, definition })
    };
    leaves(&source.parse.tree).into_iter().filter(wanted).filter_map(token).collect()
}

fn kind(leaf: Leaf<'_>, text: &str, known: &dyn Fn(&str) -> bool) -> Option<TokenKind> {
    Some(match leaf.kind {
        "comment" => TokenKind::Comment,
        "string" => TokenKind::String,
        "number" => TokenKind::Number,
        "hole" => TokenKind::Hole,
        "wall" => TokenKind::Wall,
        "markers" => TokenKind::Marker,
        "robot" => TokenKind::Robot,
        "identifier" if leaf.parent == "unquoted" => TokenKind::String,
        "identifier" if leaf.parent == "procedure" => TokenKind::Procedure,
        "identifier" if Action::from_name(text).is_some() => TokenKind::Action,
        "identifier" if Test::from_name(text).is_some() => TokenKind::Condition,
        "identifier" if known(text) => TokenKind::Procedure,
        "def" | "while" | "repeat" | "if" | "else" | "not" | "example" | "test" | "examples" | "crashes"
        | "input" | "output" | "trace" => TokenKind::Keyword,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::semantic_tokens;
    use crate::fixture::fixture;
    use expect_test::expect;

    #[test]
    fn tokens() {
        let f = fixture(
            r#"# go
def main():
    while(not(frontIsClear())): around(); nothing()
    repeat(?): ...
def around(): turnLeft()
example "a" crashes:
    input:
        . # >3 2
    trace?: move
"#,
        );
        let tokens = semantic_tokens(&f.analysis, &f.uri, None);
        let shown: Vec<String> = tokens
            .iter()
            .map(|t| {
                let mark = if t.definition { " (definition)" } else { "" };
                format!("{:?} {}{mark}", t.kind, f.source(&f.uri).slice(t.range))
            })
            .collect();
        expect![[r#"
            Comment # go
            Keyword def
            Procedure main (definition)
            Keyword while
            Keyword not
            Condition frontIsClear
            Procedure around
            Keyword repeat
            Hole ?
            Hole ...
            Keyword def
            Procedure around (definition)
            Action turnLeft
            Keyword example
            String "a"
            Keyword crashes
            Keyword input
            Wall #
            Robot >3
            Marker 2
            Keyword trace
            Action move"#]]
        .assert_eq(&shown.join("\n"));
        let part = semantic_tokens(&f.analysis, &f.uri, Some(tokens[3].range));
        assert_eq!(part, tokens[3..4]);
    }
}
