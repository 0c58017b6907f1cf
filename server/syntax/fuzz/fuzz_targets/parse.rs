//! Any text: no panic, and all ranges in the text. `cargo +nightly fuzz run parse` in server/syntax.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = syntax::parse::parse(text);
    for diagnostic in &parsed.diagnostics {
        assert!(text.get(std::ops::Range::<usize>::from(diagnostic.range)).is_some(), "{diagnostic:?}");
        for edit in diagnostic.fix.iter().flat_map(|f| &f.edits) {
            assert!(text.get(std::ops::Range::<usize>::from(edit.range)).is_some(), "{diagnostic:?}");
        }
    }
});
