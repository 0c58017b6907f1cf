//! Signature help.

use crate::analysis::Analysis;
use crate::words::help;
use std::ops::Range;
use syntax::ast::{Action, Test};
use syntax::leaves::leaves;
use syntax::{TextRange, TextSize, lines};

/// What the parentheses at the cursor take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// `repeat(count)`
    pub label: String,
    /// The parameter within the label, in bytes (the label is ASCII but for the name of a procedure); none where
    /// nothing may stand in the parentheses.
    pub parameter: Option<Range<usize>>,
    /// Markdown.
    pub documentation: String,
}

/// The characters after which an editor asks for [`signature_help`] by itself.
pub const SIGNATURE_TRIGGERS: [&str; 1] = ["("];

/// Feature: **Signature help**
///
/// Within the parentheses of `while`, `if`, `not` and `repeat`: what stands there. Of actions and procedures: that
/// nothing does, and what they do.
pub fn signature_help(analysis: &Analysis, uri: &str, offset: TextSize) -> Option<Signature> {
    let source = analysis.source(uri)?;
    let offset = lines::clamped(&source.text, offset);
    let start = lines::line_start(&source.text, offset);
    if leaves(&source.parse.tree)
        .iter()
        .any(|l| l.kind == "comment" && l.range.start() < offset && offset <= l.range.end())
    {
        return None;
    }
    let before = source.slice(TextRange::new(start, offset));
    let open = open_parenthesis(before)?;
    let name = before[..open].trim_end();
    let word = &name[name.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len()..];
    let conditions = || Test::ALL.map(|test| format!("`{}()`", test.name())).join(", ");
    let (parameter, documentation) = match word {
        "while" | "if" => {
            ("condition", format!("{}\n\nConditions: {}, `not(condition)`.", help(word)?, conditions()))
        }
        "not" => ("condition", format!("{}\n\nConditions: {}.", help(word)?, conditions())),
        "repeat" => ("count", format!("{} `?` is a hole.", help(word)?)),
        _ if Action::from_name(word).is_some() || Test::from_name(word).is_some() => {
            ("", help(word)?.to_owned())
        }
        _ => {
            analysis.procedure(word)?;
            ("", "A procedure of this program.".to_owned())
        }
    };
    let label = format!("{word}({parameter})");
    let inside = word.len() + 1..label.len() - 1;
    Some(Signature { label, parameter: (!parameter.is_empty()).then_some(inside), documentation })
}

/// The innermost `(` that is still open at the end of the text.
fn open_parenthesis(text: &str) -> Option<usize> {
    let mut closed = 0;
    for (at, c) in text.char_indices().rev() {
        match c {
            ')' => closed += 1,
            '(' if closed == 0 => return Some(at),
            '(' => closed -= 1,
            ':' | ';' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::signature_help;
    use crate::fixture::fixture;

    fn check(text: &str) -> Option<String> {
        let f = fixture(text);
        signature_help(&f.analysis, &f.uri, f.offset()).map(|signature| {
            let parameter =
                signature.parameter.map_or(String::new(), |range| signature.label[range].to_owned());
            format!("{} [{parameter}]", signature.label)
        })
    }

    #[test]
    fn signatures() {
        assert_eq!(check("def main():\n    repeat($0").as_deref(), Some("repeat(count) [count]"));
        assert_eq!(check("def main():\n    while(not(fr$0").as_deref(), Some("not(condition) [condition]"));
        assert_eq!(
            check("def main():\n    while(frontIsClear()$0").as_deref(),
            Some("while(condition) [condition]")
        );
        assert_eq!(check("def main():\n    move($0)").as_deref(), Some("move() []"));
        assert_eq!(check("def f(): move()\ndef main():\n    f($0)").as_deref(), Some("f() []"));
        assert_eq!(check("def main():\n    g($0)"), None);
        assert_eq!(check("def main():\n    move() # if($0"), None);
        assert_eq!(check("def main():\n    if(markersPresent()): $0"), None);
    }
}
