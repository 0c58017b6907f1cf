//! Where things are in the repository.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The repository's root: the folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    // `cargo run` sets the variable; the compiled-in value serves a binary that is started by hand.
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        package.ancestors().nth(2).map_or(package.clone(), Path::to_path_buf)
    });
    &ROOT
}

/// `path` as seen from the root, for messages.
pub(crate) fn shown(path: &Path) -> std::path::Display<'_> {
    path.strip_prefix(root()).unwrap_or(path).display()
}
