//! Tells the linker where libtorch lies, so that the engine, its tests and its benchmarks find it without the
//! user setting anything: the folder it was built against, and, for an installed copy, a folder relative to the binary.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Ok(lib) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{lib}");
    }
    println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN/../lib/karel/torch/lib");
}
