//! An exchange of weights: only what is better is taken, and everything that depends on the weights is made anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// What is written, below the engine's sources.
const WRITTEN: [&str; 4] =
    ["tests/fixtures/vectors.json", "data/calibration.json", "RESULTS.md", "weights/README.md"];
const READ: [&str; 3] = [
    "tests/fixtures/tasks.jsonl",
    "weights/trace-policy.safetensors",
    "weights/code-transformer.safetensors",
];

fn sources() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A copy of those of the engine's sources that an exchange touches.
fn copy() -> TempDir {
    let folder = tempdir().unwrap();
    for name in WRITTEN.into_iter().chain(READ) {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::copy(sources().join(name), file).unwrap();
    }
    folder
}

fn texts(folder: &Path) -> Vec<String> {
    WRITTEN.iter().map(|name| fs::read_to_string(folder.join(name)).unwrap()).collect()
}

/// The carried weights in the place of themselves, on four tasks.
fn adopt(into: &TempDir, more: &[&str]) -> Output {
    let out = into.path().join("runs");
    let mut command = Command::new(env!("CARGO_BIN_EXE_karel-synth"));
    command.args([
        "adopt",
        "--device",
        "cpu",
        "--threads",
        "2",
        "--beam",
        "4",
        "--limit",
        "4",
        "--served",
        "2",
    ]);
    command.arg("--tasks").arg(sources().join("tests/fixtures/tasks.jsonl"));
    command.arg("--into").arg(into.path()).arg("--out").arg(&out);
    command.args(more).output().unwrap()
}

fn error(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn weights_that_are_not_better_change_nothing() {
    let into = copy();
    let before = texts(into.path());
    let weights = into.path().join("weights").display().to_string();
    let output = adopt(&into, &[&weights]);
    assert!(error(&output).contains("not shown to be better"), "{}", error(&output));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        table.lines().any(|row| row.starts_with("| guided search |") && row.contains("| 0 | 0 |")),
        "{table}"
    );
    assert_eq!(texts(into.path()), before);
}

#[test]
fn networks_that_are_not_of_ours_are_refused() {
    let into = copy();
    let small = sources().join("weights/small").display().to_string();
    assert!(error(&adopt(&into, &[&small])).contains("no network of `ours`"));
    assert!(error(&adopt(&into, &["nowhere"])).contains("can't read the folder nowhere"));
    let empty = tempdir().unwrap();
    assert!(error(&adopt(&into, &[&empty.path().display().to_string()])).contains("no weights"));
}

#[test]
fn adopted_weights_bring_their_values_and_documents() {
    let into = copy();
    let before = texts(into.path());
    let policy = into.path().join("trained");
    fs::create_dir(&policy).unwrap();
    // The same numbers as the carried ones, but another file: its metadata say more.
    let bytes = fs::read(sources().join(READ[1])).unwrap();
    fs::write(policy.join("policy.safetensors"), with_metadata(&bytes, "trained_tasks", "1234")).unwrap();
    let folder = policy.display().to_string();
    let output = adopt(&into, &[&folder, "--anyway"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = texts(into.path());
    // The values are those that the prototype had computed of the same weights.
    close(&serde_json::from_str(&after[0]).unwrap(), &serde_json::from_str(&before[0]).unwrap(), "");
    // Two tasks of each kind are too few to tell anything of.
    let calibration: Value = serde_json::from_str(&after[1]).unwrap();
    assert_eq!(calibration["groups"], serde_json::json!([]));
    assert!(calibration["about"].as_str().unwrap().starts_with("tasks.jsonl, 2 tasks spread over it"));
    assert!(after[2].contains("tasks.jsonl, 4 tasks spread over it"), "the beams' table");
    assert!(after[2].contains("| guided search | 100.0") || after[2].contains("| guided search | 75.0"));
    assert!(after[2].contains("examples: 1 | examples: 2 | examples: 3 | examples: 5"));
    let heading = "## What each part of the search brings";
    assert_eq!(after[2].split_once(heading).unwrap().1, before[2].split_once(heading).unwrap().1);
    let row = after[3].lines().find(|row| row.starts_with("| `trace-policy.safetensors`")).unwrap();
    assert!(row.contains("1234 tasks"), "{row}");
    let code = |text: &str| text.lines().find(|row| row.starts_with("| `code-tr")).unwrap().to_owned();
    assert_eq!(code(&after[3]), code(&before[3]), "the code model stays");
    let adopted = fs::read(into.path().join(READ[1])).unwrap();
    assert_eq!(adopted, fs::read(policy.join("policy.safetensors")).unwrap());
    assert_eq!(fs::read(into.path().join(READ[2])).unwrap(), fs::read(sources().join(READ[2])).unwrap());
}

/// The file with one more word in its metadata.
fn with_metadata(bytes: &[u8], key: &str, value: &str) -> Vec<u8> {
    let (_, header) = safetensors::SafeTensors::read_metadata(bytes).unwrap();
    let mut metadata = header.metadata().clone().unwrap_or_default();
    metadata.insert(key.to_owned(), value.to_owned());
    let tensors = safetensors::SafeTensors::deserialize(bytes).unwrap();
    safetensors::serialize(tensors.iter(), Some(metadata)).unwrap()
}

/// Everything that `found` holds stands in `expected`, numbers within a thousandth.
fn close(found: &Value, expected: &Value, place: &str) {
    match (found, expected) {
        (Value::Number(a), Value::Number(b)) => {
            assert!((a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-3, "{place}: {a} and {b}");
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{place}");
            a.iter().zip(b).enumerate().for_each(|(n, (a, b))| close(a, b, &format!("{place}/{n}")));
        }
        (Value::Object(a), Value::Object(b)) => {
            a.iter().for_each(|(key, value)| close(value, &b[key], &format!("{place}/{key}")));
        }
        _ => assert_eq!(found, expected, "{place}"),
    }
}
