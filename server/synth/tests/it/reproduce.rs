//! `karel-synth reproduce --quick`: every system is trained for a few steps, saved, loaded, evaluated, and stands in the
//! paper's tables; a second run has nothing left to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;
use tempfile::tempdir;

fn reproduce(out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karel-synth"));
    // One thread: others would wait for each other on a busy machine, and such small networks gain nothing by them.
    command.args(["reproduce", "--device", "cpu", "--threads", "1", "--quick", "--out"]).arg(out).args(more);
    command.output().unwrap()
}

/// When each file of the folder was last written.
fn written(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            files.extend(written(&path));
        } else if !path
            .file_name()
            .is_some_and(|n| ["tables.md", "tables.json", "curves.svg"].iter().any(|made| n == *made))
        {
            files.push((path, entry.metadata().unwrap().modified().unwrap()));
        }
    }
    files.sort();
    files
}

#[test]
fn every_system_comes_into_the_tables_and_a_second_run_has_nothing_to_do() {
    let folder = tempdir().unwrap();
    let first = reproduce(folder.path(), &[]);
    let text = String::from_utf8_lossy(&first.stdout).into_owned();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    for heading in ["## Table 1", "## Table 2", "## Table 3", "## Table 4", "## Conditions"] {
        assert!(text.contains(heading), "{text}");
    }
    let tables = fs::read(folder.path().join("tables.json")).unwrap();
    let tables: serde_json::Value = serde_json::from_slice(&tables).unwrap();
    let rows = tables["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 15);
    for row in rows {
        assert_eq!(row["report"]["conditions"]["tasks"], 4, "{row}");
        assert!(row["networks"].as_array().is_some_and(|networks| !networks.is_empty()));
    }
    let curves = fs::read_to_string(folder.path().join("curves.svg")).unwrap();
    assert!(curves.contains("io-trace-lgrl") && curves.contains("trace-code-mixed"));
    let before = written(folder.path());
    let second = reproduce(folder.path(), &[]);
    assert!(second.status.success());
    assert!(!String::from_utf8_lossy(&second.stderr).contains("training"));
    assert_eq!(written(folder.path()), before);
    assert_eq!(String::from_utf8_lossy(&second.stdout), text);
}

/// Figures without the times that they took.
fn timeless(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(members) => members
            .into_iter()
            .filter(|(name, _)| !name.contains("second"))
            .map(|(name, value)| (name, timeless(value)))
            .collect(),
        serde_json::Value::Array(items) => items.into_iter().map(timeless).collect(),
        value => value,
    }
}

#[test]
fn parts_of_the_tasks_make_the_same_tables() {
    let (whole, parts) = (tempdir().unwrap(), tempdir().unwrap());
    let row = ["--only", "io-code"];
    // More tasks than a batch, so that there is something to split.
    let tasks = ["--limit", "20"];
    let untrained = reproduce(parts.path(), &[&row[..], &["--shard", "1/2"]].concat());
    let error = String::from_utf8_lossy(&untrained.stderr);
    assert!(!untrained.status.success() && error.contains("io-code is not trained yet"), "{error}");
    let train = reproduce(parts.path(), &[&row[..], &tasks, &["--only-train"]].concat());
    assert!(train.status.success(), "{}", String::from_utf8_lossy(&train.stderr));
    let weights = parts.path().join("io-code/io-code.safetensors");
    let given = format!("io-code={}", weights.display());
    let one = reproduce(whole.path(), &[&row[..], &tasks, &["--weights", &given]].concat());
    for part in ["2/2", "1/2"] {
        let done = reproduce(parts.path(), &[&row[..], &tasks, &["--shard", part]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(!parts.path().join("io-code.json").exists());
    }
    let together = reproduce(parts.path(), &[&row[..], &tasks].concat());
    let errors = String::from_utf8_lossy(&together.stderr);
    assert!(together.status.success() && !errors.contains("evaluating"), "{errors}");
    let figures = |folder: &Path| {
        let bytes = fs::read(folder.join("io-code.json")).unwrap();
        timeless(serde_json::from_slice(&bytes).unwrap())
    };
    assert!(one.status.success());
    assert!(figures(whole.path()) == figures(parts.path()), "the figures differ");
}

#[test]
fn unknown_names_are_told() {
    let folder = tempdir().unwrap();
    for (arguments, expected) in [
        (["--only", "table-5"], "there is no `table-5` in the tables"),
        (["--weights", "ours"], "no NAME=FILE"),
        (["--weights", "ours=x"], "there is no network `ours`"),
    ] {
        let output = reproduce(folder.path(), &arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(expected), "{error}");
    }
}
