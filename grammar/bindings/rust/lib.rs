//! tree-sitter grammar of the Karel language: programs, example blocks and grids.
//!
//! The grammar is total: nearly every text gives a tree without an ERROR node, and whoever reads the tree judges it.

#![expect(unsafe_code, reason = "the generated parser is C")]

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_karel() -> *const ();
}

/// The grammar, for `tree_sitter::Parser::set_language`.
// SAFETY: the generated parser's entry point, compiled by build.rs from the same sources.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_karel) };

/// The node types and their fields, as JSON.
pub const NODE_TYPES: &str = include_str!("../../src/node-types.json");

/// Captures for syntax highlighting, by the common names (`@keyword`, `@function.builtin`...).
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");

/// Which names are definitions and which are references.
pub const LOCALS_QUERY: &str = include_str!("../../queries/locals.scm");

/// Definitions and references, for code navigation without a server.
pub const TAGS_QUERY: &str = include_str!("../../queries/tags.scm");

/// What is text of another language.
pub const INJECTIONS_QUERY: &str = include_str!("../../queries/injections.scm");

#[cfg(test)]
mod tests {
    use tree_sitter::{Language, Parser, Query, QueryCursor, StreamingIterator};

    fn language() -> Language {
        super::LANGUAGE.into()
    }

    #[test]
    fn the_grammar_loads_and_parses() {
        let mut parser = Parser::new();
        parser.set_language(&language()).unwrap();
        let tree = parser.parse("def main():\n    move()\n", None).unwrap();
        assert_eq!(
            tree.root_node().to_sexp(),
            "(source_file (procedure name: (identifier) parameters: (arguments) \
             body: (block (call name: (identifier) arguments: (arguments)))))"
        );
    }

    #[test]
    fn every_query_compiles() {
        let mut count = 0;
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/queries")).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let query = Query::new(&language(), &text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert!(query.pattern_count() > 0 || text.contains("Nothing"), "{}", path.display());
            count += 1;
        }
        assert_eq!(count, 7);
    }

    #[test]
    fn the_highlights_cover_every_word_of_a_program() {
        let text = "def main():\n    while(frontIsClear()): move()\n\nexample \"a\" crashes:\n    input:\n        > # 1 .\n";
        let mut parser = Parser::new();
        parser.set_language(&language()).unwrap();
        let tree = parser.parse(text, None).unwrap();
        let query = Query::new(&language(), super::HIGHLIGHTS_QUERY).unwrap();
        let mut covered = vec![false; text.len()];
        let mut cursor = QueryCursor::new();
        let mut captures = cursor.captures(&query, tree.root_node(), text.as_bytes());
        while let Some((found, index)) = captures.next() {
            covered[found.captures()[*index].node.byte_range()].fill(true);
        }
        let bare: String = text.bytes().zip(&covered).filter(|(_, c)| !**c).map(|(b, _)| b as char).collect();
        assert_eq!(bare.trim(), "", "not highlighted");
    }
}
