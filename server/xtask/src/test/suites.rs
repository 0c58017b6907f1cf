//! The suites, in the order in which they run.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Result, bail};

use super::Suite;
use super::runner::run;
use super::tally::{Report, Tally};
use crate::tools::{self, Unavailable};
use crate::{grammar, install, libtorch, pack, process, programs, repo, target, vsix};

pub(crate) static SUITES: &[Suite] = &[
    Suite { name: "fmt", about: "the sources are formatted", run: fmt },
    Suite {
        name: "style",
        about: "TypeScript and Lua are formatted, and no lint complains of TypeScript",
        run: style,
    },
    Suite { name: "plugin", about: "the Neovim plugin's own tests", run: plugin },
    Suite { name: "clippy", about: "no lint complains", run: clippy },
    Suite { name: "rust", about: "unit and integration tests of every crate", run: rust },
    Suite { name: "doc", about: "examples in the documentation", run: doc },
    Suite { name: "grammar", about: "the parser is the grammar's, and parses its corpus", run: grammar },
    Suite { name: "cli", about: "the command line", run: cli },
    Suite { name: "lsp", about: "the language server, asked by independent clients", run: lsp },
    Suite {
        name: "dap",
        about: "the debugger, asked by the client that VS Code tests adapters with",
        run: dap,
    },
    Suite {
        name: "research",
        about: "evaluations split among machines, and the pack for a lent one",
        run: research,
    },
    Suite { name: "nvim", about: "Neovim with the plugin", run: nvim },
    Suite { name: "extension", about: "the VS Code extension's own tests", run: extension },
    Suite { name: "world", about: "the page of the worlds: its own tests, and in a browser", run: world },
    Suite { name: "vscode", about: "VS Code with the packaged extension, in a browser", run: vscode },
    Suite { name: "bench", about: "every benchmark runs", run: bench },
    Suite { name: "fuzz", about: "every fuzz target, 20 seconds each", run: fuzz },
];

/// A command whose success is the one check.
fn check(command: &mut Command) -> Result<Tally> {
    Ok(Tally::one(process::run(command).is_ok()))
}

fn fmt() -> Result<Tally> {
    check(process::cargo().args(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<Tally> {
    libtorch::find_or_get()?;
    let lint = ["clippy", "--workspace", "--all-targets", "--release", "--quiet", "--", "--deny=warnings"];
    check(process::cargo().args(lint))
}

/// The seed that property tests draw their cases from. One and the same here, so that a change is judged by what it
/// changed; `cargo test` alone draws others each time, and keeps what fails.
const SEED: &str = "PROPTEST_RNG_SEED";

fn rust() -> Result<Tally> {
    libtorch::find_or_get()?;
    let nextest = process::answer(process::cargo().args(["nextest", "--version"])).is_some();
    let mut cargo = process::cargo();
    let skipped = target::folder().join("skipped-tests");
    let _ = fs::remove_file(&skipped);
    cargo.env("KAREL_SKIPPED", &skipped);
    if env::var_os(SEED).is_none() {
        cargo.env(SEED, "20180501");
    }
    let tally = if nextest {
        cargo.args(["nextest", "run", "--workspace", "--release", "--no-fail-fast", "--status-level=slow"]);
        run(cargo, Report::Nextest)
    } else {
        cargo.args(["test", "--workspace", "--release", "--no-fail-fast", "--bins", "--lib", "--tests"]);
        run(cargo, Report::Cargo)
    }?;
    let noted = fs::read_to_string(skipped).unwrap_or_default();
    noted.lines().for_each(|line| anstream::println!("skipped: {line}"));
    Ok(tally.less_skipped(&noted))
}

fn doc() -> Result<Tally> {
    libtorch::find_or_get()?;
    let mut cargo = process::cargo();
    cargo.args(["test", "--workspace", "--release", "--no-fail-fast", "--doc"]);
    run(cargo, Report::Cargo)
}

fn grammar() -> Result<Tally> {
    let cli = match grammar::tree_sitter() {
        Some(cli) => cli,
        // Building it takes minutes: that is for those who change the grammar, and for CI.
        None if std::env::var_os("CI").is_none() => {
            bail!(Unavailable(
                "no tree-sitter of the pinned release; `cargo xtask grammar` installs it".to_owned()
            ))
        }
        None => grammar::install()?,
    };
    let stale = grammar::stale(&cli)?;
    for file in &stale {
        anstream::println!("{file} is not what the grammar makes: run `cargo xtask grammar` and commit");
    }
    let mut tally = Tally::one(stale.is_empty());
    tally += run(grammar::corpus(&cli), Report::TreeSitter)?;
    Ok(tally)
}

/// Builds the three programs, once, and tells the tests under `tests/` where they are and where to write.
fn end_to_end(mut command: Command, suite: &str) -> Result<Command> {
    static BUILT: OnceLock<bool> = OnceLock::new();
    if !BUILT.get_or_init(|| programs::build().is_ok()) {
        bail!("the programs can't be built");
    }
    let output = output(suite)?;
    command.env("KAREL_BIN", target::folder().join("release")).env("KAREL_TEST_OUTPUT", output);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

/// An empty folder for what `suite` writes: logs, screenshots.
fn output(suite: &str) -> Result<PathBuf> {
    let folder = repo::root().join("tests/output").join(suite);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn pytest(suite: &str) -> Result<Tally> {
    let mut python = process::command(tools::python()?);
    python.args(["-m", "pytest", "--config-file=tests/pytest.ini"]).arg(format!("tests/{suite}"));
    run(end_to_end(python, suite)?, Report::Pytest)
}

fn cli() -> Result<Tally> {
    pytest("cli")
}

fn lsp() -> Result<Tally> {
    pytest("lsp")
}

fn dap() -> Result<Tally> {
    let node = tools::node()?;
    node.install(&repo::root().join("tests/dap"))?;
    let mut test = node.command("node", repo::root());
    test.args(["--test", "--test-timeout=120000", "tests/dap/*.test.js"]);
    run(end_to_end(test, "dap")?, Report::Node)
}

fn research() -> Result<Tally> {
    let mut python = process::command(tools::python()?);
    python.args(["-m", "pytest", "--config-file=tests/pytest.ini", "tests/research"]);
    let mut python = end_to_end(python, "research")?;
    let folder = target::folder().join("test-pack");
    let _ = fs::remove_dir_all(&folder);
    // With the engine that is built already: another one would take minutes.
    let size = pack::pack(&folder, &target::binary("karel-synth"), None)?;
    pack::check_size(&folder, size.saturating_sub(pack::embedded()?))?;
    python.env("KAREL_PACK", &folder);
    run(python, Report::Pytest)
}

fn nvim() -> Result<Tally> {
    let mut nvim = end_to_end(neovim("tests/nvim", "nvim")?, "nvim")?;
    // As `cargo xtask install` leaves it, for the tests of how it is loaded.
    let installed = tools::folder().join("neovim/installed");
    install::place_plugin(&installed.join("share/nvim/site"))??;
    nvim.env("KAREL_INSTALLED", installed);
    run(nvim, Report::Plain)
}

fn plugin() -> Result<Tally> {
    run(neovim("editors/nvim/test", "plugin")?, Report::Plain)
}

/// Neovim without the user's configuration and data, that loads `init.lua` and then runs `run.lua` of `folder`.
fn neovim(folder: &str, suite: &str) -> Result<Command> {
    let mut nvim = process::command(tools::neovim()?);
    nvim.args([
        "--headless",
        "--clean",
        "-u",
        &format!("{folder}/init.lua"),
        "-l",
        &format!("{folder}/run.lua"),
    ]);
    let home = tools::folder().join("neovim").join(suite);
    // What an earlier run has installed there would be found.
    let _ = fs::remove_dir_all(&home);
    for kind in ["CONFIG", "DATA", "STATE", "CACHE"] {
        nvim.env(format!("XDG_{kind}_HOME"), home.join(kind.to_lowercase()));
    }
    Ok(nvim)
}

fn extension() -> Result<Tally> {
    let node = tools::node()?;
    let folder = vsix::folder();
    node.install(&folder)?;
    let mut npm = node.command("npm", &folder);
    npm.args(["test", "--silent"]);
    run(npm, Report::Node)
}

fn world() -> Result<Tally> {
    let node = tools::node()?;
    let folder = world_page();
    node.install(&folder)?;
    match tools::chromium() {
        // What needs a browser is skipped, one by one, and counted so.
        Err(error) if error.is::<Unavailable>() => anstream::println!("{error:#}"),
        result => result?,
    }
    let mut npm = node.command("npm", &folder);
    npm.args(["test", "--silent"]).env("KAREL_TEST_OUTPUT", output("world")?);
    run(npm, Report::Node)
}

/// The folder of the page of the worlds.
fn world_page() -> PathBuf {
    repo::root().join("editors/world")
}

fn style() -> Result<Tally> {
    let node = tools::node()?;
    let folder = repo::root().join("tests/lint");
    node.install(&folder)?;
    // The types that eslint looks at are the extension's and the page's.
    node.install(&vsix::folder())?;
    node.install(&world_page())?;
    let mut style = node.command("node", &folder);
    style.arg("style.mjs");
    run(style, Report::Plain)
}

fn vscode() -> Result<Tally> {
    let node = tools::node()?;
    let vscode = tools::vscode(&node)?;
    let package = vsix::package(&node)?;
    let mut test = node.command("node", repo::root());
    // One window at a time: each is a browser, a server and an engine.
    test.args(["--test", "--test-concurrency=1", "--test-timeout=600000", "tests/vscode/*.test.js"]);
    test.env("KAREL_VSCODE", vscode).env("KAREL_VSIX", package);
    run(end_to_end(test, "vscode")?, Report::Node)
}

fn bench() -> Result<Tally> {
    libtorch::find_or_get()?;
    let mut tally = Tally::default();
    for (folder, bench) in targets("benches")? {
        anstream::println!("{}: {bench}", repo::shown(&folder));
        let mut cargo = process::cargo();
        tally += check(cargo.current_dir(folder).args(["bench", "--quiet", "--bench", &bench]))?;
    }
    if tally == Tally::default() {
        bail!(Unavailable("there are no benchmarks".to_owned()));
    }
    Ok(tally)
}

fn fuzz() -> Result<Tally> {
    let targets = targets("fuzz/fuzz_targets")?;
    if targets.is_empty() {
        bail!(Unavailable("there are no fuzz targets".to_owned()));
    }
    let fuzz = || process::command("cargo").args(["+nightly", "fuzz", "--version"]).output();
    if !fuzz().is_ok_and(|output| output.status.success()) {
        bail!(Unavailable("a nightly Rust with cargo-fuzz is not installed".to_owned()));
    }
    let mut tally = Tally::default();
    for (folder, target) in targets {
        let mut cargo = process::command("cargo");
        let limit = "-max_total_time=20";
        tally += check(cargo.current_dir(folder).args(["+nightly", "fuzz", "run", &target, "--", limit]))?;
    }
    Ok(tally)
}

/// The Rust files in `server/*/FOLDER`, each as its package's folder and its name.
fn targets(folder: &str) -> Result<Vec<(PathBuf, String)>> {
    let mut targets = Vec::new();
    for package in fs::read_dir(repo::root().join("server"))? {
        let package = package?.path();
        let Ok(files) = fs::read_dir(package.join(folder)) else { continue };
        for file in files {
            let file = file?.path();
            if file.extension().is_some_and(|extension| extension == "rs") {
                let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                targets.push((package.clone(), name));
            }
        }
    }
    targets.sort();
    Ok(targets)
}
