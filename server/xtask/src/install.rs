//! `cargo xtask install`: puts the programs, the libtorch they need and the Neovim plugin where a user has them.
//!
//! | what | where, under the prefix |
//! |---|---|
//! | `karel`, `karel-lsp`, `karel-synth` | `bin/` |
//! | libtorch, where the engine looks for it | `lib/karel/torch` |
//! | the Neovim plugin, its parser compiled | `share/nvim/site/pack/karel/start/karel` |
//! | what loads it where a plugin manager has reset `packpath` | `share/nvim/site/plugin/karel.lua` |

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::files::{place, place_folder, place_with};
use crate::{libtorch, process, programs, repo, target};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder to install under; `~/.local` if not given.
    #[arg(long, value_name = "FOLDER")]
    prefix: Option<PathBuf>,
    /// Install the Neovim plugin only: no program is built.
    #[arg(long)]
    plugin: bool,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let (prefix, share) = match args.prefix {
        Some(prefix) => {
            let prefix = std::path::absolute(prefix)?;
            (prefix.clone(), prefix.join("share"))
        }
        None => {
            let no_home = "there is no home folder: give --prefix FOLDER";
            let home = std::env::home_dir().context(no_home)?;
            (home.join(".local"), data_home().context(no_home)?)
        }
    };
    if !args.plugin {
        install_programs(&prefix)?;
    }
    install_plugin(&share)?;
    if !args.plugin {
        anstream::println!(
            "For VS Code: `cargo xtask vsix`, then `code --install-extension editors/vscode/karel.vsix`"
        );
    }
    Ok(())
}

fn install_programs(prefix: &Path) -> Result<()> {
    programs::build()?;
    let bin = prefix.join("bin");
    for program in programs::PROGRAMS {
        let built = target::binary(program);
        place_with(&built, &bin.join(built.file_name().context("a program has no name")?), strip)?;
    }
    libtorch::install(&prefix.join("lib/karel"))?;
    anstream::println!("karel, karel-lsp and karel-synth are in {}", bin.display());
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder == bin) {
        anstream::println!("  which is not on PATH: add it there, so that editors find the server");
    }
    Ok(())
}

/// Installs the plugin under `share`, and says where Neovim will find it.
fn install_plugin(share: &Path) -> Result<()> {
    let site = share.join("nvim/site");
    let parser = place_plugin(&site)?;
    let plugin = site.join(PLUGIN);
    anstream::println!("The Neovim plugin is in {}", plugin.display());
    if data_home().as_deref() == Some(share) {
        anstream::println!(
            "  where Neovim 0.11 loads it by itself, with lazy.nvim, too; `:help karel` begins"
        );
    } else {
        anstream::println!("  which is not where Neovim looks: add `set packpath+={}`", site.display());
    }
    if let Err(error) = parser {
        anstream::println!(
            "  without the tree-sitter parser, which `:KarelInstallParser` compiles later: {error:#}"
        );
    }
    Ok(())
}

/// The plugin's folder, under Neovim's `site` folder.
const PLUGIN: &str = "pack/karel/start/karel";

/// The parts of the plugin that users need: its tests are not among them.
const PARTS: [&str; 8] = ["doc", "ftplugin", "lsp", "lua", "plugin", "queries", "syntax", "README.md"];

/// Puts the plugin into Neovim's folder `site`, in the place of an older one, and compiles its parser. The inner result
/// says why there is no parser, without which the plugin works.
pub(crate) fn place_plugin(site: &Path) -> Result<Result<()>> {
    let plugin = site.join(PLUGIN);
    if plugin.exists() {
        fs::remove_dir_all(&plugin).with_context(|| format!("{} can't be replaced", plugin.display()))?;
    }
    let (source, grammar) = (repo::root().join("editors/nvim"), repo::root().join("grammar/src"));
    for part in PARTS {
        let (from, to) = (source.join(part), plugin.join(part));
        if from.is_dir() { place_folder(&from, &to)? } else { place(&from, &to)? }
    }
    // For `:KarelInstallParser`, far from the repository.
    place_folder(&grammar, &plugin.join("grammar/src"))?;
    place(&source.join("loader.lua"), &site.join("plugin/karel.lua"))?;
    Ok(compile_parser(&plugin.join("parser")))
}

/// Where Neovim looks for what users have installed.
fn data_home() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    named.or_else(|| Some(std::env::home_dir()?.join(".local/share")))
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

/// Takes what only a debugger reads out of a program: most of its size. Without the tool it stays as it is.
fn strip(program: &Path) {
    let _ = process::run_quietly(process::command("strip").arg(program));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::files;

    #[test]
    #[cfg(target_os = "linux")]
    fn programs_are_installed_without_what_a_debugger_reads() {
        let folder = tempfile::tempdir().unwrap();
        let own = std::env::current_exe().unwrap();
        let to = folder.path().join("bin/program");
        place_with(&own, &to, strip).unwrap();
        assert!(fs::metadata(&to).unwrap().len() < fs::metadata(&own).unwrap().len());
        let listed = process::answer(process::command(&to).arg("--list"));
        assert!(listed.is_some_and(|tests| tests.contains("programs_are_installed")), "it still runs");
        let missing = place(&folder.path().join("none"), &to).unwrap_err().to_string();
        assert!(missing.contains("none was built, but it is not there"), "{missing}");
    }

    #[test]
    fn the_plugin_is_whole_and_without_its_tests() {
        let site = tempfile::tempdir().unwrap();
        fs::create_dir_all(site.path().join(PLUGIN).join("lua/old")).unwrap();
        fs::write(site.path().join(PLUGIN).join("lua/old/stale.lua"), "").unwrap();
        place_plugin(site.path()).unwrap().unwrap();
        let found: Vec<String> = files(site.path())
            .unwrap()
            .iter()
            .map(|file| file.strip_prefix(site.path()).unwrap().display().to_string())
            .collect();
        for expected in [
            "plugin/karel.lua",
            "pack/karel/start/karel/plugin/karel.lua",
            "pack/karel/start/karel/doc/tags",
            "pack/karel/start/karel/lua/karel/init.lua",
            "pack/karel/start/karel/parser/karel.so",
            "pack/karel/start/karel/grammar/src/parser.c",
        ] {
            assert!(found.iter().any(|file| file == expected), "{expected} is not among {found:#?}");
        }
        let stray = |file: &&String| {
            file.contains("/test/") || file.contains("stale") || file.ends_with(".gitignore")
        };
        assert_eq!(found.iter().find(stray), None);
    }
}
