//! What all of the lowering shares: the text, its lines, what has been found so far.

use super::broken;
use super::header::Header;
use super::layout::Layout;
use super::node::{self, Kind, Node};
use super::screen::{Finding, Screened};
use super::statement::StrayElse;
use crate::ast::MAX_DEPTH;
use crate::ast::{Comment, File, Name};
use crate::codes::{Code, syntax as codes};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use std::collections::HashSet;
use text_size::{TextRange, TextSize};
use tree_sitter::Tree;

pub(crate) struct Lower<'a> {
    pub text: &'a str,
    pub layout: Layout,
    pub found: Vec<Diagnostic>,
    /// The names that this file defines, so that `turnAround` alone is known for a call without `()`.
    pub procedures: HashSet<&'a str>,
    pub depth: usize,
    /// The header that was lowered last has no body; what that means is decided where it is known what follows.
    pub open: Option<Header>,
    pub stray: Option<StrayElse>,
    too_deep: bool,
}

/// At most this many mistakes of a file are reported.
pub(crate) const MOST: usize = 100;

/// The typed tree and the diagnostics, in source order. `tree` is that of the screened text.
pub(crate) fn file(text: &str, screened: Screened<'_>, tree: &Tree) -> (File, Vec<Diagnostic>) {
    let mut lower = Lower {
        text,
        layout: Layout::new(&screened.text),
        found: vec![],
        procedures: HashSet::new(),
        depth: 0,
        open: None,
        stray: None,
        too_deep: false,
    };
    let comments = lower.comments_and_errors(tree);
    let items = lower.items(Node::new(tree.root_node()));
    let found = std::mem::take(&mut lower.found);
    let mut file = File { items, comments };
    let found = judged(&mut file, &lower.layout, found, screened.found);
    (file, few(found))
}

/// Breaks in the tree what is not understood, and leaves out what need not be reported.
fn judged(
    file: &mut File,
    layout: &Layout,
    parsed: Vec<Diagnostic>,
    screened: Vec<Finding>,
) -> Vec<Diagnostic> {
    let line = |d: &Diagnostic| layout.index(d.range.start());
    let screened_lines: HashSet<usize> =
        screened.iter().filter(|f| f.whole_line).map(|f| line(&f.diagnostic)).collect();
    // each with whether it is reported
    let mut found: Vec<(Diagnostic, bool)> = parsed
        .into_iter()
        .map(|d| {
            let report = !screened_lines.contains(&line(&d));
            (d, report)
        })
        .chain(screened.into_iter().map(|f| (f.diagnostic, !f.hidden)))
        .collect();
    found.sort_by_key(|(d, _)| (d.range.start(), d.range.end(), d.code));
    no_slips_beside_mistakes(&mut found, layout);
    found.iter().filter(|(d, _)| !d.slip).for_each(|(d, _)| broken::mark(file, d.range));
    found.into_iter().filter_map(|(d, report)| report.then_some(d)).collect()
}

/// The first hundred, and how many more there are.
fn few(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let more = found.len().saturating_sub(MOST);
    if more > 0 {
        let mut last = found.swap_remove(MOST);
        found.truncate(MOST);
        last.code = codes::TOO_MANY.code;
        last.message = format!("Here and below are {more} more mistakes: mend those above first.");
        (last.fix, last.related) = (None, vec![]);
        found.push(last);
    }
    found
}

/// Where something on a line is not understood, nothing on it is certain.
fn no_slips_beside_mistakes(found: &mut [(Diagnostic, bool)], layout: &Layout) {
    let line = |(d, _): &(Diagnostic, bool)| layout.index(d.range.start());
    for neighbours in found.chunk_by_mut(|a, b| line(a) == line(b)) {
        if neighbours.iter().any(|(d, _)| !d.slip) {
            neighbours.iter_mut().for_each(|(d, _)| d.slip = false);
        }
    }
}

impl<'a> Lower<'a> {
    /// Walks the whole tree, without recursion, since the tree may be as deep as the text is long.
    fn comments_and_errors(&mut self, tree: &Tree) -> Vec<Comment> {
        let mut comments = vec![];
        let mut cursor = tree.walk();
        loop {
            let raw = cursor.node();
            let kind = node::kind(raw);
            match kind {
                Kind::Comment => {
                    let range = node::range(raw);
                    let own_line = self.layout.begins_line(range.start());
                    comments.push(Comment { range, text: self.slice(range).to_owned(), own_line });
                }
                Kind::Error => {
                    let range = self.layout.first_line(self.text, node::range(raw));
                    self.error(&codes::UNEXPECTED_TEXT, range, "This isn't understood.");
                }
                Kind::Procedure => {
                    if let Some(name) = raw.child_by_field_name("name") {
                        self.procedures.insert(self.slice(node::range(name)));
                    }
                }
                _ => {}
            }
            // a grid has no comments in it, and many cells
            let leaf = matches!(kind, Kind::Grid | Kind::Error | Kind::Arguments);
            if !leaf && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return comments;
                }
            }
        }
    }

    pub(crate) fn slice(&self, range: TextRange) -> &'a str {
        &self.text[usize::from(range.start())..usize::from(range.end())]
    }

    pub(crate) fn name(&self, range: TextRange) -> Name {
        Name { range, text: self.slice(range).to_owned() }
    }

    /// The text of a range as a message quotes it: its first line, and not too much of that.
    pub(crate) fn quote(&self, range: TextRange) -> String {
        const MOST: usize = 40;
        let text = self.slice(self.layout.first_line(self.text, range));
        match text.char_indices().nth(MOST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        }
    }

    /// The last character before `at`: where something is missing, that is what can be underlined.
    pub(crate) fn last_character(&self, at: TextSize) -> TextRange {
        let before = &self.text[..usize::from(at)];
        let length = before.chars().next_back().map_or(0, char::len_utf8);
        TextRange::new(at - node::offset(length), at)
    }

    /// Reports what is not understood: what it stands in is broken, see [`super::broken`].
    pub(crate) fn error(
        &mut self,
        code: &Code,
        range: TextRange,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let at = self.found.len();
        self.found.push(Diagnostic::new(code, Severity::Error, range, message));
        &mut self.found[at]
    }

    /// Reports what is wrong though its meaning is certain, so that it is run.
    pub(crate) fn slip(
        &mut self,
        code: &Code,
        range: TextRange,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let slip = self.error(code, range, message);
        slip.slip = true;
        slip
    }

    /// Something is missing at `at`, and inserting it there is the fix.
    pub(crate) fn missing(&mut self, code: &Code, at: TextSize, what: &str, message: impl Into<String>) {
        let range = self.last_character(at);
        self.slip(code, range, message).fix = Some(insert(at, what, format!("Insert '{}'", what.trim())));
    }

    /// Lowers something one level deeper, unless that is too deep, which is said once in a file.
    pub(crate) fn deeper<T>(&mut self, range: TextRange, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            if !std::mem::replace(&mut self.too_deep, true) {
                let range = self.layout.first_line(self.text, range);
                let message =
                    format!("This is nested more than {MAX_DEPTH} deep; move some of it to a procedure.");
                self.error(&codes::TOO_DEEP, range, message);
            }
            return None;
        }
        self.depth += 1;
        let result = lower(self);
        self.depth -= 1;
        Some(result)
    }
}

pub(crate) fn insert(at: TextSize, what: &str, title: String) -> Fix {
    Fix { title, edits: vec![Edit { range: TextRange::empty(at), insert: what.to_owned() }] }
}

pub(crate) fn replace(range: TextRange, with: &str) -> Fix {
    let edits = vec![Edit { range, insert: with.to_owned() }];
    Fix { title: format!("Change to '{}'", with.trim()), edits }
}

pub(crate) fn remove(range: TextRange, what: &str) -> Fix {
    Fix { title: format!("Remove '{what}'"), edits: vec![Edit { range, insert: String::new() }] }
}
