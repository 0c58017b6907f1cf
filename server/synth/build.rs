//! Tells the linker where libtorch lies, so that the engine, its tests and its benchmarks find it without the
//! user setting anything: the folder it was built against, and, for an installed copy, a folder relative to the binary.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let beside_the_binary = match &*target {
        // Windows looks beside the binary and on the path, and nowhere else.
        "windows" => return,
        "macos" => "@loader_path",
        _ => "$ORIGIN",
    };
    if let Ok(lib) = env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{lib}");
    }
    println!("cargo:rustc-link-arg=-Wl,-rpath,{beside_the_binary}/../lib/karel/torch/lib");
}
