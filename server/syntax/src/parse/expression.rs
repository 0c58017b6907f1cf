//! Conditions, counts and parentheses.

use super::lower::{Lower, insert, replace};
use super::node::{Kind, Node};
use super::statement::call_parts;
use crate::ast::{Action, Condition, ConditionKind, Count, CountKind, Test};
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use crate::spelling::closest;
use text_size::{TextRange, TextSize};

/// The most rounds of a `repeat`.
const MOST: u8 = 19;

/// What stands between parentheses.
struct Inside<'t> {
    first: Option<Node<'t>>,
    /// What is there besides.
    rest: Option<TextRange>,
    closed: bool,
}

impl<'t> Inside<'t> {
    fn of(node: Node<'t>) -> Self {
        let children = node.children();
        let closed = children.last().is_some_and(|n| n.is(Kind::Closing));
        let content: Vec<_> =
            children.into_iter().filter(|n| !n.is(Kind::Opening) && !n.is(Kind::Closing)).collect();
        let first = content.first().copied().filter(|n| n.is_expression());
        let rest = &content[usize::from(first.is_some())..];
        let rest = rest.first().zip(rest.last()).map(|(a, b)| TextRange::new(a.start(), b.end()));
        Inside { first, rest, closed }
    }
}

/// Whether the parenthesis that a text begins with is closed on its line.
fn is_closed(text: &str) -> bool {
    let mut open = 0_usize;
    let line = text.split(['\n', '\r']).next().unwrap_or("");
    line.bytes().any(|byte| {
        match byte {
            b'(' => open += 1,
            b')' => open = open.saturating_sub(1),
            _ => {}
        }
        byte == b')' && open == 0
    })
}

impl Lower<'_> {
    /// The condition of a `while`, an `if` or a `not`.
    pub(crate) fn condition(&mut self, word: &str, keyword: TextRange, node: Option<Node<'_>>) -> Condition {
        let Some(node) = node else {
            let fix = insert(keyword.end(), "(?)", "Insert a hole '(?)'".to_owned());
            let message = format!("This '{word}' needs a condition, such as frontIsClear().");
            self.error(&codes::MISSING_CONDITION, keyword, message).fix = Some(fix);
            return Condition { range: TextRange::empty(keyword.end()), kind: ConditionKind::Missing };
        };
        match node.kind {
            Kind::Parenthesized | Kind::Arguments => {
                let inner = self.parentheses(node, &format!("'{word}'"), &codes::MISSING_CONDITION);
                let missing = Condition { range: node.range, kind: ConditionKind::Missing };
                let Some(inner) = inner else { return missing };
                self.deeper(node.range, |lower| lower.condition(word, keyword, Some(inner)))
                    .unwrap_or(missing)
            }
            Kind::Not => {
                let children = node.children();
                let keyword = children.first().map_or(node.range, |n| n.range);
                let inner = children.get(1).copied();
                let inner = self.deeper(node.range, |lower| lower.condition("not", keyword, inner));
                let kind = inner.map_or(ConditionKind::Missing, |c| ConditionKind::Not(Box::new(c)));
                Condition { range: node.range, kind }
            }
            Kind::Hole => Condition { range: node.range, kind: ConditionKind::Hole },
            Kind::Call => self.test(word, node),
            _ => self.no_condition(word, node.range),
        }
    }

    pub(crate) fn no_condition(&mut self, word: &str, range: TextRange) -> Condition {
        let message = format!(
            "'{}' isn't a condition; this '{word}' needs one of the tests, such as frontIsClear().",
            self.quote(range)
        );
        self.error(&codes::MISSING_CONDITION, range, message);
        Condition { range, kind: ConditionKind::Missing }
    }

    fn test(&mut self, word: &str, node: Node<'_>) -> Condition {
        let (name, arguments) = call_parts(node);
        let text = self.slice(name);
        if let Some(test) = Test::from_name(text) {
            self.arguments(name, arguments);
            return Condition { range: node.range, kind: ConditionKind::Test(test) };
        }
        let missing = Condition { range: node.range, kind: ConditionKind::Missing };
        if Action::from_name(text).is_some() || self.procedures.contains(text) {
            let message = format!(
                "'{text}' does something; this '{word}' needs a test, which only asks, such as frontIsClear()."
            );
            self.error(&codes::MISSING_CONDITION, node.range, message);
        } else if let Some(meant) = closest(text, Test::ALL.map(Test::name)) {
            let called = arguments.is_some();
            let message = format!("There is no test '{text}'; did you mean '{meant}'?");
            let fix = replace(name, &if called { meant.to_owned() } else { format!("{meant}()") });
            self.error(&codes::UNKNOWN_WORD, name, message).fix = Some(fix);
        } else {
            let message = format!("There is no test '{}'; there are {}.", self.quote(name), tests());
            self.error(&codes::UNKNOWN_WORD, name, message);
        }
        missing
    }

    /// The number of a `repeat`.
    pub(crate) fn count(&mut self, keyword: TextRange, node: Option<Node<'_>>) -> Count {
        let Some(node) = node else {
            let fix = insert(keyword.end(), "(?)", "Insert a hole '(?)'".to_owned());
            let message = format!("This 'repeat' needs a number from 0 to {MOST}.");
            self.error(&codes::MISSING_COUNT, keyword, message).fix = Some(fix);
            return Count { range: TextRange::empty(keyword.end()), kind: CountKind::Missing };
        };
        let range = node.range;
        match node.kind {
            Kind::Parenthesized | Kind::Arguments => {
                let inner = self.parentheses(node, "'repeat'", &codes::MISSING_COUNT);
                let missing = Count { range, kind: CountKind::Missing };
                let Some(inner) = inner else { return missing };
                self.deeper(range, |lower| lower.count(keyword, Some(inner))).unwrap_or(missing)
            }
            Kind::Hole => Count { range, kind: CountKind::Hole },
            Kind::Number => {
                let text = self.slice(range);
                match text.parse::<u8>() {
                    Ok(number) if number <= MOST => return Count { range, kind: CountKind::Number(number) },
                    _ if text.contains('.') => {
                        let message = format!("'repeat' needs a whole number from 0 to {MOST}.");
                        self.error(&codes::COUNT_OUT_OF_RANGE, range, message);
                    }
                    _ => {
                        let text = self.quote(range);
                        let message =
                            format!("'repeat' can't go round {text} times: its number is from 0 to {MOST}.");
                        self.error(&codes::COUNT_OUT_OF_RANGE, range, message);
                    }
                }
                Count { range, kind: CountKind::Missing }
            }
            _ => self.no_count(range),
        }
    }

    pub(crate) fn no_count(&mut self, range: TextRange) -> Count {
        let message = format!("'repeat' needs a number from 0 to {MOST}, not '{}'.", self.quote(range));
        self.error(&codes::MISSING_COUNT, range, message);
        Count { range, kind: CountKind::Missing }
    }

    /// What stands in parentheses; `None` if that was reported to be nothing of use.
    fn parentheses<'t>(
        &mut self,
        node: Node<'t>,
        whose: &str,
        empty: &'static crate::codes::Code,
    ) -> Option<Node<'t>> {
        let inside = Inside::of(node);
        let what = if empty == &codes::MISSING_COUNT { "a number" } else { "a condition" };
        match (inside.first, inside.rest) {
            (None, None) => {
                let fix = replace(node.range, "(?)");
                let message = format!("{whose} needs {what} between its parentheses.");
                let fix = crate::diagnostic::Fix { title: "Insert a hole '?'".to_owned(), ..fix };
                self.error(empty, node.range, message).fix = Some(fix);
                None
            }
            (None, Some(rest)) => {
                let message = format!("{whose} needs {what}, not '{}'.", self.quote(rest));
                self.error(empty, rest, message);
                None
            }
            (first, None) if inside.closed => first,
            (first, None) => {
                self.unclosed(node.end());
                first
            }
            (first, Some(rest)) if inside.closed => {
                let text = self.quote(rest);
                let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                let message = match word {
                    "and" | "or" => {
                        format!("There is no '{word}'; to ask for two things, put one 'if' in another.")
                    }
                    _ => format!("'{text}' isn't understood here."),
                };
                self.error(&codes::UNEXPECTED_TEXT, rest, message);
                first
            }
            (_, Some(rest)) if is_closed(&self.text[usize::from(node.start())..]) => {
                let message = format!("'{}' isn't understood here.", self.quote(rest));
                self.error(&codes::UNEXPECTED_TEXT, rest, message);
                None
            }
            (first, Some(_)) => {
                let range = TextRange::at(node.start(), TextSize::of('('));
                self.error(&codes::MISSING_CLOSING, range, "This '(' is never closed.");
                first
            }
        }
    }

    /// A `)` is missing at `at`; or one more, if that was said of the same place just now.
    fn unclosed(&mut self, at: TextSize) {
        if let Some(last) = self.found.last_mut().filter(|d| d.code == codes::MISSING_CLOSING.code)
            && let Some(fix) = &mut last.fix
            && let [edit] = &mut fix.edits[..]
            && edit.range == TextRange::empty(at)
        {
            edit.insert.push(')');
            fix.title = format!("Insert '{}'", edit.insert);
            return;
        }
        self.missing(&codes::MISSING_CLOSING, at, ")", "A ')' is missing here.");
    }

    /// The call is the last statement of its line, and what is put in its place does not take others along.
    fn is_all_of_its_line(&self, name: TextRange, arguments: Node<'_>) -> bool {
        let end = crate::lines::line_end(self.text, arguments.end());
        let rest = self.slice(TextRange::new(arguments.end(), end)).trim();
        let before = self.slice(TextRange::new(self.layout.line(name.start()).text, name.start())).trim_end();
        (rest.is_empty() || rest.starts_with('#')) && (before.is_empty() || before.ends_with([':', ';']))
    }

    /// Reports what is wrong with the parentheses of a call.
    pub(crate) fn arguments(&mut self, name: TextRange, node: Option<Node<'_>>) {
        let text = self.quote(name);
        let Some(node) = node else {
            let message = format!("'()' is missing after '{text}'.");
            let fix = insert(name.end(), "()", "Insert '()'".to_owned());
            self.slip(&codes::MISSING_CALL, name, message).fix = Some(fix);
            return;
        };
        let inside = Inside::of(node);
        let content = match (inside.first, inside.rest) {
            (Some(first), Some(rest)) => Some(first.range.cover(rest)),
            (first, rest) => first.map(|n| n.range).or(rest),
        };
        match content {
            None if inside.closed => {}
            None => self.unclosed(node.end()),
            Some(_) if !inside.closed && !is_closed(&self.text[usize::from(node.start())..]) => {
                let range = TextRange::at(node.start(), TextSize::of('('));
                self.error(&codes::MISSING_CLOSING, range, "This '(' is never closed.");
            }
            Some(content) => {
                let rounds = inside.first.filter(|n| n.is(Kind::Number) && inside.rest.is_none());
                let ours = rounds.and_then(|n| repeated(&text, self.slice(n.range)));
                let message = match &ours {
                    Some(ours) => format!("'{text}' takes no number: write '{ours}'."),
                    None => format!("Nothing can stand between the parentheses of '{text}'."),
                };
                let fix = ours.filter(|_| self.is_all_of_its_line(name, node)).map(|ours| {
                    let range = TextRange::new(name.start(), node.end());
                    let edits = vec![Edit { range, insert: ours.clone() }];
                    Fix { title: format!("Change to '{ours}'"), edits }
                });
                self.error(&codes::NO_ARGUMENTS, content, message).fix = fix;
            }
        }
    }
}

/// An action with the number of times, or of degrees, that other languages give it.
fn repeated(action: &str, number: &str) -> Option<String> {
    let action = Action::from_name(action)?;
    let number: u16 = number.parse().ok()?;
    let turn = matches!(action, Action::TurnLeft | Action::TurnRight);
    let times =
        if turn && number >= 90 { number.checked_div(90).filter(|n| n * 90 == number)? } else { number };
    let most = u16::from(MOST);
    let repeats = match times {
        1 => String::new(),
        2.. if times <= most => format!("repeat({times}): "),
        _ => {
            let factor = (2..=most).find(|n| times % n == 0 && (2..=most).contains(&(times / n)))?;
            format!("repeat({factor}): repeat({}): ", times / factor)
        }
    };
    Some(format!("{repeats}{}()", action.name()))
}

fn tests() -> String {
    let [first @ .., last] = &Test::ALL.map(Test::name);
    format!("{} and {last}", first.join(", "))
}
