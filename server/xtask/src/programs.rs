//! The three programs that the project is made of.

use anyhow::Result;

use crate::{libtorch, process, target};

/// What users run: the command line, the language server, the synthesis engine. Package and program share a name.
pub(crate) const PROGRAMS: [&str; 3] = ["karel", "karel-lsp", "karel-synth"];

/// Builds them in the release profile. libtorch is got first: the engine's crate needs it.
pub(crate) fn build() -> Result<()> {
    libtorch::find_or_get()?;
    if !target::binary("karel-synth").exists() {
        anstream::eprintln!("{}", estimate(std::thread::available_parallelism().map_or(1, usize::from)));
    }
    let mut cargo = process::cargo();
    // Chosen from the whole workspace, the libraries have the features that they have in tests, which then use them again.
    cargo.args(["build", "--release", "--workspace"]);
    process::run(cargo.args(PROGRAMS.map(|program| format!("--bin={program}"))))
}

/// Processor time of a first build, in minutes, as measured.
const BUILD_MINUTES: usize = 12;

/// Says how long a first build takes on this number of cores. The bindings to libtorch are a few long steps, so that more
/// than eight cores don't help.
fn estimate(cores: usize) -> String {
    let minutes = BUILD_MINUTES.div_ceil(cores.clamp(1, 8)).max(2);
    format!(
        "Building karel, karel-lsp and karel-synth: the first time about {minutes} minutes on {cores} cores, later seconds \
         …"
    )
}

#[cfg(test)]
mod tests {
    use super::estimate;

    #[test]
    fn more_cores_are_quicker_up_to_a_point() {
        assert!(estimate(2).contains("about 6 minutes on 2 cores"));
        assert!(estimate(64).contains("about 2 minutes"));
    }
}
