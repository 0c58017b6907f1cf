//! A change of any text: the incremental parse gives what a fresh one gives. Texts are made long enough for the
//! incremental way by comments before them. `cargo +nightly fuzz run reparse` in server/syntax.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str)| {
    let long = "# a line of comment before the text, to make it long\n".repeat(1400);
    let (old, new) = (format!("{long}{}", texts.0), format!("{long}{}", texts.1));
    let part = syntax::parse::reparse(&syntax::parse::parse(&old), &old, &new);
    let fresh = syntax::parse::parse(&new);
    assert_eq!(part.file, fresh.file);
    assert_eq!(part.diagnostics, fresh.diagnostics);
});
