//! Where things are in the repository.

use std::path::{Path, PathBuf};

/// The repository's root: the folder of the workspace's `Cargo.toml`.
pub fn root() -> &'static Path {
    // `cargo run` sets the variable; the compiled-in value serves a binary that is started by hand.
    static ROOT: std::sync::LazyLock<PathBuf> = std::sync::LazyLock::new(|| {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        package.ancestors().nth(2).map_or(package.clone(), Path::to_path_buf)
    });
    &ROOT
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The built program `name` of the release profile.
pub fn binary(name: &str) -> PathBuf {
    target().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// `path` as seen from the root, for messages.
pub fn shown(path: &Path) -> std::path::Display<'_> {
    path.strip_prefix(root()).unwrap_or(path).display()
}
