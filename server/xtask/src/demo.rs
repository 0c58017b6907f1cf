//! `cargo xtask demo`: the main job from end to end. Builds the programs, opens an example file in the language
//! server, invokes the code action that synthesizes its program, applies the edit, and runs the result on the
//! examples.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use owo_colors::OwoColorize;
use serde_json::{Value, json};

use crate::lsp_client::{Client, apply};
use crate::{process, programs, repo, target};

/// The code action that the demonstration is about.
const KIND: &str = "refactor.karel.synthesize.program";

/// Longest time of the search, in milliseconds: as long as the busiest machine may want.
const BUDGET: u64 = 600_000;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A Karel program with a hole and examples; tests/examples/collect.karel of the repository if not given.
    file: Option<PathBuf>,
}

pub(crate) fn run(args: Args) -> Result<()> {
    // As seen from where one stands.
    let file = match &args.file {
        Some(file) => std::path::absolute(file)?,
        None => repo::root().join("tests/examples/collect.karel"),
    };
    let read = || fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()));
    // Before a build of minutes.
    read()?;
    programs::build()?;
    let text = read()?;
    anstream::println!("{}\n\n{}", repo::shown(&file).bold(), definitions(&text));

    let start = Instant::now();
    let mut server = Client::start(&target::binary("karel-lsp"))?;
    let Ok(uri) = url::Url::from_file_path(&file) else { bail!("{} is not a whole path", file.display()) };
    let uri = uri.as_str();
    let mut message = None;
    let (title, edit) = synthesize(&mut server, uri, &text, &mut message)?;
    let time = start.elapsed();
    // What the server tells the user may come after its answer.
    server.stop(|said| hear(said, &mut message))?;
    if edit.is_null() {
        bail!("{title}: {}", message.unwrap_or_else(|| "the action made no edit".to_owned()));
    }
    let result = apply(&text, &edit, uri)?;
    anstream::println!(
        "{} {}\n",
        format_args!("{title}:").bold(),
        format_args!("{:.1} s", time.as_secs_f64())
    );
    anstream::println!("{}", definitions(&result).green());

    let written = target::folder().join("demo").join(file.file_name().context("the file has no name")?);
    fs::create_dir_all(written.parent().context("the target folder has no name")?)?;
    fs::write(&written, &result)?;
    verdict(&written)?;
    anstream::println!("\nThe program is in {}.", written.display());
    anstream::println!(
        "Next: `cargo xtask install` puts karel, the language server and the engine on your PATH;"
    );
    anstream::println!(
        "`karel new` begins a program of your own; editors/README.md is about VS Code and Neovim."
    );
    Ok(())
}

/// Has the server open `text` and synthesize its program: the action's title and its edit, null where it has none.
/// The last message of the server to the user is left in `message`.
fn synthesize(
    server: &mut Client,
    uri: &str,
    text: &str,
    message: &mut Option<String>,
) -> Result<(String, Value)> {
    let capabilities = json!({
        "general": { "positionEncodings": ["utf-8"] },
        "window": { "workDoneProgress": true },
        "workspace": { "workspaceEdit": { "documentChanges": true } },
        "textDocument": { "codeAction": {
            "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["refactor"] } },
            "dataSupport": true,
            "disabledSupport": true,
            "resolveSupport": { "properties": ["edit"] },
        } },
    });
    let initialize = json!({
        "processId": std::process::id(),
        "rootUri": null,
        "capabilities": capabilities,
        "initializationOptions": { "synthesis": { "budget": BUDGET } },
    });
    let answer = server.request("initialize", initialize, |_| {})?;
    ensure!(answer["capabilities"]["positionEncoding"] == "utf-8", "the server does not count in bytes");
    server.notify("initialized", json!({}))?;
    let document = json!({ "uri": uri, "languageId": "kareldsl", "version": 1, "text": text });
    server.notify("textDocument/didOpen", json!({ "textDocument": document }))?;

    let end = json!({ "line": text.lines().count(), "character": 0 });
    let ask = json!({
        "textDocument": { "uri": uri },
        "range": { "start": { "line": 0, "character": 0 }, "end": end },
        "context": { "diagnostics": [], "only": [KIND], "triggerKind": 1 },
    });
    let actions = server.request("textDocument/codeAction", ask, |_| {})?;
    let action = actions.as_array().into_iter().flatten().find(|action| action["kind"] == KIND);
    let action = action.with_context(|| format!("the server offers no {KIND} for {uri}"))?;
    let title = action["title"].as_str().unwrap_or_default().to_owned();
    if let Some(reason) = action["disabled"]["reason"].as_str() {
        bail!("`{title}` can't run: {reason}");
    }

    let spinner = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg}")?);
    spinner.set_message(title.clone());
    spinner.enable_steady_tick(Duration::from_millis(100));
    let resolved = server.request("codeAction/resolve", action.clone(), |said| {
        hear(said, message);
        if let Some(progress) = progress(said) {
            spinner.set_message(progress);
        }
    });
    spinner.finish_and_clear();
    Ok((title, resolved?["edit"].take()))
}

/// Takes the sentence of a `window/showMessage` notification.
fn hear(said: &Value, message: &mut Option<String>) {
    if said["method"] == "window/showMessage" {
        *message = said["params"]["message"].as_str().map(str::to_owned);
    }
}

/// What a `$/progress` notification says.
fn progress(message: &Value) -> Option<String> {
    let value = &message["params"]["value"];
    let parts = [&value["title"], &value["message"]];
    let said: Vec<&str> = parts.iter().filter_map(|part| part.as_str()).collect();
    (message["method"] == "$/progress" && !said.is_empty()).then(|| said.join(": "))
}

/// The part of a file before its examples.
fn definitions(text: &str) -> String {
    let is_example = |line: &&str| line.starts_with("example ") || line.starts_with("test ");
    let lines: Vec<&str> = text.lines().take_while(|line| !is_example(line)).collect();
    lines.join("\n").trim_end().to_owned() + "\n"
}

/// Runs the program of `file` on its examples with the command line, and prints how many it passes.
fn verdict(file: &Path) -> Result<()> {
    let mut test = process::command(target::binary("karel"));
    let output = test.args(["test", "--json"]).arg(file).output().context("karel can't be started")?;
    let report: Value = serde_json::from_slice(&output.stdout).with_context(|| {
        format!("`karel test` failed: {}", String::from_utf8_lossy(&output.stderr).trim_end())
    })?;
    if report["tests"] != 0 {
        anstream::println!("{}/{} held-out tests", report["testsPassed"], report["tests"]);
    }
    let passed = format!("{}/{} examples", report["passed"], report["total"]);
    ensure!(report["passed"] == report["total"] && report["total"] != 0, "the program passes only {passed}");
    anstream::println!("{}", passed.green().bold());
    Ok(())
}
