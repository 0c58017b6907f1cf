//! Any bytes as grid text: never a panic, and what is read is read the same again after it was written.
//!
//! In `server/runtime`: `cargo fuzz run grid`, or, without instrumentation, `cargo run --release` in this folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use runtime::World;

fuzz_target!(|text: &str| {
    if let Ok(world) = World::parse(text) {
        let again = World::parse(&world.to_string());
        assert_eq!(again.as_ref(), Ok(&world));
    }
});
