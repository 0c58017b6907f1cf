//! `cargo xtask grammar`: generates the parser in `grammar/src` from `grammar/grammar.js`, copies `grammar/queries`
//! to where the Neovim plugin needs them, and runs the corpus.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::files::files;
use crate::{process, repo, target};

/// The release of the tree-sitter command line that the committed parser is generated with.
const VERSION: &str = "0.27.1";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Fail if the committed parser or the plugin's queries are not those of the grammar.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let cli = match tree_sitter() {
        Some(cli) => cli,
        None => install()?,
    };
    if args.check {
        let stale = stale(&cli)?;
        if !stale.is_empty() {
            bail!("not what the grammar makes: {}; run `cargo xtask grammar`", stale.join(", "));
        }
    } else {
        process::run(&mut generate(&cli))?;
        copy_queries()?;
    }
    process::run(&mut corpus(&cli))
}

/// The tree-sitter command line of the pinned release, on `PATH` or among the tools in the target folder.
pub(crate) fn tree_sitter() -> Option<PathBuf> {
    [PathBuf::from("tree-sitter"), installed()].into_iter().find(|cli| {
        let version = process::answer(process::command(cli).arg("--version")).unwrap_or_default();
        version.split_whitespace().nth(1) == Some(VERSION)
    })
}

fn installed() -> PathBuf {
    tools().join("bin").join(format!("tree-sitter{}", std::env::consts::EXE_SUFFIX))
}

fn tools() -> PathBuf {
    target::folder().join("tools")
}

/// Builds the command line from its crate; takes three to five minutes on two cores.
pub(crate) fn install() -> Result<PathBuf> {
    anstream::eprintln!("Installing tree-sitter {VERSION} with cargo (some minutes) …");
    let mut cargo = process::cargo();
    cargo.args(["install", "--quiet", "--locked", "tree-sitter-cli", "--version", VERSION, "--root"]);
    process::run(cargo.arg(tools())).context("the tree-sitter command line can't be installed")?;
    Ok(installed())
}

/// The command that writes the parser, by default into `grammar/src`. It uses the JavaScript that tree-sitter has
/// built in, so that no Node is needed.
fn generate(cli: &Path) -> Command {
    let mut command = in_grammar(cli);
    command.args(["generate", "--js-runtime", "native"]);
    command
}

/// The names of the committed files that differ from what the grammar generates, or that the queries are copied to.
pub(crate) fn stale(cli: &Path) -> Result<Vec<String>> {
    let fresh = target::folder().join("tools/generated-grammar");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh)?;
    process::run(generate(cli).arg("--output").arg(&fresh))?;
    let committed = repo::root().join("grammar/src");
    let mut stale = Vec::new();
    for file in files(&fresh)? {
        let name = file.strip_prefix(&fresh)?;
        if fs::read(committed.join(name)).ok() != Some(fs::read(&file)?) {
            stale.push(format!("grammar/src/{}", name.display()));
        }
    }
    let (grammar, plugin) = (queries(&grammar_queries())?, queries(&plugin_queries())?);
    let names: BTreeSet<&String> = grammar.keys().chain(plugin.keys()).collect();
    for name in names {
        if grammar.get(name) != plugin.get(name) {
            stale.push(format!("editors/nvim/queries/karel/{name}"));
        }
    }
    Ok(stale)
}

/// Copies the queries to the plugin, whose folder has to work on its own, and removes those that the grammar has no
/// more. (Links would do but for Windows.)
fn copy_queries() -> Result<()> {
    let (grammar, plugin) = (queries(&grammar_queries())?, plugin_queries());
    for old in queries(&plugin)?.keys().filter(|name| !grammar.contains_key(*name)) {
        fs::remove_file(plugin.join(old))?;
    }
    fs::create_dir_all(&plugin)?;
    for (name, text) in grammar {
        fs::write(plugin.join(name), text)?;
    }
    Ok(())
}

fn grammar_queries() -> PathBuf {
    repo::root().join("grammar/queries")
}

fn plugin_queries() -> PathBuf {
    repo::root().join("editors/nvim/queries/karel")
}

/// The query files of a folder by name; none if there is no such folder.
fn queries(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    if !folder.is_dir() {
        return Ok(BTreeMap::new());
    }
    let mut queries = BTreeMap::new();
    for file in files(folder)?.into_iter().filter(|file| file.extension().is_some_and(|end| end == "scm")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        queries.insert(name, fs::read(&file)?);
    }
    Ok(queries)
}

/// The command that runs the corpus.
pub(crate) fn corpus(cli: &Path) -> Command {
    let mut command = in_grammar(cli);
    command.arg("test");
    command
}

fn in_grammar(cli: &Path) -> Command {
    let mut command = process::command(cli);
    command.current_dir(repo::root().join("grammar"));
    command
}
