//! Lines of statements.

use super::header::{Header, Parts};
use super::indentation::BlockLine;
use super::lower::{Lower, insert, remove, replace};
use super::node::{Kind, Node};
use crate::ast::{Action, Block, Condition, ConditionKind, Else, Name, Statement, StatementKind, Test};
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use crate::spelling::closest;
use text_size::{TextRange, TextSize};

impl Lower<'_> {
    pub(crate) fn lines(&mut self, lines: &[BlockLine<'_, '_>]) -> Block {
        let mut statements = vec![];
        let mut at = 0;
        let mut in_sections = false;
        while at < lines.len() {
            let line = &lines[at];
            at += 1;
            let section = line.nodes[0].is(Kind::Section);
            if section && !in_sections {
                self.stray_section(line.nodes[0]);
            }
            in_sections = section;
            self.line(line.nodes, &mut statements);
            let Some(header) = self.open.take() else { continue };
            match &lines[at..] {
                [] => self.empty_body(&header),
                [next, ..] if matches!(next.nodes[0].kind, Kind::StrayElse | Kind::Section) => {
                    self.empty_body(&header);
                }
                [body] => {
                    self.unindented_body(&header, body.range, Some(body.range));
                    let body = self.lines(&lines[at..]);
                    at += 1;
                    if let Err(body) = adopt(&mut statements, body) {
                        statements.extend(body.statements);
                    }
                }
                [next, ..] => self.unindented_body(&header, next.range, None),
            }
        }
        let empty = lines.first().map_or(TextRange::default(), |l| TextRange::empty(l.range.start()));
        block(statements, empty)
    }

    pub(crate) fn stray_section(&mut self, node: Node<'_>) {
        let keyword = Parts::of(node).keyword;
        let message =
            format!("'{}:' belongs in an example, below a line like: example \"name\":", self.slice(keyword));
        self.error(&codes::STRAY_SECTION, keyword, message);
    }

    fn line(&mut self, nodes: &[Node<'_>], statements: &mut Vec<Statement>) {
        let mut run = vec![];
        for &node in nodes {
            match node.kind {
                Kind::Semicolon => self.run(&mut run, statements),
                Kind::Call | Kind::Hole | Kind::Unexpected => run.push(node),
                Kind::UnknownStatement => {
                    let words = std::mem::take(&mut run);
                    self.unknown(&words, node, statements);
                }
                Kind::Overindented if self.is_meant_as_header(&run, node) => {
                    let words = std::mem::take(&mut run);
                    self.unknown(&words, node, statements);
                }
                Kind::Overindented => {
                    self.run(&mut run, statements);
                    let block = self.deeper(node.range, |lower| lower.block(&node.children()));
                    statements.extend(block.into_iter().flat_map(|b| b.statements));
                }
                Kind::While | Kind::Repeat | Kind::If => {
                    self.run(&mut run, statements);
                    let statement = self.compound(node);
                    statements.push(statement);
                }
                Kind::StrayElse => {
                    self.run(&mut run, statements);
                    self.stray_else(node, statements);
                }
                Kind::Error => {
                    self.run(&mut run, statements);
                    let range = self.layout.first_line(self.text, node.range);
                    statements.push(Statement::new(range, StatementKind::Error));
                }
                _ => {}
            }
        }
        self.run(&mut run, statements);
    }

    /// Simple statements that stand side by side without a semicolon: one, if all is well.
    fn run(&mut self, run: &mut Vec<Node<'_>>, statements: &mut Vec<Statement>) {
        let nodes = std::mem::take(run);
        if let [node] = nodes[..]
            && node.is(Kind::Call)
        {
            statements.push(self.call(node));
            return;
        }
        let bare = |n: &Node<'_>| n.is(Kind::Call) && call_parts(*n).1.is_none();
        let prose = nodes.len() > 1 && nodes.iter().all(bare) && !nodes.iter().all(|n| self.is_statement(*n));
        let mut unseparated: Vec<TextRange> = vec![];
        let mut previous: Option<Node<'_>> = None;
        let mut at = 0;
        while at < nodes.len() {
            let node = nodes[at];
            let next = nodes.get(at + 1).copied().filter(|n| n.is(Kind::Unexpected));
            if node.is(Kind::Call) && next.is_some_and(|n| self.slice(n.range).bytes().all(|b| b == b')')) {
                let statement = self.unopened(node, next.unwrap_or(node));
                statements.push(statement);
                at += 2;
                if at < nodes.len()
                    && let Some(last) = self.found.last_mut()
                {
                    // not clear where this statement ends
                    (last.fix, last.slip) = (None, false);
                }
                previous = None;
            } else if !prose && self.is_statement(node) {
                if let Some(previous) = previous {
                    unseparated.push(TextRange::new(previous.start(), previous.end()));
                }
                statements.push(match node.kind {
                    Kind::Hole => Statement::new(node.range, StatementKind::Hole),
                    _ => self.call(node),
                });
                (previous, at) = (Some(node), at + 1);
            } else {
                let end = nodes[at..].iter().position(|n| !prose && self.is_statement(*n));
                let end = end.map_or(nodes.len(), |n| at + n);
                let range = TextRange::new(node.start(), nodes[end - 1].end());
                let message = format!("'{}' isn't a statement.", self.quote(range));
                self.error(&codes::UNEXPECTED_TEXT, range, message);
                statements.push(Statement::new(range, StatementKind::Error));
                (previous, at) = (None, end);
            }
        }
        if let Some(first) = unseparated.first() {
            let edits = unseparated
                .iter()
                .map(|s| Edit { range: TextRange::empty(s.end()), insert: ";".to_owned() })
                .collect();
            let range = self.last_character(first.end());
            let message = "Two statements on one line need a ';' between them.";
            let fix = Fix { title: "Insert ';'".to_owned(), edits };
            let diagnostic = self.error(&codes::MISSING_SEMICOLON, range, message);
            (diagnostic.fix, diagnostic.slip) = (Some(fix), !nodes.iter().any(bare));
        }
    }

    fn is_statement(&self, node: Node<'_>) -> bool {
        match node.kind {
            Kind::Hole => true,
            Kind::Call => {
                let (name, arguments) = call_parts(node);
                arguments.is_some() || self.is_known(self.slice(name))
            }
            _ => false,
        }
    }

    pub(crate) fn is_known(&self, name: &str) -> bool {
        Action::from_name(name).is_some() || self.procedures.contains(name)
    }

    /// A call with a `)` too many, or without its `(`.
    fn unopened(&mut self, node: Node<'_>, closing: Node<'_>) -> Statement {
        let (name, arguments) = call_parts(node);
        let text = self.slice(closing.range);
        if arguments.is_some() {
            let fix = remove(closing.range, text);
            self.slip(&codes::MISSING_OPENING, closing.range, "This ')' is one too many.").fix = Some(fix);
            return self.call(node);
        }
        let fix = insert(name.end(), "(", "Insert '('".to_owned());
        let message = "This ')' has no '(' before it.";
        let diagnostic = self.error(&codes::MISSING_OPENING, closing.range, message);
        (diagnostic.fix, diagnostic.slip) = ((text == ")").then_some(fix), text == ")");
        Statement::new(name, self.call_kind(name))
    }

    pub(crate) fn call_kind(&self, name: TextRange) -> StatementKind {
        match Action::from_name(self.slice(name)) {
            Some(action) => StatementKind::Action(action),
            None => StatementKind::Call(self.name(name)),
        }
    }

    fn call(&mut self, node: Node<'_>) -> Statement {
        let (name, arguments) = call_parts(node);
        let word = self.slice(name);
        if arguments.is_some() || self.is_known(word) {
            self.arguments(name, arguments);
            return Statement::new(node.range, self.call_kind(name));
        }
        // What is no more than a word is taken for a misspelt one; only the names check knows all procedures.
        if Test::from_name(word).is_some() {
            let message = format!("'{word}' only asks something; it belongs in an 'if' or a 'while'.");
            self.error(&codes::UNKNOWN_WORD, name, message);
            return Statement::new(node.range, StatementKind::Error);
        }
        const KEYWORDS: [&str; 5] = ["def", "while", "repeat", "if", "else"];
        let mut procedures: Vec<&str> = self.procedures.iter().copied().collect();
        procedures.sort_unstable();
        let candidates = Action::ALL.map(Action::name).into_iter().chain(procedures);
        if let Some(meant) = closest(word, candidates) {
            let message = format!("Unknown word '{word}'; did you mean '{meant}()'?");
            // at top level it can't stand anyway
            let fix = (self.depth > 0).then(|| replace(name, &format!("{meant}()")));
            self.error(&codes::UNKNOWN_WORD, name, message).fix = fix;
        } else if let Some(meant) = closest(word, KEYWORDS) {
            self.error(&codes::UNKNOWN_WORD, name, format!("Unknown word '{word}'; did you mean '{meant}'?"));
        } else {
            let word = self.quote(name);
            let message = format!("Unknown word '{word}'; a call of a procedure is written '{word}()'.");
            self.error(&codes::UNKNOWN_WORD, name, message);
        }
        Statement::new(node.range, StatementKind::Error)
    }

    /// `while`, `repeat` or `if`.
    fn compound(&mut self, node: Node<'_>) -> Statement {
        let parts = Parts::of(node);
        let word = match node.kind {
            Kind::While => "while",
            Kind::Repeat => "repeat",
            _ => "if",
        };
        let tail = self.tail(&parts);
        let (header, body_node);
        let (mut condition, mut count) = (None, None);
        if let Some(tail) = &tail {
            // words between the condition and the colon, that look like the beginning of the body
            let bare = parts
                .inner
                .last()
                .filter(|n| !n.is(Kind::Parenthesized) && !n.is(Kind::Number) && !n.is(Kind::Hole));
            let start = bare.map_or(tail.range.start(), |n| n.start());
            let range = TextRange::new(start, tail.range.end());
            if bare.is_some() && node.kind != Kind::Repeat {
                condition = Some(self.no_condition(word, range));
            } else if bare.is_some() {
                count = Some(self.no_count(range));
            } else {
                let text = self.quote(range);
                let message = format!("'{text}' doesn't belong here; the ':' follows at once.");
                let rest = TextRange::new(parts.inner_end(), range.end());
                self.error(&codes::UNEXPECTED_TEXT, range, message).fix = Some(remove(rest, &text));
            }
            header = Header { word: word.to_owned(), keyword: parts.keyword, end: tail.end, colon: true };
            body_node = tail.body;
        } else {
            header = self.header(word, node, &parts);
            body_node = parts.body;
        }
        let end = header.end;
        let kind = match node.kind {
            Kind::Repeat => {
                let count = count.unwrap_or_else(|| self.count(parts.keyword, parts.inner.first().copied()));
                StatementKind::Repeat { count, body: self.body(header, body_node) }
            }
            kind => {
                let condition = condition
                    .unwrap_or_else(|| self.condition(word, parts.keyword, parts.inner.first().copied()));
                if kind == Kind::While {
                    StatementKind::While { condition, body: self.body(header, body_node) }
                } else {
                    let from = self.found.len();
                    let mut then = self.body(header, body_node);
                    let otherwise = match (parts.alternative, body_node) {
                        (Some(clause), _) => Some(self.otherwise(node, clause)),
                        (None, Some(body)) => self.misplaced_else(node, body, &mut then, from),
                        (None, None) => None,
                    };
                    StatementKind::If { condition, then, otherwise }
                }
            }
        };
        let extent = kind.blocks().map(|block| block.range).reduce(TextRange::cover);
        let range = TextRange::new(node.start(), end).cover(extent.unwrap_or(node_start(node)));
        Statement::new(range, kind)
    }

    /// The `else` of an `if`.
    fn otherwise(&mut self, owner: Node<'_>, node: Node<'_>) -> Else {
        if let Some(header) = self.open.take() {
            self.empty_body(&header);
        }
        if self.layout.begins_line(node.start()) {
            let line = self.layout.line(owner.start());
            if !self.layout.begins_line(owner.start()) {
                let message = "This 'else' isn't under its 'if': give that 'if' a line of its own.";
                let keyword = Parts::of(node).keyword;
                self.error(&codes::STRAY_ELSE, keyword, message);
            } else if line.column != self.layout.column(node.start()) {
                self.wrong_column(node.range, line.column, line.style, "its 'if'");
            }
        }
        self.else_clause(node)
    }

    fn else_clause(&mut self, node: Node<'_>) -> Else {
        let parts = Parts::of(node);
        if let Some(tail) = self.tail(&parts) {
            let text = self.quote(tail.range);
            let message = format!("'{text}' doesn't belong here; a ':' follows 'else' at once.");
            self.error(&codes::UNEXPECTED_TEXT, tail.range, message);
            let header =
                Header { word: "else".to_owned(), keyword: parts.keyword, end: tail.end, colon: true };
            return Else { keyword: parts.keyword, body: self.body(header, tail.body) };
        }
        let header = self.header("else", node, &parts);
        Else { keyword: parts.keyword, body: self.body(header, parts.body) }
    }

    /// An `else` as the last line of its `if`'s own block: too deep, but clear. `from` is the number of diagnostics
    /// before that block's.
    fn misplaced_else(
        &mut self,
        owner: Node<'_>,
        body: Node<'_>,
        then: &mut Block,
        from: usize,
    ) -> Option<Else> {
        let stray = self.stray.take()?;
        let node = last_else(body)?;
        let line = self.layout.line(owner.start());
        if stray.range != node.range || !self.layout.begins_line(owner.start()) || then.statements.len() < 2 {
            return None;
        }
        // it was reported as an `else` without `if`, and maybe as too deep: once is enough
        let reported = TextRange::new(self.layout.line(node.start()).start, stray.clause.keyword.end());
        let found = self.found.split_off(from);
        self.found.extend(found.into_iter().filter(|d| !reported.contains_range(d.range)));
        then.statements.pop();
        *then = block(std::mem::take(&mut then.statements), then.range);
        self.wrong_column(node.range, line.column, line.style, "its 'if'");
        self.open = stray.open;
        Some(stray.clause)
    }

    fn stray_else(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        // an `if` that was written as another word
        if let Some(Statement { range, kind: StatementKind::If { otherwise: otherwise @ None, .. }, .. }) =
            statements.last_mut()
            && self.layout.column(range.start()) == self.layout.column(node.start())
        {
            let clause = self.else_clause(node);
            *range = range.cover(clause.keyword).cover(clause.body.range);
            *otherwise = Some(clause);
            return;
        }
        let keyword = Parts::of(node).keyword;
        self.error(&codes::STRAY_ELSE, keyword, "This 'else' has no 'if' above it in the same column.");
        let clause = self.else_clause(node);
        let range = TextRange::new(keyword.start(), keyword.end().max(clause.body.range.end()));
        let mut statement = Statement::new(range, unread(keyword, clause.body.clone()));
        statement.broken = Some(keyword);
        statements.push(statement);
        self.stray = Some(StrayElse { range: node.range, clause, open: self.open.take() });
    }

    /// Words before the colon that look like the beginning of the body: `while front is clear:`.
    pub(crate) fn tail<'t>(&self, parts: &Parts<'t>) -> Option<Tail<'t>> {
        let body = parts.body.filter(|b| b.is(Kind::Block) && !parts.colon && parts.skipped.is_empty())?;
        let nodes = body.children();
        let (last, words) = nodes.split_last()?;
        let words_only = words.iter().all(|n| matches!(n.kind, Kind::Call | Kind::Hole | Kind::Unexpected));
        if !last.is(Kind::UnknownStatement)
            || !words_only
            || !self.layout.same_line(parts.keyword.start(), last.start())
        {
            return None;
        }
        let parts = Parts::of(*last);
        let end = last.children().into_iter().find(|n| n.is(Kind::Colon))?.end();
        Some(Tail { range: TextRange::new(nodes[0].start(), parts.inner_end()), end, body: parts.body })
    }
}

/// An `else` without `if`, kept for an `if` that it might belong to after all.
pub(crate) struct StrayElse {
    range: TextRange,
    clause: Else,
    open: Option<Header>,
}

pub(crate) struct Tail<'t> {
    /// The text without the colon.
    pub range: TextRange,
    /// The offset behind the colon.
    pub end: TextSize,
    pub body: Option<Node<'t>>,
}

fn node_start(node: Node<'_>) -> TextRange {
    TextRange::empty(node.start())
}

/// An `else` that ends the block, maybe in a deeper one that should not be there.
fn last_else(block: Node<'_>) -> Option<Node<'_>> {
    let mut node = block;
    loop {
        node = *node.children().last()?;
        match node.kind {
            Kind::StrayElse => return Some(node),
            Kind::Overindented => {}
            _ => return None,
        }
    }
}

/// The name of a call, and its parentheses if there are any.
pub(crate) fn call_parts(node: Node<'_>) -> (TextRange, Option<Node<'_>>) {
    let children = node.children();
    let name = children.iter().find(|n| n.is(Kind::Identifier)).map_or(node_start(node), |n| n.range);
    (name, children.into_iter().find(|n| n.is(Kind::Arguments)))
}

/// A block of these statements; `empty` is its range if there are none.
pub(crate) fn block(statements: Vec<Statement>, empty: TextRange) -> Block {
    let range = match (statements.first(), statements.last()) {
        (Some(first), Some(last)) => {
            TextRange::new(first.range.start(), last.range.end().max(first.range.end()))
        }
        _ => empty,
    };
    Block { range, statements }
}

/// Gives a body to the header that the last statement ends with.
pub(crate) fn adopt(statements: &mut [Statement], body: Block) -> Result<(), Block> {
    let Some(last) = statements.last_mut() else { return Err(body) };
    let range = body.range;
    let block = match &mut last.kind {
        StatementKind::While { body, .. } | StatementKind::Repeat { body, .. } => body,
        StatementKind::If { otherwise: Some(Else { body, .. }), .. } => body,
        StatementKind::If { then, .. } => then,
        _ => return Err(body),
    };
    if block.statements.is_empty() {
        *block = body;
    } else {
        adopt(&mut block.statements, body)?;
        block.range = block.range.cover(range);
    }
    last.range = last.range.cover(range);
    Ok(())
}

/// A header that isn't understood, with the block below it, is taken for an `if` without a condition.
pub(crate) fn unread(header: TextRange, then: Block) -> StatementKind {
    let condition = Condition { range: TextRange::empty(header.end()), kind: ConditionKind::Missing };
    StatementKind::If { condition, then, otherwise: None }
}

/// An empty name, for things that have none.
pub(crate) fn nameless(at: TextRange) -> Name {
    Name { range: TextRange::empty(at.end()), text: String::new() }
}
