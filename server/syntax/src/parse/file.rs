//! The items of a file: definitions, example blocks, and what stands where only those may.

use super::header::{Header, Parts};
use super::indentation::BlockLine;
use super::layout::{Style, indentation};
use super::lower::{Lower, insert};
use super::node::{Kind, Node};
use super::statement::nameless;
use crate::ast::{Block, Include, Item, Name, Procedure, Statement, StatementKind};
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use text_size::TextRange;

fn is_definition(node: &Node<'_>) -> bool {
    matches!(node.kind, Kind::Procedure | Kind::Example | Kind::Include)
}

fn is_statement(node: &Node<'_>) -> bool {
    !is_definition(node) && !node.is(Kind::Section)
}

impl Lower<'_> {
    pub(crate) fn items(&mut self, root: Node<'_>) -> Vec<Item> {
        let nodes = root.children();
        let mut items = vec![];
        let mut at = 0;
        while at < nodes.len() {
            let node = nodes[at];
            at += 1;
            // how many of a kind follow, that may turn out to be the body of this
            let following = |is: &dyn Fn(&Node<'_>) -> bool| nodes[at..].iter().take_while(|n| is(n)).count();
            match node.kind {
                Kind::Procedure => {
                    let mut procedure = self.procedure(node);
                    if let Some(header) = self.open.take() {
                        let rest = &nodes[at..at + following(&is_statement)];
                        at += rest.len();
                        self.adopt_body(&header, rest, &mut procedure.body);
                        procedure.range = procedure.range.cover(procedure.body.range);
                    }
                    items.push(Item::Procedure(procedure));
                }
                Kind::Example => {
                    let rest = &nodes[at..at + following(&|n| n.is(Kind::Section))];
                    at += rest.len();
                    items.push(Item::Example(self.example(node, rest)));
                }
                Kind::Include => {
                    items.push(Item::Include(self.include(node)));
                    // What stands below it, deeper, belongs to no block.
                    if let Some(below) = node.children().into_iter().find(|n| n.is(Kind::Overindented)) {
                        self.strays(&below.children(), &mut items);
                    }
                }
                Kind::Section => {
                    self.stray_section(node);
                    at += following(&|n| n.is(Kind::Section));
                }
                _ => {
                    let start = at - 1;
                    at += following(&is_statement);
                    self.strays(&nodes[start..at], &mut items);
                }
            }
        }
        items
    }

    fn procedure(&mut self, node: Node<'_>) -> Procedure {
        self.check_first_column(node, "def");
        let parts = Parts::of(node);
        let name = parts.inner.iter().find(|n| n.is(Kind::Identifier)).map(|n| n.range);
        let parentheses = parts.inner.iter().find(|n| n.is(Kind::Arguments)).copied();
        let (header, body);
        if let Some(tail) = self.tail(&parts) {
            let range = TextRange::new(name.unwrap_or(tail.range).start(), tail.range.end());
            let message = format!("'{}' can't be a procedure's name: that is one word.", self.quote(range));
            self.error(&codes::MISSING_NAME, range, message);
            header = Header { word: "def".to_owned(), keyword: parts.keyword, end: tail.end, colon: true };
            body = tail.body;
        } else if let Some(name) = name {
            if parentheses.is_some() || parts.skipped.is_empty() {
                self.parameters(name, parentheses);
            }
            header = self.header("def", node, &parts);
            body = parts.body;
        } else {
            let message = "This 'def' needs a name and '()' behind it, such as: def turnAround():";
            self.error(&codes::MISSING_NAME, parts.keyword, message);
            let end = parts.skipped.last().map_or(parts.inner_end(), |n| n.end());
            let end = if parts.colon { end + text_size::TextSize::of(':') } else { end };
            header = Header { word: "def".to_owned(), keyword: parts.keyword, end, colon: true };
            body = parts.body;
        }
        let range = TextRange::new(parts.keyword.start(), header.end);
        let body = self.body(header, body);
        let name = name.map_or(nameless(parts.keyword), |name| self.name(name));
        Procedure { range: range.cover(body.range), name, body, broken: None }
    }

    /// The parentheses behind the name in a definition.
    pub(crate) fn parameters(&mut self, name: TextRange, node: Option<Node<'_>>) {
        let Some(node) = node else {
            let message = format!("'()' is missing after the name '{}'.", self.quote(name));
            let fix = insert(name.end(), "()", "Insert '()'".to_owned());
            self.slip(&codes::MISSING_CALL, name, message).fix = Some(fix);
            return;
        };
        if node.children().len() > 2 {
            let fix = Fix {
                title: "Remove what is between the parentheses".to_owned(),
                edits: vec![Edit { range: node.range, insert: "()".to_owned() }],
            };
            let message = "A procedure takes no values: nothing can stand between these parentheses.";
            self.error(&codes::NO_ARGUMENTS, node.range, message).fix = Some(fix);
        } else {
            self.arguments(name, Some(node));
        }
    }

    /// The statements below a `def` that isn't deeper are its body, whatever the columns say.
    fn adopt_body(&mut self, header: &Header, nodes: &[Node<'_>], body: &mut Block) {
        let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else {
            self.empty_body(header);
            return;
        };
        let range = TextRange::new(first.start(), last.end());
        self.unindented_body(header, first.range, Some(range));
        let adopted = self.block(nodes);
        if !adopted.statements.is_empty() {
            *body = adopted;
        }
    }

    pub(crate) fn check_first_column(&mut self, node: Node<'_>, word: &str) {
        let line = self.layout.line(node.start());
        if line.column == 0 || !self.layout.begins_line(node.start()) {
            return;
        }
        let mut edits = self.layout.shift(node.range, -i64::from(line.column), line.style);
        if self.layout.lines(node.range)[1..].iter().any(|l| !l.blank && l.column <= line.column) {
            // its body is where it should be
            edits.truncate(1);
        }
        let message =
            format!("This '{word}' must begin in the first column: it can't be inside another block.");
        let fix = Fix { title: "Move to the first column".to_owned(), edits };
        self.error(&codes::MISPLACED_DEFINITION, line.indentation(), message).fix = Some(fix);
    }

    fn include(&mut self, node: Node<'_>) -> Include {
        self.check_first_column(node, "examples");
        let mut parts = Parts::of(node);
        // The lines below it, deeper, are no part of it.
        parts.inner.retain(|n| !n.is(Kind::Overindented));
        let path = self.string(&parts, node, "examples", "the path of an example file");
        let end = parts.skipped.last().map_or(parts.inner_end(), |n| n.end());
        let path = path.unwrap_or(nameless(TextRange::empty(end)));
        let range = TextRange::new(parts.keyword.start(), end);
        Include { range: range.cover(path.range), path }
    }

    /// The name of an example or the path of an example file, without its quotes.
    pub(crate) fn string(
        &mut self,
        parts: &Parts<'_>,
        node: Node<'_>,
        word: &str,
        what: &str,
    ) -> Option<Name> {
        let skipped = parts.skipped.first().zip(parts.skipped.last());
        let skipped = skipped.map(|(a, b)| TextRange::new(a.start(), b.end()));
        if let Some(node) = parts.inner.iter().find(|n| n.is(Kind::String)) {
            let text = self.slice(node.range);
            let open = text.len() < 2 || !text.ends_with('"');
            let trimmed = text.trim_end();
            let content = match open {
                true => {
                    trimmed.strip_suffix(':').filter(|_| word != "examples").unwrap_or(trimmed).trim_end()
                }
                false => &text[..text.len() - 1],
            };
            let end = node.start() + super::node::offset(content.len().max(1));
            if open {
                let fix = insert(end, "\"", "Insert '\"'".to_owned());
                let range = TextRange::at(node.start(), text_size::TextSize::of('"'));
                let message = "The closing '\"' of this text is missing.";
                self.error(&codes::OPEN_STRING, range, message).fix = Some(fix);
            } else if let Some(range) = skipped {
                let message = format!("'{}' isn't understood here.", self.quote(range));
                self.error(&codes::UNEXPECTED_TEXT, range, message);
            }
            return Some(self.name(TextRange::new(node.start() + text_size::TextSize::of('"'), end)));
        }
        let unquoted = parts.inner.iter().find(|n| n.is(Kind::Unquoted)).map(|n| n.range);
        let range = match (unquoted, skipped) {
            (Some(name), Some(skipped)) => Some(name.cover(skipped)),
            (name, skipped) => name.or(skipped),
        };
        let Some(range) = range else {
            let message = format!("This '{word}' needs {what} in quotes, such as: {word} \"name\"");
            self.error(&codes::MISSING_NAME, parts.keyword, message);
            return None;
        };
        let text = self.slice(range);
        let bare = text.trim_matches(['\'', '"', '`', '“', '”', '„', '‘', '’']);
        let crashes = parts.inner.iter().any(|n| n.is(Kind::Crashes) && n.start() < range.end());
        let clear = !bare.is_empty()
            && !bare.contains(['"', ':'])
            && !crashes
            && self.layout.same_line(range.start(), node.start());
        let message = format!("'{}' must stand in double quotes.", self.quote(range));
        let fix = clear.then(|| Fix {
            title: format!("Change to \"{bare}\""),
            edits: vec![Edit { range, insert: format!("\"{bare}\"") }],
        });
        self.error(&codes::MISSING_NAME, range, message).fix = fix;
        Some(Name { range, text: bare.to_owned() })
    }

    /// Statements at top level.
    fn strays(&mut self, nodes: &[Node<'_>], items: &mut Vec<Item>) {
        let lines = self.block_lines(nodes);
        let mut from = 0;
        let mut at = 0;
        while at < lines.len() {
            let line = &lines[at];
            at += 1;
            let Some((node, words)) = line.nodes.split_last() else { continue };
            let header = node.is(Kind::UnknownStatement) || self.is_meant_as_header(words, *node);
            if !header {
                continue;
            }
            let Some(mut procedure) = self.unknown_definition(words, *node) else { continue };
            self.stray_lines(&lines[from..at - 1], items);
            if let Some(header) = self.open.take() {
                let rest: Vec<Node<'_>> = lines[at..].iter().flat_map(|l| l.nodes).copied().collect();
                self.adopt_body(&header, &rest, &mut procedure.body);
                procedure.range = procedure.range.cover(procedure.body.range);
                at = lines.len();
            }
            from = at;
            items.push(Item::Procedure(procedure));
        }
        self.stray_lines(&lines[from..], items);
    }

    fn stray_lines(&mut self, lines: &[BlockLine<'_, '_>], items: &mut Vec<Item>) {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
        let block = self.lines(lines);
        let error = |s: &Statement| s.kind == StatementKind::Error || s.broken.is_some();
        if !block.statements.iter().all(error) {
            let line = self.layout.line(first.range.start());
            let straight = lines.iter().all(|l| self.layout.column(l.range.start()) == line.column);
            let plain = straight
                && self.layout.begins_line(first.range.start())
                && !block.statements.iter().any(error);
            let fix = (plain && !self.procedures.contains("main")).then(|| {
                let range = TextRange::new(first.range.start(), last.range.end());
                let (column, style) = match line.style {
                    Style::None => self.layout.below(line),
                    style => (line.column, style),
                };
                let by = i64::from(column) - i64::from(line.column);
                let mut edits = self.layout.shift(range, by, style);
                edits[0].insert = format!(
                    "def main():{}{}",
                    crate::lines::line_break(self.text),
                    indentation(column, style)
                );
                Fix { title: "Put into 'def main():'".to_owned(), edits }
            });
            let range = self.layout.first_line(self.text, first.range);
            let message = "Statements must stand inside a procedure, such as: def main():";
            self.error(&codes::STRAY_STATEMENT, range, message).fix = fix;
        }
        items.push(Item::Stray(block));
    }
}
