//! tree-sitter grammar of the Karel language.
