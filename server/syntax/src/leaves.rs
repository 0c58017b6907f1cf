//! The words of a text in order, as the grammar sees them: for what looks at spelling and place more than at meaning,
//! such as highlighting and what the cursor stands on.

use text_size::{TextRange, TextSize};
use tree_sitter::Tree;

/// A piece of text that the grammar divides no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// The grammar's name of it: `identifier`, `comment`, `while`, `(`.
    pub kind: &'a str,
    /// The grammar's name of the node directly around it.
    pub parent: &'a str,
    pub range: TextRange,
}

/// All leaves that have a width, in source order.
pub fn leaves(tree: &Tree) -> Vec<Leaf<'_>> {
    let mut found = Vec::new();
    let mut cursor = tree.walk();
    let mut parents: Vec<&str> = Vec::new();
    loop {
        let node = cursor.node();
        if cursor.goto_first_child() {
            parents.push(node.kind());
            continue;
        }
        let range = node.byte_range();
        if !range.is_empty() {
            let size = |n: usize| TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
            let range = TextRange::new(size(range.start), size(range.end));
            found.push(Leaf { kind: node.kind(), parent: parents.last().copied().unwrap_or(""), range });
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
            parents.pop();
        }
    }
}

/// The leaf at the offset; of two that touch there, the word rather than the punctuation, else the one that begins.
pub fn leaf_at<'a>(leaves: &[Leaf<'a>], offset: TextSize) -> Option<Leaf<'a>> {
    let first = leaves.partition_point(|leaf| leaf.range.end() < offset);
    let touching = leaves[first..].iter().take_while(|leaf| leaf.range.start() <= offset);
    let is_word = |leaf: &Leaf<'_>| leaf.kind.starts_with(|c: char| c.is_alphabetic());
    touching.copied().max_by_key(|leaf| (is_word(leaf), leaf.range.start()))
}
