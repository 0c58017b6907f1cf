//! Compiles the generated parser and the scanner.

fn main() {
    let sources = ["src/parser.c", "src/scanner.c"];
    cc::Build::new()
        .std("c11")
        .include("src")
        // generated code, and the same flags for all compilers
        .warnings(false)
        // the grammar isn't what anyone debugs in a debug build, but all tests wait for it
        .opt_level(2)
        .files(sources)
        .compile("tree-sitter-karel");
    for path in sources.iter().chain(&["src/tree_sitter/parser.h", "src/tree_sitter/alloc.h"]) {
        println!("cargo:rerun-if-changed={path}");
    }
}
