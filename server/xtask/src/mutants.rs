//! `cargo xtask mutants`: whether tests fail when what they test is broken. The files `tests/mutants/PART.toml` list
//! faults of the editors' plugins; each is put into a copy of the sources, and the part's quick tests are run on it. For
//! a Rust package cargo-mutants thinks of the faults.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use owo_colors::OwoColorize;
use walkdir::{DirEntry, WalkDir};

use crate::files::place;
use crate::tools::{self, Node};
use crate::{process, repo, target};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Break this part only: `vscode` or `nvim`; any other name is a Rust package, for which cargo-mutants is needed.
    #[arg(long, value_name = "PART")]
    only: Option<String>,
    /// Put in this fault only, by its number; may be given several times.
    #[arg(long, value_name = "NUMBER")]
    id: Vec<String>,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let parts: Vec<&str> = match args.only.as_deref() {
        None => vec!["vscode", "nvim"],
        Some(part @ ("vscode" | "nvim")) => vec![part],
        Some(package) => {
            let mut cargo = process::cargo();
            let folder = target::folder().join("mutants").join(package);
            cargo.args(["mutants", "--package", package, "--test-tool=nextest", "--output"]).arg(folder);
            return process::run(&mut cargo).context("cargo-mutants is got by `cargo install cargo-mutants`");
        }
    };
    let mut unnoticed = 0;
    for part in parts {
        let bench = Bench::set_up(part)?;
        if let Some(test) = bench.failing_test()? {
            bail!("a test of {part} fails without any fault: {test}");
        }
        let mut mutants = mutants(part)?;
        mutants.retain(|mutant| args.id.is_empty() || args.id.contains(&mutant.id));
        let mut killed = 0;
        for mutant in &mutants {
            let killer = bench.killer(mutant).with_context(|| mutant.id.clone())?;
            killed += usize::from(killer.is_some());
            unnoticed += usize::from(killer.is_none() && mutant.excuse.is_none());
            match (killer, &mutant.excuse) {
                (Some(test), _) => anstream::println!("{:5} killed by: {test}", mutant.id),
                (None, Some(excuse)) => anstream::println!("{:5} survives: {excuse}", mutant.id),
                (None, None) => anstream::println!("{:5} {}: {}", mutant.id, "SURVIVES".red(), mutant.breaks),
            }
        }
        anstream::println!("{part}: {killed} of {} killed\n", mutants.len());
    }
    ensure!(unnoticed == 0, "{unnoticed} faults were not noticed by any test");
    Ok(())
}

/// A fault: the one place in the file where `from` stands says `to` instead.
struct Mutant {
    id: String,
    /// What a user would see.
    breaks: String,
    /// The file's path from the part's folder.
    file: String,
    from: String,
    to: String,
    /// Why no quick test can notice it, where none can.
    excuse: Option<String>,
}

/// The faults of `part`, as its table lists them.
fn mutants(part: &str) -> Result<Vec<Mutant>> {
    let path = repo::root().join("tests/mutants").join(part).with_extension("toml");
    let table: toml::Table =
        fs::read_to_string(&path)?.parse().with_context(|| path.display().to_string())?;
    let rows = table["mutant"].as_array().context("there is no list `mutant`")?;
    let text = |row: &toml::Value, key: &str| row.get(key)?.as_str().map(str::to_owned);
    let read = |row| {
        Some(Mutant {
            id: text(row, "id")?,
            breaks: text(row, "breaks")?,
            file: text(row, "file")?,
            from: text(row, "from")?,
            to: text(row, "to")?,
            excuse: text(row, "excuse"),
        })
    };
    rows.iter().map(|row| read(row).with_context(|| format!("{row} is not a whole mutant"))).collect()
}

/// A copy of the editors' sources that may be broken, and the means to test it.
struct Bench {
    part: &'static str,
    /// It holds `editors`, and links to what the tests read besides.
    root: PathBuf,
    node: Node,
    neovim: PathBuf,
}

impl Bench {
    fn set_up(part: &str) -> Result<Bench> {
        let (node, neovim) = (tools::node()?, tools::neovim()?);
        let root = target::folder().join("mutants").join(part);
        let _ = fs::remove_dir_all(root.join("editors"));
        let editors = repo::root().join("editors");
        // What is installed or built there is left out.
        let is_source =
            |entry: &DirEntry| !["node_modules", "dist"].iter().any(|name| entry.file_name() == *name);
        for entry in WalkDir::new(&editors).into_iter().filter_entry(is_source) {
            let entry = entry?;
            if entry.file_type().is_file() {
                place(entry.path(), &root.join("editors").join(entry.path().strip_prefix(&editors)?))?;
            }
        }
        let modules = "editors/vscode/node_modules";
        node.install(&repo::root().join("editors/vscode"))?;
        for shared in ["grammar", "server", modules] {
            let link = root.join(shared);
            let _ = fs::remove_file(&link);
            #[cfg(unix)]
            std::os::unix::fs::symlink(repo::root().join(shared), link)?;
        }
        let part = if part == "vscode" { "vscode" } else { "nvim" };
        Ok(Bench { part, root, node, neovim })
    }

    fn folder(&self) -> PathBuf {
        self.root.join("editors").join(self.part)
    }

    /// The test that fails with the fault in its place, if one does. The file is as it was afterwards.
    fn killer(&self, mutant: &Mutant) -> Result<Option<String>> {
        let file = self.folder().join(&mutant.file);
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let places = text.matches(&mutant.from).count();
        ensure!(places == 1, "{} stands {places} times in {}", mutant.from.trim(), mutant.file);
        fs::write(&file, text.replace(&mutant.from, &mutant.to))?;
        let killer = self.build(&file).and_then(|()| self.failing_test());
        fs::write(&file, text)?;
        killer
    }

    /// Fails where the file is none of its language any more: such a fault would be noticed by anything.
    fn build(&self, file: &Path) -> Result<()> {
        let mut build = if self.part == "vscode" {
            self.node.command("node", &self.folder())
        } else {
            process::command(&self.neovim)
        };
        if self.part == "vscode" {
            build.args(["esbuild.mjs", "--tests"]);
        } else {
            let load = format!("+lua if not loadfile([[{}]]) then vim.cmd.cquit() end", file.display());
            build.args(["--headless", "--clean", &load, "+qall!"]);
        }
        process::run_quietly(&mut build)
    }

    /// The first of the part's own tests that fails, if one does; the others are not waited for.
    fn failing_test(&self) -> Result<Option<String>> {
        let mut tests = if self.part == "vscode" {
            self.build(Path::new(""))?;
            let mut node = self.node.command("node", &self.folder());
            node.args(["--test", "--test-reporter=tap", "--test-timeout=20000", "dist/test/*.test.js"]);
            node
        } else {
            let mut nvim = process::command(&self.neovim);
            nvim.args(["--headless", "--clean", "-u", "test/init.lua", "-l", "test/run.lua"]);
            // What never comes is missing after 30 seconds; a busy machine takes some to compile the parser.
            nvim.current_dir(self.folder()).env("KAREL_PATIENCE", "30000");
            nvim
        };
        let mut tests = tests.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let Some(output) = tests.stdout.take() else { bail!("the tests have no output") };
        for line in BufReader::new(output).lines() {
            if let Some(test) = line?.strip_prefix("not ok ") {
                let _ = tests.kill();
                tests.wait()?;
                return Ok(Some(
                    test.trim_start_matches(|c: char| c == '-' || c == ' ' || c.is_ascii_digit()).to_owned(),
                ));
            }
        }
        let status = tests.wait()?;
        Ok((!status.success()).then(|| format!("the tests ended with {status}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutant_has_its_place_and_a_number_of_its_own() {
        for part in ["vscode", "nvim"] {
            let mutants = mutants(part).unwrap();
            let mut ids: Vec<&str> = mutants.iter().map(|mutant| &*mutant.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), mutants.len(), "{part}");
            for mutant in mutants {
                let file = repo::root().join("editors").join(part).join(&mutant.file);
                let text = fs::read_to_string(file).unwrap();
                assert_eq!(text.matches(&mutant.from).count(), 1, "{} in {}", mutant.id, mutant.file);
                assert_ne!(mutant.from, mutant.to, "{}", mutant.id);
            }
        }
    }
}
