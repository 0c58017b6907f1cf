//! Example and test blocks.

use super::header::{Header, Parts};
use super::layout::indentation;
use super::lower::{Lower, insert, replace};
use super::node::{Kind, Node};
use super::statement::nameless;
use crate::ast::{Action, Example, ExampleKind};
use crate::codes::syntax as codes;
use crate::diagnostic::{Edit, Fix};
use crate::spelling::closest;
use text_size::TextRange;

impl Lower<'_> {
    /// `following` are the sections that stand right below the block, at top level: without a body they are its own.
    pub(crate) fn example(&mut self, node: Node<'_>, following: &[Node<'_>]) -> Example {
        let parts = Parts::of(node);
        let word = self.slice(parts.keyword);
        let word = if word == "test" { "test" } else { "example" };
        self.check_first_column(node, word);
        let reported = self.found.len();
        let name = self.string(&parts, node, word, "a name");
        let crashes = parts.inner.iter().find(|n| n.is(Kind::Crashes)).map(|n| n.range);
        let colon = node.children().into_iter().find(|n| n.is(Kind::Colon)).map(|n| n.end());
        let end = parts.skipped.last().map_or(parts.inner_end(), |n| n.end()).max(parts.inner_end());
        let header = TextRange::new(parts.keyword.start(), colon.unwrap_or(end).max(end));
        if colon.is_none() && self.found.len() == reported {
            self.missing_colon(word, end);
        } else if colon.is_none() {
            self.colon_with_fix(header);
        }
        let kind = if word == "test" { ExampleKind::Test } else { ExampleKind::Example };
        let name = name.unwrap_or(nameless(parts.keyword));
        let mut example = Example {
            range: header,
            header,
            kind,
            name,
            crashes,
            input: None,
            output: None,
            trace: None,
            broken: None,
        };
        match parts.body {
            Some(body) if body.is(Kind::ExampleBody) => self.sections(&body.children(), &mut example),
            Some(grid) => {
                self.grid_without_input(grid, header, &mut example);
                self.sections(following, &mut example);
                return example;
            }
            None => {}
        }
        if let (Some(first), Some(last)) = (following.first(), following.last()) {
            if parts.body.is_none() {
                let range = TextRange::new(first.start(), last.end());
                let open =
                    Header { word: word.to_owned(), keyword: parts.keyword, end: header.end(), colon: true };
                self.unindented_body(&open, first.range, Some(range));
                self.sections(following, &mut example);
            } else {
                self.stray_section(*first);
            }
        }
        if example.input.is_none() {
            let message = format!("This '{word}' needs an 'input:' with a grid below it.");
            self.error(&codes::MISSING_INPUT, header, message);
        }
        if let (Some(crashes), Some(output)) = (example.crashes, &example.output) {
            let mut range = output.range;
            let lines = self.layout.lines(range);
            range = TextRange::new(
                lines[0].start.min(range.start()),
                crate::lines::next_line(self.text, range.end()),
            );
            let fix = Fix {
                title: "Remove the output".to_owned(),
                edits: vec![Edit { range, insert: String::new() }],
            };
            let keyword = output.keyword;
            let message = format!("This '{word}' is expected to crash, and then there is no output.");
            let diagnostic = self.error(&codes::CRASH_WITH_OUTPUT, keyword, message);
            diagnostic.related.push((crashes, "It is marked 'crashes' here.".to_owned()));
            diagnostic.fix = Some(fix);
        }
        example
    }

    /// What was reported of the header ate its colon or was in its way: the fix brings one.
    fn colon_with_fix(&mut self, header: TextRange) {
        let Some(fix) = self.found.last_mut().and_then(|d| d.fix.as_mut()) else { return };
        let Some(edit) = fix.edits.last_mut() else { return };
        let after =
            &self.text[usize::from(edit.range.end())..usize::from(header.end().max(edit.range.end()))];
        if after.trim().is_empty() {
            edit.insert.push(':');
        }
    }

    fn sections(&mut self, nodes: &[Node<'_>], example: &mut Example) {
        let ranges: Vec<TextRange> = nodes.iter().map(|n| n.range).collect();
        self.check_columns(&ranges, "the line above");
        let mut in_rows = false;
        for &node in nodes {
            let row = matches!(node.kind, Kind::StrayRow | Kind::Error);
            match node.kind {
                Kind::Section => self.section(node, None, example),
                Kind::UnknownSection => self.unknown_section(node, example),
                Kind::StrayRow if !in_rows => {
                    let range = self.layout.first_line(self.text, node.range);
                    let message =
                        "This line belongs to no section of the example: is it not indented far enough?";
                    self.error(&codes::UNEXPECTED_TEXT, range, message);
                }
                _ => {}
            }
            in_rows = row;
            example.range = example.range.cover(self.visible(node));
        }
    }

    /// The node's range without comments at its end.
    fn visible(&self, node: Node<'_>) -> TextRange {
        let mut end = node;
        while let Some(last) = end.children().last().filter(|n| !n.range.is_empty()) {
            end = *last;
        }
        TextRange::new(node.start(), end.end().max(node.start()))
    }

    fn section(&mut self, node: Node<'_>, word: Option<&str>, example: &mut Example) {
        let parts = Parts::of(node);
        let word = word.unwrap_or(self.slice(parts.keyword));
        let first = match word {
            "input" => example.input.as_ref().map(|s| s.keyword),
            "output" => example.output.as_ref().map(|s| s.keyword),
            _ => example
                .trace
                .as_ref()
                .map(|s| TextRange::at(s.range.start(), text_size::TextSize::of("trace"))),
        };
        if let Some(first) = first {
            let message = format!("This example has its '{word}:' already.");
            let diagnostic = self.error(&codes::DUPLICATE_SECTION, parts.keyword, message);
            diagnostic.related.push((first, "It is given here first.".to_owned()));
            return;
        }
        match word {
            "input" => example.input = Some(self.grid_section(node, word)),
            "output" => example.output = Some(self.grid_section(node, word)),
            _ => example.trace = Some(self.trace(node)),
        }
    }

    fn unknown_section(&mut self, node: Node<'_>, example: &mut Example) {
        let keyword = Parts::of(node).keyword;
        let word = self.slice(keyword);
        let meant = match word {
            "before" | "start" | "given" | "world" => Some("input"),
            "after" | "expected" | "result" | "goal" => Some("output"),
            "actions" | "steps" => Some("trace"),
            _ => closest(word, ["input", "output", "trace"]),
        };
        match meant {
            Some(meant) => {
                let message = format!("Unknown section '{}'; did you mean '{meant}'?", self.quote(keyword));
                let rest = &self.text[usize::from(keyword.end())..usize::from(node.end())];
                let actions = |rest: &str| rest.split_whitespace().all(|w| Action::from_name(w).is_some());
                let clear = meant != "trace" || rest.trim_start().strip_prefix(':').is_some_and(actions);
                self.error(&codes::UNKNOWN_SECTION, keyword, message).fix =
                    clear.then(|| replace(keyword, meant));
                // a trace's words were read as cells
                if meant != "trace" {
                    self.section(node, Some(meant), example);
                }
            }
            None => {
                let message = format!(
                    "Unknown section '{}'; an example has 'input:', 'output:' and 'trace:'.",
                    self.quote(keyword)
                );
                self.error(&codes::UNKNOWN_SECTION, keyword, message);
            }
        }
    }

    /// Rows right below the example's first line.
    fn grid_without_input(&mut self, node: Node<'_>, header: TextRange, example: &mut Example) {
        let keyword = TextRange::empty(node.start());
        example.input = Some(self.grid(keyword, node));
        example.range = example.range.cover(node.range);
        let header = self.layout.line(header.start());
        let (outer, style) = self.layout.below(header);
        let inner = 2 * outer - header.column;
        let rows = node.children();
        let edit = |(at, row): (usize, &Node<'_>)| {
            let mut insert = indentation(inner, style);
            if at == 0 {
                let line_break = crate::lines::line_break(self.text);
                insert = format!("{}input:{line_break}{insert}", indentation(outer, style));
            }
            Edit { range: self.layout.line(row.start()).indentation(), insert }
        };
        let edits = rows.iter().enumerate().map(edit).collect();
        let fix = Some(Fix { title: "Insert 'input:'".to_owned(), edits });
        let range = self.layout.first_line(self.text, node.range);
        let message = "Above these rows, 'input:' is missing.";
        self.error(&codes::MISSING_INPUT, range, message).fix = fix;
    }

    /// The missing colon of a section.
    pub(crate) fn section_colon(&mut self, parts: &Parts<'_>, end: text_size::TextSize) {
        if !parts.colon {
            let word = self.quote(parts.keyword);
            let message = format!("A ':' is missing after '{word}'.");
            let range = self.last_character(end);
            let fix = insert(end, ":", "Insert ':'".to_owned());
            self.slip(&codes::MISSING_COLON, range, message).fix = Some(fix);
        }
    }
}
