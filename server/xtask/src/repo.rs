//! Where things are in the repository.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::process;

/// The repository's root: the folder of the workspace's `Cargo.toml`.
pub fn root() -> &'static Path {
    // `cargo run` sets the variable; the compiled-in value serves a binary that is started by hand.
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        package.ancestors().nth(2).map_or(package.clone(), Path::to_path_buf)
    });
    &ROOT
}

/// Cargo's target folder: where cargo says that it is, whatever the user's configuration and environment.
pub fn target() -> &'static Path {
    static TARGET: LazyLock<PathBuf> = LazyLock::new(|| {
        let asked = process::answer(process::cargo().args(["metadata", "--no-deps", "--format-version=1"]));
        let metadata: Option<Value> = asked.and_then(|text| serde_json::from_str(&text).ok());
        let folder = metadata.as_ref().and_then(|metadata| metadata["target_directory"].as_str());
        folder.map_or_else(|| root().join("target"), PathBuf::from)
    });
    &TARGET
}

/// The built program `name` of the release profile.
pub fn binary(name: &str) -> PathBuf {
    target().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// `path` as seen from the root, for messages.
pub fn shown(path: &Path) -> std::path::Display<'_> {
    path.strip_prefix(root()).unwrap_or(path).display()
}
