//! `trace:` sections.

use super::header::Parts;
use super::lower::{Lower, replace};
use super::node::{Kind, Node};
use crate::ast::{Action, Trace};
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use crate::spelling::closest;
use text_size::TextRange;

impl Lower<'_> {
    pub(crate) fn trace(&mut self, node: Node<'_>) -> Trace {
        let parts = Parts::of(node);
        let inferred = parts.inner.iter().find(|n| n.is(Kind::Question));
        let mut trace = Trace {
            range: TextRange::new(parts.keyword.start(), inferred.map_or(parts.keyword, |n| n.range).end()),
            inferred: inferred.is_some(),
            actions: vec![],
            valid: true,
        };
        self.section_colon(&parts, trace.range.end());
        let children = node.children();
        if let Some(colon) = children.iter().find(|n| n.is(Kind::Colon)) {
            trace.range = trace.range.cover(colon.range);
        }
        let mut punctuation: Vec<TextRange> = vec![];
        let words = children.iter().filter(|n| n.is(Kind::Actions)).flat_map(|n| n.children());
        for word in words {
            trace.range = trace.range.cover(word.range);
            let text = self.slice(word.range);
            if word.is(Kind::Identifier) {
                match Action::from_name(text) {
                    Some(action) => trace.actions.push((action, word.range)),
                    None => {
                        trace.valid = false;
                        self.unknown_action(word.range);
                    }
                }
            } else if text.bytes().all(|b| matches!(b, b'(' | b')' | b',' | b';' | b'.')) {
                punctuation.push(word.range);
            } else {
                trace.valid = false;
                let message = format!("'{}' isn't an action.", self.quote(word.range));
                self.error(&codes::UNEXPECTED_TEXT, word.range, message);
            }
        }
        if let Some(&first) = punctuation.first() {
            let edits =
                punctuation.into_iter().map(|range| Edit { range, insert: self.between(range) }).collect();
            let fix = Fix { title: "Leave only the actions".to_owned(), edits };
            let message =
                format!("'{}' doesn't belong in a trace: it is a list of plain words.", self.quote(first));
            self.slip(&codes::PLAIN_TRACE, first, message).fix = Some(fix);
        }
        trace
    }

    /// A blank where two words would become one.
    fn between(&self, range: TextRange) -> String {
        let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let before = self.text[..usize::from(range.start())].chars().next_back();
        let after = self.text[usize::from(range.end())..].chars().next();
        if blank(before) || blank(after) { String::new() } else { " ".to_owned() }
    }

    fn unknown_action(&mut self, range: TextRange) {
        let word = self.quote(range);
        match closest(self.slice(range), Action::ALL.map(Action::name)) {
            Some(meant) => {
                let message = format!("There is no action '{word}'; did you mean '{meant}'?");
                self.error(&codes::UNKNOWN_WORD, range, message).fix = Some(replace(range, meant));
            }
            None => {
                let message =
                    format!("There is no action '{word}'; a trace has the robot's five actions only.");
                self.error(&codes::UNKNOWN_WORD, range, message);
            }
        }
    }
}
