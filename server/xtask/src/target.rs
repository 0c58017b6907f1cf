//! Where cargo puts what it builds.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::{process, repo};

/// Cargo's target folder: where cargo says that it is, whatever the user's configuration and environment.
pub(crate) fn folder() -> &'static Path {
    static TARGET: LazyLock<PathBuf> = LazyLock::new(|| {
        let asked = process::answer(process::cargo().args(["metadata", "--no-deps", "--format-version=1"]));
        let metadata: Option<Value> = asked.and_then(|text| serde_json::from_str(&text).ok());
        let folder = metadata.as_ref().and_then(|metadata| metadata["target_directory"].as_str());
        folder.map_or_else(|| repo::root().join("target"), PathBuf::from)
    });
    &TARGET
}

/// The built program `name` of the release profile.
pub(crate) fn binary(name: &str) -> PathBuf {
    folder().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
