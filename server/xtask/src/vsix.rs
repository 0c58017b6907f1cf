//! `cargo xtask vsix`: packages the VS Code extension.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::tools::{self, Node};
use crate::{process, repo};

#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: Args) -> Result<()> {
    let package = package(&tools::node()?)?;
    anstream::println!("{}: install it with `code --install-extension {0}`", repo::shown(&package));
    Ok(())
}

/// The extension's folder.
pub(crate) fn folder() -> PathBuf {
    repo::root().join("editors/vscode")
}

/// Builds and packages the extension, and returns the package's path.
pub(crate) fn package(node: &Node) -> Result<PathBuf> {
    let folder = folder();
    node.install(&folder)?;
    let mut npm = node.command("npm", &folder);
    process::run_quietly(npm.args(["run", "package", "--silent"]))?;
    let package = folder.join(Path::new("karel.vsix"));
    ensure!(package.is_file(), "`npm run package` made no {}", repo::shown(&package));
    Ok(package)
}
