//! Fails, with the one command that helps, where libtorch is not there.

use std::env;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=build.rs");
    let set = |name: &str| {
        println!("cargo:rerun-if-env-changed={name}");
        env::var(name).ok()
    };
    let named = set("LIBTORCH");
    // Other ways that the bindings know, which they check themselves.
    let ways = ["LIBTORCH_USE_PYTORCH", "LIBTORCH_INCLUDE", "LIBTORCH_LIB", "DOCS_RS"];
    let another = ways.into_iter().filter_map(set).count() > 0;
    let header = "include/torch/csrc/api/include/torch/torch.h";
    let why = match &named {
        _ if another => return ExitCode::SUCCESS,
        None => "LIBTORCH is not set".to_owned(),
        Some(folder) if folder.is_empty() => "LIBTORCH is empty".to_owned(),
        Some(folder) => {
            let header = Path::new(folder).join(header);
            println!("cargo:rerun-if-changed={}", header.display());
            if header.is_file() {
                return ExitCode::SUCCESS;
            }
            format!("there is no libtorch in {folder}")
        }
    };
    eprintln!(
        "The synthesis engine needs libtorch, and {why}.\nRun `cargo xtask libtorch` in the repository, which finds or \
         gets it, and build again.\nEverything but the engine builds without: `cargo build`."
    );
    ExitCode::FAILURE
}
