//! `cargo xtask install`: puts the programs, the libtorch they need and the Neovim plugin where a user has them.
//!
//! | what | where, under the prefix |
//! |---|---|
//! | `karel`, `karel-lsp`, `karel-synth` | `bin/` |
//! | libtorch, where the engine looks for it | `lib/karel/torch` |
//! | the Neovim plugin, its parser compiled | `share/nvim/site/pack/karel/start/karel` |

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{libtorch, process, programs, repo};

#[derive(clap::Args)]
pub struct Args {
    /// The folder to install under; `~/.local` if not given.
    #[arg(long, value_name = "FOLDER")]
    prefix: Option<PathBuf>,
}

pub fn run(args: Args) -> Result<()> {
    let prefix = match args.prefix {
        Some(prefix) => std::path::absolute(prefix)?,
        None => std::env::home_dir().context("there is no home folder: give --prefix FOLDER")?.join(".local"),
    };
    programs::build()?;
    let bin = prefix.join("bin");
    for program in programs::PROGRAMS {
        let built = repo::binary(program);
        place(&built, &bin.join(built.file_name().context("a program has no name")?))?;
    }
    libtorch::install(&prefix.join("lib/karel"))?;
    let plugin = prefix.join("share/nvim/site/pack/karel/start/karel");
    if plugin.exists() {
        fs::remove_dir_all(&plugin).with_context(|| format!("{} cannot be replaced", plugin.display()))?;
    }
    place_folder(&repo::root().join("editors/nvim"), &plugin)?;
    // For `:KarelInstallParser`, far from the repository.
    place_folder(&repo::root().join("grammar/src"), &plugin.join("grammar/src"))?;
    let parser = compile_parser(&plugin.join("parser"));

    anstream::println!("karel, karel-lsp and karel-synth are in {}", bin.display());
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder == bin) {
        anstream::println!("  which is not on PATH: add it there, so that editors find the server");
    }
    anstream::println!("The Neovim plugin is in {}; Neovim 0.11 loads it by itself", plugin.display());
    if let Err(error) = parser {
        anstream::println!(
            "  without the tree-sitter parser, which `:KarelInstallParser` compiles later: {error:#}"
        );
    }
    anstream::println!(
        "For VS Code: `cargo xtask vsix`, then `code --install-extension editors/vscode/karel.vsix`"
    );
    Ok(())
}

/// Compiles the tree-sitter parser into `folder`, where Neovim looks for it.
fn compile_parser(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let source = repo::root().join("grammar/src");
    let mut compiler = process::command(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    compiler
        .args(["-O2", "-std=c11", "-shared", "-fPIC", "-I"])
        .arg(&source)
        .arg("-o")
        .arg(folder.join("karel.so"));
    process::run_quietly(compiler.args(["parser.c", "scanner.c"].map(|file| source.join(file))))
}

/// Copies `from` to `to`, under another name first: a running program's file cannot be written, but replaced.
pub fn place(from: &Path, to: &Path) -> Result<()> {
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(to.parent().unwrap_or(to))?;
        let fresh = to.with_extension("new");
        fs::copy(from, &fresh)?;
        fs::rename(&fresh, to)
    };
    write().with_context(|| format!("{} cannot be written; try another --prefix", to.display()))
}

/// Copies the folder `from` and all in it to `to`.
fn place_folder(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { place_folder(&from, &to)? } else { place(&from, &to)? }
    }
    Ok(())
}
