//! The tree-sitter tree, with its node names as an enum and ranges in bytes only.

use std::sync::LazyLock;
use text_size::{TextRange, TextSize};
use tree_sitter::{Language, Node as Raw};

/// What a node is. `Other` stands for the punctuation and the words that no pass looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Procedure,
    Example,
    Include,
    Section,
    UnknownSection,
    ExampleBody,
    StrayRow,
    Block,
    Overindented,
    Call,
    Arguments,
    Parenthesized,
    Not,
    Number,
    Hole,
    While,
    Repeat,
    If,
    Else,
    StrayElse,
    UnknownStatement,
    Identifier,
    String,
    Unquoted,
    Unexpected,
    Grid,
    Row,
    Actions,
    Comment,
    Colon,
    Semicolon,
    Opening,
    Closing,
    Question,
    Crashes,
    Error,
    Other,
}

fn kind_of(name: &str, named: bool) -> Kind {
    use Kind as K;
    match (name, named) {
        ("procedure", true) => K::Procedure,
        ("example", true) => K::Example,
        ("include", true) => K::Include,
        ("section", true) => K::Section,
        ("unknown_section", true) => K::UnknownSection,
        ("example_body", true) => K::ExampleBody,
        ("stray_row", true) => K::StrayRow,
        ("block", true) => K::Block,
        ("overindented", true) => K::Overindented,
        ("call", true) => K::Call,
        ("arguments", true) => K::Arguments,
        ("parenthesized", true) => K::Parenthesized,
        ("not", true) => K::Not,
        ("number", true) => K::Number,
        ("hole", true) => K::Hole,
        ("while_statement", true) => K::While,
        ("repeat_statement", true) => K::Repeat,
        ("if_statement", true) => K::If,
        ("else_clause", true) => K::Else,
        ("stray_else", true) => K::StrayElse,
        ("unknown_statement", true) => K::UnknownStatement,
        ("identifier", true) => K::Identifier,
        ("string", true) => K::String,
        ("unquoted", true) => K::Unquoted,
        ("unexpected", true) => K::Unexpected,
        ("grid", true) => K::Grid,
        ("row", true) => K::Row,
        ("actions", true) => K::Actions,
        ("comment", true) => K::Comment,
        (":", false) => K::Colon,
        (";", false) => K::Semicolon,
        ("(", false) => K::Opening,
        (")", false) => K::Closing,
        ("?", false) => K::Question,
        ("crashes", false) => K::Crashes,
        _ => K::Other,
    }
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let language: Language = tree_sitter_karel::LANGUAGE.into();
    (0..language.node_kind_count())
        .map(|id| {
            let id = id as u16;
            let name = language.node_kind_for_id(id).unwrap_or_default();
            kind_of(name, language.node_kind_is_named(id))
        })
        .collect()
});

/// The kind of a raw node.
pub(crate) fn kind(raw: Raw<'_>) -> Kind {
    if raw.is_error() {
        return Kind::Error;
    }
    KINDS.get(usize::from(raw.kind_id())).copied().unwrap_or(Kind::Other)
}

pub(crate) fn range(raw: Raw<'_>) -> TextRange {
    TextRange::new(offset(raw.start_byte()), offset(raw.end_byte()))
}

/// Texts are shorter than 2^32 bytes: `parse` sees to that.
pub(crate) fn offset(bytes: usize) -> TextSize {
    TextSize::new(u32::try_from(bytes).unwrap_or(u32::MAX))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node<'t> {
    pub kind: Kind,
    pub range: TextRange,
    raw: Raw<'t>,
}

impl<'t> Node<'t> {
    pub(crate) fn new(raw: Raw<'t>) -> Self {
        Node { kind: kind(raw), range: range(raw), raw }
    }

    /// All children but comments and what the parser made up, in order.
    pub(crate) fn children(self) -> Vec<Node<'t>> {
        let mut cursor = self.raw.walk();
        let mut children = Vec::with_capacity(self.raw.child_count() as usize);
        for child in self.raw.children(&mut cursor) {
            let child = Node::new(child);
            if child.kind != Kind::Comment && !child.raw.is_missing() {
                children.push(child);
            }
        }
        children
    }

    pub(crate) fn start(self) -> TextSize {
        self.range.start()
    }

    pub(crate) fn end(self) -> TextSize {
        self.range.end()
    }

    pub(crate) fn is(self, kind: Kind) -> bool {
        self.kind == kind
    }

    /// Something that may stand where a condition or a count is expected.
    pub(crate) fn is_expression(self) -> bool {
        matches!(self.kind, Kind::Call | Kind::Not | Kind::Number | Kind::Hole | Kind::Parenthesized)
    }
}
